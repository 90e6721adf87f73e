"""Claims that the text stages suggest or people confirmed, and the stories that documents tell.

A suggested claim is a sentence with its place and theme; it never moves a score. Whether a person has coded it stands
in the ledger; the pages join the two by claim_id.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from assessment.read_query import Query, Row

SAYS_SOMETHING = 0.5  # relevance from which a document says something about safety

_SUGGESTED = """
    SELECT c.claim_id, c.document_id, c.part, c.start_at, c.end_at, c.quote, c.iso3, c.region_id, c.region_rule,
           c.theme, c.dimension, c.indicator_id, c.profile, c.polarity, c.severity, c.confidence, c.cluster_id,
           c.extractor_version, c.superseded_at, 'suggested' AS status,
           d.title, d.url, d.source_id, d.publisher, d.published, d.published::DATE AS ref_end,
           s.n_origins, len(s.document_ids) AS n_documents, [c.claim_id] AS evidence_ids
    FROM evidence.claim AS c
    JOIN document AS d ON d.document_id = c.document_id AND d.row_digest = c.row_digest
    LEFT JOIN evidence.story AS s ON s.cluster_id = c.cluster_id
"""
_ASKED = """
    FROM ({parts}) AS c
    WHERE ($theme::VARCHAR IS NULL OR theme = $theme OR indicator_id = $theme)
      AND ($iso3::VARCHAR IS NULL OR iso3 = $iso3)
      AND ($region_id::VARCHAR IS NULL OR region_id = $region_id)
      AND ($dimension::VARCHAR IS NULL OR dimension = $dimension)
      AND ($document_id::VARCHAR IS NULL OR document_id = $document_id)
      AND ($cluster_id::VARCHAR IS NULL OR cluster_id = $cluster_id)
      AND ($since::DATE IS NULL OR ref_end >= $since)
