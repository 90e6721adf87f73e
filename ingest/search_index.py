"""The full-text search file beside each snapshot: every current document and every claim suggested from it.

Made when a snapshot is published and removed with it (`snap-….search.sqlite`). When no document and no claim differs
from the snapshot before, its file is the same file: it is linked, not made again.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import datetime
from heapq import merge
from pathlib import Path
from typing import Any

import duckdb

from ingest.publish import snapshots
from ingest.text.search import beside
from ingest.text.search_build import Item, build, order

BATCH = 2_000  # documents held in memory at a time

_DOCUMENTS = """
    WITH placed AS (
        SELECT document_id,
               list(DISTINCT region_id) FILTER (WHERE region_id IS NOT NULL) AS regions,
               list(DISTINCT iso3) FILTER (WHERE iso3 IS NOT NULL) AS countries
        FROM evidence.mention
        WHERE role NOT IN ('embassy', 'dateline')
        GROUP BY document_id
    )
    SELECT d.document_id, d.title, coalesce(d.text, d.summary, '') AS body, d.url, d.source_id, d.kind, d.publisher,
           d.published, coalesce(nullif(e.language, 'und'), d.language, 'und') AS language,
           coalesce(e.themes, []) AS themes, d.topics, d.countries AS declared, coalesce(e.countries, []) AS main,
           coalesce(e.regions, []) AS regions, coalesce(p.regions, []) AS named_regions,
           coalesce(p.countries, []) AS named_countries, m.cluster_id, s.n_origins
    FROM document AS d
    LEFT JOIN evidence.document AS e ON e.document_id = d.document_id
    LEFT JOIN placed AS p ON p.document_id = d.document_id
    LEFT JOIN evidence.member AS m ON m.document_id = d.document_id
    LEFT JOIN evidence.story AS s ON s.cluster_id = m.cluster_id
    WHERE d.superseded_at IS NULL
    ORDER BY d.published::DATE NULLS FIRST, d.document_id
"""
_CLAIMS = """
    SELECT c.claim_id, c.document_id, c.quote AS body, c.iso3, c.region_id, c.theme, c.cluster_id, s.n_origins,
           d.title, d.url, d.source_id, d.kind, d.publisher, d.published,
           coalesce(nullif(e.language, 'und'), d.language, 'und') AS language
    FROM evidence.claim AS c
    JOIN document AS d ON d.document_id = c.document_id AND d.row_digest = c.row_digest
    LEFT JOIN evidence.document AS e ON e.document_id = d.document_id
    LEFT JOIN evidence.story AS s ON s.cluster_id = c.cluster_id
    WHERE c.superseded_at IS NULL AND d.superseded_at IS NULL
    ORDER BY d.published::DATE NULLS FIRST, c.claim_id
"""
_STATE = """
    SELECT (SELECT bit_xor(hash(document_id, row_digest)) FROM document WHERE superseded_at IS NULL),
           (SELECT bit_xor(hash(e)) FROM evidence.document AS e),
           (SELECT bit_xor(hash(claim_id, superseded_at)) FROM evidence.claim),
           (SELECT bit_xor(hash(s)) FROM evidence.story AS s),
           (SELECT count(*) FROM document)
"""


def derive(snapshot: Path) -> Path | None:
    """Make the search file of a snapshot just written; None when no texts were read (`evidence` has no tables)."""
    with duckdb.connect(str(snapshot), read_only=True) as connection:
        if not _is_read(connection):
            return None
        state = str(connection.execute(_STATE).fetchone())
        target = beside(snapshot)
        before = next((beside(path) for path in snapshots(snapshot.parent) if path != snapshot), None)
        if before is not None and before.exists() and _state_of(before) == state:
            with suppress(OSError):  # a file system without links: it is made again
                os.link(before, target)
                return target
        build(_items(connection), target, state, ordered=True)
    return target


def _is_read(connection: duckdb.DuckDBPyConnection) -> bool:
    found = "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'evidence' AND table_name IN ('claim', 'story')"
    return connection.execute(found).fetchone() == (2,)


def _state_of(path: Path) -> str | None:
    """What the file was made from; None when it does not say."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            row = connection.execute("SELECT state FROM made").fetchone()
    except sqlite3.DatabaseError:
        return None
    return row[0] if row else None


def _items(connection: duckdb.DuckDBPyConnection) -> Iterator[Item]:
    documents = (_document(row) for row in _rows(connection, _DOCUMENTS))
    claims = (_claim(row) for row in _rows(connection, _CLAIMS))
    return merge(documents, claims, key=order)


def _document(row: dict[str, Any]) -> Item:
    shown = {
        "countries": _joined(row["declared"], row["main"]),
        "regions": row["regions"],
        "themes": row["themes"] or row["topics"],
    }
    return replace(
        _item(row, row["document_id"], "document", shown),
        countries=_joined(row["declared"], row["main"], row["named_countries"]),
        regions=_joined(row["regions"], row["named_regions"]),
        themes=_joined(row["themes"], row["topics"]),
    )


def _claim(row: dict[str, Any]) -> Item:
    countries, themes = (row["iso3"],), (row["theme"],)
    regions = (row["region_id"],) if row["region_id"] else ()
    shown = {"countries": countries, "regions": regions, "themes": themes}
    found = _item(row, row["claim_id"], "claim", shown)
    return replace(found, countries=countries, regions=regions, themes=themes)


def _item(row: dict[str, Any], identity: str, kind: str, shown: dict[str, Any]) -> Item:
    published: datetime | None = row["published"]
    names = ("document_id", "title", "kind", "publisher", "cluster_id", "n_origins")
    about = {name: row[name] for name in names}
    return Item(
        id=identity,
        kind=kind,
        title=row["title"],
        body=row["body"],
        url=row["url"],
        source_id=row["source_id"],
        language=row["language"],
        day=published.date() if published else None,
        form=row["kind"],
        about={**about, "published": published.isoformat() if published else None, **shown},
    )


def _rows(connection: duckdb.DuckDBPyConnection, statement: str) -> Iterator[dict[str, Any]]:
    found = connection.cursor().execute(statement)
    names = [column[0] for column in found.description or ()]
    while batch := found.fetchmany(BATCH):
        for values in batch:
            yield dict(zip(names, values, strict=True))


def _joined(*lists: list[str]) -> tuple[str, ...]:
    """All values once, in order."""
    return tuple(dict.fromkeys(value for values in lists for value in values))
