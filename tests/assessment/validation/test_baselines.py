"""Baselines by hand, and none of them may look ahead."""

from __future__ import annotations

import numpy as np
import pytest

from assessment.forecast_model import labels
from assessment.validation.baselines import BASELINES, Story, window_met
from assessment.validation.panel import Panel
from assessment.validation.rows import lagged, story

from .worlds import world


def one_unit(events: list[float], deaths: list[float] | None = None) -> Panel:
    months = np.arange(np.datetime64("2020-01", "M"), np.datetime64("2020-01", "M") + len(events))
    counts = {"n_events": np.array([events], dtype=float)}
    if deaths is not None:
        counts["deaths"] = np.array([deaths], dtype=float)
    return Panel(np.array(["A | X"]), np.array(["A"]), months, counts)


def guess(name: str, told: Story):
    return BASELINES[name](told)


def test_by_hand_one_month_ahead() -> None:
    events = [0, 3, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 5, 0]
    told = story(one_unit(events), ("any_event", 1))
    assert guess("share_12", told).probability[0, -1] == pytest.approx(2 / 12)
    assert guess("climatology", told).probability[0, -1] == pytest.approx(3 / 14)
    assert guess("mean_12", told).score[0, -1] == pytest.approx(np.log1p(6 / 12))
    assert guess("last_month", told).score[0, -2] == pytest.approx(np.log1p(5))
    assert guess("persistence", told).probability[0, -2:].tolist() == [1, 0]
    assert not guess("zero", told).score.any()
    weights = 0.5 ** (np.arange(14)[::-1] / 3.0)
    share = (weights * (np.array(events) > 0)).sum() / weights.sum()
    assert guess("ewma_3", told).score[0, -1] == pytest.approx(share)


def test_horizons_by_hand() -> None:
    panel = one_unit([1] * 15, [0, 6, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    told = story(panel, ("deaths_10", 3))
    # months 1 and 2 together reach 10 in the windows that end in months 2 and 3 only
    assert np.nan_to_num(told.window_met[0]).tolist() == [0, 0, 1, 1] + [0] * 11
    assert np.isnan(told.window_met[0, :2]).all()
    assert not told.met.any()
    assert guess("share_12_windows", told).probability[0, 13] == pytest.approx(2 / 12)
    assert guess("share_12", told).probability[0, 13] == 0.0
    monthly = story(one_unit([1, 0, 0, 0] * 4), ("any_event", 6))
    assert guess("share_12", monthly).probability[0, -1] == pytest.approx(1 - (1 - 3 / 12) ** 6)


def test_national_mean_is_the_country_alone() -> None:
    told = story(world(), ("any_event", 1))
    mean = guess("national_mean", told).score[:, -1]
    unit_share = guess("share_12_windows", told).score[:, -1]
    here = told.panel.countries == "C3"
    assert np.allclose(mean[here], unit_share[here].mean())


@pytest.mark.parametrize("question", [("any_event", 1), ("deaths_25", 6), ("escalation", 1), ("onset", 1)])
@pytest.mark.parametrize("name", sorted(BASELINES))
def test_no_baseline_looks_ahead(name: str, question: tuple[str, int]) -> None:
    panel = world(units=20)
    cut = 60
    later = {k: v.copy() for k, v in panel.counts.items()}
    for values in later.values():
        values[:, cut:] = 99.0
    changed = Panel(panel.units, panel.countries, panel.months, later)
    before, after = BASELINES[name](story(panel, question)), BASELINES[name](story(changed, question))
    assert np.array_equal(before.score[:, :cut], after.score[:, :cut])
    if before.probability is not None and after.probability is not None:
        assert np.array_equal(before.probability[:, :cut], after.probability[:, :cut])
        assert (before.probability >= 0).all()
        assert (before.probability <= 1).all()


def test_escalation_share_is_of_past_escalations() -> None:
    panel = world(units=20)
    told = story(panel, ("escalation", 1))
    past = np.nan_to_num(labels(panel, ("escalation", 1))[:, :-1])
    assert np.array_equal(told.met[:, 1:], past)


def test_lag_hides_the_newest_months() -> None:
    values = np.arange(10.0)[None]
    assert lagged(values, 2)[0].tolist() == [0, 0, 0, 1, 2, 3, 4, 5, 6, 7]
    assert lagged(values, 0) is values


def test_window_of_one_month_is_the_month() -> None:
    values = np.array([[0.0, 2.0, 0.0]])
    assert window_met(values, 1, 1).tolist() == [[0, 1, 0]]
