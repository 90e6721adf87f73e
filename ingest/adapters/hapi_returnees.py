"""Refugees and displaced people returned, by country of origin and of asylum (UNHCR, in the layout of HDX HAPI).

Trap: rows take origin_location_code and asylum_location_code, not location_code. Rows of one sex or age band repeat the
total: they are variables of their own (..._by_group), so that nobody adds a part to its total.
"""

from __future__ import annotations

from collections.abc import Iterator

from ingest.adapters import _hapi, _hdx, _scope
from ingest.adapters._numbers import day_of, number, within
from ingest.catalog import Source
from ingest.model import Answer, Observation, Place, Problem

OPTIONS: dict[str, type] = {"files": str}
GROUPS = {"RET": "returned_refugees", "RDP": "returned_idps"}
USED = (
    "origin_location_code", "asylum_location_code", "population_group", "gender", "age_range", "population",
    *_hapi.PERIOD,
)  # fmt: skip
IGNORED = _hapi.IGNORED | {"origin_has_hrp", "origin_in_gho", "asylum_has_hrp", "asylum_in_gho", "min_age", "max_age"}

requests = _hapi.requests
follow = _hapi.follow


def parse(answer: Answer, source: Source) -> Iterator[Observation | Problem]:
    """One Observation per row, placed in the country of origin; key = group|origin|asylum|gender|age|start."""
    if _hdx.is_record(answer):
        return
    table = _hapi.read_table(answer)
    table.need(*USED)
    yield from _scope.unused_fields(table.header, USED, IGNORED)
    for row in table.records():
        origin, asylum, group = row["origin_location_code"], row["asylum_location_code"], row["population_group"]
        where = f"{group} {origin} {asylum} {row['reference_period_start']}"
        if row.get("error"):
            yield Problem("source_error", f"the source flags: {row['error']}", where, "tell the publisher")
            continue
        try:
            iso3 = _scope.iso3_of(origin)
            if iso3 is None or group not in GROUPS:
                raise ValueError(f"origin {origin!r} or group {group!r} is unknown")
            start, end = (day_of(row[name]) for name in _hapi.PERIOD)
            value = within(number(row["population"]), 0, 1e9)
        except _scope.UNREADABLE as error:
            yield Problem("bad_row", _scope.why(error), where, "compare with the publisher's table")
            continue
        if value is not None:
            total = row["gender"] == "all" and row["age_range"] == "all"
            variable = GROUPS[group] if total else f"{GROUPS[group]}_by_group"
            dimensions = {"country_of_asylum": _scope.iso3_of(asylum) or asylum}
            if not total:
                dimensions |= {"sex": row["gender"], "age": row["age_range"]}
            key = f"{group}|{origin}|{asylum}|{row['gender']}|{row['age_range']}|{start}"
            place = Place(iso3, precision="country")
            yield Observation(key, variable, place, start, end, value, dimensions=dimensions)
    yield from table.faults
