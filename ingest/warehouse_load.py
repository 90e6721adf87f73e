"""Bulk loads: the parsed rows of answers become vintages, in one transaction together with the mark that says so.

For each row the current vintage of the same id decides: none (new), same digest (same), other digest (changed: the old
vintage is closed at the moment the new one became known). Rows that vanish from a source are never deleted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import duckdb
import pyarrow as pa

from ingest import issues, warehouse_answers
from ingest.issues import Issue
from ingest.parse import Parsed
from ingest.refresh_plan import AnswerFacts
from ingest.warehouse import note_change, transaction
from ingest.warehouse_answers import AnswerResult
from ingest.warehouse_tables import FAMILIES, ID_COLUMN, INCOMING, names

# Small answers share a transaction: a commit costs some 20 ms however little it brings.
BATCH_ROWS = 50_000
BATCH_ANSWERS = 64


@dataclass(slots=True)
class LoadItem:
    """One parsed answer with the decisions about it. `extra` are issues about the whole run of the source."""

    source_id: str
    facts: AnswerFacts
    parsed: Parsed
    version: str
    backfill: bool
    withheld: bool
    extra: tuple[Issue, ...] = ()
    state: str = ""  # filled from parsed and withheld

    def __post_init__(self) -> None:
        kept = self.parsed.state in ("good", "empty") and self.withheld
        self.state = "withheld" if kept else self.parsed.state


@dataclass(slots=True)
class Loader:
    """Gathers answers and writes them batch by batch. Each `flush` is one transaction; a kill loses at most one."""

    connection: duckdb.DuckDBPyConnection
    batch_rows: int = BATCH_ROWS
    batch_answers: int = BATCH_ANSWERS
    _items: list[LoadItem] = field(default_factory=list)
    _ids: set[str] = field(default_factory=set)
    _rows: int = 0

    def add(self, item: LoadItem) -> list[AnswerResult]:
        """Take one answer; returns what was written meanwhile, if anything was.

        Two answers that speak of the same row never share a batch: the second is compared with what the first left.
        """
        written: list[AnswerResult] = []
        item.parsed.fetch()
        ids = {
            row_id
            for family, table in item.parsed.tables.items()
            for row_id in table.column(ID_COLUMN[family]).to_pylist()
        }
        if self._items and (self._rows + item.parsed.rows > self.batch_rows or not self._ids.isdisjoint(ids)):
            written = self.flush()
        self._items.append(item)
        self._ids |= ids
        self._rows += item.parsed.rows
        if len(self._items) >= self.batch_answers or self._rows >= self.batch_rows:
            written += self.flush()
        return written

    def flush(self) -> list[AnswerResult]:
        """Write what was gathered; returns one result per answer."""
        items, self._items, self._ids, self._rows = self._items, [], set(), 0
        if not items:
            return []
        with transaction(self.connection):
            return load_batch(self.connection, items)


def load_batch(connection: duckdb.DuckDBPyConnection, items: Sequence[LoadItem]) -> list[AnswerResult]:
    """Rows, issues and marks of answers that speak of different rows. Within the caller's transaction."""
    counts: dict[int, dict[str, int]] = {number: {} for number in range(len(items))}
    for family in FAMILIES:
        tables = [
            _stamped(family, item.parsed.tables[family], number, item)
            for number, item in enumerate(items)
            if family in item.parsed.tables
        ]
        if tables:
            for number, verdict, rows in _load_family(connection, family, pa.concat_tables(tables)):
                counts[number][verdict] = counts[number].get(verdict, 0) + rows
    issues.record(connection, _issues(items))
    results = [
        AnswerResult(
            item.source_id, item.facts, item.version, item.state, item.parsed.rows,
            counts[number].get("new", 0), counts[number].get("changed", 0),
            item.parsed.rows if item.state == "unchanged" else counts[number].get("same", 0)
            + counts[number].get("withheld", 0),
            len(item.parsed.issues) + len(item.extra), item.parsed.countries,
        )
        for number, item in enumerate(items)
    ]  # fmt: skip
    warehouse_answers.finish(connection, results)
    if any(result.new or result.changed for result in results):
        note_change(connection)
    return results


def _issues(items: Iterable[LoadItem]) -> list[tuple[Issue, str, datetime]]:
    return [
        (issue, item.facts.run_id, item.facts.retrieved_at)
        for item in items
        for issue in (*item.parsed.issues, *item.extra)
    ]


def _stamped(family: str, table: pa.Table, number: int, item: LoadItem) -> pa.Table:
    """The rows of one answer with what is the same for all of them."""
    values = (
        item.facts.retrieved_at, item.facts.run_id, item.facts.digest, number, item.backfill, item.withheld,
    )  # fmt: skip
    schema = INCOMING[family]
    for name, value in zip(schema.names[len(table.schema.names) :], values, strict=True):
        column = pa.repeat(pa.scalar(value, schema.field(name).type), table.num_rows)
        table = table.append_column(schema.field(name), column)
    return table.cast(schema)


