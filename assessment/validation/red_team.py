"""Trying to fool the metrics: a metric that cannot tell bad forecasts apart is not used.

Five forecasts of known worth are scored: the climatology of each unit, persistence, zero, the country's right total
put on the wrong units, and the truth moved half-way to climatology (a forecast that knows something). A metric is
used only if, on every question it is tried on (a common outcome and rare ones), the informed forecast is clearly first
and climatology clearly above zero; and if every two of the five differ on some question. (Climatology need not beat
the wrong places: where attacks are rare, knowing the country and month can be worth more than knowing the place.)
Two bad forecasts may meet by chance on one question; a metric that cannot tell them apart on any is blind. (Onset
cannot be such a question: after 24 calm months zero and persistence are one and the same forecast.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assessment.validation import metrics
from assessment.validation.panel import Floats
from assessment.validation.rows import Cases

SAME = 0.005  # two figures closer than this share of the metric's own range count as one


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a metric may be used, its figure per forecast, and why not."""

    metric: str
    used: bool
    figures: Mapping[str, float]
    why: str


def wrong_place(rows: Cases, seed: int) -> Floats:
    """The outcomes of each country and month dealt to its units at random: right total, wrong place.

    Countries that are one unit are dealt among each other, otherwise their wrong place would be the right one.
    """
    random = np.random.default_rng(seed)
    out = np.empty(len(rows.y))
    _, country = np.unique(rows.country, return_inverse=True)
    months = int(rows.origin.max()) + 1
    groups = country * months + rows.origin
    _, place, size = np.unique(groups, return_inverse=True, return_counts=True)
    groups = np.where(size[place] == 1, (country.max() + 1) * months + rows.origin, groups)
    order = np.argsort(groups, kind="stable")
    edges = np.flatnonzero(np.diff(groups[order])) + 1
    for part in np.split(order, edges):
        out[part] = random.permutation(rows.y[part])
    return out


def trials(rows: Cases, seed: int = 0) -> dict[str, Floats]:
    """The five forecasts as probabilities; needs the baselines on the rows."""
    climate = rows.forecasts["climatology"].probability
    return {
        "informed": 0.5 * climate + 0.5 * rows.y,
        "climatology": climate,
        "persistence": rows.forecasts["persistence"].probability,
        "zero": np.zeros_like(climate),
        "wrong_place": wrong_place(rows, seed),
    }


def count_bias(y: Floats, p: Floats) -> float:
    """Absolute error of the total, as share of rows: blind to place by construction."""
    return float(abs(p.sum() - y.sum()) / len(y))


def accuracy(y: Floats, p: Floats) -> float:
    """Share of rows on the right side of one half: rewards 'never' where violence is rare."""
    return float(np.mean((p >= 0.5) == (y > 0.5)))


def absolute_error(y: Floats, p: Floats) -> float:
    """Mean absolute error: prefers zero to any honest small probability."""
    return float(np.mean(np.abs(p - y)))


CANDIDATES: Mapping[str, tuple[metrics.Metric, bool]] = {  # metric, higher is better
    "average_precision": (metrics.average_precision, True),
    "auroc": (metrics.auroc, True),
    "brier": (metrics.brier, False),
    "log_loss": (metrics.log_loss, False),
    "spearman": (metrics.spearman, True),
    "accuracy": (accuracy, True),
    "absolute_error": (absolute_error, False),
    "count_bias": (count_bias, False),
}


def _oriented(figures: Mapping[str, float], higher_is_better: bool) -> tuple[dict[str, float], float]:
    """Figures with higher = better, and the smallest difference that counts."""
    good = {key: value if higher_is_better else -value for key, value in figures.items()}
    return good, SAME * (max(good.values()) - min(good.values()))


def judge(name: str, figures: Mapping[str, float], higher_is_better: bool) -> Verdict:
    """Apply the rule of order to one metric's figures on one question."""
    good, margin = _oriented(figures, higher_is_better)
    best = max((key for key in good if key != "informed"), key=lambda key: good[key])
    if good["informed"] - good[best] <= margin:
        return Verdict(name, False, figures, f"does not put an informed forecast above {best}")
    if good["climatology"] - good["zero"] <= margin:
        return Verdict(name, False, figures, "does not put climatology above zero")
    return Verdict(name, True, figures, "")


def blind_pair(verdicts: Sequence[Verdict], higher_is_better: bool) -> tuple[str, str] | None:
    """Two forecasts that get the same figure on every question; None when there are no such two."""
    names = sorted({key for verdict in verdicts for key in verdict.figures})
    for at, one in enumerate(names):
        for other in names[at + 1 :]:
            gaps = []
            for verdict in verdicts:
                good, margin = _oriented(verdict.figures, higher_is_better)
                gaps.append(abs(good[one] - good[other]) > margin)
            if gaps and not any(gaps):
                return one, other
    return None


def red_team(rows: Cases, seed: int = 0) -> list[Verdict]:
    """A verdict for every candidate metric on these rows."""
    forecasts = trials(rows, seed)
    verdicts = []
    for name, (metric, higher) in CANDIDATES.items():
        truth = rows.total if name == "spearman" else rows.y
        verdicts.append(judge(name, {key: metric(truth, p) for key, p in forecasts.items()}, higher))
    return verdicts


def used_metrics(by_question: Mapping[str, list[Verdict]]) -> tuple[list[str], dict[str, str]]:
    """Metrics that passed, and for the others why and on which question they failed first."""
    used, refused = [], {}
    for name, (_, higher) in CANDIDATES.items():
        mine = {question: v for question, several in by_question.items() for v in several if v.metric == name}
        failed = [f"{question}: {verdict.why}" for question, verdict in mine.items() if not verdict.used]
        blind = blind_pair(list(mine.values()), higher)
        if blind:
            failed.append(f"on every question: cannot tell {blind[0]} from {blind[1]}")
        if failed:
            refused[name] = failed[0]
        elif mine:
            used.append(name)
    return used, refused
