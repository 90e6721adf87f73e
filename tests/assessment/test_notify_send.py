"""Sending over Apprise to a sink on this machine; failures are entries and do not stop other channels."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from assessment.ledger import Ledger
from assessment.notify import Channel, Message, due
from assessment.notify_send import apprise_sender, body, send
from tests.assessment.ledger_kit import NOW

DESK, DEAD, NONE = (Channel(name, "analyst") for name in ("desk", "dead", "none"))
NEWS = Message("alert:1", "AFG", frozenset({"analyst"}), True, "Deaths rose <sharply>", "Het aantal doden steeg")


def test_one_channel_fails_and_the_other_gets_it(tmp_path: Path, httpserver: HTTPServer) -> None:
    pytest.importorskip("apprise")
    httpserver.expect_request("/hook", method="POST").respond_with_data("ok")
    httpserver.expect_request("/dead", method="POST").respond_with_data("no", status=503)
    here = f"json://127.0.0.1:{httpserver.port}"
    ledger = Ledger.open(tmp_path / "ledger.sqlite")
    sender = apprise_sender({"desk": f"{here}/hook", "dead": f"{here}/dead"})
    plan = due([DEAD, NONE, DESK], [NEWS], [], NOW)
    assert send(ledger, plan, sender, NOW) == (1, 2)
    got = next(request for request, _ in httpserver.log if request.path == "/hook").get_json()
    assert "Het aantal doden steeg" in got["message"]
    assert "&lt;sharply&gt;" in got["message"]
    kinds = {entry.payload["channel"]: entry.kind for entry in ledger.entries()}
    assert kinds == {"dead": "notice_failed", "none": "notice_failed", "desk": "notice_sent"}
    assert [channel.name for channel, _ in due([DEAD, NONE, DESK], [NEWS], ledger.entries(), NOW)] == ["dead", "none"]
    send(ledger, due([DEAD], [NEWS], ledger.entries(), NOW), sender, NOW)
    assert [entry.payload["attempt"] for entry in ledger.entries("notice:dead")] == [1, 2]
    assert "127.0.0.1" not in str(ledger.entries())


def test_the_mail_has_both_languages_and_no_frame() -> None:
    text = body([NEWS])
    assert 'lang="nl"' in text
    assert 'lang="en"' in text
    assert not any(word in text for word in ("<iframe", "<script", "<img", "<sharply>"))
