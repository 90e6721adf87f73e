"""One view in a running script, as `dashboard.app` runs it, with a reader and a ledger of the test's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import streamlit as st
from streamlit.testing.v1 import AppTest

from assessment.ledger import Ledger, LedgerError
from assessment.read import Reader
from assessment.roles import RoleConfig, resolve
from dashboard import views
from dashboard.language import load
from dashboard.page import Page

NOW = datetime(2026, 11, 23, 12, 0)
HOSTILE = (
    '<script>alert(1)</script><img src=x onerror="alert(2)"> [x](javascript:alert(3)) \u202eabc & ' + "long " * 2000
)


@dataclass
class Given:
    """What the next script runs with."""

    reader: Reader
    view: ModuleType
    language: str
    ledger: Path | None  # None: the ledger cannot be opened


_given: list[Given] = []


def script() -> None:
    """Runs inside AppTest, which takes this function's text only."""
    from tests.dashboard import view_scene

    view_scene.run()


def run() -> None:
    """Show the view of the newest Given."""
    given = _given[-1]

    def open_ledger() -> Ledger:
        if given.ledger is None:
            raise LedgerError("the ledger is away")
        return Ledger.open(given.ledger)

    pages = {view.PATH: st.Page(_nothing, title=view.PATH, url_path=view.PATH) for view in views.every()}
    actor = resolve(None, RoleConfig(local=True), NOW)
    given.view.show(Page(given.reader, load(given.language), actor, open_ledger, NOW, pages))


def _nothing() -> None:
    """A page that is linked to and never shown."""


@dataclass(frozen=True)
class Seen:
    """What a view drew: all HTML, and the words of headings and widgets."""

    html: str
    text: str
    components: list[Any]
    test: AppTest


def look(reader: Reader, view: ModuleType, ledger: Path | None, language: str = "en", **parameters: str) -> Seen:
    """Run a view once; fails when it raises."""
    _given.append(Given(reader, view, language, ledger))
    test = AppTest.from_function(script, default_timeout=60)
    for name, value in parameters.items():
        test.query_params[name] = value
    test.run()
    assert [error.message for error in test.exception] == []
    html = "\n".join(element.proto.body for element in test.get("html"))
    text = "\n".join([*(e.value for e in test.title), *(e.value for e in test.header)])
    return Seen(html, text, list(test.get("bidi_component")), test)
