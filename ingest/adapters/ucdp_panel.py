"""Organised violence counted per admin-1 unit and month (UCDP GED): events by type and deaths.

The file holds rows with at least one event only. Its grid is complete: an absent month of a unit that is in the file is
a measured zero. No row is made for those here; whoever reads the panel fills them, between the first and the last month
of the file and for the units in it, and for no other unit. A row with events and without deaths is a measured zero.
Units are "Country | Region name" in UCDP's words ("Yemen (North Yemen) | Taiz governorate"); Gaza and the West Bank
stand under Israel. Events that UCDP places in no admin-1 unit are not in the table.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from ingest.adapters import _scope, _tabular
from ingest.adapters._numbers import day_of, month_span, whole
from ingest.adapters.ucdp_ged import country_of
from ingest.catalog import Source
from ingest.model import Answer, Observation, Place, Problem, Request

OPTIONS: dict[str, type] = {}
MEASURES = {
    "n_events": "panel_events",
    "n_sb": "panel_state_based",
    "n_ns": "panel_non_state",
    "n_os": "panel_one_sided",
    "deaths": "panel_deaths",
}
USED = {"country", "unit", "month", *MEASURES}
SIGN = " | "


def requests(source: Source, since: datetime | None) -> Iterator[Request]:
    """None: the table is dropped into the inbox or shipped as starter."""
    return (Request(url) for url in source.urls)


def parse(answer: Answer, source: Source) -> Iterator[Observation | Problem]:
    """Five Observations per unit and month; key = variable|unit|month."""
    table = _tabular.read(answer)
    table.need("country", "unit", "month", *MEASURES)
    yield from _scope.unused_fields(table.header, USED, ())
    for row in table.records():
        try:
            yield from list(_row(row))  # the whole row or none of it
        except ValueError as error:
            yield Problem("bad_row", str(error), f"{row['unit']} {row['month']}", "count the panel again from GED")
    yield from table.faults


def _row(row: dict[str, Any]) -> Iterator[Observation]:
    country, sign, region = str(row["unit"]).partition(SIGN)
    if not sign or country != row["country"] or not region.strip():
        raise ValueError(f"unit {row['unit']!r} is not {row['country']!r}, {SIGN!r} and the name of a region")
    month = day_of(row["month"])
    if month.day != 1:
        raise ValueError(f"month {month} is not the first day of one")
    counts = {column: whole(row[column]) for column in MEASURES}
    types = counts["n_sb"] + counts["n_ns"] + counts["n_os"]
    if min(counts.values()) < 0 or counts["n_events"] != types:
        raise ValueError(f"{counts['n_events']} events, but {types} over the three types, {counts['deaths']} deaths")
    yield from _observations(counts, Place(country_of(0, country), region_name=region.strip(), precision="region"),
                             str(row["unit"]), month)  # fmt: skip


def _observations(counts: dict[str, int], place: Place, unit: str, month: date) -> Iterator[Observation]:
    start, end = month_span(month.year, month.month)
    for column, variable in MEASURES.items():
        yield Observation(f"{variable}|{unit}|{month:%Y-%m}", variable, place, start, end, float(counts[column]))
