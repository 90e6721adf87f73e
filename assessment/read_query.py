"""What the reading functions share: one cursor over one snapshot, rows as dicts, which runs there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from assessment.framework import Framework

Row = dict[str, Any]


class ReadError(Exception):
    """A question that cannot be answered; the message says what to do."""


class NoSnapshot(ReadError):
    """Nothing is published, or it cannot be opened."""


class NotFound(ReadError):
    """No such region, run, evidence or document in this snapshot; the message names what was asked."""

    def __init__(self, what: str, wanted: str, hint: str = "") -> None:
        super().__init__(f"no {what} {wanted!r} in this snapshot{f'; {hint}' if hint else ''}")
        self.what, self.wanted = what, wanted


@dataclass(slots=True)
class Query:
    """One question: its own cursor, the tables that hold rows (`schema.table`), the framework and the run shown.

    `memory` is the reader's: a snapshot never changes, so what was worked out once stays true.
    """

    cursor: duckdb.DuckDBPyConnection
    tables: frozenset[str]
    framework: Framework
    run: Mapping[str, Any] | None  # the newest current run; None: nothing is assessed
    memory: dict[Any, Any] = field(default_factory=dict)
    search_file: Path | None = None  # full-text file of this snapshot; it may not exist

    def rows(self, sql: str, **parameters: Any) -> list[Row]:
        """All rows of a statement as dicts."""
        found = self.cursor.execute(sql, parameters)
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def rows_of(self, table: str, sql: str, **parameters: Any) -> list[Row]:
        """Rows of a statement over a table that a snapshot may lack or hold empty: then none."""
        return self.rows(sql, **parameters) if table in self.tables else []

    def remembered(self, key: Any, make: Callable[[], Any]) -> Any:
        """What `make` gives, made once per snapshot. Two threads may both make it; they make the same."""
        if key not in self.memory:
            self.memory[key] = make()
        return self.memory[key]

    def holds(self, table: str) -> bool:
        """True when the table `schema.table` has rows."""
        return table in self.tables

    def needed_run(self) -> Mapping[str, Any]:
        """The run shown. Raises NotFound when nothing is assessed."""
        if self.run is None:
            raise NotFound("assessment", "current", "run `returnwatch assess`, then publish")
        return self.run


def tables(cursor: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """`schema.table` of everything in the snapshot that holds a row."""
    names = cursor.execute("SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT temporary").fetchall()
    return frozenset(
        f"{schema}.{table}"
        for schema, table in names
        if cursor.execute(f'SELECT 1 FROM "{schema}"."{table}" LIMIT 1').fetchone()
    )


def runs(query: Query) -> list[Row]:
    """Every run of the snapshot, newest as-of date first; of one date the last made first."""
    kept: list[Row] = query.remembered("runs", lambda: query.rows_of("assessment.run", _RUNS))
    return [row.copy() for row in kept]


_RUNS = """
    SELECT run_id, as_of, kind, made_at, framework_version, framework_digest, code_version, seed, input_digest
    FROM assessment.run
    ORDER BY as_of DESC, made_at DESC, run_id
"""


def run_of(query: Query, run_id: str) -> Row:
    """One run. Raises NotFound."""
    found = [run for run in runs(query) if run["run_id"] == run_id]
    if not found:
        raise NotFound("run", run_id, "see runs()")
    return found[0]


def run_before(query: Query, day: date | None = None) -> Row | None:
    """The run to compare the shown one with: the newest of a date before its own, or on or before `day` when given."""
    if query.run is None:
        return None
    shown = query.run["as_of"]
    earlier = [r for r in runs(query) if r["as_of"] < shown and (day is None or r["as_of"] <= day)]
    return earlier[0] if earlier else None
