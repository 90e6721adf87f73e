"""Freedom in the World: 25 sub-questions (A1 to G4, 0-4 points each), AddQ, and the total (0-100) per country and year.

Two layouts: the publisher's workbook (title row above the header, column "Edition") and the research extract as CSV
(columns fh_full_country, edition, year). An edition is about the calendar year before it. Territories are rated apart:
those with a country code of their own are countries here, the others are regions of the state they belong to in ISO
3166, so that Gaza's or Crimea's rating is never taken for a national one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from ingest.adapters import _scope, _tabular
from ingest.adapters._numbers import number, whole, within, year_span
from ingest.catalog import Source
from ingest.model import Answer, Observation, Place, Problem, Request

ITEMS = (
    *(f"{part}{n}" for part, count in zip("ABCDEFG", (3, 4, 3, 4, 3, 4, 4), strict=True) for n in range(1, count + 1)),
)
COUNTRY = ("fh_full_country", "Country/Territory", "Country")
KIND = ("country_or_territory", "C/T")
EDITION = ("edition", "Edition")
TOTAL = ("total", "Total", "TOTAL")
ADDQ = ("AddQ", "Add Q")
IGNORED = {
    "region", "Region", "year", "status", "Status", "pr", "cl", "PR rating", "CL rating", "PR Rating", "CL Rating",
    "AddA", "Add A", "pr_full", "cl_full", "PR", "CL", "A", "B", "C", "D", "E", "F", "G", "extended_country_name",
    "GWn", "cown", "in_GW_system", "ISO3",
}  # fmt: skip
# Territories without a country code: the state they belong to in ISO 3166, and the name of the place.
TERRITORIES = {
    "Abkhazia": "GEO", "Crimea": "UKR", "Eastern Donbas": "UKR", "Gaza Strip": "PSE", "Indian Kashmir": "IND",
    "Nagorno-Karabakh": "AZE", "Northern Cyprus": "CYP", "Pakistani Kashmir": "PAK",
    "Russian-Occupied Territories of Ukraine": "UKR", "Somaliland": "SOM", "South Ossetia": "GEO", "Tibet": "CHN",
    "Transnistria": "MDA", "West Bank": "PSE",
}  # fmt: skip


def requests(source: Source, since: datetime | None) -> Iterator[Request]:
    """The catalog's addresses; the publisher gives a new one each spring."""
    for url in source.urls:
        yield Request(url)


def parse(answer: Answer, source: Source) -> Iterator[Observation | Problem]:
    """Items and total of every row; key = iso3 or territory|year|item."""
    table = _tabular.read(answer, sheet="FIW", header="Country/Territory")
    columns = _columns(table)
    items = _items(table)
    used = {*ITEMS, *COUNTRY, *KIND, *EDITION, *TOTAL, *ADDQ}
    yield from _scope.unused_fields(table.header, used, IGNORED)
    year_column = table.column("year")
    for row in table.rows:
        name = str(row[columns["country"]] or "").strip()
        where = f"{name} {row[columns['edition']]}"
        try:
            place = _place(name, str(row[columns["kind"]]).strip().lower())
            year = whole(row[columns["edition"]]) - 1
            if year_column is not None and whole(row[year_column]) != year:
                raise ValueError(f"edition {row[columns['edition']]} does not fit year {row[year_column]}")
            if place is None:
                yield _unknown(name)
                continue
            yield from list(_row(row, items, columns["total"], place, year))  # the whole row or none of it
        except ValueError as error:
            yield Problem("bad_row", str(error), where, "compare with the publisher's table")
    yield from table.faults


def _items(table: _tabular.Table) -> list[tuple[str, int]]:
    """Columns of the sub-questions: all 25, or none in the file of totals since 2003; AddQ where there is one."""
    if not any(item in table.header for item in ITEMS):
        return []
    addq = table.column(*ADDQ)
    found = list(zip(ITEMS, table.need(*ITEMS), strict=True))
    return found if addq is None else [*found, ("AddQ", addq)]


def _columns(table: _tabular.Table) -> dict[str, int]:
    names = {"country": COUNTRY, "kind": KIND, "edition": EDITION, "total": TOTAL}
    found = {key: table.column(*options) for key, options in names.items()}
    return {key: index if index is not None else table.need(names[key][0])[0] for key, index in found.items()}


def _place(name: str, kind: str) -> Place | None:
    if name in TERRITORIES:
        return Place(TERRITORIES[name], region_name=name, precision="region")
    if kind not in ("c", "t"):
        raise ValueError(f"{kind!r} is neither c (country) nor t (territory)")
    iso3 = _scope.iso3_of_name(name)
    return Place(iso3, precision="country") if iso3 else None


def _unknown(name: str) -> Problem:
    return Problem("unknown_code", f"{name!r} is no country or territory we know", name, "add it to TERRITORIES")


def _row(
    row: Sequence[Any], items: list[tuple[str, int]], total: int, place: Place, year: int
) -> Iterator[Observation]:
    start, end = year_span(year)
    who = place.region_name or place.iso3
    for item, column in items:
        value = within(number(row[column]), 0, 4)
        if value is not None:
            yield Observation(
                f"{who}|{year}|{item}", "freedom_house_item", place, start, end, value, dimensions={"item": item}
            )
    value = within(number(row[total]), -4, 100)
    if value is not None:
        yield Observation(f"{who}|{year}|total", "freedom_house_total", place, start, end, value)
