"""Official place codes of admin-1 and admin-2 units with their names (OCHA global p-code list).

A code is no measurement: each gives one Observation without a value whose text is the official name, from the day the
list is valid. It keeps the reference tables honest: a unit that `ingest.places` cannot find becomes an issue naming it,
and a code that changes its name becomes a new vintage. Never join on a code without comparing the name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from ingest.adapters import _hdx, _scope, _tabular
from ingest.adapters._numbers import day_of
from ingest.catalog import Source
from ingest.model import Answer, Observation, Place, Problem, Request

OPTIONS: dict[str, type] = {"files": str}

COLUMNS = ("Location", "Admin Level", "P-Code", "Name", "Parent P-Code", "Valid from date")
# OCHA's own codes for countries, where they differ from ISO 3166-1; the parent of an admin-1 unit is such a code.
LEVELS = {"1": "region", "2": "district"}


def requests(source: Source, since: datetime | None) -> Iterator[Request]:
    """The dataset's record, from which `follow` takes the files of options.files."""
    for url in source.urls:
        yield Request(url)


def follow(answer: Answer, source: Source) -> Iterator[Request]:
    """The files named in the record."""
    if _hdx.is_record(answer):
        yield from _hdx.files(answer, source.options.get("files", r"global_pcodes_adm_1_2\.csv"))


def parse(answer: Answer, source: Source) -> Iterator[Observation | Problem]:
    """One Observation per code; key = country|level|code. A dataset record gives none."""
    if _hdx.is_record(answer):
        return
    table = _tabular.read(answer, header="P-Code")
    at = table.need(*COLUMNS)
    yield from _scope.unused_fields(table.header, set(COLUMNS), frozenset())
    for row in table.rows:
        cells = [str(row[index] or "").strip() for index in at]
        try:
            yield _row(cells)
        except ValueError as error:
            yield Problem("bad_row", str(error), f"{cells[0]} {cells[2]}", "compare with the publisher's table")
    yield from table.faults


def _row(cells: Sequence[Any]) -> Observation:
    location, level, code, name, parent, since = cells
    iso3 = _scope.iso3_of(location)
    if iso3 is None:
        raise ValueError(f"{location!r} is no country code")
    if level not in LEVELS:
        raise ValueError(f"admin level {level!r} is neither 1 nor 2")
    if not code or not name:
        raise ValueError("a unit without code or name")
    if level == "1":
        place = Place(iso3, region_name=name, region_code=code, precision="region")
    else:
        region_code = parent if parent != location else None
        place = Place(iso3, region_code=region_code, district_name=name, district_code=code, precision="district")
    day = day_of(since)
    dimensions = {"code": code, "level": level, "parent": parent}
    key = f"{location}|{level}|{code}"
    return Observation(key, "official_place_name", place, day, day, text=name, dimensions=dimensions)
