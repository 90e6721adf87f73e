"""Harm to people who returned: report it without saying who, see what is open, judge what somebody else reported.

A report counts from the next assessment on (gate G9); a second person may lift it. Reports concern single people, so
there is no file of them to download, and the words are shown to staff and to whoever wrote them only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import streamlit as st

from assessment import monitoring
from assessment.ledger import Entry
from assessment.ledger_kinds import HARM, HEARD
from assessment.monitoring import Harm
from dashboard import choose, draw
from dashboard.page import Page, escape, escape_markdown
from dashboard.views import EVERYBODY, STAFF
from dashboard.views._parts import PER_PAGE, entries, facts, page_number, pager, place_names, told, write

PATH, ORDER, ROLES = "harm", 75, EVERYBODY
REPORTING = frozenset({"viewer", "analyst", "reviewer", "jurist"})
JUDGING = frozenset({"reviewer", "jurist"})
MONTHS = 36  # offered; what happened longer ago says little about the risk of today


def show(page: Page) -> None:
    """?region= or ?country= fills in the form, ?report= opens one report."""
    st.title(page.word("harm.title"))
    told(page)
    draw.html(f'<p class="rw-lead">{escape(page.word("harm.lead"))}</p>')
    known = entries(page)
    if page.actor.roles & REPORTING:
        with st.expander(page.word("harm.add"), expanded=not page.state("report"), icon=":material/edit_note:"):
            _form(page)
    st.header(page.word("harm.list"))
    _list(page, known)


def _form(page: Page) -> None:
    """Who it was is never asked; a box to tick says that somebody read the words for it."""
    say, names = page.word, place_names(page)
    draw.html(f'<p class="rw-note"><b>{escape(say("harm.nobody"))}</b> {escape(say("harm.limit"))}</p>')
    one, two, three = st.columns(3)
    turn = st.session_state.get("harm_turn", 0)  # a form that was saved begins anew
    with one:
        iso3 = _country(page, names, turn)
    with two:
        region = _region(page, iso3, names, turn)
    month = three.selectbox(
        say("harm.month"), months(page.today), format_func=lambda m: page.words.month(date.fromisoformat(f"{m}-01")),
        key=f"harm_month_{turn}",
    )  # fmt: skip
    left, right = st.columns(2)
    what = left.selectbox(
        say("harm.what_label"), HARM, index=None, format_func=lambda w: say(f"harm.what.{w}"), key=f"harm_what_{turn}",
        placeholder=say("common.choose"),
    )  # fmt: skip
    heard = right.selectbox(
        say("harm.heard_label"), HEARD, index=None, format_func=lambda h: say(f"harm.heard.{h}"),
        key=f"harm_heard_{turn}", placeholder=say("common.choose"),
    )  # fmt: skip
    note = st.text_area(say("harm.note"), max_chars=300, help=say("harm.note_help"), key=f"harm_note_{turn}")
    read = st.checkbox(say("harm.read_over"), key=f"harm_read_{turn}")
    if not st.button(say("harm.send"), type="primary", key="harm_send"):
        return
    if not (iso3 and what and heard and note.strip() and read):
        st.warning(say("harm.needed"))
        return
    _send(page, {"iso3": iso3, "region_id": region or None, "what": what, "month": month, "note": note, "heard": heard})


def months(today: date) -> list[str]:
    """Months as 2026-11, this one first."""
    last = today.year * 12 + today.month - 1
    return [f"{n // 12}-{n % 12 + 1:02d}" for n in range(last, last - MONTHS, -1)]


def _country(page: Page, names: Mapping[str, str], turn: int) -> str | None:
    rows = [row["iso3"] for row in page.reader.countries() if row["monitored"]]
    options = sorted(rows, key=lambda c: names.get(c, c))
    regions = {row["region_id"]: row["iso3"] for row in page.reader.regions()}
    asked = regions.get(page.state("region"), page.state("country"))
    index = options.index(asked) if asked in options else None
    return st.selectbox(
        page.word("common.country"), options, index=index, format_func=lambda c: names.get(c, c),
        key=f"harm_country_{turn}", placeholder=page.word("common.choose"),
    )  # fmt: skip


def _region(page: Page, iso3: str | None, names: Mapping[str, str], turn: int) -> str:
    options = ["", *(row["region_id"] for row in page.reader.regions(iso3))] if iso3 else [""]
    asked = page.state("region")
    index = options.index(asked) if asked in options else 0
    return st.selectbox(
        page.word("harm.region"), options, index=index, key=f"harm_region_{iso3}_{turn}",
        format_func=lambda r: names.get(r, r) if r else page.word("harm.whole"),
    )  # fmt: skip


def _send(page: Page, content: Mapping[str, Any]) -> None:
    def work() -> None:
        monitoring.report(page.open_ledger(), page.actor, content, page.now)
        st.session_state["harm_turn"] = st.session_state.get("harm_turn", 0) + 1

    write(page, work, page.word("harm.sent"))


def _list(page: Page, known: Sequence[Entry]) -> None:
    """Open ones first, the newest first."""
    mine = {e.object for e in known if e.kind == "harm_reported" and e.actor == page.actor.subject}
    state = choose.segments(
        page, "state", page.word("harm.state_label"), ["open", "all"], lambda s: page.word(f"harm.state.{s}"), "open"
    )
    asked = page.state("report")
    found = [
        harm
        for harm in monitoring.harm_state(known).values()
        if state == "all" or harm.outcome is None or harm.report_id == asked
    ]
    if not found:
        draw.empty(page, page.word("harm.none"), page.word("harm.none_hint"))
        return
    if not page.actor.roles & JUDGING:
        draw.html(f'<p class="rw-note">{escape(page.word("harm.only"))}</p>')
    found.reverse()
    found.sort(key=lambda h: (h.report_id != asked, h.outcome is not None))
    first = min(page_number(page) - 1, (len(found) - 1) // PER_PAGE) * PER_PAGE
    for harm in found[first : first + PER_PAGE]:
        with st.expander(escape_markdown(title(page, harm)), expanded=harm.report_id == asked):
            _one(page, harm, own=harm.report_id in mine)
    pager(page, len(found))


def title(page: Page, harm: Harm) -> str:
    """3: Detention, Balkh (Afghanistan), Oct 2026 (counts; waits for a second person)."""
    names = place_names(page)
    where = names.get(harm.iso3, harm.iso3)
    if harm.region_id:
        where = f"{names.get(harm.region_id, harm.region_id)} ({where})"
    month = page.words.month(date.fromisoformat(f"{harm.month}-01"))
    number, state = harm.report_id.removeprefix("harm:"), page.word(f"harm.outcome.{harm.outcome or 'open'}")
    return f"{number}: {page.word(f'harm.what.{harm.what}')}, {where}, {month} ({state})"


def _one(page: Page, harm: Harm, *, own: bool) -> None:
    say = page.word
    told_to = own or bool(page.actor.roles & STAFF)
    if told_to and harm.note:
        draw.html(f'<blockquote class="rw-quote">{escape(harm.note)}</blockquote>')
    to_place = say("harm.to_place")
    place = (
        draw.link(page, to_place, "region", region=harm.region_id)
        if harm.region_id
        else draw.link(page, to_place, "country", country=harm.iso3)
    )
    draw.html(
        facts(
            [
                (say("harm.reported"), escape(page.words.day(harm.reported))),
                (say("harm.heard_label"), escape(say(f"harm.heard.{harm.heard}") if harm.heard and told_to else "")),
                (say("harm.judged"), escape(page.words.day(harm.judged) if harm.judged else "")),
                (say("harm.reason"), escape(harm.reason or "") if told_to else ""),
            ]
        ),
        place,
    )
    if harm.outcome is not None:
        return
    if own:
        st.info(say("harm.own"))
    elif page.actor.roles & JUDGING:
        _judge(page, harm)


def _judge(page: Page, harm: Harm) -> None:
    with st.form(f"judge_{harm.report_id}", border=False):
        outcome = st.radio(
            page.word("harm.outcome_label"), ("confirmed", "not_confirmed"), index=None,
            format_func=lambda o: page.word(f"harm.judgement.{o}"), key=f"outcome_{harm.report_id}",
        )  # fmt: skip
        reason = st.text_input(page.word("harm.reason_label"), max_chars=300, key=f"reason_{harm.report_id}")
        sent = st.form_submit_button(page.word("harm.judge"), type="primary")
    if sent and (outcome is None or not reason.strip()):
        st.warning(page.word("harm.judge_needed"))
    elif sent:
        write(
            page,
            lambda: monitoring.judge(page.open_ledger(), page.actor, harm.report_id, str(outcome), reason, page.now),
            page.word(f"harm.saved.{outcome}"),
        )
