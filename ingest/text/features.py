"""The numbers the gate sees of a text: theme words, their shares, and hashed words. No word is stored.

Layout of a feature row: one constant; per theme log(1 + weight found), the square root of its share of all weight
found, and log(1 + weight found in the opening); per dimension its share; then cells of the hashed words of the whole
text, and of the words of its title and their beginnings (log counts times idf, each block of length 1, less for a
handful of words).
The opening is the title and the first line: it says what a report is about, so its words count double and its theme
words threefold; the title alone has cells of its own.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from .lexicon import Found
from .themes import DIMENSIONS, Lexicon
from .tokens import Words

WORD_CELLS = 1 << 16
TITLE_CELLS = 1 << 13
CELLS = WORD_CELLS + TITLE_CELLS
OPENING = 25  # words
TITLE = 12  # words
STEM = 5  # letters of a word of the title that also count alone: "bombed" and "bombing" meet
THEME_OPENING = 3.0
SMOOTH = 10.0  # weight added to a text's total before shares are taken: short texts say little
FEW_WORDS = 5.0  # a block as long as this, before it is made 1, keeps 0.7 of its length; reports are ten times as long
WORDS_READ = 6000  # words of a text that count; a longer one has said what it is about


@dataclass(frozen=True, slots=True)
class Reading:
    """What is needed of one text: its words and the theme words found in it (triggers included or not)."""

    words: Words
    found: Sequence[Found]


@lru_cache(maxsize=300_000)
def _cell(word: str) -> int:
    return zlib.crc32(word.encode()) & 0x7FFFFFFF


@dataclass(frozen=True)
class Layout:
    """Which column is what, for one theme table."""

    themes: tuple[str, ...]
    dimension_of: NDArray[np.int64]  # per theme, index into DIMENSIONS

    @classmethod
    def of(cls, lexicon: Lexicon) -> Layout:
        """The layout for a theme table; a new theme makes a new layout and needs a new gate."""
        dimension = [DIMENSIONS.index(theme.dimension) for theme in lexicon.themes.values()]
        return cls(tuple(lexicon.themes), np.array(dimension))

    @property
    def dense(self) -> int:
        """Number of columns before the hashed words."""
        return 1 + 3 * len(self.themes) + len(DIMENSIONS)

    @property
    def size(self) -> int:
        """Number of columns."""
        return self.dense + CELLS


def theme_weights(reading: Reading, layout: Layout) -> NDArray[np.float64]:
    """Weight of theme words found per theme (the opening counted threefold), then the same for the opening alone."""
    index = {theme: number for number, theme in enumerate(layout.themes)}
    weights = np.zeros(2 * len(index))
    for match in reading.found:
        number = index.get(match.label)
        if number is None or match.first >= WORDS_READ:
            continue
        if match.first < OPENING:
            weights[number] += match.weight * THEME_OPENING
            weights[len(index) + number] += match.weight
        else:
            weights[number] += match.weight
    return weights


def dense_rows(weights: NDArray[np.float64], layout: Layout) -> NDArray[np.float64]:
    """The columns that come from theme words, for rows of `theme_weights`."""
    whole, opening = np.split(weights, 2, axis=1)
    total = whole.sum(1, keepdims=True) + SMOOTH
    dimension = np.stack([whole[:, layout.dimension_of == d].sum(1) for d in range(len(DIMENSIONS))], 1)
    parts = (np.ones((len(weights), 1)), np.log1p(whole), np.sqrt(whole / total), np.log1p(opening), dimension / total)
    return np.hstack(parts)


def hashed_counts(words: Words) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Cells of the words of a text and of those of its title, and log(1 + count) of each."""
    folded = words.folded[:WORDS_READ]
    if not folded:
        return np.zeros(0, np.int64), np.zeros(0)
    single = np.fromiter((_cell("0" if word.isdigit() else word) for word in folded), np.int64, len(folded))
    whole = np.concatenate([single, single[:OPENING]]) % WORD_CELLS
    stems = [_cell("^" + word[:STEM]) for word in folded[:TITLE] if not word.isdigit()]
    title = np.concatenate([single[:TITLE], np.array(stems, dtype=np.int64)]) % TITLE_CELLS
    cells, counts = np.unique(np.concatenate([whole, WORD_CELLS + title]), return_counts=True)
    return cells, np.log1p(counts)


def rows(readings: Sequence[Reading], layout: Layout, idf: NDArray[np.floating]) -> sparse.csr_matrix:
    """Feature rows of texts, one row a text."""
    if not readings:
        return sparse.csr_matrix((0, layout.size))
    weights = np.stack([theme_weights(reading, layout) for reading in readings])
    return stack(dense_rows(weights, layout), [hashed_counts(reading.words) for reading in readings], idf)


def stack(
    dense: NDArray[np.float64],
    hashed: Sequence[tuple[NDArray[np.int64], NDArray[np.float64]]],
    idf: NDArray[np.floating],
) -> sparse.csr_matrix:
    """Dense columns and hashed cells as one sparse matrix; hashed cells weighted by idf, each block of length 1."""
    values, columns, pointer = [], [], [0]
    for cells, counts in hashed:
        weighted = counts * idf[cells]
        values += [_shortened(block) for block in np.split(weighted, [np.searchsorted(cells, WORD_CELLS)])]
        columns.append(cells)
        pointer.append(pointer[-1] + len(cells))
    body = sparse.csr_matrix((np.concatenate(values), np.concatenate(columns), pointer), shape=(len(hashed), CELLS))
    return sparse.hstack([sparse.csr_matrix(dense), body], format="csr")


def _shortened(block: NDArray[np.float64]) -> NDArray[np.float64]:
    """A block at length 1, or less when it holds but a few words."""
    return block / np.sqrt((block**2).sum() + FEW_WORDS**2)


def idf_of(hashed: Sequence[tuple[NDArray[np.int64], NDArray[np.float64]]]) -> NDArray[np.float32]:
    """Inverse document frequency of each cell over a set of texts; a cell in one text only counts as unseen (0)."""
    frequency = np.zeros(CELLS)
    for cells, _ in hashed:
        frequency[cells] += 1
    idf = np.log((1 + len(hashed)) / (1 + frequency)) + 1
    return np.where(frequency > 1, idf, 0.0).astype(np.float32)
