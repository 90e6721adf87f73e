"""Country: official positions in force, advice, regions worst first, trends, routes, groups, travel advice, stories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from assessment.framework import DIMENSIONS
from assessment.read import NotFound
from dashboard import bands, charts, choose, draw, figure, table, worldmap
from dashboard.page import Page, escape
from dashboard.views import EVERYBODY, _country_facts, _region_facts, _situation_tables, _standing

PATH, ORDER, ROLES = "country", 20, EVERYBODY
Row = Mapping[str, Any]
MONTHS = 24


def show(page: Page) -> None:
    """Choose a country; what is official first, then the regions and how they went."""
    iso3 = page.state("country")
    try:
        country = page.reader.country(iso3) if iso3 else None
    except NotFound as error:
        country = None
        draw.empty(page, page.word("country.unknown", country=iso3), str(error))
    if country is None:
        st.title(page.word("country.title"))
        _pick(page)
        return
    name = page.words.country(_standing.country_row(page, iso3))
    st.title(name)
    if country["population"]:
        people = page.word("region.people", count=page.words.number(country["population"]))
        draw.html(f'<p class="rw-small">{escape(people)}</p>')
    _country_facts.positions(page, country)
    _regions(page, iso3, name, country["regions"])
    _country_facts.advice(page, country["regions"])
    _trend(page, country["trend"])
    _country_facts.routes(page, country["routes"])
    _region_facts.cards(page, country["profile_cards"])
    _country_facts.partners(page, iso3)
    _country_facts.travel(page, country["advisories"])
    _country_facts.unlocated(page, country["unlocated"])
    st.header(page.word("country.stories"))
    _region_facts.show_stories(page, page.reader.stories(iso3=iso3, limit=_region_facts.STORIES)["hits"])


def _pick(page: Page) -> None:
    rows = [row for row in page.reader.countries() if row["monitored"]]
    if not rows:
        draw.empty(page, page.word("situation.empty"), page.word("situation.empty_todo"))
        return
    names = {row["iso3"]: page.words.country(row) for row in rows}
    choose.one(page, "country", page.word("common.country"), ["", *sorted(names, key=names.__getitem__)],
               lambda name: names.get(name, page.word("common.choose")))  # fmt: skip
    draw.html(draw.listed(page, [f"{draw.country_link(page, r)} {draw.band_chip(page, r)}" for r in rows], 60))


def _regions(page: Page, iso3: str, name: str, rows: Sequence[Row]) -> None:
    """The map and the same rows as a table of chips, worst first."""
    st.header(page.word("country.regions"))
    if not rows:
        draw.empty(page, page.word("country.not_assessed"), page.word("country.not_assessed_todo"))
        return
    dimension = choose.segments(
        page, "dimension", page.word("situation.colour_by"), ("overall", *DIMENSIONS),
        lambda d: _situation_tables.dimension_word(page, d), "overall",
    )  # fmt: skip
    ordered = page.reader.regions(iso3, dimension)
    drawing = worldmap.country_drawing(page.reader, iso3)
    with st.container(key="wide_columns"):
        left, right = st.columns([3, 2], gap="large")
    places = worldmap.region_places(page, ordered, dimension, drawing)
    with left:
        worldmap.show(page, drawing, places, title=name, labels=True)
    with right:
        draw.html(draw.legend(page), f'<p class="rw-note">{escape(page.word("map.how"))}</p>')
    caption = page.word("country.regions_of", name=name)
    _situation_tables.regions(page, ordered, dimension, caption, worldmap.maker(drawing, places, caption))


def _trend(page: Page, rows: Sequence[Row]) -> None:
    """Regions per level over 24 months, one chart per dimension."""
    st.header(page.word("region.trend"))
    if not rows:
        draw.empty(page, page.word("country.no_trend"))
        return
    drawn = []
    for name in DIMENSIONS:
        mine = [row for row in rows if row["dimension"] == name]
        title = bands.dimension(name, page.words.language)
        drawn.append(
            charts.levels(mine, title, page.word("chart.levels_said", name=title, count=len(mine)), page.words.month)
        )
    columns = [
        table.Column(page.word("table.day"), lambda r: r["as_of"]),
        table.Column(page.word("table.dimension"), lambda r: bands.dimension(r["dimension"], page.words.language)),
        *_situation_tables.per_level(page),
    ]  # fmt: skip
    draw.html(draw.legend(page))
    figure.show(page, drawn, rows, columns, name="levels", caption=page.word("region.trend"))
