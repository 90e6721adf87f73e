"""Write an assessment into schema `assessment`: a run is written whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from assessment.compute import Assessment
from assessment.framework import DIMENSIONS
from assessment.grade import GRADES
from assessment.reasons import contributions, heaviest, reasons, unknowns
from assessment.score import ORIGINS
from ingest.warehouse import append_rows, transaction

SCHEMA = (Path(__file__).with_name("schema.sql")).read_text(encoding="utf-8")


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables that are not there yet."""
    connection.execute(SCHEMA)


def save(
    connection: duckdb.DuckDBPyConnection, result: Assessment, *, kind: str, made_at: datetime, code_version: str
) -> None:
    """Replace the run of the same id; only `made_at` differs between two runs of the same inputs."""
    prepare(connection)
    rows = {
        "run": [_run(result, kind, made_at, code_version)],
        "indicator_value": list(_indicator_values(result)),
        "indicator_item": list(_indicator_items(result)),
        "dimension_score": list(_dimension_scores(result)),
        "pillar_score": list(_pillar_scores(result)),
        "reason": list(_reasons(result)),
        "region_result": list(_region_results(result)),
        "perspective": list(_perspective(result)),
    }
    with transaction(connection):
        for table, found in rows.items():
            connection.execute(f"DELETE FROM assessment.{table} WHERE run_id = $run_id", {"run_id": result.run_id})
            append_rows(connection, f"assessment.{table}", found)


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
    }


def _number(value: Any) -> float | None:
    return None if value is None or np.isnan(value) else float(value)


def _day(value: np.datetime64) -> Any:
    return None if np.isnat(value) else value.astype(object)


def _indicator_values(result: Assessment) -> Iterator[dict[str, Any]]:
    judged = result.judged
    for column, indicator in enumerate(result.framework.indicators):
        for row, region in enumerate(result.regions.region_id):
            item = heaviest(result, column, row) if not np.isnan(judged.x[row, column]) else None
            yield {
                "run_id": result.run_id,
                "region_id": str(region),
                "indicator_id": indicator.id,
                "score": _number(judged.x[row, column]),
                "sd": _number(judged.sd[row, column]),
                "raw_value": item["value"] if item else None,
                "origin": ORIGINS[judged.origin[row, column]],
                "newest": _day(judged.newest[row, column]),
                "age_half_lives": _number(judged.age[row, column]),
                "n_eff": float(judged.n_eff[row, column]),
                "conflict": bool(judged.conflict[row, column]),
            }


def _indicator_items(result: Assessment) -> Iterator[dict[str, Any]]:
    for column, indicator in enumerate(result.framework.indicators):
        rows, table = result.judged.items[column], result.items.get(indicator.id)
        for number in range(len(rows.region)):
            item = int(rows.item[number])
            assert table is not None  # rows come from it
            yield {
                "run_id": result.run_id,
                "region_id": str(result.regions.region_id[rows.region[number]]),
                "indicator_id": indicator.id,
                "item_no": item,
                "source_id": str(table.source_id[item]),
                "origin_family": str(result.judged.families[column][number]),
                "kind": str(table.kind[item]),
                "raw_value": float(table.value[item]),
                "score": float(rows.score[number]),
                "weight": float(rows.weight[number]),
                "geography": "national" if rows.national[number] else "own",
                "ref_end": _day(table.ref_end[item]),
                "lapsed": bool(rows.lapsed[number]),
                "evidence_ids": list(table.evidence_ids[item]),
            }


def _dimension_scores(result: Assessment) -> Iterator[dict[str, Any]]:
    for dimension in DIMENSIONS:
        scores, grades = result.scores[dimension], result.grades[dimension]
        for row, region in enumerate(result.regions.region_id):
            insufficient = bool(grades.insufficient[row])
            yield {
                "run_id": result.run_id,
                "region_id": str(region),
                "dimension": dimension,
                "state": "insufficient" if insufficient else "stale" if grades.stale[row] else "assessed",
                **{name: float(getattr(scores, name)[row]) for name in ("point", "p10", "p20", "p50", "p90")},
                "band_probability": [float(p) for p in scores.band_probability[row]],
                "indicative_level": int(grades.indicative[row]),
                "level_before_gates": int(grades.level[row]),
                "level": int(grades.level[row]),
                "confidence": GRADES[grades.confidence[row]],
                "confidence_steps": list(grades.steps[row]),
                "coverage": float(grades.coverage[row]),
                "freshness": _day(grades.freshness[row]),
                "why_insufficient": list(grades.why_insufficient[row]),
                "unknowns": unknowns(result, dimension, row),
            }


def _pillar_scores(result: Assessment) -> Iterator[dict[str, Any]]:
    for dimension in DIMENSIONS:
        scores = result.scores[dimension]
        for position, pillar in enumerate(result.framework.pillars_of(dimension)):
            for row, region in enumerate(result.regions.region_id):
                yield {
                    "run_id": result.run_id,
                    "region_id": str(region),
                    "dimension": dimension,
                    "pillar": pillar.id,
                    "point": float(scores.pillar_point[row, position]),
                    "p20": float(scores.pillar_p20[row, position]),
                }


def _reasons(result: Assessment) -> Iterator[dict[str, Any]]:
    for dimension in DIMENSIONS:
        parts = contributions(result, dimension)
        for row, region in enumerate(result.regions.region_id):
            for rank, reason in enumerate(reasons(result, dimension, parts, row), 1):
                yield {
                    "run_id": result.run_id,
                    "region_id": str(region),
                    "dimension": dimension,
                    "rank": rank,
                    "indicator_id": reason.indicator_id,
                    "contribution": reason.contribution,
                    "text_en": reason.text["en"],
                    "text_nl": reason.text["nl"],
                    "evidence_ids": list(reason.evidence_ids),
                }


def _region_results(result: Assessment) -> Iterator[dict[str, Any]]:
    for row, region in enumerate(result.regions.region_id):
        category = result.category(row)
        p20 = [max(float(result.scores[d].p20[row]), 1.0) for d in DIMENSIONS]
        yield {
            "run_id": result.run_id,
            "region_id": str(region),
            "overall_level": max(int(result.grades[d].level[row]) for d in DIMENSIONS),
            "suggested_category": category,
            "category_before_gates": category,
            "frozen": False,
            "sort_key": float(np.exp(np.mean(np.log(p20)))),
            "blackout": bool(result.flags.blackout[row]),
        }


def _perspective(result: Assessment) -> Iterator[dict[str, Any]]:
    """National facts are repeated for every region of the country, so that a page finds them in one place."""
    for name, table in result.perspective.items():
        for row, region in enumerate(result.regions.region_id):
            places = (str(region), str(result.regions.iso3[row]))
            for item in np.flatnonzero(np.isin(table.place_id, places)).tolist():
                yield {
                    "run_id": result.run_id,
                    "region_id": str(region),
                    "indicator_id": name,
                    "value": float(table.value[item]),
                    "text": None,
                    "ref_end": _day(table.ref_end[item]),
                    "source_id": str(table.source_id[item]),
                    "evidence_ids": list(table.evidence_ids[item]),
                }
