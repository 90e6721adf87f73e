"""Charts on a page: SVG text of `dashboard.charts` side by side, with the table behind it and the files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard import table
from dashboard.page import Page, escape

HTML = """
<div class="figures"></div>
"""
CSS = """
:host { display: block; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr)); gap: 1rem 1.5rem; }
.figures.wide { grid-template-columns: 1fr; }
svg { width: 100%; height: auto; display: block; overflow: visible; max-width: 60rem; }
"""
JS = """
const allowed = new Set(["svg", "g", "path", "rect", "circle", "text", "title", "defs", "pattern"]);
export default function ({ parentElement, data }) {
  const box = parentElement.querySelector(".figures");
  box.classList.toggle("wide", data.wide);
  box.replaceChildren();
  for (const text of data.charts) {
    const drawn = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
    if ([drawn, ...drawn.querySelectorAll("*")].every((node) => allowed.has(node.localName))) {
      box.append(document.importNode(drawn, true));
    }
  }
}
"""


@st.cache_resource(show_spinner=False)
def _component():  # type: ignore[no-untyped-def]
    """Registered once per process; the type of the renderer is not public."""
    return st.components.v2.component("returnwatch_figure", html=HTML, css=CSS, js=JS)


def show(
    page: Page, charts: Sequence[str], rows: Sequence[Mapping[str, Any]], columns: Sequence[table.Column], *,
    name: str, caption: str, wide: bool = False,
) -> None:  # fmt: skip
    """Charts, the same as a table that folds out, and downloads. name: unique on the page."""
    _component()(key=f"figure_{name}", data={"charts": list(charts), "wide": wide}, height="content")
    st.html(
        f'<details class="rw-details"><summary>{escape(page.word("common.as_table"))}</summary>'
        f"{table.table_html(page, rows, columns, caption, tall=True)}</details>"
    )
    table.downloads(page, rows, columns, name, charts)
