"""FEWS NET data warehouse, `ipcphase`: one IPC-compatible phase per area, scenario and round. No key for public rows.

Forms: JSON (a list, or a page with `results` and `next`) and CSV. Scenario CS is the current situation, ML1 and ML2 are
projections. Values above 5 say why there is no phase (55 protected, 66 water, 77 desert, 88 park, 99 not enough data):
no data, no row. Traps handled: without a key the warehouse may answer with rows of every country; rows that are not
public are left out; an area can be an admin unit, or the part of one in a livelihood zone; its full name ends with
"..., district, region, country"; a later round covers months an earlier one projected, so the round is in the key. A
round is dated by its month; the last day of it counts as the day of publication.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time
from typing import Any

from ingest.adapters import _scope, _tabular
from ingest.adapters._numbers import day_of, month_span, whole
from ingest.catalog import Source
from ingest.model import AdapterError, Answer, Observation, Place, Problem, Request

SCENARIOS = {"CS": False, "ML1": True, "ML2": True}
NO_PHASE = {55, 66, 77, 88, 99}
USED = {
    "country_code", "fnid", "geographic_unit_full_name", "geographic_unit_name", "scenario", "value",
    "projection_start", "projection_end", "reporting_date", "classification_scale", "is_allowing_for_assistance",
    "data_usage_policy", "unit_type",
}  # fmt: skip
NEEDED = ("country_code", "fnid", "scenario", "value", "projection_start", "projection_end")
IGNORED = {
    "id", "source_organization", "source_document", "datasourcedocument", "country", "geographic_group",
    "fewsnet_region", "geographic_unit", "scenario_name", "description", "collection_schedule",
    "collection_status", "dataseries", "dataseries_name", "dataseries_specialization_type", "status", "created",
    "modified", "document_type", "datacollection", "datacollectionperiod", "datasourceorganization",
    "preference_rating", "pct_phase3", "pct_phase4", "pct_phase5", "specialization_type", "collection_date",
    "publication_date", "ipcphase", "ipc_phase", "unit", "units", "dataseries_id", "start_date", "period_date",
}  # fmt: skip


def requests(source: Source, since: datetime | None) -> Iterator[Request]:
    """Each scenario of each country; {iso2} and {scenario} in the catalog's address."""
    for template in source.urls:
        for url in _scope.per_country(template, source.countries):
            for scenario in SCENARIOS if "{scenario}" in url else ("",):
                yield Request(url.replace("{scenario}", scenario))


def follow(answer: Answer, source: Source) -> Iterator[Request]:
    """The next page of a paged JSON answer, when it lies on the same host."""
    if answer.body.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"{":
        following = str(_scope.json_of(answer).get("next") or "")
        if following.startswith("https://fdw.fews.net/"):
            yield Request(following)


def parse(answer: Answer, source: Source) -> Iterator[Observation | Problem]:
    """One ipc_phase per area, scenario, first day and round; key = fnid|scenario|first day|round."""
    rows, faults = _rows(answer)
    if rows:
        missing = [name for name in NEEDED if name not in rows[0]]
        if missing:
            raise _scope.not_recognised(answer, f"no {', '.join(missing)} in {', '.join(map(str, rows[0]))}")
    _assert_scope(answer, rows)
    yield from _scope.unused_fields((name for row in rows[:50] for name in row), USED, IGNORED)
    for row in rows:
        where = f"{row.get('fnid')} {row.get('scenario')} {row.get('projection_start')}"
        try:
            found = _row(row)
        except ValueError as error:
            found = Problem("bad_row", str(error), where, "compare with the map on fews.net")
        if found is not None:
            yield found
    yield from faults


def _rows(answer: Answer) -> tuple[list[dict[str, Any]], list[Problem]]:
    if answer.body.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] not in (b"[", b"{"):
        table = _tabular.read(answer)
        return list(table.records()), table.faults
    data = _scope.json_of(answer)
    rows = data.get("results") if isinstance(data, dict) else data
    if isinstance(data, dict) and rows is None:
        raise AdapterError(f"the warehouse answered {str(data)[:200]} to {answer.url}", "check the address")
    return _scope.rows_in(answer, rows), []


def _assert_scope(answer: Answer, rows: list[dict[str, Any]]) -> None:
    query = _scope.query_of(answer)
    asked = {
        _scope.iso3_of(code) or code for code in query.get("country_code", query.get("country", "")).split(",") if code
    }
    _scope.assert_countries(answer, asked, {_scope.iso3_of(str(r["country_code"])) or "?" for r in rows})
    stray = {str(row["scenario"]) for row in rows} - {query.get("scenario", "")}
    if query.get("scenario") and stray:
        raise AdapterError(f"asked scenario {query['scenario']}, got {', '.join(sorted(stray))} from {answer.url}")


def _row(row: dict[str, Any]) -> Observation | Problem | None:
    policy = str(row.get("data_usage_policy") or "Public")
    if policy != "Public":
        return Problem("out_of_scope", f"a row under policy {policy!r} is left out", policy, "ask FEWS NET for access")
    iso3, scenario = _scope.iso3_of(str(row["country_code"])), str(row["scenario"])
    if iso3 is None or scenario not in SCENARIOS:
        raise ValueError(f"unknown country {row['country_code']!r} or scenario {scenario!r}")
    if row["value"] in (None, "") or whole(row["value"]) in NO_PHASE:
        return None
    phase = whole(row["value"])
    if not 1 <= phase <= 5:
        raise ValueError(f"unknown value {phase}")
    start, end = day_of(row["projection_start"]), day_of(row["projection_end"])
    if end < start:
        raise ValueError(f"the period ends {end}, before it starts {start}")
    round_day = day_of(row["reporting_date"]) if row.get("reporting_date") else start
    dimensions = {
        "scenario": scenario,
        "round": str(round_day),
        "area": str(row.get("geographic_unit_full_name") or ""),
    }
    for field, name in (("classification_scale", "scale"), ("is_allowing_for_assistance", "assistance")):
        if row.get(field) not in (None, ""):
            dimensions[name] = str(row[field]).lower()
    key = f"{row['fnid']}|{scenario}|{start}|{round_day}"
    return Observation(
        key, "ipc_phase", _place(iso3, row), start, end, float(phase), dimensions=dimensions,
        published=datetime.combine(month_span(round_day.year, round_day.month)[1], time()),
        projection=SCENARIOS[scenario],
    )  # fmt: skip


def _place(iso3: str, row: dict[str, Any]) -> Place:
    """Region and district from the end of the full name: "zone, district, region, country"."""
    parts = [part.strip() for part in str(row.get("geographic_unit_full_name") or "").split(",") if part.strip()]
    for length in (2, 1):  # "Congo, Democratic Republic of the" has a comma of its own
        if _scope.iso3_of_name(", ".join(parts[-length:])) == iso3:
            del parts[-length:]
            break
    if not parts:
        return Place(iso3, precision="country")
    district = parts[-2] if len(parts) > 1 else None
    return Place(iso3, region_name=parts[-1], district_name=district, precision="district" if district else "region")
