"""Harm to people who returned: who may say so, what it does to levels and alerts, and how it stops counting."""

from dataclasses import replace
from datetime import date, timedelta
from typing import get_args

import pytest

from assessment import monitoring
from assessment.framework import load
from assessment.gates import RegionFacts, apply_gates
from assessment.given import shipped
from assessment.ledger import Ledger, LedgerError
from assessment.ledger_kinds import HARM, HEARD, HarmReported, PayloadError
from assessment.people import on_day
from assessment.roles import NotAllowed, system
from tests.assessment.ledger_kit import NOW, person

REPORT = {"iso3": "AFG", "region_id": "AF-BAL", "what": "detention", "month": "2026-10", "note": "held at the airport",
          "heard": "family"}  # fmt: skip
ANNA, BORIS = person("anna", "analyst"), person("boris", "reviewer")
CALM = {"physical": 2, "legal": 2, "material": 2}


@pytest.fixture
def ledger(tmp_path):
    return Ledger.open(tmp_path / "ledger.sqlite")


def gated(ledger, region="AF-BAL", day=None):
    """The region after gates, as the run of the day would have it."""
    people = on_day(ledger.entries(), day or NOW.date(), {})
    facts = RegionFacts(region, "AFG", CALM, "A3", harm=people.harm_in(region, "AFG"))
    return apply_gates(load(), facts, (), NOW.date(), people.removed.get(region, frozenset()))


def test_a_report_counts_at_once_and_only_where_and_when_it_was_made(ledger):
    entry = monitoring.report(ledger, ANNA, REPORT, NOW)
    hit = gated(ledger)
    assert (hit.category, hit.levels["legal"]) == ("A1", 4)
    assert [(h.gate_id, h.evidence_ids) for h in hit.hits] == [("G9", (f"ledger:{entry.seq}",))]
    assert gated(ledger, "AF-KAB").category == "A3"
    assert gated(ledger, day=NOW.date() - timedelta(days=1)).category == "A3"


def test_a_report_without_a_region_counts_in_the_whole_country(ledger):
    monitoring.report(ledger, ANNA, {**REPORT, "region_id": None}, NOW)
    assert gated(ledger, "AF-KAB").category == "A1"


def test_another_person_judges_it_once(ledger):
    name = monitoring.report(ledger, BORIS, REPORT, NOW).object
    assert name == "harm:1"
    with pytest.raises(NotAllowed, match="reviewer, jurist"):
        monitoring.judge(ledger, ANNA, name, "confirmed", "two sources", NOW)
    with pytest.raises(LedgerError, match="another person"):
        monitoring.judge(ledger, BORIS, name, "confirmed", "two sources", NOW)
    judith = person("judith", "jurist")
    with pytest.raises(LedgerError, match="there is no harm:9"):
        monitoring.judge(ledger, judith, "harm:9", "confirmed", "two sources", NOW)
    with pytest.raises(PayloadError, match="a name"):
        monitoring.judge(ledger, judith, name, "confirmed", "Mr. Somebody told it himself", NOW)
    monitoring.judge(ledger, judith, name, "confirmed", "two sources", NOW)
    assert gated(ledger).category == "A1"
    with pytest.raises(LedgerError, match="judged already"):
        monitoring.judge(ledger, judith, name, "not_confirmed", "changed my mind", NOW)


def test_what_did_not_happen_stops_counting_and_the_gate_can_be_removed(ledger):
    first, second = (monitoring.report(ledger, ANNA, REPORT, NOW) for _ in range(2))
    monitoring.judge(ledger, BORIS, first.object, "not_confirmed", "it was somebody else", NOW)
    assert gated(ledger).hits[0].evidence_ids == (f"ledger:{second.seq}",)
    gone = {"gate_id": "G9", "evidence_id": f"ledger:{second.seq}", "reason": "long ago", "url": "https://example.org"}
    ledger.append(person("judith", "jurist"), "gate_removed", "AF-BAL", gone, NOW)
    assert gated(ledger).category == "A3"


def test_it_changes_the_run(ledger):
    before = shipped(on_day(ledger.entries(), NOW.date(), {})).digest
    monitoring.report(ledger, ANNA, REPORT, NOW)
    assert shipped(on_day(ledger.entries(), NOW.date(), {})).digest != before


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"month": "2026-13"}, "month"), ({"month": "2026-10-05"}, "month"), ({"what": "bad luck"}, "what"),
        ({"note": "call 06 12345678"}, "telephone"), ({"name": "somebody"}, "name"),
        ({"region_id": "AFG"}, "region_id"), ({"note": "x" * 301}, "note"), ({"heard": "a bird"}, "heard"),
        ({"note": "Name: somebody"}, "a name"), ({"note": "file 123456"}, "a number of a file"),
        ({"note": "taken on 03-10-2026"}, "a day"),
    ],
)  # fmt: skip
def test_nothing_about_the_person_can_be_written(ledger, change, word):
    with pytest.raises(PayloadError, match=word):
        monitoring.report(ledger, ANNA, {**REPORT, **change}, NOW)
    assert ledger.head()[0] == 0


def test_a_month_to_come_is_refused(ledger):
    with pytest.raises(LedgerError, match="not come yet"):
        monitoring.report(ledger, ANNA, {**REPORT, "month": "2026-12"}, NOW)


def test_a_caseworker_reports_and_the_scheduler_does_not(ledger):
    monitoring.report(ledger, person("vera"), REPORT, NOW)
    assert gated(ledger).category == "A1"
    with pytest.raises(NotAllowed, match="viewer"):
        monitoring.report(ledger, system(), REPORT, NOW)
    with pytest.raises(NotAllowed, match="reviewer"):
        monitoring.judge(ledger, person("vera"), "harm:1", "not_confirmed", "it was somebody else", NOW)


def test_the_words_are_those_of_the_schema():
    assert HarmReported.model_fields["what"].annotation.__args__ == HARM
    assert get_args(get_args(HarmReported.model_fields["heard"].annotation)[0]) == HEARD


def test_a_report_of_before_the_question_how_it_was_heard_still_counts(ledger):
    old = {name: value for name, value in REPORT.items() if name != "heard"}
    entry = monitoring.report(ledger, ANNA, old, NOW)
    without = replace(entry, payload={name: value for name, value in entry.payload.items() if name != "heard"})
    assert monitoring.harm_state([without])["harm:1"].heard is None


def test_no_entry_document_is_a_position_with_words_address_and_end(ledger):
    found = {"authority": "NL", "iso3": "AFG", "kind": "no_entry_document", "quote": "No travel document is issued.",
             "url": "https://example.org/letter", "valid_from": "2026-11-01"}  # fmt: skip
    ledger.append(ANNA, "position_added", "position:1", found, NOW)
    day = NOW.date()

    def after(when: date):
        people = on_day(ledger.entries(), day, {})
        given = shipped(people)
        mine = [p for p in given.in_force(when) if p.position_id == "position:1"]
        return apply_gates(load(), RegionFacts("AF-BAL", "AFG", CALM, "A3"), mine, when)

    hit = after(day)
    assert (hit.category, [h.gate_id for h in hit.hits]) == ("A1", ["G7"])
    assert "entry document" in hit.hits[0].text_en
    assert "inreisdocument" in hit.hits[0].text_nl
    ended = {"valid_to": "2026-11-23", "reason": "documents are issued again", "url": "https://example.org/new"}
    ledger.append(ANNA, "position_ended", "position:1", ended, NOW)
    assert after(day + timedelta(days=1)).category == "A3"
