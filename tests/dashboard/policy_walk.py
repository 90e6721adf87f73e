"""Open one view as somebody at some moment, without a server: AppTest runs `script`, which reads what stands here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from assessment.ledger import Ledger
from assessment.read import Reader
from assessment.roles import Actor
from tests.assessment.ledger_kit import person

PATHS = ("situation", "country", "region", "evidence", "alerts", "advice", "positions", "register", "sources", "brief",
         "harm")  # fmt: skip
_NOW: list[Any] = []  # the office in use; AppTest runs the script in this process


def script() -> None:
    """What AppTest runs: one page of the office in use."""
    from tests.dashboard.policy_walk import show

    show()


def show() -> None:
    """Build the page as `dashboard.app` does, and show the view."""
    import importlib

    from dashboard.language import load
    from dashboard.page import Page

    office = _NOW[-1]
    words = load(office.language)
    page = Page(office.reader, words, office.actor, lambda: office.ledger, office.now, dict.fromkeys(PATHS, "page"))
    importlib.import_module(f"dashboard.views.{office.view}").show(page)


@dataclass
class PolicyOffice:
    """A published folder with a ledger, and who looks at what when."""

    folder: Path
    now: datetime
    language: str = "en"
    view: str = "advice"
    ledger: Ledger = field(init=False)
    reader: Reader = field(init=False)
    actor: Actor = field(init=False)

    def __post_init__(self) -> None:
        self.ledger = Ledger.open(self.folder / "ledger.sqlite")
        self.reader = Reader.open(self.folder / "published")
        self.actor = self.who("vera")

    def who(self, name: str, *roles: str) -> Actor:
        return person(name, *roles, at=self.now)

    def open(self, view: str, name: str, *roles: str, **parameters: str) -> AppTest:
        """The view as this person sees it now; raises what the page raises."""
        self.view, self.actor = view, self.who(name, *roles)
        _NOW.append(self)
        test = AppTest.from_function(script, default_timeout=30)
        for key, value in parameters.items():
            test.query_params[key] = value
        return checked(test.run())

    def close(self) -> None:
        self.reader.close()
        self.ledger.close()


def checked(test: AppTest) -> AppTest:
    """The page without an exception."""
    assert [e.value for e in test.exception] == []
    return test


def press(test: AppTest, key: str) -> AppTest:
    """Press the button with this key."""
    return checked(test.button(key=key).click().run())


def submit(test: AppTest, label: str) -> AppTest:
    """Press a form's button by its words."""
    return checked(next(b for b in test.button if b.label == label).click().run())


def said(test: AppTest) -> str:
    """All words and HTML of the page in one string."""
    parts: list[str] = []
    for kind in ("title", "header", "markdown", "caption", "info", "warning", "error", "success", "html", "expander"):
        for element in test.get(kind):
            parts.append(str(getattr(element, "value", "") or getattr(element, "label", "") or _body(element)))
    return "\n".join(parts)


def _body(element: Any) -> str:
    return str(getattr(getattr(element, "proto", None), "body", ""))
