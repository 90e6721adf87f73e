"""Region: three dimensions with reasons and unknowns, every figure, change, the way, people."""

from __future__ import annotations

from typing import Any

import streamlit as st

from assessment.read import NotFound
from dashboard import choose, draw, worldmap
from dashboard.page import Page, escape
from dashboard.views import EVERYBODY, _region_cards, _region_facts, _region_figures, _standing

PATH, ORDER, ROLES = "region", 30, EVERYBODY


def show(page: Page) -> None:
    """Choose a region; then from the conclusion down to the figures."""
    wanted = page.state("region")
    if not wanted:
        st.title(page.word("region.title"))
        _pick(page)
        return
    try:
        region = page.reader.region(wanted)
    except NotFound as error:
        st.title(page.word("region.title"))
        draw.empty(page, page.word("region.unknown", region=wanted), str(error))
        _pick(page)
        return
    _head(page, region)
    _standing.banners(page, region)
    _standing.advice(page, wanted, region["suggested_category"])
    _region_cards.gates(page, region["gates"])
    _region_cards.dimensions(page, region)
    _region_figures.trends(page, region)
    _region_figures.change(page, region)
    _region_figures.indicators(page, region)
    _region_figures.violence(page, region)
    _region_facts.perspective(page, region)
    _region_facts.routes(page, region["routes"])
    _region_facts.cards(page, region["profile_cards"])
    _region_facts.stories(page, region)
    _region_facts.forecast(page, region["forecast"])


def _head(page: Page, region: dict[str, Any]) -> None:
    """Name, country, population with its year, and where to go from here."""
    name = page.words.of(region, "name")
    country = _standing.country_row(page, region["iso3"])
    st.title(name)
    facts = [draw.country_link(page, country)]
    if region["name_native"] and region["name_native"] != name:
        facts.append(f"<bdi>{escape(region['name_native'])}</bdi>")
    if region["population"]:
        year = f" ({region['population_year']}, {region['population_source']})" if region["population_year"] else ""
        facts.append(escape(page.word("region.people", count=page.words.number(region["population"])) + year))
    region_id = region["region_id"]
    ways = [
        draw.link(page, page.word("region.to_brief"), "brief", region=region_id),
        draw.link(page, page.word("region.to_compare"), "compare", regions=region_id),
        draw.link(page, page.word("region.to_advice"), "advice", region=region_id),
        draw.link(page, page.word("region.to_register"), "register", region=region_id),
        draw.link(page, page.word("region.to_harm"), "harm", region=region_id),
    ]
    draw.html(
        f'<p class="rw-line rw-small">{"<span>·</span>".join(f"<span>{fact}</span>" for fact in facts)}</p>'
        f'<p class="rw-line rw-small">{" ".join(way for way in ways if way.startswith("<a"))}</p>'
    )


def _pick(page: Page) -> None:
    """Country, then region, when the address names none."""
    countries = {row["iso3"]: page.words.country(row) for row in page.reader.countries() if row["monitored"]}
    if not countries:
        draw.empty(page, page.word("situation.empty"), page.word("situation.empty_todo"))
        return
    iso3 = choose.one(page, "country", page.word("common.country"), ["", *sorted(countries, key=countries.__getitem__)],
                      lambda name: countries.get(name, page.word("common.choose")))  # fmt: skip
    if not iso3:
        return
    rows = page.reader.regions(iso3)
    drawing = worldmap.country_drawing(page.reader, iso3)
    places = worldmap.region_places(page, rows, "overall", drawing)
    worldmap.show(page, drawing, places, title=countries[iso3], labels=True)
    draw.html(draw.legend(page))
    draw.html(draw.listed(page, [f"{draw.region_link(page, row)} {draw.overall_chip(page, row)}" for row in rows], 60))
