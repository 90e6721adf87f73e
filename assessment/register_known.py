"""What a run knew about a region, from the snapshot: only rows that a later run, row or reference never changes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from assessment.read import Reader
from assessment.read_evidence import KINDS
from assessment.read_query import Query, Row, run_of

_RUN = ("run_id", "as_of", "framework_version", "framework_digest", "code_version", "seed", "input_digest")
_TABLES = {  # what of each table is on the page, in this order
    "region_result": """
        SELECT overall_level, suggested_category, category_before_gates, frozen, blackout
        FROM assessment.region_result
        WHERE run_id = $run_id AND region_id = $region_id
    """,
    "dimensions": """
        SELECT dimension, state, level, level_before_gates, p10, p20, p50, p90, confidence, coverage, freshness,
               why_insufficient, unknowns
        FROM assessment.dimension_score
        WHERE run_id = $run_id AND region_id = $region_id
        ORDER BY dimension
    """,
    "reasons": """
        SELECT dimension, rank, indicator_id, contribution, text_en, text_nl, evidence_ids
        FROM assessment.reason
        WHERE run_id = $run_id AND region_id = $region_id
        ORDER BY dimension, rank
    """,
    "gates": """
        SELECT gate_id, effect, text_en, text_nl, since, expires, evidence_ids
        FROM assessment.gate_hit
        WHERE run_id = $run_id AND region_id = $region_id
        ORDER BY gate_id, text_en, since
    """,
    "indicators": """
        SELECT indicator_id, score, sd, raw_value, origin, newest, n_eff, conflict
        FROM assessment.indicator_value
        WHERE run_id = $run_id AND region_id = $region_id
        ORDER BY indicator_id
    """,
    "items": """
        SELECT indicator_id, item_no, source_id, origin_family, kind, raw_value, weight, geography, ref_end,
               evidence_ids
        FROM assessment.indicator_item
        WHERE run_id = $run_id AND region_id = $region_id
        ORDER BY indicator_id, item_no
    """,
    "alerts": """
        SELECT alert_id, region_id, rule, direction, series, opened, deadline, text_en, text_nl, evidence_ids
        FROM assessment.alert
        WHERE run_id = $run_id AND (region_id = $region_id OR region_id = split_part($region_id, '-', 1))
        ORDER BY alert_id
    """,
}
_PLACE_OF = {
    "region_result": "region_result", "dimensions": "dimension_score", "reasons": "reason", "gates": "gate_hit",
    "indicators": "indicator_value", "items": "indicator_item", "alerts": "alert",
}  # fmt: skip


def what_was_known(reader: Reader, run_id: str, region_id: str) -> dict[str, Any]:
    """Scores, reasons, unknowns, gates, alerts and evidence of one run on one region. Raises NotFound.

    Evidence is in the vintage known at the end of the run's day, with the address and digest of its archived answer.
    """
    with reader.query() as query:
        run = run_of(query, run_id)
        found: dict[str, Any] = {"run": {name: run[name] for name in _RUN}}
        for name, sql in _TABLES.items():
            key = {"run_id": run_id, "region_id": region_id}
            found[name] = query.rows_of(f"assessment.{_PLACE_OF[name]}", sql, **key)
        ids = sorted({e for rows in found.values() if isinstance(rows, list) for row in rows
                      for e in row.get("evidence_ids") or ()})  # fmt: skip
        found["evidence"] = _evidence(query, ids, run["as_of"])
    plain: dict[str, Any] = _plain(found)
    return plain


def _evidence(query: Query, ids: list[str], as_of: date) -> list[Row]:
    """One row per id that a source gave; ids that people entered stand in the gates and items already."""
    end = datetime.combine(as_of + timedelta(days=1), datetime.min.time())
    found: list[Row] = []
    for table, identity in KINDS.items():
        said = {
            "observation": "variable AS what, value AS figure, text AS said",
            "event": "kind AS what, deaths_best AS figure, title AS said",
            "document": "kind AS what, NULL::DOUBLE AS figure, title AS said",
        }[table]
        found += query.rows(
            f"""
            SELECT {identity} AS evidence_id, source_id, {said}, ref_start, ref_end, published, known_at, answer_digest
            FROM {table}
            WHERE list_contains($ids::VARCHAR[], {identity})
              AND source_id IN (SELECT DISTINCT split_part(unnest($ids::VARCHAR[]), ':', 1))
              AND known_at < $end
            QUALIFY row_number() OVER (PARTITION BY {identity} ORDER BY known_at DESC) = 1
            """,
            ids=ids,
            end=end,
        )
    answers = {
        (row["source_id"], row["digest"]): row
        for row in query.rows(
            """
            SELECT source_id, digest, url, retrieved_at
            FROM answer
            WHERE list_contains($digests::VARCHAR[], digest)
            QUALIFY row_number() OVER (PARTITION BY source_id, digest ORDER BY retrieved_at) = 1
            """,
            digests=sorted({row["answer_digest"] for row in found}),
        )
    }
    for row in found:
        answer = answers.get((row["source_id"], row["answer_digest"]), {})
        row |= {"url": answer.get("url"), "retrieved_at": answer.get("retrieved_at")}
    return sorted(found, key=lambda row: row["evidence_id"])


def _plain(value: Any) -> Any:
    """Dates as text, sets and tuples as lists: what canonical JSON can hold."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return value
