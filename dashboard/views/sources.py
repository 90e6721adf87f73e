"""Sources: each one's rhythm, last good run, rows, expectation, state, licence, and its problems with a remedy."""

from __future__ import annotations

import streamlit as st

from dashboard.page import Page
from dashboard.views import EVERYBODY

PATH, ORDER, ROLES = "sources", 100, EVERYBODY


def show(page: Page) -> None:
    """One table; what is broken stands first."""
    st.title(page.word("sources.title"))
    st.dataframe(page.reader.sources(page.now), hide_index=True)
