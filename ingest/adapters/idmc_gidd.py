"""IDMC global internal displacement database: yearly figures per country, and disaster displacements one by one.

Forms: JSON pages `{last_updated, count, next, results}` and CSV with the same columns. Rows with a hazard are single
disaster events of a country; rows without are the year's new displacements and the stock at its end by conflict, one
row per country and year. None is no data and gives no row; 0 is a measured zero. Rounded columns repeat the figures. An
event's end may be missing: then it stands for its first day, and a start known to the month for that month; one that
ends before it starts (days and months swapped) stands for its year. Disasters have no id: equal rows are numbered. AB9
is the source's code for Abyei and no ISO code: two states claim the area; it is placed under Sudan as in OCHA's codes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from ingest.adapters import _scope, _tabular
from ingest.adapters._numbers import day_of, month_span, number, whole, within, year_span
from ingest.catalog import Source
from ingest.model import AdapterError, Answer, Event, Observation, Place, Problem, Request

FIGURES = {  # column: (variable, cause)
    "new_displacement": "new_conflict_displacement",
    "total_displacement": "idps_present",
    "conflict_new_displacement": "new_conflict_displacement",
    "conflict_total_displacement": "idps_present",
    "disaster_new_displacement": "new_disaster_displacement",
    "disaster_total_displacement": "idps_present_by_disaster",
}
USED = {
    *FIGURES, "iso3", "country_name", "year", "start_date", "start_date_accuracy", "end_date", "end_date_accuracy",
    "event_name", "hazard_category_name", "hazard_sub_category_name", "hazard_type_name", "hazard_sub_type_name",
}  # fmt: skip
IGNORED = {
    "new_displacement_rounded", "total_displacement_rounded", "hazard_category", "hazard_sub_category", "hazard_type",
    "hazard_sub_type", "event_codes", "event_codes_type", "geographical_region_name", "id",
    *(f"{cause}_{what}_displacement_rounded" for cause in ("conflict", "disaster") for what in ("new", "total")),
}  # fmt: skip
ABYEI = "AB9"


def requests(source: Source, since: datetime | None) -> Iterator[Request]:
    """The first page of each address; the client id stands in the place of {key}."""
    for url in source.urls:
        yield Request(url.replace("{key}", source.key() or ""))


def follow(answer: Answer, source: Source) -> Iterator[Request]:
    """The next page by offset, built from our own address: the one in the answer repeats the client id."""
    if answer.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] != b"{":
        return
    data = _scope.json_of(answer)
    rows, asked = data.get("results") or [], _scope.query_of(answer)
    offset = int(number(asked.get("offset")) or 0)
    if data.get("next") and rows and "offset" in asked:
        following = answer.url.replace(f"offset={asked['offset']}", f"offset={offset + len(rows)}")
        yield Request(following.replace("client_id=KEY", f"client_id={source.key() or ''}"))  # archived without the key


def parse(answer: Answer, source: Source) -> Iterator[Event | Observation | Problem]:
    """Observations per country and year, Events per disaster; key = column|country|year, or country|event|start."""
    names, records, faults = _records(answer)
    yield from _scope.unused_fields(names, USED, IGNORED)
    present = set(names)
    disasters = "event_name" in present
    if names and not (disasters or present & set(FIGURES)):
        raise _scope.not_recognised(answer, names)
    seen: Counter[tuple[object, ...]] = Counter()
    for row in records:
        where = f"{row.get('iso3')} {row.get('year')} {row.get('event_name') or ''}".strip()
        try:
            if disasters:
                event, fault = _event(row)
                again = seen[_identity(event)]
                seen[_identity(event)] += 1
                yield replace(event, key=f"{event.key}#{again + 1}") if again else event
                if fault:
                    yield Problem("bad_date", fault, where, "tell the publisher; the year it states is kept")
            else:
                yield from list(_figures(row))
        except _scope.UNREADABLE as error:
            yield Problem("bad_row", _scope.why(error), where, "compare with the publisher's portal")
    yield from faults


def _records(answer: Answer) -> tuple[list[str], Iterable[dict[str, Any]], list[Problem]]:
    if answer.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        data = _scope.json_of(answer)
        if not isinstance(data, dict) or "results" not in data:
            raise AdapterError(f"no results from {answer.url}: {str(data)[:120]}", "check the client id")
        rows = _scope.rows_in(answer, data["results"])
        return list(dict.fromkeys(name for row in rows for name in row)), rows, []
    table = _tabular.read(answer)
    table.need("iso3", "year")
    return list(table.header), table.records(), table.faults


def _place(row: dict[str, Any]) -> Place:
    code = str(row.get("iso3") or "").strip()
    if code == ABYEI:
        return Place("SDN", region_name="Abyei", precision="region")
    iso3 = _scope.iso3_of(code)
    if iso3 is None:
        raise ValueError(f"{code!r} ({row.get('country_name')}) is no country code")
    return Place(iso3, precision="country")


def _figures(row: dict[str, Any]) -> Iterator[Observation]:
    place, year = _place(row), whole(row["year"])
    start, end = year_span(year)
    for column, variable in FIGURES.items():
        value = within(number(row.get(column)), 0, 1e8)
        if value is not None:
            stock = variable.startswith("idps")
            dimensions = {"cause": "conflict"} if variable == "idps_present" else {}
            yield Observation(
                key=f"{column}|{row['iso3']}|{year}",
                variable=variable,
                place=place,
                ref_start=end if stock else start,
                ref_end=end,
                value=value,
                dimensions=dimensions,
            )


def _identity(event: Event) -> tuple[object, ...]:
    """What tells two disasters apart: the source has no id, so equal rows are separate events with equal figures."""
    return event.key, event.ref_start, event.ref_end, event.displaced, *event.attributes.values()


def _event(row: dict[str, Any]) -> tuple[Event, str]:
    """The event, and what is wrong with its dates (then it stands for the year the source states), or ''."""
    fault = ""
    try:
        start, end = _period(row)
    except ValueError as error:
        fault = str(error)
        start, end = year_span(whole(row["year"]))
    title = str(row.get("event_name") or "").strip() or None
    hazard = {
        name: str(row[f"hazard_{name}_name"])
        for name in ("category", "sub_category", "type", "sub_type")
        if row.get(f"hazard_{name}_name")
    }
    event = Event(
        key=f"{row['iso3']}|{title or hazard.get('type', '')}|{row.get('start_date')}|{row.get('year')}",
        kind="disaster_displacement",
        place=_place(row),
        ref_start=start,
        ref_end=end,
        displaced=within(number(row.get("new_displacement")), 0, 1e8),
        title=title,
        attributes=hazard | {"year": whole(row["year"]), "total": number(row.get("total_displacement"))},
    )
    return event, fault


def _period(row: dict[str, Any]) -> tuple[date, date]:
    """First and last day as exact as stated; the year when the source has no date."""
    if not row.get("start_date"):
        return year_span(whole(row["year"]))
    start, rough = day_of(row["start_date"]), str(row.get("start_date_accuracy") or "").lower() in ("month", "year")
    if row.get("end_date"):
        end = day_of(row["end_date"])
        if end < start:
            raise ValueError(f"the event ends {end}, before it starts {start}")
        return start, end
    return start, month_span(start.year, start.month)[1] if rough else start
