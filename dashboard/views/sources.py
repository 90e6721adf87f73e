"""Sources: each one's rhythm, last good run, rows, expectation, state, licence, and its problems with a remedy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard import choose, draw, table
from dashboard.page import Page, escape
from dashboard.rhythm import rhythm
from dashboard.source_words import told
from dashboard.views import EVERYBODY, _source_one

PATH, ORDER, ROLES = "sources", 100, EVERYBODY

STATES = ("broken", "stale", "quiet", "never", "disabled", "fine")  # what needs somebody stands first
Row = Mapping[str, Any]


def show(page: Page) -> None:
    """One source with ?source=, else all of them; ?state= narrows the list."""
    st.title(page.word("sources.title"))
    rows = page.reader.sources(page.now)
    wanted = page.state("source")
    if wanted:
        found = next((row for row in rows if row["source_id"] == wanted), None)
        if found is not None:
            _source_one.show(page, found)
            return
        draw.empty(page, page.word("sources.unknown", source=wanted), page.word("sources.unknown_todo"))
    if not rows:
        draw.empty(page, page.word("sources.none"))
        return
    st.markdown(page.word("sources.intro"))
    if page.reader.snapshot["starter"]:
        draw.html(f'<p class="rw-banner">{escape(page.word("sources.starter"))}</p>')
    _counts(page, rows)
    state = choose.one(
        page, "state", page.word("sources.filter"), ["", *STATES],
        lambda name: page.word(f"state.{name}") if name else page.word("sources.all_states"),
    )  # fmt: skip
    shown = [row for row in rows if state in ("", row["state"])]
    shown.sort(key=lambda row: (STATES.index(row["state"]), row["publisher"].lower(), row["source_id"]))
    table.show(page, shown, _columns(page), name="sources", caption=page.word("sources.table"))


def _counts(page: Page, rows: list[dict[str, Any]]) -> None:
    """How many are in which state."""
    parts = []
    for state in STATES:
        count = sum(row["state"] == state for row in rows)
        if count:
            parts.append(f"<span>{draw.state_chip(page, state)} {page.words.number(count)}</span>")
    draw.html(f'<p class="rw-line rw-small">{"".join(parts)}</p>')


def _columns(page: Page) -> list[table.Column]:
    word = page.word
    return [
        table.Column(word("sources.source"), lambda r: r["publisher"], lambda r: _named(page, r)),
        table.Column(word("sources.state"), lambda r: word(f"state.{r['state']}"), lambda r: _state(page, r)),
        table.Column(word("sources.rhythm"), lambda r: rhythm(page.words, r["schedule"])),
        table.Column(
            word("sources.last_good"),
            lambda r: _source_one.reached(r),
            lambda r: escape(
                page.words.day(_source_one.reached(r)) if _source_one.reached(r) else word("sources.never")
            ),
        ),
        table.Column(word("sources.rows"), lambda r: r["rows"], lambda r: escape(rows_said(page, r)), numeric=True),
        table.Column(word("sources.licence"), lambda r: r["licence"]),
        table.Column(word("sources.problems"), lambda r: r["issues"], numeric=True),
        table.Column("source_id", lambda r: r["source_id"], only_files=True),
        table.Column(word("sources.what"), lambda r: r["what"], only_files=True),
        table.Column(word("sources.todo"), lambda r: told(page.words, r["remedy"]), only_files=True),
        table.Column(word("sources.last_news"), lambda r: r["last_news"], only_files=True),
        table.Column(word("sources.next_turn"), lambda r: r["next_turn"], only_files=True),
        table.Column(word("sources.bias"), lambda r: r["known_bias"], only_files=True),
    ]


def _named(page: Page, row: Row) -> str:
    """Publisher as a link to the source's own page, and what it gives."""
    name = draw.link(page, row["publisher"], "sources", source=row["source_id"])
    return f'{name}<br><span class="rw-when">{escape(row["what"])}</span>'


def _state(page: Page, row: Row) -> str:
    """The state and, where something is to be done, what."""
    chip = draw.state_chip(page, row["state"])
    todo = told(page.words, row["remedy"]) if row["state"] not in ("fine", "quiet") else ""
    return f'{chip}<br><span class="rw-when">{draw.commands(todo)}</span>' if todo else chip


def rows_said(page: Page, row: Row) -> str:
    """Rows in the snapshot against the least that a complete answer has."""
    rows, least = page.words.number(row["rows"]), row["min_rows"]
    if not least or least <= 1 or row["state"] in ("never", "disabled"):
        return rows
    key = "sources.at_least" if row["rows"] >= least else "sources.below"
    return page.word(key, rows=rows, least=page.words.number(least))
