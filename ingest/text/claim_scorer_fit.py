"""Fit the scorer of claims: from nothing on labelled claims, or from the shipped weights on people's decisions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from .claim_scorer import CELLS, OPENING_WEIGHT, Facts, Scorer, dense_names, dense_row, opening_cells, sentence_cells
from .gate_fit import Prior, fit_binary
from .themes import load_lexicon

# How far a weight may move, as standard deviation. The first two were chosen by cross-validation over documents.
DENSE_SPREAD = 0.7
HASHED_SPREAD = 0.5
REFIT_SPREAD = 0.3


def rows_of(facts: Sequence[Facts], columns: Sequence[str]) -> sparse.csr_matrix:
    """Feature rows: the dense columns, then the hashed cells."""
    index = {name: number for number, name in enumerate(columns)}
    rows = sparse.lil_matrix((len(facts), len(columns) + CELLS))
    for number, one in enumerate(facts):
        rows[number, : len(columns)] = dense_row(one, index)
        cells, value = sentence_cells(tuple(one.words), one.theme)
        rows[number, len(columns) + cells] = value
        rows[number, len(columns) + opening_cells(tuple(one.opening))] = OPENING_WEIGHT
    return rows.tocsr()


def fit(facts: Sequence[Facts], keep: NDArray[np.float64], meta: dict[str, object]) -> Scorer:
    """A scorer from labelled drafts, starting from nothing."""
    columns = dense_names(tuple(load_lexicon().themes))
    spread = np.concatenate([np.full(len(columns), DENSE_SPREAD), np.full(CELLS, HASHED_SPREAD)])
    prior = Prior(np.zeros(len(spread)), spread)
    weights = fit_binary(rows_of(facts, columns), keep, np.ones(len(keep)), prior).astype(np.float32)
    return Scorer(columns, weights[: len(columns)], weights[len(columns) :], meta)


def refit(scorer: Scorer, facts: Sequence[Facts], keep: NDArray[np.float64]) -> Scorer:
    """A scorer moved from the weights it has by judged claims."""
    mean = np.concatenate([scorer.dense, scorer.hashed]).astype(np.float64)
    prior = Prior(mean, np.full(len(mean), REFIT_SPREAD))
    rows = rows_of(facts, scorer.columns)
    weights = fit_binary(rows, keep, np.ones(len(keep)), prior, 100).astype(np.float32)
    return Scorer(scorer.columns, weights[: len(scorer.columns)], weights[len(scorer.columns) :], scorer.meta)
