"""Time that grows with the size of the input and not with its square, whatever the speed of the machine."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Input = TypeVar("Input")

# Four times the input costs 4 times as much when the work is linear and 16 times when it is quadratic.
MOST = 9.0
# Work this short is decided by the clock and the caches, and harms nobody however it grows.
FLOOR_SECONDS = 0.05


def assert_grows_gently(work: Callable[[Input], object], quarter: Input, whole: Input, tries: int = 4) -> None:
    """Fail when `whole`, four times as long as `quarter`, costs more than nine times its processor time in each try.

    Only a ratio is judged, of the least times seen so far: a slow or busy machine lengthens both sides.
    """
    least = {"quarter": float("inf"), "whole": float("inf")}
    for _ in range(tries):
        for name, value in (("quarter", quarter), ("whole", whole)):
            started = time.process_time()
            work(value)
            least[name] = min(least[name], time.process_time() - started)
        if least["whole"] <= MOST * max(least["quarter"], FLOOR_SECONDS):
            return
    raise AssertionError(
        f"four times the input took {least['whole'] / least['quarter']:.1f} times as long "
        f"({least['quarter']:.3f} s, {least['whole']:.3f} s): is something looked at again for every part?"
    )
