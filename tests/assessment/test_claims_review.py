"""Claims review: what people say, who must say it twice, and how well they agree."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment import claims_review as review
from assessment.ledger import Ledger, LedgerError
from assessment.ledger_kinds import PayloadError
from assessment.roles import NotAllowed
from tests.assessment.ledger_kit import NOW, person

YES = {"theme": "detention", "region_id": "AF-KAB", "scope": 2, "intensity": 3, "range": 1}
NO = {"theme": "detention", "reason": "about another country"}


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger.open(tmp_path / "ledger.sqlite")


def say(ledger: Ledger, name: str, claim: str, answer: str = "claim_confirmed", **codes: int) -> None:
    content = {**YES, **codes} if answer != "claim_rejected" else NO
    review.code(ledger, person(name, "analyst"), claim, answer, content, NOW)


def test_confirm_reject_and_recode(ledger: Ledger) -> None:
    say(ledger, "anna", "c1")
    say(ledger, "anna", "c2", "claim_rejected")
    state = review.claim_state(ledger.entries())
    assert (state["c1"].status, state["c1"].codes) == ("confirmed", (2, 3, 1))
    assert (state["c2"].status, state["c2"].codes) == ("rejected", None)
    with pytest.raises(LedgerError, match="re-code"):
        say(ledger, "anna", "c1")
    with pytest.raises(LedgerError, match="nobody has coded"):
        say(ledger, "anna", "c3", "claim_recoded")
    say(ledger, "anna", "c2", "claim_recoded", scope=4)
    assert review.claim_state(ledger.entries())["c2"].codes == (4, 3, 1)


def test_two_who_disagree_wait_for_a_third(ledger: Ledger) -> None:
    say(ledger, "anna", "c1")
    say(ledger, "boris", "c1", "claim_rejected")
    assert review.claim_state(ledger.entries())["c1"].status == "disputed"
    assert review.learning_rows(ledger.entries()) == []
    assert review.queue(["c1"], ledger.entries(), person("carla", "analyst")) == ["c1"]
    assert review.queue(["c1"], ledger.entries(), person("anna", "analyst")) == []
    say(ledger, "carla", "c1", scope=4)
    standing = review.claim_state(ledger.entries())["c1"]
    assert (standing.status, standing.codes) == ("confirmed", (4, 3, 1))  # between two middles the worse
    assert review.learning_rows(ledger.entries()) == [
        {
            "claim_id": "c1",
            "theme": "detention",
            "region_id": "AF-KAB",
            "label": 1,
            "scope": 4,
            "intensity": 3,
            "range": 1,
        }
    ]


def test_refusals(ledger: Ledger) -> None:
    for name in ("viewer", "reviewer", "jurist", "admin"):
        with pytest.raises(NotAllowed):
            review.code(ledger, person(name, name), "c1", "claim_confirmed", YES, NOW)
    with pytest.raises(PayloadError, match="scope"):
        say(ledger, "anna", "c1", scope=5)
    with pytest.raises(LedgerError, match="no answer"):
        say(ledger, "anna", "c1", "note")


def test_a_fifth_is_drawn_for_a_second_coder_and_stays_drawn() -> None:
    drawn = [review.in_second_sample(f"claim-{n}") for n in range(20_000)]
    assert abs(sum(drawn) / len(drawn) - 0.20) < 0.01
    assert drawn == [review.in_second_sample(f"claim-{n}") for n in range(20_000)]


def test_the_queue_gives_second_codings_to_others_only(ledger: Ledger) -> None:
    twice = next(c for c in (f"c{n}" for n in range(100)) if review.in_second_sample(c))
    once = next(c for c in (f"c{n}" for n in range(100)) if not review.in_second_sample(c))
    for claim in (twice, once):
        say(ledger, "anna", claim)
    everything = [once, twice, "new"]
    assert review.queue(everything, ledger.entries(), person("anna", "analyst")) == ["new"]
    assert review.queue(everything, ledger.entries(), person("boris", "analyst")) == [twice, "new"]


def test_alpha_of_the_published_example() -> None:
    """Krippendorff's reliability data of 4 observers and 12 units: ordinal alpha 0.815."""
    rows = ["123321412...", "1233224125.3", ".3333234225 1", "12332441251."]
    rows[2] = ".33323422" + "51."
    units = [[None if c == "." else float(c) for c in column] for column in zip(*rows, strict=True)]
    assert review.ordinal_alpha(units) == pytest.approx(0.815, abs=0.0005)


def slow_alpha(units: Sequence[Sequence[int]]) -> float | None:
    """The definition, pair by pair."""
    pooled = [v for unit in units for v in unit if len(unit) > 1]

    def distance(a: int, b: int) -> float:
        low, high = min(a, b), max(a, b)
        between = sum(low <= v <= high for v in pooled) - (pooled.count(a) + pooled.count(b)) / 2
        return between**2 if a != b else 0.0

    observed = sum(
        sum(distance(a, b) for a, b in itertools.permutations(unit, 2)) / (len(unit) - 1)
        for unit in units
        if len(unit) > 1
    )
    expected = sum(distance(a, b) for a, b in itertools.permutations(pooled, 2)) / (len(pooled) - 1) if pooled else 0
    return 1 - observed / expected if expected else None


@given(st.lists(st.lists(st.integers(0, 4), max_size=4), max_size=10))
def test_alpha_is_its_definition(units: list[list[int]]) -> None:
    found, wanted = review.ordinal_alpha(units), slow_alpha(units)
    assert (found is None) == (wanted is None)
    if found is not None:
        assert found == pytest.approx(wanted)


def test_agreement_uses_first_words_per_theme_and_names_nobody(ledger: Ledger) -> None:
    for number in range(4):
        say(ledger, "anna", f"c{number}", scope=number)
        say(ledger, "boris", f"c{number}", scope=4 - number)
        say(ledger, "boris", f"c{number}", "claim_recoded", scope=number)  # agreed after a talk: not blind any more
    (row,) = review.agreement(ledger.entries())
    assert (row["theme"], row["claims"], row["answer"]) == ("detention", 4, None)
    assert row["scope"] < 0
    assert row["intensity"] is None
    assert "anna" not in str(row)
