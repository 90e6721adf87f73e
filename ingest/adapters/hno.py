"""Humanitarian needs: people in need, targeted, affected and reached, per area, sector and category (OCHA).

Two forms of the same figures: the HDX Humanitarian API's table (a row per status) and the file of the Humanitarian
Programme Cycle, hpc_hno_<year>.csv (a column per status). A category of '' and of 'total' both mean all people and are
written "total" here. Two caseloads can share a cluster (general protection and protection overall), so the second form
keeps its description. Sectors overlap: never add them. A row the source itself flags ("No cluster ...") is a Problem.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from ingest.adapters import _hapi, _hdx, _scope, _tabular
from ingest.adapters._numbers import number, within, year_span
from ingest.catalog import Source
from ingest.model import AdapterError, Answer, Observation, Place, Problem, Request

OPTIONS: dict[str, type] = {"files": str}

STATUS = {  # population_status of the API: variable
    "all": "planning_population",
    "AFF": "people_affected",
    "INN": "people_in_need",
    "TGT": "people_targeted",
    "REA": "people_reached",
}
COLUMNS = {  # column of the file: variable
    "Population": "planning_population",
    "Affected": "people_affected",
    "In Need": "people_in_need",
    "Targeted": "people_targeted",
    "Reached": "people_reached",
}
USED = ("sector_code", "sector_name", "category", "population_status", "population")
AREA = ("Country ISO3", "Admin 1 PCode", "Admin 1 Name", "Admin 2 PCode", "Admin 2 Name")
ABOUT = ("Description", "Cluster", "Category", "Info")
MOST = 2e9  # people

requests = _hapi.requests


def follow(answer: Answer, source: Source) -> Iterator[Request]:
    """The files named in a dataset's record, of either form."""
    if _hdx.is_record(answer):
        yield from _hdx.files(answer, source.options.get("files", r".*(humanitarian_needs|hpc_hno).*\.csv"))


def parse(answer: Answer, source: Source) -> Iterator[Observation | Problem]:
    """One Observation per figure; key = status|place|sector|category|year, in the file also the description."""
    if _hdx.is_record(answer):
        return
    table = None if answer.body.lstrip()[:1] in (b"{", b"[") else _tabular.read(answer, header="Country ISO3")
    if table is not None and "Country ISO3" in table.header:
        yield from _file(answer, table)
    else:
        yield from _hapi.parse(answer, USED, _api_row)


def _api_row(row: dict[str, Any], place: Place, start: date, end: date) -> Iterator[Observation]:
    variable = STATUS.get(row["population_status"])
    if variable is None:
        raise ValueError(f"population_status {row['population_status']!r} is none of {', '.join(STATUS)}")
    value = within(number(row["population"]), 0, MOST)
    if value is None:
        return
    if not row["sector_code"]:
        raise ValueError("a figure without a sector")
    category = row["category"] or "total"
    key = f"{variable}|{_hapi.where_key(row)}|{row['sector_code']}|{category}|{start}"
    dimensions = {"sector": row["sector_code"], "category": category}
    yield Observation(key, variable, place, start, end, value, dimensions=dimensions)


def _file(answer: Answer, table: _tabular.Table) -> Iterator[Observation | Problem]:
    """The programme cycle's file. Its year stands in its name only."""
    named = re.search(r"(?<!\d)(20\d\d)(?!\d)", _scope.file_name(answer))
    if named is None:
        raise AdapterError(
            f"no year in the name of {answer.url}: the rows do not say which year they plan for",
            "name the file as the publisher does, e.g. hpc_hno_2024.csv",
        )
    start, end = year_span(int(named[1]))
    table.need(*AREA, "Description", "Cluster", "Category", *COLUMNS)
    yield from _scope.unused_fields(table.header, {*AREA, *ABOUT, *COLUMNS}, frozenset())
    for row in table.records():
        cells = {name: "" if cell is None else str(cell).strip() for name, cell in row.items()}
        where = f"{cells['Country ISO3']} {cells['Admin 2 PCode'] or cells['Admin 1 PCode']} {cells['Description']}"
        if cells.get("Info", "").startswith("No cluster") or not cells["Cluster"]:
            said = cells.get("Info") or "no cluster"
            yield Problem("source_error", f"the source flags: {said}", where.strip(), "tell the publisher")
            continue
        try:
            yield from list(_figures(cells, start, end))
        except ValueError as error:
            yield Problem("bad_row", str(error), where.strip(), "compare with the publisher's file")
    yield from table.faults


def _figures(cells: dict[str, str], start: date, end: date) -> Iterator[Observation]:
    iso3 = _scope.iso3_of(cells["Country ISO3"])
    if iso3 is None:
        raise ValueError(f"{cells['Country ISO3']!r} is no country code")
    level = "district" if cells["Admin 2 PCode"] else "region" if cells["Admin 1 PCode"] else "country"
    place = Place(
        iso3,
        region_name=cells["Admin 1 Name"] or None,
        region_code=cells["Admin 1 PCode"] or None,
        district_name=cells["Admin 2 Name"] or None,
        district_code=cells["Admin 2 PCode"] or None,
        precision=level,
    )
    category = cells["Category"] or "total"
    area = cells["Admin 2 PCode"] or cells["Admin 1 PCode"] or iso3
    dimensions = {"sector": cells["Cluster"], "category": category, "description": cells["Description"]}
    for column, variable in COLUMNS.items():
        value = within(number(cells[column]), 0, MOST)
        if value is not None:
            key = f"{variable}|{area}|{cells['Cluster']}|{cells['Description']}|{category}|{start}"
            yield Observation(key, variable, place, start, end, value, dimensions=dimensions)
