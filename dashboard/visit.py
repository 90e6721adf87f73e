"""The day of somebody's visit before this one, kept in their own browser and nowhere else."""

from __future__ import annotations

from datetime import date

import streamlit as st

from dashboard.page import Page

JS = """
const key = "returnwatch.visit";
export default function ({ data, setStateValue }) {
  let kept = {};
  try { kept = JSON.parse(localStorage.getItem(key)) || {}; } catch { return; }
  if (kept.now !== data.today) {
    kept = { now: data.today, before: kept.now || "" };
    try { localStorage.setItem(key, JSON.stringify(kept)); } catch { return; }
  }
  if (kept.before && kept.before !== data.known) setStateValue("before", kept.before);
}
"""
CSS = """
:host { display: none; }
"""


@st.cache_resource(show_spinner=False)
def _component():  # type: ignore[no-untyped-def]
    """Registered once per process; the type of the renderer is not public."""
    return st.components.v2.component("returnwatch_visit", css=CSS, js=JS)


def before(page: Page) -> date | None:
    """The day of the last visit before today's; None at the first one, or where the browser keeps nothing."""
    known = st.session_state.get("visit_before", "")
    told = _component()(
        key="visit", data={"today": page.today.isoformat(), "known": known}, on_before_change=lambda: None,
        height="content",
    )  # fmt: skip
    found = parse(told.before, page.today)
    if found is not None:
        st.session_state["visit_before"] = found.isoformat()
    return found


def parse(value: object, today: date) -> date | None:
    """What the browser says, when it is a day before today."""
    try:
        found = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found is not None and found < today else None
