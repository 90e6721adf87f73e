"""Report an error or counter-evidence: a part any page may show, and the form a brief's version hash leads to.

`offer` folds it away under a page; `form` is the form alone (register?report=WHERE&region=REGION). A report has a
deadline of 10 working days and its answer is public in the register.
"""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode, urlsplit

import streamlit as st

from assessment.ledger import LedgerError
from assessment.ledger_kinds import PayloadError
from assessment.ledger_state import open_counter_evidence
from assessment.roles import RoleError
from dashboard import draw, refused
from dashboard.page import KEPT, Page, escape, escape_markdown

LONGEST = 480  # characters that say what a report is about
NOWHERE = "general"  # reports that are about no single place


def offer(page: Page, place: str, where: str) -> None:
    """The form, folded away. place: region_id or iso3, "" for none. where: what on which page, or a brief's hash."""
    with st.expander(page.word("counter.offer"), icon=":material/flag:"):
        form(page, place, where)


def link(page: Page) -> str:
    """A link to the form, about the page it stands on: for the foot of every page."""
    path = urlsplit(st.context.url or "").path.strip("/") or "situation"
    chosen = {name: str(value) for name, value in st.query_params.items() if name not in KEPT}
    where = f"{path}?{urlencode(chosen)}" if chosen else path
    place = page.state("region") or page.state("country")
    said = page.word("counter.offer")
    if place:
        return draw.link(page, said, "register", report=where[:LONGEST], region=place)
    return draw.link(page, said, "register", report=where[:LONGEST])


def form(page: Page, place: str, where: str) -> None:
    """The form; after sending, the number of the case and the day by which it is answered."""
    draw.html(f'<p class="rw-note">{escape(page.word("counter.lead"))}</p>')
    st.markdown(page.word("counter.where", where=escape_markdown(where)))
    with st.form(f"counter_{place}_{where}", border=False, clear_on_submit=True):
        text = st.text_area(
            page.word("counter.text"), max_chars=4000, help=page.word("counter.no_client"), key=f"counter_text_{where}"
        )
        sent = st.form_submit_button(page.word("counter.send"))
    if sent and not text.strip():
        st.warning(page.word("counter.empty"))
    elif sent:
        try:
            entry = open_counter_evidence(page.open_ledger(), page.actor, place or NOWHERE, where, text, page.now)
        except (LedgerError, PayloadError, RoleError) as error:
            refused.show(page, error)
            return
        case, due = entry.object, entry.payload["deadline"]
        st.success(page.word("counter.sent", case=escape_markdown(case), day=page.words.day(date.fromisoformat(due))))
        draw.html(draw.link(page, page.word("counter.see"), "register", case=case))
