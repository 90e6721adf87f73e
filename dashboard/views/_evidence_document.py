"""A document with its passages marked, its archive record, and the same story told elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard import counter, draw
from dashboard.page import Page, escape, escape_markdown
from dashboard.views._parts import facts, outside, place_names, theme_word

LONGEST = 40_000  # characters of text shown at once


def show(page: Page, document_id: str) -> None:
    """Raises NotFound."""
    found = page.reader.document(document_id)
    st.title(escape_markdown(found["title"]))
    source, words, say = found["source"] or {}, page.words, page.word
    names = place_names(page)
    draw.html(
        facts(
            [
                (say("evidence.record.source"), escape(found.get("publisher") or source.get("publisher") or "-")),
                (say("evidence.record.published"), escape(words.day(found["published"]) if found["published"] else "")),
                (say("evidence.record.known"), escape(words.moment(found["known_at"]))),
                (say("evidence.country"), escape(", ".join(names.get(c, c) for c in found["countries"]))),
                (say("evidence.record.archive"), draw.link(page, document_id, "evidence", id=document_id)),
            ]
        ),
        f"<p>{outside(page, found['url'], say('evidence.record.original'))}</p>",
    )
    _story(page, found)
    _passages(page, found["passages"])
    st.header(say("evidence.document.text"))
    text = found["text"] or found["summary"]
    if not text:
        draw.empty(page, say("evidence.document.no_text"))
    else:
        if len(text) > LONGEST:
            draw.html(f'<p class="rw-note">{escape(say("evidence.document.cut"))}</p>')
        spans = [(p["start_at"], p["end_at"]) for p in found["passages"] if p.get("part", "text") == "text"]
        draw.html(f'<div class="rw-text" lang="{escape(found["language"] or "und")}">{marked(text, spans)}</div>')
    counter.offer(page, next(iter(found["countries"]), ""), f"document {document_id}")


def marked(text: str, spans: Sequence[tuple[int, int]], longest: int = LONGEST) -> str:
    """The text as HTML, passages between <mark>; past `longest` only the neighbourhood of passages. Escaped."""
    pieces, at = [], 0
    for start, end in sorted(spans):
        start, end = max(start, at), min(end, len(text))
        if start >= end:
            continue
        if start > longest and start - at > 600:
            pieces.append(escape(text[at : at + 200] if at else "") + " … ")
            at = start - 300
        pieces += [escape(text[at:start]), "<mark>", escape(text[start:end]), "</mark>"]
        at = end
    rest = text[at : max(longest, at + 200)]
    pieces.append(escape(rest) + (" …" if at + len(rest) < len(text) else ""))
    return "".join(pieces)


def _passages(page: Page, passages: Sequence[Mapping[str, Any]]) -> None:
    st.header(page.word("evidence.document.passages"))
    if not passages:
        draw.html(f'<p class="rw-note">{escape(page.word("evidence.document.passages_none"))}</p>')
        return
    names = place_names(page)
    items = []
    for passage in passages:
        place = passage.get("region_id") or passage.get("iso3")
        chips = [
            draw.chip(passage_word(page, n, str(passage[n])), "quiet")
            for n in ("theme", "indicator_id", "status")
            if passage.get(n)
        ]
        if place:
            chips.append(draw.chip(names.get(place, place), "plain"))
        quote = passage.get("quote") or passage.get("text") or ""
        items.append(
            f'<li><blockquote class="rw-quote">{escape(quote)}</blockquote>'
            f'<div class="rw-line">{"".join(chips)}</div></li>'
        )
    draw.html(f'<ul class="rw-list">{"".join(items)}</ul>')


def passage_word(page: Page, name: str, value: str) -> str:
    """A theme or a state in words; an indicator by its id."""
    if name == "theme":
        return theme_word(page, value)
    return page.word(f"claims.status.{value}") if name == "status" else value


def _story(page: Page, found: Mapping[str, Any]) -> None:
    others = found["duplicates"]
    st.header(page.word("evidence.document.story"))
    if not others:
        draw.html(f'<p class="rw-note">{escape(page.word("evidence.document.story_none"))}</p>')
        return
    count = found.get("n_origins")
    if count:
        said = page.word(
            "evidence.document.story_one" if count == 1 else "evidence.document.story_origins", count=count
        )
        draw.html(f"<p>{escape(said)}</p>")
    items = "".join(
        f"<li>{draw.link(page, row['title'], 'evidence', document=row['document_id'])} "
        f"{draw.date_source(page, row['published'], row['source_id'])}</li>"
        for row in others
    )
    shown = f"<summary>{escape(page.word('evidence.found', count=len(others)))}</summary>"
    draw.html(f'<details class="rw-details"{" open" if len(others) < 4 else ""}>{shown}<ul>{items}</ul></details>')
