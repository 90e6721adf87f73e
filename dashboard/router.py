"""Links in HTML inside one session: a click on `a.rw-link` changes the page as the browser's own buttons do.

Without it the browser would load the address anew: the same page, but slower and in a new session. The address is put
into the history once and Streamlit is told as after a press of Back or Forward; so Back leads to the page before. A
click with Ctrl, Shift or the middle button still opens another tab. The same script names the navigation's menu of
pages that do not fit, which Streamlit calls "2 more" in every language.
"""

from __future__ import annotations

import streamlit as st

from dashboard.page import Page

GO = """
const go = (href) => {
  const url = new URL(href, window.location.href);
  if (url.origin !== window.location.origin) return false;
  document.documentElement.classList.add("rw-going");
  window.history.pushState({}, "", url);
  window.dispatchEvent(new PopStateEvent("popstate", { state: {} }));
  window.scrollTo(0, 0);
  return true;
};
"""
JS = (
    GO
    + """
export default function ({ parentElement: root, data }) {
  const follow = (event) => {
    const link = event.target.closest && event.target.closest("a.rw-link");
    if (!link || event.defaultPrevented || event.button !== 0) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    if (go(link.getAttribute("href"))) event.preventDefault();
  };
  document.documentElement.classList.remove("rw-going");
  if (root.follow) document.removeEventListener("click", root.follow);
  root.follow = follow;
  document.addEventListener("click", follow);
  // Streamlit names the menu of pages that do not fit in English; the style sheet shows our word, this says it.
  const name = () => {
    for (const menu of document.querySelectorAll('[data-testid="stTopNavSection"]')) {
      if (menu.getAttribute("aria-label") !== data.more) menu.setAttribute("aria-label", data.more);
    }
  };
  name();
  root.named?.disconnect();
  root.named = new MutationObserver(name);
  const header = document.querySelector('[data-testid="stHeader"]');
  if (header) root.named.observe(header, { childList: true, subtree: true });
  return () => {
    document.removeEventListener("click", follow);
    root.named.disconnect();
  };
}
"""
)
CSS = """
:host { display: none; }
"""


@st.cache_resource(show_spinner=False)
def _component():  # type: ignore[no-untyped-def]
    """Registered once per process; the type of the renderer is not public."""
    return st.components.v2.component("returnwatch_router", css=CSS, js=JS)


def follow(page: Page) -> None:
    """Listen for clicks on links, and name the menu of pages that do not fit."""
    # The moment as data: the code runs again after each run, also when a link led to another view of the same page.
    data = {"moment": page.now.isoformat(), "more": page.word("header.more_pages")}
    _component()(key="router", data=data, height="content")
