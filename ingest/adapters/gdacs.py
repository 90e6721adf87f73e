"""GDACS: earthquakes, cyclones, floods, volcanoes, droughts and wildfires with an alert level.

Forms: RSS (rss.xml, rss_24h.xml, rss_7d.xml) and the event list of the API (GeoJSON).

Traps handled: `alertlevel` is the maximum of the event, `episodealertlevel` is now; `iscurrent` and `istemporary` are
words; dates have no zone (UTC); `iso3` may be empty or name one of thirteen countries, so affectedcountries counts, in
the feed its list of names (for earthquakes "Southeast Of Honshu, Japan": a sea region is no country, and the code
stands where no name is one); the unit of severity differs per type and is kept; an event is one key, so a later
episode corrects it.
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
    """One event per disaster and country it affects; the point is kept where there is one country to hold it."""
    if answer.body[:64].lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"{":
        data = _scope.json_of(answer)
        if not isinstance(data, dict) or not isinstance(data.get("features"), list):
            raise _scope.not_recognised(answer, data)
        yield from _scope.each(data["features"], lambda feature: _events(_feature(feature), answer, source))
    else:
        for e in entries(answer):
            if isinstance(e, Problem):
                yield e
            else:
                yield from _events({**e.extra, "link": e.link, "title": e.title}, answer, source)


def _feature(feature: dict[str, Any]) -> dict[str, Any]:
    """A feature of the event list under the names that the feed uses."""
    facts, geometry = feature["properties"], feature.get("geometry") or {}
    severity = facts.get("severitydata") or {}
    row = {f"gdacs_{key.lower()}": value for key, value in facts.items() if not isinstance(value, dict | list)}
    row |= {
        "countries": [c.get("iso3") or "" for c in facts.get("affectedcountries") or []] or [facts.get("iso3") or ""],
        "title": facts.get("name") or "",
        "link": (facts.get("url") or {}).get("report"),
        "gdacs_severity_value": severity.get("severity"),
        "gdacs_severity_unit": severity.get("severityunit"),
    }
    if geometry.get("type") == "Point":
        row["geo_long"], row["geo_lat"] = geometry["coordinates"][:2]
    return row


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
    known, unknown = _affected(row)
    if kind != "earthquake":
        yield from (Problem("unknown_code", f"country {name!r}", where, "add it to the names") for name in unknown)
    severity = _number(row.get("gdacs_severity_value"))
    if severity == 0 and not row.get("gdacs_severity_unit"):
        severity = None  # a volcano or flood without a measure is written as 0 of nothing
    for iso3 in known or [NOWHERE]:
        here = latitude is not None and longitude is not None and len(known) == 1
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
            severity=severity,
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


def _affected(row: dict[str, Any]) -> tuple[list[str], list[str]]:
    """(iso3 of every country affected, what nobody knows): codes of the list, names of the feed, its one code last."""
    stated = [str(c) for c in row.get("countries") or [] if c]
    if not stated:
        stated = [name.strip() for name in str(row.get("gdacs_country") or "").split(",") if name.strip()]
    found = [(name, _scope.iso3_of(name) or _scope.iso3_of_name(name)) for name in stated]
    known = [iso3 for _, iso3 in found if iso3]
    if known:
        return list(dict.fromkeys(known)), [name for name, iso3 in found if not iso3]
    code = _scope.iso3_of(str(row.get("gdacs_iso3") or ""))
    return ([code] if code else []), []


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
