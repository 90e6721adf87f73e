"""Single keys for one page: Streamlit keeps c and r for itself, so that its buttons cannot have them.

The listener takes a key before anything else sees it, but never while somebody types in a field or holds Ctrl, Alt or
Meta. WCAG 2.1.4: the page that uses it offers a switch to turn it off.
"""

from __future__ import annotations

import streamlit as st

JS = """
export default function (component) {
  const { data, setTriggerValue } = component;
  const typing = (element) =>
    element && (element.isContentEditable || /^(input|textarea|select)$/i.test(element.tagName));
  const listen = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || typing(event.target)) return;
    const key = event.key.toLowerCase();
    if (key.length !== 1 || !data.keys.includes(key)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    setTriggerValue("pressed", key);
  };
  window.addEventListener("keydown", listen, true);
  return () => window.removeEventListener("keydown", listen, true);
}
"""
CSS = """
:host { display: none; }
"""


@st.cache_resource(show_spinner=False)
def _component():  # type: ignore[no-untyped-def]
    """Registered once per process; the type of the renderer is not public."""
    return st.components.v2.component("returnwatch_keys", css=CSS, js=JS)


def pressed(keys: str, name: str) -> str | None:
    """The key of `keys` that was pressed for this run; None: none was."""
    found = _component()(key=f"keys_{name}", data={"keys": keys}, on_pressed_change=lambda: None, height="content")
    key = getattr(found, "pressed", None)
    return key if isinstance(key, str) and len(key) == 1 and key in keys else None
