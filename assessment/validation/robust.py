"""V8: what moves when one of our choices moves: weights, anchors, aggregator, sources; and Sobol total indices."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assessment.compute import Assessment
from assessment.framework import DIMENSIONS, Framework
from assessment.score import judge
from assessment.uncertainty import point_scores
from assessment.validation import plots
from assessment.validation.leave_out import known_points, without
from assessment.validation.levels import level_of
from assessment.validation.panel import Floats
from assessment.validation.thresholds import Figure, judged

WEIGHT_STEP, ANCHOR_STEP = 0.25, 0.20
SEED = 8


@dataclass(frozen=True, slots=True)
class Trial:
    """One choice moved: levels of the central scores (R) per dimension beside the ones of the framework."""

    name: str
    kind: str  # weight | anchor | aggregator | source
    levels: Mapping[str, NDArray[np.int64]]


def robust(run: Assessment, base: int = 128, regions: int = 150) -> dict[str, Any]:
    """All trials on one run, and Sobol indices of the dimension in which a choice weighs most.

    A region counts in a dimension only where something of it is known: elsewhere no choice could move it.
    """
    fed = {d: np.isfinite(known_points(run, d, run.judged.x)) for d in DIMENSIONS}
    central = {d: level_of(run.framework, point_scores(run.framework, d, run.judged.x)[0]) for d in DIMENSIONS}
    lines: list[dict[str, Any]] = []
    jump = 0
    for trial in trials(run):
        for d, levels in trial.levels.items():
            step = (levels - central[d])[fed[d]]
            if not len(step):
                continue
            line: dict[str, Any] = {
                "name": trial.name,
                "kind": trial.kind,
                "dimension": d,
                "changed": float(np.mean(step != 0)),
            }
            lines.append(line | {"better": float(np.mean(step < 0)), "jump": int(np.abs(step).max())})
            # Leaving a source out may make a place worse by any step: that is the safe direction.
            jump = max(jump, int((-step if trial.kind == "source" else np.abs(step)).max()))
    n = int(max(mask.sum() for mask in fed.values())) if fed else 0
    indices = {d: sobol(run, d, base, regions) for d in DIMENSIONS}
    totals = [(value, f"{d}: {name}") for d, found in indices.items() for name, value in found.items()]
    moved = [line for line in lines if line["kind"] != "source"]
    figures = {
        "changed": Figure(max((line["changed"] for line in moved), default=None), n),
        "sources": Figure(max((x["better"] for x in lines if x["kind"] == "source"), default=None), n),
        "jump": Figure(float(jump) if lines else None, n),
        "sobol": Figure(max(totals)[0] if totals else None, n),
    }
    worst = sorted(lines, key=lambda line: -line["changed"])[:15]
    table = {"caption": "robust", "columns": ["choice", "dimension", "changed", "better", "jump"],
             "rows": [[x["name"], x["dimension"], x["changed"], x["better"], x["jump"]] for x in worst]}  # fmt: skip
    top = sorted(totals, reverse=True)[:12]
    return judged("V8", figures, tables=[table], plots=[plots.bars("sobol", [(name, value) for value, name in top])])


def trials(run: Assessment) -> Iterator[Trial]:
    """Every choice moved up and down, one at a time."""
    framework, x = run.framework, run.judged.x
    for indicator in framework.indicators:
        for sign in (-1, 1):
            moved = _weighted(framework, indicator.id, 1 + sign * WEIGHT_STEP)
            d = indicator.dimension
            yield Trial(f"{indicator.id} {sign * WEIGHT_STEP:+.0%}", "weight", {d: _levels(moved, d, x)})
    for pillar in framework.pillars:
        for sign in (-1, 1):
            moved = _pillar_weighted(framework, pillar.dimension, pillar.id, 1 + sign * WEIGHT_STEP)
            d = pillar.dimension
            yield Trial(f"{pillar.id} {sign * WEIGHT_STEP:+.0%}", "weight", {d: _levels(moved, d, x)})
    for indicator in framework.indicators:
        for sign in (-1, 1):
            if indicator.scale != "code":
                moved_x = _anchored(run, indicator.id, 1 + sign * ANCHOR_STEP)
                d = indicator.dimension
                yield Trial(f"{indicator.id} {sign * ANCHOR_STEP:+.0%}", "anchor", {d: _levels(framework, d, moved_x)})
    yield Trial("arithmetic", "aggregator", {d: level_of(framework, _arithmetic(framework, d, x)) for d in DIMENSIONS})
    for family in sorted({facts.origin_family for facts in run.sources.values()}):
        items = {name: without(table, family, run) for name, table in run.items.items()}
        if any(len(items[name]) < len(table) for name, table in run.items.items()):
            left = judge(framework, items, run.regions, run.sources, run.as_of, run.signs.flags).x
            yield Trial(f"- {family}", "source", {d: _levels(framework, d, left) for d in DIMENSIONS})


def _levels(framework: Framework, dimension: str, x: Floats) -> NDArray[np.int64]:
    return level_of(framework, point_scores(framework, dimension, x)[0])


def _arithmetic(framework: Framework, dimension: str, x: Floats) -> Floats:
    pillar = point_scores(framework, dimension, x)[1]
    return pillar @ np.array([p.weight for p in framework.pillars_of(dimension)])


def _weighted(framework: Framework, name: str, factor: float) -> Framework:
    """One indicator's weight times a factor; the weights of its pillar sum to one again."""
    one = framework.by_id[name]
    total = 1 + one.weight * (factor - 1)
    changed = [
        replace(i, weight=i.weight * (factor if i.id == name else 1.0) / total)
        if (i.dimension, i.pillar) == (one.dimension, one.pillar) else i
        for i in framework.indicators
    ]  # fmt: skip
    return replace(framework, indicators=tuple(changed))


