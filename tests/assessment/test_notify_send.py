"""Sending over Apprise to a sink on this machine; failures are entries and do not stop other channels."""

from __future__ import annotations

import email
import email.policy
import socketserver
import threading
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


class _MailServer(socketserver.StreamRequestHandler):
    """Takes one mail as a server does and keeps what was said to it."""

    def handle(self) -> None:
        heard: list[str] = self.server.heard  # type: ignore[attr-defined]
        self.wfile.write(b"220 here\r\n")
        inside = False
        for raw in self.rfile:
            line = raw.decode("utf-8").rstrip("\r\n")
            heard.append(line)
            if inside and line != ".":
                continue
            inside = line.upper() == "DATA"
            self.wfile.write(
                b"354 go on\r\n" if inside else b"221 bye\r\n" if line.upper() == "QUIT" else b"250 ok\r\n"
            )
            if line.upper() == "QUIT":
                return


def test_a_mail_in_both_languages_reaches_a_mail_server(tmp_path: Path) -> None:
    pytest.importorskip("apprise")
    with socketserver.TCPServer(("127.0.0.1", 0), _MailServer) as server:
        server.heard = []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        address = f"mailto://127.0.0.1:{port}?from=watch@returnwatch.example&to=desk@returnwatch.example&mode=insecure"
        ledger = Ledger.open(tmp_path / "ledger.sqlite")
        plan = due([DESK], [NEWS], [], NOW)
        assert send(ledger, plan, apprise_sender({"desk": address}), NOW, "https://returnwatch.example") == (1, 0)
        server.shutdown()
        heard: list[str] = server.heard  # type: ignore[attr-defined]
    assert any(line.upper().startswith("RCPT TO:<DESK@RETURNWATCH.EXAMPLE>") for line in heard)
    begun = heard.index(next(line for line in heard if line.upper() == "DATA"))
    mail = email.message_from_string("\n".join(heard[begun + 1 : heard.index(".", begun)]), policy=email.policy.default)
    assert mail["Subject"] == "ReturnWatch: 1"
    page = mail.get_body(("html",))  # type: ignore[attr-defined]
    assert page is not None
    text = page.get_content()
    assert "Het aantal doden steeg" in text
    assert "Deaths rose &lt;sharply&gt;" in text
    assert "<iframe" not in text
    assert "desk@returnwatch.example" not in str(ledger.entries())
