"""From a score to the answer it rests on: dimension -> pillar -> indicator -> item -> row -> archive record; gates."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb


class NotAssessed(Exception):
    """The region or the day has no assessment; the message says what to run."""


def explain(connection: duckdb.DuckDBPyConnection, region_id: str, as_of: date | None = None) -> dict[str, Any]:
    """The whole tree of one region in the newest run (of the day `as_of` when given), as plain data.

    `connection` is a cursor of the warehouse or a snapshot. Raises NotAssessed with what to do.
    """
    run = _run(connection, as_of)
    key = {"run_id": run["run_id"], "region_id": region_id}
    dimensions = _rows(
        connection, "SELECT * FROM assessment.dimension_score WHERE run_id = $run_id AND region_id = $region_id", key
    )
    if not dimensions:
        near = _rows(
            connection,
            """
            SELECT region_id FROM region
            WHERE admin_level = 1 AND (region_id ILIKE $like OR name_en ILIKE $like)
            ORDER BY region_id
            LIMIT 5
            """,
            {"like": f"%{region_id}%"},
        )
        hint = ", ".join(row["region_id"] for row in near) or "see data/reference/regions.csv"
        raise NotAssessed(f"no assessed region {region_id!r} on {run['as_of']}; did you mean: {hint}?")
    values = _rows(
        connection, "SELECT * FROM assessment.indicator_value WHERE run_id = $run_id AND region_id = $region_id", key
    )
    items = _rows(
        connection,
        """
        SELECT * FROM assessment.indicator_item
        WHERE run_id = $run_id AND region_id = $region_id
        ORDER BY indicator_id, weight DESC, item_no
        """,
        key,
    )
    evidence = evidence_of(connection, sorted({e for item in items for e in item["evidence_ids"]}))
    for item in items:
        item["evidence"] = [evidence[e] for e in item.pop("evidence_ids") if e in evidence]
    for value in values:
        value["items"] = [item for item in items if item["indicator_id"] == value["indicator_id"]]
    pillars = _rows(
        connection, "SELECT * FROM assessment.pillar_score WHERE run_id = $run_id AND region_id = $region_id", key
    )
    reasons = _rows(
        connection,
        "SELECT * FROM assessment.reason WHERE run_id = $run_id AND region_id = $region_id ORDER BY dimension, rank",
        key,
    )
    for dimension in dimensions:
        name = dimension["dimension"]
        dimension["reasons"] = [row for row in reasons if row["dimension"] == name]
        dimension["pillars"] = [row for row in pillars if row["dimension"] == name]
    region = _rows(connection, "SELECT * FROM region WHERE region_id = $region_id", {"region_id": region_id})
    result, gates, routes = (
        _rows(connection, f"SELECT * FROM assessment.{table} WHERE run_id = $run_id AND region_id = $region_id", key)
        for table in ("region_result", "gate_hit", "route")
    )
    return {
        "run": run, "region": region[0], "result": result[0], "dimensions": dimensions, "indicators": values,
        "gates": sorted(gates, key=lambda g: (g["gate_id"], g["text_en"])), "routes": sorted(routes, key=_rank),
    }  # fmt: skip


def _rank(route: dict[str, Any]) -> int:
    return int(route["rank"])


def evidence_of(connection: duckdb.DuckDBPyConnection, ids: list[str]) -> dict[str, dict[str, Any]]:
    """{evidence id: row, source and archive record} of observations, events and confirmed claims, newest vintage."""
    found: dict[str, dict[str, Any]] = {}
    for table, identity in (("observation", "observation_id"), ("event", "event_id")):
        rows = _rows(
            connection,
            f"""
            SELECT t.*, s.publisher, s.licence,
                   a.url AS answer_url, a.retrieved_at, a.warc_file, a.warc_record_id
            FROM {table} AS t
            JOIN source AS s USING (source_id)
            LEFT JOIN answer AS a ON a.source_id = t.source_id AND a.digest = t.answer_digest
            WHERE t.{identity} IN (SELECT unnest($ids::VARCHAR[]))
            QUALIFY row_number() OVER (PARTITION BY t.{identity} ORDER BY t.known_at DESC, a.retrieved_at) = 1
            """,
            {"ids": ids},
        )
        found |= {row[identity]: {"kind": table, "evidence_id": row[identity], **row} for row in rows}
    claims = _rows(
        connection,
        """
        SELECT c.*, d.title, d.url, s.publisher, s.licence,
               a.url AS answer_url, a.retrieved_at, a.warc_file, a.warc_record_id
        FROM assessment.confirmed_claim AS c
        JOIN document AS d ON d.document_id = c.document_id
        JOIN source AS s ON s.source_id = d.source_id
        LEFT JOIN answer AS a ON a.source_id = d.source_id AND a.digest = d.answer_digest
        WHERE c.claim_id IN (SELECT unnest($ids::VARCHAR[]))
        QUALIFY row_number() OVER (PARTITION BY c.claim_id ORDER BY d.known_at DESC, a.retrieved_at) = 1
        """,
        {"ids": ids},
    )
    return found | {row["claim_id"]: {"kind": "claim", "evidence_id": row["claim_id"], **row} for row in claims}


def dangling(connection: duckdb.DuckDBPyConnection, run_id: str) -> list[str]:
    """Evidence ids of a run that lead nowhere; there must be none.

    A row or document must have its archive record, a claim the one of its document, an official position its address;
    an alert is in the run itself. Entries of the ledger are not in a snapshot.
    """
    rows = connection.execute(
        """
        WITH used AS (
            SELECT unnest(evidence_ids) AS id FROM assessment.indicator_item WHERE run_id = $run_id
            UNION SELECT unnest(evidence_ids) FROM assessment.reason WHERE run_id = $run_id
            UNION SELECT unnest(evidence_ids) FROM assessment.perspective WHERE run_id = $run_id
            UNION SELECT unnest(evidence_ids) FROM assessment.gate_hit WHERE run_id = $run_id
            UNION SELECT unnest(evidence_ids) FROM assessment.alert WHERE run_id = $run_id
        ),
        collected AS (
            SELECT observation_id AS id, source_id, answer_digest FROM observation
            UNION ALL SELECT event_id, source_id, answer_digest FROM event
            UNION ALL SELECT document_id, source_id, answer_digest FROM document
            UNION ALL
            SELECT c.claim_id, d.source_id, d.answer_digest
            FROM assessment.confirmed_claim AS c
            JOIN document AS d ON d.document_id = c.document_id
        ),
        known AS (
            SELECT k.id
            FROM collected AS k
            JOIN answer AS a ON a.source_id = k.source_id AND a.digest = k.answer_digest
            UNION ALL SELECT position_id FROM assessment.official_position WHERE url <> ''
            UNION ALL SELECT alert_id FROM assessment.alert WHERE run_id = $run_id
        )
        SELECT u.id
        FROM used AS u
        WHERE NOT starts_with(u.id, 'ledger:')
          AND u.id NOT IN (SELECT id FROM known)
        ORDER BY u.id
        """,
        {"run_id": run_id},
    ).fetchall()
    return [row[0] for row in rows]


def _run(connection: duckdb.DuckDBPyConnection, as_of: date | None) -> dict[str, Any]:
    condition = "kind = 'current'" if as_of is None else "as_of = $as_of"
    try:
        rows = _rows(
            connection,
            f"SELECT * FROM assessment.run WHERE {condition} ORDER BY as_of DESC, made_at DESC LIMIT 1",
            {} if as_of is None else {"as_of": as_of},
        )
    except duckdb.CatalogException:
        rows = []
    if not rows:
        day = "" if as_of is None else f" --as-of {as_of}"
        raise NotAssessed(f"nothing is assessed{day and f' as of {as_of}'}; run `returnwatch assess{day}` first")
    return rows[0]


def _rows(connection: duckdb.DuckDBPyConnection, sql: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    found = connection.execute(sql, parameters)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
