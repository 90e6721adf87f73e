"""Monte Carlo over values, weights, anchors and the aggregator; vectorised, seeded per region. Method section 9.

Doubt about the framework (weights, anchors, aggregator) is the same doubt for every region, so its draws are shared;
doubt about a value is the region's own, so its draws come from a stream that depends only on the seed and the
region_id: adding a country changes no other score, and the same inputs give the same bytes.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from assessment.framework import DIMENSIONS, Framework
from assessment.items import Regions
from assessment.judged import MISSING, Judged, Memory

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Block = tuple[Floats, Floats, Floats, Floats]
T = TypeVar("T")
KNOWN_STEP = 5  # what is known alone is told from every fifth draw: a word beside the level, not a level
CHUNK = 64  # regions per block: 64 x 1000 x 33 single-precision values are about 8 MB, which stays in cache


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of one dimension for R regions; points 0-100. `point` is the score of the central values alone.

    p20 is never above `point`: doubt pushes down, never up. band_probability has shape (R, 5), level 1 first.
    pillar_p20 has shape (R, pillars of the dimension). known: percentiles 10, 20, 50, 90 of what is known alone, shape
    (R, 4), NaN where nothing is; it is shown beside insufficient information and decides nothing.
    """

    dimension: str
    point: Floats
    p10: Floats
    p20: Floats
    p50: Floats
    p90: Floats
    band_probability: Floats
    pillar_p20: Floats
    pillar_point: Floats
    known: Floats


@dataclass(frozen=True, slots=True)
class SharedDraws:
    """Draws of the framework's own doubt: weights (I_dim, D) and pillar weights (P, D) per dimension, and the rest."""

    weight: dict[str, Singles]
    pillar: dict[str, Singles]
    anchor: Singles  # (I, D), uniform between anchor_low and anchor_high
    geometric: NDArray[np.bool_]  # (D,)