def _load_family(connection: duckdb.DuckDBPyConnection, family: str, incoming: pa.Table) -> list[tuple[int, str, int]]:
    """Write the rows of one family; (answer_no, verdict, rows) for each verdict."""
    row_id = ID_COLUMN[family]
    columns = ", ".join(f'"{name}"' for name in names(family))
    chosen = ", ".join(f'i."{name}"' for name in names(family))
    connection.register("incoming", incoming)
    try:
        connection.execute(_VERDICT.format(family=family, row_id=row_id))
        found = connection.execute(
            "SELECT answer_no, verdict, count(*) FROM verdict GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        verdicts = {verdict for _, verdict, _ in found}
        if "changed" in verdicts:
            connection.execute(_CLOSE.format(family=family, row_id=row_id))
        if verdicts & {"new", "changed"}:
            connection.execute(_INSERT.format(family=family, row_id=row_id, columns=columns, chosen=chosen))
    finally:
        connection.unregister("incoming")
    return found


_VERDICT = """
CREATE OR REPLACE TEMP TABLE verdict AS
SELECT
    i.{row_id} AS row_id,
    i.answer_no,
    CASE
        WHEN c.{row_id} IS NULL THEN 'new'
        WHEN c.row_digest = i.row_digest THEN 'same'
        WHEN i.withheld THEN 'withheld'
        ELSE 'changed'
    END AS verdict,
    c.{row_id} IS NULL AND i.backfill AND i.history_at IS NOT NULL AND i.history_at < i.retrieved_at AS past,
    CASE
        WHEN c.{row_id} IS NOT NULL THEN greatest(i.retrieved_at, c.known_at + INTERVAL 1 MICROSECOND)
        WHEN past THEN i.history_at
        ELSE i.retrieved_at
    END AS known_at,
    CASE WHEN past THEN i.history_basis ELSE 'retrieved' END AS known_basis
FROM incoming AS i
LEFT JOIN {family} AS c ON c.{row_id} = i.{row_id} AND c.superseded_at IS NULL
"""
_CLOSE = """
UPDATE {family} SET superseded_at = v.known_at
FROM verdict AS v
WHERE {family}.{row_id} = v.row_id AND {family}.superseded_at IS NULL AND v.verdict = 'changed'
"""
_INSERT = """
INSERT INTO {family} (
    {columns}, retrieved_at, known_at, known_basis, superseded_at, run_id, answer_digest
)
SELECT {chosen}, i.retrieved_at, v.known_at, v.known_basis, NULL, i.run_id, i.answer_digest
FROM incoming AS i
JOIN verdict AS v ON v.row_id = i.{row_id}
WHERE v.verdict IN ('new', 'changed')
"""


def refresh_coverage(connection: duckdb.DuckDBPyConnection, source_ids: Sequence[str]) -> None:
    """Derive from rows and answers which countries and days each source speaks of. Within the caller's transaction.

    A source that lists its countries covers all of them over its whole span. One that says "*" covers those it has rows
    for: with events over the whole span of the source (no event in between is a zero), with observations each country
    over its own span (a survey that was not repeated is no zero). Projections and documents widen nothing.
    """
    values = {"ids": list(source_ids)}
    connection.execute("DELETE FROM coverage WHERE source_id IN (SELECT unnest($ids::VARCHAR[]))", values)
    connection.execute(_COVERAGE, values)


_COVERAGE = """
INSERT INTO coverage (source_id, iso3, covered_from, covered_to, last_good)
WITH spans AS (
    SELECT
        source_id,
        iso3,
        min(min(ref_end)) OVER (PARTITION BY source_id) AS first_day,
        max(max(ref_end)) OVER (PARTITION BY source_id) AS last_day
    FROM event
    WHERE superseded_at IS NULL AND source_id IN (SELECT unnest($ids::VARCHAR[]))
    GROUP BY source_id, iso3
    UNION ALL
    SELECT source_id, iso3, min(ref_end), max(ref_end)
    FROM observation
    WHERE superseded_at IS NULL AND NOT projection AND source_id IN (SELECT unnest($ids::VARCHAR[]))
    GROUP BY source_id, iso3
),
listed AS (
    SELECT source_id, unnest(countries) AS iso3
    FROM source
    WHERE source_id IN (SELECT unnest($ids::VARCHAR[]))
),
whole AS (
    SELECT source_id, min(first_day) AS first_day, max(last_day) AS last_day
    FROM spans
    GROUP BY source_id
),
spoken AS (
    SELECT source_id, iso3, first_day, last_day FROM spans
    UNION ALL
    SELECT l.source_id, l.iso3, w.first_day, w.last_day
    FROM listed AS l
    JOIN whole AS w ON w.source_id = l.source_id
    WHERE l.iso3 <> '*'
),
good AS (
    SELECT source_id, max(retrieved_at) AS last_good
    FROM answer
    WHERE state IN ('good', 'withheld', 'unchanged') AND source_id IN (SELECT unnest($ids::VARCHAR[]))
    GROUP BY source_id
)
SELECT e.source_id, e.iso3, min(e.first_day), max(e.last_day), min(g.last_good)
FROM spoken AS e
JOIN good AS g ON g.source_id = e.source_id
GROUP BY e.source_id, e.iso3
"""
