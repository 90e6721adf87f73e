"""The table of answers: which records of the archive are known, parsed and with what result."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import duckdb
import pyarrow as pa

from ingest.refresh_plan import AnswerFacts


class ArchiveRecord(Protocol):
    """What the warehouse needs of `ingest.archive.Record`."""

    @property
    def source_id(self) -> str: ...
    @property
    def run_id(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def status(self) -> int: ...
    @property
    def digest(self) -> str: ...
    @property
    def retrieved_at(self) -> datetime: ...
    @property
    def warc_file(self) -> str: ...
    @property
    def record_id(self) -> str: ...
    @property
    def offset(self) -> int: ...
    @property
    def bytes(self) -> int: ...
    @property
    def media_type(self) -> str | None: ...
    @property
    def etag(self) -> str | None: ...
    @property
    def last_modified(self) -> str | None: ...
    @property
    def final_url(self) -> str | None: ...


_RECORD = pa.schema(
    [
        ("digest", pa.string()), ("source_id", pa.string()), ("url", pa.string()), ("final_url", pa.string()),
        ("status", pa.int32()), ("media_type", pa.string()), ("bytes", pa.int64()),
        ("retrieved_at", pa.timestamp("us")), ("etag", pa.string()), ("last_modified", pa.string()),
        ("warc_file", pa.string()), ("warc_record_id", pa.string()), ("warc_offset", pa.int64()),
        ("run_id", pa.string()),
    ]
)  # fmt: skip

_RESULT = pa.schema(
    [
        ("source_id", pa.string()), ("url", pa.string()), ("digest", pa.string()), ("retrieved_at", pa.timestamp("us")),
        ("parsed_with", pa.string()), ("state", pa.string()), ("parsed_rows", pa.int64()), ("new_rows", pa.int64()),
        ("changed_rows", pa.int64()), ("same_rows", pa.int64()), ("issues", pa.int64()),
        ("countries", pa.list_(pa.string())),
    ]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AnswerResult:
    """What loading one answer did."""

    source_id: str
    facts: AnswerFacts
    parsed_with: str
    state: str
    rows: int
    new: int
    changed: int
    same: int
    issues: int
    countries: tuple[str, ...]


def add(connection: duckdb.DuckDBPyConnection, records: Iterable[ArchiveRecord]) -> None:
    """Note records as answers still to be parsed; those already known are left alone."""
    rows: dict[tuple, tuple] = {}
    for r in records:
        rows[(r.source_id, r.url, r.digest, r.retrieved_at)] = (
            r.digest, r.source_id, r.url, r.final_url or None, r.status, r.media_type or None, r.bytes, r.retrieved_at,
            r.etag, r.last_modified, r.warc_file, r.record_id, r.offset, r.run_id,
        )  # fmt: skip
    if not rows:
        return
    _with_table(
        connection,
        _RECORD,
        list(rows.values()),
        """
        INSERT INTO answer BY NAME
        SELECT i.*
        FROM incoming_answer AS i
        WHERE NOT EXISTS (
            SELECT 1 FROM answer AS a
            WHERE a.source_id = i.source_id AND a.url = i.url AND a.digest = i.digest
                AND a.retrieved_at = i.retrieved_at
        )
        """,
    )


def facts(connection: duckdb.DuckDBPyConnection, source_ids: Sequence[str]) -> dict[str, list[AnswerFacts]]:
    """All answers of the given sources, {source_id: in order of retrieval}, without error pages and parts (206)."""
    rows = connection.execute(
        """
        SELECT source_id, url, digest, retrieved_at, run_id, state, parsed_with, parsed_rows, countries
        FROM answer
        WHERE source_id IN (SELECT unnest($ids::VARCHAR[])) AND status IN (200, 201, 202, 203)
        ORDER BY source_id, retrieved_at, url, digest
        """,
        {"ids": list(source_ids)},
    ).fetchall()
    found: dict[str, list[AnswerFacts]] = {source_id: [] for source_id in source_ids}
    for source_id, url, digest, retrieved_at, run_id, state, parsed_with, parsed_rows, countries in rows:
        known = tuple(countries) if countries is not None else None
        found[source_id].append(AnswerFacts(url, digest, retrieved_at, run_id, state, parsed_with, parsed_rows, known))
    return found


def places_in_archive(
    connection: duckdb.DuckDBPyConnection, source_ids: Sequence[str]
) -> dict[tuple[str, str, str, datetime], dict]:
    """Where each answer that is still to be parsed lies: the columns of `answer` that make an archive record."""
    cursor = connection.execute(
        """
        SELECT digest, source_id, url, final_url, status, media_type, bytes, retrieved_at, etag, last_modified,
            warc_file, warc_record_id AS record_id, warc_offset AS "offset", run_id
        FROM answer
        WHERE source_id IN (SELECT unnest($ids::VARCHAR[])) AND state IS NULL
        """,
        {"ids": list(source_ids)},
    )
    columns = [item[0] for item in cursor.description]
    found = {}
    for row in cursor.fetchall():
        values = dict(zip(columns, row, strict=True))
        found[(values["source_id"], values["url"], values["digest"], values["retrieved_at"])] = values
    return found


def finish(connection: duckdb.DuckDBPyConnection, results: Sequence[AnswerResult]) -> None:
    """Mark answers as parsed, in the transaction that brings their rows."""
    rows = [
        (r.source_id, r.facts.url, r.facts.digest, r.facts.retrieved_at, r.parsed_with, r.state, r.rows, r.new,
         r.changed, r.same, r.issues, list(r.countries))
        for r in results
    ]  # fmt: skip
    _with_table(
        connection,
        _RESULT,
        rows,
        """
        UPDATE answer SET parsed_with = i.parsed_with, state = i.state, parsed_rows = i.parsed_rows,
            new_rows = i.new_rows, changed_rows = i.changed_rows, same_rows = i.same_rows, issues = i.issues,
            countries = i.countries
        FROM incoming_answer AS i
        WHERE answer.source_id = i.source_id AND answer.url = i.url AND answer.digest = i.digest
            AND answer.retrieved_at = i.retrieved_at
        """,
    )


def start_over(connection: duckdb.DuckDBPyConnection, source_id: str) -> None:
    """Forget what the answers of a source gave; the answers themselves stay. Within the caller's transaction."""
    for table in ("document", "event", "observation", "coverage"):
        connection.execute(f"DELETE FROM {table} WHERE source_id = $id", {"id": source_id})
    connection.execute(
        "DELETE FROM issue WHERE source_id = $id AND (answer_digest IS NOT NULL OR kind IN ('below_minimum', "
        "'above_maximum'))",
        {"id": source_id},
    )
    connection.execute(
        """
        UPDATE answer SET parsed_with = NULL, state = NULL, parsed_rows = NULL, new_rows = NULL, changed_rows = NULL,
            same_rows = NULL, issues = NULL, countries = NULL
        WHERE source_id = $id
        """,
        {"id": source_id},
    )


