"""Rules as data: a dry run on the run shown lists every region that would flip; an admin may then save."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import streamlit as st

from assessment import rules, rules_dry_run
from assessment.ledger import Entry
from assessment.rules import RuleError
from assessment.rules_dry_run import Flip
from dashboard import draw, refused, table
from dashboard.page import Page, escape, escape_markdown
from dashboard.views._parts import entries, framework, place_names, write


def show(page: Page) -> None:
    """Values, dry run, save, earlier changes."""
    draw.html(f'<p class="rw-lead">{escape(page.word("rules.lead"))}</p>')
    known = entries(page)
    values, _ = rules.settings(framework(), known)
    admin = "admin" in page.actor.roles
    if not admin:
        st.info(page.word("rules.only_admin"))
    with st.form("rules_dry_run"):
        columns = st.columns(3)
        wanted = {
            name: columns[number % 3].number_input(
                rule_name(page, name), low, high, value, step=0.05 if high <= 1 else 1.0, format="%g",
                key=f"rule_{name}", help=f"{page.word('rules.limits')}: {low:g} - {high:g}",
            )
            for number, (name, (low, high)) in enumerate(rules.LIMITS.items())
            for value in [values[name]]
        }  # fmt: skip
        tried = st.form_submit_button(page.word("rules.run"), type="primary")
    changes = {name: value for name, value in wanted.items() if value != values[name]}
    if tried:
        st.session_state["rw_dry_run"] = changes
    if st.session_state.get("rw_dry_run") == changes and (changes or tried):
        _dry_run(page, values, changes, admin)
    st.header(page.word("rules.history"))
    _history(page, known)


def rule_name(page: Page, name: str) -> str:
    """A rule in words."""
    return page.word(f"rules.name.{name.replace('.', '_')}")


def _dry_run(page: Page, values: Mapping[str, float], changes: Mapping[str, float], admin: bool) -> None:
    if not changes:
        st.info(page.word("rules.nothing"))
        return
    began = time.perf_counter()
    try:
        flips = rules_dry_run.flips(page.reader, values, changes)
    except RuleError as error:
        st.error(escape_markdown(refused.reason(page.words, error)))
        return
    seconds = page.words.number(time.perf_counter() - began, 2)
    _flips(page, flips, seconds)
    if admin:
        _save(page, changes)


def _flips(page: Page, flips: Sequence[Flip], seconds: str) -> None:
    if not flips:
        st.success(page.word("rules.no_flips"))
        return
    count = Counter(flip.direction for flip in flips)
    st.warning(
        page.word(
            "rules.flips", count=len(flips), worse=count["worse"], better=count["better"], level=count["level_only"],
            seconds=seconds, day=page.words.day(page.reader.snapshot["as_of"]),
        )
    )  # fmt: skip
    names = place_names(page)

    def named(row: Mapping[str, Any]) -> str:
        return names.get(row["region_id"], row["region_id"])

    def direction(row: Mapping[str, Any]) -> str:
        if row["direction"] == "level_only":
            return draw.chip(page.word("rules.level_only"), "quiet")
        return draw.direction_chip(page, row["direction"])

    columns = [
        table.Column(
            page.word("advice.region"),
            lambda row: named(row),
            lambda row: draw.link(page, named(row), "region", region=row["region_id"]),
        ),
        table.Column(page.word("rules.before"), lambda row: row["category_before"]),
        table.Column(page.word("rules.after"), lambda row: row["category_after"]),
        table.Column(page.word("rules.level"), lambda row: f"{row['level_before']} → {row['level_after']}"),
        table.Column(page.word("rules.direction"), lambda row: row["direction"], direction),
    ]
    order = {"better": 0, "worse": 1, "level_only": 2}
    table.show(page, [asdict(f) for f in sorted(flips, key=lambda f: order[f.direction])], columns, name="dry-run")


def _save(page: Page, changes: Mapping[str, float]) -> None:
    with st.form("rules_save"):
        reason = st.text_input(page.word("rules.reason"), max_chars=300, key="rules_reason")
        sent = st.form_submit_button(page.word("rules.save"))
    if sent and not reason.strip():
        st.warning(page.word("rules.reason"))
    elif sent:
        write(
            page,
            lambda: rules.change(page.open_ledger(), page.actor, framework(), changes, reason, page.now),
            page.word("rules.saved"),
        )


def _history(page: Page, known: Sequence[Entry]) -> None:
    changed = [{"time": e.time, "rule": e.object, **e.payload} for e in reversed(known) if e.kind == "rule_changed"]
    if not changed:
        draw.html(f'<p class="rw-note">{escape(page.word("rules.history_none"))}</p>')
        return
    columns = [
        table.Column(page.word("rules.when"), lambda row: row["time"]),
        table.Column(page.word("rules.rule"), lambda row: rule_name(page, row["rule"])),
        table.Column(page.word("rules.before"), lambda row: row["previous"], numeric=True),
        table.Column(page.word("rules.after"), lambda row: row["value"], numeric=True),
        table.Column(page.word("rules.reason"), lambda row: row["reason"]),
    ]
    table.show(page, changed, columns, name="rule-changes")
