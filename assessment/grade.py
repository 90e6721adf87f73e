"""How much is known: coverage, insufficient information, confidence grade, level and suggested category.

Method sections 8, 9 and 10. Pure functions over what `score` and `uncertainty` return.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from assessment.framework import DIMENSIONS, Framework
from assessment.items import COMPUTED, SourceFacts
from assessment.judged import CARRIED, INHERITED, MISSING, ZONE, Flags, Judged, Memory
from assessment.score import unknown_score
from assessment.uncertainty import Floats, Scores

GRADES = ("high", "moderate", "low", "very_low")
CATEGORIES = ("A4", "A3", "A2", "A1", "AU", "A0")  # from the mildest to the strictest


@dataclass(frozen=True, slots=True)
class Grades:
    """What is known about one dimension, per region (length R).

    coverage: share of weight with evidence of its own time (0-1). insufficient: too little is known (band U).
    indicative: level of the 20th percentile, 1-5. level: the level used for advice: with U never better than 4 and
    never better than what little is known says. confidence: index into GRADES. steps: why it was lowered.
    freshness: newest day any evidence speaks about (NaT when none). known: share of weight that is known, also by old
    evidence. known_level: level of the 20th percentile of what is known alone, 0 where less than the framework's
    minimum is; known_best, known_worst: of the 90th and 10th.
    """

    dimension: str
    coverage: Floats
    insufficient: NDArray[np.bool_]
    why_insufficient: list[tuple[str, ...]]
    indicative: NDArray[np.int64]
    level: NDArray[np.int64]
    confidence: NDArray[np.int64]
    steps: list[tuple[str, ...]]
    freshness: NDArray[np.datetime64]
    stale: NDArray[np.bool_]
    known: Floats
    known_level: NDArray[np.int64]
    known_best: NDArray[np.int64]
    known_worst: NDArray[np.int64]


def grade(
    framework: Framework,
    dimension: str,
    judged: Judged,
    scores: Scores,
    flags: Flags,
    sources: Mapping[str, SourceFacts],
    as_of: date,
    memory: Memory | None = None,
) -> Grades:
    """Coverage, U rule, level and confidence of one dimension.

    memory: of the run before. Where too little is known now, its level holds: a gap is no news of something better.
    """
    columns = [i for i, c in enumerate(framework.indicators) if c.dimension == dimension]
    share = {p.id: p.weight for p in framework.pillars_of(dimension)}
    weight = np.array([framework.indicators[i].weight * share[framework.indicators[i].pillar] for i in columns])
    origin = judged.origin[:, columns]
    current = (origin != MISSING) & (origin != CARRIED)
    coverage = (current * weight).sum(axis=1) / weight.sum()
    insufficient, reasons = _insufficient(framework, dimension, judged, columns, coverage, flags, as_of)
    froms = np.array([entry["from"] for entry in framework.raw["bands"]["level"]])[:-1]
    indicative = _level(scores.p20, froms)
    unknown_level = framework.raw["bands"]["unknown"]["treated_as"]
    # Pure ignorance is severe (4), not exceptional (5): only a part of the weight that was seen can say worse.
    # What is not known but heard to be bad counts, and what was known until reports fell silent.
    bad = judged.at_best[:, columns] & (judged.x[:, columns] < unknown_score(framework))
    heard = (origin != MISSING) | bad | (judged.at_best[:, columns] & flags.blackout[:, None])
    seen = (heard * weight).sum(axis=1) / weight.sum()
    spoken = np.where(seen >= framework.raw["missing"]["indicative_minimum"], indicative, unknown_level)
    level = np.where(insufficient, np.maximum(spoken, unknown_level), indicative)
    if memory is not None and dimension in memory.level:
        level = np.where(insufficient, np.maximum(level, memory.level[dimension]), level)
    steps, stale = _steps(framework, judged, columns, weight, scores, sources)
    confidence = np.array([min(sum(2 if s == "imprecision_wide" else 1 for s in step), 3) for step in steps])
    newest = np.full(len(coverage), np.datetime64("NaT", "D"))
    if columns:
        newest = np.fmax.reduce(judged.newest[:, columns], axis=1)
    share = ((origin != MISSING) * weight).sum(axis=1) / weight.sum()
    enough = share >= framework.raw["missing"]["indicative_minimum"]
    known = [np.where(enough, _level(np.nan_to_num(scores.known[:, part]), froms), 0) for part in (1, 3, 0)]
    return Grades(
        dimension, coverage, insufficient, reasons, indicative, level, confidence, steps, newest, stale, share, *known
    )


def _level(score: Floats, froms: Floats) -> NDArray[np.int64]:
    """Band level 1-5 of scores; `froms` are the lowest scores of levels 1 to 4."""
    return 1 + (score[:, None] < froms).sum(axis=1)


def _insufficient(
    framework: Framework,
    dimension: str,
    judged: Judged,
    columns: list[int],
    coverage: Floats,
    flags: Flags,
    as_of: date,
) -> tuple[NDArray[np.bool_], list[tuple[str, ...]]]:
    """U: too little weight covered, a core indicator of the main pillar missing, or nothing recent of the region."""
    rules = framework.raw["missing"]
    main = framework.main_pillar(dimension)
    core = [i for i in columns if framework.indicators[i].core and framework.indicators[i].pillar == main]
    newest = np.fmax.reduce(judged.newest_own[:, columns], axis=1)
    oldest_allowed = np.datetime64(as_of, "D") - np.timedelta64(int(rules["newest_region_item_months"] * 30.4375), "D")
    thin = coverage < rules["coverage_minimum"]
    without = np.isin(judged.origin[:, core], (MISSING,))
    dated = np.isnat(newest) | (newest < oldest_allowed)
    reasons = []
    for row in range(len(coverage)):
        why = []
        if thin[row]:
            why.append("coverage")
        why += [f"core:{framework.indicators[i].id}" for i, gap in zip(core, without[row], strict=True) if gap]
        if dated[row]:
            why.append("no_recent_region_item")
        if flags.blackout[row] and dimension == "physical":
            why.append("blackout")
        reasons.append(tuple(why))
    return np.array([bool(why) for why in reasons], dtype=bool), reasons


def _steps(
    framework: Framework,
    judged: Judged,
    columns: list[int],
    weight: Floats,
    scores: Scores,
    sources: Mapping[str, SourceFacts],
) -> tuple[list[tuple[str, ...]], NDArray[np.bool_]]:
    """The five step-downs of the confidence grade, by name; and whether the evidence is stale."""
    rules = framework.raw["confidence"]
    origin, age = judged.origin[:, columns], judged.age[:, columns]
    seen = origin != MISSING
    mass = np.where(seen, weight, 0.0)
    total = np.maximum(mass.sum(axis=1), 1e-12)
    indirect = (mass * np.isin(origin, (INHERITED, ZONE, CARRIED))).sum(axis=1) / total > rules["inherited_share"]
    core = np.array([framework.indicators[i].core for i in columns])
    middle = _weighted_median(np.where(seen, age, np.inf), mass)
    stale = (middle > rules["staleness_half_lives"]) | (
        np.nan_to_num(age, nan=0.0)[:, core].max(axis=1, initial=0.0) > rules["core_half_lives"]
    )
    conflict = (judged.conflict[:, columns] & core).any(axis=1)
    spread = scores.p90 - scores.p10
    local = {facts.origin_family for facts in sources.values() if facts.local_family}
    families = _families(judged, columns, len(spread))
    result = []
    for row in range(len(spread)):
        names = []
        if indirect[row]:
            names.append("indirectness")
        if stale[row]:
            names.append("staleness")
        if conflict[row]:
            names.append("inconsistency")
        if spread[row] > rules["spread_wide"]:
            names.append("imprecision_wide")
        elif spread[row] > rules["spread"]:
            names.append("imprecision")
        if len(families[row]) < rules["origin_families"] or not families[row] & local:
            names.append("dependence")
        result.append(tuple(names))
    return result, stale


def _families(judged: Judged, columns: list[int], r: int) -> list[set[str]]:
    found: list[set[str]] = [set() for _ in range(r)]
    for column in columns:
        for region, family in zip(judged.items[column].region.tolist(), judged.families[column].tolist(), strict=True):
            if family != COMPUTED:  # what the run works out itself is no witness of its own
                found[region].add(family)
    return found


def _weighted_median(values: Floats, weight: Floats) -> Floats:
    """Row-wise weighted median; rows without weight give infinity."""
    order = np.argsort(values, axis=1)
    ranked = np.take_along_axis(values, order, axis=1)
    running = np.cumsum(np.take_along_axis(weight, order, axis=1), axis=1)
    half = running[:, -1:] / 2
    at = np.minimum((running < half).sum(axis=1), values.shape[1] - 1)
    result = ranked[np.arange(len(values)), at]
    return np.where(running[:, -1] > 0, result, np.inf)


def suggest(
    framework: Framework,
    grades: Mapping[str, Grades],
    row: int,
    monitoring: bool,
    levels: Mapping[str, int] | None = None,
) -> str:
    """The suggested category of one region before category gates: worst of three, no compensation.

    `levels` are the levels after gates (the graded ones by default); `monitoring` is D4: independent monitoring after
    return is in place. Very low confidence or insufficient information forbids A3 and A4.
    """
    used = {d: int(grades[d].level[row]) for d in DIMENSIONS} if levels is None else levels
    worst = max(used.values())
    unknown = any(grades[d].insufficient[row] for d in DIMENSIONS)
    if worst >= 4:
        known_severe = any(used[d] >= 4 and not grades[d].insufficient[row] for d in DIMENSIONS)
        return "AU" if unknown and not known_severe else "A1"
    lowest = max(int(grades[d].confidence[row]) for d in DIMENSIONS)
    if worst == 3 or lowest >= GRADES.index("very_low"):
        return "A2"
    if worst == 2:
        return "A3"
    return "A4" if monitoring and lowest <= GRADES.index("moderate") else "A3"


def strictness(category: str) -> int:
    """How strict a category is for the person it is about; 0 is the mildest.

    AU is handled as A1 (method section 3), so a step between the two is neither milder nor stricter: a second person
    judges it, but nobody has to find two sources inside a region from which no news comes to say "advised against".
    `stricter` still prefers AU, so that no rule hides that something is unknown.
    """
    return CATEGORIES.index("A1" if category == "AU" else category)


def stricter(first: str, second: str) -> str:
    """The stricter of two categories: gates and lapses can only worsen."""
    return max(first, second, key=CATEGORIES.index)
