"""One source: what it is, what may be done with it, what is expected of it, and its problems with a remedy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import streamlit as st

from dashboard import draw, table
from dashboard.page import Page, escape
from dashboard.rhythm import rhythm
from dashboard.source_words import told

Row = Mapping[str, Any]
MOST = 200  # problems shown; all of them are counted


def show(page: Page, row: Row) -> None:
    """Facts, then problems."""
    back = draw.link(page, page.word("sources.back"), "sources")
    draw.html(f'<p class="rw-line rw-small">{back}</p>')
    draw.html(f"<h2>{escape(row['publisher'])}</h2>", f"<p>{escape(row['what'])}</p>", _state(page, row))
    facts = "".join(f"<dt>{escape(label)}</dt><dd>{value}</dd>" for label, value in _facts(page, row) if value)
    draw.html(f'<dl class="rw-pairs">{facts}</dl>')
    _issues(page, row["source_id"])


def reached(row: Row) -> datetime | None:
    """When its publisher last answered here; loading the shipped figures is no answer."""
    return None if row["state"] == "never" else row["last_good"]


def _state(page: Page, row: Row) -> str:
    since = f" {escape(page.word('sources.since', day=page.words.day(row['since'])))}" if row["since"] else ""
    said = "".join(
        f"<p>{draw.commands(text)}</p>"
        for text in dict.fromkeys(told(page.words, row[name]) for name in ("message", "remedy"))
        if text
    )
    return f'<p class="rw-line">{draw.state_chip(page, row["state"])}{since}</p>{said}'


def _facts(page: Page, row: Row) -> list[tuple[str, str]]:
    """(label, value as HTML)."""
    word, words = page.word, page.words
    expected = [
        word("sources.expected_rows", least=words.number(row["min_rows"]), most=words.number(row["max_rows"])),
    ]
    if row["must_have"]:
        expected.append(word("sources.must_have", names=", ".join(row["must_have"])))
    return [
        ("id", f"<code>{escape(row['source_id'])}</code>"),
        (word("sources.addresses"), "<br>".join(_address(url) for url in row["urls"]) or word("sources.no_address")),
        (word("sources.rhythm"), escape(rhythm(words, row["schedule"]))),
        (word("sources.last_good"), escape(words.moment(reached(row)) if reached(row) else word("sources.never"))),
        (word("sources.last_news"), escape(words.moment(row["last_news"])) if row["last_news"] else ""),
        (word("sources.next_turn"), escape(words.moment(row["next_turn"])) if row["next_turn"] else ""),
        (word("sources.rows"), escape(words.number(row["rows"]))),
        (word("sources.expected"), "<br>".join(escape(text) for text in expected)),
        (word("sources.licence"), escape(row["licence"])),
        (word("sources.republish"), escape(word(f"sources.redistribution.{row['redistribution']}"))),
        (word("sources.grade"), escape(f"{row['reliability']}{row['credibility']}")),
        (word("sources.family"), escape(row["origin_family"])),
        (word("sources.level"), escape(word(f"sources.level_of.{row['level']}"))),
        (word("sources.bias"), escape(row["known_bias"])),
    ]


def _address(url: str) -> str:
    """Addresses of the web can be followed; others (a folder, a template) are shown."""
    if url.startswith(("https://", "http://")):
        return f'<a class="rw-out" href="{escape(url)}" target="_blank" rel="noopener noreferrer">{escape(url)}</a>'
    return escape(url)


def _issues(page: Page, source_id: str) -> None:
    rows = page.reader.issues(source_id)
    st.subheader(page.word("sources.issues"))
    if not rows:
        draw.empty(page, page.word("sources.no_issues"))
        return
    if len(rows) > MOST:
        st.caption(page.word("sources.shown_of", shown=page.words.number(MOST), total=page.words.number(len(rows))))
    word = page.word
    columns = [
        table.Column(word("sources.message"), lambda r: told(page.words, r["message"])),
        table.Column(word("sources.where"), lambda r: r["where_in"]),
        table.Column(
            word("sources.remedy"),
            lambda r: told(page.words, r["remedy"]),
            lambda r: draw.commands(told(page.words, r["remedy"])),
        ),
        table.Column(
            word("sources.last_seen"), lambda r: r["last_seen"], lambda r: escape(page.words.day(r["last_seen"]))
        ),
        table.Column(word("sources.times"), lambda r: r["count"], numeric=True),
        table.Column(word("sources.first_seen"), lambda r: r["first_seen"], only_files=True),
        table.Column(word("sources.answer"), lambda r: r["url"], only_files=True),
        table.Column("warc_file", lambda r: r["warc_file"], only_files=True),
        table.Column("record_id", lambda r: r["record_id"], only_files=True),
    ]
    table.show(page, rows[:MOST], columns, name=f"issues-{source_id}")
