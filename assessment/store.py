"""Write an assessment into schema `assessment`: a run is written whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from assessment import profiles
from assessment.compute import Assessment
from assessment.framework import DIMENSIONS
from assessment.grade import GRADES
from assessment.reasons import contributions, reasons, unknowns
from assessment.store_columns import indicator_items, indicator_values, pillar_scores
from ingest.warehouse import append_rows, transaction

KEYS = {"official_position": "position_id", "profile_card": "profile", "confirmed_claim": "claim_id"}
SCHEMA = (Path(__file__).with_name("schema.sql")).read_text(encoding="utf-8")


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables that are not there yet. One of an older form is made anew: runs can be computed again."""
    expected, there = _expected(), _columns(connection)
    for table, columns in there.items():
        if table in expected and columns != expected[table]:
            connection.execute(f"DROP TABLE IF EXISTS assessment.{table}")  # `run` may be gone already
            connection.execute("DROP TABLE IF EXISTS assessment.run")  # a run with a part missing is no run
    connection.execute(SCHEMA)


@cache
def _expected() -> dict[str, list[tuple[str, str]]]:
    """Columns of every table as schema.sql makes them; asked before every run."""
    with duckdb.connect() as connection:
        connection.execute(SCHEMA)
        return _columns(connection)


def _columns(connection: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[str, str]]]:
    rows = connection.execute(
        """
        SELECT c.table_name, c.column_name, c.data_type
        FROM information_schema.columns AS c
        JOIN information_schema.tables AS t USING (table_catalog, table_schema, table_name)
        WHERE c.table_schema = 'assessment' AND t.table_type = 'BASE TABLE' AND c.table_catalog = current_database()
        ORDER BY c.table_name, c.ordinal_position
        """
    ).fetchall()
    found: dict[str, list[tuple[str, str]]] = {}
    for table, column, kind in rows:
        found.setdefault(table, []).append((column, kind))
    return found


def save(
    connection: duckdb.DuckDBPyConnection, result: Assessment, *, kind: str, made_at: datetime, code_version: str
) -> None:
    """Replace the run of the same id; only `made_at` differs between two runs of the same inputs.

    Positions, profile cards and confirmed claims are tables of their own, as of the newest current run.
    """
    prepare(connection)
    rows = {
        "run": [_run(result, kind, made_at, code_version)],
        "dimension_score": list(_dimension_scores(result)),
        "reason": list(_reasons(result)),
        "region_result": list(_region_results(result)),
        "perspective": list(_perspective(result)),
        "gate_hit": [hit.row(result.run_id) for g in result.outcome.gated for hit in g.hits],
        "route": [route.row(result.run_id) for route in result.journey.routes],
        "alert": [item.row(result.run_id) for item in result.alerts],
    }
    columns = {
        "indicator_value": [indicator_values(result)],
        "indicator_item": indicator_items(result),
        "pillar_score": [pillar_scores(result)],
    }
    with transaction(connection):
        for table in (*rows, *columns):
            connection.execute(f"DELETE FROM assessment.{table} WHERE run_id = $run_id", {"run_id": result.run_id})
        for table, found in rows.items():
            append_rows(connection, f"assessment.{table}", found)
        for table, parts in columns.items():
            _append(connection, table, parts)
        _standing(connection, result, kind)


def _append(connection: duckdb.DuckDBPyConnection, table: str, parts: Sequence[pa.Table]) -> None:
    for part in parts:
        connection.register("columns_of_run", part)
        connection.execute(f"INSERT INTO assessment.{table} BY NAME SELECT * FROM columns_of_run")
        connection.unregister("columns_of_run")


def _standing(connection: duckdb.DuckDBPyConnection, result: Assessment, kind: str) -> None:
    """The tables that are not of one run: a current run replaces them, one of the past adds what it rests on."""
    countries = sorted(set(result.regions.iso3.tolist()))
    found = {
        "official_position": [p.row() for p in result.given.positions if p.known_at <= result.as_of],
        "profile_card": [card.row() for card in profiles.cards(result.given.profiles, countries, result.as_of)],
        "confirmed_claim": [asdict(claim) for claim in result.given.people.claims],
    }
    for table, rows in found.items():
        if kind == "current":
            connection.execute(f"DELETE FROM assessment.{table}")
        else:
            there = connection.execute(f"SELECT {KEYS[table]} FROM assessment.{table}").fetchall()
            known = {row[0] for row in there}
            rows = [row for row in rows if row[KEYS[table]] not in known]
        append_rows(connection, f"assessment.{table}", rows)


