"""Compare: two to six regions side by side on the same scales, or the countries they lie in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from assessment.framework import DIMENSIONS
from dashboard import bands, charts, choose, draw, figure, table
from dashboard.brief_parts import measured
from dashboard.page import Page, escape
from dashboard.views import EVERYBODY, _compare_countries

PATH, ORDER, ROLES = "compare", 40, EVERYBODY
Row = Mapping[str, Any]
MOST, MONTHS = 6, 24


def show(page: Page) -> None:
    """Choose regions; conclusions, then how each dimension went, then every indicator."""
    st.title(page.word("compare.title"))
    every = page.reader.regions()
    if not every:
        draw.empty(page, page.word("situation.empty"), page.word("situation.empty_todo"))
        return
    kind = choose.segments(page, "of", page.word("compare.of"), ("regions", "countries"),
                           lambda name: page.word(f"compare.{name}"), "regions")  # fmt: skip
    if kind == "countries":
        _compare_countries.show(page, MOST)
        return
    chosen = choose.many(page, "regions", page.word("compare.choose"), *_options(page, every), MOST)
    if len(chosen) < 2:
        draw.empty(page, page.word("compare.few"), page.word("compare.few_todo"))
        return
    found = page.reader.compare(chosen)
    _conclusions(page, found["regions"])
    _trends(page, found["regions"])
    _indicators(page, found)


def _options(page: Page, every: list[Any]) -> tuple[list[str], Any]:
    """(region ids by country and name, how to show one)."""
    countries = {row["iso3"]: page.words.country(row) for row in page.reader.countries()}
    names = {row["region_id"]: f"{page.words.of(row, 'name')} ({countries[row['iso3']]})" for row in every}
    country = {row["region_id"]: countries[row["iso3"]] for row in every}
    return sorted(names, key=lambda name: (country[name], names[name])), lambda name: names.get(name, name)


def _conclusions(page: Page, regions: list[Row]) -> None:
    """One column per region: bands, confidence, strongest reason."""
    st.header(page.word("compare.conclusions"))
    rows = [{"dimension": name, "regions": regions} for name in DIMENSIONS]
    columns = [
        table.Column(page.word("table.dimension"), lambda r: bands.dimension(r["dimension"], page.words.language)),
        *(_conclusion(page, number, region) for number, region in enumerate(regions)),
    ]
    heads = "".join(
        f'<span class="rw-line">{draw.region_link(page, region)} {draw.overall_chip(page, region)}</span>'
        for region in regions
    )
    draw.html(f'<div class="rw-line">{heads}</div>')
    table.show(page, rows, columns, name="compare", caption=page.word("compare.same_scale"))


def _conclusion(page: Page, number: int, region: Row) -> table.Column:
    def cell(row: Row) -> str:
        found = row["regions"][number]["dimensions"][row["dimension"]]
        reason = found[f"reason_{page.words.language}"]
        said = f'<div class="rw-small">{escape(reason)}</div>' if reason else ""
        links = draw.evidence_links(page, found["evidence_ids"], limit=0)
        interval = page.word(
            "compare.interval", low=page.words.number(found["p10"]), high=page.words.number(found["p90"])
        )
        return (
            f"<div>{draw.band_chip(page, found)}</div><div>{draw.confidence_chip(page, found['confidence'])}</div>"
            f'<div class="rw-quiet">{escape(interval)}</div>{said}{links}'
        )

    return table.Column(
        page.words.of(region, "name"),
        lambda r: bands.word(bands.key(r["regions"][number]["dimensions"][r["dimension"]]), page.words.language),
        cell,
    )


def _trends(page: Page, regions: list[Row]) -> None:
    """A chart per region of the chosen dimension, all from 0 to 100 over the same months."""
    st.header(page.word("region.trend"))
    dimension = choose.segments(page, "dimension", page.word("table.dimension"), DIMENSIONS,
                                lambda d: bands.dimension(d, page.words.language), DIMENSIONS[0])  # fmt: skip
    drawn, rows = [], []
    for region in regions:
        mine = page.reader.trend(region["region_id"], dimension, MONTHS)
        name = page.words.of(region, "name")
        rows += [{**row, "name": name} for row in mine if row["level"] is not None]
        known = sum(row["level"] is not None for row in mine)
        said = page.word("chart.trend_said", name=name, count=known, months=MONTHS)
        drawn.append(charts.trend(mine, name, said, page.words.month))
    columns = [
        table.Column(page.word("common.region"), lambda r: r["name"]),
        table.Column(page.word("table.day"), lambda r: r["as_of"]),
        table.Column(page.word("table.band"), lambda r: bands.word(bands.key(r), page.words.language),
                     lambda r: draw.band(page, bands.key(r))),
        *(table.Column(page.word(f"table.{key}"), lambda r, key=key: r[key], numeric=True)  # type: ignore[misc]
          for key in ("p10", "p50", "p90")),
        table.Column(page.word("table.evidence"), lambda r: r["evidence_ids"],
                     lambda r: draw.evidence_links(page, r["evidence_ids"], limit=0)),
    ]  # fmt: skip
    figure.show(page, drawn, rows, columns, name="compare_trend", caption=page.word("region.trend"))


def _indicators(page: Page, found: Row) -> None:
    """Every indicator with data in at least one of the regions."""
    st.header(page.word("region.indicators"))
    rows = [r for r in found["indicators"] if any(c["raw_value"] is not None for c in r["values"].values())]
    if not rows:
        draw.empty(page, page.word("compare.no_indicators"))
        return
    columns = [
        table.Column(page.word("table.indicator"), lambda r: page.words.of(r, "name")),
        table.Column(page.word("table.unit"), lambda r: r["unit"], only_files=True),
        *(_value(page, region) for region in found["regions"]),
    ]
    table.show(page, rows, columns, name="compare_indicators", caption=page.word("compare.left_out"))


def _value(page: Page, region: Row) -> table.Column:
    name = region["region_id"]

    def cell(row: Row) -> str:
        value = row["values"][name]
        if value["raw_value"] is None:
            return f'<span class="rw-quiet">{escape(page.word("origin.missing"))}</span>'
        said = measured(page.words, row["indicator_id"], row["unit"], value["raw_value"])
        holds = f"{page.word('origin.' + value['origin'])}, {page.words.day(value['newest'])}"
        return (
            f'<div>{escape(said)}</div><div class="rw-quiet">{escape(holds)}</div>'
            f"{draw.evidence_links(page, value['evidence_ids'], limit=0)}"
        )

    return table.Column(page.words.of(region, "name"), lambda r: r["values"][name]["raw_value"], cell)
