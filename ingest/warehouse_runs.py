"""The tables of runs: which refreshes there were, how each source fared in them, and which of them were killed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb
import pyarrow as pa

# States of a source in a run after which it counts as reached.
REACHED = ("ok", "unchanged", "empty", "partial", "below_minimum")


@dataclass(frozen=True, slots=True)
class LastRun:
    """What the past says about one source: for the schedule and for health. Times are naive UTC."""

    ended_at: datetime
    state: str
    failures_in_a_row: int  # failed or offline runs since it was last reached
    last_reached: datetime | None  # None: never


def start(
    connection: duckdb.DuckDBPyConnection, run_id: str, kind: str, started_at: datetime, code_version: str
) -> None:
    """Note that a run began; one that was killed and has the same name goes on."""
    values = {"run_id": run_id, "kind": kind, "started_at": started_at, "code_version": code_version}
    connection.execute(
        """
        INSERT INTO run
        SELECT $run_id, $kind, 'running', $started_at, NULL, $code_version
        WHERE NOT EXISTS (SELECT 1 FROM run WHERE run_id = $run_id)
        """,
        values,
    )
    connection.execute(
        "UPDATE run SET state = 'running' WHERE run_id = $run_id AND state <> 'done'", {"run_id": run_id}
    )


def finish(connection: duckdb.DuckDBPyConnection, run_id: str, ended_at: datetime) -> None:
    """Note that a run came to its end."""
    connection.execute(
        "UPDATE run SET state = 'done', ended_at = $ended_at WHERE run_id = $run_id",
        {"run_id": run_id, "ended_at": ended_at},
    )


def unfinished(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Runs that began and did not end: still going in another process, or killed."""
    rows = connection.execute("SELECT run_id FROM run WHERE state = 'running' ORDER BY run_id").fetchall()
    return [row[0] for row in rows]


def interrupt(connection: duckdb.DuckDBPyConnection, run_id: str) -> None:
    """Mark a killed run whose answers have been taken over."""
    connection.execute("UPDATE run SET state = 'interrupted' WHERE run_id = $run_id", {"run_id": run_id})


@dataclass(frozen=True, slots=True)
class RunTotals:
    """Sums over the answers one run brought for one source."""

    answers: int
    states: frozenset[str]
    new: int
    changed: int
    same: int
    issues: int
    shortfall: str | None  # message of the issue below_minimum of this run


NO_TOTALS = RunTotals(0, frozenset(), 0, 0, 0, 0, None)


def totals(connection: duckdb.DuckDBPyConnection, run_id: str) -> dict[str, RunTotals]:
    """{source_id: totals} from the answers of a run: the same whether or not it was killed on the way."""
    rows = connection.execute(
        """
        SELECT
            a.source_id,
            count(*),
            list(DISTINCT a.state),
            coalesce(sum(a.new_rows), 0),
            coalesce(sum(a.changed_rows), 0),
            coalesce(sum(a.same_rows), 0),
            coalesce(sum(a.issues), 0),
            any_value(i.message)
        FROM answer AS a
        LEFT JOIN issue AS i
            ON i.source_id = a.source_id AND i.kind = 'below_minimum' AND i.last_run_id = a.run_id
        WHERE a.run_id = $run_id AND a.state IS NOT NULL
        GROUP BY a.source_id
        """,
        {"run_id": run_id},
    ).fetchall()
    return {
        source_id: RunTotals(answers, frozenset(states), int(new), int(changed), int(same), int(issues), shortfall)
        for source_id, answers, states, new, changed, same, issues, shortfall in rows
    }


_SOURCE_RUN = pa.schema(
    [
        ("run_id", pa.string()), ("source_id", pa.string()), ("state", pa.string()), ("started_at", pa.timestamp("us")),
        ("ended_at", pa.timestamp("us")), ("answers", pa.int64()), ("new_rows", pa.int64()),
        ("changed_rows", pa.int64()), ("same_rows", pa.int64()), ("issues", pa.int64()), ("message", pa.string()),
    ]
)  # fmt: skip


def put_source_runs(connection: duckdb.DuckDBPyConnection, rows: Sequence[Mapping[str, object]]) -> None:
    """Write or replace how sources fared in runs; keys are the columns of source_run. In the caller's transaction."""
    if not rows:
        return
    connection.register("incoming_run", pa.Table.from_pylist([dict(row) for row in rows], schema=_SOURCE_RUN))
    try:
        connection.execute(
            """
            DELETE FROM source_run AS s
            WHERE EXISTS (SELECT 1 FROM incoming_run AS i WHERE i.run_id = s.run_id AND i.source_id = s.source_id)
            """
        )
        connection.execute("INSERT INTO source_run BY NAME SELECT * FROM incoming_run")
    finally:
        connection.unregister("incoming_run")


def last_runs(
    connection: duckdb.DuckDBPyConnection, kinds: Sequence[str] = ("live",), *, until: datetime | None = None
) -> dict[str, LastRun]:
    """{source_id: LastRun} over runs of the given kinds that ended at or before `until` (None: all)."""
    rows = connection.execute(
        """
        WITH runs AS (
            SELECT s.source_id, s.ended_at, s.state, s.run_id
            FROM source_run AS s
            JOIN run AS r ON r.run_id = s.run_id
            WHERE r.kind IN (SELECT unnest($kinds::VARCHAR[])) AND ($until::TIMESTAMP IS NULL OR s.ended_at <= $until)
        ),
        reached AS (
            SELECT source_id, max(ended_at) AS at
            FROM runs
            WHERE state IN (SELECT unnest($reached::VARCHAR[]))
            GROUP BY source_id
        )
        SELECT
            u.source_id,
            max(u.ended_at),
            arg_max(u.state, (u.ended_at, u.run_id)),
            count(*) FILTER (
                WHERE u.state NOT IN (SELECT unnest($reached::VARCHAR[])) AND (e.at IS NULL OR u.ended_at > e.at)
            ),
            any_value(e.at)
        FROM runs AS u
        LEFT JOIN reached AS e ON e.source_id = u.source_id
        GROUP BY u.source_id
        """,
        {"kinds": list(kinds), "reached": list(REACHED), "until": until},
    ).fetchall()
    return {row[0]: LastRun(row[1], row[2], row[3], row[4]) for row in rows}


def last_good(connection: duckdb.DuckDBPyConnection) -> dict[str, datetime]:
    """{source_id: start of the last live run that reached it}: what `since` means to an adapter."""
    rows = connection.execute(
        """
        SELECT s.source_id, max(s.started_at)
        FROM source_run AS s
        JOIN run AS r ON r.run_id = s.run_id
        WHERE r.kind = 'live' AND s.state IN (SELECT unnest($reached::VARCHAR[]))
        GROUP BY s.source_id
        """,
        {"reached": list(REACHED)},
    ).fetchall()
    return dict(rows)
