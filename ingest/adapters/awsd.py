"""Aid Worker Security Database: incidents against aid workers since 1997 (CSV with an HXL row).

Decided: incidents of every verification state are kept, the state stands in the attributes, and "Pending" ones are
flagged there; indicators choose. The details (prose) are not kept. A missing day makes the period a month, a missing
month a year. Chechnya is listed as a country without a code: it is a region of Russia. An incident the source puts in
no country is kept and counts for none; one incident id is used for two different facts, which the loader keeps apart
and reports.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from ingest.adapters import _scope, _tabular
from ingest.adapters._numbers import month_span, number, whole, within, year_span
from ingest.adapters._plain import line_of
from ingest.catalog import Source
from ingest.model import NOWHERE, Answer, Event, Place, Problem, Request

PARTS = {"Chechnya": "RUS", "Ingushetia": "RUS", "Dagestan": "RUS"}  # listed as countries without a code
COUNTS = {"deaths_best": "Total killed", "injured": "Total wounded", "abducted": "Total kidnapped"}
USED = {
    "Incident ID", "Year", "Month", "Day", "Country Code", "Country", "Region", "District", "Latitude", "Longitude",
    "Means of attack", "Attack context", "Location", "Motive", "Actor type", "Verified", "Total detained",
    "Total affected", "Total nationals", "Total internationals", *COUNTS.values(),
}  # fmt: skip
IGNORED = {
    "City", "UN", "INGO", "ICRC", "NRCS and IFRC", "NNGO", "Other", "Nationals killed", "Nationals wounded",
    "Nationals kidnapped", "Nationals detained", "Internationals killed", "Internationals wounded",
    "Internationals kidnapped", "Internationals detained", "Gender Male", "Gender Female", "Gender Unknown",
    "Actor name", "Details", "Source",
}  # fmt: skip


def requests(source: Source, since: datetime | None) -> Iterator[Request]:
    """The whole table: incidents of earlier years are corrected."""
    return (Request(url) for url in source.urls)


def parse(answer: Answer, source: Source) -> Iterator[Event | Problem]:
    """One aid_attack event per incident."""
    table = _tabular.read(answer)
    table.need("Incident ID", "Year", "Country Code", "Total affected")
    yield from _scope.unused_fields(table.header, USED, IGNORED)
    for row in table.records():
        try:
            yield _incident(row)
        except _scope.UNREADABLE as error:
            yield Problem(
                "bad_row", _scope.why(error), f"incident {row['Incident ID']}", "compare with the publisher's table"
            )
    yield from table.faults


def _incident(row: dict[str, Any]) -> Event:
    name = line_of(row["Country"])
    iso3 = _scope.iso3_of(row["Country Code"]) or PARTS.get(name) or _scope.iso3_of_name(name)
    region = line_of(row.get("Region")) or (name if name in PARTS else "")
    start, end = _period(row)
    counts: dict[str, Any] = {field: within(number(row.get(column)), 0, 1e4) for field, column in COUNTS.items()}
    latitude, longitude = number(row.get("Latitude")), number(row.get("Longitude"))
    return Event(
        key=row["Incident ID"],
        kind="aid_attack",
        place=Place(
            iso3 or NOWHERE,
            region_name=region or None,
            district_name=line_of(row.get("District")) or None,
            latitude=latitude,
            longitude=longitude,
            precision="region" if region else "country",
        ),
        ref_start=start,
        ref_end=end,
        attributes={
            "verified": row.get("Verified") or None,
            "pending": row.get("Verified") == "Pending",
            "means": row.get("Means of attack") or None,
            "context": row.get("Attack context") or None,
            "location": row.get("Location") or None,
            "motive": row.get("Motive") or None,
            "actor_type": row.get("Actor type") or None,
            "affected": number(row.get("Total affected")),
            "detained": number(row.get("Total detained")),
            "nationals": number(row.get("Total nationals")),
            "internationals": number(row.get("Total internationals")),
        },
        **counts,
    )


def _period(row: dict[str, Any]) -> tuple[date, date]:
    year = whole(row["Year"])
    if not row.get("Month"):
        return year_span(year)
    month = whole(row["Month"])
    if not row.get("Day"):
        return month_span(year, month)
    day = date(year, month, whole(row["Day"]))
    return day, day
