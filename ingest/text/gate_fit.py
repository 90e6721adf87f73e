"""Fit the gate's heads: logistic regression with a Gaussian prior, by L-BFGS. NumPy and SciPy only.

There are far more columns than texts, so the search goes on in the space the texts span (`_Span`): the best weights lie
in it, and a fit takes a tenth of the time.

The prior has a mean: a head starts from "its own theme words count for it" and the data move it from there, so a head
with twenty examples is a corrected lexicon, not noise. The same function refits a shipped gate on people's decisions,
with the shipped weights as the mean (learn.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize

Array = NDArray[np.float64]
MOST_TEXTS = 1500  # above, the columns are cheaper than the square of the texts


@dataclass(frozen=True)
class Prior:
    """Mean and standard deviation of the weights before data, per column (sd) and per column and head (mean)."""

    mean: Array
    sd: Array


def fit_binary(
    rows: sparse.csr_matrix,
    target: Array,
    weight: Array,
    prior: Prior,
    iterations: int = 200,
    against: Array | None = None,
) -> Array:
    """Weights of one yes/no head. `target` in [0, 1], `weight` >= 0 per row; `against`: a margin per row that the
    head's margin has to exceed. Deterministic."""
    span = _Span.of(rows, prior)
    offset = np.asarray(rows @ prior.mean).ravel() - (0.0 if against is None else against)

    def loss(step: Array) -> tuple[float, Array]:
        margin = offset + span.margins @ step
        value = float((weight * (np.logaddexp(0, margin) - target * margin)).sum() + 0.5 * step @ step)
        slope = weight * (_sigmoid(margin) - target)
        return value, span.margins.T @ slope + step

    start = np.zeros(span.margins.shape[1])
    result = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": iterations})
    return prior.mean + prior.sd * span.weights(result.x)


def fit_softmax(rows: sparse.csr_matrix, target: Array, weight: Array, prior: Prior, iterations: int = 200) -> Array:
    """Weights of exclusive classes, columns x classes. `target` rows sum to 1."""
    classes = target.shape[1]
    span = _Span.of(rows, prior)
    offset = np.asarray(rows @ prior.mean)

    def loss(flat: Array) -> tuple[float, Array]:
        step = flat.reshape(-1, classes)
        margin = offset + span.margins @ step
        margin = margin - margin.max(1, keepdims=True)
        log_sum = np.log(np.exp(margin).sum(1, keepdims=True))
        value = float((weight * ((log_sum - margin) * target).sum(1)).sum() + 0.5 * flat @ flat)
        slope = weight[:, None] * (np.exp(margin - log_sum) - target)
        return value, np.asarray(span.margins.T @ slope + step).ravel()

    start = np.zeros(span.margins.shape[1] * classes)
    result = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": iterations})
    return prior.mean + prior.sd[:, None] * span.weights(result.x.reshape(-1, classes))


@dataclass(frozen=True)
class _Span:
    """Coordinates of rows times sd. `margins`: texts x coordinates; a step there is `weights(step)` per column."""

    scaled: sparse.csr_matrix
    margins: Array | sparse.csr_matrix
    back: Array | None  # texts x coordinates; None: the coordinates are the columns themselves

    @classmethod
    def of(cls, rows: sparse.csr_matrix, prior: Prior) -> _Span:
        """The texts' own span when there are fewer texts than MOST_TEXTS, else the columns."""
        scaled = sparse.csr_matrix(rows @ sparse.diags(prior.sd))
        if scaled.shape[0] > MOST_TEXTS:
            return cls(scaled, scaled, None)
        values, vectors = np.linalg.eigh((scaled @ scaled.T).toarray())
        kept = values > max(values[-1] * 1e-10, 1e-12)
        length = np.sqrt(values[kept])
        return cls(scaled, vectors[:, kept] * length, vectors[:, kept] / length)

    def weights(self, step: Array) -> Array:
        """A step in these coordinates as weights per column, before they are multiplied by sd."""
        return step if self.back is None else np.asarray(self.scaled.T @ (self.back @ step))


def balanced(target: Array, weight: Array, strength: float = 1.0) -> Array:
    """Row weights under which the classes of `target` (columns) weigh more alike; 0 leaves them, 1 makes them equal."""
    mass = (target * weight[:, None]).sum(0)
    factor = np.where(mass > 0, (mass.sum() / np.maximum(mass, 1e-9) / max((mass > 0).sum(), 1)) ** strength, 1.0)
    return np.asarray(weight * (target @ factor))


def _sigmoid(margin: Array) -> Array:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(margin, -40, 40))))
