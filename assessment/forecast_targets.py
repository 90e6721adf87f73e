"""What is forecast and what is scored: yes/no outcomes of a unit after an origin month.

An outcome at origin t speaks about months after t only. NaN = not known (the panel ends before the window does) or
not asked (an onset needs a calm unit).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assessment.forecast_features import CALM_MONTHS, ESCALATION_WINDOW, escalation_level, rolling_sum
from assessment.validation.panel import Floats, Panel

HORIZONS = (1, 3, 6, 12)  # months
ONGOING_MONTHS = 3  # a unit with an event in these last months has ongoing violence


@dataclass(frozen=True, slots=True)
class Target:
    """`series` summed over the window reaches `threshold`. `series` "activity" = events, or deaths without events."""

    name: str
    series: str
    threshold: int

    def values(self, panel: Panel) -> Floats:
        """The counted series (U, T); KeyError when the panel lacks it."""
        return panel.activity if self.series == "activity" else panel.counts[self.series]


TARGETS = (
    Target("any_event", "activity", 1),
    Target("any_death", "deaths", 1),
    Target("deaths_10", "deaths", 10),
    Target("deaths_25", "deaths", 25),
)
CIVILIAN_TARGETS = (  # the first that the panel can answer
    Target("civilian_death", "civilian_deaths", 1),
    Target("attack_on_civilians", "n_os", 1),
)
PRODUCT_TARGETS = TARGETS


def targets_of(panel: Panel) -> tuple[Target, ...]:
    """The targets the series of this panel can answer, one civilian target at most; never the same one twice."""
    have = set(panel.counts) | {"activity"}
    plain = [t for t in TARGETS if t.series in have and not (t.name == "any_event" and "n_events" not in have)]
    civilian = [t for t in CIVILIAN_TARGETS if t.series in have][:1]
    return tuple(plain + civilian)


def outcomes(panel: Panel, target: Target, horizon: int, lead: bool = False) -> Floats:
    """1/0 whether the target is met in months t+1..t+horizon (with `lead`: in month t+horizon alone); NaN unknown."""
    values = target.values(panel)
    out = np.full(values.shape, np.nan)
    if values.shape[1] > horizon:
        total = np.cumsum(values, axis=1)
        start = total[:, horizon - 1 : -1] if lead else total[:, :-horizon]
        out[:, :-horizon] = (total[:, horizon:] - start) >= target.threshold - 1e-9
    return out


def totals(panel: Panel, target: Target, horizon: int) -> Floats:
    """Sum of the target's series over months t+1..t+horizon; NaN where the panel ends before."""
    total = np.cumsum(target.values(panel), axis=1)
    out = np.full(total.shape, np.nan)
    if total.shape[1] > horizon:
        out[:, :-horizon] = total[:, horizon:] - total[:, :-horizon]
    return out


def _against_last_months(panel: Panel, upward: bool) -> Floats:
    """1/0 whether next month's events leave the band mean +- sd of the last 8 months by at least 2 events."""
    activity = panel.activity
    mean, deviation = escalation_level(activity)
    out = np.full(activity.shape, np.nan)
    after, mean, deviation = activity[:, 1:], mean[:, :-1], deviation[:, :-1]
    if upward:
        met = (after > mean + deviation) & (after >= mean + 2)
    else:
        met = (after < mean - deviation) & (after <= mean - 2)
    out[:, :-1] = np.where(np.isnan(mean), np.nan, met)
    return out


def escalation(panel: Panel) -> Floats:
    """Published definition: next month's events > mean + sd of the last 8 months and >= mean + 2 (sd with n - 1)."""
    return _against_last_months(panel, upward=True)


def de_escalation(panel: Panel) -> Floats:
    """The mirror: next month's events < mean - sd of the last 8 months and <= mean - 2."""
    out = _against_last_months(panel, upward=False)
    out[rolling_sum(panel.activity, ESCALATION_WINDOW) < 2 * ESCALATION_WINDOW] = np.nan  # cannot fall by two
    return out


def onset(panel: Panel, calm_months: int = CALM_MONTHS) -> Floats:
    """An event next month, asked only of units without any event in the last 24 (or other `calm_months`) months."""
    out = outcomes(panel, TARGETS[0], 1)
    out[rolling_sum(panel.activity, calm_months) > 0] = np.nan
    out[:, : calm_months - 1] = np.nan
    return out


def ongoing(panel: Panel) -> Floats:
    """An event next month, asked only of units with an event in the last 3 months."""
    out = outcomes(panel, TARGETS[0], 1)
    out[rolling_sum(panel.activity, ONGOING_MONTHS) == 0] = np.nan
    return out
