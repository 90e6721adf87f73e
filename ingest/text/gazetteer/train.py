"""Trains the accept model on labelled texts and writes its weights.

    python -m ingest.text.gazetteer.train FOLDER [--part tune|all] [--output FILE]

FOLDER holds places_humset.jsonl, places_trnews.jsonl and places_geowebnews.jsonl (fields `text`,
`mentions[{start,end}]`).
`--part tune` (default) uses the six tenths of each file that `part_of` assigns to tuning; the rest stays unseen for
measuring.
Development only: needs scikit-learn.
"""

import argparse
import json
import sys
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from ingest.text import places_model
from ingest.text.gazetteer.parts import part_of
from ingest.text.places_around import NOTHING
from ingest.text.places_candidates import name_candidates, unknown_candidates
from ingest.text.places_decode import other_spellings
from ingest.text.places_features import name_features, second_look, unknown_features
from ingest.text.places_gazetteer import Gazetteer, load_gazetteer
from ingest.text.places_model import PASSES, SLOTS, slot
from ingest.text.places_page import Page, read_page, summarise
from ingest.text.places_resolve import best_place
from ingest.text.places_shapes import Candidate
from ingest.text.places_tokens import read_words

FILES = {"places_humset.jsonl": 1.0, "places_trnews.jsonl": 2.0, "places_geowebnews.jsonl": 1.5}
STRENGTH = {"first": 0.15, "second": 0.15, "unknown": 0.1}
FOLDS = 5


@dataclass(slots=True)
class Example:
    """One labelled text: its page, the name candidates with their likeliest place, which characters are gold."""

    text: str
    page: Page
    gold: np.ndarray
    names: list[tuple[Candidate, int]]
    weight: float
    fold: int
    spellings: list[tuple[Candidate, int]] = field(default_factory=list)


def read_examples(folder: Path, part: str, gazetteer: Gazetteer) -> list[Example]:
    """The labelled texts of one part ("tune", "held" or "all")."""
    examples = []
    for file, weight in FILES.items():
        for line in (folder / file).read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            text = row["text"]
            if part != "all" and part_of(text) != part:
                continue
            gold = np.zeros(len(text) + 1, dtype=bool)
            for mention in row["mentions"]:
                gold[mention["start"] : mention["end"]] = True
            language = row.get("language", "en")
            page = read_page(read_words(text), gazetteer, language)
            found = name_candidates(page.words, page.shapes, gazetteer, language)
            names = [(candidate, best_place(candidate.postings, NOTHING, gazetteer)[0]) for candidate in found]
            fold = int(sha256(text.encode()).hexdigest(), 16) // 100 % FOLDS
            examples.append(Example(text, page, gold, names, weight, fold))
    return examples


def _is_gold(example: Example, candidate: Candidate) -> bool:
    words = example.page.words
    return bool(example.gold[words.starts[candidate.first] : words.ends[candidate.past - 1]].any())


def fit(rows: list[list[str]], labels: list[bool], weights: list[float], strength: float) -> np.ndarray:
    """Logistic regression over hashed features; the weight table."""
    pointer: list[int] = [0]
    columns: list[int] = []
    for features in rows:
        columns.extend({slot(feature) for feature in features})
        pointer.append(len(columns))
    matrix = csr_matrix((np.ones(len(columns), dtype=np.float32), columns, pointer), shape=(len(rows), SLOTS))
    model = LogisticRegression(C=strength, solver="liblinear", max_iter=300, fit_intercept=False)
    model.fit(matrix, np.array(labels), sample_weight=np.array(weights))
    return model.coef_[0]


def _scores(table: np.ndarray, rows: list[list[str]]) -> list[float]:
    return [1 / (1 + np.exp(-sum(table[slot(f)] for f in features))) for features in rows]


def _first_rows(example: Example, gazetteer: Gazetteer) -> list[list[str]]:
    return [name_features(example.page, candidate, best, gazetteer) for candidate, best in example.names]


def _look_back(examples: list[Example], gazetteer: Gazetteer, tables: list[np.ndarray]) -> None:
    """Fills every page with what the first pass says; `tables[fold]` was fitted without that fold."""
    for example in examples:
        probabilities = _scores(tables[example.fold], _first_rows(example, gazetteer))
        scored = [(c, best, p) for (c, best), p in zip(example.names, probabilities, strict=True)]
        summarise(example.page, scored, gazetteer)
        others = other_spellings(example.page, [candidate for candidate, _ in example.names], frozenset(), gazetteer)
        example.spellings = [(candidate, candidate.postings[0][0]) for candidate in others]


def _fit_first(examples: list[Example], gazetteer: Gazetteer) -> np.ndarray:
    rows, labels, weights = [], [], []
    for example in examples:
        rows += _first_rows(example, gazetteer)
        labels += [_is_gold(example, candidate) for candidate, _ in example.names]
        weights += [example.weight] * len(example.names)
    return fit(rows, labels, weights, STRENGTH["first"])


def _fit_later(examples: list[Example], gazetteer: Gazetteer) -> dict[str, np.ndarray]:
    """The second pass and the model of unknown names, on pages that know the first pass."""
    rows: dict[str, list] = {"second": [], "unknown": []}
    labels: dict[str, list] = {"second": [], "unknown": []}
    weights: dict[str, list] = {"second": [], "unknown": []}
    for example in examples:
        for candidate, best in [*example.names, *example.spellings]:
            looks = name_features(example.page, candidate, best, gazetteer) + second_look(
                example.page, candidate, best, gazetteer
            )
            rows["second"].append(looks)
            labels["second"].append(_is_gold(example, candidate))
            weights["second"].append(example.weight)
        taken = [example.page.accepted.get(i, 0.0) > 0.4 for i in range(len(example.page.words))]
        for candidate in unknown_candidates(example.page.words, example.page.shapes, taken, example.page.language):
            rows["unknown"].append(unknown_features(example.page, candidate, gazetteer))
            labels["unknown"].append(_is_gold(example, candidate))
            weights["unknown"].append(example.weight)
    return {name: fit(rows[name], labels[name], weights[name], STRENGTH[name]) for name in rows}


def train(examples: list[Example], gazetteer: Gazetteer) -> dict[str, np.ndarray]:
    """All three weight tables; the later passes learn from first passes that did not see the text."""
    tables = [_fit_first([e for e in examples if e.fold != fold], gazetteer) for fold in range(FOLDS)]
    _look_back(examples, gazetteer, tables)
    later = _fit_later(examples, gazetteer)
    return {"first": _fit_first(examples, gazetteer), **later}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--part", choices=("tune", "all"), default="tune")
    parser.add_argument("--output", type=Path, default=places_model.SHIPPED)
    options = parser.parse_args()
    gazetteer = load_gazetteer()
    weights = train(read_examples(options.folder, options.part, gazetteer), gazetteer)
    thresholds = {"first": 0.5, "second": 0.5, "unknown": 0.45}
    places_model.save_model(options.output, weights, thresholds)
    filled = {name: int((weights[name] != 0).sum()) for name in PASSES}
    print(f"{options.output.name}: {filled} weights, {options.output.stat().st_size / 1e3:.0f} kB", file=sys.stderr)


if __name__ == "__main__":
    main()
