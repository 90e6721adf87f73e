"""Political Terror Scale: level 1-5 per country and year from three readers' sources, as three variables.

PTS_A is read from Amnesty International's report, PTS_H from Human Rights Watch's, PTS_S from the US State
Department's. "NA" with a status of 66, 77, 88 or 99 (no such state, not covered, no report, not coded) is no data and
gives no row. A score with such a status, or "NA" with status 0, contradicts itself: a Problem, and no row. States that
are no more (Soviet Union, Yugoslavia, ...) have no code today and give no row. Territories scored apart are regions, or
carry the actor in dimension `entity`, so that none is taken for the score of the state.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from ingest.adapters import _scope, _tabular
from ingest.adapters._numbers import whole, year_span
from ingest.catalog import Source
from ingest.model import Answer, Observation, Place, Problem, Request

VARIABLES = {"A": "political_terror_amnesty", "H": "political_terror_hrw", "S": "political_terror_state"}
NO_DATA = {"66", "77", "88", "99"}
CODES = ("WordBank_Code_A", "UN_Code_N")  # the source's own spelling
USED = {"Country", "Year", *CODES, *(f"PTS_{s}" for s in "AHS"), *(f"NA_Status_{s}" for s in "AHS")}
IGNORED = {"Country_OLD", "COW_Code_A", "COW_Code_N", "Region"}
FORMER = {
    "Czechoslovakia", "European Union", "German Democratic Republic", "German Federal Republic", "Soviet Union",
    "Yemen Arab Republic", "Yemen People's Republic", "Yugoslavia, Federal Republic of",
    "Yugoslavia, Socialist Federal Republic of",
}  # fmt: skip
REGIONS = {
    "Crimea": "UKR", "Gaza (Hamas)": "PSE", "Russia-Occupied Areas (Ukraine)": "UKR", "Somaliland": "SOM",
}  # fmt: skip
ENTITIES = {"Israel in Occupied Territories": "PSE", "Israel in pre-1967 borders": "ISR"}
NAMES = {"Gaza (Hamas)": "Gaza Strip"}


def requests(source: Source, since: datetime | None) -> Iterator[Request]:
    """The yearly file."""
    for url in source.urls:
        yield Request(url)


def parse(answer: Answer, source: Source) -> Iterator[Observation | Problem]:
    """Up to three Observations per row; key = source letter|country or entity|year."""
    table = _tabular.read(answer, header="WordBank_Code_A")
    table.need(*USED)
    yield from _scope.unused_fields(table.header, USED, IGNORED)
    for row in table.records():
        name = str(row["Country"]).strip()
        if name in FORMER:
            continue
        where = f"{name} {row['Year']}"
        place = _place(name, row)
        if place is None:
            yield Problem("unknown_code", f"{name!r} has no code we know", name, "add it to FORMER or REGIONS")
            continue
        for letter, variable in VARIABLES.items():
            try:
                level = _level(row, letter)
                if level is not None:
                    yield _observation(letter, variable, level, place, name, whole(row["Year"]))
            except ValueError as error:
                yield Problem("bad_row", str(error), where, "look the year up in the codebook")
    yield from table.faults


def _place(name: str, row: dict[str, Any]) -> Place | None:
    if name in REGIONS:
        return Place(REGIONS[name], region_name=NAMES.get(name, name), precision="region")
    if name in ENTITIES:
        return Place(ENTITIES[name], precision="country")
    for code in (str(row[column] or "NA").strip() for column in CODES):
        if code != "NA" and (iso3 := _scope.iso3_of(code)):  # "NA" is their word for none, and Namibia's code
            return Place(iso3, precision="country")
    return None


def _level(row: dict[str, Any], letter: str) -> int | None:
    """1-5, or None for a known reason; ValueError when score and status contradict each other."""
    score, status = str(row[f"PTS_{letter}"]).strip(), str(row[f"NA_Status_{letter}"]).strip()
    if score == "NA" and status in NO_DATA:
        return None
    if score in {"1", "2", "3", "4", "5"} and status == "0":
        return int(score)
    raise ValueError(f"PTS_{letter} is {score} while NA_Status_{letter} is {status}: taken as no data")


def _observation(letter: str, variable: str, level: int, place: Place, name: str, year: int) -> Observation:
    apart = name in REGIONS or name in ENTITIES
    key = f"{letter}|{name if apart else place.iso3}|{year}"
    dimensions = {"entity": name} if name in ENTITIES else {}
    return Observation(key, variable, place, *year_span(year), value=float(level), dimensions=dimensions)