"""


def claims(
    query: Query, status: str | None = None, theme: str | None = None, iso3: str | None = None,
    limit: int = 50, offset: int = 0, *, region_id: str | None = None, dimension: str | None = None,
    document_id: str | None = None, cluster_id: str | None = None, since: date | None = None,
) -> dict[str, Any]:  # fmt: skip
    """{"total", "hits"} of claims, newest document first, then the surest; None: no narrowing.

    A hit: quote (with part, start_at, end_at: where it stands in the document's title or text), iso3, region_id and
    region_rule, theme (or an indicator's id), indicator_id or profile, polarity -1 worse / 0 not said / 1 better,
    severity 0-4 as proposed (None: none), confidence 0-1, n_origins (independent origins of its story), n_documents,
    status. suggested: all that the texts say now, coded by somebody or not: see `claims_review.queue`.
    confirmed: those a run took in. rejected ones stand in the ledger only.
    """
    suggested, confirmed = _suggested(status, query), _confirmed(status, query)
    parts = [suggested, f"SELECT *, NULL::BIGINT AS stored_at FROM ({confirmed})" if confirmed else ""]
    if not any(parts):
        return {"total": 0, "hits": []}
    asked = _ASKED.format(parts=" UNION ALL BY NAME ".join(filter(None, parts)))
    narrowed = {"theme": theme, "iso3": iso3, "region_id": region_id, "dimension": dimension,
                "document_id": document_id, "cluster_id": cluster_id, "since": since}  # fmt: skip
    total = query.rows(f"SELECT count(*) AS total {asked}", **narrowed)[0]["total"]
    page = query.rows(
        f"""
        SELECT status, claim_id, stored_at
        {asked}
        ORDER BY ref_end DESC NULLS LAST, confidence DESC NULLS LAST, claim_id, status
        LIMIT $limit OFFSET $offset
        """,
        **narrowed, limit=limit, offset=offset,
    )  # fmt: skip
    whole = _in_full(query, page, status) if page else {}
    return {"total": total, "hits": [whole[row["status"], row["claim_id"]] for row in page]}


def _in_full(query: Query, page: Sequence[Row], status: str | None) -> dict[tuple[str, str], Row]:
    """(status, claim_id) -> the hit. Quotes, titles and stories are joined for the rows of a page only; a suggested
    claim is found by where it is stored, which reads a few blocks instead of every id."""
    parts, given = [], {}
    if _suggested(status, query):
        parts.append(f"{_SUGGESTED} WHERE c.rowid IN (SELECT unnest($stored::BIGINT[]))")
        given["stored"] = [row["stored_at"] for row in page if row["status"] == "suggested"]
    if confirmed := _confirmed(status, query):
        parts.append(f"{confirmed} WHERE claim_id IN (SELECT unnest($confirmed::VARCHAR[]))")
        given["confirmed"] = [row["claim_id"] for row in page if row["status"] == "confirmed"]
    found = query.rows(" UNION ALL BY NAME ".join(parts), **given)
    return {(row["status"], row["claim_id"]): row for row in found}


def _suggested(status: str | None, query: Query) -> str:
    """What suggested claims are chosen and ordered by. Snapshots of before FORM 4 kept no day with a claim."""
    if status not in (None, "suggested") or not query.holds("evidence.claim"):
        return ""
    day = "c.published" if "published" in _columns(query, "evidence.claim") else "d.published"
    document = "" if day == "c.published" else "JOIN document AS d USING (document_id, row_digest)"
    return f"""
        SELECT c.*, c.rowid AS stored_at, {day}::DATE AS ref_end, 'suggested' AS status
        FROM evidence.claim AS c {document}
        WHERE c.superseded_at IS NULL
    """


def _columns(query: Query, table: str) -> set[str]:
    found: set[str] = query.remembered(
        ("columns", table), lambda: {row["column_name"] for row in query.rows(f"DESCRIBE {table}")}
    )
    return found


def confirmed_table(query: Query) -> str | None:
    """The table of confirmed claims the runs took in; None when no person has confirmed any."""
    return next((t for t in ("assessment.confirmed_claim", "main.confirmed_claim") if query.holds(t)), None)


def _confirmed(status: str | None, query: Query) -> str:
    table = confirmed_table(query)
    if status not in (None, "confirmed") or table is None:
        return ""
    columns = _columns(query, table)
    absent = [
        f"NULL::{kind} AS {name}"
        for name, kind in (("theme", "VARCHAR"), ("dimension", "VARCHAR"), ("document_id", "VARCHAR"),
                           ("cluster_id", "VARCHAR"), ("confidence", "DOUBLE"))
        if name not in columns
    ]  # fmt: skip
    return f"""
        SELECT {", ".join(["*", *absent])}, 'confirmed' AS status, [claim_id] AS evidence_ids
        FROM {table}
    """


def claim(query: Query, claim_id: str) -> Row | None:
    """One suggested claim, also one its document no longer makes; None when there is none."""
    found = query.rows_of("evidence.claim", f"{_SUGGESTED} WHERE c.claim_id = $claim_id", claim_id=claim_id)
    return found[0] if found else None


def stories(
    query: Query, iso3: str | None = None, region_id: str | None = None, theme: str | None = None,
    since: date | None = None, limit: int = 20, offset: int = 0,
) -> dict[str, Any]:  # fmt: skip
    """{"total", "hits"} of stories that say something about safety, newest first: what happened, counted once.

    A hit: cluster_id, title (of its first document), first_published, last_published, n_documents, n_origins
    (independent ones), countries, regions and themes its documents are about, series_id (None: no series), documents
    (document_id, title, source_id, url, published, relation), evidence_ids (its documents).
    """
    if not query.holds("evidence.story"):
        return {"total": 0, "hits": []}
    asked = f"""
        FROM {_stories(query)} AS s
        WHERE relevance >= {SAYS_SOMETHING}
          AND ($iso3::VARCHAR IS NULL OR list_contains(countries, $iso3))
          AND ($region_id::VARCHAR IS NULL OR list_contains(regions, $region_id))
          AND ($theme::VARCHAR IS NULL OR list_contains(themes, $theme))
          AND ($since::DATE IS NULL OR last_published::DATE >= $since)
    """
    narrowed = {"iso3": iso3, "region_id": region_id, "theme": theme, "since": since}
    total = query.rows(f"SELECT count(*) AS total {asked}", **narrowed)[0]["total"]
    found = query.rows(
        f"""
        SELECT cluster_id, n_origins, len(document_ids) AS n_documents, series_id, first_published, last_published,
               countries, regions, themes, document_ids AS evidence_ids
        {asked}
        ORDER BY last_published DESC NULLS LAST, n_origins DESC, cluster_id
        LIMIT $limit OFFSET $offset
        """,
        **narrowed, limit=limit, offset=offset,
    )  # fmt: skip
    documents = members(query, [row["cluster_id"] for row in found])
    for row in found:
        row["documents"] = documents.get(row["cluster_id"], [])
        row["title"] = row["documents"][0]["title"] if row["documents"] else ""
        for document in row["documents"]:
            for name in ("countries", "regions", "themes"):
                del document[name]
    return {"total": total, "hits": found}


def _stories(query: Query) -> str:
    """The stories with what they are about. Snapshots of before FORM 4 kept that with their documents only."""
    if "relevance" in _columns(query, "evidence.story"):
        return "evidence.story"
    return """(
        SELECT s.*, about.* EXCLUDE (cluster_id)
        FROM evidence.story AS s
        JOIN (
            SELECT m.cluster_id, max(e.relevance) AS relevance,
                   list_sort(list_distinct(flatten(list(e.countries)))) AS countries,
                   list_sort(list_distinct(flatten(list(e.regions)))) AS regions,
                   list_sort(list_distinct(flatten(list(e.themes)))) AS themes
            FROM evidence.member AS m
            JOIN evidence.document AS e USING (document_id)
            GROUP BY m.cluster_id
        ) AS about USING (cluster_id)
    )"""


def members(query: Query, clusters: Sequence[str]) -> dict[str, list[Row]]:
    """The documents of each story with what they are about, first published first."""
    grouped: dict[str, list[Row]] = {}
    for row in query.rows_of(
        "evidence.member",
        """
        SELECT m.cluster_id, m.document_id, m.relation, d.title, d.source_id, d.url, d.published, e.countries,
               e.regions, e.themes
        FROM evidence.member AS m
        LEFT JOIN evidence.document AS e ON e.document_id = m.document_id
        JOIN document AS d ON d.document_id = m.document_id AND d.superseded_at IS NULL
        WHERE m.cluster_id IN (SELECT unnest($clusters::VARCHAR[]))
        ORDER BY d.published NULLS LAST, m.document_id
        """,
        clusters=list(clusters),
    ):
        grouped.setdefault(row.pop("cluster_id"), []).append(row)
    return grouped


def passages(query: Query, document_id: str) -> list[Row]:
    """Claims a document makes now, in reading order: the passages to mark in it."""
    found: list[Row] = claims(query, "suggested", document_id=document_id, limit=1_000)["hits"]
    return sorted(found, key=lambda row: (row["part"] != "title", row["start_at"], row["claim_id"]))


def mentions(query: Query, document_id: str) -> list[Row]:
    """Places a document names: {part, start_at, end_at, name, kind, iso3, region_id, confidence, rule, role}."""
    return query.rows_of(
        "evidence.mention",
        """
        SELECT * EXCLUDE (document_id)
        FROM evidence.mention
        WHERE document_id = $document_id
        ORDER BY part <> 'title', start_at, end_at
        """,
        document_id=document_id,
    )


def reading(query: Query, document_id: str) -> Row:
    """What a document is about: {dimension, relevance, themes, main_countries, main_regions, triggers, quantities,
    cluster_id, n_origins, story}. Empty and None where it was not read."""
    found = query.rows_of(
        "evidence.document",
        """
        SELECT e.dimension, e.relevance, e.themes, e.countries AS main_countries, e.regions AS main_regions,
               m.cluster_id, s.n_origins
        FROM evidence.document AS e
        LEFT JOIN evidence.member AS m USING (document_id)
        LEFT JOIN evidence.story AS s USING (cluster_id)
        WHERE e.document_id = $document_id
        """,
        document_id=document_id,
    )
    unread: Row = {"dimension": None, "relevance": None, "themes": [], "main_countries": [], "main_regions": [],
                   "cluster_id": None, "n_origins": None}  # fmt: skip
    row = found[0] if found else unread
    told = members(query, [row["cluster_id"]]).get(row["cluster_id"], []) if row["cluster_id"] else []
    of = {"document_id": document_id}
    return {
        **row,
        "story": [other for other in told if other["document_id"] != document_id],
        "triggers": query.rows_of(
            "evidence.trigger",
            "SELECT * FROM evidence.trigger WHERE document_id = $document_id ORDER BY start_at",
            **of,
        ),
        "quantities": query.rows_of(
            "evidence.quantity", "SELECT * FROM evidence.quantity WHERE document_id = $document_id ORDER BY ALL", **of
        ),
    }
