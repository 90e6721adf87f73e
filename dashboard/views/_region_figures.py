"""The figures of the region page: trends, contributions to the change, every indicator, violence per month."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from assessment.framework import DIMENSIONS
from dashboard import bands, charts, draw, figure, table
from dashboard.brief_parts import measured
from dashboard.page import Page, escape

Row = Mapping[str, Any]
MONTHS = 24
SHOWN = 0.05  # score points; smaller parts stand in the table only


def trends(page: Page, region: Row) -> None:
    """The three dimensions over 24 months with their intervals."""
    st.header(page.word("region.trend"))
    rows: list[Row] = []
    drawn = []
    for name in DIMENSIONS:
        mine = page.reader.trend(region["region_id"], name, MONTHS)
        rows += [{**row, "dimension": name} for row in mine]
        title = bands.dimension(name, page.words.language)
        known = [row for row in mine if row["level"] is not None]
        said = page.word("chart.trend_said", name=title, count=len(known), months=MONTHS)
        drawn.append(charts.trend(mine, title, said, page.words.month))
    draw.html(f'<p class="rw-note">{escape(page.word("chart.trend_how"))}</p>')
    figure.show(page, drawn, [row for row in rows if row["level"] is not None], _trend_columns(page), name="trend",
                caption=page.word("region.trend"))  # fmt: skip


def _trend_columns(page: Page) -> list[table.Column]:
    number = [
        table.Column(page.word(f"table.{key}"), lambda r, key=key: r[key], numeric=True)  # type: ignore[misc]
        for key in ("p10", "p50", "p90")
    ]
    return [
        table.Column(page.word("table.day"), lambda r: r["as_of"]),
        table.Column(page.word("table.dimension"), lambda r: bands.dimension(r["dimension"], page.words.language)),
        table.Column(page.word("table.band"), lambda r: bands.word(bands.key(r), page.words.language),
                     lambda r: draw.band(page, bands.key(r))),
        *number,
        table.Column(page.word("table.evidence"), lambda r: r["evidence_ids"],
                     lambda r: draw.evidence_links(page, r["evidence_ids"], limit=0)),
    ]  # fmt: skip


def change(page: Page, region: Row) -> None:
    """Which indicators moved the scores since the run before; the parts sum to the change."""
    st.header(page.word("region.change"))
    found = region["change"]
    if found is None:
        draw.empty(page, page.word("situation.no_earlier"), page.word("situation.no_earlier_todo"))
        return
    day = page.words.day(found["run_a"]["as_of"])
    names = _indicator_names(page, region)
    drawn, rows = [], []
    for name in DIMENSIONS:
        row = found["dimensions"][name]
        parts = [{**part, "dimension": name, "name": names.get(part["indicator_id"], page.word("chart.other"))}
                 for part in row["parts"]]  # fmt: skip
        if not parts:
            continue
        rows += parts
        title = f"{bands.dimension(name, page.words.language)}: {_signed(page, row['change'])}"
        bars = [(part["name"], part["contribution"]) for part in parts[:8] if abs(part["contribution"]) >= SHOWN]
        if not bars:
            continue
        said = page.word("chart.change_said", name=title, count=len(parts), day=day)
        drawn.append(charts.contributions(bars, title, said, lambda value: _signed(page, value)))
    if not rows:
        draw.empty(page, page.word("region.no_change", day=day))
        return
    draw.html(f'<p class="rw-note">{escape(page.word("chart.change_how", day=day))}</p>')
    figure.show(page, drawn, rows, _change_columns(page), name="change", caption=page.word("region.change"))


def _signed(page: Page, value: float) -> str:
    return ("+" if value > 0 else "−" if value < 0 else "") + page.words.number(abs(value), 1)


def _indicator_names(page: Page, region: Row) -> dict[str | None, str]:
    return {
        row["indicator_id"]: page.words.of(row, "name")
        for dimension in region["dimensions"].values()
        for row in dimension["indicators"]
    }


def _change_columns(page: Page) -> list[table.Column]:
    def side(name: str) -> table.Column:
        return table.Column(
            page.word(f"table.{name}"), lambda r: r[name]["raw_value"] if r[name] else None, numeric=True
        )

    return [
        table.Column(page.word("table.indicator"), lambda r: r["name"]),
        table.Column(page.word("table.dimension"), lambda r: bands.dimension(r["dimension"], page.words.language)),
        table.Column(page.word("table.contribution"), lambda r: round(r["contribution"], 3), numeric=True),
        side("before"),
        side("after"),
        table.Column(page.word("table.evidence"), lambda r: r["evidence_ids"],
                     lambda r: draw.evidence_links(page, r["evidence_ids"])),
    ]  # fmt: skip


def indicators(page: Page, region: Row) -> None:
    """Every indicator: value, date, source, own or inherited, evidence; without data it says so."""
    st.header(page.word("region.indicators"))
    rows = [row for name in DIMENSIONS for row in region["dimensions"][name]["indicators"]]
    columns = [
        table.Column(page.word("table.indicator"), lambda r: page.words.of(r, "name"), lambda r: _name(page, r)),
        table.Column(page.word("table.dimension"), lambda r: bands.dimension(r["dimension"], page.words.language)),
        table.Column(page.word("table.value"), lambda r: r["raw_value"], lambda r: _value(page, r)),
        table.Column(page.word("table.unit"), lambda r: r["unit"], only_files=True),
        table.Column(page.word("table.score"), lambda r: r["score"],
                     lambda r: escape(page.words.number(r["score"])), numeric=True),
        table.Column(page.word("table.origin"), lambda r: page.word(f"origin.{r['origin']}"),
                     lambda r: draw.chip(page.word(f"origin.{r['origin']}"), _ORIGIN.get(r["origin"], "plain"))),
        table.Column(page.word("table.day"), lambda r: r["newest"]),
        table.Column(page.word("table.evidence"), lambda r: r["evidence_ids"],
                     lambda r: draw.evidence_links(page, r["evidence_ids"])),
    ]  # fmt: skip
    table.show(page, rows, columns, name="indicators", caption=page.word("region.indicators_how"))


_ORIGIN = {"own": "good", "missing": "quiet", "carried": "warn"}


def _name(page: Page, row: Row) -> str:
    core = f" {draw.chip(page.word('region.core'), 'plain')}" if row["core"] else ""
    conflict = f" {draw.chip(page.word('region.conflict'), 'warn')}" if row["conflict"] else ""
    return f"{escape(page.words.of(row, 'name'))}{core}{conflict}"


def _value(page: Page, row: Row) -> str:
    if row["raw_value"] is None:
        return f'<span class="rw-quiet">{escape(page.word("origin.missing"))}</span>'
    return escape(measured(page.words, row["indicator_id"], row["unit"], row["raw_value"]))


def violence(page: Page, region: Row) -> None:
    """Deaths in organised violence per month; a month nobody covers is hatched."""
    st.header(page.word("region.violence"))
    rows = page.reader.violence_trend(region["region_id"])
    if not any(row["covered"] for row in rows):
        draw.empty(page, page.word("region.no_violence_source"))
        return
    total = page.words.number(sum(row["deaths"] or 0 for row in rows))
    gaps = sum(row["deaths"] is None for row in rows)
    said = page.word("chart.violence_said", months=len(rows), deaths=total, gaps=gaps)
    drawn = charts.months(rows, "deaths", page.word("chart.deaths"), said, page.words.month, page.words.number)
    draw.html(f'<p class="rw-note">{escape(said)}</p>')
    columns = [
        table.Column(page.word("table.month"), lambda r: r["month"], lambda r: escape(page.words.month(r["month"]))),
        table.Column(page.word("table.events"), lambda r: r["events"], numeric=True),
        table.Column(page.word("table.deaths"), lambda r: r["deaths"], numeric=True),
        table.Column(page.word("table.source"), lambda r: r["base_source"], lambda r: escape(
            draw.publisher(page, r["base_source"]) if r["base_source"] else page.word("origin.missing"))),
        table.Column(page.word("table.evidence"), lambda r: r["evidence_ids"],
                     lambda r: draw.evidence_links(page, r["evidence_ids"])),
    ]  # fmt: skip
    figure.show(page, [drawn], rows[::-1], columns, name="violence", caption=page.word("region.violence"), wide=True)
