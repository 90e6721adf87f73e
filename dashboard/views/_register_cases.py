"""Reports of errors and counter-evidence with their public answers; staff answer what others reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from assessment.ledger import Entry
from assessment.ledger_state import CounterEvidence, answer_counter_evidence, counter_evidence_state
from dashboard import draw
from dashboard.page import Page, escape, escape_markdown
from dashboard.views._parts import facts, place_names, write

OUTCOMES = ("corrected", "kept", "unclear")
ANSWERING = frozenset({"analyst", "reviewer", "jurist"})


def show(page: Page, known: Sequence[Entry]) -> None:
    """Open ones first, the nearest deadline first; ?case= opens one."""
    st.header(page.word("register.cases.title"))
    draw.html(f'<p class="rw-note">{escape(page.word("register.cases.lead"))}</p>')
    cases = counter_evidence_state(known)
    reporters = {e.object: e.actor for e in known if e.kind == "counter_evidence_opened"}
    asked, place = page.state("case"), page.state("region")
    found = sorted(cases.values(), key=lambda c: (c.outcome is not None, c.deadline, c.case))
    found = [c for c in found if place in ("", c.region_id) or c.case == asked]
    if not found:
        draw.empty(page, page.word("register.cases.none"))
    for case in found:
        with st.expander(escape_markdown(_title(page, case)), expanded=case.case == asked):
            _case(page, case)
            if case.outcome is None and page.actor.roles & ANSWERING:
                _answer(page, case, mine=reporters[case.case] == page.actor.subject)


def _title(page: Page, case: CounterEvidence) -> str:
    where = place_names(page).get(case.region_id, "")
    if case.outcome:
        state = page.word(f"register.cases.outcome.{case.outcome}")
    else:
        state = page.word("register.cases.overdue" if case.overdue(page.today) else "register.cases.open")
    number = case.case.removeprefix("case:")
    return f"{number}: {where + ', ' if where else ''}{page.words.day(case.opened)} ({state})"


def _case(page: Page, case: CounterEvidence) -> None:
    say = page.word
    answer = page.words.of({"answer_en": case.answer_en, "answer_nl": case.answer_nl}, "answer")
    draw.html(
        f'<blockquote class="rw-quote">{escape(case.text)}</blockquote>',
        facts(
            [
                (say("register.cases.about"), escape(case.where)),
                (say("register.cases.due"), escape(page.words.day(case.deadline))),
                (say("register.cases.answer"), escape(answer)),
            ]
        ),
    )


def _answer(page: Page, case: CounterEvidence, *, mine: bool) -> None:
    if mine:
        st.info(page.word("register.cases.own"))
        return
    with st.form(f"answer_{case.case}", border=False):
        outcome = st.selectbox(
            page.word("register.cases.outcome_label"),
            OUTCOMES,
            format_func=lambda o: page.word(f"register.cases.outcome.{o}"),
        )
        left, right = st.columns(2)
        dutch = left.text_area(page.word("register.cases.answer_nl"), max_chars=4000)
        english = right.text_area(page.word("register.cases.answer_en"), max_chars=4000)
        if st.form_submit_button(page.word("register.cases.send")):
            _send(page, case.case, {"outcome": outcome, "answer_en": english, "answer_nl": dutch})


def _send(page: Page, case: str, content: Mapping[str, Any]) -> None:
    write(
        page,
        lambda: answer_counter_evidence(page.open_ledger(), page.actor, case, content, page.now),
        page.word("register.cases.sent"),
    )
