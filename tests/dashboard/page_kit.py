"""A page for tests of what is drawn: real words, a reader that only knows the header and its sources."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

import pytest
import streamlit as st

from assessment.roles import RoleConfig, resolve
from dashboard.language import load
from dashboard.page import Page

NOW = datetime(2026, 11, 28, 12, 0)
HOSTILE = "<script>alert(1)</script> [x](javascript:alert(1)) \u202eabc & \"quoted\" 'single' " + "long " * 2000


class FewFacts:
    """What `dashboard.draw` asks of a reader."""

    snapshot: ClassVar[dict[str, Any]] = {"snapshot_id": "snap-1", "as_of": date(2026, 11, 28)}

    def sources(self) -> list[dict[str, Any]]:
        return [
            {"source_id": "ipc", "publisher": "IPC Global Partners (FAO, WFP), on HDX"},
            {"source_id": "evil", "publisher": "<b>Evil</b>"},
        ]


def page(
    monkeypatch: pytest.MonkeyPatch, language: str = "en", paths: tuple[str, ...] = ("region", "evidence")
) -> Page:
    """A Page with these paths, outside a session: the URL is a plain dict."""
    monkeypatch.setattr(st, "query_params", {"lang": language})
    actor = resolve(None, RoleConfig(local=True), NOW)
    reader: Any = FewFacts()
    return Page(reader, load(language), actor, _no_ledger, NOW, dict.fromkeys(paths, "page"))


def _no_ledger() -> Any:
    raise AssertionError("what is drawn opens no ledger")
