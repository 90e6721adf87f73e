"""What every view is given: the snapshot's answers, the reader's words, who is asking, and the state in the URL."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import ModuleType
from typing import Any

import streamlit as st

from assessment.ledger import Ledger
from assessment.read import Reader
from assessment.roles import Actor
from dashboard.language import Words

KEPT = ("lang",)  # parameters that go along to every page


@dataclass(frozen=True)
class Page:
    """One run of one view. A view reads from here and shows; it holds no SQL and no arithmetic on scores."""

    reader: Reader
    words: Words
    actor: Actor
    open_ledger: Callable[[], Ledger]  # opened only by the views that need it
    now: datetime  # naive UTC, read once per run
    pages: Mapping[str, Any]  # url path -> st.Page, for links

    @property
    def today(self) -> date:
        return self.now.date()

    def word(self, key: str, **values: Any) -> str:
        """See `Words`."""
        return self.words(key, **values)

    def state(self, name: str, default: str = "") -> str:
        """A parameter of the URL: every choice, filter and date lives there, so that any view can be mailed."""
        return str(st.query_params.get(name, default))

    def remember(self, **values: str | None) -> None:
        """Write choices into the URL; None takes one out."""
        for name, value in values.items():
            if value is None or value == "":
                st.query_params.pop(name, None)
            elif st.query_params.get(name) != value:
                st.query_params[name] = value

    def link(
        self, label: str, path: str, *, icon: str | None = None, key_help: str | None = None, **values: str
    ) -> None:
        """A link inside the application that keeps the language. Paths nobody may see show as plain text."""
        if path not in self.pages:
            st.markdown(escape_markdown(label))
            return
        kept = {name: self.state(name) for name in KEPT if self.state(name)}
        st.page_link(
            self.pages[path], label=escape_markdown(label), icon=icon, help=key_help, query_params={**kept, **values}
        )

    def go(self, path: str, **values: str) -> None:
        """Go to another page now."""
        kept = {name: self.state(name) for name in KEPT if self.state(name)}
        st.switch_page(self.pages[path], query_params={**kept, **values})

    def may(self, view: ModuleType) -> bool:
        """Whether this person sees a view at all; what they may do is checked again at each write."""
        return bool(self.actor.roles & view.ROLES)


def escape(text: object) -> str:
    """Text for `st.html`: whatever it holds is shown as written."""
    return html.escape(str(text), quote=True)


_SPECIAL = str.maketrans({c: "\\" + c for c in "\\`*_{}[]()<>#+-!|~$:"})


def escape_markdown(text: object) -> str:
    """Text for Streamlit's Markdown (labels, st.markdown): whatever it holds is shown as written."""
    return str(text).replace("\n", " ").translate(_SPECIAL)
