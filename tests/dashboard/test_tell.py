"""After a run: lapses and tasks are written, people are told over their channels, failures are tried again."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from assessment import advice, policy_tasks, register
from assessment.advice_read import suggested
from assessment.advice_rules import Wish
from assessment.framework import load
from assessment.ledger import Ledger, LedgerError
from assessment.ledger_kinds import Cited
from assessment.notify import MOST_ATTEMPTS
from assessment.read import Reader
from assessment.roles import NotAllowed
from dashboard.cli import main
from dashboard.tell import tell
from tests.assessment.ledger_kit import person
from tests.policy_scene import NOW, Run, prepare

DAY = timedelta(days=1)
CHANNELS = """
base = "https://returnwatch.example"
[[channel]]
name = "desk"
role = "analyst"
quiet = ["22:00", "07:00"]
[[channel]]
name = "field"
role = "viewer"
digest = true
digest_hour = 8
"""


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("tell")
    prepare(data, [Run("run-1", date(2026, 11, 22), alerts=("AF-BAL",))])
    return data / "published"


@pytest.fixture
def data(published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "published").symlink_to(published)
    (tmp_path / "notify.toml").write_text(CHANNELS)
    for name in ("DESK", "FIELD"):
        monkeypatch.setenv(f"RETURNWATCH_NOTIFY_{name}", "json://127.0.0.1:9/secret-token")
    monkeypatch.delenv("RETURNWATCH_LEDGER", raising=False)
    return tmp_path


class Post:
    """What was sent; channels in `broken` refuse."""

    def __init__(self, *broken: str) -> None:
        self.sent: list[tuple[str, str]] = []
        self.broken = broken

    def __call__(self, channel: str, subject: str, text: str) -> str | None:
        if channel in self.broken:
            return "the service did not take the message"
        self.sent.append((channel, text))
        return None


def decided(data: Path, now: datetime, days: int = 20) -> int:
    """Published advice on Herat."""
    ledger = Ledger.open(data / "ledger.sqlite")
    anna, boris = person("anna", "analyst", at=now), person("boris", "reviewer", at=now)
    with Reader.open(data / "published") as reader:
        source = Cited(source_id="ipc", origin_family="ipc", region_id="AF-HER", url="https://ipc.example/r",
                       published=now.date() - DAY)  # fmt: skip
        wish = Wish("A2", [source], now.date() + days * DAY, "Reason.", "Reden.")
        seq = advice.draft(ledger, anna, load(), suggested(reader, "AF-HER", []), wish, now).seq
        advice.read_evidence(ledger, boris, "AF-HER", seq, "A2", now)
        advice.approve(ledger, boris, "AF-HER", seq, now)
        register.publish(ledger, boris, reader, "AF-HER", seq, now)
    ledger.close()
    return seq


def test_an_escalation_goes_at_night_the_rest_waits_for_its_hour(data: Path) -> None:
    seq = decided(data, NOW)
    post = Post()
    night = NOW.replace(hour=23)
    told = tell(data, night, data / "notify.toml", sender=post)
    assert [channel for channel, _ in post.sent] == ["desk", "field"], "first advice and a sharp rise escalate"
    assert told.failed == 0
    assert f'href="https://returnwatch.example/register?decision={seq}&amp;lang=nl"' in post.sent[1][1]
    again = tell(data, night, data / "notify.toml", sender=post)
    assert (again.sent, again.planned) == (0, ()), "nobody is told twice"
    morning = NOW + 14 * DAY
    due = tell(data, morning.replace(hour=4), data / "notify.toml", sender=post)
    assert [c for c, what in due.planned if what.endswith(":due")] == [], "quiet hours"
    due = tell(data, morning.replace(hour=9), data / "notify.toml", sender=post)
    assert ("desk", f"draft:{seq}:due") in due.planned


def test_a_lapse_is_written_once_by_the_system_and_told_in_the_digest(data: Path) -> None:
    seq, later = decided(data, NOW), NOW + 21 * DAY
    post = Post()
    told = tell(data, later.replace(hour=12), data / "notify.toml", sender=post)
    assert told.lapsed == ("AF-HER",)
    assert ("field", f"draft:{seq}:lapsed") not in told.planned
    told = tell(data, later.replace(hour=7), data / "notify.toml", sender=post)  # 8 o'clock in Amsterdam
    assert told.lapsed == ()
    assert ("field", f"draft:{seq}:lapsed") in told.planned
    (entry,) = [e for e in Ledger.open(data / "ledger.sqlite").entries() if e.kind == "advice_lapsed"]
    assert (entry.actor, entry.role) == ("system", "system")


def test_a_broken_channel_stops_no_other_and_is_visible_when_given_up(data: Path) -> None:
    decided(data, NOW)
    post = Post("desk")
    for attempt in range(MOST_ATTEMPTS):
        told = tell(data, NOW + timedelta(minutes=attempt), data / "notify.toml", sender=post)
        assert told.failed > 0
    assert [channel for channel, _ in post.sent] == ["field"]
    assert {channel for channel, _ in told.given_up} == {"desk"}
    assert tell(data, NOW + DAY, data / "notify.toml", sender=post).failed == 0


def test_without_channels_lapses_are_written_and_a_dry_run_writes_nothing(data: Path) -> None:
    decided(data, NOW)
    count = len(Ledger.open(data / "ledger.sqlite").entries())
    dry = tell(data, NOW + 30 * DAY, data / "notify.toml", sender=Post(), dry_run=True)
    assert dry.planned
    assert len(Ledger.open(data / "ledger.sqlite").entries()) == count
    assert tell(data, NOW + 30 * DAY, None).lapsed == ("AF-HER",)


def test_the_calendar_holds_the_review_date(data: Path) -> None:
    decided(data, NOW, days=20)
    tell(data, NOW, None, calendar_file=data / "reviews.ics")
    text = (data / "reviews.ics").read_bytes().decode()
    assert "DTSTART;VALUE=DATE:20261213\r\n" in text
    assert "SUMMARY:ReturnWatch: Herat\r\n" in text


def test_the_command_says_what_is_wrong_and_never_an_address(
    data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    base = ["--data-dir", str(data), "notify"]
    assert main([*base, "--config", str(data / "none.toml")]) == 1
    assert "docs/notifications.md" in capsys.readouterr().err
    assert main([*base, "--config", str(data / "notify.toml"), "--dry-run"]) == 0
    out = capsys.readouterr().out
    assert "to desk: alert-AF-BAL:" in out
    assert "secret-token" not in out
    monkeypatch.setattr("assessment.notify_send.apprise_sender", lambda addresses: Post("desk", "field"))
    assert main([*base, "--config", str(data / "notify.toml")]) == 3
    assert "secret-token" not in capsys.readouterr().out


def change(kind: str, old: str | None, new: str | None, **more: Any) -> dict[str, Any]:
    return {
        "change_id": f"{kind}-{new}", "kind": kind, "evidence_id": "nl:circular", "new_digest": "v2", "iso3": "AFG",
        "url": "https://wetten.example/circular", "title": "Circular", "heading": "7.2", "old_text": old,
        "new_text": new, "paragraphs": [{"change": "changed", "old": old, "new": new}], **more,
    }  # fmt: skip


def test_a_changed_policy_text_opens_one_task_per_country(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hits = [
        change("item", "Women are a risk group.", "Women are no risk group."),
        change("item", None, "A new paragraph."),
        change("level", None, None),
        change("paragraph", "Call 0612345678 for help.", "Mail help@example.org."),
        change("item", "x", "y", iso3="SYR", url=""),
    ]
    monkeypatch.setattr(Reader, "policy_changes", lambda self, **_: {"total": len(hits), "hits": hits})
    told = tell(data, NOW, None)
    assert len(told.tasks) == 2
    assert tell(data, NOW, None).tasks == (), "the same change opens no second task"
    ledger = Ledger.open(data / "ledger.sqlite")
    found = {task.iso3: task for task in policy_tasks.tasks(ledger.entries())}
    assert set(found["AFG"].diff.splitlines()) == {
        "# 7.2", "- Women are a risk group.", "+ Women are no risk group.", "+ A new paragraph.",
    }, "what identifies a person is left out"  # fmt: skip
    assert (found["AFG"].url, found["SYR"].url) == ("https://wetten.example/circular", None)
    with pytest.raises(NotAllowed):
        policy_tasks.close(ledger, person("vera"), found["AFG"].task_id, "Done.", NOW)
    policy_tasks.close(ledger, person("anna", "analyst"), found["AFG"].task_id, "Entered as a position.", NOW)
    assert [task.iso3 for task in policy_tasks.tasks(ledger.entries()) if task.done is None] == ["SYR"]
    with pytest.raises(LedgerError, match="no open task"):
        policy_tasks.close(ledger, person("anna", "analyst"), found["AFG"].task_id, "Again.", NOW)
