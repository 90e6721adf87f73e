"""Limits written down first: complete, judged on both sides of their border, and nothing judged without one."""

import pytest

from assessment.validation.thresholds import FAIL, NOT_ENOUGH, PASS, SIGNS, Check, Figure, judged, written


def test_every_test_of_the_plan_has_limits_in_both_languages() -> None:
    raw, checks = written()
    assert list(checks) == [f"V{n}" for n in range(1, 11)]
    for test, several in checks.items():
        assert raw[test]["en"] != raw[test]["nl"]
        assert len({check.check_id for check in several}) == len(several) > 0
        for check in several:
            assert set(check.texts) == {"en", "nl"}
            assert check.rule in SIGNS
            assert isinstance(check.limit, tuple) == (check.rule == "between")


@pytest.mark.parametrize(
    ("rule", "limit", "good", "bad"),
    [
        ("at_least", 0.81, [0.81, 0.9], [0.8099]), ("at_most", 3.0, [3.0, 0], [3.01]),
        ("above", 0.0, [0.01], [0.0, -1]),
        ("equals", 0.0, [0.0], [1.0, -1.0]), ("between", (0.75, 0.85), [0.75, 0.8, 0.85], [0.74, 0.86]),
    ],
)  # fmt: skip
def test_both_sides_of_a_border(rule, limit, good, bad) -> None:
    check = Check("x", {}, rule, limit, 0)
    assert all(check.holds(value) for value in good)
    assert not any(check.holds(value) for value in bad)


def test_one_failure_fails_a_test_and_too_few_cases_give_no_verdict() -> None:
    good = {"share": Figure(0.0, 500), "upper": Figure(0.01, 500)}
    assert judged("V3", good)["verdict"] == PASS
    assert judged("V3", good | {"upper": Figure(0.03, 500)})["verdict"] == FAIL
    few = judged("V3", {name: Figure(0.5, 10) for name in good})
    assert few["verdict"] == NOT_ENOUGH
    assert [check["value"] for check in few["checks"]] == [0.5, 0.5, None]
    assert judged("V3", {"share": Figure(float("nan"), 900)})["checks"][0]["verdict"] == NOT_ENOUGH


def test_a_figure_without_a_written_limit_is_refused() -> None:
    with pytest.raises(KeyError, match="no threshold was written for V3 new"):
        judged("V3", {"new": Figure(1.0, 1000)})
