"""Read new documents: language, places, themes, stories and suggested claims, as rows of schema `evidence`.

Only documents that were not read yet, or were corrected since, are read; after a new extractor or a newly learned gate
also those of the last 30 days. The stories of the last 30 days are remembered by their fingerprints, so that nothing is
read twice. A claim that a corrected document no longer makes stays, marked with the time: a person may have confirmed
it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path

import duckdb

from ingest import policy_watch
from ingest.evidence_rows import Row, member_of, story_row, tables
from ingest.text.claims import EXTRACTOR
from ingest.text.gate import Gate, load_gate
from ingest.text.pipeline import TextDocument, process_documents
from ingest.text.policy import read_country_chapters
from ingest.text.rows import TextRows
from ingest.text.stories import Member
from ingest.warehouse import append_rows, transaction

WINDOW = timedelta(days=30)
BATCH = 500  # documents read and stored together
FORM = 5  # of the tables in evidence.sql; a warehouse with another form has them made again
SCHEMA = Path(__file__).with_name("evidence.sql")
PER_DOCUMENT = ("document", "mention", "claim", "quantity", "trigger", "member")


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables; tables of an older form are dropped first, for everything in them can be made again."""
    try:
        row = connection.execute("SELECT version FROM reading.form").fetchone()
    except duckdb.CatalogException:
        row = None
    if row != (FORM,):
        connection.execute("DROP SCHEMA IF EXISTS evidence CASCADE")
        connection.execute("DROP SCHEMA IF EXISTS reading CASCADE")
    connection.execute(SCHEMA.read_text(encoding="utf-8"))
    if row != (FORM,):
        connection.execute("INSERT INTO reading.form VALUES ($form)", {"form": FORM})


def read_new_documents(connection: duckdb.DuckDBPyConnection, now: datetime, gate: Gate | None = None) -> int:
    """Read what is new, then compare policy texts with their version before; the number of documents read.

    Each batch is stored whole or not at all. gate: a learned one; None: the shipped one.
    """
    prepare(connection)
    gate = gate or load_gate()
    reader = f"{EXTRACTOR} gate {gate.digest}"
    waiting = list(_unread(connection, now, reader))
    for start in range(0, len(waiting), BATCH):
        batch = waiting[start : start + BATCH]
        documents = [document for document, _ in batch]
        rows = process_documents(documents, _window(connection, documents, now), gate=gate)
        _store(connection, rows, documents, {document.id: digest for document, digest in batch}, reader, now)
    policy_watch.watch(connection)
    return len(waiting)


def _unread(connection: duckdb.DuckDBPyConnection, now: datetime, reader: str) -> Iterator[tuple[TextDocument, str]]:
    found = connection.execute(
        """
        SELECT d.document_id, d.source_id, s.origin_family, d.url, d.title, coalesce(d.text, d.summary, ''),
               d.published, d.language, d.countries, d.row_digest, d.kind, d.text IS NOT NULL
        FROM document AS d
        JOIN source AS s USING (source_id)
        LEFT JOIN evidence.document AS e ON e.document_id = d.document_id AND e.row_digest = d.row_digest
        WHERE d.superseded_at IS NULL
          AND (e.document_id IS NULL OR (e.reader <> $reader AND d.published >= $recent))
        ORDER BY d.published NULLS FIRST, d.document_id
        """,
        {"reader": reader, "recent": now - WINDOW},
    ).fetchall()
    for key, source, family, url, title, text, published, language, countries, digest, kind, stored in found:
        facts = states_facts(kind, text, stored)
        yield TextDocument(key, source, family, url, title, text, published, language, tuple(countries), facts), digest


def states_facts(kind: str, text: str, stored: bool) -> bool:
    """False for notes of change, for titles of policy papers, and for rules such as the circular: what is decided
    about claims is no fact about a place, and its changes are watched (policy_watch). Country reports state facts."""
    if kind == "policy":
        return stored and not read_country_chapters(text, date.min)
    return kind != "notice"


_MEMBERS = """
    SELECT m.*, f.* EXCLUDE (document_id)
    FROM evidence.member AS m
    JOIN reading.fingerprint AS f USING (document_id)
"""


def _members(connection: duckdb.DuckDBPyConnection, condition: str, parameters: Mapping[str, object]) -> list[Member]:
    found = connection.execute(f"{_MEMBERS} WHERE {condition} ORDER BY m.cluster_id, m.document_id", parameters)
    names = [column[0] for column in found.description or ()]
    return [member_of(dict(zip(names, row, strict=True))) for row in found.fetchall()]


def _window(connection: duckdb.DuckDBPyConnection, new: Sequence[TextDocument], now: datetime) -> list[Member]:
    """Members near in time to the new documents; not the documents' own, they are placed afresh."""
    dates = [document.published or now for document in new]
    near = "(m.published IS NULL OR m.published BETWEEN $first AND $last)"
    return _members(
        connection,
        f"{near} AND NOT list_contains($own, m.document_id)",
        {"first": min(dates) - WINDOW, "last": max(dates) + WINDOW, "own": [document.id for document in new]},
    )


def _store(
    connection: duckdb.DuckDBPyConnection,
    rows: TextRows,
    documents: Sequence[TextDocument],
    digests: dict[str, str],
    reader: str,
    now: datetime,
) -> None:
    made = tables(rows, digests, {document.id: document.published for document in documents}, reader)
    ids = {"ids": list(digests)}
    with transaction(connection):
        clusters = {row["cluster_id"] for row in made["evidence.member"]} | _clusters_of(connection, ids)
        connection.execute(
            "UPDATE evidence.claim SET superseded_at = $now"
            " WHERE superseded_at IS NULL AND list_contains($ids, document_id)",
            {**ids, "now": now},
        )
        connection.execute(
            "DELETE FROM evidence.claim WHERE list_contains($claims, claim_id)",
            {"claims": [row["claim_id"] for row in made["evidence.claim"]]},
        )
        for table in made:
            if table != "evidence.claim":
                kept = "AND part <> 'change'" if table == "evidence.trigger" else ""
                connection.execute(f"DELETE FROM {table} WHERE list_contains($ids, document_id) {kept}", ids)
        for table, found in made.items():
            append_rows(connection, table, found)
        _tell_stories(connection, sorted(clusters))


def _clusters_of(connection: duckdb.DuckDBPyConnection, ids: dict[str, list[str]]) -> set[str]:
    found = connection.execute("SELECT cluster_id FROM evidence.member WHERE list_contains($ids, document_id)", ids)
    return {row[0] for row in found.fetchall()}


def _tell_stories(connection: duckdb.DuckDBPyConnection, clusters: Sequence[str]) -> None:
    """Count each story anew whose documents changed, from all its documents, however old."""
    wanted = {"clusters": clusters}
    connection.execute("DELETE FROM evidence.story WHERE list_contains($clusters, cluster_id)", wanted)
    members = _members(connection, "list_contains($clusters, m.cluster_id)", wanted)
    about = _about(connection, [member.document_id for member in members])
    grouped = groupby(members, key=lambda member: member.cluster_id)
    append_rows(connection, "evidence.story", [story_row(list(group), about) for _, group in grouped])


def _about(connection: duckdb.DuckDBPyConnection, documents: Sequence[str]) -> dict[str, Row]:
    found = connection.execute(
        """
        SELECT document_id, relevance, countries, regions, themes
        FROM evidence.document
        WHERE list_contains($documents, document_id)
        """,
        {"documents": documents},
    )
    names = [column[0] for column in found.description or ()]
    return {row[0]: dict(zip(names, row, strict=True)) for row in found.fetchall()}
