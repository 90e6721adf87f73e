"""GDACS: earthquakes, cyclones, floods, volcanoes, droughts and wildfires with an alert level.

Forms: RSS (rss.xml, rss_24h.xml, rss_7d.xml) and the event list of the API (GeoJSON).

Traps handled: `alertlevel` is the maximum of the event, `episodealertlevel` is now; `iscurrent` and `istemporary` are
words; dates have no zone (UTC); `iso3` may be empty or name one of thirteen countries, so affectedcountries counts;
the unit of severity differs per type and is kept; an event is one key, so a later episode corrects it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from ingest.adapters import _dates, _scope
from ingest.adapters._feed_entries import entries
from ingest.adapters._plain import line_of, web_link
from ingest.catalog import Source
from ingest.model import NOWHERE, Answer, Event, Place, Problem, Request, Row

KINDS = {
    "EQ": "earthquake",
    "TC": "tropical_cyclone",
    "FL": "flood",
    "VO": "volcano",
    "DR": "drought",
    "WF": "wildfire",
}
TSUNAMI = {"TS": "disaster"}


def requests(source: Source, since: datetime | None) -> Iterator[Request]:
    """The feeds and lists of the catalog."""
    return (Request(url) for url in source.urls)


def parse(answer: Answer, source: Source) -> Iterator[Row]:
    """One event per disaster and country it affects; the point belongs to the country named first."""
    if answer.body[:64].lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"{":
        found = _from_list(answer)
    else:
        found = [{**e.extra, "link": e.link, "title": e.title} for e in entries(answer)]
    for row in found:
        yield from _events(row, answer, source)


def _from_list(answer: Answer) -> list[dict[str, Any]]:
    data = _scope.json_of(answer)
    if not isinstance(data, dict) or "features" not in data:
        raise _scope.not_recognised(answer, data)
    rows = []
    for feature in data["features"]:
        facts, geometry = feature["properties"], feature.get("geometry") or {}
        severity = facts.get("severitydata") or {}
        countries = [c.get("iso3") or "" for c in facts.get("affectedcountries") or []] or [facts.get("iso3") or ""]
        row = {f"gdacs_{key.lower()}": value for key, value in facts.items() if not isinstance(value, dict | list)}
        row |= {
            "countries": countries,
            "title": facts.get("name") or "",
            "link": (facts.get("url") or {}).get("report"),
        }
        row |= {"gdacs_severity_value": severity.get("severity"), "gdacs_severity_unit": severity.get("severityunit")}
        if geometry.get("type") == "Point":
            row["geo_long"], row["geo_lat"] = geometry["coordinates"][:2]
        rows.append(row)
    return rows


def _events(row: dict[str, Any], answer: Answer, source: Source) -> Iterator[Row]:
    code, number = row.get("gdacs_eventtype"), row.get("gdacs_eventid")
    where = f"{code}{number}"
    kind = KINDS.get(str(code)) or TSUNAMI.get(str(code))
    if not kind or not number:
        yield Problem("unknown_code", f"event type {code!r} with id {number!r}", where, "add it to KINDS")
        return
    moments = [
        _dates.read(row.get(f"gdacs_{name}"), source, answer.retrieved_at, where)
        for name in ("fromdate", "todate", "datemodified")
    ]
    yield from (m.problem for m in moments if m.problem)
    start, end, changed = (m.value for m in moments)
    if start is None:
        yield Problem("bad_date", "the event has no start", where, "none; it cannot be placed in time")
        return
    latitude, longitude = _point(row)
    countries = [c for c in row.get("countries") or [row.get("gdacs_iso3") or ""] if c]
    known = [iso3 for iso3 in (_scope.iso3_of(c) for c in countries) if iso3]
    for position, iso3 in enumerate(dict.fromkeys(known or [NOWHERE])):
        here = position == 0 and latitude is not None and len(known) == 1
        yield Event(
            key=f"{where}|{iso3}",
            kind=kind,
            place=Place(
                iso3,
                latitude=latitude if here else None,
                longitude=longitude if here else None,
                precision="point" if here else "country",
            ),
            ref_start=start.date(),
            ref_end=max(start, end or start).date(),
            published=changed,
            severity=_number(row.get("gdacs_severity_value")),
            title=line_of(row.get("title"), 300),
            url=web_link(row.get("link")),
            attributes={
                "alert_level": row.get("gdacs_alertlevel"),
                "alert_level_now": row.get("gdacs_episodealertlevel"),
                "current": str(row.get("gdacs_iscurrent")).lower() == "true",
                "temporary": str(row.get("gdacs_istemporary", row.get("gdacs_temporary"))).lower() == "true",
                "severity_unit": row.get("gdacs_severity_unit"),
                "glide": row.get("gdacs_glide") or None,
            },
        )


def _point(row: dict[str, Any]) -> tuple[float | None, float | None]:
    latitude, longitude = _number(row.get("geo_lat")), _number(row.get("geo_long"))
    if latitude is None and row.get("georss_point"):
        pair = str(row["georss_point"]).replace(",", " ").split()
        latitude, longitude = (_number(pair[0]), _number(pair[1])) if len(pair) == 2 else (None, None)
    return latitude, longitude


def _number(value: object) -> float | None:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