def seed_of(*parts: object) -> int:
    """A 64-bit seed from words and numbers."""
    text = "\x1f".join(str(part) for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def shared_draws(framework: Framework, seed: int) -> SharedDraws:
    """Framework-level draws; they depend on the framework's version and the seed, never on the data."""
    settings = framework.raw["uncertainty"]
    n = int(settings["draws"])
    rng = np.random.Generator(np.random.PCG64(seed_of("framework", framework.version, seed)))
    weight: dict[str, Singles] = {}
    pillar: dict[str, Singles] = {}
    for dimension in DIMENSIONS:
        columns = framework.indicators_of(dimension)
        drawn = np.empty((n, len(columns)), np.float32)
        for group in framework.pillars_of(dimension):
            inside = [i for i, c in enumerate(columns) if c.pillar == group.id]
            alpha = settings["indicator_concentration"] * np.array([columns[i].weight for i in inside])
            drawn[:, inside] = rng.dirichlet(alpha, n)
        weight[dimension] = np.ascontiguousarray(drawn.T)
        shares = np.array([p.weight for p in framework.pillars_of(dimension)])
        pillar[dimension] = rng.dirichlet(settings["pillar_concentration"] * shares, n).T.astype(np.float32)
    anchor = rng.uniform(settings["anchor_low"], settings["anchor_high"], (len(framework.indicators), n))
    return SharedDraws(weight, pillar, anchor.astype(np.float32), rng.random(n) < settings["geometric_share"])


class Draws:
    """The random numbers of a framework and seed, kept for as long as this lives: two passes of a run and many dates of
    a history use the same. About 140 kB a region.
    """

    def __init__(self, framework: Framework, seed: int) -> None:
        self.framework, self.seed = framework, seed
        self.shared = shared_draws(framework, seed)
        self._half: dict[str, tuple[Singles, Singles]] = {}

    def normal(self, region_id: str, columns: NDArray[np.int64]) -> Singles:
        """The region's own standard normal draws of some indicators, shape (len(columns), D).

        The second half mirrors the first, so their mean is 0.
        """
        half = self._of(region_id)[0][columns]
        return np.concatenate([half, -half], axis=1)

    def uniform(self, region_id: str, columns: NDArray[np.int64]) -> Singles:
        """The same draws between 0 and 1: how probable a lower normal draw is."""
        half = self._of(region_id)[1][columns]
        return np.concatenate([half, np.float32(1) - half], axis=1)

    def _of(self, region_id: str) -> tuple[Singles, Singles]:
        if region_id not in self._half:
            seed = seed_of("region", self.framework.version, self.seed, region_id)
            shape = (len(self.framework.indicators), int(self.framework.raw["uncertainty"]["draws"]) // 2)
            drawn = np.random.Generator(np.random.SFC64(seed)).standard_normal(shape, np.float32)
            self._half[region_id] = drawn, ndtr(drawn)
        return self._half[region_id]


def simulate(
    framework: Framework, judged: Judged, regions: Regions, seed: int, memory: Memory | None = None,
    draws: Draws | None = None,
) -> dict[str, Scores]:  # fmt: skip
    """Scores of every dimension and region. With `memory`, a dimension without newer evidence never rises."""
    draws = draws or Draws(framework, seed)

    def block(part: slice) -> dict[str, Block]:
        values = _draw_values(framework, judged, regions, draws, part)
        known = judged.origin[part] != MISSING
        return {d: _dimension_block(framework, d, values, known, draws.shared) for d in DIMENSIONS}

    blocks = _by_parts(block, len(regions.region_id))
    return {d: _finish(framework, d, judged, [b[d] for b in blocks], memory) for d in DIMENSIONS}


def main_pillar_p20(framework: Framework, dimension: str, judged: Judged, regions: Regions, draws: Draws) -> Floats:
    """P20 of pillar A of a dimension alone (length R): the same figure `simulate` gives, before the rest is judged."""
    name = framework.main_pillar(dimension)
    columns = [i for i, c in enumerate(framework.indicators) if c.dimension == dimension and c.pillar == name]
    inside = [i for i, c in enumerate(framework.indicators_of(dimension)) if c.pillar == name]

    def block(part: slice) -> Floats:
        values = _draw_values(framework, judged, regions, draws, part, columns)
        score = np.zeros((values.shape[0], values.shape[2]), np.float32)
        for position, drawn in enumerate(draws.shared.weight[dimension][inside]):
            score += values[:, position] * drawn
        low: Floats = np.percentile(score, 20, axis=1)
        return low

    found = np.concatenate([np.zeros(0), *_by_parts(block, len(regions.region_id))])
    point = point_scores(framework, dimension, judged.x)[1]
    position = [p.id for p in framework.pillars_of(dimension)].index(name)
    return np.minimum(found, point[:, position])


def _by_parts(block: Callable[[slice], T], count: int) -> list[T]:
    """`block` of every CHUNK regions, in order. NumPy lets go of the interpreter in its loops, so threads share them;
    a block reads no other, so the result is the same however many there are.
    """
    parts = [slice(start, min(start + CHUNK, count)) for start in range(0, count, CHUNK)]
    if len(parts) < 2:  # threads for one block would cost more than they give
        return [block(part) for part in parts]
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        return list(threads.map(block, parts))


def _draw_values(
    framework: Framework, judged: Judged, regions: Regions, draws: Draws, part: slice,
    columns: Sequence[int] | None = None,
) -> Singles:  # fmt: skip
    """Values (regions of the block, I, D): around x, clipped to 0 and the cap; never seen: uniform between its bounds.

    A value that is "at best" x is also no better than unknown: uniform up to twice x. Upward noise is at most half the
    value: near zero a clipped symmetric draw would raise the mean, and doubt must push down, never up. Disagreement
    pulls the lower half of the draws towards the worst item that counts.
    """
    missing, settings = framework.raw["missing"], framework.raw["uncertainty"]
    chosen = np.arange(len(framework.indicators)) if columns is None else np.asarray(columns)
    names = [str(name) for name in regions.region_id[part]]
    seen = ~np.isnan(judged.x[part][:, chosen])
    values = np.stack([draws.uniform(name, chosen) for name in names])
    values *= missing["never_seen_high"] - missing["never_seen_low"]
    values += missing["never_seen_low"]
    x, low, high, worst, sd, cap = (
        getattr(judged, name)[part][:, chosen][seen].astype(np.float32)[:, None]
        for name in ("x", "x_low", "x_high", "worst", "sd", "cap")
    )
    noise = np.concatenate([draws.normal(name, chosen[cells]) for name, cells in zip(names, seen, strict=True)])
    bounded = np.flatnonzero(judged.at_best[part][:, chosen][seen])
    bound = 2.0 * x[bounded] * ndtr(noise[bounded])
    below = ((1.0 - draws.shared.anchor[chosen]) / np.float32(1.0 - settings["anchor_low"]))[np.nonzero(seen)[1]]
    # Goalposts moved: from the central score towards the worse end for one half of the draws, the better for the other.
    disagreement = (worst - x) * np.clip(noise * -0.5, 0.0, 1.0)
    np.multiply(noise, np.where(noise > 0, np.minimum(sd, x / 2), sd), out=noise)
    noise += disagreement
    noise += x
    below *= np.where(below > 0, low - x, x - high)
    noise += below
    np.clip(noise, 0.0, cap, out=noise)
    noise[bounded] = np.minimum(noise[bounded], bound)
    values[seen] = noise
    return values


def _dimension_block(
    framework: Framework, dimension: str, values: Singles, known: NDArray[np.bool_], shared: SharedDraws
) -> Block:
    """(percentiles (r, 4), band probabilities (r, 5), pillar p20 (r, P), known (r, 4)) of one block of regions.

    Sums run indicator by indicator in a fixed order, so that a region's bytes do not depend on its neighbours.
    """
    floor = np.float32(framework.raw["uncertainty"]["pillar_floor"])
    pillars = framework.pillars_of(dimension)
    weight, share = shared.weight[dimension], shared.pillar[dimension]
    columns = [i for i, c in enumerate(framework.indicators) if c.dimension == dimension]
    score = np.zeros((len(values), len(pillars), values.shape[2]), np.float32)
    position = {pillar.id: i for i, pillar in enumerate(pillars)}
    for drawn, column in zip(weight, columns, strict=True):
        score[:, position[framework.indicators[column].pillar]] += values[:, column] * drawn
    logarithm = np.zeros((len(values), values.shape[2]), np.float32)
    arithmetic = np.zeros_like(logarithm)
    for i in range(len(pillars)):
        logarithm += np.log(np.maximum(score[:, i], floor)) * share[i]
        arithmetic += score[:, i] * share[i]
    result = np.where(shared.geometric, np.exp(logarithm), arithmetic)
    percent = np.percentile(result, [10, 20, 50, 90], axis=1).T.astype(np.float64)
    froms = [entry["from"] for entry in framework.raw["bands"]["level"]]
    at_least = np.stack([(result >= f).mean(axis=1) for f in froms], axis=1)
    probability = np.diff(at_least, axis=1, prepend=0.0)
    pillar = np.percentile(score, 20, axis=2).astype(np.float64)
    return percent, probability, pillar, _known_alone(framework, dimension, values, known, shared)


def _known_alone(
    framework: Framework, dimension: str, values: Singles, known: NDArray[np.bool_], shared: SharedDraws
) -> Floats:
    """Percentiles (r, 4) of the dimension over its known indicators only, weights of the others shared out among them.

    Never a level: leaving out what is missing improves a score as often as not (method section 8). Every fifth draw.
    """
    floor = np.float32(framework.raw["uncertainty"]["pillar_floor"])
    pillars = framework.pillars_of(dimension)
    columns = [i for i, c in enumerate(framework.indicators) if c.dimension == dimension]
    position = {pillar.id: i for i, pillar in enumerate(pillars)}
    shape = (len(values), len(pillars), len(range(0, values.shape[2], KNOWN_STEP)))
    score, weight = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    for drawn, column in zip(shared.weight[dimension][:, ::KNOWN_STEP], columns, strict=True):
        share = known[:, column, None] * drawn
        score[:, position[framework.indicators[column].pillar]] += values[:, column, ::KNOWN_STEP] * share
        weight[:, position[framework.indicators[column].pillar]] += share
    share = (weight > 0) * shared.pillar[dimension][None, :, ::KNOWN_STEP]
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(weight > 0, score / weight, floor)
        logarithm = (np.log(np.maximum(mean, floor)) * share).sum(axis=1) / share.sum(axis=1)
        arithmetic = (mean * share).sum(axis=1) / share.sum(axis=1)
    result = np.where(shared.geometric[::KNOWN_STEP], np.exp(logarithm), arithmetic)
    return np.percentile(result, [10, 20, 50, 90], axis=1).T.astype(np.float64)


def point_scores(framework: Framework, dimension: str, x: Floats) -> tuple[Floats, Floats]:
    """(dimension score, pillar scores) of the central values; a never-seen value counts as the middle of its range."""
    missing = framework.raw["missing"]
    middle = (missing["never_seen_low"] + missing["never_seen_high"]) / 2
    filled = np.where(np.isnan(x), middle, x)
    pillars = framework.pillars_of(dimension)
    position = {pillar.id: i for i, pillar in enumerate(pillars)}
    score = np.zeros((len(x), len(pillars)))
    for column, indicator in enumerate(framework.indicators):
        if indicator.dimension == dimension:
            score[:, position[indicator.pillar]] += filled[:, column] * indicator.weight
    floor = framework.raw["uncertainty"]["pillar_floor"]
    logarithm = np.zeros(len(x))
    for i, pillar in enumerate(pillars):
        logarithm += np.log(np.maximum(score[:, i], floor)) * pillar.weight
    return np.exp(logarithm), score


def _without_news(framework: Framework, dimension: str, judged: Judged, memory: Memory) -> NDArray[np.bool_]:
    """Regions where no indicator of the dimension has newer evidence than the remembered run."""
    columns = [i for i, c in enumerate(framework.indicators) if c.dimension == dimension]
    now, then = judged.newest[:, columns], memory.newest[:, columns]
    newer: NDArray[np.bool_] = (now > then) | (np.isnat(then) & ~np.isnat(now))
    return np.logical_not(newer.any(axis=1))


def _finish(
    framework: Framework,
    dimension: str,
    judged: Judged,
    blocks: list[Block],
    memory: Memory | None,
) -> Scores:
    pillars = len(framework.pillars_of(dimension))
    percent, probability, pillar_p20, known = (
        np.concatenate([b[part] for b in blocks]) if blocks else np.zeros((0, width))
        for part, width in ((0, 4), (1, 5), (2, pillars), (3, 4))
    )
    point, pillar_point = point_scores(framework, dimension, judged.x)
    p20 = np.minimum(percent[:, 1], point)
    if memory is not None and dimension in memory.p20:
        p20 = np.where(_without_news(framework, dimension, judged, memory), np.minimum(p20, memory.p20[dimension]), p20)
    return Scores(
        dimension,
        point,
        p10=np.minimum(percent[:, 0], p20),
        p20=p20,
        p50=percent[:, 2],
        p90=percent[:, 3],
        band_probability=probability,
        pillar_p20=np.minimum(pillar_p20, pillar_point),
        pillar_point=pillar_point,
        known=known,
    )
