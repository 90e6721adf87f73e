"""Search in documents, events and claims; every filter is in the URL."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from dashboard import draw, table
from dashboard.page import Page, escape
from dashboard.views._parts import PER_PAGE, day, page_number, pager, place_names, theme_word

FIELDS = ("q", "country", "region", "theme", "language", "source", "status", "since", "until")
_OF = {  # filters each kind of thing has
    "documents": ("country", "region", "theme", "language", "source", "since", "until"),
    "events": ("country", "region", "source", "since", "until"),
    "claims": ("country", "theme", "status"),
}
STATUSES = ("suggested", "confirmed", "rejected")


def show(page: Page, kind: str) -> None:
    """The form and what was found."""
    _form(page, kind)
    offset = (page_number(page) - 1) * PER_PAGE
    found = _SEARCHES[kind](page, offset)
    st.markdown(f"**{page.word('evidence.found', count=page.words.number(found['total']))}**")
    if not found["hits"]:
        draw.empty(page, page.word("evidence.found_none"))
    else:
        _RESULTS[kind](page, found["hits"])
    pager(page, found["total"])


def _form(page: Page, kind: str) -> None:
    names = place_names(page)
    countries = sorted((row["iso3"] for row in page.reader.countries()), key=lambda c: names.get(c, c))
    offered = _OF[kind]
    with st.form(f"evidence_search_{kind}", border=False):
        values: dict[str, str | None] = {}
        left, middle, right = st.columns([3, 2, 1], vertical_alignment="bottom")
        if kind != "claims":
            values["q"] = left.text_input(
                page.word("evidence.words"), page.state("q"), help=page.word("evidence.words_help")
            )
        values["country"] = _choice(page, middle, "country", countries, lambda c: names.get(c, c))
        sent = right.form_submit_button(page.word("evidence.search"), type="primary", width="stretch")
        with st.expander(page.word("evidence.more_filters"), expanded=any(page.state(n) for n in offered[1:])):
            columns = st.columns(4)
            for number, name in enumerate(offered[1:]):
                values[name] = _filter(page, columns[number % 4], name, names)
    if sent:
        page.remember(**{**dict.fromkeys(FIELDS), **values}, page=None)
        st.rerun()


def _filter(page: Page, place: Any, name: str, names: Mapping[str, str]) -> str | None:
    if name == "region":
        country = page.state("country")
        regions = [row["region_id"] for row in page.reader.regions(country or None)]
        return _choice(page, place, name, sorted(regions, key=lambda r: names.get(r, r)), lambda r: names.get(r, r))
    if name == "source":
        sources = sorted(row["source_id"] for row in page.reader.sources())
        return _choice(page, place, name, sources, lambda s: draw.publisher(page, s))
    if name == "status":
        return _choice(page, place, name, list(STATUSES), lambda s: page.word(f"claims.status.{s}"))
    if name == "theme":  # of the text stages: they are in the word files
        every = sorted(
            (k.removeprefix("themes.") for k in page.words.texts if k.startswith("themes.")),
            key=lambda t: theme_word(page, t),
        )
        return _choice(page, place, name, every, lambda t: theme_word(page, t))
    label = page.word(f"evidence.{name}")
    hint = page.word("evidence.day_help") if name in ("since", "until") else None
    return str(place.text_input(label, page.state(name), help=hint)).strip()


def _choice(page: Page, place: Any, name: str, options: list[str], said: Callable[[str], str]) -> str | None:
    """A select box whose first choice is all; what the URL says, even when unknown here, stays choosable."""
    now = page.state(name)
    every = ["", *options] if now in ("", *options) else ["", now, *options]
    found = place.selectbox(
        page.word(f"evidence.{name}"), every, index=every.index(now),
        format_func=lambda option: said(option) if option else page.word("evidence.any"),
    )  # fmt: skip
    return str(found) if found else None


def _filters(page: Page, kind: str) -> dict[str, Any]:
    return {name: day(page, name) if name in ("since", "until") else page.state(name) for name in _OF[kind]}


def _documents(page: Page, offset: int) -> dict[str, Any]:
    return page.reader.search(page.state("q"), _filters(page, "documents"), PER_PAGE, offset)


def _events(page: Page, offset: int) -> dict[str, Any]:
    return page.reader.events(page.state("q"), _filters(page, "events"), PER_PAGE, offset)


def _claims(page: Page, offset: int) -> dict[str, Any]:
    chosen = {name: page.state(name) or None for name in ("status", "theme")}
    return page.reader.claims(**chosen, iso3=page.state("country") or None, limit=PER_PAGE, offset=offset)


def _show_documents(page: Page, hits: list[dict[str, Any]]) -> None:
    items = []
    for hit in hits:
        chips = [draw.chip(kind_word(page, str(hit["kind"])), "quiet")]
        if hit.get("n_origins"):
            one = hit["n_origins"] == 1
            chips.append(draw.chip(
                page.word("evidence.origin_one" if one else "evidence.origins", count=hit["n_origins"]), "plain"
            ))  # fmt: skip
        items.append(
            f"<li><b>{draw.link(page, hit['title'], 'evidence', document=hit['document_id'])}</b> "
            f"{draw.date_source(page, hit['published'], hit['source_id'])}"
            f'<div class="rw-snippet">{hit["snippet_html"]}</div><div class="rw-line">{"".join(chips)}</div></li>'
        )
    draw.html(f'<ul class="rw-list">{"".join(items)}</ul>')


def kind_word(page: Page, kind: str) -> str:
    """A kind of document in words; one that a source added lately as it stands."""
    return page.word(f"evidence.kind.{kind}") if page.words.has(f"evidence.kind.{kind}") else kind


def _show_events(page: Page, hits: list[dict[str, Any]]) -> None:
    names = place_names(page)

    def place(row: Mapping[str, Any]) -> str:
        where = row["region_id"] or row["iso3"]
        return names.get(where, where) + (f" ({row['place_name']})" if row["place_name"] else "")

    def what(row: Mapping[str, Any]) -> str:
        said = row["title"] or page.word("evidence.record.event")
        return draw.link(page, said if len(said) < 160 else said[:159] + "…", "evidence", id=row["event_id"])

    columns = [
        table.Column(page.word("evidence.record.about"), lambda row: row["ref_end"]),
        table.Column(page.word("evidence.record.event"), lambda row: row["title"], what),
        table.Column(page.word("evidence.record.place"), place),
        table.Column(page.word("evidence.deaths"), lambda row: row["deaths"], numeric=True),
        table.Column(page.word("evidence.source"), lambda row: draw.publisher(page, row["source_id"])),
    ]
    table.show(page, hits, columns, name="events")


def _show_claims(page: Page, hits: list[dict[str, Any]]) -> None:
    names = place_names(page)
    items = []
    for hit in hits:
        place = hit.get("region_id") or hit.get("iso3") or ""
        status = hit.get("status") or "suggested"
        chips = [draw.chip(page.word(f"claims.status.{status}"), "plain")] + [
            draw.chip(text, "quiet")
            for text in (
                theme_word(page, hit["theme"]) if hit.get("theme") else None,
                hit.get("indicator_id"),
                names.get(place, place),
            )
            if text
        ]
        document = hit.get("document_id") or ""
        where = draw.link(
            page, hit.get("title") or page.word("evidence.record.document"), "evidence", document=document
        )
        items.append(
            f'<li><blockquote class="rw-quote">{escape(hit.get("quote") or "")}</blockquote>'
            f'<div class="rw-line">{"".join(chips)}{where if document else ""}</div></li>'
        )
    draw.html(f'<ul class="rw-list">{"".join(items)}</ul>')


_SEARCHES: dict[str, Callable[[Page, int], dict[str, Any]]] = {
    "documents": _documents, "events": _events, "claims": _claims,
}  # fmt: skip
_RESULTS: dict[str, Callable[[Page, list[dict[str, Any]]], None]] = {
    "documents": _show_documents, "events": _show_events, "claims": _show_claims,
}  # fmt: skip
