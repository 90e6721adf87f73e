"""One alert: its rule, figures and evidence; take, decide and reopen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from assessment.framework import DIMENSIONS
from assessment.ledger import Entry
from assessment.ledger_alerts import TOGETHER, covered, decide_alert, history, reopen_alert, take_alert
from assessment.monitoring import report_of
from dashboard import bands, counter, draw
from dashboard.page import Page, escape, escape_markdown
from dashboard.views import alerts
from dashboard.views._parts import facts, write


def show(page: Page, alert_id: str, rows: Sequence[Mapping[str, Any]], known: Sequence[Entry]) -> None:
    """The alert with this id, or that there is none."""
    draw.html(draw.link(page, page.word("alerts.back"), "alerts"))
    row = next((row for row in rows if row["alert_id"] == alert_id), None)
    if row is None:
        draw.empty(page, page.word("alerts.unknown", alert=alert_id))
        return
    st.header(escape_markdown(page.words.of(row, "text")))
    _facts(page, row)
    if row["cause"]:
        draw.html(f"<p>{draw.link(page, page.word('alerts.to_cause'), 'alerts', cause=row['cause'])}</p>")
    if report := report_of(row):
        draw.html(f"<p>{draw.link(page, page.word('alerts.to_harm'), 'harm', report=report)}</p>")
    _act(page, row)
    st.header(page.word("alerts.history_label"))
    _history(page, alert_id, known)
    counter.offer(page, row["region_id"], f"alert {alert_id}")


def _facts(page: Page, row: Mapping[str, Any]) -> None:
    say, number = page.word, page.words.number
    ids = draw.evidence_links(page, row["evidence_ids"])
    draw.html(
        facts(
            [
                (say("alerts.state_label"), alerts.state(page, row)),
                (say("alerts.place"), alerts.place(page, row)),
                (say("alerts.rule"), escape(alerts.rule(page, row["rule"]))),
                (say("alerts.direction_label"), escape(say(f"alerts.direction.{row['direction']}"))),
                (say("alerts.deadline"), alerts.deadline(page, row)),
                (say("alerts.opened"), escape(page.words.day(row["opened"]))),
                (say("alerts.series"), escape(_series(page, row["series"]))),
                (say("alerts.statistic"), escape(number(row["statistic"], 2)) if row["statistic"] is not None else ""),
                (say("alerts.baseline"), escape(number(row["baseline"], 2)) if row["baseline"] is not None else ""),
                (say("alerts.p_value"), escape(_seldom(page, row["p_value"]))),
                (say("alerts.evidence"), ids or escape(say("alerts.no_evidence"))),
            ]
        )
    )


def _series(page: Page, name: str | None) -> str:
    """What was counted or graded, in words; "" for names that only tell alerts of one rule apart."""
    if name in DIMENSIONS:
        return bands.dimension(name, page.words.language)
    key = f"alerts.series_of.{name}"
    return page.word(key) if page.words.has(key) else ""


def _seldom(page: Page, p: float | None) -> str:
    """A probability of a rise by chance as how seldom it happens: once in 73,000 periods. "" when there is none."""
    if p is None:
        return ""
    if p < 1e-6:
        return page.word("alerts.hardly_ever")
    return page.word("alerts.once_in", count=page.words.number(float(f"{1 / p:.2g}")))


def _act(page: Page, row: Mapping[str, Any]) -> None:
    ledger, name, standing = page.open_ledger(), row["alert_id"], row["standing"]
    if row["state"] == "decided":
        word = page.word(f"alerts.disposition.{standing.disposition}")
        st.info(f"{page.word('alerts.decided', word=word)} {escape_markdown(standing.reason or '')}")
        if "-" in row["region_id"] and standing.disposition != "false":
            draw.html(draw.link(page, page.word("alerts.draft"), "advice", region=row["region_id"]))
    elif "analyst" not in page.actor.roles:
        st.info(page.word("alerts.only_analyst"))
    elif row["state"] == "open":
        if st.button(page.word("alerts.take"), type="primary", key="alert_take"):
            write(page, lambda: take_alert(ledger, page.actor, name, row["rule"], page.now), page.word("alerts.taken"))
    elif row["mine"]:
        _decide(page, row)
    else:
        st.info(page.word("alerts.by_other"))
    if row["state"] != "open" and page.actor.roles & {"analyst", "reviewer"}:
        _reopen(page, name)


def _decide(page: Page, row: Mapping[str, Any]) -> None:
    if asked := ask_decision(page, "alert", page.word("alerts.decide")):
        disposition, reason = asked
        content = {"rule": row["rule"], "direction": row["direction"], "disposition": disposition, "reason": reason}
        write(
            page,
            lambda: decide_alert(page.open_ledger(), page.actor, row["alert_id"], content, page.now),
            page.word("alerts.decided_said"),
        )


def ask_decision(page: Page, key: str, label: str) -> tuple[str, str] | None:
    """The form of a decision on one alert or several: (disposition, reason) once sent with both, else None."""
    with st.form(f"{key}_decide"):
        disposition = st.segmented_control(
            page.word("alerts.disposition_label"), ["real", "false", "watch"], key=f"{key}_disposition",
            format_func=lambda value: page.word(f"alerts.disposition.{value}"),
        )  # fmt: skip
        reason = st.text_area(page.word("alerts.reason"), max_chars=300, key=f"{key}_reason")
        sent = st.form_submit_button(label, type="primary")
    if not sent:
        return None
    if not reason.strip() or not disposition:
        st.warning(page.word("alerts.reason_needed"))
        return None
    return disposition, reason


def _reopen(page: Page, name: str) -> None:
    if reason := ask_reason(page, "alert", page.word("alerts.reopen")):
        write(
            page,
            lambda: reopen_alert(page.open_ledger(), page.actor, name, reason, page.now),
            page.word("alerts.reopened"),
        )


def ask_reason(page: Page, key: str, label: str) -> str | None:
    """The form that reopens one alert or several: the reason once sent with one, else None."""
    with st.expander(label), st.form(f"{key}_reopen", border=False):
        reason = st.text_input(page.word("alerts.reason"), max_chars=300, key=f"{key}_reopen_reason")
        sent = st.form_submit_button(label)
        if sent and not reason.strip():
            st.warning(page.word("alerts.reason_needed"))
    return reason if sent and reason.strip() else None


def _history(page: Page, alert_id: str, known: Sequence[Entry]) -> None:
    show_history(page, history(known, [alert_id]))


def show_history(page: Page, mine: Sequence[Entry]) -> None:
    """Acts in order, by role; one on all alerts of a cause says on how many."""
    if not mine:
        draw.html(f'<p class="rw-note">{escape(page.word("alerts.history_none"))}</p>')
        return
    items = "".join(
        f"<li>{escape(page.words.moment(entry.time))} · {escape(page.word(f'roles.{entry.role}'))}: "
        f"{escape(page.word(f'alerts.history.{TOGETHER.get(entry.kind, entry.kind)}'))}{_said(page, entry)}</li>"
        for entry in mine
    )
    draw.html(f'<ol class="rw-reasons">{items}</ol>')


def _said(page: Page, entry: Entry) -> str:
    payload = entry.payload
    word = f" ({page.word('alerts.disposition.' + payload['disposition'])})" if "disposition" in payload else ""
    if entry.kind in TOGETHER:
        word += f" ({page.word('alerts.together_act', count=len(covered(entry)))})"
    return escape(word + (f": {payload['reason']}" if "reason" in payload else ""))
