"""Paragraphs that stand in many documents of one source: standing notes to name in its option `boilerplate`.

Text that a site puts around every item is no news about any place, and a claim cut from it would repeat with each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

LEAST = 3  # documents a paragraph stands in before it is told
SHARE = 0.1  # of the source's documents, likewise: a bulletin's own headings come and go


@dataclass(frozen=True, slots=True)
class Repeated:
    """One paragraph. documents: current ones it stands in; claims: suggested ones cut out of it."""

    paragraph: str
    documents: int
    share: float
    claims: int


def repeated(cursor: duckdb.DuckDBPyConnection, source_id: str) -> list[Repeated]:
    """The repeated paragraphs of a source's current documents, those with claims first, then by documents."""
    texts = dict(
        cursor.execute(
            """
            SELECT document_id, coalesce(text, summary, '')
            FROM document
            WHERE source_id = $source AND superseded_at IS NULL
            """,
            {"source": source_id},
        ).fetchall()
    )
    found: Counter[str] = Counter()
    for text in texts.values():
        found.update({paragraph for _, paragraph in _paragraphs(text)})
    least = max(LEAST, SHARE * len(texts))
    many = {paragraph: count for paragraph, count in found.items() if count >= least}
    claims = _claims(texts, _starts(cursor, source_id), many)
    rows = [Repeated(text, count, count / len(texts), claims[text]) for text, count in many.items()]
    return sorted(rows, key=lambda row: (-row.claims, -row.documents, row.paragraph))


def _claims(texts: dict[str, str], starts: Iterable[tuple[str, int]], many: dict[str, int]) -> Counter[str]:
    """Paragraph -> suggested claims cut out of it."""
    found: Counter[str] = Counter()
    for document, start in starts:
        for at, paragraph in _paragraphs(texts.get(document, "")):
            if at <= start < at + len(paragraph) and paragraph in many:
                found[paragraph] += 1
    return found


def _starts(cursor: duckdb.DuckDBPyConnection, source_id: str) -> list[tuple[str, int]]:
    ready = "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'evidence' AND table_name = 'claim'"
    if cursor.execute(ready).fetchone() != (1,):
        return []
    return cursor.execute(
        """
        SELECT c.document_id, c.start_at
        FROM evidence.claim AS c
        JOIN document AS d USING (document_id, row_digest)
        WHERE d.source_id = $source AND d.superseded_at IS NULL AND c.superseded_at IS NULL AND c.part = 'text'
        """,
        {"source": source_id},
    ).fetchall()


def _paragraphs(text: str) -> Iterable[tuple[int, str]]:
    """(offset, line) of every line that holds something: what a pattern of `boilerplate` has to match."""
    at = 0
    for line in text.split("\n"):
        if line.strip():
            yield at, line
        at += len(line) + 1
