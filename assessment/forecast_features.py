"""History features of the early warning: what one unit, its country and its neighbours went through so far.

Every feature at column t reads columns <= t only, so a backtest and the product see the same numbers. Counts enter
as log(1 + x): violence is heavy-tailed and a model on raw counts would follow a handful of months.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from assessment.validation.panel import Floats, Panel

LEVEL_HALF_LIVES = (1, 2, 4, 8, 16, 32)  # months
SINCE_CAP = 60  # months; beyond five calm years the count of months no longer orders units
ESCALATION_WINDOW = 8  # months, from the published definition of escalation
BENT = (  # features whose effect on escalation may bend: distance from the bar, level, time since
    "events this month",
    "deaths this month",
    "active months, half-life 8",
    "log events, half-life 4",
    "log events, half-life 16",
    "months since an event",
    "mean of 8 months",
    "sd of 8 months",
    "bar of escalation",
    "relative sd of 8 months",
    "this month over the bar",
    "3 months over the bar",
    "half-life 2 over the bar",
    "half-life 12 over the bar",
    "3 months over 12 months",
    "escalations, half-life 12",
)
CALM_MONTHS = 24  # an onset is violence after this many calm months, origin month included
ONSETS_NEARBY = tuple(f"rest of country: onsets, half-life {half_life}" for half_life in (1, 3, 12, 36))
log1p = np.log1p


def ewma(values: Floats, half_life: float) -> Floats:
    """Exponentially weighted mean over time, (U, T) -> (U, T); `half_life` in months; unbiased at the start.

    The weights are normalised to the months seen, so that the first years of a panel are not read as calm.
    """
    keep = 0.5 ** (1.0 / half_life)
    out = np.empty_like(values, dtype=float)
    total = np.zeros(values.shape[0])
    weight = 0.0
    for t in range(values.shape[1]):
        total = keep * total + values[:, t]
        weight = keep * weight + 1.0
        out[:, t] = total / weight
    return out


def rolling_sum(values: Floats, window: int) -> Floats:
    """Sum over the last `window` columns including the current one; shorter at the start of the panel."""
    total = np.cumsum(values, axis=1, dtype=float)
    total[:, window:] -= total[:, :-window].copy()
    return np.maximum(total, 0.0)


def rolling_max(values: Floats, window: int) -> Floats:
    """Maximum over the last `window` columns including the current one; shorter at the start of the panel."""
    out = values.astype(float).copy()
    for back in range(1, window):
        out[:, back:] = np.maximum(out[:, back:], values[:, :-back])
    return out


def months_since(happened: NDArray[np.bool_], cap: int = SINCE_CAP) -> Floats:
    """Months since the last True, 0 in the month itself, `cap` when it is longer ago or never seen."""
    out = np.empty(happened.shape)
    since = np.full(happened.shape[0], float(cap))
    for t in range(happened.shape[1]):
        since = np.where(happened[:, t], 0.0, np.minimum(since + 1.0, cap))
        out[:, t] = since
    return out


def escalation_level(activity: Floats, sign: int = 1) -> tuple[Floats, Floats]:
    """Mean and sample standard deviation of the last 8 months, current month included (NaN before 8 months).

    Published definition: escalation = next month's events > mean + sd and >= mean + 2 (sd with n - 1).
    """
    window = ESCALATION_WINDOW
    mean = np.full(activity.shape, np.nan)
    deviation = np.full(activity.shape, np.nan)
    if activity.shape[1] >= window:
        views = np.lib.stride_tricks.sliding_window_view(activity, window, axis=1)
        mean[:, window - 1 :] = views.mean(axis=2)
        deviation[:, window - 1 :] = views.std(axis=2, ddof=1)
    return mean, deviation


def _country_matrix(countries: NDArray[np.str_]) -> tuple[NDArray[np.int64], Floats]:
    """Index of the country of each unit, and units per country."""
    _, index, size = np.unique(countries, return_inverse=True, return_counts=True)
    return index, size.astype(float)


def others_in_country(values: Floats, index: NDArray[np.int64], size: Floats) -> Floats:
    """Mean over the other units of the same country; zero where a unit is alone (there is no elsewhere)."""
    total = np.zeros((len(size), values.shape[1]))
    np.add.at(total, index, values)
    return (total[index] - values) / np.maximum(size[index] - 1.0, 1.0)[:, None]


def _own_level(panel: Panel) -> dict[str, Floats]:
    """How much and how often: the unit's own violence at several memories."""
    activity = panel.activity
    deaths = panel.counts.get("deaths", activity)
    active = (activity > 0).astype(float)
    level = log1p(activity)
    out: dict[str, Floats] = {}
    for half_life in LEVEL_HALF_LIVES:
        out[f"active months, half-life {half_life}"] = ewma(active, half_life)
        out[f"log events, half-life {half_life}"] = ewma(level, half_life)
    for half_life in (1, 3, 12):
        out[f"events a month, half-life {half_life}"] = log1p(ewma(activity, half_life))
        out[f"deaths a month, half-life {half_life}"] = log1p(ewma(deaths, half_life))
        out[f"log deaths, half-life {half_life}"] = ewma(log1p(deaths), half_life)
    for kind in ("n_sb", "n_ns", "n_os", "civilian_deaths"):
        if kind in panel.counts:
            for half_life in (2, 8):
                out[f"{kind}, half-life {half_life}"] = log1p(ewma(panel.counts[kind], half_life))
    out["events this month"] = level
    out["deaths this month"] = log1p(deaths)
    for back in (1, 2):
        lagged = np.zeros_like(level)
        lagged[:, back:] = level[:, :-back]
        out[f"events {back} months before"] = lagged
    out["months since an event"] = log1p(months_since(activity > 0))
    for threshold in (10, 25):
        out[f"months since {threshold} deaths"] = log1p(months_since(deaths >= threshold))
        out[f"months of {threshold} deaths, half-life 8"] = ewma((deaths >= threshold).astype(float), 8)
    out["most events in 12 months"] = log1p(rolling_max(activity, 12))
    return out


