"""What changed in watched policy texts and travel advice, and the Dutch country chapters as they stand."""

from __future__ import annotations

from datetime import date
from typing import Any

from assessment.read_query import Query, Row
from ingest.text.policy_versions import compare_versions


def policy_changes(
    query: Query, iso3: str | None = None, since: date | None = None, kind: str | None = None,
    limit: int = 50, offset: int = 0,
) -> dict[str, Any]:  # fmt: skip
    """{"total", "hits"} of changes in watched policy texts and travel advice, newest first.

    A hit: kind (paragraph | item of a country chapter | level of travel advice), iso3, region_id, item, heading, change
    (added | removed | changed | worse | better), old_text and new_text (None: not there in that version), old_answer
    and new_answer (yes | no; None: the wording decides neither), old_level and new_level (1-4, 4 worst), effective,
    known_at, title, url, publisher, evidence_ids (the document or observation), and `paragraphs`: for an item, which
    of its paragraphs changed ({change, old, new}).
    """
    found = query.rows_of(
        "evidence.policy_change",
        """
        SELECT p.*, d.title, coalesce(d.url, '') AS url, s.publisher, [p.evidence_id] AS evidence_ids,
               count(*) OVER () AS total
        FROM evidence.policy_change AS p
        JOIN source AS s ON s.source_id = p.source_id
        LEFT JOIN document AS d ON d.document_id = p.evidence_id AND d.row_digest = p.new_digest
        WHERE ($iso3::VARCHAR IS NULL OR p.iso3 = $iso3)
          AND ($since::DATE IS NULL OR p.effective >= $since)
          AND ($kind::VARCHAR IS NULL OR p.kind = $kind)
        ORDER BY p.effective DESC, p.known_at DESC, p.change_id
        LIMIT $limit OFFSET $offset
        """,
        iso3=iso3, since=since, kind=kind, limit=limit, offset=offset,
    )  # fmt: skip
    if not found and offset:
        return {"total": policy_changes(query, iso3, since, kind, 1)["total"], "hits": []}
    total = found[0]["total"] if found else 0
    for row in found:
        del row["total"]
        row["paragraphs"] = _paragraphs(row)
    return {"total": total, "hits": found}


def _paragraphs(row: Row) -> list[Row]:
    if row["kind"] == "level":
        return []
    changes = compare_versions(row["old_text"] or "", row["new_text"] or "")
    return [{"change": change.kind, "old": change.old, "new": change.new} for change in changes]


def policy_items(query: Query, iso3: str) -> list[Row]:
    """Items of a country's chapter in the Dutch circular as they stand, each with quote, answer and since when."""
    return query.rows_of(
        "evidence.policy_item",
        """
        SELECT p.*, d.title, d.url, [p.document_id] AS evidence_ids
        FROM evidence.policy_item AS p
        JOIN document AS d ON d.document_id = p.document_id AND d.row_digest = p.row_digest
        WHERE p.iso3 = $iso3
        ORDER BY p.start_at
        """,
        iso3=iso3,
    )
