"""ILOSTAT by its REST service: one indicator as CSV, by country, sex, class and year.

Two unemployment rates must not be mixed: the ILO's own model (every country and year) and what a country's surveys
report. Traps handled: `ref_area` holds regions of the world too (X..): no row; the indicator comes back without its
frequency ("_A"); an unknown parameter is ignored and gives the whole world; classes other than the total are kept, with
sex and class in the dimensions, so read the total by asking for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from ingest.adapters import _scope, _tabular
from ingest.adapters._numbers import number, span_of, within
from ingest.catalog import Source
from ingest.model import AdapterError, Answer, Observation, Place, Problem, Request

OPTIONS: dict[str, type] = {"indicators": list}

VARIABLES = {
    "UNE_2EAP_SEX_AGE_RT": "unemployment_rate",
    "UNE_DEAP_SEX_AGE_RT": "unemployment_rate_reported",
    "EMP_2WAP_SEX_AGE_RT": "employment_rate",
    "EMP_DWAP_SEX_AGE_RT": "employment_rate_reported",
}
NEEDED = ("ref_area", "indicator", "sex", "classif1", "time", "obs_value")
USED = {*NEEDED, "source", "classif2", "obs_status"}
IGNORED = {
    "note_classif", "note_indicator", "note_source", "ref_area.label", "source.label", "indicator.label",
    "sex.label", "classif1.label", "classif2.label", "obs_status.label",
}  # fmt: skip


def requests(source: Source, since: datetime | None) -> Iterator[Request]:
    """One request per indicator, for the source's countries; {indicator} and {countries} in the catalog's address."""
    countries = "" if "*" in source.countries else "+".join(source.countries)
    for indicator in source.options.get("indicators", [f"{name}_A" for name in VARIABLES]):
        for url in source.urls:
            yield Request(url.replace("{indicator}", indicator).replace("{countries}", countries))


def parse(answer: Answer, source: Source) -> Iterator[Observation | Problem]:
    """One Observation per row with a value; key = indicator|iso3|source|sex|class|period."""
    table = _tabular.read(answer)
    table.need(*NEEDED)
    yield from _scope.unused_fields(table.header, USED, IGNORED)
    query = _scope.query_of(answer)
    asked = re.sub(r"_[AQM]$", "", query.get("id", ""))
    records = list(table.records())
    got = {str(row["indicator"]) for row in records}
    if asked and {re.sub(r"_[AQM]$", "", name) for name in got} - {asked}:
        raise AdapterError(f"asked {asked}, got {', '.join(sorted(got)[:5])} from {answer.url}")
    areas = {part for part in re.split(r"[+, ]", query.get("ref_area", "")) if part}
    _scope.assert_countries(answer, areas, {str(row["ref_area"]) for row in records})
    for row in records:
        try:
            found: Observation | Problem | None = _row(row)
        except ValueError as error:
            where = f"{row['indicator']} {row['ref_area']} {row['time']}"
            found = Problem("bad_row", str(error), where, "compare with ilostat.ilo.org")
        if found is not None:
            yield found
    yield from table.faults


def _row(row: dict[str, Any]) -> Observation | None:
    code, name = str(row["ref_area"]), re.sub(r"_[AQM]$", "", str(row["indicator"]))
    value = within(number(row["obs_value"]), 0, 100)
    if value is None or re.fullmatch(r"X\d\d", code):
        return None
    iso3, variable = _scope.iso3_of(code), VARIABLES.get(name)
    if iso3 is None or variable is None:
        raise ValueError(f"unknown area {code!r} or indicator {name!r}")
    start, end = span_of(str(row["time"]))
    dimensions = {"sex": str(row["sex"]), "class": str(row["classif1"])}
    for field, label in (("classif2", "class2"), ("source", "survey"), ("obs_status", "status")):
        if row.get(field):
            dimensions[label] = str(row[field])
    parts = (name, iso3, row.get("source") or "", row["sex"], row["classif1"], row.get("classif2") or "", row["time"])
    return Observation(
        "|".join(str(part) for part in parts), variable, Place(iso3, precision="country"), start, end, value,
        dimensions=dimensions,
    )  # fmt: skip
