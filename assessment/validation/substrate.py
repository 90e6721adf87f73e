"""The panel a warehouse or snapshot itself holds: one count of violence per region and month, with population."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from assessment import violence
from assessment.inputs import Inputs
from assessment.validation.panel import Floats, Panel, PanelError


@dataclass(frozen=True)
class Watched:
    """Deaths and events (U, T) of every region with any count, NaN where no base covers the month: alerts' history."""

    units: NDArray[np.str_]
    countries: NDArray[np.str_]
    months: NDArray[np.datetime64]
    deaths: Floats
    events: Floats


@dataclass(frozen=True)
class Substrate:
    """A panel of regions and months without gaps. population (U): persons, NaN unknown. bases: sources by share.

    every: the same counts of all regions and months from the panel's first month on, gaps and all.
    """

    panel: Panel
    every: Watched
    population: Floats
    bases: dict[str, float]
    regions_left_out: int


def from_warehouse(connection: duckdb.DuckDBPyConnection, as_of: date) -> Substrate:
    """What was known on the day. PanelError when fewer than 36 months have a count for most regions.

    Only the base of each month counts (never two families added); regions whose months have gaps are left out.
    """
    inputs = Inputs(connection, as_of)
    violence.build(inputs.connection, as_of)
    frame = inputs.connection.execute(
        """
        SELECT v.region_id, v.iso3, v.month, v.base_source, v.events, v.one_sided, v.deaths, r.population
        FROM region_month_violence AS v
        JOIN region AS r USING (region_id)
        WHERE v.base_source <> 'hapi_conflict'
        ORDER BY v.region_id, v.month
        """
    ).fetchnumpy()
    if not len(frame["region_id"]):
        raise PanelError("no region has a monthly count of violence; load the starter data or refresh ucdp_panel")
    month = np.asarray(frame["month"]).astype("datetime64[M]")
    everywhere = np.unique(np.asarray(frame["region_id"], dtype=np.str_), return_inverse=True)[1]
    months = _widest_run(everywhere, month)
    inside = (month >= months[0]) & (month <= months[-1])
    region = np.asarray(frame["region_id"][inside], dtype=np.str_)
    units, first, row, size = np.unique(region, return_index=True, return_inverse=True, return_counts=True)
    complete = size == len(months)
    if len(months) < 36 or not complete.any():
        raise PanelError(f"{len(months)} months have a count for most regions; validation needs 36")
    column = (month[inside] - months[0]).astype(int)
    counts = {}
    for name, key in (("n_events", "events"), ("n_os", "one_sided"), ("deaths", "deaths")):
        values = np.zeros((len(units), len(months)))
        values[row, column] = np.ma.filled(frame[key][inside], 0).astype(float)
        counts[name] = values[complete]
    countries = np.asarray(frame["iso3"][inside], dtype=np.str_)[first]
    people = np.ma.filled(np.ma.asarray(frame["population"][inside]).astype(float), np.nan)[first]
    names, number = np.unique(np.asarray(frame["base_source"][inside], dtype=np.str_), return_counts=True)
    bases = {str(n): round(float(k / number.sum()), 4) for n, k in zip(names, number, strict=True)}
    panel = Panel(units[complete], countries[complete], months, counts)
    return Substrate(panel, _every(frame, month, months[0]), people[complete], bases, int((~complete).sum()))


def _every(frame: Any, month: NDArray[np.datetime64], first: np.datetime64) -> Watched:
    """All regions and months from `first` on; a month without a row is no data."""
    inside = month >= first
    names = np.asarray(frame["region_id"][inside], dtype=np.str_)
    units, at, row = np.unique(names, return_index=True, return_inverse=True)
    months = np.arange(first, month.max() + 1)
    counts = {name: np.full((len(units), len(months)), np.nan) for name in ("deaths", "events")}
    for name, table in counts.items():
        table[row, (month[inside] - first).astype(int)] = np.ma.filled(frame[name][inside], 0).astype(float)
    return Watched(units, np.asarray(frame["iso3"][inside], dtype=np.str_)[at], months, **counts)


def _widest_run(row: NDArray[np.int64], month: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
    """The consecutive months that hold the most region-months without gaps: a rectangle of regions and months.

    A unit is in it only when it has every month, so the first and last months of whole sources are the candidates.
    """
    first, last = month.min(), month.max()
    grid = np.zeros((int(row.max()) + 1, int((last - first).astype(int)) + 1), dtype=bool)
    grid[row, (month - first).astype(int)] = True
    filled = np.cumsum(np.pad(grid, ((0, 0), (1, 0))), axis=1)
    coverage = grid.sum(axis=0)
    edges = np.flatnonzero(np.diff(coverage, prepend=0, append=0))  # where the number of regions changes
    best, chosen = -1, (0, 0)
    for start in edges[:-1].tolist():
        for end in edges[edges > start].tolist():
            size = int((filled[:, end] - filled[:, start] == end - start).sum()) * (end - start)
            if size > best:
                best, chosen = size, (start, end)
    return np.arange(first + chosen[0], first + chosen[1])
