"""Would a policy officer keep this claim? A probability for each claim drafted from an English text.

One logistic regression over what is known of the sentence: its words (hashed, with pairs and beginnings), the opening
of the document, the theme and its polarity, how the place was found, what share of the document's places it has, what
the gate thinks, deeds and states of the response (response.py), words of themes of no dimension. Trained by
train_claims.py on labelled claims, shipped as claims.npz (numbers only), refitted by `returnwatch learn` (learn.py).
Titles and texts of other languages are not scored: no labelled claims of theirs were in hand (docs/text.md).
"""

from __future__ import annotations

import hashlib
import json
import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

SCORER_FILE = Path(__file__).with_name("claims.npz")
LANGUAGE = "en"  # the one language claims were labelled in
SENTENCE_CELLS = 1 << 14
OPENING_CELLS = 1 << 12
CELLS = SENTENCE_CELLS + OPENING_CELLS
STEM = 5  # letters of a word that also count alone
WORD_LENGTH = 5.0  # length of the block of hashed words: a longer sentence has more words of less weight each
OPENING_WEIGHT = 0.5
RULES = ("sentence", "paragraph", "document", "declared")
OTHERS = ("coordination", "funding", "diplomacy", "sport")  # themes of no dimension
_STEPS = 127  # hashed weights are stored as signed bytes times one scale


class ScorerError(ValueError):
    """The scorer's file does not fit the theme table; the message says what to run."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a drafted claim. `words`: of its sentence, folded; `opening`: the first of the document;
    `rule`: how the place was found; `share`: the country's share of the places the document names; `probability` and
    `relevance`: the gate's; `deeds`, `states`: response.py; `others`: weight of words of themes of no dimension;
    `countries`: number of main ones of the document."""

    words: Sequence[str]
    theme: str
    dimension: str
    polarity: int
    opening: Sequence[str] = ()
    rule: str = "sentence"
    has_region: bool = True
    share: float = 0.7
    is_main: bool = True
    probability: float = 0.5
    relevance: float = 0.9
    strength: float = 2.0
    quantities: int = 0
    position: int = 10
    deeds: int = 0
    states: int = 0
    others: dict[str, float] = field(default_factory=dict)
    responses: float = 0.3  # share of the document's sentences with a theme that are about the response
    countries: int = 2
    document_others: dict[str, float] = field(default_factory=dict)  # the gate's, of themes of no dimension
    draft: tuple[str, int, str, str, str | None] | None = None  # part, start, theme, country, region; not judged


class ScorerLike(Protocol):
    """Whatever gives a drafted claim a probability."""

    def probability(self, facts: Facts) -> float: ...


def dense_names(themes: Sequence[str]) -> tuple[str, ...]:
    """The columns before the hashed words, in order."""
    kinds = ("legal", "physical", "material", "worse", "unsaid", "better", *RULES)
    numbers = (
        "constant", "region", "share", "main", "probability", "relevance", "strength", "figures", "quantities",
        "length", "early", "position", "deeds", "states", "only_deeds",
        "responses", "countries",
    )  # fmt: skip
    return (
        *numbers,
        *kinds,
        *OTHERS,
        *(f"document:{theme}" for theme in OTHERS),
        *(f"theme:{theme}" for theme in themes),
    )


def dense_row(facts: Facts, columns: dict[str, int]) -> NDArray[np.float64]:
    """The columns before the hashed words."""
    row = np.zeros(len(columns))
    values = {
        "constant": 1.0,
        "region": float(facts.has_region),
        "share": 2 * facts.share,
        "main": float(facts.is_main),
        "probability": 2 * facts.probability,
        "relevance": 2 * facts.relevance,
        "strength": min(facts.strength, 6.0) / 3,
        "figures": float(any(word[0].isdigit() for word in facts.words)),
        "quantities": float(min(facts.quantities, 2)),
        "length": math.log(len(facts.words) + 1) - 3,
        "early": float(facts.position < 3),
        "position": math.log(1 + facts.position) / 3,
        "deeds": min(facts.deeds, 4) / 2,
        "states": min(facts.states, 4) / 2,
        "only_deeds": float(facts.deeds > 0 and facts.states == 0),
        facts.dimension: 1.0,
        ("unsaid", "better", "worse")[facts.polarity]: 1.0,
        facts.rule.split(":")[0]: 1.0,
        f"theme:{facts.theme}": 1.0,
        "responses": 2 * facts.responses,
        "countries": math.log(1 + facts.countries),
        **{f"document:{name}": 2 * value for name, value in facts.document_others.items()},
        **{name: weight / 2 for name, weight in facts.others.items()},
    }
    for name, value in values.items():
        if name in columns:
            row[columns[name]] = value
    return row


