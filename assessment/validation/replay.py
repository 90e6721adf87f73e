"""V9: the alert rules replayed over the panel: known escalations, workload, and nothing upward kept silent."""

from __future__ import annotations

from typing import Any

import numpy as np

from assessment.alert_stats import Floats, Rhythm, highest_in
from assessment.framework import Framework
from assessment.validation import plots
from assessment.validation.substrate import Watched
from assessment.validation.thresholds import Figure, judged
from assessment.validation.workload import WEEKLY, WEEKS_A_YEAR, by_country, by_country_and_month, by_rule, workload

FEWEST_DEATHS, MULTIPLE = 25.0, 2.0  # of a large rise
RECORD_FLOOR = 10.0  # deaths, of the record rule that early-warning services use, for comparison

# The method's list: name, iso3, region_id (None: any region of the country), month of the beginning.
KNOWN = (
    ("Tigray", "ETH", "ET-TI", "2020-11"), ("Myanmar", "MMR", None, "2021-02"),
    ("Cabo Delgado", "MOZ", "MZ-P", "2021-03"), ("Afghanistan", "AFG", None, "2021-05"),
    ("Syria", "SYR", None, "2024-11"), ("Las Anod", "SOM", "SO-SO", "2023-02"), ("Sudan", "SDN", "SD-KH", "2023-04"),
    ("Nagorno-Karabakh", "AZE", None, "2023-09"), ("Goma", "COD", "CD-NK", "2025-01"),
    ("Syrian coast", "SYR", "SY-LA", "2025-03"), ("Sweida", "SYR", "SY-SU", "2025-07"),
)  # fmt: skip


def replay(framework: Framework, panel: Watched) -> dict[str, Any]:
    """Replay the counts by month. A month of a region counts from when half a baseline (12 months) is known."""
    rules = framework.raw["alerts"]
    rhythm = Rhythm.months(rules)
    deaths, load = panel.deaths, workload(framework, panel)
    new, known = load.opened["sharp_rise", "deaths"], load.known
    years = known.any(axis=0).sum() / 12
    silent, steps = load.swallowed()
    other = highest_in(deaths, 12, RECORD_FLOOR, rhythm.mute)
    rises = large_rises(deaths, rhythm.baseline)
    seen, lines = 0, []
    for name, iso3, region, month in KNOWN:
        ours, theirs = (
            _within_a_month(new, panel, iso3, region, month),
            _within_a_month(other, panel, iso3, region, month),
        )
        lines.append([name, month, ours, theirs])
        seen += ours is not None
    hits = sum(line[2] is True for line in lines)
    per_week = float(new.sum() / years / WEEKS_A_YEAR) if years else None
    figures = {
        "known": Figure(hits / seen if seen else None, seen, why=_reach(hits, seen)),
        "alarms": Figure(per_week, int(known.sum())),
        "swallowed": Figure(float(silent), steps),
        "rises": Figure(_detected(new, rises), len(rises)),
    }
    region_years = known.sum() / 12
    columns = ["rule", "alerts_region_year", "alerts_week", "rises_found", "known_found"]
    compare = {"caption": "alarms", "columns": columns,
               "rows": [["ours", new.sum() / region_years, per_week, _detected(new, rises), f"{hits}/{seen}"],
                        ["record_12", other[known].sum() / region_years,
                         other.sum() / years / WEEKS_A_YEAR if years else None, _detected(other, rises),
                         f"{sum(x[3] is True for x in lines)}/{seen}"]]}  # fmt: skip
    named = {"caption": "known_escalations", "columns": ["escalation", "month", "ours", "record_12"], "rows": lines}
    monthly = load.tasks.sum(axis=0)[known.any(axis=0)]
    plot = plots.line("alerts_month", panel.months[known.any(axis=0)], monthly, WEEKLY * WEEKS_A_YEAR / 12)
    tables = [compare, named, by_rule(load), by_country(panel, load), by_country_and_month(panel, load)]
    return judged("V9", figures, tables=tables, plots=[plot])


def large_rises(deaths: Floats, back: int) -> list[tuple[int, int]]:
    """(unit, month) of the first month of three that together have 25 deaths and twice the worst three of `back`."""
    three = np.full(deaths.shape, np.nan)
    three[:, 2:] = deaths[:, 2:] + deaths[:, 1:-1] + deaths[:, :-2]
    found = []
    for unit in range(deaths.shape[0]):
        last = -99
        for t in range(back, deaths.shape[1] - 2):
            ahead = three[unit, t + 2]
            past = three[unit, t - back : t]
            if np.isnan(past).sum() > back / 2 or np.isnan(ahead):
                continue
            bar = max(FEWEST_DEATHS, MULTIPLE * np.nanmax(past))
            if ahead >= bar and deaths[unit, t] >= 0.1 * ahead and t - last >= 12:
                found.append((unit, t))
                last = t
    return found


def _detected(alarm: Any, rises: list[tuple[int, int]]) -> float | None:
    """Share of rises with an alarm in their first month or the next."""
    return float(np.mean([alarm[u, t : t + 2].any() for u, t in rises])) if rises else None


def _within_a_month(alarm: Any, panel: Watched, iso3: str, region: str | None, month: str) -> bool | None:
    """None when the panel does not hold the place or the months."""
    rows = np.flatnonzero(panel.units == region if region else panel.countries == iso3)
    at = int((np.datetime64(month, "M") - panel.months[0]).astype(int))
    if not len(rows) or at < 12 or at + 1 >= len(panel.months) or np.isnan(panel.deaths[rows][:, at : at + 2]).all():
        return None
    return bool(alarm[rows][:, at : at + 2].any())


def _reach(hits: int, seen: int) -> dict[str, str]:
    return {
        "en": f"the data reach {seen} of {len(KNOWN)}; {hits} of these were alerted",
        "nl": f"de gegevens reiken tot {seen} van de {len(KNOWN)}; {hits} daarvan kregen een waarschuwing",
    }
