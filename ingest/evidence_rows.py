"""What the text stages return, as rows of the tables in evidence.sql, and remembered rows as what they came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ingest.text.claims import SuggestedClaim
from ingest.text.fingerprints import Fingerprint
from ingest.text.rows import DocumentRow, MentionRow, QuantityRow, TextRows, TriggerRow
from ingest.text.stories import Member, independent_origins

Row = dict[str, Any]


def tables(
    rows: TextRows, digests: Mapping[str, str], published: Mapping[str, Any], reader: str
) -> dict[str, list[Row]]:
    """Rows per table. digests: document_id -> vintage read; published: document_id -> its date; reader: who read."""
    return {
        "evidence.document": [_document(row, digests[row.document_id], reader) for row in rows.documents],
        "evidence.mention": [_mention(row) for row in rows.mentions],
        "evidence.claim": [_claim(row, digests[row.document_id], published[row.document_id]) for row in rows.claims],
        "evidence.quantity": [_quantity(row) for row in rows.quantities],
        "evidence.trigger": [_trigger(row, published[row.document_id]) for row in rows.triggers],
        "evidence.member": [_member(row) for row in rows.members],
        "reading.fingerprint": [_fingerprint(row.fingerprint) for row in rows.members],
    }


def _document(row: DocumentRow, digest: str, reader: str) -> Row:
    return {
        "document_id": row.document_id,
        "row_digest": digest,
        "reader": reader,
        "language": row.language,
        "language_margin": float(row.language_margin),
        "dimension": row.dimension,
        "relevance": float(row.relevance),
        "themes": [theme for theme, _ in row.themes],
        "theme_probabilities": [float(share) for _, share in row.themes],
        "countries": [iso3 for iso3, _ in row.countries],
        "regions": [region for region, _ in row.regions],
    }


def _mention(row: MentionRow) -> Row:
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


def _claim(row: SuggestedClaim, digest: str, published: Any) -> Row:
    renamed = {"start": "start_at", "end": "end_at"}
    fields = {renamed.get(name, name): getattr(row, name) for name in row.__dataclass_fields__}
    return {**fields, "row_digest": digest, "published": published, "superseded_at": None}


def _quantity(row: QuantityRow) -> Row:
    found = row.quantity
    return {
        "document_id": row.document_id,
        "part": row.part,
        "start_at": found.start,
        "end_at": found.end,
        "unit": found.unit,
        "value": float(found.value),
    }


def _trigger(row: TriggerRow, published: Any) -> Row:
    return {
        "document_id": row.document_id,
        "part": row.part,
        "name": row.trigger,
        "start_at": row.start,
        "end_at": row.end,
        "quote": row.quote,
        "iso3": row.iso3,
        "published": published,
    }


def _member(row: Member) -> Row:
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
        "cited": print_.cited,
        "published": print_.published,
    }


def _fingerprint(print_: Fingerprint) -> Row:
    return {
        "document_id": print_.document_id,
        "url_key": print_.url_key,
        "digest": str(print_.digest),
        "sketch": [str(value) for value in print_.sketch.tolist()],
        "shingles": int(print_.shingles),
        "terms": print_.terms.tolist(),
        "weights": print_.weights.tolist(),
        "numbers": sorted(print_.numbers),
        "places": sorted(print_.places),
        "title_key": print_.title_key,
        "title_marks": list(print_.title_marks),
    }


def member_of(row: Mapping[str, Any]) -> Member:
    """A remembered member from its row joined with its fingerprint."""
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
        document_id=row["document_id"],
        cluster_id=row["cluster_id"],
        relation=row["relation"],
        similarity=row["similarity"],
        other_id=row["other_id"],
        series_id=row["series_id"],
        fingerprint=print_,
    )


def story_row(group: Sequence[Member], about: Mapping[str, Row]) -> Row:
    """The story all members of one cluster make. about: document_id -> its row of evidence.document."""
    read = [about[member.document_id] for member in group]
    dates = [member.fingerprint.published for member in group if member.fingerprint.published]
    return {
        "cluster_id": group[0].cluster_id,
        "document_ids": sorted(member.document_id for member in group),
        "n_origins": independent_origins(group),
        "series_id": next((member.series_id for member in group if member.series_id), None),
        "first_published": min(dates, default=None),
        "last_published": max(dates, default=None),
        "relevance": max(row["relevance"] for row in read),
        **{name: sorted({value for row in read for value in row[name]}) for name in ("countries", "regions", "themes")},
    }
