"""Links in HTML inside one session: a click on `a.rw-link` goes to Python, which switches the page.

Without it the browser would load the address anew: the same page, but slower and in a new session. A click with Ctrl,
Shift or the middle button still opens another tab.
"""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import streamlit as st

from dashboard.page import KEPT, Page

JS = """
export default function (component) {
  const { setTriggerValue, parentElement: root } = component;
  const follow = (event) => {
    const link = event.target.closest && event.target.closest("a.rw-link");
    if (!link || event.defaultPrevented || event.button !== 0) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    document.documentElement.classList.add("rw-going");
    setTriggerValue("go", link.getAttribute("href"));
  };
  document.documentElement.classList.remove("rw-going");
  if (root.follow) document.removeEventListener("click", root.follow);
  root.follow = follow;
  document.addEventListener("click", follow);
  return () => document.removeEventListener("click", follow);
}
"""
CSS = """
:host { display: none; }
"""


@st.cache_resource(show_spinner=False)
def _component():  # type: ignore[no-untyped-def]
    """Registered once per process; the type of the renderer is not public."""
    return st.components.v2.component("returnwatch_router", css=CSS, js=JS)


def target(address: str, known: frozenset[str]) -> tuple[str, dict[str, str]] | None:
    """(path, parameters) of a link's address; None when it is no page of this application."""
    parts = urlsplit(address)
    path = parts.path.strip("/")
    if parts.scheme or parts.netloc or path not in known:
        return None
    return path, dict(parse_qsl(parts.query))


def follow(page: Page) -> None:
    """Listen for links and go where one leads. Before the view, so that nothing is drawn in vain."""
    # The moment as data: the code runs again after each run, also when a link led to another view of the same page.
    moment = page.now.isoformat()
    clicked = _component()(key="router", data=moment, on_go_change=lambda: None, height="content")
    found = target(clicked.go, frozenset(page.pages)) if clicked.go else None
    if found is not None:
        path, values = found
        page.go(path, **{name: value for name, value in values.items() if name not in KEPT})
