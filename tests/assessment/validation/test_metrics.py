"""Metrics against an independent implementation, by hand, and their intervals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from assessment.validation import metrics

sklearn_metrics = pytest.importorskip("sklearn.metrics")

cases = st.integers(0, 2**32 - 1).map(np.random.default_rng)


def sample(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Outcomes and tied scores, both kinds of outcome present."""
    n = int(random.integers(4, 200))
    y = (random.random(n) < random.uniform(0.05, 0.9)).astype(float)
    y[0], y[1] = 0.0, 1.0
    return y, np.round(random.random(n), int(random.integers(0, 3)))


@settings(max_examples=300, deadline=None)
@given(cases)
def test_equal_to_an_independent_implementation(random: np.random.Generator) -> None:
    y, p = sample(random)
    assert metrics.average_precision(y, p) == pytest.approx(sklearn_metrics.average_precision_score(y, p))
    assert metrics.auroc(y, p) == pytest.approx(sklearn_metrics.roc_auc_score(y, p))
    assert metrics.brier(y, p) == pytest.approx(sklearn_metrics.brier_score_loss(y, p))
    inside = np.clip(p, 1e-3, 1 - 1e-3)
    assert metrics.log_loss(y, p) == pytest.approx(sklearn_metrics.log_loss(y, inside))
    counts = np.round(random.random(len(y)) * 5)
    if counts.std() and p.std():
        assert metrics.spearman(counts, p) == pytest.approx(spearmanr(counts, p).statistic)


def test_by_hand() -> None:
    y, p = np.array([1.0, 0.0, 1.0, 0.0]), np.array([0.9, 0.8, 0.7, 0.1])
    assert metrics.average_precision(y, p) == pytest.approx((1 / 1 + 2 / 3) / 2)
    assert metrics.auroc(y, p) == pytest.approx(3 / 4)
    assert metrics.brier(y, p) == pytest.approx((0.01 + 0.64 + 0.09 + 0.01) / 4)


def test_a_constant_score_ranks_nothing() -> None:
    y = np.array([1.0, 0.0, 0.0, 0.0])
    flat = np.zeros(4)
    assert metrics.average_precision(y, flat) == pytest.approx(0.25)
    assert metrics.auroc(y, flat) == pytest.approx(0.5)
    assert metrics.spearman(y, flat) == 0.0
    assert np.isnan(metrics.average_precision(np.zeros(4), flat))


@settings(max_examples=100, deadline=None)
@given(cases)
def test_drawing_every_country_once_gives_the_point_value(random: np.random.Generator) -> None:
    y, p = sample(random)
    countries = random.choice(["A", "B", "C"], len(y))
    drawn = metrics.draw_countries(countries, 5, 1)
    once = metrics.Drawn(np.ones((1, drawn.weights.shape[1])), drawn.country)
    draws = metrics.drawn_scores(y, p, p, y, once)
    for name, value in metrics.point_scores(y, p, p, y).items():
        assert draws[name][0] == pytest.approx(value, abs=1e-9), name


def test_a_country_drawn_twice_counts_twice() -> None:
    random = np.random.default_rng(3)
    y, p = sample(random)
    countries = np.where(np.arange(len(y)) % 3 == 0, "A", "B")
    twice = np.concatenate([np.arange(len(y)), np.flatnonzero(countries == "A")])
    drawn = metrics.draw_countries(countries, 1, 1)
    weighted = metrics.Drawn(np.array([[2.0, 1.0]]), drawn.country)
    draws = metrics.drawn_scores(y, p, p, y, weighted)
    for name in ("average_precision", "auroc", "brier", "log_loss"):
        assert draws[name][0] == pytest.approx(metrics.point_scores(y[twice], p[twice], p[twice], y[twice])[name])


def test_blocks_of_like_countries_widen_the_interval() -> None:
    """Rows of a country share its fate: country blocks must say more doubt than rows drawn one by one."""
    random = np.random.default_rng(5)
    country = np.repeat(np.arange(12), 100)
    rate = np.repeat(random.uniform(0.02, 0.7, 12), 100)
    y = (random.random(1200) < rate).astype(float)
    p = np.full(1200, y.mean())

    def width(groups: np.ndarray) -> float:
        drawn = metrics.draw_countries(groups.astype(str), 400, 2)
        low, high = metrics.interval(metrics.drawn_scores(y, p, p, y, drawn)["brier"])  # type: ignore[misc]
        return high - low

    assert width(country) > 2 * width(np.arange(1200))


def test_same_seed_same_draws() -> None:
    countries = np.array(["A", "B", "C", "A"])
    assert np.array_equal(
        metrics.draw_countries(countries, 9, 4).weights, metrics.draw_countries(countries, 9, 4).weights
    )
    assert metrics.draw_countries(countries, 9, 4).weights.sum(axis=1).tolist() == [3.0] * 9


def test_reliability_finds_a_bold_and_a_biased_forecast() -> None:
    random = np.random.default_rng(7)
    odds = random.normal(-1, 1.5, 20000)
    truth = 1 / (1 + np.exp(-odds))
    y = (random.random(20000) < truth).astype(float)
    good = metrics.reliability(y, truth)
    assert good["slope"] == pytest.approx(1.0, abs=0.05)
    assert good["gap"] < 0.015
    bold = metrics.reliability(y, 1 / (1 + np.exp(-2 * odds)))
    assert bold["slope"] == pytest.approx(0.5, abs=0.05)
    biased = metrics.reliability(y, np.clip(truth * 1.5, 0, 1))
    assert biased["ratio"] > 1.3
    assert sum(row["rows"] for row in good["table"]) == 20000  # type: ignore[attr-defined]


def test_no_interval_from_hardly_any_draws() -> None:
    assert metrics.interval(np.array([0.1] * 19 + [np.nan] * 80)) is None
    assert metrics.interval(np.linspace(0, 1, 1001)) == pytest.approx((0.025, 0.975))