@lru_cache(maxsize=200_000)
def _cell(token: str) -> int:
    return zlib.crc32(token.encode()) & 0x7FFFFFFF


def _form(word: str) -> str:
    return "#" if word[0].isdigit() else word


@lru_cache(maxsize=100_000)
def _word_cells(form: str) -> tuple[int, ...]:
    """Cells of one word and, of a longer one, of its beginning."""
    tokens = (f"w:{form}", f"s:{form[:STEM]}") if len(form) > STEM else (f"w:{form}",)
    return tuple(_cell(token) % SENTENCE_CELLS for token in tokens)


@lru_cache(maxsize=512)
def _plain_cells(words: tuple[str, ...]) -> tuple[list[str], frozenset[int]]:
    """(forms, cells that do not depend on a theme) of a sentence."""
    forms = [_form(word) for word in words]
    cells = {cell for form in forms for cell in _word_cells(form)}
    cells.update(_cell(f"b:{one} {two}") % SENTENCE_CELLS for one, two in pairwise(forms))
    cells.update(_cell(f"first:{form}") % SENTENCE_CELLS for form in forms[:1])
    return forms, frozenset(cells)


@lru_cache(maxsize=512)
def sentence_cells(words: tuple[str, ...], theme: str) -> tuple[NDArray[np.int64], float]:
    """(cells, value of each) of a sentence's words, pairs, beginnings, first word, and beginnings under its theme."""
    forms, plain = _plain_cells(words)
    own = {_cell(f"{theme}:{form[:STEM]}") % SENTENCE_CELLS for form in forms}
    cells = np.array(sorted(plain | own), np.int64)
    return cells, WORD_LENGTH / math.sqrt(max(len(cells), 1))


@lru_cache(maxsize=512)
def opening_cells(words: tuple[str, ...]) -> NDArray[np.int64]:
    """Cells of the words of a document's opening."""
    return np.array(sorted({SENTENCE_CELLS + _cell(f"t:{_form(word)}") % OPENING_CELLS for word in words}), np.int64)


@dataclass(frozen=True)
class Scorer:
    """Weights: of the dense columns, named by `columns`, and of the hashed cells."""

    columns: tuple[str, ...]
    dense: NDArray[np.float32]
    hashed: NDArray[np.float32]
    meta: dict[str, object]

    @cached_property
    def _index(self) -> dict[str, int]:
        return {name: number for number, name in enumerate(self.columns)}

    @cached_property
    def digest(self) -> str:
        """Which scorer this is."""
        return hashlib.sha256(self.dense.tobytes() + self.hashed.tobytes()).hexdigest()[:12]

    def probability(self, facts: Facts) -> float:
        """0-1: how likely a person keeps the claim."""
        margin = float(dense_row(facts, self._index) @ self.dense)
        cells, value = sentence_cells(tuple(facts.words), facts.theme)
        margin += value * float(self.hashed[cells].sum())
        margin += OPENING_WEIGHT * float(self.hashed[opening_cells(tuple(facts.opening))].sum())
        return 1.0 / (1.0 + math.exp(-max(-40.0, min(40.0, margin))))


def scorer_arrays(scorer: Scorer) -> dict[str, NDArray[np.generic]]:
    """A scorer as arrays for a .npz file: hashed weights as bytes with one scale."""
    scale = max(float(np.abs(scorer.hashed).max()), 1e-9) / _STEPS
    header = json.dumps({"columns": scorer.columns, "meta": scorer.meta}, sort_keys=True)
    return {
        "claim_header": np.frombuffer(header.encode(), np.uint8),
        "claim_dense": scorer.dense.astype(np.float32),
        "claim_scale": np.array([scale], np.float32),
        "claim_hashed": np.rint(scorer.hashed / scale).astype(np.int8),
    }


def scorer_of(arrays: dict[str, NDArray[np.generic]]) -> Scorer:
    """The scorer in the arrays of a .npz file. Raises ScorerError for another layout."""
    header = json.loads(arrays["claim_header"].tobytes().decode())
    hashed = arrays["claim_hashed"].astype(np.float32) * arrays["claim_scale"].astype(np.float32)
    columns = tuple(header["columns"])
    if len(hashed) != CELLS or len(arrays["claim_dense"]) != len(columns):
        raise ScorerError("the scorer of claims has another layout; run python -m ingest.text.train_claims again")
    return Scorer(columns, arrays["claim_dense"].astype(np.float32), hashed, header["meta"])


@cache
def load_scorer(path: Path = SCORER_FILE) -> Scorer:
    """The shipped scorer, read once per process."""
    if not path.exists():
        raise ScorerError(f"no scorer at {path.name}; train one: python -m ingest.text.train_claims")
    with np.load(path, allow_pickle=False) as arrays:
        return scorer_of(dict(arrays))
