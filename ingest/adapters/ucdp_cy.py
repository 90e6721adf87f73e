"""UCDP organised violence by country and year: deaths per type, and killings of civilians by the government.

Columns end in _cy; a missing cell is no data and a zero is measured. Gleditsch-Ward numbers name the country.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ingest.adapters import _tabular
from ingest.adapters._numbers import number, whole, within, year_span
from ingest.adapters.ucdp_ged import country_of
from ingest.catalog import Source
from ingest.model import Answer, Observation, Place, Problem, Request

OPTIONS: dict[str, type] = {}
VARIABLES = {  # variable: columns best, low, high
    "state_based_deaths": ("sb_total_deaths_best_cy", "sb_total_deaths_low_cy", "sb_total_deaths_high_cy"),
    "non_state_deaths": ("ns_total_deaths_best_cy", "ns_total_deaths_low_cy", "ns_total_deaths_high_cy"),
    "one_sided_deaths": ("os_total_deaths_best_cy", "os_total_deaths_low_cy", "os_total_deaths_high_cy"),
    "government_killings_of_civilians": (
        "os_main_govt_killings_best_cy", "os_main_govt_killings_low_cy", "os_main_govt_killings_high_cy",
    ),
}  # fmt: skip

FORMER = {265, 315, 680}  # East Germany, Czechoslovakia, South Yemen: no state today has their figures


def requests(source: Source, since: datetime | None) -> Iterator[Request]:
    """The file of the catalog; a new version has a new address."""
    return (Request(url) for url in source.urls)


def parse(answer: Answer, source: Source) -> Iterator[Observation | Problem]:
    """Four observations per country and year; key = variable|country number|year. The others break these down."""
    table = _tabular.read(answer)
    table.need("country_id_cy", "country_cy", "year_cy", *(c for columns in VARIABLES.values() for c in columns))
    for row in table.records():
        where = f"{row['country_cy']} {row['year_cy']}"
        try:
            if whole(row["country_id_cy"]) in FORMER:
                continue
            iso3 = country_of(whole(row["country_id_cy"]), row["country_cy"])
            start, end = year_span(whole(row["year_cy"]))
            for variable, columns in VARIABLES.items():
                best, low, high = (within(number(row[column]), 0, 1e7) for column in columns)
                place = Place(iso3, precision="country")
                key = f"{variable}|{row['country_id_cy']}|{row['year_cy']}"
                yield Observation(key, variable, place, start, end, best, value_low=low, value_high=high)
        except ValueError as error:
            yield Problem("bad_row", str(error), where, "compare with the publisher's file")
    yield from table.faults
