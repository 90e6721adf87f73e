"""Tests of the method as `returnwatch validate` wrote them beside the snapshots: good, bad and open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard import draw, table
from dashboard.page import Page, escape

VERDICTS = {"pass": "holds", "fail": "fails", "not_enough_data": "open"}
CHIPS = {"pass": "good", "fail": "bad", "not_enough_data": "quiet"}
Row = Mapping[str, Any]


def show(page: Page, found: Any) -> None:
    """Half a page in words, then every check. None: nobody has tested here yet."""
    if found is None:
        draw.empty(page, page.word("method.validation_none"))
        return
    try:
        summary = found["summary"][page.words.language]
        checks = [_check(test, check, page.words.language) for test in found["tests"] for check in test["checks"]]
        day = str(found["basis"].get("made", ""))[:10]
    except (KeyError, TypeError, AttributeError):
        draw.empty(page, page.word("method.validation_broken"))
        return
    if day:
        st.caption(page.word("method.made", day=day))
    for verdict, heading in VERDICTS.items():
        lines = summary.get(verdict) or [page.word("method.nothing")]
        draw.html(f"<h3>{escape(page.word(f'method.{heading}'))}</h3>{_list(lines)}")
    if summary.get("history"):
        draw.html(f"<h3>{escape(page.word('method.history'))}</h3>{_list(summary['history'])}")
    if checks:
        table.show(page, checks, _columns(page), name="validation", caption=page.word("method.test"))


def _check(test: Row, check: Row, language: str) -> Row:
    return {
        "test": test["test"],
        "title": test["title"][language],
        "check": check["text"][language],
        "value": check.get("value"),
        "limit": check.get("limit"),
        "verdict": check["verdict"],
    }


def _list(lines: list[str]) -> str:
    return f'<ul class="rw-list">{"".join(f"<li>{escape(line)}</li>" for line in lines)}</ul>'


def _columns(page: Page) -> list[table.Column]:
    word = page.word
    return [
        table.Column(word("method.test"), lambda r: f"{r['test']} {r['title']}"),
        table.Column(word("method.check"), lambda r: r["check"]),
        table.Column(
            word("method.result"),
            lambda r: r["verdict"],
            lambda r: draw.chip(_verdict(page, r["verdict"]), CHIPS.get(r["verdict"], "plain")),
        ),
        table.Column(word("method.value"), lambda r: r["value"], numeric=True),
        table.Column(word("method.limit"), lambda r: r["limit"], lambda r: escape(r["limit"])),
    ]


def _verdict(page: Page, verdict: str) -> str:
    key = f"method.verdict.{verdict}"
    return page.word(key) if page.words.has(key) else verdict
