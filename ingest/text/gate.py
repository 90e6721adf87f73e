"""The document gate: what a text is mainly about, as probabilities, from features alone.

Three groups of heads over the same features: `dimension` (legal, physical, material or none: exclusive), `theme` (each
theme: is it a subject of the text) and `event` (which kind of event a short report tells: exclusive). Trained by
train_gate.py, shipped as gate.npz (weights and hashed cells only, no text), scored here with NumPy and SciPy.

Which of the three dimensions a text is about is judged twice: by the dimension's own head, and with `vote` times its
weight by what the themes of that dimension say together. The second has seen every report, also those of several
dimensions, and knows that "legal" has unlike halves (law, and women): it is less sure where the first is wrong
(GATE.md).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from . import features
from .claim_scorer import Scorer, ScorerLike, load_scorer, scorer_arrays, scorer_of
from .features import Layout, Reading
from .labels import EVENT_THEMES
from .themes import DIMENSIONS, Lexicon, load_lexicon

GATE_FILE = Path(__file__).with_name("gate.npz")
GROUPS = ("dimension", "theme", "event")
_STEPS = 127  # hashed weights are stored as signed bytes times one scale a head


class GateError(ValueError):
    """The gate file and the theme table do not belong together; the message says what to run."""


@dataclass(frozen=True)
class Scores:
    """Probabilities, one row a text. Columns: DIMENSIONS; the theme table's order; EVENT_THEMES."""

    dimension: NDArray[np.float64]
    theme: NDArray[np.float64]
    event: NDArray[np.float64]


@dataclass(frozen=True)
class Gate:
    """Weights per feature column and head. `meta` says on what it was trained and what was measured; `voting` names the
    themes whose heads judge the dimension too (those learned from whole reports), `vote` what their judgement weighs
    beside the dimension head's. `claims`: a scorer of claims learned with it; None: the shipped one."""

    layout: Layout
    idf: NDArray[np.float32]
    weights: dict[str, NDArray[np.float32]]
    meta: dict[str, object]
    voting: tuple[str, ...] = ()
    vote: float = 0.75
    claims: ScorerLike | None = None

    @property
    def scorer(self) -> ScorerLike:
        """What judges the claims drafted from an English text."""
        return self.claims or load_scorer()

    @cached_property
    def digest(self) -> str:
        """Which gate this is: two gates with the same weights have the same digest."""
        found = hashlib.sha256(self.idf.tobytes())
        for group in GROUPS:
            found.update(self.weights[group].tobytes())
        found.update("\n".join((*self.voting, str(self.vote))).encode())
        if isinstance(self.scorer, Scorer):
            found.update(self.scorer.digest.encode())
        return found.hexdigest()[:12]

    def score(self, readings: Sequence[Reading]) -> Scores:
        """Probabilities of every head for texts already read."""
        return self.score_rows(features.rows(readings, self.layout, self.idf))

    def score_rows(self, rows: sparse.csr_matrix) -> Scores:
        """The same for feature rows."""
        margins = {group: np.asarray(rows @ self.weights[group], dtype=np.float64) for group in GROUPS}
        return Scores(
            dimension=self._dimensions(margins), theme=sigmoid(margins["theme"]), event=softmax(margins["event"])
        )

    def _dimensions(self, margins: dict[str, NDArray[np.float64]]) -> NDArray[np.float64]:
        """Probabilities of the dimensions. The share of "none" is the dimension head's alone; what is left is shared
        out by the weighted mean (of logarithms) of the head's and the themes' judgement."""
        head = softmax(margins["dimension"])
        numbers = [self.layout.themes.index(theme) for theme in self.voting]
        if not numbers or not len(head):
            return head
        odds = np.exp(np.clip(margins["theme"], -40, 40))
        named = [i for i, dimension in enumerate(DIMENSIONS) if dimension != "none"]
        themes = np.zeros((len(head), len(named)))
        for number in numbers:  # column by column: NumPy's own order of adding changes with the number of texts
            dimension = self.layout.dimension_of[number]
            if dimension in named:
                themes[:, named.index(dimension)] += odds[:, number]
        themes /= themes.sum(1, keepdims=True)
        both = np.log(np.maximum(head[:, named], 1e-12)) + self.vote * np.log(np.maximum(themes, 1e-12))
        return np.column_stack([softmax(both / (1 + self.vote)) * head[:, named].sum(1, keepdims=True), head[:, -1]])


