"""Scoring every forecast on one set of rows: figures, intervals, differences, and the plain verdict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assessment.validation import metrics
from assessment.validation.baselines import RANKING_HISTORY, SHARE_HISTORY
from assessment.validation.panel import Floats
from assessment.validation.rows import Cases

OURS = "returnwatch"
DRAWS = 300
SEED = 20200101
MIN_BLOCKS = 8  # countries to draw from; with fewer, units are drawn instead, and with fewer units nothing is
COMPARED = ("average_precision", "brier")  # the two the gate of the early warning reads
Result = dict[str, Any]


def rounded(value: float | None, digits: int = 4) -> float | None:
    """A figure for JSON: None where it could not be computed."""
    return None if value is None or not np.isfinite(value) else round(float(value), digits)


def _span(draws: Floats) -> list[float | None] | None:
    found = metrics.interval(draws)
    return None if found is None else [rounded(found[0]), rounded(found[1])]


def score_cases(rows: Cases, draws: int = DRAWS, seed: int = SEED) -> Result:
    """Every metric of every forecast with 95 % block intervals, and ours against each other forecast.

    `blocks`: "country"; "unit" in a panel of few countries, where intervals are too narrow because neighbours share
    their fate; "none" where there are too few of either and no interval is given.
    """
    blocks, names = blocks_of(rows)
    drawn = metrics.draw_countries(names, draws if blocks != "none" else 1, seed)
    models: Result = {}
    samples: dict[str, dict[str, Floats]] = {}
    for name, forecast in rows.forecasts.items():
        arguments = (rows.y, forecast.score, forecast.probability, rows.total)
        points = metrics.point_scores(*arguments)
        samples[name] = metrics.drawn_scores(*arguments, drawn)
        models[name] = {
            metric: {"value": rounded(value), "interval": _span(samples[name][metric])}
            for metric, value in points.items()
        }
    result: Result = {
        "outcome": rows.question[0],
        "horizon": rows.question[1],
        "rows": len(rows.y),
        "events": int(rows.y.sum()),
        "base_rate": rounded(float(rows.y.mean())) if len(rows.y) else None,
        "countries": len(np.unique(rows.country)),
        "blocks": blocks,
        "models": models,
    }
    for name in rows.forecasts:
        if name == OURS or name.startswith(OURS + "_"):
            probability = rows.forecasts[name].probability
            result.setdefault("calibration", {})[name] = _calibration(rows.y, probability)
    if OURS in rows.forecasts:
        result["differences"] = _differences(models, samples)
        result["gate"] = gate(models)
        result["verdict"] = verdict(models, result["differences"])
    return result


def blocks_of(rows: Cases) -> tuple[str, NDArray[np.str_]]:
    """What is drawn with replacement for the intervals, and the block each row belongs to."""
    if len(np.unique(rows.country)) >= MIN_BLOCKS:
        return "country", rows.country
    units = rows.unit.astype(np.str_)
    return ("unit" if len(np.unique(units)) >= MIN_BLOCKS else "none"), units


def _calibration(y: Floats, p: Floats) -> Result:
    found = metrics.reliability(y, p)
    table = [{key: rounded(value) for key, value in row.items()} for row in found.pop("table")]  # type: ignore[attr-defined]
    return {**{key: rounded(value) for key, value in found.items()}, "table": table}  # type: ignore[arg-type]


def _differences(models: Mapping[str, Any], samples: Mapping[str, Mapping[str, Floats]]) -> Result:
    """Ours minus the other, in the same draws of countries; for Brier a negative figure is in our favour."""
    out: Result = {}
    for name in models:
        if name != OURS:
            out[name] = {
                metric: {
                    "value": rounded(_value(models, OURS, metric) - _value(models, name, metric)),
                    "interval": _span(samples[OURS][metric] - samples[name][metric]),
                }
                for metric in COMPARED
            }
    return out


def _value(models: Mapping[str, Any], name: str, metric: str) -> float:
    value = models[name][metric]["value"]
    return float("nan") if value is None else float(value)


def gate(models: Mapping[str, Any], name: str = OURS) -> Result:
    """Whether the forecast may be shown: average precision not below EWMA-3, Brier not above share-12, on all forms.

    `why` names the first rule that failed; then history is shown in its place.
    """
    precision, error = _value(models, name, "average_precision"), _value(models, name, "brier")
    best_rank = max(RANKING_HISTORY, key=lambda key: _value(models, key, "average_precision"))
    best_share = min(SHARE_HISTORY, key=lambda key: _value(models, key, "brier"))
    rank, share = _value(models, best_rank, "average_precision"), _value(models, best_share, "brier")
    why = ""
    if not np.isfinite(precision) or not np.isfinite(rank):
        why = "no outcome of this kind in the test months; the forecast cannot be tested"
    elif precision < rank:
        why = f"average precision {precision:.3f} is below {best_rank} ({rank:.3f})"
    elif error > share:
        why = f"Brier score {error:.4f} is above {best_share} ({share:.4f})"
    return {"shown": not why, "why": why, "ranking_opponent": best_rank, "share_opponent": best_share}


def verdict(models: Mapping[str, Any], differences: Mapping[str, Any]) -> str:
    """One plain sentence: better than history, as good, or worse (95 % interval of the ranking difference)."""
    best = max(RANKING_HISTORY, key=lambda key: _value(models, key, "average_precision"))
    span = differences[best]["average_precision"]["interval"]
    if span is None or span[0] is None:
        return "too few outcomes, countries or units to tell the forecast from history"
    if span[0] > 0:
        return f"ranks better than history ({best}); the interval of the difference excludes zero"
    if span[1] < 0:
        return f"ranks worse than history ({best}): use history"
    return f"history alone ({best}) ranks as well: the interval of the difference includes zero"
