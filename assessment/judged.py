"""What judging works with and gives: flags beside the items, items spread over regions, values, and memory of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MISSING, OWN, ZONE, INHERITED, CARRIED = 0, 1, 2, 3, 4
ORIGINS = ("missing", "own", "zone", "inherited", "carried")


@dataclass(frozen=True, slots=True)
class Memory:
    """What the last published run saw: a value that is gone without newer evidence never improves a region.

    Arrays of shape (R, I) in the order of the regions and of `framework.indicators`, as in `Judged`.
    """

    x: Floats
    x_low: Floats
    x_high: Floats
    worst: Floats
    sd: Floats
    cap: Floats
    newest: NDArray[np.datetime64]
    p20: Mapping[str, Floats] = field(default_factory=dict)  # per dimension, length R
    level: Mapping[str, NDArray[np.int64]] = field(default_factory=dict)  # per dimension, length R, before gates

    @staticmethod
    def of(judged: Judged, p20: Mapping[str, Floats], level: Mapping[str, NDArray[np.int64]]) -> Memory:
        """What the next run remembers of this one."""
        return Memory(
            judged.x, judged.x_low, judged.x_high, judged.worst, judged.sd, judged.cap, judged.newest, p20, level
        )


@dataclass(frozen=True, slots=True)
class Flags:
    """What is known beside the items. Arrays over the regions (length R).

    blackout: reporting has fallen silent, events of this region are missing and not zero.
    not_controlled: the national authority does not govern here, its law counts for little.
    phase_5: some area of the region is in IPC/CH phase 5.
    unheard: reporting does not work well enough for zero events to mean zero: event series are missing. None: it does.
    """

    blackout: NDArray[np.bool_]
    not_controlled: NDArray[np.bool_]
    phase_5: NDArray[np.bool_]
    unheard: NDArray[np.bool_] | None = None

    @staticmethod
    def none(n: int) -> Flags:
        """No flag raised for any of n regions."""
        return Flags(np.zeros(n, bool), np.zeros(n, bool), np.zeros(n, bool))


@dataclass(slots=True)
class Judged:
    """One value per region and indicator; arrays of shape (R, I) unless stated.

    x: score points, NaN where never seen. x_low, x_high: the same with anchors times 0.85 and 1.15. worst: the
    lowest item that counts, at most x. sd: score points, without disagreement.
    cap: the highest score a draw may take. origin: index into ORIGINS. age: in half-lives of the indicator.
    newest: last day spoken about. conflict: a credible item disagreed. n_eff: effective number of origin families.
    at_best: something was heard that does not count as known (origin missing): the value is no better than unknown
    and no better than x, which is at most what unknown is worth on average.
    items: for every indicator, per region the (item row, weight, score) triples that entered, for `explain`.
    """

    x: Floats
    x_low: Floats
    x_high: Floats
    worst: Floats
    sd: Floats
    cap: Floats
    origin: NDArray[np.int8]
    age: Floats
    newest: NDArray[np.datetime64]
    newest_own: NDArray[np.datetime64]
    conflict: NDArray[np.bool_]
    n_eff: Floats
    at_best: NDArray[np.bool_]
    families: list[NDArray[np.object_]]
    items: list[Expanded] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Expanded:
    """Items of one indicator, one row per (region, item) that enters. Arrays of length M, sorted by region."""

    region: NDArray[np.int64]  # index into Regions
    item: NDArray[np.int64]  # index into the ItemTable
    weight: Floats
    score: Floats
    score_low: Floats
    score_high: Floats
    variance: Floats  # score points squared, without disagreement
    quality: Floats
    age: Floats  # half-lives
    national: NDArray[np.bool_]
    lapsed: NDArray[np.bool_]


_none, _numbers, _flags = np.array([], dtype=np.int64), np.array([], dtype=np.float64), np.array([], dtype=bool)
NO_ROWS = Expanded(_none, _none, _numbers, _numbers, _numbers, _numbers, _numbers, _numbers, _numbers, _flags, _flags)
