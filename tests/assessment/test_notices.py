"""What there is to tell, from alerts and the ledger; the file of channels; sending after a run."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from assessment import monitoring, notices, notify_config
from assessment.ledger import Ledger
from assessment.ledger_alerts import decide_alert, take_alert
from assessment.ledger_state import answer_counter_evidence, open_counter_evidence
from assessment.notices import Places, messages
from assessment.notify import Message
from assessment.notify_config import NotifyError
from assessment.notify_send import body, lines
from assessment.roles import system
from tests.assessment.ledger_kit import NOW, person
from tests.assessment.test_advice import SUGGESTED, Office, office, wish  # noqa: F401  (a fixture)

PLACES = Places({"AF-BAL": ("Balkh", "Balch"), "AFG": ("Afghanistan", "Afghanistan")}, {"AF-BAL": "AFG"})
DAY = timedelta(days=1)


def alert(**more: Any) -> dict[str, Any]:
    return {
        "alert_id": "a1", "region_id": "AF-BAL", "iso3": "AFG", "rule": "sharp_rise", "direction": "worse",
        "opened": NOW.date(), "deadline": NOW.date() + 2 * DAY, "text_en": "Sharp rise.",
        "text_nl": "Scherpe stijging.", **more,
    }  # fmt: skip


def told(ledger: Ledger, *alerts: dict[str, Any], at: datetime = NOW) -> dict[str, Message]:
    return {message.what: message for message in messages(alerts, ledger.entries(), PLACES, at)}


def test_an_alert_is_told_to_the_analyst_until_it_is_decided(office: Office) -> None:  # noqa: F811
    ledger, anna = office.ledger, person("anna", "analyst")
    found = told(ledger, alert())
    assert list(found) == ["a1:2026-11-25"]
    message = found["a1:2026-11-25"]
    assert (message.iso3, message.roles, message.escalation) == ("AFG", {"analyst"}, True)
    assert message.text_nl == "Balch: Scherpe stijging. Kijk vóór 25 november 2026."
    take_alert(ledger, anna, "a1", "sharp_rise", NOW)
    assert told(ledger, alert())
    decision = {"rule": "sharp_rise", "direction": "worse", "disposition": "false", "reason": "Counted twice."}
    decide_alert(ledger, anna, "a1", decision, NOW)
    assert told(ledger, alert()) == {}


def test_an_alert_that_grew_is_told_again_and_one_that_is_late_to_the_reviewer(office: Office) -> None:  # noqa: F811
    first, grown = told(office.ledger, alert()), told(office.ledger, alert(deadline=NOW.date() + 5 * DAY))
    assert set(first) & set(grown) == set()
    late = told(office.ledger, alert(), at=NOW + 3 * DAY)["a1:2026-11-25:overdue"]
    assert (late.roles, late.escalation) == ({"analyst", "reviewer"}, True)


@pytest.mark.parametrize(
    ("rule", "direction", "grave"),
    [("level_worse", "worse", True), ("level_better", "better", False), ("staleness", "none", False),
     ("arrival", "better", False), ("qualitative", "worse", False)],
)  # fmt: skip
def test_only_worse_ones_of_the_grave_rules_escalate(office: Office, rule: str, direction: str, grave: bool) -> None:  # noqa: F811
    (message,) = told(office.ledger, alert(rule=rule, direction=direction)).values()
    assert message.escalation is grave


def test_harm_escalates_and_waits_for_a_second_person(office: Office) -> None:  # noqa: F811
    ledger, vera, boris = office.ledger, person("vera"), person("boris", "reviewer")
    (message,) = told(ledger, alert(rule="qualitative", direction="worse", series="harm:1")).values()
    assert message.escalation is True
    happened = {"iso3": "AFG", "region_id": "AF-BAL", "what": "detention", "month": "2026-10", "note": "at the airport"}
    name = monitoring.report(ledger, vera, happened, NOW).object
    found = told(ledger)[name]
    assert (found.iso3, found.roles, found.path) == ("AFG", {"reviewer", "jurist"}, f"harm?report={name}")
    assert found.text_nl.startswith("Balch: ")
    monitoring.judge(ledger, boris, name, "confirmed", "The partner says so too.", NOW)
    assert name not in told(ledger)


def test_a_draft_is_announced_without_its_category_to_whoever_is_next(office: Office) -> None:  # noqa: F811
    gated = SUGGESTED.__class__(**{**{f: getattr(SUGGESTED, f) for f in SUGGESTED.__dataclass_fields__},
                                   "gates": {"G1": frozenset({"x"})}})  # fmt: skip
    seq = office.draft(wish(), gated)
    steps = []
    for step in (office.approve, office.sign):
        steps.append(told(office.ledger))
        step(seq)
    steps.append(told(office.ledger))
    assert [list(found) for found in steps] == [
        [f"draft:{seq}:drafted"], [f"draft:{seq}:signature"], [f"draft:{seq}:approved"],
    ]  # fmt: skip
    assert [next(iter(found.values())).roles for found in steps] == [{"reviewer"}, {"jurist"}, {"reviewer"}]
    for found in steps:
        for message in found.values():
            assert not any(f"A{n}" in message.text_en + message.text_nl for n in "01234U")
    office.publish(seq)
    (published,) = told(office.ledger).values()
    assert (published.what, published.roles, published.escalation) == (
        f"draft:{seq}:published", {"viewer", "analyst"}, True,
    )  # fmt: skip


def test_lapse_and_review_are_told_on_their_day(office: Office) -> None:  # noqa: F811
    seq = office.draft(wish(days=30))
    office.approve(seq)
    office.publish(seq)
    assert f"draft:{seq}:due" not in told(office.ledger, at=NOW + 22 * DAY)
    assert set(told(office.ledger, at=NOW + 23 * DAY)) == {f"draft:{seq}:due"}
    lapsed = told(office.ledger, at=NOW + 31 * DAY)
    assert set(lapsed) == {f"draft:{seq}:lapsed"}
    assert lapsed[f"draft:{seq}:lapsed"].roles == {"analyst", "viewer"}


def test_a_stricter_decision_is_told_at_once_and_again_when_nobody_checks_it(office: Office) -> None:  # noqa: F811
    seq = office.draft(wish("A0", days=30))
    found = told(office.ledger)
    assert set(found) == {f"draft:{seq}:drafted", f"draft:{seq}:effect"}
    assert found[f"draft:{seq}:effect"].escalation
    assert "not yet checked" in found[f"draft:{seq}:effect"].text_en
    later = told(office.ledger, at=NOW + 6 * DAY)
    assert later[f"draft:{seq}:unchecked"].escalation


def test_reports_are_told_when_opened_late_and_answered(office: Office) -> None:  # noqa: F811
    ledger = office.ledger
    open_counter_evidence(ledger, person("vera"), "AF-BAL", "region AF-BAL", "The road is open.", NOW)
    assert set(told(ledger)) == {"case:1"}
    assert set(told(ledger, at=NOW + 20 * DAY)) == {"case:1", "case:1:overdue"}
    answer = {"outcome": "kept", "answer_en": "It is closed.", "answer_nl": "Hij is dicht."}
    answer_counter_evidence(ledger, person("anna", "analyst"), "case:1", answer, NOW)
    assert {m.what: m.roles for m in told(ledger).values()} == {"case:1:answered": {"viewer"}}
    assert told(ledger, at=NOW + notices.RECENT + DAY) == {}


def test_a_changed_policy_text_is_a_task_until_somebody_closes_it(office: Office) -> None:  # noqa: F811
    content = {"title": "Circular", "diff": "# A\n+ b", "evidence_id": "nl:circular", "iso3": "AFG", "url": None}
    office.ledger.append(system(), "position_task", "task:1", content, NOW)
    assert told(office.ledger)["task:1"].roles == {"analyst", "jurist"}
    office.ledger.append(person("judith", "jurist"), "note", "task:1", {"text": "Entered."}, NOW)
    assert told(office.ledger) == {}


def test_one_change_of_an_arrival_point_is_one_line_and_each_region_is_remembered(office: Office) -> None:  # noqa: F811
    same = {
        "rule": "arrival", "text_en": "Before: X & Y, open. Now: X & Y, closed.",
        "text_nl": "Eerst: X & Y, open. Nu: X & Y, gesloten.",
    }  # fmt: skip
    found = [alert(alert_id="a1", **same), alert(alert_id="a2", region_id="AF-HER", **same),
             alert(alert_id="a3", region_id="AF-KAB", **same | {"text_en": "Another.", "text_nl": "Een ander."}),
             alert(alert_id="a4", region_id="SO-BY", **same | {"iso3": "SOM"})]  # fmt: skip
    by_name = told(office.ledger, *found)
    assert len(by_name) == 4, "the memory of what was told is by region, as before"
    assert sorted([m.what[:2] for m in group] for group in lines(list(by_name.values()))) == [
        ["a1", "a2"], ["a3"], ["a4"],
    ]  # fmt: skip
    made = body(list(by_name.values()), "https://returnwatch.example")
    assert "X &amp; Y, closed. Look before 25 November 2026.</a> 2 regions: " in made
    assert "X &amp; Y, gesloten. Kijk vóór 25 november 2026.</a> 2 regio's: " in made
    assert 'alerts?alert=a1&amp;lang=nl">Balch</a>' in made
    assert 'alerts?alert=a2&amp;lang=en">AF-HER</a>' in made
    late = list(told(office.ledger, *found[:2], at=NOW + 3 * DAY).values())
    assert [len(group) for group in lines(late)] == [2, 2], "what is late is no line of what is new"
    assert "niemand heeft erover beslist. 2 regio's: AF-HER, Balch." in body(late)


def test_alerts_of_other_rules_share_no_line(office: Office) -> None:  # noqa: F811
    found = told(office.ledger, alert(), alert(alert_id="a2", region_id="AF-HER"))
    assert [len(group) for group in lines(list(found.values()))] == [1, 1]


def test_links_in_mail_lead_to_the_page_in_the_readers_language() -> None:
    message = Message("a", "AFG", frozenset(), False, "<b>now</b>", "nu", path='alerts?alert="x')
    made = body([message], "https://returnwatch.example/")
    assert 'href="https://returnwatch.example/alerts?alert=&quot;x&amp;lang=nl"' in made
    assert "&lt;b&gt;now&lt;/b&gt;" in made
    assert "<a " not in body([message])


CHANNELS = """
timezone = "Europe/Amsterdam"
base = "https://returnwatch.example"
[[channel]]
name = "desk"
role = "analyst"
countries = ["AFG"]
quiet = ["22:00", "07:00"]
address = "json://127.0.0.1:9/secret-token"
[[channel]]
name = "field-staff"
role = "viewer"
digest = true
digest_hour = 7
"""


@pytest.fixture
def channels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RETURNWATCH_NOTIFY_FIELD_STAFF", "json://127.0.0.1:9/other-secret")
    path = tmp_path / "notify.toml"
    path.touch(mode=0o600)
    path.write_text(CHANNELS)
    return path


def test_channels_are_read_from_the_file_and_the_environment(channels: Path) -> None:
    config = notify_config.read(channels)
    assert [(c.name, c.role, c.countries, c.digest, c.digest_hour) for c in config.channels] == [
        ("desk", "analyst", {"AFG"}, False, 8), ("field-staff", "viewer", frozenset(), True, 7),
    ]  # fmt: skip
    assert config.addresses["field-staff"].endswith("/other-secret")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('role = "analyst"', 'role = "boss"', "channel desk: role must be one of"),
        ('name = "field-staff"', 'name = "desk"', "no address|stands twice"),
        ('"07:00"]', '"seven"]', "quiet must be two times"),
        ("digest_hour = 7", "digest_hour = 24", "digest_hour must be"),
        ('["AFG"]', '"AFG"', "countries must be a list"),
        ("digest = true", "digests = true", "unknown key 'digests'"),
        ("Europe/Amsterdam", "Amsterdam/Europe", "timezone must be"),
        ("[[channel]]", "[[channel", "is not TOML"),
    ],
)
def test_a_fault_of_the_file_is_said_without_an_address(channels: Path, old: str, new: str, said: str) -> None:
    assert old in CHANNELS
    channels.write_text(CHANNELS.replace(old, new, 1))
    with pytest.raises(NotifyError, match=said) as fault:
        notify_config.read(channels)
    assert "secret" not in str(fault.value)


def test_addresses_others_can_read_are_refused(channels: Path) -> None:
    channels.chmod(0o644)
    with pytest.raises(NotifyError, match="chmod 600"):
        notify_config.read(channels)
