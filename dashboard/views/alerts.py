"""Alerts: the queue by deadline and severity, one alert with its rule and evidence, decisions per rule and role."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from assessment.ledger import Entry
from assessment.ledger_alerts import alert_state, alert_statistics
from assessment.ledger_state import override_statistics
from assessment.notify import given_up
from assessment.read_alerts import gathered, queue
from dashboard import draw, table
from dashboard.page import Page, escape, escape_markdown
from dashboard.views import STAFF, _alert, _alike, _cause
from dashboard.views._parts import PER_PAGE, entries, page_number, pager, place_names, told

PATH, ORDER, ROLES = "alerts", 50, STAFF
STATES = ("open", "taken", "decided", "all")
Row = dict[str, Any]


def show(page: Page) -> None:
    """?alert= one alert; ?cause= those of one change together; else the queue with its filters."""
    known = entries(page)
    rows = queue(page.reader.alerts(open_only=False), alert_state(known), page.reader.alerts(), page.actor.subject)
    st.title(page.word("alerts.title"))
    told(page)
    if page.state("alert"):
        _alert.show(page, page.state("alert"), rows, known)
        return
    if page.state("cause"):
        _cause.show(page, page.state("cause"), rows, known)
        return
    draw.html(f'<p class="rw-lead">{escape(page.word("alerts.lead"))}</p>')
    undelivered = sorted({channel for channel, _ in given_up(known)})
    if undelivered:
        st.error(page.word("alerts.undelivered", channels=escape_markdown(", ".join(undelivered))))
    _list(page, rows)
    _statistics(page, known)


def _list(page: Page, rows: Sequence[Row]) -> None:
    chosen = _filters(page, rows)
    shown = [
        row
        for row in rows
        if chosen["state"] in ("all", row["state"])
        and all(not chosen[name] or row[name] == chosen[name] for name in ("iso3", "direction", "rule"))
    ]
    if not shown:
        draw.empty(page, page.word("alerts.none"), page.word("alerts.none_hint"))
        return
    names = place_names(page)
    columns = [
        table.Column(page.word("alerts.deadline"), lambda row: row["deadline"], lambda row: deadline(page, row)),
        table.Column(page.word("alerts.what"), lambda row: page.words.of(row, "text"), lambda row: _what(page, row)),
        table.Column(page.word("alerts.place"), lambda row: names.get(row["region_id"], row["region_id"]),
                     lambda row: place(page, row)),
        table.Column(page.word("alerts.rule"), lambda row: rule(page, row["rule"])),
        table.Column(page.word("alerts.opened"), lambda row: row["opened"]),
        table.Column(page.word("alerts.state_label"), lambda row: row["state"], lambda row: state(page, row)),
        table.Column(page.word("alerts.statistic"), lambda row: row["statistic"], only_files=True),
        table.Column(page.word("alerts.baseline"), lambda row: row["baseline"], only_files=True),
        table.Column(page.word("alerts.p_value"), lambda row: row["p_value"], only_files=True),
        table.Column(page.word("alerts.evidence"), lambda row: row["evidence_ids"], only_files=True),
    ]  # fmt: skip
    lines = gathered(shown)  # the files keep a row for each alert
    first = min(page_number(page) - 1, (len(lines) - 1) // PER_PAGE) * PER_PAGE
    draw.html(table.table_html(page, lines[first : first + PER_PAGE], columns))
    pager(page, len(lines))
    table.downloads(page, shown, columns, "alerts")


def _filters(page: Page, rows: Sequence[Row]) -> dict[str, str]:
    names = place_names(page)
    columns = st.columns(4)
    offered: dict[str, tuple[list[str], Callable[[str], str]]] = {
        "state": (list(STATES), lambda v: page.word(f"alerts.state.{v}")),
        "iso3": (
            sorted({str(r["iso3"]) for r in rows if r["iso3"]}, key=lambda c: names.get(c, c)),
            lambda v: names.get(v, v),
        ),
        "direction": (["worse", "better", "none"], lambda v: page.word(f"alerts.direction.{v}")),
        "rule": (sorted({r["rule"] for r in rows}), lambda v: rule(page, v)),
    }
    labels = {
        "state": "alerts.state_label",
        "iso3": "alerts.place",
        "direction": "alerts.direction_label",
        "rule": "alerts.rule",
    }
    chosen = {}
    for column, (name, (options, said)) in zip(columns, offered.items(), strict=True):
        every = options if name == "state" else ["", *options]
        now = page.state(name, "open" if name == "state" else "")
        picked = column.selectbox(
            page.word(labels[name]), every, index=every.index(now) if now in every else 0,
            format_func=_or_any(page, said), key=f"alerts_{name}",
        )  # fmt: skip
        chosen[name] = picked or ""
    page.remember(**{**chosen, "state": None if chosen["state"] == "open" else chosen["state"]})
    return chosen


def _or_any(page: Page, said: Callable[[str], str]) -> Callable[[str], str]:
    return lambda value: said(value) if value else page.word("alerts.any")


def rule(page: Page, name: str) -> str:
    """A rule in words; one without words as it stands."""
    return page.word(f"alerts.rules.{name}") if page.words.has(f"alerts.rules.{name}") else name


def deadline(page: Page, row: Mapping[str, Any]) -> str:
    """The day by which a person must look, marked when it is today or past and nobody decided."""
    day = escape(page.words.day(row["deadline"]))
    if row["state"] == "decided" or row["deadline"] > page.today:
        return day
    late = row["deadline"] < page.today
    return f"{day} {draw.chip(page.word('alerts.overdue' if late else 'alerts.today'), 'bad' if late else 'warn')}"


def state(page: Page, row: Mapping[str, Any]) -> str:
    """Where it stands, without anybody's name."""
    if row["state"] == "decided":
        return draw.chip(page.word(f"alerts.disposition.{row['standing'].disposition}"), "plain")
    name = "taken_by_you" if row["mine"] else row["state"]
    chips = draw.chip(page.word(f"alerts.state.{name}"), "warn" if row["state"] == "open" else "good")
    return chips if row["found_now"] else chips + " " + draw.chip(page.word("alerts.closed_by_run"), "quiet")


