"""The lower part of the region page: perspective, the way there, groups at extra risk, stories, outlook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard import charts, draw, figure, table
from dashboard.brief_parts import measured
from dashboard.page import Page, escape
from dashboard.views import _parts

Row = Mapping[str, Any]
# Topic -> scored indicators and items of the perspective that speak about it (experience: seven topics).
TOPICS: Mapping[str, tuple[str, ...]] = {
    "work": ("M2", "M1", "M6"),
    "education": ("M8",),
    "care": ("M7", "M9"),
    "housing": ("M5", "M3"),
    "family": ("D3",),
    "return": ("D2", "D1", "D5"),
    "freedom": ("D6", "D4"),
}
STORIES = 12
NO_BASIS = "none"  # neither a model nor a history to say a likelihood from


def perspective(page: Page, region: Row) -> None:
    """What a person can expect to live on and with; beside the scores, never in them."""
    st.header(page.word("region.perspective"))
    draw.html(f'<p class="rw-note">{escape(page.word("region.perspective_how"))}</p>')
    facts = _facts_by_indicator(page, region)
    cards = "".join(_topic(page, topic, [facts[i] for i in wanted if i in facts]) for topic, wanted in TOPICS.items())
    draw.html(f'<div class="rw-cards">{cards}</div>')


def _topic(page: Page, topic: str, facts: Sequence[str]) -> str:
    body = "".join(facts) or f'<p class="rw-quiet">{escape(page.word("region.topic_unknown"))}</p>'
    return f'<section class="rw-card"><h3>{escape(page.word(f"topic.{topic}"))}</h3>{body}</section>'


def _facts_by_indicator(page: Page, region: Row) -> dict[str, str]:
    """{indicator_id: HTML of its value with date, source and evidence}, for those that have data."""
    found = {}
    for dimension in region["dimensions"].values():
        for row in dimension["indicators"]:
            if row["raw_value"] is not None and row["items"]:
                said = measured(page.words, row["indicator_id"], row["unit"], row["raw_value"])
                item = row["items"][0]
                found[row["indicator_id"]] = _fact(page, page.words.of(row, "name"), said, item, row["evidence_ids"])
    named = _definitions(page)
    for row in region["perspective"]:  # newest first
        name = row["indicator_id"]
        if name in found or (row["value"] is None and not row["text"]):
            continue
        facts = named.get(name, {})
        said = row["text"] or measured(page.words, name, facts.get("unit", ""), row["value"])
        found[name] = _fact(page, page.words.of(facts, "name") or name, said, row, row["evidence_ids"])
    return found


def _fact(page: Page, name: str, said: str, item: Row, evidence: Sequence[str]) -> str:
    return (
        f'<div class="rw-fact"><b>{escape(name)}</b>: {escape(said)}</div>'
        f"<div>{draw.date_source(page, item['ref_end'], None)} {draw.evidence_links(page, evidence, limit=0)}</div>"
    )


def _definitions(page: Page) -> dict[str, Row]:
    return _definitions_of(page.reader.snapshot["snapshot_id"], page.reader)


@st.cache_data(show_spinner=False, max_entries=2)
def _definitions_of(snapshot_id: str, _reader: Any) -> dict[str, Row]:
    """{indicator_id: names and unit}."""
    kept = ("indicator_id", "name_en", "name_nl", "unit")
    return {row["indicator_id"]: {key: row.get(key) for key in kept} for row in _reader.method()["indicators"]}


def routes(page: Page, rows: Sequence[Row]) -> None:
    """From the arrival point to the region; unknown stays unknown."""
    st.header(page.word("region.route"))
    if not rows:
        draw.empty(page, page.word("region.no_route"), page.word("region.no_route_todo"))
        return
    names = _parts.place_names(page)
    draw.html(draw.listed(page, [route(page, row, names) for row in rows], 4),
              f'<p class="rw-note">{escape(page.word("region.route_check"))}</p>')  # fmt: skip


def route(page: Page, row: Row, names: Mapping[str, str]) -> str:
    """One way: state, legs as links, the worst leg with the day of its information."""
    kind = {"open": "plain", "unknown": "warn"}.get(row["state"], "bad")
    legs = " → ".join(draw.link(page, names.get(leg, leg), "region", region=leg) for leg in row["legs"])
    arrival = escape(row["arrival_name"] or page.word("region.no_arrival"))
    worst = ""
    if row["worst_leg"]:
        place = names.get(row["worst_leg"], row["worst_leg"])
        day = page.words.day(row["worst_date"]) if row["worst_date"] else page.word("common.no_date")
        worst = f'<div class="rw-quiet">{escape(page.word("region.worst_leg", place=place, day=day))}</div>'
    chip = draw.chip(page.word(f"route.{row['state']}"), kind)
    return f'<div class="rw-line">{chip}<span>{arrival}: {legs}</span></div>{worst}'


_CARD = {"W": "bad", "C": "warn", "?": "warn", "N": "quiet"}
_CARD_ORDER = {"W": 0, "C": 1, "?": 2, "N": 3}


def cards(page: Page, rows: Sequence[Row]) -> None:
    """What sources say of groups; a group nobody wrote about is never shown as free of risk."""
    st.header(page.word("region.profiles"))
    named = {row["profile"]: row for row in page.reader.profiles()}
    if not rows:
        draw.empty(page, page.word("region.no_profiles"))
        return
    ordered = sorted(rows, key=lambda row: (_CARD_ORDER[row["statement"]], row["profile"]))
    said = [_card(page, row, named.get(row["profile"], {})) for row in ordered if row["statement"] != "?"]
    silent = [_card(page, row, named.get(row["profile"], {})) for row in ordered if row["statement"] == "?"]
    draw.html(draw.listed(page, said, 8))
    if silent:
        label = escape(page.word("region.silent_profiles", count=len(silent)))
        draw.html(f'<details class="rw-details"><summary>{label}</summary>{draw.listed(page, silent, 60)}</details>')


def _card(page: Page, row: Row, profile: Row) -> str:
    name = page.words.of(profile, "name") or row["profile"]
    key = "unknown" if row["statement"] == "?" else f"statement_{row['statement']}"
    said = page.words.of(profile, key) or page.word("origin.missing")
    quote = f'<blockquote class="rw-quote">{escape(row["quote"])}</blockquote>' if row["quote"] else ""
    when = page.words.day(row["stated"]) if row["stated"] else ""
    out = _parts.outside(page, row["url"], page.word("region.original")) if row["url"] else ""
    asked = "".join(f"<li>{escape(text)}</li>" for text in profile.get(f"questions_{page.words.language}") or ())
    questions = ""
    if asked:
        label = escape(page.word("region.questions"))
        questions = (
            f'<details class="rw-details"><summary>{label}</summary><ul class="rw-reasons">{asked}</ul></details>'
        )
    return (
        f'<div class="rw-line"><b>{escape(name)}</b>{draw.chip(said, _CARD[row["statement"]])}'
        f'<span class="rw-when">{escape(when)}</span>{out}</div>{quote}{questions}'
    )


def stories(page: Page, region: Row) -> None:
    """Story clusters about the region, else about the country; each counted once."""
    st.header(page.word("region.stories"))
    found = page.reader.stories(region_id=region["region_id"], limit=STORIES)
    if not found["hits"]:
        draw.html(f'<p class="rw-note">{escape(page.word("region.no_stories"))}</p>')
        found = page.reader.stories(iso3=region["iso3"], limit=STORIES)
    show_stories(page, found["hits"])
    if found["total"] > len(found["hits"]):
        more = page.word("region.all_stories", count=found["total"])
        draw.html(f"<p>{draw.link(page, more, 'evidence', country=region['iso3'])}</p>")


def show_stories(page: Page, rows: Sequence[Row]) -> None:
    """A line of time and the list behind it."""
    if not rows:
        draw.empty(page, page.word("region.no_documents"), page.word("region.no_documents_todo"))
        return
    published = [row for row in rows if row["last_published"]]
    dated = [(row["last_published"].date(), row["n_origins"], row["title"] or "") for row in published]
    said = page.word("chart.stories_said", count=len(dated))
    drawn = charts.timeline(sorted(dated), page.word("chart.stories"), said, page.words.day)
    columns = [
        table.Column(page.word("table.story"), lambda r: r["title"], lambda r: draw.link(
            page, r["title"] or r["cluster_id"], "evidence", document=r["documents"][0]["document_id"])
            if r["documents"] else escape(r["title"])),
        table.Column(page.word("table.origins"), lambda r: r["n_origins"], numeric=True),
        table.Column(page.word("table.documents"), lambda r: r["n_documents"], numeric=True),
        table.Column(page.word("table.first"), lambda r: r["first_published"], lambda r: escape(page.words.day(
            r["first_published"]))),
        table.Column(page.word("table.last"), lambda r: r["last_published"], lambda r: escape(page.words.day(
            r["last_published"]))),
        table.Column(page.word("table.evidence"), lambda r: r["evidence_ids"], only_files=True),
    ]  # fmt: skip
    items = [_story(page, row) for row in rows]
    draw.html(draw.listed(page, items, 5))
    figure.show(page, [drawn], rows, columns, name="stories", caption=page.word("region.stories"), wide=True)


def _story(page: Page, row: Row) -> str:
    first = row["documents"][0] if row["documents"] else None
    title = row["title"] or row["cluster_id"]
    shown = draw.link(page, title, "evidence", document=first["document_id"]) if first else escape(title)
    counted = page.word("region.story_counted", origins=row["n_origins"], documents=row["n_documents"])
    when = f"{page.words.day(row['last_published'])} · {counted}"
    return f'<div>{shown}</div><span class="rw-when">{escape(when)}</span>'


def forecast(page: Page, rows: Sequence[Row]) -> None:
    """Early warning in words of likelihood with its basis; it warns and never comforts."""
    st.header(page.word("region.forecast"))
    if all(row["basis"] == NO_BASIS for row in rows):
        draw.empty(page, page.word("region.no_forecast"))
        return
    draw.html(
        f'<p class="rw-note">{escape(page.word("region.forecast_how"))}</p>',
        draw.listed(page, [_outlook(page, row) for row in rows], 6),
    )


def _outlook(page: Page, row: Row) -> str:
    months = row["horizon_months"]
    span = page.word("target.span_one") if months == 1 else page.word("target.span", months=months)
    what = page.word(f"target.{row['target']}", span=span)
    word = page.words.of(row, "word") or page.word("region.no_likelihood")
    basis = draw.chip(page.word(f"basis.{row['basis']}"), "quiet")
    return f'<div class="rw-line"><span>{escape(what)}</span><b>{escape(word)}</b>{basis}</div>'
