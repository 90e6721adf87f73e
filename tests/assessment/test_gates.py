"""Gates: each has its trigger and text, and for any input nothing gets better."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment import framework as frameworks
from assessment.framework import DIMENSIONS
from assessment.gate_texts import HEADS
from assessment.gates import GateError, RegionFacts, Review, apply_gates, not_milder, removal
from assessment.grade import CATEGORIES
from assessment.positions import LEVELS, Position

FRAMEWORK = frameworks.load()
AS_OF = date(2024, 6, 30)
CALM = {"legal": 1, "physical": 1, "material": 1}


def position(kind, level=None, authority="EUAA", region="XA-1", iso3="XAA", name="p1"):
    return Position(
        name, authority, iso3, region, kind, level, "words", "https://example.org", date(2024, 1, 1), None, "analyst",
        date(2024, 1, 1),
    )  # fmt: skip


def facts(**given):
    return RegionFacts(**{"region_id": "XA-1", "iso3": "XAA", "levels": CALM, "category": "A4", **given})


def gate(positions=(), removed=frozenset(), **given):
    return apply_gates(FRAMEWORK, facts(**given), positions, AS_OF, removed)


def test_nothing_known_against_it_changes_nothing():
    result = gate(route_state="open", route_level=1, returnee_code=2)
    assert (dict(result.levels), result.category, result.hits, result.frozen) == (CALM, "A4", (), False)


@pytest.mark.parametrize(
    ("given_facts", "positions", "hit", "category", "levels"),
    [
        ({}, [position("non_return", authority="UNHCR", region=None)], "G1", "A0", {}),
        ({}, [position("decision_moratorium", authority="NL", region=None)], "G2", "A0", {}),
        ({}, [position("departure_moratorium", authority="NL", region=None)], "G2", "A0", {}),
        ({}, [position("15c", "mere_presence")], "G3", "A0", {"physical": 5}),
        ({}, [position("15c", "highest", "NL")], "G3", "A0", {"physical": 5}),
        ({}, [position("15c", "high")], "G4", "A1", {"physical": 4}),
        ({}, [position("15c", "lower", "NL")], "G4", "A1", {"physical": 4}),
        ({"phase_5": True, "famine": ("o1",)}, [], "G5", "A1", {"material": 5}),
        ({"sharp_rise": ("alert",)}, [], "G6", "A4", {}),
        ({"route_state": "closed"}, [], "G7", "A1", {}),
        ({"route_state": "none"}, [], "G7", "A1", {}),
        ({"route_state": "open", "route_level": 5}, [], "G7", "A1", {}),
        ({"route_state": "open", "route_level": 4}, [], "G7", "A2", {}),
        ({}, [position("no_entry_document", authority="NL", region=None)], "G7", "A1", {}),
        ({}, [position("group_ban", authority="NL", region=None)], "G8", "A4", {}),
        ({"returnee_code": 3, "returnee_evidence": ("c1",)}, [], "G9", "A1", {"legal": 4}),
        ({"harm": ("m1",)}, [], "G9", "A1", {"legal": 4}),
        ({"silent": True}, [], "G10", "AU", {"physical": 4}),
        ({"review": Review(AS_OF - timedelta(days=31), "advice")}, [], "G11", "A2", {}),
        ({"review": Review(AS_OF, "advice", ("d1",))}, [], "G11", "A2", {}),
        ({}, [position("court", authority="court", region=None)], "G12", "A4", {}),
    ],
)
def test_each_gate_has_its_trigger_and_effect(given_facts, positions, hit, category, levels):
    result = gate(positions, **given_facts)
    assert [h.gate_id for h in result.hits] == [hit]
    assert result.category == category
    assert dict(result.levels) == {**CALM, **levels}
    assert result.frozen == (hit in ("G6", "G12"))
    assert result.legal_review == (hit == "G12")
    assert result.lapsed == (hit == "G11")
    assert result.unknown == (hit == "G10")
    assert result.cards == (("p1",) if hit == "G8" else ())
    text = result.hits[0]
    kind = positions[0].kind if positions else ""  # what it says of documents is no lack of a route
    assert text.text_en.startswith(HEADS["en"].get(kind, FRAMEWORK.raw["gate"][hit]["en"]))
    assert text.text_nl.startswith(HEADS["nl"].get(kind, FRAMEWORK.raw["gate"][hit]["nl"]))
    if positions:
        assert "https://example.org" in text.text_en
        assert "1 januari 2024" in text.text_nl
        assert text.evidence_ids == ("p1",)


def test_what_does_not_trigger():
    assert not gate([position("15c", "not_high"), position("15c", "none_at_highest", region=None)]).hits
    assert not gate([position("15c", "mere_presence", region="XA-2")]).hits
    assert not gate([position("non_return", authority="UNHCR", region=None, iso3="XBB")]).hits
    assert not gate(review=Review(AS_OF - timedelta(days=30), "advice")).hits


def test_a_rating_of_a_part_and_an_unknown_arrival_are_notes():
    part = gate([position("15c", "high_in_part")])
    assert (part.hits[0].gate_id, part.hits[0].effect, part.category) == ("G4", "note", "A4")
    assert "Alleen een deel" in part.hits[0].text_nl
    arrival = gate(route_state="unknown", route_level=1)
    assert [h.effect for h in arrival.hits] == ["note"]


def test_region_exception_of_the_same_authority_only():
    country = position("non_return", authority="UNHCR", region=None)
    assert not gate([country, position("non_return", "excepted", "UNHCR", name="p2")]).hits
    assert gate([country, position("non_return", "excepted", "EUAA", name="p2")]).hits


def test_known_severe_stays_severe_when_reports_fall_silent():
    assert gate(silent=True, levels={**CALM, "legal": 5}, category="A1").category == "A1"


def test_frozen_region_keeps_what_was_published():
    result = gate(sharp_rise=("a",), previous_levels={"physical": 3}, previous_category="A2")
    assert (result.levels["physical"], result.category) == (3, "A2")
    calm = gate(previous_levels={"physical": 3}, previous_category="A2")
    assert (calm.levels["physical"], calm.category) == (1, "A4")


def test_removal_needs_actor_reason_source_and_takes_one_hit_only():
    official = [position("15c", "mere_presence"), position("15c", "highest", "NL", name="p2")]
    hit = gate(official).hits[0]
    whole = {"actor": "jurist-1", "reason": "withdrawn", "url": "https://example.org/w"}
    payload = removal(hit, "p1", **whole)
    assert payload == {"gate_id": "G3", "evidence_id": "p1", "reason": "withdrawn", "url": "https://example.org/w"}
    for missing in whole:
        with pytest.raises(GateError, match=missing):
            removal(hit, "p1", **{**whole, missing: "  "})
    with pytest.raises(GateError, match="does not rest on"):
        removal(hit, "p2", **whole)
    with pytest.raises(GateError, match="address"):
        removal(hit, "p1", **{**whole, "url": "a letter"})
    gone = gate(official, removed=frozenset({("G3", "p1")}))
    assert [h.evidence_ids for h in gone.hits] == [("p2",)]
    assert gone.category == "A0"
    assert not gate(official, removed=frozenset({("G3", "p1"), ("G3", "p2")})).hits
    assert gate(phase_5=True, removed=frozenset({("G5", "")})).hits  # a hit without evidence cannot be removed


def test_payload_fits_the_ledger():
    ledger_kinds = pytest.importorskip("assessment.ledger_kinds")
    hit = gate([position("15c", "mere_presence")]).hits[0]
    payload = removal(hit, "p1", actor="x", reason="withdrawn by its authority", url="https://example.org/w")
    assert ledger_kinds.GateRemoved.model_validate(payload).gate_id == "G3"


def test_row_has_the_columns_of_the_schema(root):
    body = (root / "assessment/schema.sql").read_text(encoding="utf-8").split("assessment.gate_hit (")[1].split(");")[0]
    assert all(name in body for name in gate(silent=True).hits[0].row("run"))


ids = st.lists(st.sampled_from(["e1", "e2", "e3"]), max_size=2).map(tuple)
levels = st.fixed_dictionaries({d: st.integers(1, 5) for d in DIMENSIONS})
ratings = [
    (kind, level, who) for (who, kind), names in LEVELS.items() for name in names for level in (name, f"{name}_in_part")
]
others = [
    (kind, None, "NL")
    for kind in ("non_return", "decision_moratorium", "group_ban", "court", "no_entry_document", "stance")
]
official = st.builds(
    lambda what, region, name: position(*what, region=region, name=name),
    st.sampled_from(ratings + others),
    st.sampled_from([None, "XA-1", "XA-2"]),
    st.sampled_from(["p1", "p2", "p3"]),
)
anything = st.fixed_dictionaries(
    {
        "levels": levels,
        "category": st.sampled_from(CATEGORIES),
        "phase_5": st.booleans(),
        "silent": st.booleans(),
        "returnee_code": st.none() | st.integers(0, 4),
        "harm": ids,
        "route_state": st.sampled_from([None, "open", "unknown", "closed", "none"]),
        "route_level": st.none() | st.integers(1, 5),
        "sharp_rise": ids,
        "review": st.none() | st.builds(Review, st.dates(date(2023, 1, 1), date(2025, 1, 1)), st.just("adv"), ids),
        "previous_levels": st.just({}) | levels,
        "previous_category": st.none() | st.sampled_from(CATEGORIES),
    }
)


@settings(max_examples=1000, deadline=None)
@given(
    anything,
    st.lists(official, max_size=4),
    st.frozensets(st.tuples(st.sampled_from(["G1", "G3", "G9"]), st.sampled_from(["p1", "e1"]))),
)
def test_gates_only_worsen(given_facts, positions, removed):
    result = gate(positions, removed, **given_facts)
    assert all(result.levels[d] >= given_facts["levels"][d] for d in DIMENSIONS)
    assert not_milder(result.category, given_facts["category"])
    assert all(h.text_en and h.text_nl for h in result.hits)


@settings(max_examples=1000, deadline=None)
@given(anything, st.lists(official, max_size=3), official)
def test_one_more_position_never_helps_unless_the_authority_excepts_the_region(given_facts, positions, extra):
    before = gate(positions, **given_facts)
    after = gate([*positions, extra], **given_facts)
    if extra.level == "excepted":
        return
    assert all(after.levels[d] >= before.levels[d] for d in DIMENSIONS)
    assert not_milder(after.category, before.category)


def test_a_route_nobody_knows_is_not_called_unacceptable() -> None:
    hit = gate(route_state="unknown").hits[0]
    assert hit.text_en.startswith("The route is not known. ")
    assert hit.text_nl.startswith("De route is niet bekend. ")
    assert gate(route_state="closed").hits[0].text_en.startswith(FRAMEWORK.raw["gate"]["G7"]["en"])
