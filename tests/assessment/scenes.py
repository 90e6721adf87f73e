"""Random but plain situations to test the score on: regions, sources and items for every indicator."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from assessment import framework as frameworks
from assessment.framework import DIMENSIONS, Framework
from assessment.grade import Grades, grade, suggest
from assessment.items import ItemTable, Regions, SourceFacts
from assessment.judged import Flags, Judged, Memory
from assessment.score import judge
from assessment.uncertainty import Scores, simulate

AS_OF = date(2024, 6, 30)
SOURCES = {
    name: SourceFacts(name, family, reliability, credibility, local)
    for name, family, reliability, credibility, local in [
        ("un", "un", "A", 1, False),
        ("institute", "institute", "A", 2, False),
        ("ngo", "ngo", "B", 1, True),
        ("paper", "paper", "C", 3, False),
        ("wire", "ngo", "C", 2, False),  # passes the NGO on
    ]
}


@dataclass(frozen=True)
class Scene:
    """Everything `judge` takes."""

    framework: Framework
    items: dict[str, ItemTable]
    regions: Regions
    flags: Flags
    as_of: date = AS_OF
    memory: Memory | None = None


@dataclass(frozen=True)
class Outcome:
    """Everything the score says of a scene."""

    judged: Judged
    scores: dict[str, Scores]
    grades: dict[str, Grades]
    categories: list[str]


def few_draws(draws: int = 200) -> Framework:
    """The shipped framework with fewer draws, so that a thousand examples take seconds."""
    shipped = frameworks.load()
    raw = {**shipped.raw, "uncertainty": {**shipped.raw["uncertainty"], "draws": draws}}
    return replace(shipped, raw=raw)


def random_scene(seed: int, regions: int = 2, framework: Framework | None = None, share: float | None = None) -> Scene:
    """A scene of one country: about `share` of the indicators have one to three items, own or national.

    Without a share it is drawn, thin scenes more often than full ones: they are where missing values decide.
    """
    rng = np.random.default_rng(seed)
    if share is None:
        share = float(rng.choice([0.1, 0.25, 0.8], p=[0.45, 0.4, 0.15]))
    framework = framework or few_draws()
    names = np.array([f"AA-{i:02d}" for i in range(regions)])
    place = Regions(names, np.full(regions, "AAA"), np.full(regions, 1e6))
    items = {}
    for indicator in framework.indicators:
        rows: list[tuple[str, float, object, str]] = []
        for where in [*names, "AAA"]:
            if rng.random() > share or (where == "AAA" and indicator.inherit == "none"):
                continue
            for _ in range(int(rng.integers(1, 4))):
                days = int(rng.integers(0, 3 * indicator.half_life_days))
                source = str(rng.choice(list(SOURCES)))
                rows.append((where, random_value(indicator, rng), np.datetime64(AS_OF) - days, source))
        items[indicator.id] = table(indicator.id, rows)
    return Scene(framework, items, place, Flags.none(regions))


def random_value(indicator: object, rng: np.random.Generator) -> float:
    """A raw value inside the indicator's anchors or codes."""
    if indicator.scale == "code":  # type: ignore[attr-defined]
        return float(rng.choice(list(indicator.codes)))  # type: ignore[attr-defined]
    raw = [a[0] for a in indicator.anchors]  # type: ignore[attr-defined]
    return float(rng.uniform(min(raw), max(raw)))


def table(indicator_id: str, rows: list[tuple[str, float, object, str]]) -> ItemTable:
    """An ItemTable of (place, value, day, source) rows; the evidence id names the row."""
    if not rows:
        return ItemTable.empty()
    place, value, day, source = zip(*rows, strict=True)
    ids = [(f"{indicator_id}:{i}",) for i in range(len(rows))]
    return ItemTable.of(place, value, day, source, ids)


def without(items: ItemTable, keep: np.ndarray) -> ItemTable:
    """The rows where `keep` is true."""
    index = np.flatnonzero(keep)
    return ItemTable(
        items.place_id[index],
        items.value[index],
        items.sd[index],
        items.ref_end[index],
        items.source_id[index],
        items.kind[index],
        tuple(items.evidence_ids[i] for i in index),
    )


def run(scene: Scene, seed: int = 1) -> Outcome:
    """Judge, simulate, grade and suggest."""
    judged = judge(
        scene.framework, scene.items, scene.regions, SOURCES, scene.as_of, flags=scene.flags, memory=scene.memory
    )
    scores = simulate(scene.framework, judged, scene.regions, seed, scene.memory)
    grades = {
        d: grade(scene.framework, d, judged, scores[d], scene.flags, SOURCES, scene.as_of, scene.memory)
        for d in DIMENSIONS
    }
    rows = range(len(scene.regions.region_id))
    return Outcome(judged, scores, grades, [suggest(scene.framework, grades, row, True) for row in rows])


def memory_of(outcome: Outcome) -> Memory:
    """What the next run remembers of this one."""
    return Memory.of(
        outcome.judged, {d: outcome.scores[d].p20 for d in DIMENSIONS}, {d: outcome.grades[d].level for d in DIMENSIONS}
    )
