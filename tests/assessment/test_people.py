"""What people entered, as plain data on a day: claims, positions with their ends, removals, reviews, advice."""

from __future__ import annotations

from datetime import date, datetime

from assessment.given import shipped
from assessment.ledger import Entry
from assessment.people import indicator_of, on_day

SUGGESTED = {
    "claim:1": {
        "indicator_id": "L3", "iso3": "AFG", "region_id": None, "theme": "detention", "document_id": "d:1",
        "quote": "words", "source_id": "d", "published": datetime(2024, 1, 5),
    }
}  # fmt: skip
CODED = {"theme": "detention", "region_id": "AF-BAL", "scope": 4, "intensity": 3, "range": 2}
POSITION = {
    "authority": "EUAA", "iso3": "AFG", "region_id": None, "kind": "15c", "level": "high", "quote": "words",
    "url": "https://example.org/", "valid_from": "2024-02-01", "valid_to": None,
}  # fmt: skip


def entry(seq: int, day: date, kind: str, name: str, payload: dict, actor: str = "s1", role: str = "analyst") -> Entry:
    return Entry(seq, datetime(day.year, day.month, day.day, 12), actor, role, kind, name, payload, "", "")


def test_a_claim_counts_from_the_day_a_person_confirmed_it() -> None:
    entries = [entry(1, date(2024, 3, 1), "claim_confirmed", "claim:1", CODED)]
    assert on_day(entries, date(2024, 2, 29), SUGGESTED).claims == ()
    (claim,) = on_day(entries, date(2024, 3, 1), SUGGESTED).claims
    assert (claim.indicator_id, claim.place_id, claim.severity) == ("L3", "AF-BAL", 3)
    assert (claim.ref_end, claim.known_at) == (date(2024, 1, 5), date(2024, 3, 1))
    assert on_day(entries, date(2024, 3, 1), {}).claims == (), "its text is gone: nobody can open it"


def test_a_rejected_claim_is_none_and_a_recoded_one_goes_where_it_was_coded() -> None:
    no = entry(1, date(2024, 3, 1), "claim_rejected", "claim:1", {"theme": "detention", "reason": "a rumour"})
    assert on_day([no], date(2024, 4, 1), SUGGESTED).claims == ()
    other = entry(1, date(2024, 3, 1), "claim_confirmed", "claim:1", {**CODED, "theme": "L8"})
    assert on_day([other], date(2024, 4, 1), SUGGESTED).claims[0].indicator_id == "L8"
    assert indicator_of("no such theme") is None


def test_positions_people_added_and_the_ends_they_gave() -> None:
    added = entry(1, date(2024, 3, 1), "position_added", "euaa-new", POSITION)
    end = entry(2, date(2024, 5, 1), "position_ended", "nl-sdn-2024-06-highest", {"valid_to": "2024-12-31"})
    people = on_day([added, end], date(2024, 6, 1), {})
    given = {p.position_id: p for p in shipped(people).positions}
    assert given["euaa-new"].verified_by == "analyst"
    assert given["euaa-new"].known_at == date(2024, 3, 1)
    assert given["nl-sdn-2024-06-highest:SD-KH"].valid_to == date(2024, 12, 31)
    assert "euaa-new" not in {p.position_id for p in shipped(on_day([added], date(2024, 2, 1), {})).positions}


def test_removals_and_reviewed_alerts() -> None:
    day = date(2024, 3, 1)
    gone = {"gate_id": "G4", "evidence_id": "euaa-new", "reason": "withdrawn", "url": "https://example.org/"}
    entries = [
        entry(1, day, "gate_removed", "AF-BAL", gone),
        entry(2, day, "alert_decided", "a1", {"rule": "sharp_rise", "direction": "worse", "disposition": "real",
                                              "reason": "seen"}),
        entry(3, day, "alert_decided", "a2", {"rule": "sharp_rise", "direction": "worse", "disposition": "watch",
                                              "reason": "wait"}),
    ]  # fmt: skip
    people = on_day(entries, day, {})
    assert people.removed == {"AF-BAL": frozenset({("G4", "euaa-new")})}
    assert people.reviewed == frozenset({"a1"})


def test_the_same_tables_have_one_digest_and_another_claim_another() -> None:
    entries = [entry(1, date(2024, 3, 1), "claim_confirmed", "claim:1", CODED)]
    with_claim = shipped(on_day(entries, date(2024, 3, 1), SUGGESTED))
    assert shipped().digest == shipped().digest
    assert shipped().digest != with_claim.digest
