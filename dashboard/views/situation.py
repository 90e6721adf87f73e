"""Situation: where it is worst on the map, what changed, worse and better, what waits for somebody, broken sources."""

from __future__ import annotations

from datetime import date

import streamlit as st

from assessment.framework import DIMENSIONS
from dashboard import choose, draw, visit, worldmap
from dashboard.page import Page, escape
from dashboard.views import EVERYBODY, _situation_lists, _situation_tables

PATH, ORDER, ROLES = "situation", 10, EVERYBODY
OVERALL = "overall"


def show(page: Page) -> None:
    """Choose; the map with its table; beside it what changed and what waits."""
    st.title(page.word("situation.title"))
    draw.html(f'<p class="rw-lead">{escape(page.word("situation.lead"))}</p>')
    countries = [row for row in page.reader.countries() if row["monitored"]]
    if not countries:
        draw.empty(page, page.word("situation.empty"), page.word("situation.empty_todo"))
        _situation_lists.sources(page)
        return
    iso3, dimension, since = _choices(page, [row["iso3"] for row in countries])
    with st.container(key="wide_columns"):
        left, right = st.columns([3, 2], gap="large")
    with left:
        _map(page, iso3, dimension)
    with right:
        _situation_lists.changes(page, since, iso3)
        _situation_lists.alerts(page, iso3)
        _situation_lists.reviews(page, iso3)
        _situation_lists.sources(page)


def _choices(page: Page, known: list[str]) -> tuple[str, str, date | None]:
    """(country or "", dimension, compare with this day or None for the run before); all in the URL."""
    names = {row["iso3"]: page.words.country(row) for row in page.reader.countries() if row["iso3"] in known}
    order = ["", *sorted(names, key=names.__getitem__)]
    with st.container(key="filters"):
        colour, first, second = st.columns([7, 3, 3])
    with colour:
        dimension = choose.segments(
            page, "dimension", page.word("situation.colour_by"), (OVERALL, *DIMENSIONS),
            lambda name: _situation_tables.dimension_word(page, name), OVERALL,
        )  # fmt: skip
    with first:
        iso3 = choose.one(page, "country", page.word("common.country"), order,
                          lambda name: names.get(name, page.word("situation.all_countries")))  # fmt: skip
    with second:
        since = _since(page)
    return iso3, dimension, since


def _since(page: Page) -> date | None:
    days = sorted({run["as_of"] for run in page.reader.runs()})
    if len(days) < 2:
        return None
    last = visit.before(page)
    default = days[-2] if last is None else max(days[0], min(last, days[-2]))
    chosen = choose.day(page, "since", page.word("situation.since"), default, days[0], days[-2])
    if last is not None and chosen == default:
        draw.html(f'<p class="rw-note">{escape(page.word("situation.last_visit", day=page.words.day(last)))}</p>')
    return chosen


def _map(page: Page, iso3: str, dimension: str) -> None:
    """The world by country or one country by region; a choice goes deeper."""
    if iso3:
        rows = page.reader.regions(iso3, dimension)
        drawing = worldmap.country_drawing(page.reader, iso3)
        places = worldmap.region_places(page, rows, dimension, drawing)
        country = next(row for row in page.reader.countries() if row["iso3"] == iso3)
        name = page.words.country(country)
        back = draw.link(page, page.word("situation.back_to_world"), "situation", dimension=dimension)
        forth = draw.link(page, page.word("situation.open_country", name=name), "country", country=iso3)
        draw.html(f'<p class="rw-line">{back} {forth}</p>')
    else:
        rows = [row for row in page.reader.countries(dimension) if row["monitored"]]
        drawing = worldmap.world_drawing(page.reader, frozenset(row["iso3"] for row in rows))
        places = worldmap.country_places(page, rows, dimension, drawing)
        name = page.word("situation.world")
    title = page.word("situation.map_title", name=name, dimension=_situation_tables.dimension_word(page, dimension))
    worldmap.show(page, drawing, places, title=title, labels=bool(iso3))
    draw.html(draw.legend(page), f'<p class="rw-note">{escape(page.word("map.how"))}</p>')
    drawn = worldmap.maker(drawing, places, title)
    if iso3:
        _situation_tables.regions(page, rows, dimension, title, drawn)
    else:
        _situation_tables.countries(page, rows, title, drawn)
