"""Nothing gets better when evidence is deleted or gets worse, with routes, P10 and gates in the run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.framework import DIMENSIONS
from assessment.grade import CATEGORIES
from assessment.judged import Flags
from assessment.uncertainty import Draws
from tests.assessment import scenes, worlds

FRAMEWORK = scenes.few_draws(100)
DRAWS = Draws(FRAMEWORK, 1)
seeds = st.integers(0, 2**32 - 1)
some = settings(max_examples=100, deadline=None)


def no_better(before: worlds.Result, after: worlds.Result) -> None:
    """No level before or after gates and no category improved; AU and A1 are handled alike."""
    for dimension in DIMENSIONS:
        assert (after.grades[dimension].level >= before.grades[dimension].level).all()
    for old, new in zip(before.gated, after.gated, strict=True):
        assert all(new.levels[d] >= old.levels[d] for d in DIMENSIONS)
        if {old.category, new.category} != {"AU", "A1"}:
            assert CATEGORIES.index(new.category) >= CATEGORIES.index(old.category)


@some
@given(seeds, seeds)
def test_worse_evidence_never_helps_a_whole_country(seed: int, change: int) -> None:
    world = worlds.random_world(seed, regions=4, framework=FRAMEWORK)
    items, _ = worlds.worsened(world.scene.items, FRAMEWORK, np.random.default_rng(change), 0.1)
    worse = replace(world, scene=replace(world.scene, items=items))
    no_better(worlds.run(world, DRAWS), worlds.run(worse, DRAWS))


@some
@given(seeds, seeds)
def test_deleted_evidence_never_helps_a_whole_country(seed: int, change: int) -> None:
    world = worlds.random_world(seed, regions=4, framework=FRAMEWORK)
    before = worlds.run(world, DRAWS)
    rng = np.random.default_rng(change)
    items = {n: scenes.without(t, rng.random(len(t)) > 0.1) for n, t in world.scene.items.items()}
    no_better(before, worlds.run(replace(world, scene=replace(world.scene, items=items, memory=before.memory)), DRAWS))


@some
@given(seeds)
def test_silence_anywhere_helps_nobody(seed: int) -> None:
    """Reports of some regions fall silent: neither they nor the regions behind them look better."""
    world = worlds.random_world(seed, regions=4, framework=FRAMEWORK)
    quiet = np.random.default_rng(seed).random(4) < 0.4
    flags = world.scene.flags
    silent = Flags(flags.blackout | quiet, flags.not_controlled, flags.phase_5, flags.unheard)
    no_better(worlds.run(world, DRAWS), worlds.run(replace(world, scene=replace(world.scene, flags=silent)), DRAWS))


@pytest.mark.slow
def test_twenty_thousand_worsenings_and_ten_thousand_deletions_with_routes_and_gates() -> None:
    """Countries of 60 regions: at least 20,000 random worsenings and 10,000 random deletions, no improvement."""
    framework = scenes.few_draws(200)
    draws, worse, gone, number = Draws(framework, 1), 0, 0, 0
    while worse < 20_000 or gone < 10_000:
        world = worlds.random_world(number, regions=60, framework=framework)
        before, rng = worlds.run(world, draws), np.random.default_rng(number)
        items, count = worlds.worsened(world.scene.items, framework, rng, 0.1)
        no_better(before, worlds.run(replace(world, scene=replace(world.scene, items=items)), draws))
        kept = {n: scenes.without(t, rng.random(len(t)) > 0.05) for n, t in world.scene.items.items()}
        less = replace(world, scene=replace(world.scene, items=kept, memory=before.memory))
        no_better(before, worlds.run(less, draws))
        worse += count
        gone += sum(len(t) - len(kept[n]) for n, t in world.scene.items.items())
        number += 1
    assert number > 5
