"""Proof that the warehouse keeps its promises: unique rows, vintages that follow each other, answers that exist."""

from __future__ import annotations

import duckdb

from ingest.warehouse_tables import FAMILIES, ID_COLUMN

_UNIQUE = {
    "source": "source_id",
    "variable": "variable",
    "region": "region_id",
    "run": "run_id",
    "source_run": "run_id, source_id",
    "answer": "source_id, url, digest, retrieved_at",
    "coverage": "source_id, iso3",
    "issue": "issue_id",
    **{family: f"{ID_COLUMN[family]}, known_at" for family in FAMILIES},
}


def verify(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """One line per broken promise; empty when all hold. Reads every table once."""
    faults = []
    for table, key in _UNIQUE.items():
        found = _count(connection, f"SELECT count(*) - count(DISTINCT ({key})) FROM {table}")
        if found:
            faults.append(f"{table}: {found} rows share their key ({key}) with another; run `returnwatch rebuild`")
    for family in FAMILIES:
        faults += _vintages(connection, family)
        orphans = _count(
            connection,
            f"""
            SELECT count(*) FROM {family} AS t
            WHERE NOT EXISTS (
                SELECT 1 FROM answer AS a
                WHERE a.source_id = t.source_id AND a.digest = t.answer_digest AND a.state IS NOT NULL
            )
            """,
        )
        if orphans:
            faults.append(f"{family}: {orphans} rows come from no known answer; run `returnwatch rebuild`")
    return faults


def _vintages(connection: duckdb.DuckDBPyConnection, family: str) -> list[str]:
    """Each id has one current vintage, and each closed one ends where the next begins."""
    row_id = ID_COLUMN[family]
    broken = _count(
        connection,
        f"""
        SELECT count(*) FROM (
            SELECT
                superseded_at,
                lead(known_at) OVER (PARTITION BY {row_id} ORDER BY known_at, superseded_at NULLS LAST) AS following,
                known_at
            FROM {family}
        ) AS vintages
        WHERE superseded_at IS DISTINCT FROM following OR superseded_at <= known_at
        """,
    )
    return [f"{family}: {broken} vintages overlap or leave a gap; run `returnwatch rebuild`"] if broken else []


def _count(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    row = connection.execute(sql).fetchone()
    return int(row[0]) if row else 0
