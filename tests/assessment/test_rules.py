"""Rules as data: versions, limits, and the dry run on stored rows; the suggestion as the snapshot holds it."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from assessment import rules
from assessment.advice_read import suggestion
from assessment.advice_rules import AdviceError
from assessment.framework import load
from assessment.ledger import Ledger
from assessment.ledger_alerts import AlertStanding
from assessment.roles import NotAllowed
from assessment.rules import RuleError, settings
from assessment.rules_dry_run import Row, dry_run, stored_rows
from tests.assessment.ledger_kit import NOW, person
from tests.growth import assert_grows_gently

FRAMEWORK = load()
VALUES, _ = settings(FRAMEWORK, [])
LOWER = {"missing.coverage_minimum": 0.4}
SCHEMA = (Path(__file__).resolve().parents[2] / "assessment" / "schema.sql").read_text(encoding="utf-8")


def region(p20: float, name: str = "AF-BAL", **more: object) -> list[Row]:
    level = FRAMEWORK.level_of(p20)
    category = {1: "A3", 2: "A3", 3: "A2", 4: "A1", 5: "A1"}[level]
    row = Row(name, "legal", p20, 0.9, False, level, level, "moderate", category, category)
    return [replace(row, dimension=d, **more) for d in ("legal", "physical", "material")]  # type: ignore[arg-type]


def test_the_rules_are_the_framework_until_somebody_changes_them(tmp_path: Path) -> None:
    assert VALUES["band.1"] == 80
    assert VALUES["review.level_3"] == 60
    assert set(VALUES) == set(rules.LIMITS)
    ledger = Ledger.open(tmp_path / "ledger.sqlite")
    with pytest.raises(NotAllowed, match="admin"):
        rules.change(ledger, person("anna", "analyst"), FRAMEWORK, {"band.1": 85}, "try", NOW)
    rules.change(ledger, person("ada", "admin"), FRAMEWORK, {"band.1": 85}, "too mild", NOW)
    changed, seq = settings(FRAMEWORK, ledger.entries())
    assert (changed["band.1"], seq) == (85, 1)
    assert ledger.entries()[0].payload["previous"] == 80


@pytest.mark.parametrize(
    "changes",
    [{"band.1": 55.0}, {"band.9": 1.0}, {"missing.coverage_minimum": 0.0}, {"review.better_override_expires": 91.0},
     {"review.worse_override_check": 9.0}, {"review.level_5": 61.0}, {"band.2": float("nan")}],
)  # fmt: skip
def test_impossible_changes_are_refused_whole(tmp_path: Path, changes: dict[str, float]) -> None:
    ledger = Ledger.open(tmp_path / "ledger.sqlite")
    with pytest.raises(RuleError):
        rules.change(ledger, person("ada", "admin"), FRAMEWORK, {"band.4": 21.0, **changes}, "try", NOW)
    assert ledger.head()[0] == 0


def test_without_a_change_nothing_flips() -> None:
    rows = [row for n, p20 in enumerate(range(0, 101, 5)) for row in region(p20, f"AF-{n}")]
    assert dry_run(VALUES, {}, rows) == []
    assert dry_run(VALUES, {"review.level_1": 170}, rows) == []


@pytest.mark.parametrize(
    ("rows", "changes", "wanted"),
    [
        (region(62), {"band.2": 65}, ("A3", "A2", 2, 3, "worse")),
        (region(58), {"band.2": 55}, ("A2", "A3", 3, 2, "better")),
        (region(78), {"band.1": 75}, ("A3", "A3", 2, 1, "level_only")),
        (region(50, coverage=0.65), {"missing.coverage_minimum": 0.7}, ("A2", "AU", 3, 4, "worse")),
        (region(50, coverage=0.55, level=4, level_before_gates=4, suggested="AU", before_gates="AU"),
         {"missing.coverage_minimum": 0.5}, ("AU", "A2", 4, 3, "better")),
        (region(30, coverage=0.55), {"missing.coverage_minimum": 0.5}, ("AU", "A1", 4, 4, "better")),
        (region(58, suggested="A0", before_gates="A2"), {"band.2": 55}, ("A0", "A0", 3, 2, "level_only")),
    ],
)  # fmt: skip
def test_what_would_flip(rows: list[Row], changes: dict[str, float], wanted: tuple[object, ...]) -> None:
    (flip,) = dry_run(VALUES, changes, rows)
    found = (flip.category_before, flip.category_after, flip.level_before, flip.level_after, flip.direction)
    assert found == wanted


@pytest.mark.parametrize(
    ("rows", "changes"),
    [
        (region(58, level=5), {"band.2": 55}),  # a level gate holds it at 5
        (region(10, coverage=0.1, level=4, level_before_gates=4), {"band.4": 15}),  # too little seen to say exceptional
        (
            region(50, coverage=0.5, other_reasons=True, level=4, level_before_gates=4),
            {"missing.coverage_minimum": 0.4},
        ),
    ],
)
def test_what_stays(rows: list[Row], changes: dict[str, float]) -> None:
    assert dry_run(VALUES, changes, rows) == []


def test_a_thousand_regions_cost_four_times_as_much_as_a_quarter() -> None:
    chance = random.Random(3)
    rows = list(itertools.chain(*(region(chance.uniform(0, 100), f"XX-{n:04}") for n in range(1000))))
    changes = {"band.2": 70, "missing.coverage_minimum": 0.8}
    assert_grows_gently(lambda some: dry_run(VALUES, changes, some), rows[: len(rows) // 4], rows)
    flips = dry_run(VALUES, changes, rows)
    assert len(flips) == sum(60 <= row.p20 < 70 for row in rows[::3])


@pytest.fixture
def snapshot() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(SCHEMA)
    connection.execute("CREATE TABLE region (region_id VARCHAR, iso3 VARCHAR)")
    connection.execute("INSERT INTO region VALUES ('AF-BAL', 'AFG')")
    day = datetime(2026, 11, 22)
    connection.execute("INSERT INTO assessment.run VALUES ('r1', $day, 'current', $day, '2026.1', 'd', 'c', 1, 'i', NULL)",  # noqa: E501
                       {"day": day})  # fmt: skip
    connection.execute("INSERT INTO assessment.region_result VALUES ('r1', 'AF-BAL', 4, 'A0', 'A1', FALSE, 1, FALSE)")
    connection.execute("""INSERT INTO assessment.gate_hit VALUES
        ('r1', 'AF-BAL', 'G2', 'A0', 'x', 'x', ['p1'], NULL, NULL),
        ('r1', 'AF-BAL', 'G10', 'U', 'x', 'x', [], NULL, NULL),
        ('r0', 'AF-BAL', 'G1', 'A0', 'x', 'x', ['old'], NULL, NULL)""")
    connection.execute("""INSERT INTO assessment.alert (alert_id, run_id, region_id, rule, direction, opened, deadline,
        text_en, text_nl, evidence_ids) VALUES ('a1', 'r1', 'AFG', 'sharp_rise', 'worse', $day, $day, 'x', 'x', [])""",
                       {"day": day})  # fmt: skip
    connection.execute("""INSERT INTO assessment.dimension_score
        SELECT 'r1', 'AF-BAL', dimension, 'insufficient', 30, 20, 30, 40, 50, [0, 0, 0, 1, 0], 4, 4, 4, 'low', [], 0.5,
        NULL, why, ['L1', 'L2', 'L3', 'L4'], 3, 5, 0.5
        FROM (VALUES ('legal', ['coverage']), ('physical', ['coverage', 'blackout'])) AS t(dimension, why)""")
    return connection


def test_the_suggestion_is_what_the_latest_run_says(snapshot: duckdb.DuckDBPyConnection) -> None:
    found = suggestion(snapshot, "AF-BAL", {})
    assert (found.iso3, found.run_id, found.category, found.before_gates, found.level) == ("AFG", "r1", "A0", "A1", 4)
    assert found.as_of == date(2026, 11, 22)
    assert found.gates == {"G2": frozenset({"p1"}), "G10": frozenset({"G10:undated"})}
    assert found.unknowns["legal"] == ("L1", "L2", "L3")
    assert found.open_alert
    decided = AlertStanding("decided", "sharp_rise", disposition="false")
    assert not suggestion(snapshot, "AF-BAL", {"a1": decided}).open_alert
    assert suggestion(snapshot, "AF-BAL", {"a1": replace(decided, disposition="watch")}).open_alert
    with pytest.raises(AdviceError, match="XX-1"):
        suggestion(snapshot, "XX-1", {})


def test_rows_for_a_dry_run_come_from_the_snapshot(snapshot: duckdb.DuckDBPyConnection) -> None:
    legal, physical = stored_rows(snapshot, "r1")
    assert (legal.dimension, legal.other_reasons, physical.other_reasons) == ("legal", False, True)
    assert (legal.p20, legal.suggested, legal.before_gates) == (30, "A0", "A1")


def test_a_changed_threshold_counts_at_the_next_assessment_as_a_change_of_method(tmp_path: Path) -> None:
    ledger, admin = Ledger.open(tmp_path / "ledger.sqlite"), person("max", "admin")
    assert rules.applied(FRAMEWORK, []) is FRAMEWORK
    rules.change(ledger, admin, FRAMEWORK, {"review.level_1": 150.0}, "Shorter.", NOW)
    assert rules.applied(FRAMEWORK, ledger.entries()) is FRAMEWORK, "a review period changes no score"
    rules.change(ledger, admin, FRAMEWORK, {"band.3": 45.0, "missing.coverage_minimum": 0.7}, "Sharper.", NOW)
    changed = rules.applied(FRAMEWORK, ledger.entries())
    assert (FRAMEWORK.level_of(42.0), changed.level_of(42.0)) == (3, 4)
    assert changed.raw["missing"]["coverage_minimum"] == 0.7
    assert changed.digest != FRAMEWORK.digest
    assert FRAMEWORK.raw["missing"]["coverage_minimum"] == VALUES["missing.coverage_minimum"], "the shipped one stays"
    rules.change(ledger, admin, FRAMEWORK, {"band.3": 40.0, "missing.coverage_minimum": 0.6}, "Back.", NOW)
    assert rules.applied(FRAMEWORK, ledger.entries()).digest == FRAMEWORK.digest
