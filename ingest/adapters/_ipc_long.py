"""IPC figures in long tables: the files on HDX (national, level 1, area) and the table of the Humanitarian API."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from ingest.adapters import _scope, _tabular
from ingest.adapters._ipc_area import CURRENT, PERIODS, PHASES, Area, people
from ingest.adapters._numbers import day_of, month_of, number, within
from ingest.model import Answer, Observation, Place, Problem

FILE = ("Date of analysis", "Country", "Validity period", "From", "To", "Phase", "Number")
FILE_IGNORED = {"Percentage", "Total country population"}  # the share of those analysed: number / denominator
HAPI = (
    "location_code", "admin_level", "provider_admin1_name", "provider_admin2_name", "admin1_code", "admin1_name",
    "admin2_code", "admin2_name", "ipc_phase", "ipc_type", "population_in_phase", "reference_period_start",
    "reference_period_end",
)  # fmt: skip
HAPI_IGNORED = {
    "has_hrp", "in_gho", "dataset_hdx_id", "resource_hdx_id", "population_fraction_in_phase", "location_ref",
    "admin1_ref", "admin2_ref", "location_name",
}  # fmt: skip


def of_file(table: _tabular.Table, answer: Answer) -> Iterator[Observation | Problem]:
    """`ipc_{iso3|global}_{national|level1|area}_long.csv`: one Observation per row with a number."""
    need = table.need(*FILE)
    level1_at, area_at = table.column("Level 1"), table.column("Area")
    yield from _scope.unused_fields(table.header, {*FILE, "Level 1", "Area"}, FILE_IGNORED)
    areas: dict[Area, list[tuple[str, float | None]]] = {}
    for row in table.rows:
        level1, name = (str(row[at] or "").strip() if at is not None else "" for at in (level1_at, area_at))
        try:
            area, phase, value = _file_row([row[at] for at in need], level1, name)
        except ValueError as error:
            where = f"{row[need[1]]} {row[need[0]]} {name or level1} {row[need[2]]} {row[need[5]]}"
            yield Problem("bad_row", str(error), where, "compare with the publisher's file")
            continue
        areas.setdefault(area, []).append((phase, value))
    match = re.match(r"ipc_([a-z]{3})_", _scope.file_name(answer))
    asked = _scope.iso3_of(match[1]) if match else None
    _scope.assert_countries(answer, {asked} if asked else set(), {area.iso3 for area in areas})
    for area, phases in areas.items():
        yield from people(area, phases, dict(phases).get("all"))
    yield from table.faults


def _file_row(cells: Sequence[Any], level1: str, name: str) -> tuple[Area, str, float | None]:
    analysis, code, kind, start, end, phase, value = cells
    iso3, phase = _scope.iso3_of(str(code)), str(phase).strip()
    if iso3 is None:
        raise ValueError(f"{code!r} is no country code")
    if kind not in PERIODS or phase not in PHASES:
        raise ValueError(f"unknown period {kind!r} or phase {phase!r}")
    first, last = day_of(start), day_of(end)
    if last < first:
        raise ValueError(f"the period ends {last}, before it starts {first}")
    people_in_phase = within(number(value), 0, 2e9)
    return Area(iso3, month_of(str(analysis))[0], level1, name, kind, first, last), phase, people_in_phase


def of_hapi(table: _tabular.Table, answer: Answer) -> Iterator[Observation | Problem]:
    """`food-security` of the Humanitarian API: areas with OCHA codes, no month of analysis."""
    table.need(*HAPI)
    yield from _scope.unused_fields(table.header, {*HAPI, "warning", "error"}, HAPI_IGNORED)
    records = list(table.records())
    asked = _scope.query_of(answer).get("location_code")
    _scope.assert_countries(answer, {asked} if asked else set(), {str(row["location_code"]) for row in records})
    analysed = {_group(row): row["population_in_phase"] for row in records if row["ipc_phase"] == "all"}
    for row in records:
        where = " ".join(str(part) for part in (*_group(row), row["ipc_phase"]) if part)
        if row.get("error"):
            yield Problem("source_error", f"the source flags: {row['error']}", where, "tell the publisher")
            continue
        try:
            if (found := _hapi_row(row, analysed.get(_group(row)))) is not None:
                yield found
        except ValueError as error:
            yield Problem("bad_row", str(error), where, "compare with the publisher's table")
    yield from table.faults


def _group(row: dict[str, Any]) -> tuple[str, ...]:
    names = ("location_code", "provider_admin1_name", "provider_admin2_name", "ipc_type", "reference_period_start")
    return tuple(str(row[name] or "") for name in names)


def _hapi_row(row: dict[str, Any], analysed: Any) -> Observation | None:
    iso3, phase, kind = _scope.iso3_of(row["location_code"]), row["ipc_phase"], row["ipc_type"]
    if iso3 is None or phase not in PHASES or kind not in PERIODS:
        raise ValueError(f"unknown country {row['location_code']!r}, phase {phase!r} or period {kind!r}")
    value = number(row["population_in_phase"])
    if value is None:
        return None
    start: date = day_of(row["reference_period_start"])
    region = row["admin1_name"] or row["provider_admin1_name"] or None
    district = row["admin2_name"] or row["provider_admin2_name"] or None
    levels = {"0": "country", "1": "region", "2": "district"}
    place = Place(iso3, precision="country")
    if levels.get(str(row["admin_level"])) != "country":
        place = Place(
            iso3, region, row["admin1_code"] or None, district, row["admin2_code"] or None,
            precision=levels[str(row["admin_level"])],
        )  # fmt: skip
    return Observation(
        key="|".join((*_group(row), phase)),
        variable="ipc_population",
        place=place,
        ref_start=start,
        ref_end=day_of(row["reference_period_end"]),
        value=value,
        denominator=number(analysed),
        dimensions={"period": kind, "phase": phase},
        projection=kind != CURRENT,
    )
