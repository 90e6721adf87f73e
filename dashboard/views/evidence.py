"""Evidence: one record, one document, and for staff the search and the review of claims."""

from __future__ import annotations

import streamlit as st

from assessment.read import NotFound
from dashboard import draw
from dashboard.page import Page
from dashboard.views import EVERYBODY, STAFF, _claims_review, _evidence_document, _evidence_record, _evidence_search
from dashboard.views._parts import entries, told

PATH, ORDER, ROLES = "evidence", 40, EVERYBODY


def show(page: Page) -> None:
    """?id=, ?document=, or the search with its filters; everything is in the URL."""
    try:
        if page.state("id").startswith("ledger:"):
            _entered(page, page.state("id").removeprefix("ledger:"))
        elif page.state("id"):
            _evidence_record.show(page, page.state("id"))
        elif page.state("document"):
            _evidence_document.show(page, page.state("document"))
        else:
            _search(page)
    except NotFound as error:
        st.title(page.word("evidence.title"))
        st.warning(page.word("evidence.not_found"))
        draw.empty(page, str(error), page.word("evidence.not_found_hint"))


def _entered(page: Page, seq: str) -> None:
    """What people wrote down: a report of harm has its page, a decision stands in the register."""
    entry = next((entry for entry in entries(page) if str(entry.seq) == seq), None)
    if entry is not None and entry.kind == "harm_reported":
        page.go("harm", report=entry.object)
    page.go("register", decision=seq)


def _search(page: Page) -> None:
    st.title(page.word("evidence.title"))
    draw.html(f'<p class="rw-lead">{page.word("evidence.lead")}</p>')
    if not page.actor.roles & STAFF:
        draw.empty(page, page.word("evidence.viewer"))
        return
    told(page)
    kinds = ["documents", "events", "claims", "review"]
    asked = page.state("in", "documents")
    chosen = st.segmented_control(
        page.word("evidence.look_in"), kinds, default=asked if asked in kinds else "documents",
        format_func=lambda kind: page.word(f"evidence.in.{kind}"), required=True, key="evidence_in",
    )  # fmt: skip
    if chosen != asked:
        page.remember(**{"in": chosen, "page": None})
    if chosen == "review":
        _claims_review.show(page)
    else:
        _evidence_search.show(page, chosen)
