"""Countries side by side: the three dimensions, regions per level, official positions, trends on the same scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from assessment.framework import DIMENSIONS
from dashboard import bands, charts, choose, draw, figure, table
from dashboard.gate_words import authority
from dashboard.page import Page, escape
from dashboard.views import _situation_tables

Row = Mapping[str, Any]


def show(page: Page, most: int) -> None:
    """Choose countries; one column each."""
    rows = {row["iso3"]: row for row in page.reader.countries() if row["monitored"]}
    names = {iso3: page.words.country(row) for iso3, row in rows.items()}
    order = sorted(names, key=names.__getitem__)
    chosen = choose.many(page, "countries", page.word("compare.choose_countries"), order, names.__getitem__, most)
    if len(chosen) < 2:
        draw.empty(page, page.word("compare.few_countries"), page.word("compare.few_todo"))
        return
    by_dimension = {d: {row["iso3"]: row for row in page.reader.countries(d)} for d in DIMENSIONS}
    st.header(page.word("compare.conclusions"))
    lines = [*({"name": d, "rows": by_dimension[d]} for d in DIMENSIONS)]
    columns = [
        table.Column(page.word("table.dimension"), lambda r: bands.dimension(r["name"], page.words.language)),
        *(_country(page, names[iso3], iso3) for iso3 in chosen),
    ]
    links = " ".join(draw.country_link(page, rows[iso3]) for iso3 in chosen)
    draw.html(f'<div class="rw-line">{links}</div>', draw.legend(page))
    table.show(page, lines, columns, name="compare_countries", caption=page.word("compare.regions_counted"))
    _positions(page, chosen, names)
    _trends(page, chosen, names)


def _country(page: Page, name: str, iso3: str) -> table.Column:
    """The country as one, the regions behind it as a strip, the evidence of its worst region."""

    def cell(line: Row) -> str:
        row = line["rows"][iso3]
        return (
            f"<div>{draw.band_chip(page, row)}</div><div>{_situation_tables.strip(page, row)}</div>"
            f"<div>{draw.evidence_links(page, row['evidence_ids'], limit=0)}</div>"
        )

    return table.Column(name, lambda line: bands.word(bands.key(line["rows"][iso3]), page.words.language), cell)


def _positions(page: Page, chosen: Sequence[str], names: Mapping[str, str]) -> None:
    """Official positions in force, per country."""
    st.header(page.word("country.positions"))
    items = []
    for iso3 in chosen:
        found = page.reader.positions(iso3)
        held = dict.fromkeys(
            f"{authority(page.words, row['authority'])}: {page.word('position.' + row['kind'])}" for row in found
        )
        said = "; ".join(held)  # each once; how many regions they cover stands on the country page
        evidence = draw.evidence_links(page, [name for row in found for name in row["evidence_ids"]])
        items.append(f"<b>{escape(names[iso3])}</b> {escape(said or page.word('compare.no_position'))} {evidence}")
    draw.html(draw.listed(page, items, len(items)))


def _trends(page: Page, chosen: Sequence[str], names: Mapping[str, str]) -> None:
    """Regions per level over 24 months of the chosen dimension."""
    st.header(page.word("region.trend"))
    dimension = choose.segments(page, "dimension", page.word("table.dimension"), DIMENSIONS,
                                lambda d: bands.dimension(d, page.words.language), DIMENSIONS[0])  # fmt: skip
    drawn, rows = [], []
    for iso3 in chosen:
        mine = [row for row in page.reader.country(iso3)["trend"] if row["dimension"] == dimension]
        said = page.word("chart.levels_said", name=names[iso3], count=len(mine))
        drawn.append(charts.levels(mine, names[iso3], said, page.words.month))
        rows += [{**row, "name": names[iso3]} for row in mine]
    columns = [
        table.Column(page.word("common.country"), lambda r: r["name"]),
        table.Column(page.word("table.day"), lambda r: r["as_of"]),
        *_situation_tables.per_level(page),
    ]
    figure.show(page, drawn, rows, columns, name="compare_levels", caption=page.word("region.trend"))
