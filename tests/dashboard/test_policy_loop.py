"""The policy loop on its pages: alert, draft, second person, jurist, publication; refusals; lapse by a moved clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from assessment import register
from assessment.advice_state import advice_state
from assessment.ledger_check import verify
from dashboard.language import load
from tests.dashboard.policy_walk import PolicyOffice, press, said, submit
from tests.policy_scene import NOW, Run, prepare

DAY = timedelta(days=1)
WORDS = load("en")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[PolicyOffice]:
    prepare(tmp_path, [Run("run-1", date(2026, 11, 22), alerts=("AF-BAL",), gates=("SO-BY",))])
    found = PolicyOffice(tmp_path, NOW)
    yield found
    found.close()


def kinds(office: PolicyOffice) -> list[str]:
    return [entry.kind for entry in office.ledger.entries()]


def draft(office: PolicyOffice, region: str = "AF-BAL", category: str = "A2", name: str = "anna", *roles: str) -> None:
    test = office.open("advice", name, "analyst", *roles, region=region)
    test.radio(key="draft_category").set_value(category)
    test.text_area(key="draft_reason_en").set_value("Quiet since May.")
    test.multiselect(key="draft_sources").set_value(["ipc|own", "pts|own"])
    test.run()
    test = press(test, "draft_save")
    assert WORDS("advice.draft.saved") in said(test), said(test)


def read_and_approve(office: PolicyOffice, region: str = "AF-BAL", name: str = "boris") -> None:
    test = office.open("advice", name, "reviewer", region=region)
    test.radio(key="own_category").set_value("A2").run()
    test = press(test, "record_reading")
    assert WORDS("advice.review.recorded") in said(test)
    press(test, "approve")


def test_from_alert_to_published_advice(office: PolicyOffice) -> None:
    test = office.open("alerts", "anna", "analyst")
    assert "Reason of run-1" in said(test)
    test = press(office.open("alerts", "anna", "analyst", alert="alert-AF-BAL"), "alert_take")
    test.button_group(key="alert_disposition").set_value("real")
    test.text_area(key="alert_reason").set_value("Two sources say the same.")
    test = submit(test, WORDS("alerts.decide"))
    assert WORDS("alerts.draft") in said(test)

    draft(office)
    read_and_approve(office)
    test = office.open("advice", "boris", "reviewer", region="AF-BAL")
    test.text_area(key="publish_reason_nl").set_value("Rustig sinds mei.").run()
    test = press(test, "publish")
    assert WORDS("advice.review.published") in said(test)

    standing = advice_state(office.ledger.entries(), office.now)["AF-BAL"]
    assert (standing.status, standing.shown) == ("in_force", "A2")
    assert kinds(office) == [
        "alert_taken", "alert_decided", "advice_drafted", "evidence_read", "advice_reviewed", "advice_published",
    ]  # fmt: skip
    number = next(e.seq for e in office.ledger.entries() if e.kind == "advice_drafted")
    shown = said(office.open("register", "vera", decision=str(number)))
    assert WORDS("register.known.same") in shown
    assert "Rustig sinds mei." in shown
    assert not any(name in shown for name in ("anna", "boris"))
    assert verify(office.ledger).holds


def test_the_second_person_sees_nothing_of_the_conclusion_before_reading(office: PolicyOffice) -> None:
    draft(office, category="A2")
    shown = said(office.open("advice", "boris", "reviewer", region="AF-BAL"))
    assert WORDS("advice.suggestion.hidden") in shown
    assert "Quiet since May." not in shown
    assert "rw-category-A2" not in shown
    assert "Reason of run-1" in shown, "the evidence is there"
    for view in ("advice", "register", "alerts"):
        other = said(office.open(view, "boris", "reviewer"))
        assert "Quiet since May." not in other
        assert "rw-category-A2" not in other
    test = office.open("advice", "boris", "reviewer", region="AF-BAL")
    test.radio(key="own_category").set_value("A1").run()
    shown = said(press(test, "record_reading"))
    assert "Quiet since May." in shown
    assert WORDS("advice.review.differs") in shown


def test_nobody_judges_their_own_draft(office: PolicyOffice) -> None:
    draft(office, "AF-BAL", "A2", "anna", "reviewer")
    test = office.open("advice", "anna", "analyst", "reviewer", region="AF-BAL")
    assert WORDS("advice.review.own_draft") in said(test)
    assert not {"record_reading", "approve", "publish"} & {button.key for button in test.button}
    assert kinds(office) == ["advice_drafted"]


def test_milder_needs_two_sources_of_the_region_a_second_person_and_a_jurist(office: PolicyOffice) -> None:
    test = office.open("advice", "anna", "analyst", region="AF-HER")
    test.radio(key="draft_category").set_value("A3").run()
    assert WORDS("advice.draft.follows.milder", days=90) in said(test)
    test.text_area(key="draft_reason_en").set_value("Better.")
    test.multiselect(key="draft_sources").set_value(["ipc|own"])
    test.run()
    shown = said(press(test, "draft_save"))
    assert WORDS("write.refused") in shown
    assert "2 independent sources" in shown.replace("\\", "")
    assert kinds(office) == []

    draft(office, "AF-HER", "A3")
    read_and_approve(office, "AF-HER")
    test = office.open("advice", "boris", "reviewer", region="AF-HER")
    assert WORDS("advice.review.needs_sign") in said(test)
    assert not {"publish", "sign"} & {button.key for button in test.button}
    press(office.open("advice", "judith", "jurist", region="AF-HER"), "sign")
    test = office.open("advice", "boris", "reviewer", region="AF-HER")
    test.text_area(key="publish_reason_nl").set_value("Beter.").run()
    press(test, "publish")
    assert advice_state(office.ledger.entries(), office.now)["AF-HER"].shown == "A3"


def test_a_gate_holds_until_a_jurist_removes_it(office: PolicyOffice) -> None:
    test = office.open("advice", "anna", "analyst", region="SO-BY")
    test.radio(key="draft_category").set_value("A3").run()
    assert WORDS("advice.draft.follows.gate") in said(test)
    test.text_area(key="draft_reason_en").set_value("Better.")
    test.multiselect(key="draft_sources").set_value(["ipc|own", "pts|own"])
    test.run()
    assert "G1 holds" in said(press(test, "draft_save"))
    assert not [b for b in test.button if b.label == WORDS("advice.review.gate_remove")]
    test = office.open("advice", "judith", "jurist", region="SO-BY")
    test.text_area(key="gate_reason").set_value("Withdrawn.")
    test.text_input(key="gate_url").set_value("https://unhcr.example/withdrawn")
    shown = said(submit(test, WORDS("advice.review.gate_remove")))
    assert WORDS("advice.review.gate_removed") in shown
    assert kinds(office) == ["gate_removed"]


@pytest.mark.parametrize(("category", "until"), [("A2", "lapsed"), ("A3", "override_expired")])
def test_past_its_date_advice_is_shown_as_lapsed_and_never_as_good(
    office: PolicyOffice, category: str, until: str
) -> None:
    draft(office, "AF-HER", category)
    read_and_approve(office, "AF-HER")
    if category == "A3":
        press(office.open("advice", "judith", "jurist", region="AF-HER"), "sign")
    test = office.open("advice", "boris", "reviewer", region="AF-HER")
    test.text_area(key="publish_reason_nl").set_value("Rustig.").run()
    press(test, "publish")
    shown = said(office.open("advice", "vera", "analyst", region="AF-HER"))
    assert WORDS("advice.chip.in_force") in shown
    office.now = NOW + 95 * DAY
    shown = said(office.open("advice", "anna", "analyst", region="AF-HER"))
    assert WORDS(f"advice.standing.{until}") in shown
    assert WORDS("advice.chip.in_force") not in shown
    assert "rw-category-A2" in shown
    assert "rw-category-A3" not in shown.split(WORDS("advice.suggestion.title"))[0]
    work = said(office.open("advice", "anna", "analyst"))
    assert WORDS(f"advice.chip.{until}") in work


def test_a_stricter_decision_counts_at_once_and_is_marked_until_it_is_checked(office: PolicyOffice) -> None:
    draft(office, "AF-HER", "A0")
    assert advice_state(office.ledger.entries(), office.now)["AF-HER"].shown == "A0"
    shown = said(office.open("advice", "clara", "analyst", region="AF-HER"))
    assert WORDS("advice.unchecked", day="28 November 2026") in shown
    office.now = NOW + 6 * DAY
    assert WORDS("advice.check_overdue") in said(office.open("advice", "clara", "analyst", region="AF-HER"))


def test_dry_run_lists_what_would_flip_and_only_an_admin_saves(office: PolicyOffice) -> None:
    test = office.open("advice", "anna", "analyst", rules="1")
    test.number_input(key="rule_band.3").set_value(55.0)
    test = submit(test, WORDS("rules.run"))
    assert "3 regions would change" in said(test)
    assert "Balkh" in said(test)
    assert not [b for b in test.button if b.label == WORDS("rules.save")]
    test = office.open("advice", "max", "admin", rules="1")
    test.number_input(key="rule_band.3").set_value(55.0)
    test = submit(test, WORDS("rules.run"))
    test.text_input(key="rules_reason").set_value("The board decided so.")
    assert WORDS("rules.saved") in said(submit(test, WORDS("rules.save")))
    assert kinds(office) == ["rule_changed"]
    test = office.open("advice", "max", "admin", rules="1")
    test.number_input(key="rule_band.3").set_value(70.0)
    assert "must fall from level 1 to level 4" in said(submit(test, WORDS("rules.run")))


def test_a_caseworker_reports_staff_answer_and_everybody_reads_it(office: PolicyOffice) -> None:
    test = office.open("register", "vera", report="brief 12ab34cd", region="AF-BAL")
    test.text_area(key="counter_text_brief 12ab34cd").set_value("The road is open since October.")
    shown = said(submit(test, WORDS("counter.send")))
    assert "7 December 2026" in shown, "ten working days"
    assert not [b for b in office.open("register", "vera").button if b.label == WORDS("register.cases.send")]
    test = office.open("register", "anna", "analyst", case="case:1")
    english, dutch = WORDS("register.cases.answer_en"), WORDS("register.cases.answer_nl")
    for area in test.text_area:
        if area.label in (english, dutch):
            area.set_value("It was closed again.")
    submit(test, WORDS("register.cases.send"))
    shown = said(office.open("register", "vera"))
    assert "The road is open since October." in shown
    assert "It was closed again." in shown


def test_a_report_with_personal_data_is_refused(office: PolicyOffice) -> None:
    test = office.open("register", "vera", report="region AF-BAL")
    test.text_area(key="counter_text_region AF-BAL").set_value("Ask anna@example.org about it.")
    assert WORDS("write.refused") in said(submit(test, WORDS("counter.send")))
    assert kinds(office) == []


def test_positions_are_entered_ended_and_wait_for_the_next_assessment(office: PolicyOffice) -> None:
    test = office.open("positions", "judith", "jurist")
    test.selectbox(key="position_authority").set_value("UNHCR")
    test.selectbox(key="position_kind").set_value("non_return")
    test.selectbox(key="position_country").set_value("AFG")
    test.text_area(key="position_quote").set_value("No forced returns to Afghanistan.")
    test.text_input(key="position_url").set_value("https://unhcr.example/advisory")
    test.run()
    shown = said(press(test, "position_add"))
    assert "No forced returns to Afghanistan." in shown
    assert WORDS("positions.waiting") in shown
    assert kinds(office) == ["position_added"]
    viewer = office.open("positions", "boris", "reviewer")
    assert WORDS("positions.only") in said(viewer)
    assert "position_add" not in {button.key for button in viewer.button}


def test_claims_are_confirmed_and_rejected_with_one_press(
    office: PolicyOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    claims = [
        {"claim_id": f"claim:{n}", "quote": f"Sentence {n}.", "theme": "armed_clash", "iso3": "AFG", "severity": 2,
         "region_id": "AF-BAL", "polarity": -1, "confidence": 0.9, "document_id": "ipc:doc-1", "status": "suggested"}
        for n in range(3)
    ]  # fmt: skip
    monkeypatch.setattr(type(office.reader), "claims", lambda self, **_: {"total": 3, "hits": claims})
    test = office.open("evidence", "anna", "analyst", **{"in": "review"})
    assert "Sentence 0." in said(test)
    assert WORDS("claims.codes_first") in said(press(test, "claim_c"))
    for scale in ("scope", "range"):
        test.button_group(key=f"code_{scale}_claim:0").set_value(3)
    test.run()
    test = press(test, "claim_c")
    assert "Sentence 1." in said(test)
    test = press(test, "claim_r")
    assert "Sentence 2." in said(test)
    assert kinds(office) == ["claim_confirmed", "claim_rejected"]
    assert office.ledger.entries()[0].payload | {"reason": ""} == {
        "theme": "armed_clash", "region_id": "AF-BAL", "scope": 3, "intensity": 2, "range": 3, "reason": "",
    }  # fmt: skip
    reviewer = office.open("evidence", "boris", "reviewer", **{"in": "review"})
    assert "claim_c" not in {button.key for button in reviewer.button}


def test_history_shows_no_draft_under_way(office: PolicyOffice) -> None:
    draft(office)
    shown = said(office.open("register", "vera"))
    assert WORDS("register.under_way", count=1) in shown
    assert "Quiet since May." not in shown
    assert len(register.history(office.ledger.entries())) == 1
