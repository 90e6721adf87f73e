"""The advice workflow: who may do what, asymmetric overrides, lapse; alerts and counter-evidence."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment import advice, ledger_alerts, ledger_state, rules
from assessment.advice_rules import AdviceError, Suggestion, Wish, milder
from assessment.advice_state import Standing, advice_state
from assessment.days import working_day
from assessment.framework import load
from assessment.grade import CATEGORIES
from assessment.ledger import Ledger, LedgerError
from assessment.ledger_kinds import Cited
from assessment.roles import NotAllowed
from tests.assessment.ledger_kit import NOW, person

FRAMEWORK = load()
REGION = "AF-BAL"
PAGE = '{"page":1}\n'
DAY = timedelta(days=1)
SUGGESTED = Suggestion(REGION, "AFG", "run1", date(2026, 11, 22), "A2", "A2", 3, False, False, "2026.1")


def cited(source: str, family: str = "", region: str = REGION) -> Cited:
    return Cited(
        source_id=source, origin_family=family or source, region_id=region,
        url=f"https://{source}.example/report", published=date(2026, 11, 1),
    )  # fmt: skip


TWO = (cited("one"), cited("two"))


def wish(category: str = "A2", days: int = 60, **more: object) -> Wish:
    fields = {"sources": TWO, "reason_en": "Quiet since May.", "reason_nl": "Rustig sinds mei.", **more}
    return Wish(category, review_date=NOW.date() + days * DAY, **fields)  # type: ignore[arg-type]


class Office:
    """A ledger with people; each step in one word."""

    def __init__(self, folder: Path) -> None:
        self.ledger = Ledger.open(folder / "ledger.sqlite")
        self.now = NOW

    def who(self, name: str, *roles: str) -> object:
        return person(name, *roles, at=self.now)

    def draft(self, wished: Wish, suggestion: Suggestion = SUGGESTED, name: str = "anna") -> int:
        return advice.draft(self.ledger, self.who(name, "analyst"), FRAMEWORK, suggestion, wished, self.now).seq  # type: ignore[arg-type]

    def read(self, seq: int, name: str = "boris") -> None:
        advice.read_evidence(self.ledger, self.who(name, "analyst", "reviewer"), REGION, seq, "A2", self.now)  # type: ignore[arg-type]

    def approve(self, seq: int, name: str = "boris") -> None:
        self.read(seq, name)
        advice.approve(self.ledger, self.who(name, "analyst", "reviewer"), REGION, seq, self.now)  # type: ignore[arg-type]

    def sign(self, seq: int, name: str = "judith") -> None:
        advice.sign(self.ledger, self.who(name, "jurist", "reviewer"), REGION, seq, self.now)  # type: ignore[arg-type]

    def publish(self, seq: int, name: str = "boris", **texts: str) -> None:
        advice.publish(self.ledger, self.who(name, "reviewer"), REGION, seq, lambda *_: PAGE, self.now, **texts)  # type: ignore[arg-type]

    def standing(self, at: datetime | None = None) -> Standing:
        return advice_state(self.ledger.entries(), at or self.now)[REGION]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_from_draft_to_publication(office: Office) -> None:
    seq = office.draft(wish())
    assert office.standing().status == "none"
    office.approve(seq)
    office.publish(seq)
    standing = office.standing()
    assert (standing.status, standing.shown, standing.pending) == ("in_force", "A2", None)
    assert standing.decision is not None
    assert standing.decision.page_sha256 is not None
    assert office.ledger.page(standing.decision.page_sha256) == PAGE
    assert standing.decision.texts == ("Quiet since May.", "Rustig sinds mei.")


def test_nobody_reviews_publishes_or_signs_their_own(office: Office) -> None:
    seq = office.draft(wish(), name="boris")
    for step in (office.read, office.approve):
        with pytest.raises(AdviceError, match="author"):
            step(seq, "boris")
    office.approve(seq, "carla")
    with pytest.raises(AdviceError, match="author"):
        office.publish(seq, "boris")
    office.publish(seq, "carla")


def test_the_reviewer_sees_the_evidence_before_the_conclusion(office: Office) -> None:
    seq = office.draft(wish("A1"))
    boris = person("boris", "reviewer")
    view = advice.review_view(office.ledger.entries(), boris, REGION, seq, NOW)
    assert view["sources"]
    hidden = {"category", "suggested", "reason_en", "reason_nl", "review_date", "at_once", "needs_jurist", "expires"}
    assert not hidden & set(view)
    with pytest.raises(AdviceError, match="read the evidence"):
        advice.approve(office.ledger, boris, REGION, seq, NOW)
    with pytest.raises(AdviceError, match="read the evidence"):
        advice.send_back(office.ledger, boris, REGION, seq, "no", NOW)
    office.read(seq)
    view = advice.review_view(office.ledger.entries(), boris, REGION, seq, NOW)
    assert (view["category"], view["own_category"]) == ("A1", "A2")
    other = advice.review_view(office.ledger.entries(), person("carla", "reviewer"), REGION, seq, NOW)
    assert "category" not in other
    with pytest.raises(NotAllowed):
        advice.review_view(office.ledger.entries(), person("vera"), REGION, seq, NOW)
    with pytest.raises(AdviceError, match="author"):
        advice.review_view(office.ledger.entries(), person("anna", "reviewer"), REGION, seq, NOW)


def test_stricter_than_suggested_counts_at_once_and_is_checked_in_five_days(office: Office) -> None:
    seq = office.draft(wish("A1"))
    assert (office.standing().status, office.standing().shown) == ("in_force", "A1")
    assert not office.standing(NOW + 5 * DAY).check_overdue
    assert office.standing(NOW + 6 * DAY).check_overdue
    assert office.standing(NOW + 6 * DAY).shown == "A1"
    office.approve(seq)
    assert not office.standing(NOW + 6 * DAY).check_overdue


def test_a_returned_stricter_override_gives_way_to_what_stood_before(office: Office) -> None:
    first = office.draft(wish())
    office.approve(first)
    office.publish(first)
    second = office.draft(wish("A0"))
    assert office.standing().shown == "A0"
    office.read(second)
    advice.send_back(office.ledger, person("boris", "reviewer"), REGION, second, "one report only", NOW)
    assert (office.standing().shown, office.standing().status) == ("A2", "in_force")


def test_stricter_than_suggested_but_milder_than_in_force_does_not_count_at_once(office: Office) -> None:
    office.draft(wish("A0"))
    second = office.draft(wish("A1"), replace(SUGGESTED, category="A3", before_gates="A3"))
    assert office.standing().shown == "A0"
    office.approve(second)
    with pytest.raises(AdviceError, match="jurist"):
        office.publish(second)
    office.sign(second)
    office.publish(second)
    assert office.standing().shown == "A1"


def test_milder_needs_two_own_sources_two_people_a_jurist_and_expires(office: Office) -> None:
    for sources in (TWO[:1], (TWO[0], cited("two", region="AF-KAB")), (TWO[0], cited("two", family="one")),
                    (TWO[0], TWO[0].model_copy(update={"origin_family": "two"}))):  # fmt: skip
        with pytest.raises(AdviceError, match="independent sources"):
            office.draft(wish("A3", sources=sources))
    same = replace(SUGGESTED, families={"one": "wire", "two": "wire"})  # the catalog knows better than the analyst
    with pytest.raises(AdviceError, match="independent sources"):
        office.draft(wish("A3"), same)
    seq = office.draft(wish("A3"))
    assert office.standing().status == "none"
    office.approve(seq)
    with pytest.raises(AdviceError, match="jurist"):
        office.publish(seq)
    with pytest.raises(NotAllowed):
        advice.sign(office.ledger, person("boris", "reviewer"), REGION, seq, NOW)
    with pytest.raises(AdviceError, match="another person"):
        advice.sign(office.ledger, person("boris", "jurist"), REGION, seq, NOW)
    with pytest.raises(AdviceError, match="author"):
        advice.sign(office.ledger, person("anna", "jurist"), REGION, seq, NOW)
    office.sign(seq)
    office.publish(seq)
    assert office.standing().shown == "A3"
    assert office.standing(NOW + 61 * DAY).shown == "A2"
    late = office.standing(NOW + 91 * DAY)
    assert (late.status, late.shown) == ("override_expired", "A2")


def test_a_milder_override_ends_even_when_level_one_may_wait_longer(office: Office) -> None:
    calm = replace(SUGGESTED, level=1, category="A3", before_gates="A3")
    seq = office.draft(wish("A4", days=180), calm)
    office.approve(seq)
    office.sign(seq)
    office.publish(seq)
    assert office.standing(NOW + 90 * DAY).shown == "A4"
    assert office.standing(NOW + 91 * DAY).shown == "A2"


@pytest.mark.parametrize(("level", "days", "alert"), [(5, 30, False), (4, 30, False), (3, 60, False), (2, 90, False),
                                                      (1, 180, False), (1, 30, True)])  # fmt: skip
def test_review_periods(office: Office, level: int, days: int, alert: bool) -> None:
    suggestion = replace(SUGGESTED, level=level, open_alert=alert)
    for wrong in (days + 1, 0, -1):
        with pytest.raises(AdviceError, match="review date"):
            office.draft(wish(days=wrong), suggestion)
    office.draft(wish(days=days), suggestion)


def test_a_changed_rule_changes_the_period(office: Office) -> None:
    admin = person("ada", "admin")
    rules.change(office.ledger, admin, FRAMEWORK, {"review.level_3": 30, "review.level_4": 20, "review.level_5": 10},
                 "more often", NOW)  # fmt: skip
    with pytest.raises(AdviceError, match="review date"):
        office.draft(wish(days=31))
    seq = office.draft(wish(days=30))
    assert office.standing().history[0].content["rules_seq"] == seq - 1


def test_past_its_date_it_is_lapsed_and_never_green(office: Office) -> None:
    mild = replace(SUGGESTED, category="A4", before_gates="A4", level=1)
    seq = office.draft(wish("A4", days=100), mild)
    office.approve(seq)
    office.publish(seq)
    assert office.standing(NOW + 100 * DAY).shown == "A4"
    assert advice.lapse(office.ledger, NOW + 100 * DAY) == []
    late = office.standing(NOW + 101 * DAY)
    assert (late.status, late.shown) == ("lapsed", "A2")
    assert [e.payload["reason"] for e in advice.lapse(office.ledger, NOW + 101 * DAY)] == ["review_date"]
    assert advice.lapse(office.ledger, NOW + 102 * DAY) == []
    office.now = NOW + 101 * DAY
    with pytest.raises(AdviceError, match="published"):
        office.publish(seq)


def test_an_old_draft_cannot_be_published_after_its_date(office: Office) -> None:
    seq = office.draft(wish(days=10))
    office.approve(seq)
    office.now = NOW + 11 * DAY
    with pytest.raises(AdviceError, match="draft again"):
        office.publish(seq)


def test_both_languages_are_needed_for_publication(office: Office) -> None:
    seq = office.draft(wish(reason_nl=""))
    office.approve(seq)
    with pytest.raises(AdviceError, match="reason_nl"):
        office.publish(seq)
    office.publish(seq, reason_nl="Rustig.")


@pytest.mark.parametrize("gate", ["G1", "G2", "G3", "G4", "G12"])
def test_official_gates_need_a_jurist(office: Office, gate: str) -> None:
    gated = replace(SUGGESTED, category="A0", gates={gate: frozenset({"p1"})})
    seq = office.draft(wish("A0"), gated)
    office.approve(seq)
    with pytest.raises(AdviceError, match="jurist"):
        office.publish(seq)
    office.sign(seq)
    office.publish(seq)


@pytest.mark.parametrize(("suggested", "decided"), [("AU", "A1"), ("A1", "AU")])
def test_insufficient_information_and_advised_against_are_as_strict_as_each_other(
    office: Office, suggested: str, decided: str
) -> None:
    silent = replace(SUGGESTED, category=suggested, gates={"G10": frozenset({"silence"})})
    seq = office.draft(wish(decided, sources=TWO[:1]), silent)
    pending = office.standing().pending
    assert pending is not None
    assert [pending.content[name] for name in ("needs_jurist", "at_once", "expires")] == [False, False, None]
    office.approve(seq)
    office.publish(seq)
    assert office.standing().shown == decided
    with pytest.raises(AdviceError, match="G10 holds"):
        office.draft(wish("A2"), silent)


def test_a_gate_must_be_removed_before_anything_milder(office: Office) -> None:
    gated = replace(SUGGESTED, category="A0", gates={"G2": frozenset({"p1"})})
    with pytest.raises(AdviceError, match="G2 holds"):
        office.draft(wish("A1"), gated)
    with pytest.raises(NotAllowed, match="jurist"):
        advice.remove_gate(office.ledger, person("anna", "analyst"), gated, "G2", "ended", "https://x.example", NOW)
    judith = person("judith", "jurist")
    with pytest.raises(AdviceError, match="does not hold"):
        advice.remove_gate(office.ledger, judith, gated, "G1", "ended", "https://x.example", NOW)
    advice.remove_gate(office.ledger, judith, gated, "G2", "ended", "https://x.example", NOW)
    office.draft(wish("A1"), gated)
    with pytest.raises(AdviceError, match="G2 holds"):  # a new ground counts again
        office.draft(wish("A1"), replace(gated, gates={"G2": frozenset({"p1", "p2"})}))


def test_a_frozen_category_cannot_improve(office: Office) -> None:
    seq = office.draft(wish("A1"), replace(SUGGESTED, category="A1", before_gates="A1"))
    office.approve(seq)
    office.publish(seq)
    with pytest.raises(AdviceError, match="freezes"):
        office.draft(wish("A2"), replace(SUGGESTED, frozen=True))
    office.draft(wish("A0"), replace(SUGGESTED, frozen=True))


def test_a_new_draft_replaces_an_unfinished_one_and_closed_ones_stay_closed(office: Office) -> None:
    first = office.draft(wish())
    second = office.draft(wish())
    with pytest.raises(AdviceError, match="replaced"):
        office.approve(first)
    office.approve(second)
    for step in (office.approve, office.read):
        with pytest.raises(AdviceError, match="approved"):
            step(second, "carla")
    with pytest.raises(AdviceError, match="no draft 99"):
        office.publish(99)


def test_two_reviewers_at_once_give_one_approval(office: Office) -> None:
    seq = office.draft(wish())
    names = [f"reviewer-{n}" for n in range(6)]
    for name in names:
        office.read(seq, name)
    won: list[str] = []

    def go(name: str) -> None:
        try:
            advice.approve(office.ledger, person(name, "reviewer"), REGION, seq, NOW)
            won.append(name)
        except AdviceError:
            pass

    threads = [threading.Thread(target=go, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert sum(e.kind == "advice_reviewed" for e in office.ledger.entries()) == 1


@given(
    suggested=st.sampled_from(CATEGORIES),
    category=st.sampled_from(CATEGORIES),
    before=st.sampled_from([None, *CATEGORIES]),
    after=st.integers(0, 200),
)
@settings(max_examples=60, deadline=None)
def test_one_person_never_makes_advice_milder(
    tmp_path_factory: pytest.TempPathFactory, suggested: str, category: str, before: str | None, after: int
) -> None:
    office = Office(tmp_path_factory.mktemp("office"))
    if before:
        first = office.draft(wish(before), replace(SUGGESTED, category=before, before_gates=before))
        office.approve(first)
        office.publish(first)
    stood = before
    office.draft(wish(category), replace(SUGGESTED, category=suggested, before_gates=suggested))
    now = office.standing()
    if stood is None:
        assert now.shown is None or not milder(now.shown, suggested)
    else:
        assert not milder(str(now.shown), stood)
    later = office.standing(NOW + after * DAY)
    if after > 60 and later.shown:
        assert later.status in ("lapsed", "override_expired")
        assert not milder(later.shown, "A2")
    office.ledger.close()


def test_alerts_are_taken_decided_and_reopened(office: Office) -> None:
    ledger, anna, boris = office.ledger, person("anna", "analyst"), person("boris", "analyst")
    decision = {"rule": "sharp_rise", "direction": "worse", "disposition": "false", "reason": "counted twice"}
    with pytest.raises(LedgerError, match="take it first"):
        ledger_alerts.decide_alert(ledger, anna, "alert:1", decision, NOW)
    ledger_alerts.take_alert(ledger, anna, "alert:1", "sharp_rise", NOW)
    with pytest.raises(LedgerError, match="taken already"):
        ledger_alerts.take_alert(ledger, boris, "alert:1", "sharp_rise", NOW)
    with pytest.raises(LedgerError, match="somebody else"):
        ledger_alerts.decide_alert(ledger, boris, "alert:1", decision, NOW)
    ledger_alerts.decide_alert(ledger, anna, "alert:1", decision, NOW)
    assert ledger_alerts.alert_state(ledger.entries())["alert:1"].disposition == "false"
    statistics = ledger_alerts.alert_statistics(ledger.entries())
    assert statistics == [
        {"rule": "sharp_rise", "role": "analyst", "real": 0, "false": 1, "watch": 0, "false_share": 1.0}
    ]
    ledger_alerts.reopen_alert(ledger, boris, "alert:1", "a third source", NOW)
    assert ledger_alerts.alert_state(ledger.entries())["alert:1"].state == "open"
    with pytest.raises(LedgerError, match="is open"):
        ledger_alerts.reopen_alert(ledger, boris, "alert:1", "again", NOW)
    ledger_alerts.take_alert(ledger, boris, "alert:1", "sharp_rise", NOW)


def test_override_statistics_name_nobody(office: Office) -> None:
    for category in ("A1", "A2", "A3"):
        office.draft(wish(category))
    found = ledger_state.override_statistics(office.ledger.entries())
    assert found == [{"role": "analyst", "drafts": 3, "milder": 1, "as_suggested": 1, "stricter": 1}]


def test_counter_evidence_has_ten_working_days_and_a_public_answer(office: Office) -> None:
    ledger = office.ledger
    case = ledger_state.open_counter_evidence(
        ledger, person("vera"), REGION, "brief 3f2a", "The road is open again.", NOW
    ).object
    state = ledger_state.counter_evidence_state(ledger.entries())[case]
    assert state.deadline == date(2026, 12, 7)
    assert not state.overdue(date(2026, 12, 7))
    assert state.overdue(date(2026, 12, 8))
    answer = {"outcome": "corrected", "answer_en": "Thank you.", "answer_nl": "Dank."}
    with pytest.raises(LedgerError, match="another person"):
        ledger_state.answer_counter_evidence(ledger, person("vera", "analyst"), case, answer, NOW)
    with pytest.raises(NotAllowed):
        ledger_state.answer_counter_evidence(ledger, person("wim"), case, answer, NOW)
    with pytest.raises(LedgerError, match="no case:9"):
        ledger_state.answer_counter_evidence(ledger, person("anna", "analyst"), "case:9", answer, NOW)
    ledger_state.answer_counter_evidence(ledger, person("anna", "analyst"), case, answer, NOW)
    state = ledger_state.counter_evidence_state(ledger.entries())[case]
    assert (state.outcome, state.overdue(date(2027, 1, 1))) == ("corrected", False)


@pytest.mark.parametrize(("day", "due"), [("2026-11-20", "2026-12-04"), ("2026-11-21", "2026-12-04"),
                                          ("2026-11-22", "2026-12-04"), ("2026-11-24", "2026-12-08")])  # fmt: skip
def test_working_days(day: str, due: str) -> None:
    assert working_day(date.fromisoformat(day), 10) == date.fromisoformat(due)


def test_positions_are_added_ended_and_known_as_of_a_day(office: Office) -> None:
    jurist = person("judith", "jurist")
    content = {
        "authority": "NL", "iso3": "AFG", "kind": "decision_moratorium", "quote": "until further notice",
        "url": "https://law.example/1", "valid_from": "2026-01-01",
    }  # fmt: skip
    office.ledger.append(jurist, "position_added", "position:1", content, NOW)
    end = {"valid_to": "2026-12-01", "reason": "withdrawn", "url": "https://law.example/2"}
    tomorrow = person("judith", "jurist", at=NOW + DAY)
    office.ledger.append(tomorrow, "position_ended", "position:1", end, NOW + DAY)
    entries = office.ledger.entries()
    assert ledger_state.position_state(entries, NOW.date() - DAY) == []
    assert ledger_state.position_state(entries, NOW.date())[0]["valid_to"] is None
    row = ledger_state.position_state(entries, NOW.date() + DAY)[0]
    assert (row["valid_to"], row["verified_by"]) == ("2026-12-01", "jurist")
