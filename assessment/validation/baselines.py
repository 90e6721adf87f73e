"""The forecasts anyone can make from history alone. A model that does not beat them is not shown.

Each baseline reads columns <= t of a monthly series and gives a score (for ranking) and, where it can, a probability
as it stands. Count baselines have no probability of their own: `backtest` fits one slope on the training months.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from assessment.forecast_features import ewma, rolling_sum
from assessment.validation.panel import Floats, Panel

EWMA_HALF_LIFE = 3.0  # months
MEMORY = 12  # months


@dataclass(frozen=True)
class Story:
    """What the baselines may read: `series` counts a month, `met` whether the month alone met the target (0/1),
    `window_met` whether the last `horizon` months together did (0/1, NaN before there are so many). All (U, T)."""

    panel: Panel
    series: Floats
    met: Floats
    window_met: Floats
    horizon: int


@dataclass(frozen=True)
class Guess:
    """`score` (U, T), higher = more likely. `probability` (U, T) or None when a scale must be fitted first."""

    score: Floats
    probability: Floats | None


def window_met(values: Floats, threshold: float, horizon: int) -> Floats:
    """1/0 whether the last `horizon` months, current one included, sum to the threshold; NaN while too short."""
    out = (rolling_sum(values, horizon) >= threshold - 1e-9).astype(float)
    out[:, : horizon - 1] = np.nan
    return out


def _over_horizon(share: Floats, horizon: int) -> Guess:
    """A monthly share, read as the same chance each month: at least once in `horizon` months."""
    return Guess(share, 1.0 - (1.0 - np.clip(share, 0.0, 1.0)) ** horizon)


def _mean_known(values: Floats, window: int | None) -> Floats:
    """Mean of the known values of the last `window` columns (all columns when None); 0 where none is known."""
    known = np.isfinite(values).astype(float)
    filled = np.where(known > 0, values, 0.0)
    length = values.shape[1] if window is None else window
    return rolling_sum(filled, length) / np.maximum(rolling_sum(known, length), 1.0)


def zero(story: Story) -> Guess:
    """Nothing ever happens."""
    nothing = np.zeros_like(story.series)
    return Guess(nothing, nothing)


def last_month(story: Story) -> Guess:
    """As many as last month."""
    return Guess(np.log1p(story.series), None)


def persistence(story: Story) -> Guess:
    """What the last window did, the next will do, for certain."""
    met = np.nan_to_num(story.window_met)
    return Guess(met, met)


def mean_12(story: Story) -> Guess:
    """The mean of the last twelve months."""
    return Guess(np.log1p(rolling_sum(story.series, MEMORY) / MEMORY), None)


def share_12(story: Story) -> Guess:
    """The share of the last twelve months that met the target."""
    return _over_horizon(_mean_known(story.met, MEMORY), story.horizon)


def share_12_windows(story: Story) -> Guess:
    """The share of the last twelve completed windows that met the target: no assumption about independent months."""
    share = _mean_known(story.window_met, MEMORY)
    return Guess(share, share)


def share_12_scaled(story: Story) -> Guess:
    """The share of the last twelve months put on a fitted scale: the fairest opponent on the Brier score."""
    months = MEMORY * _mean_known(story.met, MEMORY)
    return Guess(np.log((months + 0.5) / (MEMORY - months + 0.5)), None)


def ewma_3(story: Story) -> Guess:
    """Months that met the target, weighted with a half-life of three months."""
    return _over_horizon(ewma(story.met, EWMA_HALF_LIFE), story.horizon)


def ewma_3_log(story: Story) -> Guess:
    """Log counts weighted with a half-life of three months: the strongest simple ranking."""
    return Guess(ewma(np.log1p(story.series), EWMA_HALF_LIFE), None)


def climatology(story: Story) -> Guess:
    """The share of all completed windows of the unit so far."""
    share = _mean_known(story.window_met, None)
    return Guess(share, share)


def national_mean(story: Story) -> Guess:
    """The share of the last twelve windows over all units of the country: what a national average can know."""
    share = _mean_known(story.window_met, MEMORY)
    _, index, size = np.unique(story.panel.countries, return_inverse=True, return_counts=True)
    total = np.zeros((len(size), share.shape[1]))
    np.add.at(total, index, share)
    mean = (total / size[:, None])[index]
    return Guess(mean, mean)


RANKING_HISTORY = ("ewma_3", "ewma_3_log")  # a forecast must not rank worse than the better of these
SHARE_HISTORY = ("share_12", "share_12_windows", "share_12_scaled")  # nor have a higher Brier score than these
BASELINES: Mapping[str, Callable[[Story], Guess]] = {
    "zero": zero,
    "last_month": last_month,
    "persistence": persistence,
    "mean_12": mean_12,
    "share_12": share_12,
    "share_12_windows": share_12_windows,
    "share_12_scaled": share_12_scaled,
    "ewma_3": ewma_3,
    "ewma_3_log": ewma_3_log,
    "climatology": climatology,
    "national_mean": national_mean,
}
