"""Watch policy texts: two dated versions of one text, paragraph by paragraph, and levels of travel advice, as rows.

A version is a vintage of a document of kind policy or advisory, with its text where we may keep it and its summary
where not. A text with country chapters (the Dutch circular) gives a row per country and item, and its changes are
changes of items; any other text gives changes of paragraphs. Format-only edits are none. A change opens a trigger: a
person reads it, and nothing moves a score by itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb

from ingest.text.policy import PolicyRow
from ingest.text.policy import read_country_chapters as read_chapters
from ingest.text.policy_versions import Change, PolicyChange, changed_rows, compare_versions, merge_versions
from ingest.warehouse import append_rows, transaction

KINDS = ("policy", "advisory")
MORATORIA = frozenset({"decision_moratorium", "departure_moratorium", "decision_and_departure_moratorium"})
MOST_PARAGRAPHS = 200  # changed paragraphs kept of one pair of versions; a text rewritten throughout is another text
LONGEST = 2_000  # characters kept of a paragraph

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Version:
    """One vintage of a watched text. `day`: from when it stands (publication, else when it was known)."""

    document_id: str
    digest: str
    source_id: str
    text: str
    countries: tuple[str, ...]
    day: date
    known_at: datetime


def watch(connection: duckdb.DuckDBPyConnection) -> int:
    """Compare what was not compared yet; the number of changes found. All of it is stored, or nothing.

    What is stored depends on the vintages there are and not on the order in which they came.
    """
    changes = _level_changes(connection)
    items: list[Row] = []
    pairs: list[Row] = []
    for document_id in _waiting(connection):
        versions = _versions(connection, document_id)
        pairs += _pairs(versions)
        done = _compared(connection, document_id)
        chapters = [read_chapters(version.text, version.day) for version in versions]
        for number in range(1, len(versions)):
            old, new = versions[number - 1], versions[number]
            if (old.digest, new.digest) not in done:
                changes += _changes(old, new, chapters[number - 1], chapters[number])
        items += _items(versions[-1], merge_versions(chapters))
    with transaction(connection):
        _forget(connection, pairs)
        append_rows(connection, "evidence.policy_change", changes)
        append_rows(connection, "evidence.trigger", [_trigger(row) for row in changes if _alarms(row)])
        append_rows(connection, "evidence.policy_item", items)
        append_rows(connection, "reading.compared", pairs)
    return len(changes)


def _pairs(versions: Sequence[Version]) -> list[Row]:
    before = ["", *(version.digest for version in versions)]
    return [
        {"document_id": version.document_id, "row_digest": version.digest, "before_digest": older}
        for older, version in zip(before, versions, strict=False)
    ]


def _forget(connection: duckdb.DuckDBPyConnection, pairs: Sequence[Row]) -> None:
    """Remove what is made again of these documents, and changes between vintages that another came between."""
    ids = {"ids": sorted({row["document_id"] for row in pairs})}
    connection.execute("DELETE FROM evidence.policy_item WHERE list_contains($ids, document_id)", ids)
    connection.execute("DELETE FROM reading.compared WHERE list_contains($ids, document_id)", ids)
    connection.execute(
        """
        DELETE FROM evidence.policy_change
        WHERE list_contains($ids, evidence_id) AND NOT list_contains($pairs, old_digest || '>' || new_digest)
        """,
        {**ids, "pairs": [f"{row['before_digest']}>{row['row_digest']}" for row in pairs]},
    )


def _waiting(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Watched documents with a vintage that was not compared yet."""
    found = connection.execute(
        """
        SELECT DISTINCT d.document_id
        FROM document AS d
        LEFT JOIN reading.compared AS c ON c.document_id = d.document_id AND c.row_digest = d.row_digest
        WHERE list_contains($kinds, d.kind) AND c.document_id IS NULL
        ORDER BY d.document_id
        """,
        {"kinds": list(KINDS)},
    )
    return [row[0] for row in found.fetchall()]


def _versions(connection: duckdb.DuckDBPyConnection, document_id: str) -> list[Version]:
    found = connection.execute(
        """
        SELECT document_id, row_digest, source_id, coalesce(text, summary, ''), countries,
               coalesce(revised, published, known_at), known_at
        FROM document
        WHERE document_id = $document_id
        ORDER BY known_at, row_digest
        """,
        {"document_id": document_id},
    ).fetchall()
    return [
        Version(key, digest, source, text, tuple(countries), day.date(), known)
        for key, digest, source, text, countries, day, known in found
    ]


def _compared(connection: duckdb.DuckDBPyConnection, document_id: str) -> set[tuple[str, str]]:
    """(older, newer) digests of the pairs whose changes are stored."""
    found = connection.execute(
        "SELECT before_digest, row_digest FROM reading.compared WHERE document_id = $document_id",
        {"document_id": document_id},
    )
    return {(row[0], row[1]) for row in found.fetchall()}