def _pillar_weighted(framework: Framework, dimension: str, name: str, factor: float) -> Framework:
    one = next(p for p in framework.pillars_of(dimension) if p.id == name)
    total = 1 + one.weight * (factor - 1)
    changed = [
        replace(p, weight=p.weight * (factor if p.id == name else 1.0) / total) if p.dimension == dimension else p
        for p in framework.pillars
    ]
    return replace(framework, pillars=tuple(changed))


def _anchored(run: Assessment, name: str, factor: float) -> Floats:
    """Judged values with the goalposts of one indicator moved."""
    framework = run.framework
    at = [i.id for i in framework.indicators].index(name)
    one = framework.indicators[at]
    moved = replace(one, anchors=tuple((value * factor, points) for value, points in one.anchors))
    alone = replace(framework, indicators=(moved,))
    found = judge(alone, {name: run.items[name]}, run.regions, run.sources, run.as_of, run.signs.flags)
    x = run.judged.x.copy()
    x[:, at] = found.x[:, 0]
    return x


def sobol(run: Assessment, dimension: str, base: int, regions: int) -> dict[str, float]:
    """Total index per choice: the share of variance it has a part in, weighted over regions by their variance.

    Saltelli's design with Jansen's estimator: base x (factors + 2) evaluations. Factors: weight of each indicator and
    pillar (25 % either way), goalposts of each pillar (15 %), geometric or arithmetic, what a never-seen value is,
    measurement error. Regions with something known only, at most `regions` of them.
    """
    model, names = sobol_model(run, dimension, regions)
    return total_indices(model, names, base, SEED) if names else {}


def total_indices(model: Callable[[Floats], Floats], names: list[str], base: int, seed: int) -> dict[str, float]:
    """Jansen's total indices of a function of uniform factors, (factors,) -> (R,)."""
    rng = np.random.default_rng(seed)
    a, b = rng.random((base, len(names))), rng.random((base, len(names)))
    fa = np.stack([model(row) for row in a])
    fb = np.stack([model(row) for row in b])
    variance = np.concatenate([fa, fb]).var(axis=0).sum()
    out = {}
    for at, name in enumerate(names):
        mixed = a.copy()
        mixed[:, at] = b[:, at]
        gap = np.stack([model(row) for row in mixed]) - fa
        out[name] = float((gap**2).mean(axis=0).sum() / 2 / variance) if variance > 0 else 0.0
    return out


def sobol_model(run: Assessment, dimension: str, regions: int) -> tuple[Callable[[Floats], Floats], list[str]]:
    """The score of some regions as a function of factors in [0, 1], and the factors' names."""
    framework, judged_x = run.framework, run.judged
    fed = np.flatnonzero(np.isfinite(known_points(run, dimension, judged_x.x)))
    fed = fed[np.linspace(0, len(fed) - 1, min(regions, len(fed))).astype(int)] if len(fed) else fed
    columns = [i for i, c in enumerate(framework.indicators) if c.dimension == dimension]
    pillars = framework.pillars_of(dimension)
    of = np.array([[p.id for p in pillars].index(framework.indicators[i].pillar) for i in columns])
    x, low, high, sd = (getattr(judged_x, n)[fed][:, columns] for n in ("x", "x_low", "x_high", "sd"))
    weight = np.array([framework.indicators[i].weight for i in columns])
    share = np.array([p.weight for p in pillars])
    missing, floor = framework.raw["missing"], framework.raw["uncertainty"]["pillar_floor"]
    names = [f"weight {framework.indicators[i].id}" for i in columns] + [f"weight {p.id}" for p in pillars]
    names += [f"goalposts {p.id}" for p in pillars] + ["aggregator", "never seen", "measurement"]
    i, p = len(columns), len(pillars)

    def model(u: Floats) -> Floats:
        w = weight * (1 + WEIGHT_STEP * (2 * u[:i] - 1))
        big = share * (1 + WEIGHT_STEP * (2 * u[i : i + p] - 1))
        move = 2 * u[i + p : i + 2 * p][of] - 1
        value = x + np.where(move < 0, (low - x) * -move, (high - x) * move) + sd * (2 * u[-1] - 1)
        unseen = missing["never_seen_low"] + u[-2] * (missing["never_seen_high"] - missing["never_seen_low"])
        value = np.clip(np.where(np.isnan(x), unseen, value), 0, 100)
        score = np.stack([(value[:, of == k] @ w[of == k]) / w[of == k].sum() for k in range(p)], axis=1)
        big = big / big.sum()
        return np.asarray(np.exp(np.log(np.maximum(score, floor)) @ big) if u[-3] < 0.75 else score @ big)

    return model, (names if len(fed) else [])
