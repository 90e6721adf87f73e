"""The properties of method section 16 that concern scoring. Each was seen to fail once with its rule taken out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assessment.expand import normalise
from assessment.framework import DIMENSIONS
from assessment.grade import CATEGORIES
from assessment.items import ItemTable, Regions
from assessment.judged import CARRIED, INHERITED, MISSING, Flags
from tests.assessment import scenes

FRAMEWORK = scenes.few_draws(100)
EVENT_SERIES = {"P1", "P2", "P3", "P4", "P5"}
many = settings(max_examples=1000, deadline=None)
seeds = st.integers(0, 2**32 - 1)


def no_better(before: scenes.Outcome, after: scenes.Outcome) -> None:
    """No band and no category improved anywhere."""
    for dimension in DIMENSIONS:
        assert (after.grades[dimension].level >= before.grades[dimension].level).all()
    for first, second in zip(before.categories, after.categories, strict=True):
        if {first, second} != {"AU", "A1"}:  # handled alike; which of the two is a matter of what is known
            assert CATEGORIES.index(second) >= CATEGORIES.index(first)


def pick_row(scene: scenes.Scene, rng: np.random.Generator) -> tuple[str, int] | None:
    """A random item of a random indicator that has any."""
    filled = [name for name, table in scene.items.items() if len(table)]
    if not filled:
        return None
    name = str(rng.choice(filled))
    return name, int(rng.integers(len(scene.items[name])))


def changed(scene: scenes.Scene, name: str, **columns: object) -> scenes.Scene:
    """The scene with columns of one indicator's table replaced."""
    return replace(scene, items={**scene.items, name: replace(scene.items[name], **columns)})


def worsened(scene: scenes.Scene, seed: int) -> scenes.Scene | None:
    """The scene with one item made worse."""
    rng = np.random.default_rng(seed)
    row = pick_row(scene, rng)
    if row is None:
        return None
    name, index = row
    indicator = FRAMEWORK.by_id[name]
    value = scene.items[name].value.copy()
    old = normalise(indicator, value[index : index + 1])[0]
    worst = max(indicator.codes) if indicator.scale == "code" else indicator.anchors[-1][0]
    other = scenes.random_value(indicator, rng)
    value[index] = other if normalise(indicator, np.array([other]))[0] <= old else worst
    return changed(scene, name, value=value)


@many
@given(seeds, seeds)
def test_worse_input_never_gives_a_better_score(scene_seed: int, change: int) -> None:
    scene = scenes.random_scene(scene_seed, framework=FRAMEWORK)
    worse = worsened(scene, change)
    if worse is not None:
        before, after = scenes.run(scene), scenes.run(worse)
        no_better(before, after)
        for dimension in DIMENSIONS:
            assert (after.scores[dimension].point <= before.scores[dimension].point + 1e-9).all()


@many
@given(seeds, seeds, st.floats(0.02, 1.0))
def test_deleting_evidence_never_improves(scene_seed: int, change: int, share: float) -> None:
    scene = scenes.random_scene(scene_seed, framework=FRAMEWORK)
    before = scenes.run(scene)
    rng = np.random.default_rng(change)
    items = {name: scenes.without(t, rng.random(len(t)) > share) for name, t in scene.items.items()}
    after = scenes.run(replace(scene, items=items, memory=scenes.memory_of(before)))
    no_better(before, after)


@many
@given(seeds)
def test_adding_a_country_changes_no_other_score(scene_seed: int) -> None:
    scene = scenes.random_scene(scene_seed, framework=FRAMEWORK)
    other = scenes.random_scene(scene_seed + 1, framework=FRAMEWORK)
    rename = {name: name.replace("A", "Z", 1) for name in [*scene.regions.region_id, "AAA"]}
    items = {}
    for name, table in scene.items.items():
        far = other.items[name]
        places = [rename[str(p)] for p in far.place_id]
        items[name] = ItemTable(
            np.concatenate([table.place_id, np.array(places, dtype=np.str_)]),
            np.concatenate([table.value, far.value]),
            np.concatenate([table.sd, far.sd]),
            np.concatenate([table.ref_end, far.ref_end]),
            np.concatenate([table.source_id, far.source_id]),
            np.concatenate([table.kind, far.kind]),
            (*table.evidence_ids, *far.evidence_ids),
        )
    n = len(scene.regions.region_id)
    regions = Regions(
        np.concatenate([scene.regions.region_id, np.array([rename[str(r)] for r in scene.regions.region_id])]),
        np.concatenate([scene.regions.iso3, np.full(n, "ZAA")]),
        np.full(2 * n, 1e6),
    )
    alone = scenes.run(scene)
    together = scenes.run(replace(scene, items=items, regions=regions, flags=Flags.none(2 * n)))
    for dimension in DIMENSIONS:
        for part in ("p10", "p20", "p50", "p90", "point"):
            first = getattr(alone.scores[dimension], part)
            assert np.array_equal(first, getattr(together.scores[dimension], part)[:n])


@many
@given(seeds, seeds)
def test_a_copy_from_the_same_origin_changes_nothing(scene_seed: int, change: int) -> None:
    scene = scenes.random_scene(scene_seed, framework=FRAMEWORK)
    row = pick_row(scene, np.random.default_rng(change))
    if row is None:
        return
    name, index = row
    table = scene.items[name]
    twice = np.append(np.arange(len(table)), index)
    copied = ItemTable(
        *(getattr(table, c)[twice] for c in ("place_id", "value", "sd", "ref_end", "source_id", "kind")),
        tuple(table.evidence_ids[i] for i in twice),
    )
    before, after = scenes.run(scene), scenes.run(replace(scene, items={**scene.items, name: copied}))
    for dimension in DIMENSIONS:
        assert np.array_equal(before.scores[dimension].p20, after.scores[dimension].p20)


