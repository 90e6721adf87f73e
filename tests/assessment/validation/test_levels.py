"""Levels and what followed: made-up places where the truth is known."""

import numpy as np
import pytest

from assessment import framework as frameworks
from assessment.validation import levels
from assessment.validation.index import place_index

from .worlds import world_and_rates

FRAMEWORK = frameworks.load()


@pytest.fixture(scope="module")
def places():
    panel, _ = world_and_rates(units=150, months=90, countries=12, seed=5)
    return panel, np.full(len(panel.units), 1e6)


def test_levels_follow_the_borders_of_the_framework() -> None:
    score = np.array([[100.0, 80, 79.9, 60, 40, 20, 19.9, np.nan]])
    assert levels.level_of(FRAMEWORK, score)[0].tolist() == [1, 1, 2, 2, 3, 4, 5, 0]


def test_deaths_ahead_by_hand(places) -> None:
    panel, people = places
    ahead = levels.deaths_ahead(panel, people)
    assert ahead[3, 10] == pytest.approx(panel.counts["deaths"][3, 11:17].sum() / 10 * 2)  # per 100 000, a year
    assert np.isnan(ahead[:, -6:]).all()


def test_a_score_that_knows_something_has_rising_levels_and_a_shuffled_one_has_not(places) -> None:
    panel, people = places
    index = place_index(panel, FRAMEWORK, people)
    good = levels.ordering(FRAMEWORK, panel, index, people, str(panel.months[30]))
    rates = [row[2] for row in good["tables"][0]["rows"] if row[1] >= levels.LEAST]
    assert rates == sorted(rates)
    mixed = np.random.default_rng(1).permutation(index.score.ravel()).reshape(index.score.shape)
    blind = levels.ordering(FRAMEWORK, panel, type(index)(index.raw, mixed, mixed), people, str(panel.months[30]))
    assert blind["verdict"] == "fail"


def test_green_that_was_dangerous_is_seen_and_no_green_gives_no_verdict(places) -> None:
    panel, people = places
    index = place_index(panel, FRAMEWORK, people)
    painted = np.full(index.score.shape, 100.0)
    found = levels.dangerous_green(
        FRAMEWORK, panel, type(index)(index.raw, painted, painted), people, str(panel.months[30]), []
    )
    by_name = {check["check"]: check for check in found["checks"]}
    ahead = levels.deaths_ahead(panel, people)[:, 31:]
    assert by_name["share"]["value"] == pytest.approx((ahead[np.isfinite(ahead)] > 5).mean(), abs=1e-4)
    assert found["verdict"] == "fail"
    assert by_name["published"]["verdict"] == "not_enough_data"
    red = levels.dangerous_green(
        FRAMEWORK, panel, type(index)(index.raw, painted * 0, painted * 0), people, str(panel.months[30]), []
    )
    assert red["verdict"] == "not_enough_data"


def test_skill_of_the_truth_is_one_and_of_the_shares_none() -> None:
    random = np.random.default_rng(3)
    pairs = [random.integers(1, 6, 400) for _ in range(4)]
    assert levels._skill([(np.eye(5)[level - 1], level) for level in pairs]).value == pytest.approx(1.0)
    flat = levels._skill([(np.full((400, 5), 0.2), level) for level in pairs])
    assert abs(flat.value) < 0.05
