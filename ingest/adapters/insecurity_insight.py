"""Insecurity Insight: attacks on health care, education, aid, food and displaced people (JSON per topic, XLSX).

Traps handled: every number is a string and booleans are sometimes real; two date forms in one family; country "OPT" is
Palestine by its ISO code; `Geo Precision` in words decides how far the point may be trusted; the topic is told by the
columns, not by the file name. Event descriptions belong to the publisher and are not kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from ingest.adapters import _scope, _tabular
from ingest.adapters._numbers import day_of, number, within
from ingest.adapters._plain import line_of
from ingest.catalog import Source
from ingest.model import NOWHERE, AdapterError, Answer, Event, Place, Problem, Request

TOPICS = {  # column only this topic has: (kind of event, who is counted)
    "Health Workers Killed": "health_attack",
    "Educators Killed": "education_attack",
    "Camp Resident Killed": "protection_attack",
    "Aid Workers Killed": "aid_attack",
    "FoodSecurity": "food_attack",
}
# Persons are counted in these columns, per outcome; breakdowns by sex or nationality repeat them and are not added.
COUNTS = {
    "deaths_best": ("Health Workers Killed", "Educators Killed", "Students Killed", "Camp Resident Killed",
                    "Service Provider Killed", "Aid Workers Killed"),
    "injured": ("Health Workers Injured", "Educators Injured", "Students Injured", "Camp Resident Injured",
                "Aid Workers Injured"),
    "abducted": ("Health Workers Kidnapped", "Educators Kidnapped", "Students Kidnapped", "Camp Residents Kidnapped",
                 "Service Provider Kidnapped", "Aid Workers Kidnapped"),
}  # fmt: skip
DATE, ISO, IDS = "Date", "Country ISO", ("SiND Event ID", "SiND ID")
USED = {
    DATE, ISO, *IDS, "Country", "Admin 1", "Latitude", "Longitude", "Geo Precision", "Reported Perpetrator",
    "Weapon Carried/Used", *TOPICS, *(column for columns in COUNTS.values() for column in columns),
}  # fmt: skip
# Texts, what was damaged or taken, arrests and threats, and breakdowns by sex or nationality of what is counted above.
IGNORED = re.compile(
    r"Event Description|Location.*|Camp Name|Reported Perpetrator Name|Organisation Affected|Programme Focus"
    r"|Known .*|Type of .*|Infrastructure Affected|Protection Event Context|Victim of Violence|Survivor or Victim .*"
    r"|(Female|Male|International|National) .*|.* (Arrested|Threatened|Assaulted|Sexually Assaulted)"
    r"|.* Killed in Captivity|.* Targeted with CRSV|Students Attacked in School|Sexual Violence .*|Attacks on .*"
    r"|Number of Attacks .*|Military Occupation .*|Arson .*|Forced Entry .*|Damage/Destruction .*|Forceful Entry .*"
    r"|Occupation .*|Health Transportation .*|Looting.*|Access Denied .*|.*-Related Violence"
)
CODE = re.compile(r"\((\d)\)")
PRECISION = {"1": "point", "2": "point", "3": "district", "4": "region"}  # 5 a road, 6 the country, 7 sea or air
UNNAMED = {"no information", "not applicable", "unknown"}


def requests(source: Source, since: datetime | None) -> Iterator[Request]:
    """The files of the catalog."""
    return (Request(url) for url in source.urls)


def parse(answer: Answer, source: Source) -> Iterator[Event | Problem]:
    """One Event per row; key = topic and the publisher's event id."""
    rows = _rows(answer)
    columns = {name.strip() for row in rows[:50] for name in row}
    kind = next((topic for column, topic in TOPICS.items() if column in columns), None)
    if kind is None:
        raise _scope.not_recognised(answer, sorted(columns))
    names = dict.fromkeys(str(name) for row in rows[:50] for name in row if name)
    yield from _scope.unused_fields((name for name in names if not IGNORED.fullmatch(name.strip())), USED, ())
    for position, raw in enumerate(rows, 1):
        row = {str(name).strip(): value for name, value in raw.items() if name}
        identity = next((str(row[name]) for name in IDS if row.get(name) not in (None, "")), None)
        where = f"{kind} {identity or f'row {position}'}"
        if identity is None:
            yield Problem("bad_row", "row without an event id", where, "tell the publisher")
            continue
        try:
            yield _event(kind, identity, row)
        except _scope.UNREADABLE as error:
            yield Problem("bad_row", _scope.why(error), where, "compare with the publisher's file")


def _rows(answer: Answer) -> list[dict[str, Any]]:
    if _tabular.is_xlsx(answer.body):
        return list(_tabular.read(answer, header=ISO).records())
    data = _scope.json_of(answer)
    if not isinstance(data, list) or not all(isinstance(row, dict) for row in data):
        raise AdapterError("no list of events in the answer", "look at the archived answer")
    return data


def _event(kind: str, identity: str, row: dict[str, Any]) -> Event:
    iso3 = _scope.iso3_of(str(row.get(ISO) or "")) or _scope.iso3_of_name(line_of(str(row.get("Country") or "")))
    day = _day(row.get(DATE))
    found = CODE.search(str(row.get("Geo Precision") or ""))
    precision = PRECISION.get(found[1], "country") if found else "unknown"
    near = precision != "country"
    region = line_of(str(row.get("Admin 1") or ""))
    latitude, longitude = (within(number(row.get(n)), -180, 180) if near else None for n in ("Latitude", "Longitude"))
    counts: dict[str, Any] = {
        field: sum(values) if (values := [v for c in columns if (v := _count(row.get(c))) is not None]) else None
        for field, columns in COUNTS.items()
    }
    return Event(
        key=f"{kind}|{identity}",
        kind=kind,
        place=Place(
            iso3 or NOWHERE,
            region_name=region if region.lower() not in UNNAMED else None,
            latitude=latitude if longitude is not None else None,
            longitude=longitude if latitude is not None else None,
            precision=precision,
        ),
        ref_start=day,
        ref_end=day,
        actors=tuple(filter(None, [line_of(str(row.get("Reported Perpetrator") or ""))])),
        attributes={
            "weapon": line_of(str(row.get("Weapon Carried/Used") or "")) or None,
            "geo_precision": line_of(str(row.get("Geo Precision") or "")) or None,
        },
        **counts,
    )


def _count(value: Any) -> float | None:
    if isinstance(value, bool):
        return None  # a flag that the topic occurs, not a number of persons
    return within(number(value), 0, 1e5)


def _day(value: Any) -> date:
    """ "2024-02-26", "2024-02-28T00:00:00.000Z" or a typed date."""
    return day_of(value)
