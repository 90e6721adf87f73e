"""The backtest protocol on a made-up world, and the promised figures on the real panel."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assessment.forecast_features import history_features
from assessment.forecast_model import labels
from assessment.validation import published
from assessment.validation.backtest import (
    add_ours,
    default_setting,
    origins_tested,
    run_backtest,
    run_backtest_events,
    run_backtest_panel,
    run_question,
)
from assessment.validation.evaluate import OURS
from assessment.validation.metrics import HIGHER_IS_BETTER
from assessment.validation.panel import Panel, PanelError
from assessment.validation.render import history_sentence, render
from assessment.validation.rows import Forecast, add_scores, cases

from .worlds import world, world_and_rates

DRAWS = 60


def as_csv(panel: Panel, path: Path) -> Path:
    unit, month = np.nonzero(panel.activity)
    frame = pd.DataFrame(
        {"country": panel.countries[unit], "unit": panel.units[unit], "month": panel.months[month].astype(str)}
    )
    for name, values in panel.counts.items():
        frame[name] = values[unit, month]
    frame.to_csv(path, index=False)
    return path


def as_predictions(panel: Panel, question: tuple[str, int], p: np.ndarray, path: Path) -> Path:
    y = labels(panel, question)
    y[:, : len(panel.months) // 2] = np.nan
    unit, origin = np.nonzero(np.isfinite(y))
    frame = {
        "week": panel.months[origin].astype("datetime64[ns]"),
        "adm1": panel.units[unit],
        "y": y[unit, origin].astype(int),
        "p": p[unit, origin],
    }
    pd.DataFrame(frame).to_parquet(path)
    return path


@pytest.fixture(scope="module")
def small() -> Panel:
    return world(units=60, months=96)


@pytest.fixture(scope="module")
def result(small: Panel, tmp_path_factory) -> dict:
    folder = tmp_path_factory.mktemp("backtest")
    noise = np.random.default_rng(1).random(small.activity.shape)
    for name in ("any_event", "escalation", "onset"):
        as_predictions(small, (name, 1), noise, folder / f"preds_x_{name}.parquet")
    return run_backtest_panel(as_csv(small, folder / "panel.csv"), against=folder, draws=DRAWS)


def test_every_question_and_model_is_scored_and_json_ready(result: dict) -> None:
    json.dumps(result, allow_nan=False)
    asked = {(task["outcome"], task["horizon"]) for task in result["tasks"]}
    assert asked >= {(name, h) for name in ("any_event", "any_death", "deaths_10", "deaths_25") for h in (1, 3, 6, 12)}
    assert asked >= {(name, 1) for name in ("ongoing", "escalation", "onset", "de_escalation")}
    scored = [task for task in result["tasks"] if "skipped" not in task]
    assert len(scored) >= 18
    for task in scored:
        assert set(task["models"]) >= {OURS, "zero", "last_month", "mean_12", "share_12", "ewma_3", "climatology"} or (
            "not_fitted" in task
        )
        for scores in task["models"].values():
            assert set(scores) == set(HIGHER_IS_BETTER)


def test_intervals_hold_their_value(result: dict) -> None:
    """A percentile interval need not hold the point, but one far from it would be a mistake in the tallies."""
    drawn = [task for task in result["tasks"] if task.get("blocks", "none") != "none"]
    assert len(drawn) >= 18
    for task in drawn:
        for scores in task["models"].values():
            entry = scores["brier"]
            low, high = entry["interval"]
            assert low - 0.02 <= entry["value"] <= high + 0.02


def test_the_question_of_a_file_is_found_from_its_labels(result: dict) -> None:
    assert [task["outcome"] for task in result["published"]] == ["any_event", "escalation", "onset"]
    for task in result["published"]:
        name = f"preds_x_{task['outcome']}"
        assert task["label_agreement"][name] == 1.0
        assert name in task["models"]
        assert f"{OURS}_yearly" in task["models"] or "not_fitted" in task
        assert task["lag"] == 0


def test_noise_is_seen_as_worse_than_ours(result: dict) -> None:
    task = result["published"][0]
    difference = task["differences"]["preds_x_any_event"]["average_precision"]
    assert difference["interval"][0] > 0


def test_the_text_shows_good_and_bad(result: dict) -> None:
    text = render(result)
    for words in ("Reporting lag: 1 month", "share_12_windows", "verdict:", "calibration of returnwatch", "not used:"):
        assert words in text
    assert "nan" not in text


def test_where_history_is_as_good_is_said_in_a_sentence(result: dict) -> None:
    better = [task for task in result["tasks"] if task.get("verdict", "").startswith("ranks better")]
    asked = [task for key in ("published", "tasks") for task in result[key] if "verdict" in task]
    assert 0 < len(better) < len(asked)
    assert "history alone is as good" in history_sentence(result)
    assert f"of {len(asked)} questions" in render(result)
    assert history_sentence({"tasks": better}) == (
        f"On all {len(better)} questions scored our forecast ranks better than history alone."
    )
    assert "history is all there is" in history_sentence({"tasks": [{"skipped": "nothing"}]})


def test_the_truth_itself_scores_best() -> None:
    panel, rate = world_and_rates(units=60, months=96, seed=3)
    setting = replace(default_setting(panel, 0), draws=DRAWS)
    truth = np.full(rate.shape, np.nan)
    truth[:, :-1] = rate[:, 1:]
    inputs = history_features(panel)
    task = run_question(panel, ("any_event", 1), inputs, setting, {"truth": truth})
    precision = {name: scores["average_precision"]["value"] for name, scores in task["models"].items()}
    assert max(precision, key=lambda name: precision[name]) == "truth"
    assert precision[OURS] > precision["climatology"]


def test_test_months_change_nothing_that_is_fitted(small: Panel) -> None:
    """Altering what happens in the test months leaves the fitted model and earlier forecasts as they are."""
    setting = default_setting(small, 1)
    start = small.column(setting.train_to) + 1
    later = {k: v.copy() for k, v in small.counts.items()}
    for values in later.values():
        values[:, start + 10 :] = 30.0
    changed = Panel(small.units, small.countries, small.months, later)
    forecasts = []
    for panel in (small, changed):
        mask = origins_tested(panel, setting)
        mask[:, start + 9 :] = False
        rows = cases(panel, ("any_event", 1), mask)
        assert add_ours(rows, panel, history_features(panel), setting) == ""
        forecasts.append(rows.forecasts[OURS].probability)
    assert np.array_equal(*forecasts)


def test_a_lag_costs_something(small: Panel) -> None:
    inputs = history_features(small)
    setting = replace(default_setting(small, 0), draws=DRAWS)
    ap = [
        run_question(small, ("any_event", 1), inputs, replace(setting, lag=lag))["models"][OURS]["average_precision"]
        for lag in (0, 6)
    ]
    assert ap[0]["value"] > ap[1]["value"]


def test_predictions_with_other_definitions_are_refused(small: Panel, tmp_path: Path) -> None:
    path = as_predictions(small, ("any_event", 1), np.full(small.activity.shape, 0.5), tmp_path / "preds_x.parquet")
    frame = pd.read_parquet(path)
    frame["y"] = 1 - frame["y"]
    with pytest.raises(PanelError, match="no known question gives these labels"):
        published.place(small, path, frame)
    frame.drop(columns="p").to_parquet(path)
    with pytest.raises(PanelError, match="missing: p"):
        published.read_predictions(path)
    with pytest.raises(PanelError, match="none of its"):
        published.place(small, path, frame.assign(adm1="nowhere"))
    with pytest.raises(PanelError, match="no predictions there"):
        published.prediction_files(tmp_path / "empty")


def test_only_quiet_units_of_known_countries_become_zeros(small: Panel) -> None:
    frame = pd.DataFrame({"adm1": ["C1 | quiet", "Elsewhere | unknown"]})
    wide = published.widened(small, [frame])
    assert "C1 | quiet" in wide.units
    assert "Elsewhere | unknown" not in wide.units


def test_outcomes_after_the_panel_come_from_the_published_file(small: Panel) -> None:
    last = len(small.months) - 1
    known = np.full(small.activity.shape, np.nan)
    known[:, last] = 1.0
    mask = np.zeros(small.activity.shape, dtype=bool)
    mask[:, last - 1 :] = True
    rows = cases(small, ("any_event", 1), mask, known)
    assert len(rows.y) == 2 * len(small.units)
    assert (rows.y[rows.origin == last] == 1).all()


def event_frame(panel: Panel) -> pd.DataFrame:
    unit, month = np.nonzero(panel.activity)
    times = panel.activity[unit, month].astype(int)
    unit, month = np.repeat(unit, times), np.repeat(month, times)
    return pd.DataFrame(
        {
            "iso3": panel.countries[unit],
            "region_id": panel.units[unit],
            "date": panel.months[month].astype("datetime64[D]").astype(str),
            "deaths": 2.0,
            "civilian_deaths": 1.0,
        }
    )


def test_events_of_any_adapter(small: Panel) -> None:
    frame = event_frame(small)
    frame.loc[frame.index[:7], "region_id"] = None
    everywhere = {str(unit): str(land) for unit, land in zip(small.units, small.countries, strict=True)}
    found = run_backtest_events(frame, "region", all_units=everywhere | {"C1 | always quiet": "C1"}, draws=DRAWS)
    assert found["panel"]["unlocated_events"] == 7
    assert found["panel"]["units"] == len(small.units) + 1
    assert ("civilian_death", 3) in {(task["outcome"], task["horizon"]) for task in found["tasks"]}
    assert "7 of" in render(found)
    national = run_backtest_events(frame, "country", draws=DRAWS)
    assert national["panel"]["unlocated_events"] == 0


def test_one_country_is_drawn_by_unit_and_two_units_not_at_all() -> None:
    """A single country drawn with replacement is always the same: no interval may be made of that."""
    found = {}
    for units in (40, 2):
        panel = world(units=units, months=96, countries=1, seed=4)
        setting = replace(default_setting(panel, 0), draws=DRAWS)
        result = run_backtest(panel, setting, questions=[("any_event", 1)])
        assert result["metrics"]["figures"] == {}
        assert "Too few outcomes or countries" in render(result)
        found[units] = result["tasks"][0]
    low, high = found[40]["models"]["ewma_3"]["average_precision"]["interval"]
    assert found[40]["blocks"] == "unit"
    assert high - low > 0.01
    assert found[2]["blocks"] == "none"
    assert found[2]["models"]["ewma_3"]["average_precision"]["interval"] is None


def test_a_panel_too_short_says_so(tmp_path: Path) -> None:
    with pytest.raises(PanelError, match="at least 36"):
        run_backtest_panel(as_csv(world(units=5, months=20), tmp_path / "short.csv"))


def test_a_score_that_does_not_fit_is_refused(small: Panel) -> None:
    setting = default_setting(small, 0)
    rows = cases(small, ("any_event", 1), origins_tested(small, setting))
    with pytest.raises(ValueError, match="score 'physical'"):
        add_scores(rows, small, {"physical": np.zeros((1, 1))}, setting.train_to)
    rows.forecasts["x"] = Forecast(np.zeros(1), np.zeros(1))


def test_quiet_test_months_are_skipped_with_a_reason() -> None:
    panel = world(units=10, months=60)
    quiet = {k: v.copy() for k, v in panel.counts.items()}
    for values in quiet.values():
        values[:, 35:] = 0.0
    found = run_backtest(
        Panel(panel.units, panel.countries, panel.months, quiet),
        default_setting(panel, 1),
        questions=[("any_event", 1)],
    )
    assert "nothing to rank" in found["tasks"][0]["skipped"]
    assert "not scored" in render(found)


@pytest.fixture(scope="module")
def real_result(real: Path) -> dict:
    folder = real / "ucdp_panel"
    return run_backtest_panel(folder / "ucdp_adm1_month_2010-2022.csv", against=folder, train_to="2019-12", draws=200)


@pytest.mark.slow
def test_published_predictions_on_identical_rows(real_result: dict) -> None:
    """The promise of the backtest: occurrence >= .81, escalation >= .24, onset not below the forest's interval."""
    by_name = {task["published_as"]: task for task in real_result["published"]}
    for task in by_name.values():
        assert set(task["label_agreement"].values()) == {1.0}  # our definitions give their labels on every row
    assert by_name["occurrence"]["rows"] == by_name["escalation"]["rows"] == 30888

    def precision(task: str, model: str = OURS) -> float:
        return by_name[task]["models"][model]["average_precision"]["value"]

    assert precision("occurrence") >= 0.81
    assert precision("escalation") >= 0.24
    forest = by_name["onset"]["differences"]["preds_ucdp_onset_rf_history"]["average_precision"]["interval"]
    assert forest[1] >= 0.0
    for task in by_name.values():
        assert task["gate"]["shown"], task["gate"]["why"]
        assert task["calibration"][OURS]["gap"] < 0.02


@pytest.mark.slow
def test_product_questions_pass_their_gate_on_the_real_panel(real_result: dict) -> None:
    asked = {"any_event", "any_death", "deaths_10", "deaths_25"}
    for task in real_result["tasks"]:
        if task["outcome"] in asked:
            assert task["lag"] == 1
            assert task["gate"]["shown"], (task["outcome"], task["horizon"], task["gate"]["why"])
    assert set(real_result["metrics"]["used"]) == set(HIGHER_IS_BETTER)


def test_country_months_reproduce_the_trial(real: Path) -> None:
    """Trial over 2018-2023: EWMA-3 .947/.937/.931/.919, share of 12 months .928/.917/.911/.903; here to 2022."""
    found = run_backtest_panel(real / "views_cm", draws=DRAWS)
    assert found["panel"]["units"] == 191
    for entry, ewma, share in zip(
        found["lead_months"], (0.947, 0.937, 0.931, 0.919), (0.928, 0.917, 0.911, 0.903), strict=True
    ):
        assert entry["average_precision"]["ewma_3"] == pytest.approx(ewma, abs=0.01)
        assert entry["average_precision"]["share_12"] == pytest.approx(share, abs=0.01)