def _run(result: Assessment, kind: str, made_at: datetime, code_version: str) -> dict[str, Any]:
    return {
        "run_id": result.run_id,
        "as_of": result.as_of,
        "kind": kind,
        "made_at": made_at,
        "framework_version": result.framework.version,
        "framework_digest": result.framework.digest,
        "code_version": code_version,
        "seed": result.seed,
        "input_digest": result.input_digest,
        "compared_run_id": result.compared_with,
    }


def _day(value: np.datetime64) -> Any:
    return None if np.isnat(value) else value.astype(object)


def _dimension_scores(result: Assessment) -> Iterator[dict[str, Any]]:
    for dimension in DIMENSIONS:
        scores, grades, level = result.scores[dimension], result.grades[dimension], result.levels[dimension]
        for row, region in enumerate(result.regions.region_id.tolist()):
            insufficient = bool(grades.insufficient[row])
            yield {
                "run_id": result.run_id,
                "region_id": region,
                "dimension": dimension,
                "state": "insufficient" if insufficient else "stale" if grades.stale[row] else "assessed",
                **{name: float(getattr(scores, name)[row]) for name in ("point", "p10", "p20", "p50", "p90")},
                "band_probability": scores.band_probability[row].tolist(),
                "level_before_gates": int(grades.level[row]),
                "level": int(level[row]),
                "confidence": GRADES[grades.confidence[row]],
                "confidence_steps": list(grades.steps[row]),
                "coverage": float(grades.coverage[row]),
                "freshness": _day(grades.freshness[row]),
                "why_insufficient": list(grades.why_insufficient[row]),
                "unknowns": unknowns(result, dimension, row),
                **_indication(result, dimension, row),
            }


def _indication(result: Assessment, dimension: str, row: int) -> dict[str, Any]:
    """What the score points to with its range; where information is insufficient, what is known alone does."""
    scores, grades, level_of = result.scores[dimension], result.grades[dimension], result.framework.level_of
    if grades.insufficient[row]:
        found = [int(getattr(grades, name)[row]) or None for name in ("known_level", "known_best", "known_worst")]
    else:
        found = [int(grades.indicative[row]), level_of(scores.p90[row]), level_of(scores.p10[row])]
    names = ("indicative_level", "indicative_best", "indicative_worst")
    return {**dict(zip(names, found, strict=True)), "known_share": float(grades.known[row])}


def _reasons(result: Assessment) -> Iterator[dict[str, Any]]:
    for dimension in DIMENSIONS:
        parts = contributions(result, dimension)
        for row, region in enumerate(result.regions.region_id.tolist()):
            for rank, reason in enumerate(reasons(result, dimension, parts, row), 1):
                yield {
                    "run_id": result.run_id,
                    "region_id": region,
                    "dimension": dimension,
                    "rank": rank,
                    "indicator_id": reason.indicator_id,
                    "contribution": reason.contribution,
                    "text_en": reason.text["en"],
                    "text_nl": reason.text["nl"],
                    "evidence_ids": list(reason.evidence_ids),
                }


def _region_results(result: Assessment) -> Iterator[dict[str, Any]]:
    for row, region in enumerate(result.regions.region_id.tolist()):
        gated = result.outcome.gated[row]
        p20 = [max(float(result.scores[d].p20[row]), 1.0) for d in DIMENSIONS]
        yield {
            "run_id": result.run_id,
            "region_id": region,
            "overall_level": max(gated.levels.values()),
            "suggested_category": gated.category,
            "category_before_gates": result.outcome.before[row],
            "frozen": gated.frozen,
            "sort_key": float(np.exp(np.mean(np.log(p20)))),
            "blackout": bool(result.signs.flags.blackout[row]),
        }


def _perspective(result: Assessment) -> Iterator[dict[str, Any]]:
    """National facts are repeated for every region of the country, so that a page finds them in one place."""
    for name, table in result.perspective.items():
        at: dict[str, list[int]] = {}
        for item, place in enumerate(table.place_id.tolist()):
            at.setdefault(place, []).append(item)
        for region, iso3 in zip(result.regions.region_id.tolist(), result.regions.iso3.tolist(), strict=True):
            for item in sorted([*at.get(region, ()), *at.get(iso3, ())]):
                yield {
                    "run_id": result.run_id,
                    "region_id": region,
                    "indicator_id": name,
                    "value": float(table.value[item]),
                    "text": None,
                    "ref_end": _day(table.ref_end[item]),
                    "source_id": str(table.source_id[item]),
                    "evidence_ids": list(table.evidence_ids[item]),
                }