def place(page: Page, row: Mapping[str, Any]) -> str:
    """The region or country as a link; a source that is silent or old leads to the sources."""
    where, names = row["region_id"], place_names(page)
    if len(row.get("alike", ())) > 1:
        return escape(names.get(row["iso3"], "")) + _alike.regions(page, row["alike"], names)
    if where.islower():  # a source_id; places are upper case
        return draw.link(page, draw.publisher(page, where), "sources", source=where)
    if len(where) == 3:
        return draw.link(page, names.get(where, where), "country", country=where)
    country = f", {escape(names.get(row['iso3'], ''))}" if row["iso3"] else ""
    return draw.link(page, names.get(where, where), "region", region=where) + country


def _what(page: Page, row: Mapping[str, Any]) -> str:
    arrow = draw.direction_chip(page, row["direction"]) + " " if row["direction"] in ("worse", "better") else ""
    if len(row.get("alike", ())) > 1:
        return arrow + draw.link(page, page.words.of(row, "text"), "alerts", cause=row["cause"])
    return arrow + draw.link(page, page.words.of(row, "text"), "alerts", alert=row["alert_id"])


def _statistics(page: Page, known: Sequence[Entry]) -> None:
    st.header(page.word("alerts.statistics"))
    decided = alert_statistics(known)
    if decided:
        columns = [
            table.Column(page.word("alerts.rule"), lambda row: rule(page, row["rule"])),
            table.Column(page.word("alerts.role"), lambda row: page.word(f"roles.{row['role']}")),
            *(_count(page, f"alerts.disposition.{name}", name) for name in ("real", "false", "watch")),
            table.Column(page.word("alerts.false_share"), lambda row: row["false_share"],
                         lambda row: escape(page.words.share(row["false_share"])), numeric=True),
        ]  # fmt: skip
        table.show(page, decided, columns, name="alert-statistics")
    else:
        draw.empty(page, page.word("alerts.statistics_none"))
    st.header(page.word("alerts.overrides"))
    overridden = override_statistics(known)
    if overridden:
        columns = [
            table.Column(page.word("alerts.role"), lambda row: page.word(f"roles.{row['role']}")),
            *(_count(page, f"alerts.{name}", name) for name in ("drafts", "milder", "as_suggested", "stricter")),
        ]
        table.show(page, overridden, columns, name="override-statistics")
    else:
        draw.empty(page, page.word("alerts.overrides_none"))


def _count(page: Page, label: str, name: str) -> table.Column:
    return table.Column(page.word(label), lambda row: row[name], numeric=True)
