"""Train the gate: `python -m ingest.text.train_gate TEXTS --out FILE --law FILE FILE --advice FOLDER`.

TEXTS is a folder with themes_reliefweb.jsonl, events_case2021.jsonl and themes_upr.jsonl (labels.py says how their
labels become themes). FILE holds summaries of reports on rights (`{country: {"summary": …}}`; those of the United
States on human rights and on religious freedom are public domain): the few legal reports of TEXTS are nearly all on
women, and alone they teach that law is about women. FOLDER holds British travel advice (Open Government
Licence): its pages on safety are physical and those on health material, for a little. With `--hold-out` three texts in
ten (by a hash of their id) are kept out and measured. With `--open-texts ADVICE HRP` the gate is trained on openly
licensed text alone (British travel advice; summaries of the United States' human rights reports, public domain),
labelled by where the text stands and by the lexicon. What is written holds weights of hashed features: no word and no
sentence of the texts.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from . import features
from .examples import (
    Example,
    add_side_arguments,
    is_held_out,
    labelled_rows,
    load_examples,
    load_open_examples,
    load_side_examples,
)
from .features import Layout, Reading
from .gate import Gate, save_gate
from .gate_fit import Prior, balanced, fit_binary, fit_softmax
from .gate_priors import dimension_prior, event_prior, theme_prior
from .labels import EVENT_THEMES, RELIEFWEB, dimensions_of
from .sentences import split_sentences
from .themes import DIMENSIONS, STRONG, Lexicon, load_lexicon, match_themes, sentence_bounds
from .tokens import words_of

NOTHING = 5.0  # texts without a word of any theme that the "none" of the dimensions is made to have seen
TABLE = 0.3  # what a row of the theme table weighs there
SEVERAL = 0.5  # what a report of several dimensions weighs beside one of one dimension
SIDE = ("law", "advice")  # kinds that teach the dimension only, and only a little
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Settings:
    """What decides how the dimension is learned. Those shipped are right on other kinds of text and languages too; the
    log loss on reports alone would choose others (GATE.md; cross_validate.py chooses anew with `--choose`)."""

    rare_first: float = 2.0  # how far the rarer dimensions weigh more in fitting: 1 makes the three equal
    words: float = 1.4  # how far a word may move from saying nothing (standard deviation of its weight)
    vote: float = Gate.vote  # what the themes' judgement of the dimension weighs beside the dimension head's


SHIPPED = Settings()


@dataclass(frozen=True)
class TrainingSet:
    """Examples with their features, computed once."""

    examples: list[Example]
    lexicon: Lexicon
    layout: Layout
    dense: Array
    hashed: list[tuple[NDArray[np.int64], Array]]

    @classmethod
    def of(cls, examples: Sequence[Example], lexicon: Lexicon) -> TrainingSet:
        """Read the texts of all examples."""
        layout = Layout.of(lexicon)
        readings = [read(example.text, lexicon) for example in examples]
        weights = np.stack([features.theme_weights(reading, layout) for reading in readings])
        hashed = [features.hashed_counts(reading.words) for reading in readings]
        return cls(list(examples), lexicon, layout, features.dense_rows(weights, layout), hashed)

    def part(self, numbers: Sequence[int]) -> TrainingSet:
        """The same for some of the examples."""
        examples, hashed = [self.examples[i] for i in numbers], [self.hashed[i] for i in numbers]
        return TrainingSet(examples, self.lexicon, self.layout, self.dense[list(numbers)], hashed)

    def rows(self, idf: NDArray[np.float32]) -> sparse.csr_matrix:
        return features.stack(self.dense, self.hashed, idf)


def read(text: str, lexicon: Lexicon, language: str = "en") -> Reading:
    """Words and theme words of one text."""
    words = words_of(text)
    return Reading(words, match_themes(words, sentence_bounds(words, split_sentences(text)), language, lexicon))


def train(examples: Sequence[Example], lexicon: Lexicon, meta: Mapping[str, object]) -> Gate:
    """Fit all heads. Deterministic: the same examples give the same gate."""
    return fit(TrainingSet.of(examples, lexicon), meta)


def fit(data: TrainingSet, meta: Mapping[str, object], settings: Settings = SHIPPED) -> Gate:
    """Fit all heads on texts already read."""
    informative = [
        cells
        for cells, example in zip(data.hashed, data.examples, strict=True)
        if example.kind not in ("recommendation", *SIDE)
    ]
    idf = features.idf_of(informative)
    rows = data.rows(idf)
    weights = {
        "dimension": _fit_dimension(rows, data, settings),
        "theme": _fit_themes(rows, data),
        "event": _fit_event(rows, data),
    }
    small = {group: array.astype(np.float32) for group, array in weights.items()}
    voting = tuple(theme for theme in data.layout.themes if _teachers(theme, data) == {"report"})
    return Gate(data.layout, idf, small, dict(meta), voting, settings.vote)


def _fit_dimension(rows: sparse.csr_matrix, data: TrainingSet, settings: Settings) -> Array:
    """Which dimension, from texts of one dimension and, for half as much, of several; then how much speaks for none of
    them, from all texts and from texts without any theme word.

    Recommendations of the UPR are left out: a sentence of law is no report on the law, and they mislead on reports.
    """
    dimensions = [dimensions_of(example.themes, data.lexicon) for example in data.examples]
    own = [i for i, example in enumerate(data.examples) if example.kind in ("report", "open", *SIDE)]
    prior = dimension_prior(data.layout, settings.words)
    some = [i for i in own if dimensions[i]]
    target = np.array([[float(name in dimensions[i]) for name in DIMENSIONS[:3]] for i in some])
    several = target.sum(1) > 1
    target /= target.sum(1, keepdims=True)
    weight = np.array([data.examples[i].weight for i in some])
    alone = ~several & np.array([data.examples[i].kind not in SIDE for i in some])
    weight[alone] = balanced(target[alone], weight[alone], settings.rare_first)
    weight[several] *= SEVERAL
    table, named = _table_rows(data.layout)
    ours = named < 3
    taught = sparse.vstack([rows[some], table[ours]], format="csr")
    target = np.vstack([target, np.eye(3)[named[ours]]])
    weight = np.append(weight, np.full(int(ours.sum()), TABLE))
    which = fit_softmax(taught, target, weight, Prior(prior.mean[:, :3], prior.sd))
    tagged = [i for i in own if data.examples[i].themes]
    none = np.concatenate([[float(not dimensions[i]) for i in tagged], named == 3, [1.0]])
    seen = sparse.vstack([rows[tagged], table, _wordless(data.layout)], format="csr")
    margin = np.asarray(seen @ which)
    against = np.log(np.exp(margin - margin.max(1, keepdims=True)).sum(1)) + margin.max(1)
    weight = np.concatenate([[data.examples[i].weight for i in tagged], np.full(len(named), TABLE), [NOTHING]])
    last = fit_binary(seen, none, weight, Prior(prior.mean[:, 3], prior.sd), against=against)
    return np.column_stack([which, last])


def _table_rows(layout: Layout) -> tuple[sparse.csr_matrix, NDArray[np.int64]]:
    """What the theme table says by itself: per theme the row of a short text with one strong word of it and no other
    known word, and its dimension. So a theme that no report is labelled with counts, in every language."""
    size = len(layout.themes)
    found = np.hstack([np.eye(size) * STRONG * features.THEME_OPENING, np.eye(size) * STRONG])
    dense = sparse.csr_matrix(features.dense_rows(found, layout))
    rows = sparse.hstack([dense, sparse.csr_matrix((size, features.CELLS))], format="csr")
    return rows, layout.dimension_of


def _wordless(layout: Layout) -> sparse.csr_matrix:
    """The row of a text without any theme word and without known words: the constant alone."""
    return sparse.csr_matrix(([1.0], ([0], [0])), shape=(1, layout.size))


def _teachers(theme: str, data: TrainingSet) -> set[str]:
    """The kinds of text a theme's head learns from."""
    kinds = {"report"} if theme in RELIEFWEB.values() else {"recommendation", "event"}
    return kinds & {example.kind for example in data.examples} or {"open"}


