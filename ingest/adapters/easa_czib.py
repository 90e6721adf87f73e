"""EASA conflict-zone information bulletins: which airspace European operators should keep out of.

Forms: the JSON export (bulletins with status and validity) and the RSS feed (the same as documents).

Traps handled: `coordinates` is a geocode of the country's name and ignored; `country` is a comma list, may be empty or
hold HTML entities (then the name of the airspace is read); the feed's pubDate is the first issue, so revisions show in
`updated`; a bulletin past its date but still "Active" has lapsed and says so.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from ingest.adapters import _dates, _scope, feed
from ingest.adapters._plain import line_of
from ingest.catalog import Source
from ingest.model import Answer, Document, Event, Place, Problem, Request, Row

USED = {
    "Nid",
    "issued_date",
    "valid_until_date",
    "name",
    "status",
    "country",
    "updated",
    "field_easa_valid_until_descr",
}
IGNORED = {"coordinates"}
STATES = {"Active": 1.0, "Withdrawn": 0.0}


def requests(source: Source, since: datetime | None) -> Iterator[Request]:
    """The export and the feed."""
    return (Request(url) for url in source.urls)


def parse(answer: Answer, source: Source) -> Iterator[Row]:
    """A Document per bulletin, and an airspace_bulletin event per country it names (severity 1 active, 0 withdrawn)."""
    if answer.body[:200].lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<?xml"):
        yield from feed.parse(answer, source)
        return
    bulletins = _scope.json_of(answer)
    if not isinstance(bulletins, dict) or not isinstance(bulletins.get("conflict_zones"), list):
        raise _scope.not_recognised(answer, bulletins)
    rows = bulletins["conflict_zones"]
    yield from _scope.unused_fields((name for row in _scope.dicts(rows) for name in row), USED, IGNORED)
    yield from _scope.each(rows, lambda row: _bulletin(row, answer, source))


def _bulletin(row: dict[str, Any], answer: Answer, source: Source) -> Iterator[Row]:
    where = f"Nid {row.get('Nid')}"
    state = row.get("status")
    if state not in STATES:
        yield Problem("unknown_code", f"status {state!r}", where, "add it to STATES once its meaning is known")
        return
    issued = _dates.read(row.get("issued_date"), source, answer.retrieved_at, where)
    changed = re.search(r'datetime="([^"]+)"', row.get("updated") or "")
    updated = _dates.read(changed[1] if changed else None, source, answer.retrieved_at, where)
    yield from (m.problem for m in (issued, updated) if m.problem)
    valid_until, fault = _day(row.get("valid_until_date"), where)
    if fault:
        yield fault
    countries, unknown = _countries(row.get("country") or "")
    yield from (Problem("unknown_code", f"country {name!r}", where, "add it to the names") for name in unknown)
    name = line_of(row.get("name"))
    retrieved = answer.retrieved_at.date()
    lapsed = state == "Active" and valid_until is not None and valid_until < retrieved
    facts = {"status": state, "valid_until": valid_until.isoformat() if valid_until else None, "lapsed": lapsed}
    start = (issued.value or updated.value or answer.retrieved_at).date()
    end = valid_until or retrieved
    if state == "Withdrawn" and updated.value:
        end = min(end, updated.value.date()) if valid_until else updated.value.date()
    yield Document(
        key=f"czib:{row['Nid']}",
        title=name,
        kind="notice",
        published=issued.value,
        revised=updated.value,
        language="en",
        countries=tuple(countries),
        topics=("conflict zone", "airspace"),
        withdrawn=end if state == "Withdrawn" else None,
        attributes={**facts, "validity": line_of(row.get("field_easa_valid_until_descr"))},
    )
    for iso3 in countries:
        yield Event(
            key=f"{row['Nid']}|{iso3}",
            kind="airspace_bulletin",
            place=Place(iso3, precision="country"),
            ref_start=start,
            ref_end=max(start, end),
            published=updated.value or issued.value,
            severity=STATES[state],
            title=name,
            attributes=facts,
        )


def _day(text: str | None, where: str) -> tuple[date | None, Problem | None]:
    if not text:
        return None, None
    try:
        return datetime.strptime(text, "%d/%m/%Y").date(), None
    except ValueError:
        return None, Problem(
            "bad_date", f"valid_until_date {text!r} is not day/month/year", where, "look at the answer"
        )


def _countries(text: str) -> tuple[list[str], list[str]]:
    """(iso3 codes, names nobody knows) of a comma list."""
    names = [name.strip() for name in html.unescape(text).split(",") if name.strip()]
    found = [(name, _scope.iso3_of_name(name)) for name in names]
    return list(dict.fromkeys(iso3 for _, iso3 in found if iso3)), [name for name, iso3 in found if not iso3]
