"""What every head believes before it sees data: its own theme words speak for it, all else is silent.

The spreads (sd) were chosen by cross-validation inside the tuning part of the labelled reports and event snippets; no
held-out text was used. A head with few examples stays close to the mean, that is, to the bare lexicon.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .features import TITLE_CELLS, WORD_CELLS, Layout
from .gate_fit import Prior
from .labels import EVENT_THEMES
from .themes import DIMENSIONS


def _spread(
    layout: Layout, *, counts: float, shares: float, opening: float, dimensions: float, words: float, title: float
) -> NDArray[np.float64]:
    size = len(layout.themes)
    parts = [
        np.array([3.0]),
        np.full(size, counts),
        np.full(size, shares),
        np.full(size, opening),
        np.full(len(DIMENSIONS), dimensions),
        np.full(WORD_CELLS, words),
        np.full(TITLE_CELLS, title),
    ]
    return np.concatenate(parts)


def dimension_prior(layout: Layout, words: float = 1.4) -> Prior:
    """Exclusive heads over DIMENSIONS: a dimension's share of the theme words speaks for it. `words`: how far a hashed
    word may move (standard deviation)."""
    mean = np.zeros((layout.size, len(DIMENSIONS)))
    first = 1 + 3 * len(layout.themes)
    for number in range(len(DIMENSIONS)):
        mean[first + number, number] = 1.5
    return Prior(mean, _spread(layout, counts=0.5, shares=1.0, opening=0.5, dimensions=2.0, words=words, title=words))


def theme_prior(layout: Layout, theme: str, *, in_domain: bool = True) -> Prior:
    """One yes/no head. Heads without labelled reports (`in_domain` false) may move little: labels from other kinds of
    text mislead on reports."""
    size, own = len(layout.themes), layout.themes.index(theme)
    mean = np.zeros(layout.size)
    mean[0], mean[1 + own], mean[1 + size + own], mean[1 + 2 * size + own] = -3.5, 0.3, 4.0, 0.2
    if in_domain:
        return Prior(mean, _spread(layout, counts=0.3, shares=1.0, opening=0.2, dimensions=1.0, words=4.0, title=3.0))
    return Prior(mean, _spread(layout, counts=0.1, shares=0.5, opening=0.1, dimensions=0.3, words=0.7, title=0.0))


def event_prior(layout: Layout) -> Prior:
    """Exclusive heads over EVENT_THEMES."""
    size = len(layout.themes)
    mean = np.zeros((layout.size, len(EVENT_THEMES)))
    for number, theme in enumerate(EVENT_THEMES):
        own = layout.themes.index(theme)
        mean[1 + own, number], mean[1 + size + own, number] = 1.0, 3.0
    return Prior(mean, _spread(layout, counts=0.5, shares=2.0, opening=0.3, dimensions=1.0, words=3.0, title=4.0))
