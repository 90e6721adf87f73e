"""Advice: suggestion, draft, second person, jurist, publication; what waits or has lapsed; rules with a dry run."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import streamlit as st

from assessment.advice_read import suggested
from assessment.advice_rules import AdviceError
from assessment.advice_state import Standing, advice_state
from assessment.notify import calendar
from dashboard import counter, draw, table
from dashboard.page import Page, escape, escape_markdown
from dashboard.views import STAFF, _advice_draft, _advice_review, _advice_rules, _advice_suggestion
from dashboard.views._parts import entries, place_names, told

PATH, ORDER, ROLES = "advice", 60, STAFF
SOON = timedelta(days=30)


def show(page: Page) -> None:
    """?region= one region; ?rules=1 the rules; else what waits for somebody."""
    if page.state("rules"):
        st.title(page.word("rules.title"))
        told(page)
        draw.html(draw.link(page, page.word("advice.back"), "advice"))
        _advice_rules.show(page)
        return
    st.title(page.word("advice.title"))
    told(page)
    if page.state("region"):
        _region(page, page.state("region"))
    else:
        _work(page)


def _region(page: Page, region_id: str) -> None:
    names = place_names(page)
    links = [
        draw.link(page, page.word("advice.back"), "advice"),
        draw.link(page, page.word("advice.region_page"), "region", region=region_id),
        draw.link(page, page.word("advice.register"), "register", region=region_id),
    ]
    draw.html(f'<div class="rw-line">{"".join(links)}</div>')
    st.header(escape_markdown(names.get(region_id, region_id)))
    known = entries(page)
    standing = advice_state([e for e in known if e.object == region_id], page.now).get(region_id)
    try:
        suggestion = suggested(page.reader, region_id, known, page.words.language)
    except AdviceError:
        draw.empty(page, page.word("advice.not_assessed"))
        return
    pending = standing.pending if standing else None
    blind = bool(pending and _advice_review.reads_blind(page.actor, pending))
    _standing(page, standing)
    _advice_suggestion.show(page, suggestion, standing, known, blind=blind)
    if pending:
        _advice_review.show(page, pending, standing, blind=blind)
    if "jurist" in page.actor.roles:
        _advice_review.gates(page, suggestion)
    if "analyst" in page.actor.roles and not blind:
        _advice_draft.show(page, suggestion, standing, known)
    counter.offer(page, region_id, f"advice {region_id}")


def _standing(page: Page, standing: Standing | None) -> None:
    """What is shown to caseworkers now; lapsed advice says so first."""
    status = standing.status if standing else "none"
    parts = [draw.chip(page.word(f"advice.chip.{status}"), "plain" if status in ("in_force", "none") else "warn")]
    if standing and standing.shown and standing.decision:
        parts.append(draw.category_chip(page, standing.shown))
    lines = [f'<div class="rw-line">{" ".join(parts)}</div>']
    if status != "in_force":
        lines.append(f"<p>{escape(page.word(f'advice.standing.{status}'))}</p>")
    if standing and standing.decision:
        decision = standing.decision
        day, due = page.words.day(decision.in_effect_since), page.words.day(decision.due)
        lines.append(f'<p class="rw-note">{escape(page.word("advice.decided_on", day=day, due=due))}</p>')
        if standing.check_overdue:
            lines.append(f'<p class="rw-banner rw-bad">{escape(page.word("advice.check_overdue"))}</p>')
        elif not decision.checked:
            said = page.word("advice.unchecked", day=_iso(page, decision.content["check_by"]))
            lines.append(f'<p class="rw-banner">{escape(said)}</p>')
    draw.html(f'<div class="rw-card"><h3>{escape(page.word("advice.now"))}</h3>', *lines, "</div>")


def _iso(page: Page, text: str | None) -> str:
    return page.words.day(date.fromisoformat(text)) if text else "-"


def _work(page: Page) -> None:
    draw.html(f'<p class="rw-lead">{escape(page.word("advice.lead"))}</p>')
    names = place_names(page)
    known = entries(page)
    state = advice_state(known, page.now)
    regions = sorted((row["region_id"] for row in page.reader.regions()), key=lambda r: names.get(r, r))
    picked = st.selectbox(
        page.word("advice.region"), regions, index=None, placeholder=page.word("advice.choose_region"),
        format_func=lambda r: f"{names.get(r, r)}, {names.get(_country(page, r), '')}", key="advice_region",
    )  # fmt: skip
    if picked:
        page.go("advice", region=picked)
    waiting = [s for s in state.values() if s.pending]
    st.header(page.word("advice.work"))
    if waiting:
        table.show(page, _rows(sorted(waiting, key=_drafted)), _waiting_columns(page), name="drafts")
    else:
        draw.empty(page, page.word("advice.work_none"))
    st.header(page.word("advice.due"))
    due = [s for s in state.values() if s.decision and (s.status != "in_force" or s.decision.due <= page.today + SOON)]
    if due:
        table.show(page, _rows(sorted(due, key=_due)), _due_columns(page), name="reviews")
    else:
        draw.empty(page, page.word("advice.due_none"))
    _calendar(page, list(state.values()))
    draw.html(f"<p>{draw.link(page, page.word('advice.rules_page'), 'advice', rules='1')}</p>")


def _country(page: Page, region_id: str) -> str:
    return _countries(page.reader.snapshot["snapshot_id"], page)[region_id]


@st.cache_data(show_spinner=False, max_entries=4)
def _countries(snapshot_id: str, _page: Page) -> dict[str, str]:
    return {row["region_id"]: row["iso3"] for row in _page.reader.regions()}


def _drafted(standing: Standing) -> datetime:
    return standing.pending.drafted if standing.pending else datetime.max


def _due(standing: Standing) -> date:
    return standing.decision.due if standing.decision else date.max


def next_step(standing: Standing) -> str:
    """drafted, sign or approved: the word of what a draft under way waits for."""
    pending = standing.pending
    if pending and pending.stage == "approved" and pending.content["needs_jurist"] and not pending.jurist:
        return "sign"
    return pending.stage if pending else "drafted"


def _rows(standings: list[Standing]) -> list[dict[str, Standing]]:
    return [{"of": standing} for standing in standings]


def _place_column(page: Page) -> table.Column:
    names = place_names(page)
    return table.Column(
        page.word("advice.region"),
        lambda row: names.get(row["of"].region_id, row["of"].region_id),
        lambda row: draw.link(
            page, names.get(row["of"].region_id, row["of"].region_id), "advice", region=row["of"].region_id
        ),
    )


def _waiting_columns(page: Page) -> list[table.Column]:
    """No category: whoever judges next must not read it here."""
    return [
        _place_column(page),
        table.Column(page.word("advice.step"), lambda row: page.word(f"advice.next.{next_step(row['of'])}")),
        table.Column(page.word("advice.since"), lambda row: row["of"].pending.drafted),
    ]


def _due_columns(page: Page) -> list[table.Column]:
    return [
        _place_column(page),
        table.Column(
            page.word("advice.now"),
            lambda row: row["of"].shown,
            lambda row: draw.category_chip(page, row["of"].shown) if row["of"].shown else "-",
        ),
        table.Column(
            page.word("alerts.state_label"),
            lambda row: row["of"].status,
            lambda row: draw.chip(
                page.word(f"advice.chip.{row['of'].status}"), "plain" if row["of"].status == "in_force" else "warn"
            ),
        ),
        table.Column(page.word("advice.until"), lambda row: row["of"].decision.due),
    ]


def _calendar(page: Page, standings: list[Standing]) -> None:
    names = place_names(page)
    reviews = [
        (s.region_id, page.word("advice.calendar_summary", region=names.get(s.region_id, s.region_id)), s.decision.due)
        for s in standings
        if s.decision
    ]
    if reviews:
        st.download_button(
            page.word("advice.calendar"), lambda: calendar(reviews, page.now).encode(), "returnwatch-reviews.ics",
            "text/calendar", on_click="ignore", type="tertiary", key="calendar",
        )  # fmt: skip
