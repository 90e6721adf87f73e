"""The steps after a draft: the second person reads first, then judges; the jurist signs; a reviewer publishes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import streamlit as st

from assessment import advice, register
from assessment.advice_rules import CATEGORIES, Suggestion
from assessment.advice_state import Decision, Standing
from assessment.roles import Actor
from dashboard import bands, draw, table
from dashboard.page import Page, escape
from dashboard.views._parts import outside, write


def reads_blind(actor: Actor, pending: Decision) -> bool:
    """This person can be the second one and has not recorded a reading: nothing of the conclusion may be shown."""
    second = "reviewer" in actor.roles and actor.subject != pending.author
    return second and pending.stage == "drafted" and actor.subject not in pending.readers


def show(page: Page, pending: Decision, standing: Standing | None, *, blind: bool) -> None:
    """The draft under way and the one step this person can take."""
    st.header(page.word("advice.review.title"))
    draw.html(_steps(page, pending))
    if blind:
        _read(page, pending)
        return
    _draft(page, pending, standing)
    author = page.actor.subject == pending.author
    if author:
        st.info(page.word("advice.review.own_draft"))
    if pending.stage == "drafted" and not author:
        _judge(page, pending) if "reviewer" in page.actor.roles else st.info(page.word("advice.review.only_reviewer"))
    elif pending.stage == "approved" and pending.content["needs_jurist"] and not pending.jurist:
        _sign(page, pending, author)
    elif pending.stage == "approved":
        _publish(page, pending, author)


def _steps(page: Page, pending: Decision) -> str:
    names = ["drafted", "read", "approved", *(["signed"] if pending.content["needs_jurist"] else []), "published"]
    done = {"drafted": True, "read": bool(pending.readers), "approved": pending.checked, "signed": bool(pending.jurist)}
    now = next((name for name in names if not done.get(name)), names[-1])
    items = "".join(
        f'<li class="{"done" if done.get(name) else "now" if name == now else ""}">'
        f"{'✓ ' if done.get(name) else ''}{escape(page.word(f'advice.review.step.{name}'))}</li>"
        for name in names
    )
    return f'<ol class="rw-steps">{items}</ol>'


def _cited(page: Page, sources: Any) -> str:
    rows = "".join(
        f"<li>{escape(draw.publisher(page, source['source_id']))}, {escape(_day(page, source['published']) or '')}: "
        f"{outside(page, source['url'], source['url'])}</li>"
        for source in sources
    )
    return f'<ul class="rw-reasons">{rows}</ul>'


def _read(page: Page, pending: Decision) -> None:
    view = advice.review_view(page.open_ledger().entries(pending.region_id), page.actor, pending.region_id, pending.seq,
                              page.now)  # fmt: skip
    draw.html(f"<p><b>{escape(page.word('advice.review.cited'))}</b></p>", _cited(page, view["sources"]))
    category = st.radio(
        page.word("advice.review.own_category"), CATEGORIES, index=None, key="own_category",
        format_func=lambda c: f"{c}: {bands.stated('advice', c, page.words.language)}",
    )  # fmt: skip
    if st.button(page.word("advice.review.record"), type="primary", key="record_reading"):
        if category is None:
            st.warning(page.word("advice.review.choose"))
            return
        ledger, region = page.open_ledger(), pending.region_id
        write(
            page,
            lambda: advice.read_evidence(ledger, page.actor, region, pending.seq, category, page.now),
            page.word("advice.review.recorded"),
        )


def _draft(page: Page, pending: Decision, standing: Standing | None) -> None:
    """The draft beside what is shown now and what the rules suggested."""
    content = pending.content
    decision = standing.decision if standing else None
    now: Mapping[str, Any] = decision.content if decision else {}
    texts = decision.texts if decision else (None, None)
    draw.html(f"<p><b>{escape(page.word('advice.review.diff'))}</b></p>")
    rows = [
        _compared(page, "advice.review.theirs", standing.shown if standing else None, pending.category, category=True),
        _compared(page, "advice.review.suggested", now.get("suggested"), content["suggested"], category=True),
        _compared(page, "advice.draft.reason_en", texts[0], pending.texts[0]),
        _compared(page, "advice.draft.reason_nl", texts[1], pending.texts[1]),
        _compared(page, "advice.until", _day(page, now.get("review_date")), _day(page, content["review_date"])),
    ]
    own = pending.readers.get(page.actor.subject)
    if own:
        rows.append(_compared(page, "advice.review.yours", None, own, category=True))
    columns = [
        table.Column(page.word("advice.review.field"), lambda row: row["field"]),
        table.Column(page.word("advice.review.in_force"), lambda row: row["now"], lambda row: str(row["now_html"])),
        table.Column(page.word("advice.review.theirs"), lambda row: row["draft"], lambda row: str(row["draft_html"])),
    ]
    draw.html(table.table_html(page, rows, columns), _cited(page, content["sources"]))


def _day(page: Page, text: str | None) -> str | None:
    return page.words.day(date.fromisoformat(text)) if text else None


def _compared(
    page: Page, field: str, now: str | None, draft: str | None, *, category: bool = False
) -> dict[str, str | None]:
    def html(value: str | None) -> str:
        if not value:
            return "-"
        return draw.category_chip(page, value) if category else escape(value)

    return {"field": page.word(field), "now": now, "draft": draft, "now_html": html(now), "draft_html": html(draft)}


def _judge(page: Page, pending: Decision) -> None:
    ledger, region, seq = page.open_ledger(), pending.region_id, pending.seq
    if pending.readers.get(page.actor.subject) != pending.category:
        st.warning(page.word("advice.review.differs"))
    note = st.text_area(page.word("advice.review.note"), max_chars=4000, key="review_note")
    agree, refuse = st.columns(2)
    if agree.button(page.word("advice.review.approve"), type="primary", width="stretch", key="approve"):
        write(page, lambda: advice.approve(ledger, page.actor, region, seq, page.now, note),
              page.word("advice.review.approved"))  # fmt: skip
    if refuse.button(page.word("advice.review.back"), width="stretch", key="send_back"):
        if not note.strip():
            st.warning(page.word("advice.review.back_reason"))
            return
        write(page, lambda: advice.send_back(ledger, page.actor, region, seq, note, page.now),
              page.word("advice.review.sent_back"))  # fmt: skip


def _sign(page: Page, pending: Decision, author: bool) -> None:
    st.warning(page.word("advice.review.needs_sign"))
    if "jurist" not in page.actor.roles or author or page.actor.subject == pending.reviewer:
        return
    note = st.text_area(page.word("advice.review.note"), max_chars=4000, key="sign_note")
    if st.button(page.word("advice.review.sign"), type="primary", key="sign"):
        ledger, region, seq = page.open_ledger(), pending.region_id, pending.seq
        write(page, lambda: advice.sign(ledger, page.actor, region, seq, page.now, note),
              page.word("advice.review.signed"))  # fmt: skip


def _publish(page: Page, pending: Decision, author: bool) -> None:
    if "reviewer" not in page.actor.roles or author:
        st.info(page.word("advice.review.publish_wait"))
        return
    texts: dict[str, str] = {}
    for place, name in enumerate(("reason_en", "reason_nl")):
        if not pending.texts[place]:
            texts[name] = st.text_area(page.word(f"advice.draft.{name}"), max_chars=4000, key=f"publish_{name}")
    if st.button(page.word("advice.review.publish"), type="primary", key="publish"):
        ledger, region, seq = page.open_ledger(), pending.region_id, pending.seq
        write(page, lambda: register.publish(ledger, page.actor, page.reader, region, seq, page.now, **texts),
              page.word("advice.review.published"))  # fmt: skip


def gates(page: Page, suggestion: Suggestion) -> None:
    """A jurist removes a gate for its present hits, with a reason and a source."""
    if not suggestion.gates:
        return
    with st.expander(page.word("advice.review.gate_title")), st.form("gate_removal", border=False):
        gate = st.selectbox(page.word("advice.review.gate"), sorted(suggestion.gates), key="gate_id")
        reason = st.text_area(page.word("advice.review.reason"), max_chars=4000, key="gate_reason")
        url = st.text_input(page.word("advice.review.gate_url"), max_chars=1990, key="gate_url")
        if st.form_submit_button(page.word("advice.review.gate_remove")):
            _remove(page, suggestion, {"gate_id": gate, "reason": reason, "url": url})


def _remove(page: Page, suggestion: Suggestion, given: Mapping[str, str]) -> None:
    ledger = page.open_ledger()
    write(
        page,
        lambda: advice.remove_gate(
            ledger, page.actor, suggestion, given["gate_id"], given["reason"], given["url"], page.now
        ),
        page.word("advice.review.gate_removed"),
    )
