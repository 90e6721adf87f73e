"""Brief: choose a region and a language, read the two pages, take them along as PDF, Word file or web page."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from assessment.ledger import Entry, LedgerError
from assessment.read import NotFound
from dashboard import bands, brief, brief_html, choose, draw
from dashboard.language import LANGUAGES, Words, load
from dashboard.page import Page, escape
from dashboard.partners import partners
from dashboard.views import EVERYBODY
from ingest.reference import ReferenceError

PATH, ORDER, ROLES = "brief", 70, EVERYBODY


def show(page: Page) -> None:
    """Everything chosen stands in the URL, so that a brief can be mailed."""
    st.title(page.word("brief.title"))
    regions = {row["region_id"]: row for row in page.reader.regions()}
    if not regions:
        draw.empty(page, page.word("brief.nothing_assessed"))
        return
    st.markdown(page.word("brief.intro"))
    wanted = page.state("region")
    region_id, words = _choose(page, regions)
    if wanted and wanted not in regions:
        draw.empty(page, page.word("brief.unknown_region", region=wanted))
        return
    if not region_id:
        draw.empty(page, page.word("brief.choose"))
        return
    try:
        facts = brief.collect(
            page.reader,
            region_id,
            entries=_entries(page),
            now=page.now,
            partners=_partners(page),
        )
    except NotFound as error:
        draw.empty(page, page.word("brief.failed", message=str(error)))
        return
    _downloads(page, facts, words)
    _paper(page, facts, words)


def _choose(page: Page, regions: Mapping[str, Any]) -> tuple[str, Words]:
    """Country (narrows the list), region, and the language of the brief, which may differ from the page's."""
    countries = {row["iso3"]: page.words.country(row) for row in page.reader.countries() if row["monitored"]}
    chosen = regions.get(page.state("region"))
    one, two, three = st.columns([2, 3, 2])
    with one:
        iso3 = choose.one(
            page,
            "country",
            page.word("brief.pick_country"),
            ["", *sorted(countries, key=countries.__getitem__)],
            lambda name: countries.get(name, page.word("brief.all_countries")),
        )
    shown = {
        name: f"{page.words.of(row, 'name') or name}, {countries.get(row['iso3'], row['iso3'])}"
        for name, row in regions.items()
        if iso3 in ("", row["iso3"]) or (chosen and name == chosen["region_id"])
    }
    with two:
        region_id = choose.one(
            page,
            "region",
            page.word("brief.pick_region"),
            ["", *sorted(shown, key=shown.__getitem__)],
            lambda name: shown.get(name, page.word("common.choose")),
        )
    with three:
        language = choose.segments(
            page, "in", page.word("brief.pick_language"), LANGUAGES, lambda name: page.word(f"brief.in_{name}"),
            page.words.language,
        )  # fmt: skip
    return region_id, load(language)


def _entries(page: Page) -> Sequence[Entry] | None:
    """The record of decisions; None when it cannot be opened, which the brief itself then says."""
    try:
        return page.open_ledger().entries()
    except LedgerError as error:
        draw.html(f'<p class="rw-banner rw-bad">{escape(page.word("common.ledger_closed"))} {escape(error)}</p>')
        return None


def _partners(page: Page) -> list[dict[str, Any]]:
    """Recorded partners; a fault in their file is said and stops nothing else."""
    try:
        return partners()
    except ReferenceError as error:
        draw.empty(page, page.word("brief.failed", message=str(error)))
        return []


def _downloads(page: Page, facts: Any, words: Words) -> None:
    """Each file is made when it is asked for."""
    columns = st.columns(len(brief.FORMATS), width=560)
    for column, kind in zip(columns, brief.FORMATS, strict=True):
        with column:
            st.download_button(
                page.word(f"brief.download_{kind}"),
                data=_maker(page, facts, words, kind),
                file_name=brief.file_name(facts, words.language, kind),
                mime=brief.FORMATS[kind].split(";")[0],
                key=f"brief_{kind}",
                on_click="ignore",
                type="primary" if kind == "pdf" else "secondary",
                width="stretch",
            )


def _maker(page: Page, facts: Any, words: Words, kind: str) -> Callable[[], bytes]:
    return lambda: brief.render(page.reader, facts, words.language, kind)


def _paper(page: Page, facts: Any, words: Words) -> None:
    """The brief itself, whole, in the language of the paper; statements lead to their evidence."""
    page = replace(page, words=words)  # what stands on the paper is in the language of the paper
    content = brief.content(facts, words)
    picture = brief.map_svg(page.reader, facts, words.language)
    body = brief_html.fragment(
        content,
        picture=_picture(picture, content["map_alt"]) if picture else "",
        links=lambda ids: _links(page, ids),
        chip=lambda row: _chip(page, row),
        top=2,
    )
    draw.html(f'<article class="rw-brief" lang="{escape(words.language)}">{body}</article>')


def _picture(svg: str, said: str) -> str:
    """The map as an image: `st.html` takes SVG elements out."""
    data = base64.b64encode(svg.encode()).decode()
    return f'<div class="rw-brief-map"><img src="data:image/svg+xml;base64,{data}" alt="{escape(said)}"></div>'


def _links(page: Page, ids: Iterable[str]) -> str:
    found = draw.evidence_links(page, ids)
    return f" {found}" if found else ""


def _chip(page: Page, row: Mapping[str, Any]) -> str:
    """The chip of a band, and in words what it means when it is not known."""
    chip = draw.band(page, row["key"], severe=row["severe"] or None)
    return (
        chip if row["key"] != bands.UNKNOWN else f'{chip} <strong class="rw-brief-means">{escape(row["word"])}</strong>'
    )