def _changes(old: Version, new: Version, old_rows: Sequence[PolicyRow], new_rows: Sequence[PolicyRow]) -> Iterator[Row]:
    if old_rows and new_rows:
        for number, change in enumerate(changed_rows(old_rows, new_rows)):
            yield _item_change(old, new, change, number)
        return
    for number, found in enumerate(compare_versions(old.text, new.text)[:MOST_PARAGRAPHS]):
        yield _paragraph_change(old, new, found, number)


def _row(old: Version, new: Version, kind: str, number: int, heading: str, change: str) -> Row:
    identity = "\x1f".join((new.document_id, old.digest, new.digest, kind, str(number)))
    return {
        "change_id": "change:" + hashlib.sha256(identity.encode()).hexdigest()[:20],
        "kind": kind,
        "evidence_id": new.document_id,
        "old_digest": old.digest,
        "new_digest": new.digest,
        "source_id": new.source_id,
        "iso3": new.countries[0] if len(new.countries) == 1 else None,
        "region_id": None,
        "item": None,
        "heading": heading,
        "change": change,
        "old_text": None,
        "new_text": None,
        "old_answer": None,
        "new_answer": None,
        "old_level": None,
        "new_level": None,
        "effective": new.day,
        "known_at": new.known_at,
    }


def _item_change(old: Version, new: Version, found: PolicyChange, number: int) -> Row:
    shown = found.new or found.old
    kind = "changed" if found.old and found.new else "added" if found.new else "removed"
    return {
        **_row(old, new, "item", number, found.heading, kind),
        "iso3": shown.iso3 if shown else None,
        "item": found.item,
        "old_text": found.old.quote if found.old else None,
        "new_text": found.new.quote if found.new else None,
        "old_answer": found.old.answer if found.old else None,
        "new_answer": found.new.answer if found.new else None,
    }


def _paragraph_change(old: Version, new: Version, found: Change, number: int) -> Row:
    row = _row(old, new, "paragraph", number, found.heading, found.kind)
    return {
        **row,
        "old_text": found.old[:LONGEST] if found.old else None,
        "new_text": found.new[:LONGEST] if found.new else None,
    }


def _items(version: Version, rows: Sequence[PolicyRow]) -> Iterator[Row]:
    for row in rows:
        yield {
            "document_id": version.document_id,
            "row_digest": version.digest,
            "country": row.country,
            "iso3": row.iso3,
            "item": row.item,
            "heading": row.heading,
            "answer": row.answer,
            "groups": list(row.groups),
            "areas": list(row.areas),
            "valid_from": row.valid_from,
            "quote": row.quote,
            "start_at": row.start,
            "end_at": row.end,
        }


def _level_changes(connection: duckdb.DuckDBPyConnection) -> list[Row]:
    """Vintages of one publisher's advice for one place whose level differs from the vintage before, not stored yet."""
    found = connection.execute(
        """
        WITH advice AS (
            SELECT observation_id, source_id, iso3, region_id, row_digest, value, text, ref_start, known_at,
                   lag(value) OVER vintages AS old_level,
                   lag(row_digest) OVER vintages AS old_digest,
                   lag(text) OVER vintages AS old_text
            FROM observation
            WHERE variable = 'travel_advice_level' AND value IS NOT NULL
            WINDOW vintages AS (PARTITION BY observation_id ORDER BY known_at, row_digest)
        )
        SELECT a.*
        FROM advice AS a
        LEFT JOIN evidence.policy_change AS c
          ON c.evidence_id = a.observation_id AND c.old_digest = a.old_digest AND c.new_digest = a.row_digest
        WHERE a.old_level IS NOT NULL AND a.old_level <> a.value AND c.change_id IS NULL
        ORDER BY a.known_at, a.observation_id
        """
    )
    names = [column[0] for column in found.description or ()]
    return [_level_change(dict(zip(names, values, strict=True))) for values in found.fetchall()]


def _level_change(row: Row) -> Row:
    country = (row["iso3"],) if row["iso3"] else ()
    known = row["known_at"]
    old = Version(row["observation_id"], row["old_digest"], row["source_id"], "", country, row["ref_start"], known)
    new = Version(row["observation_id"], row["row_digest"], row["source_id"], "", country, row["ref_start"], known)
    return {
        **_row(old, new, "level", 0, "", "worse" if row["value"] > row["old_level"] else "better"),
        "region_id": row["region_id"],
        "item": "travel_advice_level",
        "old_text": row["old_text"],
        "new_text": row["text"],
        "old_level": row["old_level"],
        "new_level": row["value"],
    }


def _alarms(row: Row) -> bool:
    """A change of one country's policy, or a worse level of advice: somebody looks. Better advice waits for review."""
    return row["iso3"] is not None and (row["kind"] == "item" or row["change"] == "worse")


def _trigger(row: Row) -> Row:
    name = {"level": "travel_advice"}.get(row["kind"], "moratorium" if row["item"] in MORATORIA else "policy_change")
    quote = row["new_text"] or row["old_text"] or row["heading"]
    return {
        "document_id": row["evidence_id"],
        "part": "change",
        "name": name,
        "start_at": 0,
        "end_at": len(quote),
        "quote": quote,
        "iso3": row["iso3"],
        "published": datetime(row["effective"].year, row["effective"].month, row["effective"].day),
    }