def _escalated(activity: Floats) -> Floats:
    """1 where this month was an escalation over the eight months before it, otherwise 0."""
    mean, deviation = escalation_level(activity)
    out = np.zeros(activity.shape)
    now, mean, deviation = activity[:, 1:], mean[:, :-1], deviation[:, :-1]
    with np.errstate(invalid="ignore"):
        out[:, 1:] = (now > mean + deviation) & (now >= mean + 2)
    return out


def _own_change(panel: Panel) -> dict[str, Floats]:
    """Where the unit stands against its own last eight months: near the bar of escalation, or far below it."""
    activity = panel.activity
    window = ESCALATION_WINDOW
    mean = rolling_sum(activity, window) / window
    deviation = np.sqrt(np.maximum(rolling_sum(activity**2, window) - window * mean**2, 0.0) / (window - 1))
    bar = log1p(np.maximum(mean + deviation, mean + 2.0))
    out = {
        "mean of 8 months": log1p(mean),
        "sd of 8 months": log1p(deviation),
        "bar of escalation": bar,
        "relative sd of 8 months": deviation / (mean + 0.5),
        "sd decides the bar": (deviation > 2.0).astype(float),
        "this month over the bar": log1p(activity) - bar,
        "3 months over the bar": log1p(rolling_sum(activity, 3) / 3.0) - bar,
        "half-life 2 over the bar": log1p(ewma(activity, 2)) - bar,
        "half-life 12 over the bar": log1p(ewma(activity, 12)) - bar,
        "3 months over 12 months": log1p(rolling_sum(activity, 3) / 3.0) - log1p(rolling_sum(activity, 12) / 12.0),
    }
    out["escalations, half-life 12"] = ewma(_escalated(activity), 12)
    return out


def _around(
    panel: Panel, average: Callable[[Floats], Floats], label: str, half_lives: tuple[int, ...]
) -> dict[str, Floats]:
    """The same questions asked of the surroundings, `average` giving the mean over them."""
    activity = panel.activity
    active, level = (activity > 0).astype(float), log1p(activity)
    out: dict[str, Floats] = {}
    for half_life in half_lives:
        out[f"{label}: active months, half-life {half_life}"] = average(ewma(active, half_life))
        out[f"{label}: log events, half-life {half_life}"] = average(ewma(level, half_life))
    out[f"{label}: log events, half-life 1 over 12"] = average(ewma(level, 1)) - average(ewma(level, 12))
    out[f"{label}: escalations, half-life 1"] = average(ewma(_escalated(activity), 1))
    return out