@many
@given(seeds, st.integers(1, 4000))
def test_ageing_alone_never_improves_an_indicator(scene_seed: int, days: int) -> None:
    scene = scenes.random_scene(scene_seed, framework=FRAMEWORK)
    now = scenes.run(scene)
    later = scenes.run(replace(scene, as_of=scene.as_of + timedelta(days=days)))
    for column, indicator in enumerate(FRAMEWORK.indicators):
        if indicator.id not in EVENT_SERIES:
            before, after = now.judged.x[:, column], later.judged.x[:, column]
            seen = ~np.isnan(before)
            assert (after[seen] <= before[seen] + 1e-9).all(), indicator.id


@many
@given(seeds)
def test_a_national_value_never_yields_level_1_for_a_core_item(scene_seed: int) -> None:
    scene = scenes.random_scene(scene_seed, framework=FRAMEWORK)
    items = {n: scenes.without(t, t.place_id == "AAA") for n, t in scene.items.items()}
    outcome = scenes.run(replace(scene, items=items))
    for column, indicator in enumerate(FRAMEWORK.indicators):
        if indicator.core and indicator.inherit == "practice":
            values = outcome.judged.x[:, column]
            assert (values[~np.isnan(values)] <= 75.0).all()
            assert (outcome.judged.cap[outcome.judged.origin[:, column] == INHERITED, column] <= 75.0).all()


@many
@given(seeds)
@example(376844220)  # a value cut to what unknown is worth had lost its distance to the worse goalpost
def test_silence_is_missing_and_not_zero(scene_seed: int) -> None:
    scene = scenes.random_scene(scene_seed, framework=FRAMEWORK)
    n = len(scene.regions.region_id)
    quiet = Flags(np.ones(n, bool), np.zeros(n, bool), np.zeros(n, bool))
    outcome = scenes.run(replace(scene, flags=quiet))
    place = [i for i, c in enumerate(FRAMEWORK.indicators) if (c.dimension, c.pillar) == ("physical", "place")]
    kept = outcome.judged.x[:, place]
    assert (outcome.judged.origin[:, place] == MISSING).all()
    assert (kept[~np.isnan(kept)] <= 25.0).all(), "only what is worse than unknown is still heard"
    assert outcome.grades["physical"].insufficient.all()
    heard = scenes.run(scene)
    no_better(heard, outcome)
    assert (outcome.scores["physical"].p20 <= heard.scores["physical"].p20 + 1e-9).all()


@many
@given(seeds)
def test_phase_5_caps_food_and_nothing_lifts_it(scene_seed: int) -> None:
    scene = scenes.random_scene(scene_seed, framework=FRAMEWORK)
    n = len(scene.regions.region_id)
    famine = Flags(np.zeros(n, bool), np.zeros(n, bool), np.ones(n, bool))
    food = next(i for i, c in enumerate(FRAMEWORK.indicators) if c.id == "M4")
    values = scenes.run(replace(scene, flags=famine)).judged.x[:, food]
    assert (values[~np.isnan(values)] <= 10.0).all()


def test_the_same_inputs_give_the_same_bytes() -> None:
    scene = scenes.random_scene(7, regions=5)
    first, second = scenes.run(scene), scenes.run(scene)
    for dimension in DIMENSIONS:
        for part in ("p10", "p20", "p50", "p90", "band_probability", "pillar_p20"):
            assert getattr(first.scores[dimension], part).tobytes() == getattr(second.scores[dimension], part).tobytes()


def test_no_data_at_all_is_insufficient_and_treated_as_severe() -> None:
    scene = scenes.random_scene(1, framework=scenes.few_draws(1000), share=0.0)
    outcome = scenes.run(scene)
    for dimension in DIMENSIONS:
        assert outcome.grades[dimension].insufficient.all()
        assert (outcome.grades[dimension].level >= 4).all()
    assert set(outcome.categories) == {"AU"}


def test_a_lapsed_value_is_carried_at_fifty_at_best() -> None:
    scene = scenes.random_scene(3, regions=1, share=0.0)
    old = scenes.AS_OF - timedelta(days=1500)
    items = {**scene.items, "M4": scenes.table("M4", [("AA-00", 1.0, old, "un")])}
    judged = scenes.run(replace(scene, items=items)).judged
    column = next(i for i, c in enumerate(scene.framework.indicators) if c.id == "M4")
    assert judged.origin[0, column] == CARRIED
    assert judged.x[0, column] == pytest.approx(50.0)


@pytest.mark.slow
def test_twenty_thousand_worsenings_and_ten_thousand_deletions() -> None:
    """Many regions at once: 20,000 random worsenings and 10,000 random deletions, no band improves."""
    framework = scenes.few_draws(200)
    regions, rounds = 1000, 20
    for number in range(rounds):
        scene = scenes.random_scene(number, regions=regions, framework=framework)
        before = scenes.run(scene)
        items = dict(scene.items)
        rng = np.random.default_rng(number)
        for name, table in scene.items.items():
            indicator, value = framework.by_id[name], table.value.copy()
            hit = (rng.random(len(value)) < 0.05) & (table.place_id != "AAA")
            other = np.array([scenes.random_value(indicator, rng) for _ in value])
            worse = normalise(indicator, other) <= normalise(indicator, value)
            value[hit & worse] = other[hit & worse]
            items[name] = replace(table, value=value)
        no_better(before, scenes.run(replace(scene, items=items)))
        if number < 10:
            kept = {n: scenes.without(t, rng.random(len(t)) > 0.05) for n, t in scene.items.items()}
            no_better(before, scenes.run(replace(scene, items=kept, memory=scenes.memory_of(before))))
