"""Dry run: which regions would flip if a rule changed, before it is saved. Thresholds as data on stored scores.

Only what a threshold decides is computed again (level, insufficient information, category); scores, gates and
confidence stay as stored, so it takes milliseconds. A full assessment after the change is the final word.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import duckdb

from assessment.grade import stricter
from assessment.read import Reader
from assessment.rules import check

_UNKNOWN_LEVEL = 4  # [bands.unknown] treated_as


@dataclass(frozen=True, slots=True)
class Row:
    """Stored result of one dimension of one region. p20: 0-100. other_reasons: why insufficient, besides coverage."""

    region_id: str
    dimension: str
    p20: float
    coverage: float
    other_reasons: bool
    level_before_gates: int
    level: int
    confidence: str
    suggested: str
    before_gates: str


@dataclass(frozen=True, slots=True)
class Flip:
    """A region that would change. Levels are the worst of three after gates."""

    region_id: str
    category_before: str
    category_after: str
    level_before: int
    level_after: int
    direction: str  # worse | better | level_only


def stored_rows(cursor: duckdb.DuckDBPyConnection, run_id: str) -> list[Row]:
    """The rows a dry run needs, of one run."""
    found = cursor.execute(
        """
        SELECT d.region_id, d.dimension, d.p20, d.coverage,
            len(list_filter(d.why_insufficient, lambda reason: reason <> 'coverage')) > 0,
            d.level_before_gates, d.level, d.confidence, r.suggested_category, r.category_before_gates
        FROM assessment.dimension_score AS d
        JOIN assessment.region_result AS r USING (run_id, region_id)
        WHERE d.run_id = $run_id
        ORDER BY d.region_id, d.dimension
        """,
        {"run_id": run_id},
    ).fetchall()
    return [Row(*row) for row in found]


def dry_run(values: Mapping[str, float], changes: Mapping[str, float], rows: Iterable[Row]) -> list[Flip]:
    """Every region whose category or level would change. Raises RuleError when the change is not possible."""
    after = check(values, changes)
    regions: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        regions[row.region_id].append(row)
    flips = []
    for region_id, found in sorted(regions.items()):
        old_level, old = _judge(values, values, found)
        new_level, new = _judge(values, after, found)
        if (old_level, old) != (new_level, new):
            direction = "level_only" if old == new else "worse" if stricter(old, new) == new else "better"
            flips.append(Flip(region_id, old, new, old_level, new_level, direction))
    return flips


def flips(reader: Reader, values: Mapping[str, float], changes: Mapping[str, float]) -> list[Flip]:
    """`dry_run` on the run shown. Raises RuleError, NotFound (nothing is assessed)."""
    with reader.query() as query:
        return dry_run(values, changes, stored_rows(query.cursor, query.needed_run()["run_id"]))


def _judge(now: Mapping[str, float], values: Mapping[str, float], rows: list[Row]) -> tuple[int, str]:
    levels, gated, unknown = [], [], []
    for row in rows:
        level, insufficient = _level(now, values, row)
        floor = row.level if row.level > row.level_before_gates else 0
        levels.append(level)
        gated.append(max(level, floor))
        unknown.append(insufficient)
    weak = any(row.confidence == "very_low" for row in rows)
    steady = all(row.confidence in ("high", "moderate") for row in rows)
    first = rows[0]
    monitored = first.before_gates == "A4"  # monitoring after return is seen only where it made the difference
    category = _category(gated, unknown, weak, steady and monitored)
    if first.suggested != first.before_gates:  # what gates said stays said
        category = stricter(category, first.suggested)
    return max(gated), category


def _level(now: Mapping[str, float], values: Mapping[str, float], row: Row) -> tuple[int, bool]:
    indicative = _band(values, row.p20)
    insufficient = row.other_reasons or row.coverage < values["missing.coverage_minimum"]
    if not insufficient:
        return indicative, False
    # Stored as insufficient with an exceptional score but level 4: too little was ever seen to say "exceptional".
    silent = row.level_before_gates < _band(now, row.p20)
    return max(_UNKNOWN_LEVEL if silent else indicative, _UNKNOWN_LEVEL), True


def _band(values: Mapping[str, float], score: float) -> int:
    return 1 + sum(score < values[f"band.{level}"] for level in (1, 2, 3, 4))


def _category(levels: list[int], unknown: list[bool], weak: bool, best_possible: bool) -> str:
    """As `grade.suggest`: the worst of three, no compensation."""
    worst = max(levels)
    if worst >= 4:
        known = any(level >= 4 and not blind for level, blind in zip(levels, unknown, strict=True))
        return "AU" if any(unknown) and not known else "A1"
    if worst == 3 or weak:
        return "A2"
    return "A4" if worst == 1 and best_possible else "A3"
