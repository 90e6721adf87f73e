"""WFP HungerMap LIVE v1: share of people with poor food consumption, crisis coping, and lack of access, per day.

Two forms. `/country?days_ago=N`: every country's latest value (`body.countries`), with its own date each.
`/country/{iso3}/region?date_start=&date_end=`: admin-1 regions of one country (`body` is a list).

Traps handled: `statusCode` is a string and may tell an error with HTTP 200; dates differ per country; a PREDICTION is a
model's estimate, so it is flagged as projection; the people counted for health access are a share of those who needed
care, so the region's population is given as denominator only where people / prevalence agrees with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from ingest.adapters import _scope
from ingest.adapters._numbers import day_of, number, within
from ingest.catalog import Source
from ingest.model import AdapterError, Answer, Observation, Place, Problem, Request

VARIABLES = {
    "fcs": "insufficient_food_share",
    "rcsi": "crisis_coping_share",
    "healthAccess": "health_access_lack_share",
    "marketAccess": "market_access_lack_share",
    "livelihoodCoping": "livelihood_coping_share",
}
BASES = {"SURVEY": "survey", "PREDICTION": "prediction", "MIXED": "mixed"}
USED = {"country", "region", "date", "dataType", "metrics"}


def requests(source: Source, since: datetime | None) -> Iterator[Request]:
    """Each address of the catalog, once per country where it holds {iso3}."""
    for template in source.urls:
        for url in _scope.per_country(template, source.countries):
            yield Request(url)


def parse(answer: Answer, source: Source) -> Iterator[Observation | Problem]:
    """One Observation per place, day and metric; key = metric|iso3|region id or 0|day."""
    rows = _rows(answer)
    asked, start, end = _asked(answer)
    _scope.assert_countries(answer, asked, {str((row.get("country") or {}).get("iso3")) for row in rows})
    yield from _scope.unused_fields((name for row in rows for name in row), USED, ())
    metrics = {name for row in rows for name in row.get("metrics") or {}}
    yield from _scope.unused_fields(sorted(metrics), VARIABLES, ())
    days = []
    out: list[Observation | Problem] = []
    for row in rows:
        try:
            days.append(day_of(row.get("date")))
            out += list(_row(row, days[-1]))  # the whole row or none of it
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            names = [(row.get("country") or {}).get("iso3"), (row.get("region") or {}).get("name"), row.get("date")]
            where = " ".join(str(name) for name in names if name)
            out.append(
                Problem("bad_row", f"{type(error).__name__}: {error}", where, "compare with the map of the source")
            )
    stray = sorted(day for day in days if (start and day < start) or (end and day > end))
    if stray:
        raise AdapterError(f"asked {start} to {end}, got {stray[0]} from {answer.url}", "the service ignores the dates")
    yield from out


def _rows(answer: Answer) -> list[dict[str, Any]]:
    data = _scope.json_of(answer)
    if not isinstance(data, dict) or "body" not in data:
        raise _scope.not_recognised(answer, list(data) if isinstance(data, dict) else type(data).__name__)
    if str(data.get("statusCode", "200")) != "200":
        raise AdapterError(f"the service says status {data['statusCode']}: {str(data['body'])[:200]} ({answer.url})")
    body = data["body"]
    rows = body.get("countries") if isinstance(body, dict) else body
    rows = _scope.rows_in(answer, rows)
    for row in rows:
        if not all(isinstance(row.get(name), dict) for name in ("country", "metrics")):
            raise _scope.not_recognised(answer, row)
    return rows


def _asked(answer: Answer) -> tuple[set[str], date | None, date | None]:
    """Country (empty: all) and days asked for."""
    path, query = _scope.path_of(answer), _scope.query_of(answer)
    asked = {path[-2].upper()} if len(path) > 1 and path[-1] == "region" else set()
    start, end = query.get("date_start"), query.get("date_end")
    return asked, day_of(start) if start else None, day_of(end) if end else None


def _row(row: dict[str, Any], day: date) -> Iterator[Observation | Problem]:
    code, region = row["country"]["iso3"], row.get("region")
    iso3 = _scope.iso3_of(code)
    if iso3 is None:
        yield Problem("unknown_code", f"{code!r} is no country code", code, "add it to OTHER_CODES")
        return
    if row["dataType"] not in BASES:
        yield Problem(
            "unknown_code", f"{row['dataType']!r} is a new kind of data", "dataType", "decide if it is measured"
        )
        return
    place = Place(iso3, precision="country")
    if region:
        place = Place(iso3, region_name=region["name"], precision="region")
    for metric, figures in row["metrics"].items():
        if metric not in VARIABLES:
            continue
        value = within(number(figures.get("prevalence")), 0, 1)
        if value is None:
            continue
        yield Observation(
            key=f"{metric}|{iso3}|{region['id'] if region else 0}|{day}",
            variable=VARIABLES[metric],
            place=place,
            ref_start=day,
            ref_end=day,
            value=value,
            denominator=_base(figures, value, number((region or {}).get("population"))),
            dimensions={"data_type": BASES[row["dataType"]]},
            projection=row["dataType"] == "PREDICTION",
        )


def _base(figures: dict[str, Any], value: float, population: float | None) -> float | None:
    """The region's population when the share is one of it (within 1 %); None when the base is another."""
    people = number(figures.get("people"))
    if not population or not people or not value:
        return None
    return population if abs(people / value - population) <= 0.01 * population else None
