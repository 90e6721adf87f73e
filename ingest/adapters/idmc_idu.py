"""IDMC internal displacement updates: single displacements of the last 180 days, or all, as a plain JSON list.

Traps handled: the service has no country filter, so the answer is the whole world; newer answers carry `role`, and only
"Recommended figure" counts ("Triangulation" tells the same people again); a day comes as midnight of whatever zone the
server was in, e.g. 2023-11-06T11:00Z for 7 November, so thirteen hours are added before the day is read (right for
every zone from UTC-10 to UTC+13); a location may be a centroid, so precision is unknown unless the source states it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ingest.adapters import _scope
from ingest.adapters._numbers import number, within
from ingest.catalog import Source
from ingest.model import Answer, Event, Place, Problem, Request

KINDS = {"conflict": "conflict_displacement", "disaster": "disaster_displacement"}
COUNTED = {"", "recommended figure", "recommended"}
ANY_ZONE = timedelta(hours=13)
USED = {
    "id", "country", "iso3", "latitude", "longitude", "displacement_type", "qualifier", "figure", "role",
    "displacement_start_date", "displacement_end_date", "displacement_date", "event_name", "category", "subcategory",
    "type", "subtype", "standard_popup_text", "created_at", "locations_name", "locations_accuracy", "source_url",
    "displacement_occurred",
}  # fmt: skip
IGNORED = {
    "centroid", "year", "event_start_date", "event_end_date", "standard_info_text", "old_id", "event_id",
    "event_codes", "event_code_types", "sources", "locations_coordinates", "locations_type", "link",
}  # fmt: skip


def requests(source: Source, since: datetime | None) -> Iterator[Request]:
    """The whole list; the client id stands in the address in the place of {key}."""
    for url in source.urls:
        yield Request(url.replace("{key}", source.key() or ""))


def parse(answer: Answer, source: Source) -> Iterator[Event | Problem]:
    """One Event per recommended figure; key = the id of the figure."""
    rows = _scope.rows_in(answer, _scope.json_of(answer))
    yield from _scope.unused_fields((name for row in rows for name in row), USED, IGNORED)
    for row in rows:
        if str(row.get("role") or "").strip().lower() not in COUNTED:
            continue
        try:
            yield _event(row)
        except _scope.UNREADABLE as error:
            yield Problem("bad_row", _scope.why(error), f"id {row.get('id')}", "compare with the publisher's portal")


def _event(row: dict[str, Any]) -> Event:
    kind = KINDS.get(str(row.get("displacement_type") or "").lower())
    if kind is None:
        raise ValueError(f"displacement_type {row.get('displacement_type')!r} is neither Conflict nor Disaster")
    iso3 = _scope.iso3_of(str(row.get("iso3") or ""))
    if iso3 is None:
        raise ValueError(f"{row.get('iso3')!r} ({row.get('country')}) is no country code")
    if not row.get("id"):
        raise ValueError("a figure without an id")
    start = _day(row.get("displacement_start_date") or row.get("displacement_date"))
    end = _day(row.get("displacement_end_date") or row.get("displacement_date"))
    if end < start:
        raise ValueError(f"the displacement ends {end}, before it starts {start}")
    details = ("qualifier", "category", "subcategory", "type", "subtype", "locations_name", "displacement_occurred")
    return Event(
        key=str(row["id"]),
        kind=kind,
        place=_place(iso3, row),
        ref_start=start,
        ref_end=end,
        published=_instant(row.get("created_at")),
        displaced=within(number(row.get("figure")), 0, 1e8),
        title=str(row["event_name"]).strip() if row.get("event_name") else None,
        url=_link(row),
        attributes={name: row[name] for name in details if row.get(name)},
    )


def _place(iso3: str, row: dict[str, Any]) -> Place:
    """The point, and how exact the source says it is (several locations: the least exact counts)."""
    accuracy = row.get("locations_accuracy") or ""
    stated = (json.dumps(accuracy) if not isinstance(accuracy, str) else accuracy).lower()
    if "adm0" in stated or "country" in stated:
        return Place(iso3, precision="country")
    precision = "unknown"
    for words, found in (
        (("adm1", "state", "province"), "region"),
        (("adm2", "adm3", "district", "county"), "district"),
    ):
        if any(word in stated for word in words):
            precision = found
            break
    else:
        if "point" in stated or "town" in stated or "village" in stated:
            precision = "point"
    latitude, longitude = number(row.get("latitude")), number(row.get("longitude"))
    return Place(iso3, latitude=latitude, longitude=longitude, precision=precision)


def _moment(value: Any) -> datetime:
    found = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    return found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found


def _day(value: Any) -> date:
    """The calendar day of a date, or of a midnight written in UTC. ValueError for anything else."""
    return (_moment(value) + ANY_ZONE).date()


def _instant(value: Any) -> datetime | None:
    return _moment(value) if value else None


def _link(row: dict[str, Any]) -> str | None:
    """The first web address of the source's own words; the words themselves are not kept."""
    found = re.search(r"""https?://[^\s"'<>]+""", str(row.get("source_url") or row.get("standard_popup_text") or ""))
    return found[0] if found else None
