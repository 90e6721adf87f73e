"""Measure the themes on a labelled file: `evaluate_themes(path)`.

Reports with editors' themes: which dimension, for reports of one dimension (macro-F1 over those present), and how well
each theme ranks the reports (macro average precision over the themes the file holds). Event snippets: which event
theme (macro-F1). The untrained lexicon is measured beside the gate, always.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .gate import DIMENSIONS, EVENT_THEMES, Gate, Scores, lexicon_gate, load_gate
from .labels import CASE2021, RELIEFWEB, dimensions_of, themes_of
from .themes import Lexicon, load_lexicon
from .train_gate import read

Row = Mapping[str, Any]


def evaluate_themes(path: Path | str, gate: Gate | None = None) -> dict[str, Any]:
    """Figures for a .jsonl file with `text` and `themes` or `subtype`. Raises ValueError naming what is missing."""
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line.strip()]
    if not rows or "text" not in rows[0] or not ({"themes", "subtype"} & set(rows[0])):
        raise ValueError(f"{Path(path).name}: rows need 'text' and 'themes' (reports) or 'subtype' (event snippets)")
    return evaluate_rows(rows, gate or load_gate(), load_lexicon())


def evaluate_rows(rows: Sequence[Row], gate: Gate, lexicon: Lexicon) -> dict[str, Any]:
    """Figures of the gate, and under `lexicon` those of the bare lexicon, on the same rows."""
    readings = [read(row["text"], lexicon) for row in rows]
    measure = measure_events if "subtype" in rows[0] else measure_reports
    result = measure(rows, gate.score(readings), lexicon)
    result["lexicon"] = measure(rows, lexicon_gate(lexicon).score(readings), lexicon)
    result["documents"] = len(rows)
    return result


def measure_reports(rows: Sequence[Row], scores: Scores, lexicon: Lexicon) -> dict[str, Any]:
    """Figures of reports (`themes` as the editors named them) that were scored."""
    themes = [themes_of(row["themes"], RELIEFWEB) for row in rows]
    dimensions = [dimensions_of(found, lexicon) for found in themes]
    single = [number for number, found in enumerate(dimensions) if len(found) == 1]
    truth = np.array([DIMENSIONS.index(next(iter(dimensions[number]))) for number in single])
    guess = scores.dimension[single][:, :3].argmax(1) if single else np.zeros(0, int)
    columns = list(lexicon.themes)
    precision = {}
    for theme in sorted(set(RELIEFWEB.values())):
        target = np.array([theme in found for found in themes])
        if target.any():
            precision[theme] = average_precision(target, scores.theme[:, columns.index(theme)])
    return {
        "dimension_macro_f1": macro_f1(truth, guess),
        "theme_macro_ap": round(float(np.mean(list(precision.values()))), 4) if precision else None,
    }


def measure_probabilities(rows: Sequence[Row], scores: Scores, lexicon: Lexicon) -> dict[str, float]:
    """Log loss and calibration error of the probabilities of reports: of the dimension, for reports of one dimension
    (over the three, the likeliest one's probability); of the themes, each report and theme counting once."""
    themes = [themes_of(row["themes"], RELIEFWEB) for row in rows]
    dimensions = [dimensions_of(found, lexicon) for found in themes]
    single = [number for number, found in enumerate(dimensions) if len(found) == 1]
    truth = np.array([DIMENSIONS.index(next(iter(dimensions[number]))) for number in single])
    shares = scores.dimension[single][:, :3] / scores.dimension[single][:, :3].sum(1, keepdims=True)
    known = sorted(set(RELIEFWEB.values()))
    target = np.array([[float(theme in found) for theme in known] for found in themes])
    chance = np.clip(scores.theme[:, [list(lexicon.themes).index(theme) for theme in known]], 1e-9, 1 - 1e-9)
    loss = target * np.log(chance) + (1 - target) * np.log(1 - chance)
    own = np.maximum(shares[np.arange(len(single)), truth], 1e-9)
    return {
        "dimension_log_loss": round(float(-np.log(own).mean()), 4),
        "dimension_calibration_error": calibration_error(shares.max(1), (shares.argmax(1) == truth).astype(float)),
        "theme_log_loss": round(float(-loss.mean()), 4),
        "theme_calibration_error": calibration_error(chance.ravel(), target.ravel()),
    }


def calibration_error(chance: NDArray[np.float64], right: NDArray[np.float64], bins: int = 10) -> float:
    """Mean distance, over equal bins of probability weighted by what lies in them, of chance and how often it came
    true."""
    number = np.minimum((chance * bins).astype(int), bins - 1)
    return round(float(np.abs(np.bincount(number, chance - right, bins)).sum() / len(chance)), 4)


def measure_events(rows: Sequence[Row], scores: Scores, lexicon: Lexicon) -> dict[str, Any]:
    """Figures of event snippets (`subtype`) that were scored."""
    known = [number for number, row in enumerate(rows) if row["subtype"] in CASE2021]
    truth = np.array([EVENT_THEMES.index(CASE2021[rows[number]["subtype"]]) for number in known])
    return {"macro_f1": macro_f1(truth, scores.event[known].argmax(1) if known else np.zeros(0, int))}


def macro_f1(truth: NDArray[np.int64], guess: NDArray[np.int64]) -> float | None:
    """Mean F1 over the classes that occur in truth or guess (as scikit-learn's macro average); None without rows."""
    if not len(truth):
        return None
    values = []
    for label in np.union1d(truth, guess):
        hit = int(((truth == label) & (guess == label)).sum())
        values.append(2 * hit / max(int((truth == label).sum() + (guess == label).sum()), 1))
    return round(float(np.mean(values)), 4)


def average_precision(target: NDArray[np.bool_], score: NDArray[np.float64]) -> float:
    """Mean precision at each hit when rows are ordered by score; ties count at their common rank (as scikit-learn)."""
    order = np.argsort(-score, kind="stable")
    ordered, hits = score[order], np.cumsum(target[order])
    last_of_tie = np.r_[ordered[1:] != ordered[:-1], True]
    precision = (hits / np.arange(1, len(score) + 1))[last_of_tie]
    recall = (hits / max(int(target.sum()), 1))[last_of_tie]
    return float((np.diff(np.r_[0.0, recall]) * precision).sum())
