"""The alerts of one cause together: which regions, where each stands; take, decide and reopen them in one act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from assessment.ledger import Entry
from assessment.ledger_alerts import decide_together, history, reopen_together, take_together
from dashboard import draw, table
from dashboard.page import Page, escape, escape_markdown
from dashboard.views import _alert, alerts
from dashboard.views._parts import facts, place_names, write

Row = Mapping[str, Any]


def show(page: Page, cause: str, rows: Sequence[Row], known: Sequence[Entry]) -> None:
    """All alerts of this cause, or that there is none."""
    draw.html(draw.link(page, page.word("alerts.back"), "alerts"))
    mine = [row for row in rows if row["cause"] == cause]
    if not mine:
        draw.empty(page, page.word("alerts.unknown", alert=cause))
        return
    first = mine[0]
    st.header(escape_markdown(page.words.of(first, "text")))
    draw.html(f'<p class="rw-note">{escape(page.word("alerts.together_lead"))}</p>')
    draw.html(
        facts(
            [
                (page.word("alerts.rule"), escape(alerts.rule(page, first["rule"]))),
                (page.word("alerts.direction_label"), escape(page.word(f"alerts.direction.{first['direction']}"))),
                (page.word("alerts.deadline"), escape(page.words.day(first["deadline"]))),
                (page.word("alerts.opened"), escape(page.words.day(first["opened"]))),
            ]
        )
    )
    _act(page, cause, mine)
    names = place_names(page)

    def named(row: Row) -> str:
        return names.get(str(row["region_id"]), str(row["region_id"]))

    columns = [
        table.Column(page.word("alerts.place"), named,
                     lambda row: draw.link(page, named(row), "alerts", alert=row["alert_id"])),
        table.Column(page.word("alerts.state_label"), lambda row: row["state"], lambda row: alerts.state(page, row)),
        table.Column(page.word("alerts.evidence"), lambda row: row["evidence_ids"],
                     lambda row: draw.evidence_links(page, row["evidence_ids"])),
    ]  # fmt: skip
    table.show(page, sorted(mine, key=named), columns, name="alerts-of-one-cause")
    st.header(page.word("alerts.history_label"))
    _alert.show_history(page, history(known, [row["alert_id"] for row in mine]))


def _act(page: Page, cause: str, rows: Sequence[Row]) -> None:
    """What this person may do with those that stand alike. An act covers what was on the screen, nothing newer."""
    if "analyst" in page.actor.roles:
        free = [row for row in rows if row["state"] == "open"]
        taken = [row for row in rows if row["state"] == "taken" and row["mine"]]
        if free:
            seen = _seen(cause, "take", free)
            label = page.word("alerts.take_together", count=len(free))
            if st.button(label, type="primary", key="cause_take"):
                write(
                    page, lambda: take_together(page.open_ledger(), page.actor, seen, page.now),
                    page.word("alerts.taken_together"),
                )  # fmt: skip
        if taken:
            _decide(page, taken, _seen(cause, "decide", taken))
    else:
        st.info(page.word("alerts.only_analyst"))
    touched = [row for row in rows if row["state"] != "open"]
    if touched and page.actor.roles & {"analyst", "reviewer"}:
        _reopen(page, touched, _seen(cause, "reopen", touched))


def _seen(cause: str, act: str, rows: Sequence[Row]) -> Sequence[Row]:
    """The rows the person saw when pressing: a publication in between may have brought another alert."""
    kept: dict[str, Sequence[Row]] = st.session_state.setdefault("rw_cause", {})
    before = kept.get(f"{act}:{cause}", rows)
    kept[f"{act}:{cause}"] = rows
    return before


def _decide(page: Page, rows: Sequence[Row], seen: Sequence[Row]) -> None:
    if asked := _alert.ask_decision(page, "cause", page.word("alerts.decide_together", count=len(rows))):
        write(
            page, lambda: decide_together(page.open_ledger(), page.actor, seen, *asked, page.now),
            page.word("alerts.decided_said"),
        )  # fmt: skip


def _reopen(page: Page, rows: Sequence[Row], seen: Sequence[Row]) -> None:
    if reason := _alert.ask_reason(page, "cause", page.word("alerts.reopen_together", count=len(rows))):
        write(
            page, lambda: reopen_together(page.open_ledger(), page.actor, seen, reason, page.now),
            page.word("alerts.reopened_together"),
        )  # fmt: skip
