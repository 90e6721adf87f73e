"""One value per region from its weighted items: mean, disagreement, carry-forward and spread. Method sections 7 and 8.

A credible item that is much worse pulls the value down and no better item pulls it up.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assessment.framework import Framework, Indicator
from assessment.judged import CARRIED, INHERITED, OWN, Expanded, Floats, Judged


def settle(
    framework: Framework, indicator: Indicator, rows: Expanded, optional: NDArray[np.bool_], column: int, out: Judged
) -> None:
    """Weighted mean, disagreement, carry-forward and spread of one indicator, for every region that has rows."""
    if not len(rows.region):
        return
    rules = framework.raw["evidence"]["rules"]
    r = out.x.shape[0]
    total = np.bincount(rows.region, rows.weight, r)
    seen = total > 0
    fresh = np.bincount(rows.region, ~rows.lapsed & ~optional, r) > 0
    youngest = np.full(r, np.inf)
    np.minimum.at(youngest, rows.region[~optional], rows.age[~optional])

    def mean(values: Floats, weight: Floats = rows.weight) -> Floats:
        bottom = np.bincount(rows.region, weight, r)
        return np.bincount(rows.region, weight * values, r) / np.where(bottom > 0, bottom, np.nan)

    leading = ~optional & (~rows.lapsed | (~fresh[rows.region] & (rows.age == youngest[rows.region])))
    # Within a half-life of the newest item: measured against today, time alone would end a disagreement.
    recent = ~optional & (rows.age - youngest[rows.region] <= 1.0 + 1e-9)
    credible = (rows.quality >= rules["disagreement_quality"]) & recent
    x, mixed, conflict = _value(rows, rows.score, leading, credible, r, rules["disagreement_gap"])
    low, high = (
        _value(rows, s, leading, credible, r, rules["disagreement_gap"])[0] for s in (rows.score_low, rows.score_high)
    )
    counts = leading | (rows.score < mixed[rows.region])
    weight = rows.weight * counts
    lowest = np.full(r, np.inf)
    np.minimum.at(lowest, rows.region[counts], rows.score[counts])
    # Spread and reach come from the leading items alone: which others count depends on the values themselves.
    variance = mean(rows.variance, rows.weight * leading)
    own = np.bincount(rows.region, rows.weight * (leading & ~rows.national), r) > 0
    squares = np.bincount(rows.region, weight**2, r)
    age = mean(rows.age, weight)
    origin = np.where(fresh, np.where(own, OWN, INHERITED), CARRIED)
    carried = seen & ~fresh
    cap = np.where(carried, rules["carried_cap"], 100.0)
    if indicator.core and indicator.inherit == "practice":
        cap = np.where(~own, np.minimum(cap, rules["inherited_core_cap"]), cap)
    out.x[seen, column] = x[seen]
    out.worst[seen, column] = np.minimum(lowest, x)[seen]
    out.x_low[seen, column], out.x_high[seen, column] = np.maximum(low, 0)[seen], np.maximum(high, 0)[seen]
    out.sd[seen, column] = (np.sqrt(variance) + np.where(carried, rules["carried_sd"], 0.0))[seen]
    out.cap[seen, column] = cap[seen]
    out.origin[seen, column] = origin[seen]
    out.age[seen, column] = age[seen]
    out.conflict[seen, column] = conflict[seen]
    out.n_eff[seen, column] = (np.bincount(rows.region, weight, r) ** 2 / np.where(squares > 0, squares, 1))[seen]


def _value(
    rows: Expanded, score: Floats, leading: NDArray[np.bool_], credible: NDArray[np.bool_], r: int, gap_rule: float
) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """(value, weighted mean before the disagreement rule, conflict) per region; never rises when any score falls."""
    mixed = _lowest_mean(rows, score, leading, r)
    worst = np.full(r, np.inf)
    np.minimum.at(worst, rows.region[credible], score[credible])
    gap, both = np.zeros(r), np.isfinite(worst) & np.isfinite(mixed)
    gap[both] = mixed[both] - worst[both]
    conflict = gap >= gap_rule
    # Midpoint from the gap upwards; below it the mean is held at half the gap above the credible item, so that a mean
    # that gets worse can never end higher by leaving the rule (the bare rule would jump up by half the gap).
    shift = np.where(conflict, gap / 2, np.clip(gap - gap_rule / 2, 0.0, gap_rule / 2))
    return mixed - shift, mixed, conflict


def _lowest_mean(rows: Expanded, score: Floats, leading: NDArray[np.bool_], r: int) -> Floats:
    """Lowest weighted mean of the leading items with any of the others (lapsed or optional), per region.

    A lapsed item stays only where it makes the value worse: a worse one is retired by a person, not by time. The
    lowest mean over all choices takes the others from the worst upwards for as long as each is below the mean.
    """
    order = np.lexsort((score, ~leading, rows.region))
    region, last = rows.region[order], ~leading[order]
    starts = np.flatnonzero(np.diff(region, prepend=-1))
    weight, product = rows.weight[order], (rows.weight * score)[order]
    begin = np.repeat(starts, np.diff(np.append(starts, len(region))))
    running_weight, running_product = np.cumsum(weight), np.cumsum(product)
    before_weight = (running_weight - weight)[begin]
    before_product = (running_product - product)[begin]
    means = (running_product - before_product) / np.maximum(running_weight - before_weight, 1e-300)
    complete = last | np.append(last[1:] | (np.diff(region) != 0), True)  # all leading items are in from here on
    lowest = np.full(r, np.inf)
    np.minimum.at(lowest, region[complete], means[complete])
    return lowest


def latest(target: NDArray[np.datetime64], column: int, region: NDArray[np.int64], day: NDArray[np.datetime64]) -> None:
    """Write the latest day per region into one column of `target`."""
    order = np.argsort(day, kind="stable")
    target[region[order], column] = day[order]
