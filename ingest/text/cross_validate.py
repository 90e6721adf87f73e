"""Cross-validate the gate: `python -m ingest.text.cross_validate TEXTS --law FILE FILE --advice FOLDER [--draws 4]`.

TEXTS is the folder train_gate.py reads. The reports and event snippets are cut into five parts, alike in what they
are about; each part is scored by a gate fitted on the other four, so that every text is judged by a gate that has not
seen it. Another draw cuts them otherwise. The UPR's recommendations are left out: no head measured here learns from
them. Printed as JSON: mean and spread over the draws of the figures of evaluate_themes.py, of the log loss, and of the
calibration error: how far, in the mean, a probability lies from how often it comes true (ten bins). The smallest
dimension has 25 reports, so the figure of other reports may well lie .03 off (bootstrap).

With `--choose` the settings of the dimension (train_gate.Settings) are chosen anew for every part, by the log loss of a
cross-validation inside the other four: no text then had a say in how it was judged. Without it the shipped settings
are measured, which were chosen with an eye on all reports.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .evaluate_themes import measure_events, measure_probabilities, measure_reports
from .examples import Example, add_side_arguments, labelled_rows, load_examples, load_side_examples
from .gate import Scores
from .labels import CASE2021, dimensions_of
from .themes import DIMENSIONS, Lexicon, load_lexicon
from .train_gate import SHIPPED, Settings, TrainingSet, fit

FOLDS = 5
FITTED = tuple(product((1.0, 1.5, 2.0), (0.7, 1.4, 2.8)))  # rare_first, words: a fit for each
VOTES = (0.5, 0.75, 1.0, 1.5)


def cross_validate(
    folder: Path, law: Sequence[Path], draws: int, lexicon: Lexicon, advice: Path | None = None, choose: bool = False
) -> dict[str, list[float]]:
    """Each figure once per draw. `choose`: settings anew for every part, from the other parts."""
    told = [example for example in load_examples(folder, hold_out=False) if example.kind != "recommendation"]
    data = TrainingSet.of(told + load_side_examples(law, advice), lexicon)
    reports = labelled_rows(folder / "themes_reliefweb.jsonl")
    events = [row for row in labelled_rows(folder / "events_case2021.jsonl") if row["subtype"] in CASE2021]
    numbers = {kind: _numbers(data, kind) for kind in ("report", "event")}
    figures: dict[str, list[float]] = {}
    for draw in range(draws):
        scores = _score_unseen(data, numbers, np.random.default_rng(draw), choose)
        found = measure_reports(reports, _rows_of(scores, numbers["report"]), lexicon)
        found |= measure_events(events, _rows_of(scores, numbers["event"]), lexicon)
        found |= measure_probabilities(reports, _rows_of(scores, numbers["report"]), lexicon)
        for name, value in found.items():
            figures.setdefault(name, []).append(value)
    return figures


def _numbers(data: TrainingSet, kind: str) -> list[int]:
    return [i for i, example in enumerate(data.examples) if example.kind == kind]


def _rows_of(scores: Scores, numbers: Sequence[int]) -> Scores:
    return Scores(scores.dimension[numbers], scores.theme[numbers], scores.event[numbers])


def _score_unseen(
    data: TrainingSet, numbers: dict[str, list[int]], random: np.random.Generator, choose: bool = False
) -> Scores:
    """Scores of all reports and snippets, each by the gate of the fold it is not in."""
    fold = np.full(len(data.examples), -1)
    for kind in ("report", "event"):
        fold[numbers[kind]] = _folds([_stratum(data.examples[i], data.lexicon) for i in numbers[kind]], random)
    parts: list[tuple[NDArray[np.int64], Scores]] = []
    for number in range(FOLDS):
        seen = data.part(np.flatnonzero(fold != number).tolist())
        gate = fit(seen, {}, _choose(seen, random) if choose else SHIPPED)
        unseen = np.flatnonzero(fold == number)
        parts.append((unseen, gate.score_rows(data.part(unseen.tolist()).rows(gate.idf))))
    joined = []
    for group in ("dimension", "theme", "event"):
        whole = np.zeros((len(fold), getattr(parts[0][1], group).shape[1]))
        for unseen, scores in parts:
            whole[unseen] = getattr(scores, group)
        joined.append(whole)
    return Scores(*joined)


def _choose(data: TrainingSet, random: np.random.Generator) -> Settings:
    """The settings of least log loss of the dimension, cross-validated over the reports of `data`."""
    reports = _numbers(data, "report")
    fold = np.full(len(data.examples), -1)
    fold[reports] = _folds([_stratum(data.examples[i], data.lexicon) for i in reports], random)
    loss = dict.fromkeys(product(FITTED, VOTES), 0.0)
    for number in range(FOLDS):
        seen = data.part(np.flatnonzero(fold != number).tolist())
        unseen = data.part(np.flatnonzero(fold == number).tolist())
        for rare_first, words in FITTED:
            gate = fit(seen, {}, Settings(rare_first, words))
            rows = unseen.rows(gate.idf)
            for vote in VOTES:
                shares = replace(gate, vote=vote).score_rows(rows).dimension
                loss[(rare_first, words), vote] += _dimension_loss(unseen, shares)
    (rare_first, words), vote = min(loss, key=lambda tried: loss[tried])
    return Settings(rare_first, words, vote)


def _dimension_loss(data: TrainingSet, shares: NDArray[np.float64]) -> float:
    """Sum of the log losses of the texts of one dimension, over the three."""
    total = 0.0
    for example, row in zip(data.examples, shares, strict=True):
        dimensions = dimensions_of(example.themes, data.lexicon)
        if len(dimensions) == 1:
            own = row[DIMENSIONS.index(next(iter(dimensions)))]
            total -= float(np.log(max(own / row[:3].sum(), 1e-9)))
    return total


def _stratum(example: Example, lexicon: Lexicon) -> str:
    if example.kind == "event":
        return min(example.themes)
    dimensions = dimensions_of(example.themes, lexicon)
    return min(dimensions) if len(dimensions) == 1 else f"{min(len(dimensions), 2)} dimensions"


def _folds(strata: Sequence[str], random: np.random.Generator) -> NDArray[np.int64]:
    """A fold per text; every stratum is spread over the folds as evenly as it goes."""
    fold = np.zeros(len(strata), np.int64)
    for stratum in sorted(set(strata)):
        own = random.permutation([i for i, name in enumerate(strata) if name == stratum])
        fold[own] = (np.arange(len(own)) + random.integers(FOLDS)) % FOLDS
    return fold


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line; about ten seconds a draw, with `--choose` about five minutes."""
    parser = argparse.ArgumentParser(
        prog="python -m ingest.text.cross_validate", description="Cross-validate the gate."
    )
    parser.add_argument("texts", type=Path, help="folder with the labelled texts (.jsonl)")
    add_side_arguments(parser)
    parser.add_argument("--draws", type=int, default=4, help="how often the texts are cut anew (default 4)")
    parser.add_argument("--choose", action="store_true", help="choose the settings anew for every part")
    options = parser.parse_args(arguments)
    figures = cross_validate(options.texts, options.law, options.draws, load_lexicon(), options.advice, options.choose)
    spread = {
        name: {"mean": round(float(np.mean(values)), 4), "spread": round(float(np.std(values)), 4)}
        for name, values in figures.items()
    }
    print(json.dumps({"draws": options.draws, **spread}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