def softmax(margin: NDArray[np.float64]) -> NDArray[np.float64]:
    """Exclusive probabilities per row."""
    if margin.size == 0:
        return margin
    power = np.exp(margin - margin.max(1, keepdims=True))
    return np.asarray(power / power.sum(1, keepdims=True))


def sigmoid(margin: NDArray[np.float64]) -> NDArray[np.float64]:
    """Independent probabilities."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(margin, -40, 40))))


def save_gate(gate: Gate, path: Path) -> None:
    """Write a gate: dense columns as they are, hashed columns as bytes with one scale a head."""
    arrays: dict[str, NDArray[np.generic]] = {"idf": gate.idf.astype(np.float16)}
    dense = gate.layout.dense
    for group, weights in gate.weights.items():
        hashed = weights[dense:]
        scale = np.maximum(np.abs(hashed).max(0), 1e-9) / _STEPS
        arrays[f"{group}_dense"] = weights[:dense].astype(np.float32)
        arrays[f"{group}_scale"] = scale.astype(np.float32)
        arrays[f"{group}_hashed"] = np.rint(hashed / scale).astype(np.int8)
    known = {"themes": gate.layout.themes, "events": EVENT_THEMES, "voting": gate.voting, "vote": gate.vote}
    known["meta"] = gate.meta
    if isinstance(gate.claims, Scorer):
        arrays.update(scorer_arrays(gate.claims))
    header = json.dumps(known, sort_keys=True)
    arrays["header"] = np.frombuffer(header.encode(), np.uint8)
    with path.open("wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]


def read_gate(path: Path, lexicon: Lexicon) -> Gate:
    """Read a gate. Raises GateError when it was trained for another theme table."""
    if not path.exists():
        raise GateError(f"no gate at {path.name}; train one: python -m ingest.text.train_gate TEXTS --out {path.name}")
    with np.load(path, allow_pickle=False) as arrays:
        header = json.loads(bytes(arrays["header"]).decode())
        layout = Layout.of(lexicon)
        cells = len(arrays["idf"])
        if (tuple(header["themes"]), tuple(header["events"]), cells) != (layout.themes, EVENT_THEMES, features.CELLS):
            raise GateError(
                f"{path.name} was trained for another theme table or layout; run python -m ingest.text.train_gate again"
            )
        weights = {}
        for group in GROUPS:
            hashed = arrays[f"{group}_hashed"].astype(np.float32) * arrays[f"{group}_scale"]
            weights[group] = np.vstack([arrays[f"{group}_dense"], hashed])
        voting = tuple(header.get("voting", ()))  # files written before themes had a vote have none
        claims = scorer_of(dict(arrays)) if "claim_header" in arrays else None
        idf = arrays["idf"].astype(np.float32)
        return Gate(layout, idf, weights, header["meta"], voting, header.get("vote", Gate.vote), claims)


@cache
def load_gate(path: Path = GATE_FILE) -> Gate:
    """The gate at `path` for the shipped theme table, read once per process."""
    return read_gate(path, load_lexicon())


def lexicon_gate(lexicon: Lexicon) -> Gate:
    """A gate that has learned nothing: the prior every head starts from. For comparison and as a fallback."""
    from .gate_priors import dimension_prior, event_prior, theme_prior  # the priors import this module's names

    layout = Layout.of(lexicon)
    themes = np.stack([theme_prior(layout, theme).mean for theme in layout.themes], 1)
    weights = {
        "dimension": dimension_prior(layout).mean.astype(np.float32),
        "theme": themes.astype(np.float32),
        "event": event_prior(layout).mean.astype(np.float32),
    }
    return Gate(layout, np.zeros(features.CELLS, np.float32), weights, {"trained_on": "nothing"})


__all__ = [
    "DIMENSIONS",
    "EVENT_THEMES",
    "Gate",
    "GateError",
    "Scores",
    "lexicon_gate",
    "load_gate",
    "read_gate",
    "save_gate",
]
