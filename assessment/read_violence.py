"""Violence by month as the pages show it: the one count of `assessment.violence`, per country, as of the run's day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pyarrow as pa

from assessment import violence
from assessment.read_query import NotFound, Query, Row

# Only what `violence.build` reads, of every country: built once, then a region is a slice of it.
_KNOWN = """
    CREATE OR REPLACE TEMP TABLE {table}_asof AS
    SELECT {columns}
    FROM {table}
    WHERE known_at < $until
      AND (superseded_at IS NULL OR superseded_at >= $until)
      AND {counted}
"""
_READ = {
    "event": (
        "event_id, source_id, iso3, region_id, kind, ref_start, ref_end, deaths_best, deaths_civilians, deaths_unknown",
        "kind IN ('state_based', 'non_state', 'one_sided')",
    ),
    "observation": (
        "observation_id, source_id, iso3, region_id, variable, ref_start, ref_end, value",
        "(variable LIKE 'panel%' OR variable LIKE 'conflict%')",
    ),
}


def months_to(day: date, count: int) -> list[date]:
    """The first days of the `count` calendar months that end with the month of `day`, oldest first."""
    last = day.year * 12 + day.month - 1
    return [date(number // 12, number % 12 + 1, 1) for number in range(last - count + 1, last + 1)]


def violence_trend(query: Query, region_id: str, months: int = 36) -> list[Row]:
    """One row per calendar month, oldest first; `events` and `deaths` (persons) None where no base covers the month."""
    day = query.needed_run()["as_of"]
    if not query.rows("SELECT 1 FROM region WHERE region_id = $region_id AND admin_level = 1", region_id=region_id):
        raise NotFound("region", region_id, "region ids are ISO 3166-2 codes such as AF-BAL")
    known = counts(query)
    first, rows = known.where.get(region_id, (0, 0))
    counted = {row["month"]: row for row in known.table.slice(first, rows).drop_columns("region_id").to_pylist()}
    empty: Row = dict.fromkeys(("events", "deaths", "base_source", "check_source", "check_events"))
    return [
        counted.get(month) or {"month": month, **empty, "covered": False, "evidence_ids": []}
        for month in months_to(day, months)
    ]


def unlocated(query: Query, iso3: str, months: int = 12) -> dict[str, Any]:
    """Events and deaths (persons) of the last months that no region could be named for, of the base source only.

    {"deaths", "events", "from", "months": [{month, events, deaths, base_source, evidence_ids}], "evidence_ids"};
    None where no base covers the country in these months.
    """
    day = query.needed_run()["as_of"]
    window = months_to(day, months)
    known = counts(query)
    found = [dict(row) for row in known.unlocated.get(iso3, ()) if row["month"] in window]
    covered = not known.covered.get(iso3, frozenset()).isdisjoint(window)
    return {
        "from": window[0],
        "events": sum(row["events"] for row in found) if covered else None,
        "deaths": sum(row["deaths"] for row in found) if covered else None,
        "months": found,
        "evidence_ids": sorted({name for row in found for name in row["evidence_ids"]}),
    }


@dataclass(frozen=True, slots=True)
class _Counts:
    """Every region and month of one day's view: a table sorted by region, where each region lies in it, the rest."""

    table: pa.Table
    where: dict[str, tuple[int, int]]  # region_id -> (first row, rows)
    unlocated: dict[str, list[Row]]  # iso3 -> rows
    covered: dict[str, frozenset[date]]  # iso3 -> months with a base


def counts(query: Query) -> _Counts:
    """The counts as of the run's day, worked out once per snapshot."""
    day = query.needed_run()["as_of"]
    found: _Counts = query.remembered(("violence", day), lambda: _count(query, day))
    return found


def _count(query: Query, day: date) -> _Counts:
    """From what the run kept; a snapshot of before that is counted again as of the day."""
    if query.holds("assessment.region_month_violence"):
        month, unlocated_sql = "assessment.region_month_violence", _KEPT_UNLOCATED
    else:
        month, unlocated_sql = _build(query, day), _UNLOCATED
    table = query.cursor.sql(
        f"""
        SELECT region_id, month, events, deaths, base_source, check_source, check_events, TRUE AS covered, evidence_ids
        FROM {month}
        ORDER BY region_id, month
        """
    ).to_arrow_table()
    where: dict[str, tuple[int, int]] = {}
    first = 0
    for name, rows in query.cursor.execute(
        f"SELECT region_id, count(*) FROM {month} GROUP BY region_id ORDER BY region_id"
    ).fetchall():
        where[name], first = (first, rows), first + rows
    covered = {
        row["iso3"]: frozenset(row["months"])
        for row in query.rows(f"SELECT iso3, list(DISTINCT month) AS months FROM {month} GROUP BY iso3")
    }
    unlocated: dict[str, list[Row]] = {}
    for row in query.rows(unlocated_sql):
        unlocated.setdefault(row.pop("iso3"), []).append(row)
    return _Counts(table, where, unlocated, covered)


def _build(query: Query, day: date) -> str:
    for table, (columns, counted) in _READ.items():
        statement = _KNOWN.format(table=table, columns=columns, counted=counted)
        query.cursor.execute(statement, {"until": day + timedelta(days=1)})
    violence.build(query.cursor, day)
    return "(SELECT *, coalesce(evidence, []) AS evidence_ids FROM region_month_violence)"


_KEPT_UNLOCATED = """
    SELECT iso3, month, events, deaths, base_source, evidence_ids
    FROM assessment.unlocated_violence
    ORDER BY iso3, month
"""
_UNLOCATED = """
    SELECT v.iso3, v.month, v.events, v.deaths, v.source_id AS base_source, v.evidence AS evidence_ids
    FROM violence_rows AS v
    JOIN (SELECT DISTINCT iso3, month, base_source FROM region_month_violence) AS b
        ON b.iso3 = v.iso3 AND b.month = v.month AND b.base_source = v.source_id
    WHERE v.region_id IS NULL
    ORDER BY v.iso3, v.month
"""
