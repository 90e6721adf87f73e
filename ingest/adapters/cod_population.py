"""Population per administrative unit (OCHA Common Operational Datasets, CSV with a row of HXL tags).

Rows of all sexes and ages are the variable `population`; rows of one sex or age band repeat them and are
`population_by_group`, so that nobody adds a part to its total. The year is the one the figures stand for: it can be
twenty years ago. The finest unit with a code is the place of a row; units below the district stand for their district.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from ingest.adapters import _hdx, _scope, _tabular
from ingest.adapters._numbers import number, whole, within, year_span
from ingest.catalog import Source
from ingest.model import Answer, Observation, Place, Problem, Request

OPTIONS: dict[str, type] = {"files": str}

FIGURE = ("Population_group", "Gender", "Age_range", "Population", "Reference_year")
UNITS = tuple(f"ADM{level}_{what}" for level in (1, 2, 3, 4) for what in ("PCODE", "NAME"))
USED = {"ISO3", *UNITS, *FIGURE}
IGNORED = {"Country", "Age_min", "Age_max", "Source", "Contributor"}


def requests(source: Source, since: datetime | None) -> Iterator[Request]:
    """The dataset's record, from which `follow` takes the files of options.files."""
    for url in source.urls:
        yield Request(url)


def follow(answer: Answer, source: Source) -> Iterator[Request]:
    """The files named in the record."""
    if _hdx.is_record(answer):
        yield from _hdx.files(answer, source.options.get("files", r"cod_population_admin[01]\.csv"))


def parse(answer: Answer, source: Source) -> Iterator[Observation | Problem]:
    """One Observation per row; key = unit|group|sex|age|year. A dataset record gives none."""
    if _hdx.is_record(answer):
        return
    table = _tabular.read(answer, header="ISO3")
    table.need("ISO3", *FIGURE)
    yield from _scope.unused_fields(table.header, USED, IGNORED)
    for row in table.records():
        cells = {name: "" if cell is None else str(cell).strip() for name, cell in row.items()}
        try:
            item = _row(cells)
        except ValueError as error:
            where = f"{cells['ISO3']} {_unit(cells)[0]} {cells['Population_group']}"
            yield Problem("bad_row", str(error), where, "compare with the publisher's table")
            continue
        if item is not None:
            yield item
    yield from table.faults


def _unit(cells: dict[str, str]) -> tuple[str, int]:
    """(code of the finest unit named, its level); the country's code and 0 when none is."""
    for level in (4, 3, 2, 1):
        if code := cells.get(f"ADM{level}_PCODE", ""):
            return code, level
    return cells["ISO3"], 0


def _row(cells: dict[str, Any]) -> Observation | None:
    iso3 = _scope.iso3_of(cells["ISO3"])
    if iso3 is None:
        raise ValueError(f"{cells['ISO3']!r} is no country code")
    value = within(number(cells["Population"]), 0, 2e9)
    if value is None:
        return None
    code, level = _unit(cells)
    place = Place(
        iso3,
        region_name=cells.get("ADM1_NAME") or None,
        region_code=cells.get("ADM1_PCODE") or None,
        district_name=cells.get("ADM2_NAME") or None,
        district_code=cells.get("ADM2_PCODE") or None,
        precision=("country", "region", "district", "district", "district")[level],
    )
    year, sex, age = whole(cells["Reference_year"]), cells["Gender"].lower(), cells["Age_range"].lower()
    total = sex in ("", "all") and age in ("", "all") and cells["Population_group"].upper() in ("", "T_TL")
    dimensions = {"level": str(level)} | ({} if total else {"sex": sex or "all", "age": age or "all"})
    start, end = year_span(year)
    key = f"{code}|{cells['Population_group']}|{sex}|{age}|{year}"
    variable = "population" if total else "population_by_group"
    return Observation(key, variable, place, start, end, value, dimensions=dimensions)
