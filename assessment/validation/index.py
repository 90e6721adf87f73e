"""The physical score of the place itself, for every region and month of a panel at once.

The same formulas as P1, P2 and P4 of a run, through the same anchors, so that ten years of months are scored in a
second. P3, P5 and P6 have no monthly history in open data: they count as never seen, as in a run.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import gamma

from assessment.expand import normalise
from assessment.framework import Framework
from assessment.indicators._violence import JEFFREYS, POPULATION_FLOOR, WINDOW_MONTHS
from assessment.validation.panel import Floats, Panel

HALF_LIVES = {"P1": 90.0, "P2": 60.0}  # days, as the indicators ask
LEAST_EVENTS = 5  # in twelve months, for a share of events (P4)
WEEKS = 365.25 / 7


@dataclass(frozen=True, slots=True)
class PlaceIndex:
    """Arrays (U, T), 0-100, higher is better; NaN before twelve months. raw: indicator -> value in its own unit.

    score: pillar "place" with never-seen indicators in the middle of their range, as a run does. known: over the
    indicators that are known alone. Neither has passed a gate.
    """

    raw: dict[str, Floats]
    score: Floats
    known: Floats


def place_index(panel: Panel, framework: Framework, population: Floats | None = None) -> PlaceIndex:
    """Score a panel with events and deaths a month. `population` (U): persons, NaN where unknown (then the floor)."""
    people = np.full(len(panel.units), np.nan) if population is None else population
    people = np.maximum(np.nan_to_num(people, nan=0.0), POPULATION_FLOOR)[:, None]
    deaths = panel.counts.get("deaths", panel.activity)
    raw = {
        "P1": _rate(deaths, panel, HALF_LIVES["P1"]) / (people / 1e5),
        "P2": _rate(panel.activity, panel, HALF_LIVES["P2"]) / (people / 1e6 * WEEKS),
    }
    if "n_os" in panel.counts:
        raw["P4"] = _share(panel.counts["n_os"], panel.activity)
    columns = {i.id: i for i in framework.indicators_of("physical") if i.pillar == framework.main_pillar("physical")}
    missing = framework.raw["missing"]
    middle = (missing["never_seen_low"] + missing["never_seen_high"]) / 2
    score, known, weight = (np.zeros(panel.activity.shape) for _ in range(3))
    for name, indicator in columns.items():
        value = raw.get(name, np.full(panel.activity.shape, np.nan))
        points = normalise(indicator, value.ravel()).reshape(value.shape)
        seen = np.isfinite(value)
        points = np.where(seen, points, middle)
        score += indicator.weight * points
        known += np.where(seen, indicator.weight * points, 0.0)
        weight += indicator.weight * seen
    total = sum(i.weight for i in columns.values())
    known = np.where(weight > 0, known / np.where(weight > 0, weight, 1.0), np.nan)
    for values in (score, known):
        values[:, : WINDOW_MONTHS - 1] = np.nan
    return PlaceIndex(raw, score / total, known)


def _rate(counts: Floats, panel: Panel, half_life: float) -> Floats:
    """Events a year: median of the Gamma posterior over twelve months, weighted by age in days; NaN before them."""
    first = panel.months.astype("datetime64[D]")
    out = np.full(counts.shape, np.nan)
    for t in range(WINDOW_MONTHS - 1, counts.shape[1]):
        age = (first[t] - first[t - WINDOW_MONTHS + 1 : t + 1]).astype(float)
        weight = 0.5 ** (age / half_life)
        shape = counts[:, t - WINDOW_MONTHS + 1 : t + 1] @ weight + JEFFREYS
        out[:, t] = gamma.ppf(0.5, shape) / (weight.sum() / WINDOW_MONTHS)
    return out


def _share(part: Floats, whole: Floats) -> Floats:
    """Percent of the events of twelve months; NaN below five events."""
    out = np.full(whole.shape, np.nan)
    for t in range(WINDOW_MONTHS - 1, whole.shape[1]):
        window = slice(t - WINDOW_MONTHS + 1, t + 1)
        total = whole[:, window].sum(axis=1)
        enough = total >= LEAST_EVENTS
        out[enough, t] = 100.0 * part[enough, window].sum(axis=1) / total[enough]
    return out
