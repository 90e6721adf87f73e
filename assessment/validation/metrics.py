"""Scores of yes/no forecasts, written out in NumPy, and intervals that resample whole countries.

Months and neighbouring units of one country are not independent: an interval that resamples rows would be far too
narrow. Here countries are drawn with replacement, and every figure is computed from per-country tallies.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assessment.forecast_fit import newton
from assessment.validation.panel import Floats

LOWEST_PROBABILITY = 1e-3  # log loss reads 0 and 1 as 1/1000 and 999/1000: nobody can know better from counts
TALLY_BINS = 4000  # ranks are pooled into at most this many bins in the bootstrap (point values are exact)
Ints = NDArray[np.int64]


def midranks(values: Floats) -> Floats:
    """Ranks from 1; equal values share the mean of their ranks."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2.0)[inverse]


def average_precision(y: Floats, score: Floats) -> float:
    """Area under precision and recall by steps at each distinct score (ties enter together); NaN without events."""
    hits, misses = _tally(y, score)
    return float(_precision_area(hits[None], misses[None])[0])


def auroc(y: Floats, score: Floats) -> float:
    """Probability that a case with the event is ranked above one without (ties half); NaN if one kind is absent."""
    hits, misses = _tally(y, score)
    return float(_rank_area(hits[None], misses[None])[0])


def brier(y: Floats, p: Floats) -> float:
    """Mean squared difference of probability and outcome; 0 is perfect."""
    return float(np.mean((p - y) ** 2))


def log_loss(y: Floats, p: Floats) -> float:
    """Mean negative log likelihood in nats, probabilities clipped to [0.001, 0.999]."""
    return float(np.mean(_log_losses(y, p)))


def spearman(total: Floats, score: Floats) -> float:
    """Rank correlation of the score with what happened in numbers; 0 for a constant score (it ranks nothing)."""
    a, b = midranks(total), midranks(score)
    if a.std() == 0 or b.std() == 0:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])


def _log_losses(y: Floats, p: Floats) -> Floats:
    inside = np.clip(p, LOWEST_PROBABILITY, 1.0 - LOWEST_PROBABILITY)
    return -(y * np.log(inside) + (1.0 - y) * np.log(1.0 - inside))


def _bins(score: Floats, at_most: int | None) -> Ints:
    """Bin number per row, 0 = highest score; ties share a bin; pooled to `at_most` bins by rank when given."""
    distinct, inverse = np.unique(-score, return_inverse=True)
    if at_most is None or len(distinct) <= at_most:
        return inverse.astype(np.int64)
    pooled = np.floor(midranks(-score) * at_most / (len(score) + 1)).astype(np.int64)
    return np.unique(pooled, return_inverse=True)[1].astype(np.int64)


def _tally(y: Floats, score: Floats) -> tuple[Floats, Floats]:
    """Events and non-events per distinct score, highest score first."""
    at = _bins(score, None)
    return np.bincount(at, weights=y).astype(float), np.bincount(at, weights=1.0 - y).astype(float)


