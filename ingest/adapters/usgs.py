"""USGS earthquakes (GeoJSON summary feeds). Magnitudes are revised: the id is the key, a revision corrects the row.

The feed names no country but in its words ("12 km NW of Herat, Afghanistan"): the last name decides, and an event
whose words name none (at sea, a state of the United States) is kept and counts for none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from ingest.adapters import _scope
from ingest.adapters._plain import line_of, web_link
from ingest.catalog import Source
from ingest.model import NOWHERE, Answer, Event, Place, Problem, Request, Row


def requests(source: Source, since: datetime | None) -> Iterator[Request]:
    """The summary feeds of the catalog."""
    return (Request(url) for url in source.urls)


def parse(answer: Answer, source: Source) -> Iterator[Row]:
    """One earthquake event per feature whose place words end in a country; the others are Problems (at sea)."""
    data = _scope.json_of(answer)
    if not isinstance(data, dict) or data.get("type") != "FeatureCollection":
        raise _scope.not_recognised(answer, data)
    yield from _scope.each(data.get("features"), _event)


def _event(feature: dict[str, Any]) -> Iterator[Row]:
    facts, where = feature["properties"], str(feature.get("id"))
    words = line_of(facts.get("place"))
    if facts.get("mag") is None or facts.get("time") is None:
        yield Problem("bad_row", "no magnitude or no time", where, "none; the agency fills it in later")
        return
    moment = _moment(facts["time"])
    longitude, latitude, depth = (*feature["geometry"]["coordinates"], None, None)[:3]
    iso3 = _country(words, longitude)
    yield Event(
        key=where,
        kind="earthquake",
        place=Place(iso3 or NOWHERE, latitude=latitude, longitude=longitude, precision="point"),
        ref_start=moment.date(),
        ref_end=moment.date(),
        published=_moment(facts["updated"]) if facts.get("updated") else None,
        severity=float(facts["mag"]),
        title=line_of(facts.get("title"), 300),
        url=web_link(facts.get("url")),
        attributes={"alert": facts.get("alert"), "depth_km": depth, "significance": facts.get("sig")},
    )


def _country(words: str, longitude: float) -> str | None:
    """Country that the place words end in; "Valdosta, Georgia" west of Greenwich is a state of the United States."""
    name = re.sub(r"\s*\(.*?\)", "", re.split(r",|\bof\b", words)[-1]).strip()
    iso3 = _scope.iso3_of_name(name) if name else None
    return None if iso3 == "GEO" and longitude < 0 else iso3


def _moment(milliseconds: float) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).replace(tzinfo=None)
