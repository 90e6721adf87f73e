"""Early warning: outcomes, features that look back only, the learner, the gate and what is shown."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment import forecast
from assessment.forecast_features import (
    ONSETS_NEARBY,
    escalation_level,
    ewma,
    history_features,
    months_since,
    others_in_country,
    rolling_sum,
)
from assessment.forecast_fit import NotEnoughHistory, fit_logistic, logistic
from assessment.forecast_model import fit, from_json, labels, probabilities, reasons, to_json
from assessment.forecast_targets import HORIZONS, TARGETS, onset, outcomes, targets_of, totals
from assessment.validation.evaluate import gate
from assessment.validation.panel import Panel

from .validation.worlds import world, world_and_rates


def row(events: list[float]) -> Panel:
    months = np.arange(np.datetime64("2018-01", "M"), np.datetime64("2018-01", "M") + len(events))
    return Panel(np.array(["u"]), np.array(["c"]), months, {"n_events": np.array([events], dtype=float)})


def test_outcomes_by_hand() -> None:
    panel = row([0, 1, 0, 0, 2, 0])
    assert np.array_equal(outcomes(panel, TARGETS[0], 1)[0], [1, 0, 0, 1, 0, np.nan], equal_nan=True)
    assert np.array_equal(outcomes(panel, TARGETS[0], 3)[0], [1, 1, 1, np.nan, np.nan, np.nan], equal_nan=True)
    lead = outcomes(panel, TARGETS[0], 3, lead=True)[0]
    assert np.array_equal(lead, [0, 1, 0, np.nan, np.nan, np.nan], equal_nan=True)
    assert np.array_equal(totals(panel, TARGETS[0], 2)[0], [1, 0, 2, 2, np.nan, np.nan], equal_nan=True)


def test_escalation_by_hand() -> None:
    # last 8 months 0 0 0 0 4 4 4 4: mean 2, sd 2.14; the bar is 4.14: four events are not over it, five are
    for after, expected in ((4.0, 0.0), (5.0, 1.0)):
        assert labels(row([0, 0, 0, 0, 4, 4, 4, 4, after]), ("escalation", 1))[0, 7] == expected
    # all quiet: mean + 2 decides
    for after, expected in ((1.0, 0.0), (2.0, 1.0)):
        assert labels(row([0] * 8 + [after]), ("escalation", 1))[0, 7] == expected
    assert np.isnan(labels(row([0] * 9), ("escalation", 1))[0, :7]).all()


def test_de_escalation_needs_something_to_fall_from() -> None:
    falling = labels(row([8] * 8 + [1]), ("de_escalation", 1))
    assert falling[0, 7] == 1.0
    assert np.isnan(labels(row([0] * 9), ("de_escalation", 1))[0, 7])


def test_onset_is_asked_of_calm_units_only() -> None:
    y = labels(row([1] + [0] * 24 + [1, 0]), ("onset", 1))[0]
    assert np.isnan(y[:24]).all()
    assert y[24] == 1.0
    assert np.isnan(y[25])


def test_features_by_hand() -> None:
    values = np.array([[4.0, 0.0, 0.0]])
    assert ewma(values, 1)[0].tolist() == pytest.approx([4.0, 4 * 0.5 / 1.5, 4 * 0.25 / 1.75])
    assert months_since(values > 0, cap=9)[0].tolist() == [0, 1, 2]
    assert months_since(values < 0, cap=2)[0].tolist() == [2, 2, 2]
    assert rolling_sum(np.ones((1, 5)), 3)[0].tolist() == [1, 2, 3, 3, 3]
    mean, deviation = escalation_level(np.arange(8.0)[None])
    assert mean[0, 7] == pytest.approx(3.5)
    assert deviation[0, 7] == pytest.approx(np.std(np.arange(8), ddof=1))
    others = others_in_country(np.array([[1.0], [2.0], [6.0], [5.0]]), np.array([0, 0, 0, 1]), np.array([3.0, 1.0]))
    assert others[:, 0].tolist() == [4.0, 3.5, 1.5, 0.0]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(20, 70))
def test_no_feature_looks_ahead(seed: int, cut: int) -> None:
    panel = world(units=12, months=80, countries=3, seed=seed)
    neighbours = (panel.countries[:, None] == panel.countries[None]).astype(float) - np.eye(12)
    later = {k: np.concatenate([v[:, :cut], np.full((12, 80 - cut), 7.0)], axis=1) for k, v in panel.counts.items()}
    changed = Panel(panel.units, panel.countries, panel.months, later)
    extra = {"attacks on aid": panel.counts["deaths"]}
    altered = {"attacks on aid": later["deaths"]}
    names, before = history_features(panel, neighbours, extra)
    _, after = history_features(changed, neighbours, altered)
    assert np.array_equal(before[:, :cut], after[:, :cut])
    assert np.isfinite(before).all()
    assert len(set(names)) == before.shape[2]


def test_wrong_tables_are_refused() -> None:
    panel = world(units=12)
    with pytest.raises(ValueError, match="neighbour table"):
        history_features(panel, np.zeros((3, 3)))
    with pytest.raises(ValueError, match="attacks"):
        history_features(panel, extra={"attacks": np.zeros((1, 1))})


def test_the_learner_finds_known_weights() -> None:
    random = np.random.default_rng(2)
    x = random.normal(0, [1.0, 3.0, 1.0], (40_000, 3)).astype(np.float32)
    odds = -1.0 + 0.8 * x[:, 0] - 0.3 * x[:, 1]
    y = (random.random(len(x)) < logistic(odds.astype(float))).astype(float)
    found = fit_logistic(x, y, penalty=1e-3)
    slope = found.weight / found.scale
    assert slope == pytest.approx([0.8, -0.3, 0.0], abs=0.05)
    assert found.intercept - float(found.mean @ slope) == pytest.approx(-1.0, abs=0.05)
    stronger = fit_logistic(x, y, penalty=1e5)
    assert np.abs(stronger.weight).sum() < 0.5 * np.abs(found.weight).sum()
    assert stronger.probability(x).mean() == pytest.approx(y.mean(), abs=0.02)  # the intercept is free


def test_the_learner_agrees_with_an_independent_one() -> None:
    linear = pytest.importorskip("sklearn.linear_model")
    random = np.random.default_rng(4)
    x = random.normal(size=(3000, 5)).astype(np.float32)
    y = (random.random(3000) < logistic((x @ np.array([1, -1, 0.5, 0, 0]) - 2).astype(float))).astype(float)
    found = fit_logistic(x, y, penalty=10.0)
    z = (x - x.mean(axis=0)) / x.std(axis=0)
    other = linear.LogisticRegression(C=0.1, tol=1e-8, max_iter=1000).fit(z, y)
    assert found.probability(x) == pytest.approx(other.predict_proba(z)[:, 1], abs=2e-4)


def test_knots_let_a_line_bend() -> None:
    random = np.random.default_rng(6)
    x = random.uniform(-2, 2, (20_000, 1)).astype(np.float32)
    y = (random.random(20_000) < logistic(2 * np.abs(x[:, 0]).astype(float) - 2)).astype(float)
    straight = fit_logistic(x, y, 1.0).probability(np.array([[-2.0], [0.0]], dtype=np.float32))
    bent = fit_logistic(x, y, 1.0, bend=[0], knots=3).probability(np.array([[-2.0], [0.0]], dtype=np.float32))
    assert bent[0] - bent[1] > 0.5
    assert abs(straight[0] - straight[1]) < 0.2


def test_too_few_outcomes_are_not_fitted() -> None:
    with pytest.raises(NotEnoughHistory, match="5 outcomes in 100 rows"):
        fit_logistic(np.zeros((100, 2), dtype=np.float32), np.arange(100) < 5, 1.0)


def test_fitting_uses_nothing_after_until() -> None:
    panel = world(units=40)
    cut = str(panel.months[70])
    later = {k: v.copy() for k, v in panel.counts.items()}
    for values in later.values():
        values[:, 71:] = 50.0
    changed = Panel(panel.units, panel.countries, panel.months, later)
    fitted = []
    for one in (panel, changed):
        names, features = history_features(one)
        fitted.append(to_json(fit(one, names, features, cut, [("any_event", 1), ("any_death", 6)], lag=1)))
    assert fitted[0] == fitted[1]


def test_lag_means_the_newest_month_does_not_count() -> None:
    panel = world(units=40)
    names, features = history_features(panel)
    model = fit(panel, names, features, str(panel.months[70]), [("any_event", 1)], lag=1)
    p = probabilities(model, ("any_event", 1), features)
    altered = features.copy()
    altered[:, 80] = 0.0
    q = probabilities(model, ("any_event", 1), altered)
    assert np.array_equal(p[:, 80], q[:, 80])
    assert not np.array_equal(p[:, 81], q[:, 81])
    assert np.isnan(p[:, 0]).all()


def test_better_than_history_in_a_world_with_shared_swings() -> None:
    panel = world(units=150, months=130, countries=10, seed=9)
    warning = forecast.train(panel, str(panel.months[-1]), lag=0, questions=[("any_event", 1), ("deaths_10", 3)])
    for skill in warning.skills.values():
        assert skill.shown, skill.why
        assert skill.average_precision >= skill.history_average_precision  # type: ignore[operator]
        assert skill.brier <= skill.history_brier  # type: ignore[operator]


def test_probabilities_are_calibrated_where_the_truth_is_known() -> None:
    panel, rate = world_and_rates(units=150, months=130, countries=10, seed=12)
    names, features = history_features(panel)
    model = fit(panel, names, features, str(panel.months[90]), [("any_event", 1)], lag=0)
    p = probabilities(model, ("any_event", 1), features)[:, 91:-1]
    truth = 1 - np.exp(-rate[:, 92:])
    for low, high in ((0.0, 0.2), (0.2, 0.5), (0.5, 0.8), (0.8, 1.0)):
        inside = (p >= low) & (p < high)
        assert inside.sum() > 100
        assert p[inside].mean() == pytest.approx(truth[inside].mean(), abs=0.06)


@pytest.fixture(scope="module")
def trained() -> tuple[Panel, forecast.EarlyWarning]:
    panel = world(units=60, months=110)
    return panel, forecast.train(panel, str(panel.months[-1]), questions=[("any_event", 1), ("deaths_25", 12)])


def test_saved_and_read_again_gives_the_same_forecast(trained) -> None:
    panel, warning = trained
    month = str(panel.months[-1])
    again = forecast.loads(forecast.dumps(warning))
    assert forecast.outlook(again, panel, month) == forecast.outlook(warning, panel, month)
    assert again.skills == warning.skills
    assert from_json(to_json(warning.model)).features == warning.model.features


def test_every_unit_and_question_has_an_outlook_with_its_history(trained) -> None:
    panel, warning = trained
    rows = forecast.outlook(warning, panel, str(panel.months[-1]))
    assert len(rows) == len(panel.units) * len(warning.skills)
    one = next(r for r in rows if r.outcome == "any_event" and r.unit == panel.units[7])
    newest = panel.counts["n_events"][7, -13:-1]  # the last month is still filling up
    assert (one.months_met, one.months_seen) == (int((newest > 0).sum()), 12)
    for r in rows:
        assert (r.basis == "model") == (r.probability is not None) == (r.word is not None) == (not r.why_history)


def test_reasons_sum_to_the_log_odds(trained) -> None:
    panel, warning = trained
    question = next(iter(warning.model.parts))
    _, features = history_features(panel)
    values = features[5, -2]
    part = warning.model.parts[question]
    p = float(part.probability(values[None])[0])
    told = reasons(warning.model, question, values, count=99)
    assert sum(value for _, value in told) + part.intercept == pytest.approx(np.log(p / (1 - p)), abs=1e-3)
    assert "other_sources" not in dict(told)


def test_history_is_shown_where_the_model_is_not_better(trained) -> None:
    panel, warning = trained
    question = ("any_event", 1)
    skill = warning.skills[question]
    worse = forecast.Skill(False, "average precision 0.1 is below ewma_3 (0.2)", 0.1, 0.2, 0.1, 0.1, "a", "b", 9)
    rows = forecast.outlook(forecast.EarlyWarning(warning.model, {question: worse}), panel, str(panel.months[-1]))
    assert {r.basis for r in rows} == {"history"}
    assert all(r.probability is None and "below ewma_3" in r.why_history for r in rows)
    assert skill.rows > 0


def figures(ap: float, brier: float) -> dict:
    def entry(a: float, b: float) -> dict:
        return {"average_precision": {"value": a}, "brier": {"value": b}}

    return {
        "returnwatch": entry(ap, brier),
        "ewma_3": entry(0.5, 0.2),
        "ewma_3_log": entry(0.6, 0.2),
        "share_12": entry(0.4, 0.10),
        "share_12_windows": entry(0.4, 0.09),
        "share_12_scaled": entry(0.4, 0.11),
    }


@pytest.mark.parametrize(
    ("ap", "brier", "shown", "says"),
    [
        (0.61, 0.08, True, ""),
        (0.60, 0.09, True, ""),
        (0.59, 0.08, False, "below ewma_3_log"),
        (0.61, 0.095, False, "above share_12_windows"),
        (float("nan"), 0.0, False, "cannot be tested"),
    ],
)
def test_the_gate(ap: float, brier: float, shown: bool, says: str) -> None:
    found = gate(figures(ap, brier))
    assert found["shown"] is shown
    assert says in found["why"]


def test_a_short_panel_shows_history_and_says_why() -> None:
    panel = world(units=20, months=30)
    warning = forecast.train(panel, str(panel.months[-1]), questions=[("any_event", 1), ("any_event", 12)])
    for skill in warning.skills.values():
        assert not skill.shown
        assert "months" in skill.why
    rows = forecast.outlook(warning, panel, str(panel.months[-1]))
    assert {r.basis for r in rows} == {"history"}


def test_another_panel_layout_is_refused(trained) -> None:
    panel, warning = trained
    bare = Panel(panel.units, panel.countries, panel.months, {"deaths": panel.counts["deaths"]})
    bare_with_kinds = Panel(panel.units, panel.countries, panel.months, dict(panel.counts, n_os=panel.counts["deaths"]))
    with pytest.raises(ValueError, match="train it again"):
        forecast.outlook(warning, bare_with_kinds, str(panel.months[-1]))
    assert ("any_event", 1) not in forecast.product_questions(bare)
    assert {target.name for target in targets_of(bare)} == {"any_death", "deaths_10", "deaths_25"}
    assert len(forecast.product_questions(panel)) == 4 * len(HORIZONS)


@pytest.mark.parametrize(
    ("p", "word"),
    [
        (0.0, "almost_no_chance"), (0.049, "almost_no_chance"), (0.05, "very_unlikely"), (0.2, "unlikely"),
        (0.45, "roughly_even_chance"), (0.55, "likely"), (0.8, "very_likely"), (0.95, "almost_certain"),
        (1.0, "almost_certain"),
    ],
)  # fmt: skip
def test_words_of_likelihood(p: float, word: str) -> None:
    assert forecast.likelihood_word(p) == word


@pytest.mark.parametrize("p", [-0.01, 1.01, float("nan")])
def test_no_word_outside_zero_to_one(p: float) -> None:
    with pytest.raises(ValueError, match="probability"):
        forecast.likelihood_word(p)


def test_onset_is_learnt_from_more_units_than_it_is_asked_of() -> None:
    """Units calm for 12 months teach; only onset reads onsets elsewhere, and the label stays the published one."""
    panel = world(units=60, months=120, countries=6, seed=2)
    calm = onset(panel, 12)
    assert np.isfinite(calm).sum() > np.isfinite(onset(panel)).sum()
    assert np.array_equal(calm[np.isfinite(onset(panel))], onset(panel)[np.isfinite(onset(panel))])
    names, features = history_features(panel)
    model = fit(panel, names, features, str(panel.months[110]), [("onset", 1), ("any_event", 1)], lag=0)
    nearby = {names.index(name) for name in ONSETS_NEARBY}
    assert nearby <= set(model.parts[("onset", 1)].columns.tolist())
    assert not nearby & set(model.parts[("any_event", 1)].columns.tolist())
    asked = onset(panel.until(str(panel.months[110])), 12)
    asked[:, :24] = np.nan
    assert model.parts[("onset", 1)].rows == np.isfinite(asked).sum()


def test_onsets_elsewhere_are_counted_where_they_are() -> None:
    """Unit 0 begins after 24 calm months: its two compatriots see it in that month, it and foreigners do not."""
    activity = np.zeros((4, 40))
    activity[0, 30] = 3.0
    activity[1, 5] = 1.0
    lands = np.array(["A", "A", "A", "B"])
    months = np.arange(np.datetime64("2015-01", "M"), np.datetime64("2015-01", "M") + 40)
    panel = Panel(np.array(["a0", "a1", "a2", "b0"]), lands, months, {"n_events": activity})
    names, features = history_features(panel)
    seen = features[:, :, names.index(ONSETS_NEARBY[0])]
    assert np.count_nonzero(seen[:, :30]) == 0  # month 5 is no onset: nobody knows the 24 months before it
    assert (seen[1:3, 30] > 0).all()
    assert seen[0, 30] == 0
    assert seen[3, 30] == 0
