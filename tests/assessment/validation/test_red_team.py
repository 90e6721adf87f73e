"""Metrics that can be fooled are not used."""

from __future__ import annotations

import numpy as np
import pytest

from assessment.validation import red_team
from assessment.validation.backtest import default_setting, origins_tested, run_red_team
from assessment.validation.metrics import HIGHER_IS_BETTER
from assessment.validation.rows import add_baselines, cases

from .worlds import world


@pytest.fixture(scope="module")
def verdicts() -> dict:
    panel = world(units=160, months=120)
    return run_red_team(panel, default_setting(panel, 0))


def test_every_metric_we_print_tells_the_bad_forecasts_apart(verdicts: dict) -> None:
    assert set(verdicts["used"]) == set(HIGHER_IS_BETTER), verdicts["refused"]


def test_blind_metrics_are_refused(verdicts: dict) -> None:
    assert "count_bias" in verdicts["refused"]
    assert "absolute_error" in verdicts["refused"]


def test_wrong_place_keeps_each_countrys_total() -> None:
    panel = world()
    setting = default_setting(panel, 0)
    rows = cases(panel, ("any_event", 1), origins_tested(panel, setting))
    dealt = red_team.wrong_place(rows, seed=2)
    for country in np.unique(rows.country):
        for origin in np.unique(rows.origin)[:5]:
            here = (rows.country == country) & (rows.origin == origin)
            assert dealt[here].sum() == rows.y[here].sum()
    assert (dealt != rows.y).mean() > 0.1


def test_a_metric_blind_to_place_is_caught() -> None:
    panel = world()
    setting = default_setting(panel, 0)
    rows = cases(panel, ("any_event", 1), origins_tested(panel, setting))
    add_baselines(rows, panel, setting.train_to, 0)
    forecasts = red_team.trials(rows)
    blind = {name: red_team.count_bias(rows.y, p) for name, p in forecasts.items()}
    assert not red_team.judge("total", blind, higher_is_better=False).used


@pytest.mark.parametrize(
    ("figures", "says"),
    [
        (
            {"informed": 0.7, "climatology": 0.6, "persistence": 0.9, "zero": 0.1, "wrong_place": 0.2},
            "above persistence",
        ),
        ({"informed": 0.9, "climatology": 0.2, "persistence": 0.5, "zero": 0.4, "wrong_place": 0.1}, "above zero"),
        ({"informed": 0.9, "climatology": 0.4, "persistence": 0.5, "zero": 0.4, "wrong_place": 0.1}, "above zero"),
        (dict.fromkeys(("informed", "climatology", "persistence", "zero", "wrong_place"), 0.5), "informed"),
    ],
)
def test_each_rule_of_the_judge(figures: dict, says: str) -> None:
    verdict = red_team.judge("m", figures, higher_is_better=True)
    assert not verdict.used
    assert says in verdict.why
    mirrored = red_team.judge("m", {key: -value for key, value in figures.items()}, higher_is_better=False)
    assert mirrored.why == verdict.why


def verdict(why: str = "", **figures: float) -> red_team.Verdict:
    base = {"informed": 0.0, "climatology": 0.2, "persistence": 0.3, "zero": 0.5, "wrong_place": 0.6}
    return red_team.Verdict("brier", not why, base | figures, why)


def test_a_metric_must_pass_on_every_question() -> None:
    used, refused = red_team.used_metrics(
        {"common": [verdict()], "rare": [verdict("does not put climatology above zero")]}
    )
    assert "brier" not in used
    assert refused["brier"] == "rare: does not put climatology above zero"


def test_two_bad_forecasts_may_meet_once_but_not_always() -> None:
    meeting = verdict(zero=0.6)
    assert red_team.used_metrics({"common": [meeting], "rare": [verdict()]})[0] == ["brier"]
    refused = red_team.used_metrics({"common": [meeting], "rare": [meeting]})[1]
    assert refused["brier"] == "on every question: cannot tell wrong_place from zero"
