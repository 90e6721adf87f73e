"""Who is told what and when; the calendar of review dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.ledger import Ledger
from assessment.notify import MOST_ATTEMPTS, Channel, Message, calendar, due, given_up
from assessment.roles import system
from tests.assessment.ledger_kit import NOW

NIGHT, DAY, MORNING = (datetime(2026, 11, 23, hour) for hour in (23, 14, 8))
PLAIN = Channel("desk", "analyst", frozenset({"AFG"}))
NEWS = Message("alert:1", "AFG", frozenset({"analyst"}), False, "x", "x")
QUIET = replace(PLAIN, quiet=(time(22), time(7)))


@pytest.mark.parametrize(
    ("channel", "message", "now", "goes"),
    [
        (PLAIN, NEWS, NIGHT, True),
        (QUIET, NEWS, NIGHT, False),
        (QUIET, NEWS, datetime(2026, 11, 23, 6, 59), False),
        (QUIET, NEWS, datetime(2026, 11, 23, 7), True),
        (QUIET, replace(NEWS, escalation=True), NIGHT, True),
        (replace(PLAIN, digest=True), NEWS, DAY, False),
        (replace(PLAIN, digest=True), NEWS, MORNING, True),
        (replace(PLAIN, digest=True), replace(NEWS, escalation=True), DAY, True),
        (PLAIN, replace(NEWS, iso3="SYR"), DAY, False),
        (replace(PLAIN, countries=frozenset()), replace(NEWS, iso3="SYR"), DAY, True),
        (replace(PLAIN, role="jurist"), NEWS, DAY, False),
    ],
)
def test_when_a_message_goes(channel: Channel, message: Message, now: datetime, goes: bool) -> None:
    assert bool(due([channel], [message], [], now)) is goes


def test_sent_once_failed_again_and_an_escalation_is_not_held_back_by_an_earlier_alert(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "ledger.sqlite")

    def note(kind: str, attempt: int, **more: str) -> None:
        content = {"channel": "desk", "what": "alert:1", "attempt": attempt, **more}
        ledger.append(system(), kind, "notice:desk", content, NOW)

    for attempt in range(1, MOST_ATTEMPTS):
        note("notice_failed", attempt, error="connection refused")
        assert due([PLAIN], [NEWS], ledger.entries(), DAY)
    note("notice_failed", MOST_ATTEMPTS, error="connection refused")
    assert due([PLAIN], [NEWS], ledger.entries(), DAY) == []
    assert given_up(ledger.entries()) == [("desk", "alert:1")]
    note("notice_sent", MOST_ATTEMPTS + 1)
    assert given_up(ledger.entries()) == []
    worse = replace(NEWS, what="alert:2", escalation=True)
    assert due([QUIET], [NEWS, worse], ledger.entries(), NIGHT) == [(QUIET, [worse])]


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs", "Cc"]), max_size=200))
def test_the_calendar_is_folded_and_comes_back(summary: str) -> None:
    text = calendar([("AF-BAL", summary, date(2026, 12, 1))], NOW)
    lines = text.encode().split(b"\r\n")
    assert lines[-1] == b""
    assert all(len(line) <= 75 for line in lines)
    for line in lines:
        line.decode()  # never cut inside a character
    unfolded = text.replace("\r\n ", "")
    written = next(line for line in unfolded.split("\r\n") if line.startswith("SUMMARY:"))[8:]
    escaped = summary.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    assert written == escaped
    assert "DTSTART;VALUE=DATE:20261201\r\n" in unfolded
