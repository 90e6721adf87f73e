"""The runs before this one, as the alerts compare with them: levels, probabilities, routes, silence, open alerts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import duckdb

from assessment.alerts import Alert
from assessment.route import Route
from assessment.route_path import Arrival

MONTH = timedelta(days=28)  # runs at least this far apart are "monthly runs"


@dataclass(frozen=True)
class Past:
    """run_id: the run of the day before this one's (None: there is none). Keys (region_id, dimension).

    months: band probabilities of up to two earlier monthly runs of one framework, oldest first.
    """

    run_id: str | None = None
    levels: Mapping[tuple[str, str], int] = field(default_factory=dict)
    insufficient: frozenset[tuple[str, str]] = frozenset()
    months: Mapping[tuple[str, str], tuple[tuple[float, ...], ...]] = field(default_factory=dict)
    routes: tuple[Route, ...] = ()
    blackout: frozenset[str] = frozenset()
    alerts: tuple[Alert, ...] = ()


def read(connection: duckdb.DuckDBPyConnection, as_of: date, framework_digest: str) -> Past:
    """What earlier runs left; only runs of an earlier day, so that the same run again finds the same."""
    runs = _rows(
        connection,
        """
        SELECT run_id, as_of, framework_digest
        FROM assessment.run
        WHERE as_of < $as_of
        ORDER BY as_of DESC, kind = 'current' DESC, made_at DESC, run_id
        """,
        as_of=as_of,
    )
    if not runs:
        return Past()
    last = runs[0]["run_id"]
    scores = _rows(
        connection,
        "SELECT region_id, dimension, level, state FROM assessment.dimension_score WHERE run_id = $run_id",
        run_id=last,
    )
    key = [((row["region_id"], row["dimension"]), row) for row in scores]
    silent = _rows(
        connection, "SELECT region_id FROM assessment.region_result WHERE run_id = $run_id AND blackout", run_id=last
    )
    return Past(
        last,
        {k: row["level"] for k, row in key},
        frozenset(k for k, row in key if row["state"] == "insufficient"),
        _months(connection, [r for r in runs if r["framework_digest"] == framework_digest], as_of),
        _routes(connection, last),
        frozenset(row["region_id"] for row in silent),
        _alerts(connection, last),
    )


def published(connection: duckdb.DuckDBPyConnection, run_ids: Mapping[str, str]) -> dict[str, dict[str, int]]:
    """Levels by dimension of regions in the runs their advice was given on; run_ids: by region."""
    found: dict[str, dict[str, int]] = {}
    rows = _rows(
        connection,
        "SELECT run_id, region_id, dimension, level FROM assessment.dimension_score WHERE list_contains($runs, run_id)",
        runs=sorted(set(run_ids.values())),
    )
    for row in rows:
        if run_ids.get(row["region_id"]) == row["run_id"]:
            found.setdefault(row["region_id"], {})[row["dimension"]] = row["level"]
    return found


def _months(
    connection: duckdb.DuckDBPyConnection, runs: list[dict[str, Any]], as_of: date
) -> dict[tuple[str, str], tuple[tuple[float, ...], ...]]:
    chosen: list[str] = []
    limit = as_of - MONTH
    for run in runs:
        if run["as_of"] <= limit and len(chosen) < 2:
            chosen.append(run["run_id"])
            limit = run["as_of"] - MONTH
    found: dict[tuple[str, str], tuple[tuple[float, ...], ...]] = {}
    for run_id in reversed(chosen):
        for row in _rows(
            connection,
            "SELECT region_id, dimension, band_probability FROM assessment.dimension_score WHERE run_id = $run_id",
            run_id=run_id,
        ):
            key = (row["region_id"], row["dimension"])
            found[key] = (*found.get(key, ()), tuple(row["band_probability"]))
    return found


def _routes(connection: duckdb.DuckDBPyConnection, run_id: str) -> tuple[Route, ...]:
    rows = _rows(
        connection, "SELECT * FROM assessment.route WHERE run_id = $run_id AND rank = 1 ORDER BY region_id",
        run_id=run_id,
    )  # fmt: skip
    return tuple(
        Route(
            r["region_id"], 1,
            Arrival(r["arrival_iata"], r["arrival_name"], r["legs"][0], "") if r["arrival_iata"] else None,
            r["arrival_code"], tuple(r["legs"]), r["worst_leg"], r["worst_score"], r["worst_date"], r["state"],
        )
        for r in rows
    )  # fmt: skip


def _alerts(connection: duckdb.DuckDBPyConnection, run_id: str) -> tuple[Alert, ...]:
    rows = _rows(
        connection,
        "SELECT * EXCLUDE (run_id) FROM assessment.alert WHERE run_id = $run_id AND starts_with(rule, 'level_')",
        run_id=run_id,
    )
    return tuple(Alert(**{**row, "evidence_ids": tuple(row["evidence_ids"])}) for row in rows)


def _rows(connection: duckdb.DuckDBPyConnection, sql: str, **wanted: Any) -> list[dict[str, Any]]:
    found = connection.execute(sql, wanted)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
