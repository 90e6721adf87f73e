"""From an evidence id to the row, its source and the archive record it came from."""

from __future__ import annotations

import json
from datetime import date, timedelta

from assessment import read_claims
from assessment.read_query import NotFound, Query, Row

KINDS = {"observation": "observation_id", "event": "event_id", "document": "document_id"}
_FIGURES = {
    "observation": ("variable", "value", "value_low", "value_high", "denominator", "ref_start", "ref_end"),
    "event": (
        "kind", "deaths_best", "deaths_low", "deaths_high", "deaths_civilians", "deaths_unknown", "injured", "abducted",
        "displaced", "severity", "ref_start", "ref_end",
    ),
}  # fmt: skip


def evidence(query: Query, evidence_id: str, as_of: date | None = None) -> Row:
    """What an evidence id stands for, in the newest vintage (or the one known at the end of the day `as_of`).

    {"kind": observation | event | document | position | claim | alert, "evidence_id", "row", "source", "archive",
    "figure" (numbers with unit, None for texts), "quote" (words of the source, None without), "history"}. history: the
    other vintages, newest first. archive None: entered by people (position, confirmed claim) or worked out (alert).
    Raises NotFound.
    """
    return collected(query, evidence_id, as_of) or _entered(query, evidence_id)


def collected(query: Query, evidence_id: str, as_of: date | None = None, only: str | None = None) -> Row | None:
    """`evidence` for what sources gave (`only` one of observation, event, document); None when it is not there."""
    for kind in kinds(query).get(evidence_id.split(":", 1)[0], ()):
        vintages = _vintages(query, kind, KINDS[kind], evidence_id) if only in (None, kind) else []
        if vintages:
            return _collected(query, kind, evidence_id, vintages, as_of)
    return None


def kinds(query: Query) -> dict[str, list[str]]:
    """{source_id: tables in which it has rows}; found once per snapshot, so that no table is searched in vain."""

    def look() -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for kind in KINDS:
            for row in query.rows(f"SELECT DISTINCT source_id FROM {kind}"):
                found.setdefault(row["source_id"], []).append(kind)
        return found

    every: dict[str, list[str]] = query.remembered("kinds", look)
    return every


def _vintages(query: Query, table: str, identity: str, evidence_id: str) -> list[Row]:
    """Every vintage, newest first. The id begins with its source; asking for that too skips most of the table."""
    found = query.rows(
        f"""
        SELECT *
        FROM {table}
        WHERE source_id = $source_id AND {identity} = $evidence_id
        ORDER BY known_at DESC
        """,
        source_id=evidence_id.split(":", 1)[0],
        evidence_id=evidence_id,
    )
    for row in found:
        for name in ("dimensions", "attributes"):
            if isinstance(row.get(name), str):
                row[name] = json.loads(row[name])
    return found


def _collected(query: Query, kind: str, evidence_id: str, vintages: list[Row], as_of: date | None) -> Row:
    known = vintages
    if as_of is not None:
        known = [row for row in vintages if row["known_at"].date() < as_of + timedelta(days=1)]
        if not known:
            raise NotFound(kind, evidence_id, f"it was not known on {as_of}; first known {vintages[-1]['known_at']:%F}")
    row = known[0]
    return {
        "kind": kind,
        "evidence_id": evidence_id,
        "row": row,
        "source": source(query, row["source_id"]),
        "archive": archive(query, row["source_id"], row["answer_digest"]),
        "figure": _figure(query, kind, row),
        "quote": _quote(kind, row),
        "history": [other for other in vintages if other is not row],
    }


def _figure(query: Query, kind: str, row: Row) -> Row | None:
    if kind not in _FIGURES:
        return None
    name = row["variable"] if kind == "observation" else row["kind"]
    about = query.rows(
        "SELECT unit, meaning FROM variable WHERE variable = $name AND family = $family", name=name, family=kind
    )
    place = {key: row[key] for key in ("iso3", "region_id", "place_name", "precision")}
    unknown = {"unit": None, "meaning": None}
    return {**{key: row[key] for key in _FIGURES[kind]}, **(about[0] if about else unknown), **place}


def _quote(kind: str, row: Row) -> str | None:
    if kind == "document":
        return row["summary"] or row["title"]
    return row["text" if kind == "observation" else "title"] or None


def source(query: Query, source_id: str) -> Row | None:
    """Publisher, licence, grade and known bias of a source; None when the catalog no longer lists it."""
    found = query.rows(
        """
        SELECT source_id, publisher, what, licence, redistribution, reliability, credibility, origin_family, level,
               known_bias
        FROM source
        WHERE source_id = $source_id
        """,
        source_id=source_id,
    )
    return found[0] if found else None


def archive(query: Query, source_id: str, digest: str) -> Row | None:
    """The first archive record with these bytes: {url, final_url, retrieved_at, digest, warc_file, record_id, …}."""
    found = query.rows(
        """
        SELECT url, final_url, retrieved_at, digest, warc_file, warc_record_id AS record_id, warc_offset, media_type,
               bytes, run_id
        FROM answer
        WHERE source_id = $source_id AND digest = $digest
        ORDER BY retrieved_at
        LIMIT 1
        """,
        source_id=source_id,
        digest=digest,
    )
    return found[0] if found else None


def _entered(query: Query, evidence_id: str) -> Row:
    """Positions and claims that people entered, alerts, and claims the texts suggest. Raises NotFound."""
    for kind, table, identity, words in (
        ("position", "assessment.official_position", "position_id", "quote"),
        ("claim", read_claims.confirmed_table(query) or "", "claim_id", "quote"),
        ("alert", "assessment.alert", "alert_id", "text_en"),
    ):
        found = query.rows_of(table, f"SELECT * FROM {table} WHERE {identity} = $wanted", wanted=evidence_id)
        if found:
            row = found[0]
            return {
                "kind": kind,
                "evidence_id": evidence_id,
                "row": row,
                "source": _entered_source(query, row),
                "archive": None,
                "figure": None,
                "quote": row.get(words),
                "history": found[1:],
            }
    suggested = read_claims.claim(query, evidence_id)
    if suggested is None:
        raise NotFound(
            "evidence", evidence_id, "its row may have been withdrawn; ask the snapshot the page was made from"
        )
    return _suggested(query, suggested)


def _suggested(query: Query, claim: Row) -> Row:
    """A claim of the text stages, with the archive record of the document vintage its quote stands in."""
    document = query.rows(
        """
        SELECT d.answer_digest
        FROM document AS d
        JOIN evidence.claim AS c ON c.document_id = d.document_id AND c.row_digest = d.row_digest
        WHERE c.claim_id = $claim_id
        """,
        claim_id=claim["claim_id"],
    )
    return {
        "kind": "claim",
        "evidence_id": claim["claim_id"],
        "row": claim,
        "source": source(query, claim["source_id"]),
        "archive": archive(query, claim["source_id"], document[0]["answer_digest"]),
        "figure": None,
        "quote": claim["quote"],
        "history": [],
    }


def _entered_source(query: Query, row: Row) -> Row | None:
    if row.get("source_id"):
        return source(query, row["source_id"])
    if row.get("authority"):
        return {"source_id": None, "publisher": row["authority"], "url": row["url"], "licence": None}
    return None
