"""Counts per region over time for the alerts: weekly where the base counts events by day, else monthly.

One family of sources per country: where the base changes from one family to another, what was counted before is no
measure of what is counted now, and is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from assessment.framework import Framework

BY_DAY = ("ucdp_ged", "ucdp_candidate")  # sources whose events have days
MONTHS = 48  # looked at: 24 for the baseline, the rest to know which alerts are open
WEEKS = 168
COUNTED = {"deaths": "deaths", "incidents": "events"}


@dataclass(frozen=True)
class Series:
    """counts: (regions, periods), NaN where not covered; ends: last day of each period; evidence: of the newest."""

    name: str
    monthly: bool
    regions: Sequence[str]
    ends: Sequence[date]
    counts: NDArray[np.float64]
    evidence: Mapping[str, tuple[str, ...]]


def series_of(
    connection: duckdb.DuckDBPyConnection, framework: Framework, countries: Sequence[str], as_of: date
) -> list[Series]:
    """Deaths and incidents of every region. Needs the temporary tables of `violence.build`."""
    rows = connection.execute(LAST, {"countries": list(countries), "by_day": list(BY_DAY), "weeks": WEEKS}).fetchall()
    monthly = [iso3 for iso3, _, by_day in rows if not by_day]
    weekly: dict[date, list[str]] = {}
    for iso3, month, by_day in rows:
        if by_day:
            weekly.setdefault(min(_last_day(month), as_of), []).append(iso3)
    found = _monthly(connection, monthly, as_of) if monthly else []
    for last, together in sorted(weekly.items()):
        found += _weekly(connection, together, last)
    return found


def _last_day(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)


# Countries with a base, and whether every month of the weekly window is counted by day.
LAST = """
    WITH last AS (
        SELECT iso3, max(month) AS month
        FROM region_month_violence
        WHERE list_contains($countries, iso3)
        GROUP BY iso3
    )
    SELECT l.iso3, l.month,
           count(DISTINCT v.month) >= $weeks / 4.35
               AND bool_and(list_contains($by_day, v.base_source))
    FROM last AS l
    JOIN region_month_violence AS v
        ON v.iso3 = l.iso3 AND v.month > l.month - to_months(ceil($weeks / 4.34)::INTEGER)
    GROUP BY l.iso3, l.month
    ORDER BY l.iso3
"""


def _monthly(connection: duckdb.DuckDBPyConnection, countries: list[str], as_of: date) -> list[Series]:
    last = (as_of + timedelta(days=1)).replace(day=1)  # the month that contains it is over only if it begins tomorrow
    end = last.year * 12 + last.month - 1  # first month that is not over
    starts = [date(n // 12, n % 12 + 1, 1) for n in range(end - MONTHS, end)]
    ends = [date((n + 1) // 12, (n + 1) % 12 + 1, 1) - timedelta(days=1) for n in range(end - MONTHS, end)]
    rows = connection.execute(
        """
        SELECT region_id, month, deaths, events, base_source, evidence
        FROM region_month_violence
        WHERE list_contains($countries, iso3) AND month BETWEEN $first AND $last
        ORDER BY region_id, month
        """,
        {"countries": countries, "first": starts[0], "last": starts[-1]},
    ).fetchall()
    regions, at = _index(row[0] for row in rows)
    column = {month: i for i, month in enumerate(starts)}
    tables = {name: np.full((len(regions), MONTHS), np.nan) for name in COUNTED}
    evidence: dict[str, tuple[str, ...]] = {}
    family = np.full((len(regions), MONTHS), "", dtype="U16")
    for region, month, deaths, events, base, ids in rows:
        cell = at[region], column[month]
        tables["deaths"][cell], tables["incidents"][cell] = deaths, events
        family[cell] = base.split("_")[0]
        if ids:
            evidence[region] = tuple(ids)
    for row in range(len(regions)):
        covered = np.flatnonzero(family[row] != "")
        other = covered[family[row][covered] != family[row][covered[-1]]] if len(covered) else covered
        if len(other):
            for counts in tables.values():
                counts[row, : other[-1] + 1] = np.nan
    return [Series(name, True, regions, ends, counts, evidence) for name, counts in tables.items()]


def _index(names: Any) -> tuple[list[str], dict[str, int]]:
    regions = sorted(set(names))
    return regions, {name: i for i, name in enumerate(regions)}


def _weekly(connection: duckdb.DuckDBPyConnection, countries: list[str], last: date) -> list[Series]:
    """Weeks end with `last`, the last day the countries' sources cover, so that the newest week is a whole one."""
    rows = connection.execute(
        """
        SELECT e.region_id, date_diff('day', e.ref_end, $last) // 7 AS back, sum(coalesce(e.deaths_best, 0)),
               count(*), list(e.event_id ORDER BY e.deaths_best DESC NULLS LAST, e.event_id)[1:5]
        FROM event_asof AS e
        JOIN region_month_violence AS v
            ON v.region_id = e.region_id AND v.month = date_trunc('month', e.ref_start)::DATE
            AND v.base_source = e.source_id
        WHERE e.kind IN ('state_based', 'non_state', 'one_sided')
          AND list_contains($countries, e.iso3)
          AND e.ref_end BETWEEN $last - to_days(7 * $weeks::INTEGER - 1) AND $last
        GROUP BY e.region_id, back
        ORDER BY e.region_id, back DESC
        """,
        {"countries": countries, "last": last, "weeks": WEEKS},
    ).fetchall()
    names = connection.execute(
        "SELECT DISTINCT region_id FROM region_month_violence WHERE list_contains($countries, iso3)",
        {"countries": countries},
    ).fetchall()
    regions, at = _index(row[0] for row in names)
    tables = {name: np.zeros((len(regions), WEEKS)) for name in COUNTED}
    evidence: dict[str, tuple[str, ...]] = {}
    for region, back, deaths, events, ids in rows:
        cell = at[region], WEEKS - 1 - int(back)
        tables["deaths"][cell], tables["incidents"][cell] = deaths, events
        evidence[region] = tuple(ids)
    ends = [last - timedelta(days=7 * back) for back in range(WEEKS - 1, -1, -1)]
    return [Series(name, False, regions, ends, counts, evidence) for name, counts in tables.items()]