def validators(
    connection: duckdb.DuckDBPyConnection, source_ids: Sequence[str]
) -> dict[str, dict[str, tuple[str | None, str | None]]]:
    """{source_id: {url: (etag, last_modified)}} of the newest answer of each address, for conditional requests.

    Answers that were not taken in whole have to be sent again in full, so they offer no validators.
    """
    rows = connection.execute(
        """
        SELECT source_id, url, etag, last_modified
        FROM answer
        WHERE source_id IN (SELECT unnest($ids::VARCHAR[])) AND status IN (200, 201, 202, 203)
        QUALIFY row_number() OVER (PARTITION BY source_id, url ORDER BY retrieved_at DESC, digest DESC) = 1
            AND state IN ('good', 'empty', 'unchanged') AND (etag IS NOT NULL OR last_modified IS NOT NULL)
        """,
        {"ids": list(source_ids)},
    ).fetchall()
    found: dict[str, dict[str, tuple[str | None, str | None]]] = {source_id: {} for source_id in source_ids}
    for source_id, url, etag, last_modified in rows:
        found[source_id][url] = (etag, last_modified)
    return found


@dataclass(frozen=True, slots=True)
class LatestAnswer:
    """The newest answer at one address."""

    digest: str
    bytes: int
    state: str | None
    rows: int


def latest(connection: duckdb.DuckDBPyConnection, source_ids: Sequence[str]) -> dict[tuple[str, str], LatestAnswer]:
    """{(source_id, url): newest answer} of the given sources."""
    rows = connection.execute(
        """
        SELECT source_id, url, digest, bytes, state, coalesce(parsed_rows, 0)
        FROM answer
        WHERE source_id IN (SELECT unnest($ids::VARCHAR[])) AND status IN (200, 201, 202, 203)
        QUALIFY row_number() OVER (PARTITION BY source_id, url ORDER BY retrieved_at DESC, digest DESC) = 1
        """,
        {"ids": list(source_ids)},
    ).fetchall()
    return {(row[0], row[1]): LatestAnswer(*row[2:]) for row in rows}


def states(
    connection: duckdb.DuckDBPyConnection, source_ids: Sequence[str]
) -> dict[tuple[str, str, str], tuple[str, int]]:
    """{(source_id, url, digest): (state, rows)} of parsed answers; of the same bytes received twice the newest."""
    rows = connection.execute(
        """
        SELECT source_id, url, digest, state, coalesce(parsed_rows, 0)
        FROM answer
        WHERE source_id IN (SELECT unnest($ids::VARCHAR[])) AND state IS NOT NULL
        ORDER BY retrieved_at
        """,
        {"ids": list(source_ids)},
    ).fetchall()
    return {(row[0], row[1], row[2]): (row[3], row[4]) for row in rows}


def _with_table(connection: duckdb.DuckDBPyConnection, schema: pa.Schema, rows: Sequence[tuple], sql: str) -> None:
    columns = list(zip(*rows, strict=True))
    table = pa.table([pa.array(list(c), f.type) for c, f in zip(columns, schema, strict=True)], schema=schema)
    connection.register("incoming_answer", table)
    try:
        connection.execute(sql)
    finally:
        connection.unregister("incoming_answer")
