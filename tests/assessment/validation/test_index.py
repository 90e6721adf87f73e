"""The score of the place on a panel, against arithmetic by hand."""

import numpy as np
import pytest
from scipy.stats import gamma

from assessment import framework as frameworks
from assessment.validation.index import place_index
from assessment.validation.panel import Panel

from .worlds import world

FRAMEWORK = frameworks.load()


def panel_of(deaths: list[float], one_sided: list[float]) -> Panel:
    months = np.arange(np.datetime64("2020-01", "M"), np.datetime64("2020-01", "M") + len(deaths))
    row = np.array([deaths])
    return Panel(
        np.array(["XA-1"]), np.array(["XXA"]), months,
        {"deaths": row, "n_events": row / 2, "n_os": np.array([one_sided])},
    )  # fmt: skip


def test_one_region_by_hand() -> None:
    deaths = [0.0, 0, 0, 4, 0, 0, 0, 0, 10, 0, 0, 2]
    panel = panel_of(deaths, [0.0] * 11 + [1.0])
    found = place_index(panel, FRAMEWORK, np.array([2_000_000.0]))
    first = panel.months.astype("datetime64[D]")
    days = (first[-1] - first).astype(int)
    weight = 0.5 ** (days / 90)
    exposure = 20.0 * weight.sum() / 12
    by_hand = gamma.ppf(0.5, (np.array(deaths) * weight).sum() + 0.5) / exposure
    assert found.raw["P1"][0, 11] == pytest.approx(by_hand)
    assert found.raw["P4"][0, 11] == pytest.approx(100 * 1 / 8)
    assert np.isnan(found.score[0, :11]).all()
    anchors = np.log10([0.2, 5, 40])
    p1 = np.interp(np.log10(by_hand), anchors, [100, 50, 0])
    p2 = np.interp(np.log10(found.raw["P2"][0, 11]), np.log10([0.1, 1, 8]), [100, 50, 0])
    p4 = np.interp(12.5, [0, 20, 50], [100, 50, 0])
    rest = 25 * (1 - 0.35 - 0.20 - 0.10)  # P3, P5, P6: never seen, the middle of 0 to 50
    assert found.score[0, 11] == pytest.approx(0.35 * p1 + 0.20 * p2 + 0.10 * p4 + rest)
    assert found.known[0, 11] == pytest.approx((0.35 * p1 + 0.20 * p2 + 0.10 * p4) / 0.65)


def test_more_deaths_never_score_better_and_small_places_count_as_half_a_million() -> None:
    panel = world(units=20, months=40)
    worse = Panel(panel.units, panel.countries, panel.months, {**panel.counts, "deaths": panel.counts["deaths"] * 3})
    few = np.full(20, 1000.0)
    calm, hit = place_index(panel, FRAMEWORK, few), place_index(worse, FRAMEWORK, few)
    assert (hit.score[:, 11:] <= calm.score[:, 11:] + 1e-9).all()
    assert np.array_equal(calm.score, place_index(panel, FRAMEWORK).score, equal_nan=True)


def test_the_past_does_not_depend_on_the_future() -> None:
    panel = world(units=15, months=48)
    whole, part = place_index(panel, FRAMEWORK), place_index(panel.until(str(panel.months[30])), FRAMEWORK)
    assert np.array_equal(whole.score[:, :31], part.score, equal_nan=True)
