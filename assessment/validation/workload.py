"""How many alerts a history of counts would have opened: by rule, by country, and by country and month.

Every alert is counted, true or false. What a person looks at is a place: alerts of several rules on one region in one
month are one task.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from assessment.alert_stats import MUTED, NEW, Flags, Rhythm, Scan, drift, lasting_rises, scan_history
from assessment.framework import Framework
from assessment.validation.substrate import Watched

WEEKS_A_YEAR = 365.25 / 7
WEEKLY = 3.0  # alerts a week the method agrees to, over all regions


@dataclass(frozen=True)
class Workload:
    """opened: (rule, series) -> (U, T), where an alert opened. known: months with half a baseline before them."""

    opened: Mapping[tuple[str, str], Flags]
    scans: Mapping[str, Scan]
    known: Flags

    @property
    def tasks(self) -> Flags:
        """Regions and months with any alert."""
        return np.logical_or.reduce(list(self.opened.values()))

    def swallowed(self) -> tuple[int, int]:
        """(steps upwards while a rule held that were kept silent, all such steps), over both series."""
        silent, all_steps = 0, 0
        for scan in self.scans.values():
            up = scan.rule.copy()
            with np.errstate(invalid="ignore"):
                up[:, 1:] &= ~(scan.total[:, 1:] <= scan.total[:, :-1])
            silent, all_steps = silent + int((up & (scan.outcome == MUTED)).sum()), all_steps + int(up.sum())
        return silent, all_steps


def workload(framework: Framework, panel: Watched) -> Workload:
    """Replay both series by month, with what was known then only."""
    rules = framework.raw["alerts"]
    rhythm = Rhythm.months(rules)
    opened, scans = {}, {}
    for series, counts in (("deaths", panel.deaths), ("incidents", panel.events)):
        scans[series] = scan_history(counts, rules, rhythm, rules["record"].get(series))
        opened["sharp_rise", series] = scans[series].outcome == NEW
        opened["regime_change", series] = lasting_rises(drift(counts, rhythm), scans[series], rules, rhythm)
    return Workload(opened, scans, np.logical_or.reduce([~np.isnan(scan.p) for scan in scans.values()]))


def by_rule(found: Workload) -> dict[str, Any]:
    """Alerts by rule and series, then tasks: number, a week over all regions, per region and year."""
    years, region_years = found.known.any(axis=0).sum() / 12, found.known.sum() / 12
    every = {f"{rule} {series}": flags for (rule, series), flags in found.opened.items()} | {"tasks": found.tasks}
    rows = [
        [name, int(flags.sum()), *(float(flags.sum() / n) if n else None for n in (years * WEEKS_A_YEAR, region_years))]
        for name, flags in every.items()
    ]
    columns = ["rule", "alerts", "alerts_week", "alerts_region_year"]
    return {"caption": "alerts_rule", "columns": columns, "rows": rows}


def by_country(panel: Watched, found: Workload) -> dict[str, Any]:
    """Tasks per country: regions, tasks, per region and year, and the busiest month; most tasks first."""
    rows, tasks = [], found.tasks
    for land in np.unique(panel.countries).tolist():
        here = panel.countries == land
        monthly = tasks[here].sum(axis=0)
        years = found.known[here].sum() / 12
        busiest = f"{panel.months[monthly.argmax()]} ({int(monthly.max())})" if monthly.max() else None
        rows.append([land, int(here.sum()), int(monthly.sum()), monthly.sum() / years if years else None, busiest])
    rows.sort(key=lambda row: (-row[2], row[0]))
    return {"caption": "alerts_country", "columns": ["country", "regions", "alerts", "alerts_region_year", "busiest"],
            "rows": rows}  # fmt: skip


def by_country_and_month(panel: Watched, found: Workload) -> dict[str, Any]:
    """Every month of a country with a task: tasks, and its part of the budget by its share of the regions."""
    rows, tasks = [], found.tasks
    for land in np.unique(panel.countries).tolist():
        here = panel.countries == land
        monthly = tasks[here].sum(axis=0)
        for at in np.flatnonzero(monthly).tolist():
            all_regions = max(int(found.known[:, at].sum()), 1)
            part = WEEKLY * WEEKS_A_YEAR / 12 * int(found.known[here, at].sum()) / all_regions
            rows.append([land, str(panel.months[at]), int(monthly[at]), float(part)])
    columns = ["country", "month", "alerts", "budget_part"]
    return {"caption": "alerts_country_month", "columns": columns, "rows": rows}
