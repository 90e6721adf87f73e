"""Multidimensional poverty per country and admin-1 region (OPHI, in the layout of the HDX Humanitarian API).

Headcounts and intensities are percentages in the source and shares here. The survey period is the period of the value,
often years ago. A row whose `error` column is filled becomes a Problem; `warning` is kept with the values. The codes of
regions go with `admin1_name` (OCHA's name), not with the provider's name, so that is the name given.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from ingest.adapters import _hdx, _scope, _tabular
from ingest.adapters._numbers import day_of, number, within
from ingest.catalog import Source
from ingest.model import Answer, Observation, Place, Problem, Request

OPTIONS: dict[str, type] = {"files": str}

VARIABLES = {  # column: (variable, highest value in the column, divisor)
    "mpi": ("multidimensional_poverty_index", 1, 1),
    "headcount_ratio": ("multidimensional_poverty_headcount", 100, 100),
    "intensity_of_deprivation": ("multidimensional_poverty_intensity", 100, 100),
    "vulnerable_to_poverty": ("vulnerable_to_poverty_share", 100, 100),
    "in_severe_poverty": ("severe_poverty_share", 100, 100),
}
PLACE = ("location_code", "admin_level", "provider_admin1_name", "admin1_code", "admin1_name")
PERIOD = ("reference_period_start", "reference_period_end")
USED = {*VARIABLES, *PLACE, *PERIOD, "warning", "error"}
IGNORED = {"has_hrp", "in_gho", "dataset_hdx_id", "resource_hdx_id", "location_ref", "admin1_ref", "location_name"}


def requests(source: Source, since: datetime | None) -> Iterator[Request]:
    """The dataset's record, from which `follow` takes the files of options.files."""
    for url in source.urls:
        yield Request(url)


def follow(answer: Answer, source: Source) -> Iterator[Request]:
    """The files named in the record."""
    if _hdx.is_record(answer):
        yield from _hdx.files(answer, source.options.get("files", r".*poverty_rate.*\.csv"))


def parse(answer: Answer, source: Source) -> Iterator[Observation | Problem]:
    """Up to five Observations per row; key = column|iso3|region or country|start. A dataset record gives none."""
    if _hdx.is_record(answer):
        return
    table = _tabular.read(answer)
    table.need(*VARIABLES, *PLACE, *PERIOD)
    yield from _scope.unused_fields(table.header, USED, IGNORED)
    asked = _scope.query_of(answer).get("location_code")
    found: set[str] = set()
    out: list[Observation | Problem] = []
    for row in table.records():
        where = f"{row['location_code']} {row['provider_admin1_name'] or 'country'} {row['reference_period_start']}"
        if row.get("error"):
            out.append(Problem("source_error", f"the source flags: {row['error']}", where, "tell the publisher"))
            continue
        found.add(row["location_code"])
        try:
            out += list(_row(row))  # the whole row or none of it
        except ValueError as error:
            out.append(Problem("bad_row", str(error), where, "compare with the publisher's table"))
    _scope.assert_countries(answer, {asked} if asked else set(), found)
    yield from out
    yield from table.faults


def _row(row: dict[str, Any]) -> Iterator[Observation]:
    iso3 = _scope.iso3_of(row["location_code"])
    if iso3 is None:
        raise ValueError(f"{row['location_code']!r} is no country code")
    start, end = (day_of(row[name]) for name in PERIOD)
    if end < start:
        raise ValueError(f"the period ends {end}, before it starts {start}")
    place = Place(iso3, precision="country")
    if str(row["admin_level"]).strip() == "1":
        name = row["admin1_name"] or row["provider_admin1_name"]
        place = Place(iso3, region_name=name or None, region_code=row["admin1_code"] or None, precision="region")
    elif str(row["admin_level"]).strip() != "0":
        raise ValueError(f"admin_level {row['admin_level']!r} is neither 0 nor 1")
    dimensions = {"warning": row["warning"]} if row.get("warning") else {}
    who = row["provider_admin1_name"] or row["admin1_code"] or "country"
    for column, (variable, top, divisor) in VARIABLES.items():
        value = within(number(row[column]), 0, top)
        if value is not None:
            key = f"{column}|{iso3}|{who}|{start}"
            yield Observation(key, variable, place, start, end, value / divisor, dimensions=dimensions)
