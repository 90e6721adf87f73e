"""Read new documents: language, places, themes, stories and suggested claims, as rows of schema `evidence`.

Only documents that were not read yet, or were corrected since, are read; the stories of the last 30 days are remembered
by their fingerprints, so that nothing is read twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from ingest.text.fingerprints import Fingerprint
from ingest.text.pipeline import TextDocument, TextRows, process_documents
from ingest.text.stories import Member
from ingest.warehouse import append_rows, transaction

WINDOW = timedelta(days=30)
BATCH = 500  # documents read and stored together
SCHEMA = Path(__file__).with_name("evidence.sql")
PER_DOCUMENT = ("document", "mention", "claim", "trigger", "member")


def read_new_documents(connection: duckdb.DuckDBPyConnection, now: datetime) -> int:
    """Read what is new; the number of documents. Each batch is stored whole or not at all."""
    connection.execute(SCHEMA.read_text(encoding="utf-8"))
    waiting = list(_unread(connection))
    for start in range(0, len(waiting), BATCH):
        batch = waiting[start : start + BATCH]
        documents = [document for document, _ in batch]
        rows = process_documents(documents, _window(connection, documents, now))
        _store(connection, rows, {document.id: digest for document, digest in batch})
    return len(waiting)


def _unread(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[TextDocument, str]]:
    found = connection.execute(
        """
        SELECT d.document_id, d.source_id, s.origin_family, d.url, d.title, coalesce(d.text, d.summary, ''),
               d.published, d.language, d.countries, d.row_digest
        FROM document AS d
        JOIN source AS s USING (source_id)
        LEFT JOIN evidence.document AS e ON e.document_id = d.document_id AND e.row_digest = d.row_digest
        WHERE d.superseded_at IS NULL AND e.document_id IS NULL
        ORDER BY d.published NULLS FIRST, d.document_id
        """
    ).fetchall()
    for key, source, family, url, title, text, published, language, countries, digest in found:
        yield TextDocument(key, source, family, url, title, text, published, language, tuple(countries)), digest


def _window(connection: duckdb.DuckDBPyConnection, new: Sequence[TextDocument], now: datetime) -> list[Member]:
    """Members near in time to the new documents, with the fingerprints they left."""
    dates = [document.published or now for document in new]
    found = connection.execute(
        """
        SELECT * FROM evidence.member
        WHERE published IS NULL OR published BETWEEN $first AND $last
        ORDER BY document_id
        """,
        {"first": min(dates) - WINDOW, "last": max(dates) + WINDOW},
    )
    names = [column[0] for column in found.description or ()]
    return [_member(dict(zip(names, row, strict=True))) for row in found.fetchall()]


def _member(row: dict[str, Any]) -> Member:
    print_ = Fingerprint(
        document_id=row["document_id"],
        source_id=row["source_id"],
        origin_family=row["origin_family"],
        url_key=row["url_key"],
        published=row["published"],
        digest=int(row["digest"]),
        sketch=np.array([int(value) for value in row["sketch"]], dtype=np.uint64),
        shingles=row["shingles"],
        terms=np.array(row["terms"], dtype=np.int32),
        weights=np.array(row["weights"], dtype=np.float32),
        numbers=frozenset(row["numbers"]),
        places=frozenset(row["places"]),
        title_key=row["title_key"],
        title_marks=tuple(row["title_marks"]),
        cited=row["cited"],
    )
    return Member(
        row["document_id"],
        row["cluster_id"],
        row["relation"],
        row["similarity"],
        row["other_id"],
        row["series_id"],
        print_,
    )


def _store(connection: duckdb.DuckDBPyConnection, rows: TextRows, digests: dict[str, str]) -> None:
    tables = {
        "document": [_document(row, digests[row.document_id]) for row in rows.documents],
        "mention": [_mention(row) for row in rows.mentions],
        "claim": [_claim(row) for row in rows.claims],
        "trigger": [_trigger(row) for row in rows.triggers],
        "member": [_member_row(row) for row in rows.members],
    }
    with transaction(connection):
        for table in PER_DOCUMENT:
            connection.execute(
                f"DELETE FROM evidence.{table} WHERE document_id IN (SELECT unnest($ids::VARCHAR[]))",
                {"ids": list(digests)},
            )
        for table, found in tables.items():
            append_rows(connection, f"evidence.{table}", found)


def _document(row: Any, digest: str) -> dict[str, Any]:
    return {
        "document_id": row.document_id,
        "row_digest": digest,
        "language": row.language,
        "language_margin": float(row.language_margin),
        "dimension": row.dimension,
        "relevance": float(row.relevance),
        "themes": [theme for theme, _ in row.themes],
        "theme_probabilities": [float(share) for _, share in row.themes],
        "countries": [iso3 for iso3, _ in row.countries],
        "regions": [region for region, _ in row.regions],
    }


def _mention(row: Any) -> dict[str, Any]:
    mention = row.mention
    return {
        "document_id": row.document_id,
        "part": row.part,
        "start_at": row.start,
        "end_at": row.end,
        "name": mention.name,
        "kind": mention.kind,
        "iso3": mention.iso3,
        "region_id": mention.region_id,
        "confidence": float(mention.confidence),
        "rule": mention.rule,
        "role": mention.role,
    }


def _claim(row: Any) -> dict[str, Any]:
    renamed = {"start": "start_at", "end": "end_at"}
    return {renamed.get(name, name): getattr(row, name) for name in row.__dataclass_fields__}


def _trigger(row: Any) -> dict[str, Any]:
    return {
        "document_id": row.document_id,
        "part": row.part,
        "name": row.trigger,
        "start_at": row.start,
        "end_at": row.end,
        "quote": row.quote,
        "iso3": row.iso3,
    }


def _member_row(row: Member) -> dict[str, Any]:
    print_ = row.fingerprint
    return {
        "document_id": row.document_id,
        "cluster_id": row.cluster_id,
        "relation": row.relation,
        "similarity": float(row.similarity),
        "other_id": row.other_id,
        "series_id": row.series_id,
        "source_id": print_.source_id,
        "origin_family": print_.origin_family,
        "url_key": print_.url_key,
        "published": print_.published,
        "digest": str(print_.digest),
        "sketch": [str(value) for value in print_.sketch.tolist()],
        "shingles": int(print_.shingles),
        "terms": print_.terms.tolist(),
        "weights": print_.weights.tolist(),
        "numbers": sorted(print_.numbers),
        "places": sorted(print_.places),
        "title_key": print_.title_key,
        "title_marks": list(print_.title_marks),
        "cited": print_.cited,
    }
