"""Search in events: what happened where and when, by country, region, source, kind, words and days."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assessment.read_documents import plain
from assessment.read_query import NotFound, Query

FILTERS = ("country", "region", "source", "kind", "since", "until")


def events(
    query: Query, text: str = "", filters: Mapping[str, Any] | None = None, limit: int = 20, offset: int = 0
) -> dict[str, Any]:
    """{"total", "hits"}: events in force, newest first. deaths None: the source does not say.

    text: every word must stand in title, place or actors. filters: country (iso3), region, source, kind, since and
    until (dates; an event that overlaps the days is in). Raises NotFound for a filter nobody knows.
    """
    chosen = {name: value for name, value in (filters or {}).items() if value not in (None, "")}
    stray = [name for name in chosen if name not in FILTERS]
    if stray:
        raise NotFound("filter", stray[0], f"use {', '.join(FILTERS)}")
    found = query.rows_of(
        "main.event",
        """
        SELECT e.event_id, e.source_id, e.kind, e.iso3, e.region_id, r.name_en, r.name_nl, e.place_name, e.precision,
               e.ref_start, e.ref_end, e.deaths_best AS deaths, e.title, e.url, [e.event_id] AS evidence_ids,
               count(*) OVER () AS total
        FROM event AS e
        LEFT JOIN region AS r ON r.region_id = e.region_id
        WHERE e.superseded_at IS NULL
          AND ($country::VARCHAR IS NULL OR e.iso3 = $country)
          AND ($region::VARCHAR IS NULL OR e.region_id = $region)
          AND ($source::VARCHAR IS NULL OR e.source_id = $source)
          AND ($kind::VARCHAR IS NULL OR e.kind = $kind)
          AND ($since::DATE IS NULL OR e.ref_end >= $since)
          AND ($until::DATE IS NULL OR e.ref_start <= $until)
          AND len(list_filter($words::VARCHAR[], lambda w: NOT contains(lower(strip_accents(
              concat_ws(' ', e.title, e.place_name, array_to_string(e.actors, ' ')))), w))) = 0
        ORDER BY e.ref_end DESC, e.event_id
        LIMIT $limit OFFSET $offset
        """,
        **{**dict.fromkeys(FILTERS), **chosen},
        words=[plain(word) for word in text.replace('"', " ").split()],
        limit=limit,
        offset=offset,
    )
    if not found and offset:
        return {"total": events(query, text, filters, limit=1)["total"], "hits": []}
    total = found[0]["total"] if found else 0
    return {"total": total, "hits": [{k: v for k, v in row.items() if k != "total"} for row in found]}
