"""One act on the alerts of one cause: one entry that names each, all or none, and nothing later is covered by it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from assessment.ledger import Ledger, LedgerError
from assessment.ledger_alerts import (
    alert_state,
    alert_statistics,
    decide_alert,
    decide_together,
    history,
    reopen_alert,
    reopen_together,
    take_alert,
    take_together,
)
from assessment.ledger_check import export, import_lines, verify
from assessment.ledger_kinds import PayloadError
from assessment.notices import Places, messages
from assessment.notify_send import body, lines
from assessment.read_alerts import cause
from assessment.roles import NotAllowed
from tests.assessment.ledger_kit import NOW, person

ANNA, BORIS, VERA = person("anna", "analyst"), person("boris", "analyst"), person("vera")


def alert(name: str, **more: Any) -> dict[str, Any]:
    return {
        "alert_id": name, "region_id": f"IR-{name}", "iso3": "IRN", "rule": "arrival", "direction": "worse",
        "opened": date(2026, 11, 22), "deadline": date(2026, 11, 23), "text_en": "It closed.", "text_nl": "Dicht.",
        "series": None, **more,
    }  # fmt: skip


ALERTS = [alert(f"{number:02}") for number in range(57)]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger.open(tmp_path / "ledger.sqlite")
    yield opened
    opened.close()


def decided(ledger: Ledger, rows: list[dict[str, Any]] = ALERTS) -> None:
    take_together(ledger, ANNA, rows, NOW)
    decide_together(ledger, ANNA, rows, "real", "One airport closed.", NOW)


def test_two_entries_decide_57_alerts_and_each_opens_to_both(ledger: Ledger, tmp_path: Path) -> None:
    decided(ledger)
    entries = ledger.entries()
    assert [e.kind for e in entries] == ["alerts_taken", "alerts_decided"]
    assert {e.object for e in entries} == {cause(ALERTS[0])}
    standings = alert_state(entries)
    assert len(standings) == 57
    assert {(s.state, s.disposition, s.reason) for s in standings.values()} == {
        ("decided", "real", "One airport closed.")
    }
    assert all(history(entries, [row["alert_id"]]) == entries for row in ALERTS)
    assert alert_statistics(entries) == [
        {"rule": "arrival", "role": "analyst", "real": 1, "false": 0, "watch": 0, "false_share": 0.0}
    ]
    assert verify(ledger).holds
    other = Ledger.open(tmp_path / "other.sqlite")
    import_lines(other, (line + "\n" for line in export(ledger)))
    assert alert_state(other.entries()) == standings
    other.close()


def test_a_later_alert_of_the_cause_stays_open_and_is_told(ledger: Ledger) -> None:
    decided(ledger)
    later = alert("later")
    assert cause(later) == cause(ALERTS[0])
    assert "later" not in alert_state(ledger.entries())
    told = messages([*ALERTS, later], ledger.entries(), Places({}, {}), NOW)
    assert [message.what for message in told] == ["later:2026-11-23"]


def test_one_line_of_a_message_leads_to_all_of_them(ledger: Ledger) -> None:
    told = messages(ALERTS, [], Places({}, {}), NOW)
    assert len(lines(told)) == 1
    assert f"alerts?cause={cause(ALERTS[0])}&amp;lang=nl" in body(told, "https://x.example")


def test_all_of_them_or_none(ledger: Ledger) -> None:
    take_alert(ledger, BORIS, "05", "arrival", NOW)
    with pytest.raises(LedgerError, match="1 of these 57"):
        take_together(ledger, ANNA, ALERTS, NOW)
    rest = [row for row in ALERTS if row["alert_id"] != "05"]
    take_together(ledger, ANNA, rest, NOW)
    for actor, rows in ((ANNA, ALERTS), (BORIS, rest)):
        with pytest.raises(LedgerError, match="stand otherwise"):
            decide_together(ledger, actor, rows, "false", "No.", NOW)
    assert len(ledger.entries()) == 2


def test_reopened_one_by_one_or_together(ledger: Ledger) -> None:
    decided(ledger)
    reopen_alert(ledger, BORIS, "05", "A second report.", NOW)
    states = {name: s.state for name, s in alert_state(ledger.entries()).items()}
    assert (states.pop("05"), set(states.values())) == ("open", {"decided"})
    with pytest.raises(LedgerError, match="1 of these 57"):
        reopen_together(ledger, BORIS, ALERTS, "All.", NOW)
    take_alert(ledger, ANNA, "05", "arrival", NOW)
    decision = {"rule": "arrival", "direction": "worse", "disposition": "false", "reason": "Open after all."}
    decide_alert(ledger, ANNA, "05", decision, NOW)
    reopen_together(ledger, BORIS, ALERTS, "All again.", NOW)
    assert {s.state for s in alert_state(ledger.entries()).values()} == {"open"}


def test_one_reason_never_covers_two_causes(ledger: Ledger) -> None:
    other = alert("x", text_en="Another airport closed.")
    for rows in ([*ALERTS, other], [alert("a", rule="sharp_rise")], []):
        with pytest.raises(LedgerError, match="one cause"):
            take_together(ledger, ANNA, rows, NOW)
    with pytest.raises(NotAllowed):
        take_together(ledger, VERA, ALERTS, NOW)
    take_together(ledger, ANNA, ALERTS, NOW)
    with pytest.raises(PayloadError):
        decide_together(ledger, ANNA, ALERTS, "real", "", NOW)
    assert len(ledger.entries()) == 1