def _country(panel: Panel) -> dict[str, Floats]:
    """The country around the unit."""
    index, size = _country_matrix(panel.countries)
    activity = panel.activity
    out = _around(panel, lambda values: others_in_country(values, index, size), "rest of country", (1, 3, 12, 36))
    elsewhere = others_in_country(activity, index, size) * np.maximum(size[index] - 1.0, 1.0)[:, None]
    deaths = panel.counts.get("deaths", activity)
    out["rest of country: months since an event"] = log1p(months_since(elsewhere > 1e-9))
    for name, values in (("events", activity), ("deaths", deaths)):
        total = np.zeros((len(size), values.shape[1]))
        np.add.at(total, index, values)
        out[f"country: {name} this month"] = log1p(total[index])
    out["country: units"] = np.repeat(np.log(size[index])[:, None], activity.shape[1], axis=1)
    return out


def _onsets_nearby(panel: Panel) -> dict[str, Floats]:
    """How often violence lately began in calm units elsewhere in the country: it seldom begins in one place only."""
    index, size = _country_matrix(panel.countries)
    active = panel.activity > 0
    began = np.zeros(panel.activity.shape)
    began[:, 1:] = active[:, 1:] & (months_since(active)[:, :-1] >= CALM_MONTHS - 1)
    began[:, :CALM_MONTHS] = 0.0  # what came before the panel is not known
    return {
        name: others_in_country(ewma(began, half_life), index, size)
        for name, half_life in zip(ONSETS_NEARBY, (1, 3, 12, 36), strict=True)
    }


def _world(panel: Panel) -> dict[str, Floats]:
    """All units together, and the season (month of the year as a circle)."""
    activity = panel.activity
    share = ewma((activity > 0).mean(axis=0, keepdims=True), 2)
    angle = 2.0 * np.pi * (panel.months.astype(int) % 12)[None, :] / 12.0
    return {
        "all units: active share": np.repeat(share, len(panel.units), axis=0),
        "season, sine": np.repeat(np.sin(angle), len(panel.units), axis=0),
        "season, cosine": np.repeat(np.cos(angle), len(panel.units), axis=0),
    }


def neighbour_mean(neighbours: Floats) -> Callable[[Floats], Floats]:
    """Mean over neighbours for a (U, U) 0/1 table; zero for a unit without neighbours in the panel."""
    weight = neighbours / np.maximum(neighbours.sum(axis=1, keepdims=True), 1.0)
    return lambda values: weight @ values


def family_of(name: str) -> str:
    """The family of a feature, for explaining: single features of one family overlap too much to be read alone."""
    if name.startswith(("rest of country", "country")):
        return "rest_of_country"
    if name.startswith("neighbours"):
        return "neighbours"
    if name.startswith(("season", "all units")):
        return "season_and_world"
    if any(word in name for word in ("bar", "8 months", "3 months over", "escalations")):
        return "own_change"
    if name.startswith(("n_sb", "n_ns", "n_os", "civilian_deaths")):
        return "own_kind_of_violence"
    if "deaths" in name:
        return "own_deaths"
    return "own_events" if any(word in name for word in ("events", "active", "event")) else "other_sources"


def history_features(
    panel: Panel, neighbours: Floats | None = None, extra: Mapping[str, Floats] | None = None
) -> tuple[tuple[str, ...], NDArray[np.float32]]:
    """Names (F) and values (U, T, F) of all history features.

    `neighbours` (U, U), 0/1, adds the neighbours' history; `extra` adds monthly counts of other sources (U, T), such
    as attacks on aid workers, at half-lives of 3 and 12 months. Raises ValueError when a table does not fit the panel.
    """
    table = _own_level(panel) | _own_change(panel) | _country(panel) | _onsets_nearby(panel) | _world(panel)
    if neighbours is not None:
        if neighbours.shape != (len(panel.units), len(panel.units)):
            raise ValueError(f"neighbour table is {neighbours.shape}, the panel has {len(panel.units)} units")
        table |= _around(panel, neighbour_mean(neighbours), "neighbours", (1, 3, 12))
    for name, counts in (extra or {}).items():
        if counts.shape != panel.activity.shape:
            raise ValueError(f"extra input {name!r} is {counts.shape}, the panel is {panel.activity.shape}")
        for half_life in (3, 12):
            table[f"{name}, half-life {half_life}"] = log1p(ewma(counts, half_life))
    values = np.empty((*panel.activity.shape, len(table)), dtype=np.float32)
    for at, column in enumerate(table.values()):
        values[..., at] = column
    return tuple(table), values
