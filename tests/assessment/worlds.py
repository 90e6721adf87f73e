"""Whole runs on random countries, without a database: arrivals, borders, routes, P10, positions and gates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from assessment.findings import Findings
from assessment.framework import DIMENSIONS
from assessment.gates import Gated
from assessment.given import Given
from assessment.grade import Grades, grade
from assessment.inputs import SELF
from assessment.items import COMPUTED, ItemTable
from assessment.journey import ways_of
from assessment.judged import Flags, Memory
from assessment.outcome import outcome
from assessment.people import People
from assessment.positions import Position
from assessment.profiles import Profiles
from assessment.score import judge
from assessment.silence import Signs
from assessment.uncertainty import Draws, Scores, simulate
from tests.assessment import scenes
from tests.assessment.scenes import AS_OF, Scene

SOURCES = scenes.SOURCES | {COMPUTED: SELF}
RATINGS = [("EUAA", "mere_presence"), ("EUAA", "high"), ("NL", "highest"), ("EUAA", "not_high")]


@dataclass(frozen=True)
class World:
    """A scene with what is given beside it. borders: rows of (region_id, iso3, neighbours)."""

    scene: Scene
    borders: tuple[tuple[str, str, tuple[str, ...]], ...]
    given: Given


@dataclass(frozen=True)
class Result:
    """What a run says of a world."""

    memory: Memory
    scores: dict[str, Scores]
    grades: dict[str, Grades]
    gated: tuple[Gated, ...]


def random_world(seed: int, regions: int = 3, **scene: object) -> World:
    """A country with random borders, up to three airports, some rated regions and flags."""
    rng = np.random.default_rng([seed, 5])
    made = scenes.random_scene(seed, regions=regions, **scene)  # type: ignore[arg-type]
    names = made.regions.region_id.tolist()
    near: dict[str, set[str]] = {name: set() for name in names}
    for i, name in enumerate(names):  # a few neighbours each, near in the order: the graph stays like a map
        for other in names[i + 1 : i + 4]:
            if rng.random() < 0.5:
                near[name].add(other)
                near[other].add(name)
    arrivals = tuple(
        {"iata": f"A{i:02d}", "name": f"airport {i}", "iso3": "AAA", "region_id": str(rng.choice(names)),
         "kind": str(rng.choice(["international", "regional"]))}
        for i in range(int(rng.integers(0, 3 + regions // 20)))
    )  # fmt: skip
    ratings = []
    for name in names:
        if rng.random() < 0.2:
            authority, level = RATINGS[int(rng.integers(len(RATINGS)))]
            ratings.append(
                Position(f"p:{name}", authority, "AAA", name, "15c", level, "words", "https://example.org",
                         date(2024, 1, 1), None, "analyst", date(2024, 1, 1))
            )  # fmt: skip
    draws = [rng.random(regions) < share for share in (0.05, 0.1, 0.05, 0.2)]
    flags = Flags(draws[0], draws[1], draws[2], draws[3])
    given = Given(arrivals, tuple(ratings), Profiles((), (), {}), People())
    borders = tuple((name, "AAA", tuple(sorted(near[name]))) for name in names)
    return World(replace(made, flags=flags), borders, given)


def run(world: World, draws: Draws | None = None) -> Result:
    """The whole run, as `compute.assess` makes it, from items on."""
    scene, framework = world.scene, world.scene.framework
    draws = draws or Draws(framework, 1)
    place, flags = scene.regions, scene.flags
    items = {name: table for name, table in scene.items.items() if name != "P10"}
    ways = ways_of(
        framework, items, place, SOURCES, scene.as_of, flags, world.given, draws, world.borders, scene.memory
    )
    items["P10"] = ways.items
    judged = judge(framework, items, place, SOURCES, scene.as_of, flags, scene.memory)
    scores = simulate(framework, judged, place, 1, scene.memory, draws)
    grades = {d: grade(framework, d, judged, scores[d], flags, SOURCES, scene.as_of, scene.memory) for d in DIMENSIONS}
    monitored = [True] * len(place.region_id)
    findings = Findings(framework, AS_OF, place, items, judged, scores, grades, Signs(flags), ways, world.given)
    after = outcome(findings, monitored, {}, {})
    memory = Memory.of(judged, {d: scores[d].p20 for d in DIMENSIONS}, {d: grades[d].level for d in DIMENSIONS})
    return Result(memory, scores, grades, after.gated)


def worsened(items: dict[str, ItemTable], framework: object, rng: np.random.Generator, share: float) -> tuple[
    dict[str, ItemTable], int
]:  # fmt: skip
    """Items with a share of their values made worse, and how many those were. National and own alike."""
    from assessment.expand import normalise

    changed, count = dict(items), 0
    for name, table in items.items():
        if not len(table):
            continue
        indicator, value = framework.by_id[name], table.value.copy()  # type: ignore[attr-defined]
        other = np.array([scenes.random_value(indicator, rng) for _ in value])
        hit = (rng.random(len(value)) < share) & (normalise(indicator, other) < normalise(indicator, value))
        value[hit] = other[hit]
        changed[name], count = replace(table, value=value), count + int(hit.sum())
    return changed, count
