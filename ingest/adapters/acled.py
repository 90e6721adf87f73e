"""ACLED events by API (account needed). The rows may not be passed on; they stay in the local store.

Traps handled: `country` matches by LIKE ("Sudan" returns South Sudan too), so requests say country_where='=' and an
answer with another country is refused; every value is text; `iso` is the numeric code; an error comes inside a 200
envelope; `time_precision` 2 and 3 make the period a week or a month; `geo_precision` 3 is a region's capital standing
for the region. Notes and source names are the publisher's text and are not kept. Deaths of civilians cannot be told
from the rows and are left open. The list of deleted events holds ids only and gives no row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote

from babel.core import Locale, get_global

from ingest.adapters import _scope
from ingest.adapters._numbers import day_of, month_span, number, whole, within
from ingest.catalog import Source
from ingest.model import AdapterError, Answer, Event, Place, Problem, Request

KINDS = {
    "Battles": "battle",
    "Explosions/Remote violence": "explosion",
    "Violence against civilians": "violence_against_civilians",
    "Riots": "riot",
    "Protests": "protest",
    "Strategic developments": "strategic_development",
}
PRECISION = {1: "point", 2: "point", 3: "region"}
PAGE = 5000  # rows an answer holds at most
NAMES = {  # where ACLED's English name is not CLDR's
    "CIV": "Ivory Coast", "COD": "Democratic Republic of Congo", "COG": "Republic of Congo", "MMR": "Myanmar",
    "PSE": "Palestine", "TUR": "Turkey", "BIH": "Bosnia and Herzegovina", "SWZ": "eSwatini",
}  # fmt: skip
USED = {
    "event_id_cnty", "event_date", "time_precision", "event_type", "sub_event_type", "disorder_type", "actor1",
    "actor2", "assoc_actor_1", "assoc_actor_2", "civilian_targeting", "iso", "country", "admin1", "admin2", "location",
    "latitude", "longitude", "geo_precision", "fatalities", "timestamp",
}  # fmt: skip
IGNORED = {
    "year", "inter1", "inter2", "interaction", "region", "admin3", "source", "source_scale", "notes", "tags",
    "population_best", "population_1km", "population_2km", "population_5km", "id", "event_id_no_cnty", "iso3",
}  # fmt: skip


def requests(source: Source, since: datetime | None) -> Iterator[Request]:
    """First page per country of what was added or revised since the last good run; the token goes into a header."""
    headers = {"Authorization": f"Bearer {source.key()}"} if source.key() else {}
    changed = f"&timestamp={int(since.replace(tzinfo=UTC).timestamp())}&timestamp_where=%3E%3D" if since else ""
    for template in source.urls:
        for iso3 in source.countries:
            if iso3 != "*":
                url = template.replace("{country}", quote(_name_of(iso3)))
                yield Request(f"{url}&country_where=%3D{changed}&limit={PAGE}&page=1", headers=headers)


def follow(answer: Answer, source: Source) -> Iterator[Request]:
    """The next page, while pages are full."""
    if len(_rows(answer)) >= PAGE:
        page = int(_scope.query_of(answer).get("page", 1))
        headers = {"Authorization": f"Bearer {source.key()}"} if source.key() else {}
        yield Request(re.sub(r"([?&])page=\d+", rf"\g<1>page={page + 1}", answer.url), headers=headers)


def parse(answer: Answer, source: Source) -> Iterator[Event | Problem]:
    """One Event per row; key = event_id_cnty."""
    rows = _rows(answer)
    if "deleted" in _scope.path_of(answer):
        return
    if rows and not {"event_id_cnty", "event_type", "country"} <= set(rows[0]):
        raise _scope.not_recognised(answer, sorted(rows[0]))
    asked = _scope.query_of(answer).get("country", "")
    stray = sorted({str(row.get("country")) for row in rows} - set(asked.split("|"))) if asked else []
    if stray:
        raise AdapterError(
            f"asked {asked}, got {', '.join(stray[:3])} from {answer.url}",
            "the country matches by LIKE: the address needs country_where='='",
        )
    yield from _scope.unused_fields((name for row in rows for name in row), USED, IGNORED)
    for row in rows:
        try:
            yield _event(row)
        except _scope.UNREADABLE as error:
            yield Problem(
                "bad_row", _scope.why(error), str(row.get("event_id_cnty")), "compare with the publisher's table"
            )


def _rows(answer: Answer) -> list[dict[str, Any]]:
    data = _scope.json_of(answer)
    if not isinstance(data, dict):
        raise _scope.not_recognised(answer, type(data).__name__)
    refused = data.get("success") is False or data.get("status") not in (None, 200, "200")
    if refused or "data" not in data:
        said = data.get("error") or data.get("message") or data.get("messages") or data.get("status")
        raise AdapterError(f"the service refused {answer.url}: {said}", "get a new token; they last one day")
    return _scope.rows_in(answer, data["data"])


def _name_of(iso3: str) -> str:
    if iso3 in NAMES:
        return NAMES[iso3]
    aliases = get_global("territory_aliases").get(iso3) or [iso3]
    return str(Locale("en").territories.get(aliases[0], iso3))


def _event(row: dict[str, Any]) -> Event:
    kind = KINDS.get(str(row["event_type"]))
    if kind is None:
        raise ValueError(f"event_type {row['event_type']!r} is unknown")
    iso3 = _scope.iso3_of(str(row.get("iso") or "")) or _scope.iso3_of_name(str(row.get("country") or ""))
    if iso3 is None:
        raise ValueError(f"iso {row.get('iso')!r} ({row.get('country')}) is no country")
    if not row.get("event_id_cnty"):
        raise ValueError("an event without an id")
    start, end = _period(day_of(row["event_date"]), whole(row.get("time_precision")))
    stamp = number(row.get("timestamp"))
    details = ("sub_event_type", "disorder_type", "civilian_targeting", "assoc_actor_1", "assoc_actor_2", "location")
    return Event(
        key=str(row["event_id_cnty"]),
        kind=kind,
        place=_place(iso3, row),
        ref_start=start,
        ref_end=end,
        published=datetime.fromtimestamp(stamp, UTC).replace(tzinfo=None) if stamp else None,
        deaths_best=within(number(row.get("fatalities")), 0, 1e5),
        actors=tuple(str(row[name]) for name in ("actor1", "actor2") if row.get(name)),
        attributes={name: row[name] for name in details if row.get(name)},
    )


def _place(iso3: str, row: dict[str, Any]) -> Place:
    precision = PRECISION.get(whole(row.get("geo_precision") or 0))
    if precision is None:
        raise ValueError(f"geo_precision {row.get('geo_precision')!r} is none of 1, 2, 3")
    point = precision == "point"
    return Place(
        iso3,
        region_name=row.get("admin1") or None,
        district_name=(row.get("admin2") or None) if point else None,
        latitude=number(row.get("latitude")) if point else None,
        longitude=number(row.get("longitude")) if point else None,
        precision=precision,
    )


def _period(day: date, precision: int) -> tuple[date, date]:
    """The day itself, the week around it, or its month."""
    if precision == 1:
        return day, day
    if precision == 2:
        return day - timedelta(days=3), day + timedelta(days=3)
    if precision == 3:
        return month_span(day.year, day.month)
    raise ValueError(f"time_precision {precision} is none of 1, 2, 3")
