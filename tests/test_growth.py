"""The judge of growth itself: a straight line passes at any speed, a square never does."""

import itertools

import pytest

from tests import growth
from tests.memory import peak_megabytes


@pytest.mark.parametrize("speed", [1e-8, 1e-6, 1e-3])
@pytest.mark.parametrize(("power", "passes"), [(1.0, True), (1.3, True), (2.0, False), (3.0, False)])
def test_only_the_shape_counts(monkeypatch, speed, power, passes):
    clock = {"now": 0.0}
    monkeypatch.setattr(growth.time, "process_time", lambda: clock["now"])

    def work(size):
        clock["now"] += speed * size**power

    small = 1_000_000 if power < 2 else 10_000
    if passes or speed * (4 * small) ** power < 9 * growth.FLOOR_SECONDS:
        growth.assert_grows_gently(work, small, 4 * small)
    else:
        with pytest.raises(AssertionError, match="times as long"):
            growth.assert_grows_gently(work, small, 4 * small)


def test_one_disturbed_turn_is_forgiven(monkeypatch):
    clock = {"now": 0.0}
    disturbed = itertools.chain([1.0, 50.0], itertools.repeat(1.0))
    monkeypatch.setattr(growth.time, "process_time", lambda: clock["now"])

    def work(size):
        clock["now"] += size * next(disturbed)

    growth.assert_grows_gently(work, 1, 4)


def test_peak_is_at_least_the_interpreter():
    assert 5 < peak_megabytes() < 100_000