def _precision_area(hits: Floats, misses: Floats) -> Floats:
    """Average precision for R weightings at once, from (R, bins) tallies."""
    found, flagged = np.cumsum(hits, axis=1), np.cumsum(hits + misses, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        precision = np.where(flagged > 0, found / flagged, 0.0)
        return np.where(found[:, -1] > 0, (hits * precision).sum(axis=1) / found[:, -1], np.nan)


def _rank_area(hits: Floats, misses: Floats) -> Floats:
    """AUROC for R weightings at once, from (R, bins) tallies."""
    below = misses.sum(axis=1, keepdims=True) - np.cumsum(misses, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return (hits * (below + misses / 2.0)).sum(axis=1) / (hits.sum(axis=1) * misses.sum(axis=1))


def reliability(y: Floats, p: Floats, bins: int = 10) -> dict[str, object]:
    """How far probabilities can be taken at their word.

    `table`: up to ten bins of equal size, each with the number of rows, mean probability and share that happened.
    `gap`: mean absolute difference over bins, weighted by rows. `ratio`: expected over observed events.
    `slope`, `intercept`: of the outcome on the forecast's log-odds; 1 and 0 are perfect, a slope below 1 is too bold.
    """
    order = np.argsort(p, kind="stable")
    table = []
    for part in np.array_split(order, bins):
        if len(part):
            table.append({"rows": len(part), "forecast": float(p[part].mean()), "happened": float(y[part].mean())})
    gap = sum(row["rows"] * abs(row["forecast"] - row["happened"]) for row in table) / max(len(y), 1)
    inside = np.clip(p, LOWEST_PROBABILITY, 1.0 - LOWEST_PROBABILITY)
    odds = np.log(inside / (1.0 - inside))
    slope = intercept = None
    if 0 < y.sum() < len(y) and odds.std() > 0:
        weight = newton(np.column_stack([np.ones_like(odds), odds]).astype(np.float32), y, 1e-6)
        intercept, slope = float(weight[0]), float(weight[1])
    ratio = float(p.sum() / y.sum()) if y.sum() else None
    return {"table": table, "gap": float(gap), "ratio": ratio, "slope": slope, "intercept": intercept}


@dataclass(frozen=True, slots=True)
class Drawn:
    """Countries drawn with replacement: `weights` (R, C) says how often each country is in each draw."""

    weights: Floats
    country: Ints  # (n) country number of each row


def draw_countries(countries: NDArray[np.str_], draws: int, seed: int) -> Drawn:
    """`draws` resamples of the countries present in the rows; the seed makes it repeatable."""
    names, index = np.unique(countries, return_inverse=True)
    picks = np.random.default_rng(seed).multinomial(len(names), np.full(len(names), 1.0 / len(names)), size=draws)
    return Drawn(picks.astype(float), index.astype(np.int64))


def sum_by_country(values: Floats, drawn: Drawn) -> Floats:
    """Sum per country in each draw: (R)."""
    return drawn.weights @ np.bincount(drawn.country, weights=values, minlength=drawn.weights.shape[1])


def _country_tallies(y: Floats, score: Floats, drawn: Drawn) -> tuple[Floats, Floats]:
    """Events and non-events per draw and bin: two (R, bins) arrays."""
    at = _bins(score, TALLY_BINS)
    bins, size = int(at.max()) + 1, drawn.weights.shape[1]
    cell = drawn.country * bins + at
    hits = np.bincount(cell, weights=y, minlength=size * bins).reshape(size, bins)
    misses = np.bincount(cell, weights=1.0 - y, minlength=size * bins).reshape(size, bins)
    return drawn.weights @ hits, drawn.weights @ misses


def _drawn_spearman(total: Floats, score: Floats, drawn: Drawn) -> Floats:
    """Spearman per draw. Ranks are those of all rows (re-ranking within a draw changes the third decimal)."""
    a, b = midranks(total), midranks(score)
    n = sum_by_country(np.ones_like(a), drawn)
    mean_a, mean_b = sum_by_country(a, drawn) / n, sum_by_country(b, drawn) / n
    cross = sum_by_country(a * b, drawn) / n - mean_a * mean_b
    spread = (sum_by_country(a * a, drawn) / n - mean_a**2) * (sum_by_country(b * b, drawn) / n - mean_b**2)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(spread > 0, cross / np.sqrt(np.maximum(spread, 1e-30)), 0.0)


def drawn_scores(y: Floats, score: Floats, p: Floats, total: Floats, drawn: Drawn) -> dict[str, Floats]:
    """Every metric in every draw: name -> (R)."""
    hits, misses = _country_tallies(y, score, drawn)
    n = sum_by_country(np.ones_like(y), drawn)
    return {
        "average_precision": _precision_area(hits, misses),
        "auroc": _rank_area(hits, misses),
        "brier": sum_by_country((p - y) ** 2, drawn) / n,
        "log_loss": sum_by_country(_log_losses(y, p), drawn) / n,
        "spearman": _drawn_spearman(total, score, drawn),
    }


def point_scores(y: Floats, score: Floats, p: Floats, total: Floats) -> dict[str, float]:
    """Every metric on the rows as they are, exact."""
    return {
        "average_precision": average_precision(y, score),
        "auroc": auroc(y, score),
        "brier": brier(y, p),
        "log_loss": log_loss(y, p),
        "spearman": spearman(total, score),
    }


def interval(draws: Floats, share: float = 0.95) -> tuple[float, float] | None:
    """Central interval of the draws that could be computed; None when hardly any could."""
    known = draws[np.isfinite(draws)]
    if len(known) < 20:
        return None
    low, high = np.quantile(known, [(1 - share) / 2, (1 + share) / 2])
    return float(low), float(high)


HIGHER_IS_BETTER = {"average_precision": True, "auroc": True, "brier": False, "log_loss": False, "spearman": True}
Metric = Callable[[Floats, Floats], float]