def _fit_themes(rows: sparse.csr_matrix, data: TrainingSet) -> Array:
    """Heads labelled in reports learn from reports alone; the others from other texts, on a short lead."""
    columns = []
    for theme in data.layout.themes:
        kinds = _teachers(theme, data)
        chosen = [i for i, e in enumerate(data.examples) if e.kind in kinds and theme in e.labelled]
        target = np.array([float(theme in data.examples[i].themes) for i in chosen])
        prior = theme_prior(data.layout, theme, in_domain="report" in kinds)
        if not target.sum():
            columns.append(prior.mean)
            continue
        weight = balanced(np.stack([1 - target, target], 1), np.ones(len(chosen)), 0.5)
        columns.append(fit_binary(rows[chosen], target, weight, prior, 100))
    return np.stack(columns, 1)


def _fit_event(rows: sparse.csr_matrix, data: TrainingSet) -> Array:
    prior = event_prior(data.layout)
    chosen = [i for i, e in enumerate(data.examples) if e.kind == "event" and e.themes]  # advice is no event snippet
    if not chosen:
        return prior.mean
    target = np.array([[float(theme in data.examples[i].themes) for theme in EVENT_THEMES] for i in chosen])
    target /= target.sum(1, keepdims=True)
    return fit_softmax(rows[chosen], target, balanced(target, np.ones(len(chosen)), 0.5), prior)


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line; prints what was measured as JSON when a part is held out."""
    parser = argparse.ArgumentParser(prog="python -m ingest.text.train_gate", description="Train the document gate.")
    parser.add_argument("texts", type=Path, help="folder with the labelled texts (.jsonl)")
    parser.add_argument("--out", type=Path, help="file to write, e.g. ingest/text/gate.npz")
    add_side_arguments(parser)
    parser.add_argument("--hold-out", action="store_true", help="keep three texts in ten out and measure on them")
    parser.add_argument("--open-texts", nargs=2, type=Path, metavar=("ADVICE", "HRP"), help="train on open texts alone")
    options = parser.parse_args(arguments)
    lexicon = load_lexicon()
    if options.open_texts:
        examples = load_open_examples(*options.open_texts)
        trained_on = (
            "openly licensed text alone: British travel advice (OGL), US human rights summaries (public domain)"
        )
    else:
        examples = load_examples(options.texts, hold_out=options.hold_out)
        examples += load_side_examples(options.law, options.advice)
        trained_on = "ReliefWeb reports, CASE 2021 event snippets, UPR recommendations"
        trained_on += ", US summaries of reports on rights" if options.law else ""
        trained_on += ", British travel advice" if options.advice else ""
        trained_on += "; hashed features only"
    gate = train(examples, lexicon, {"trained_on": trained_on, "examples": len(examples), "themes": lexicon.version})
    if options.out:
        save_gate(gate, options.out)
    if options.hold_out or options.open_texts:
        from .evaluate_themes import evaluate_rows  # imports this module's reader

        for name in ("themes_reliefweb.jsonl", "events_case2021.jsonl"):
            rows = [row for row in labelled_rows(options.texts / name) if is_held_out(row["id"])]
            print(json.dumps({name: evaluate_rows(rows, gate, lexicon), "texts": len(rows)}))
    else:
        print(f"trained on {len(examples)} texts", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
