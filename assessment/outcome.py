"""Gates over every region of a run: levels and category after them, and what hit. Method section 10."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from assessment.framework import DIMENSIONS, Framework
from assessment.gates import Gated, RegionFacts, Review, apply_gates
from assessment.given import Given
from assessment.grade import Grades, suggest
from assessment.items import ItemTable, Regions
from assessment.journey import Journey
from assessment.positions import Position
from assessment.route import Route
from assessment.score import Expanded, Judged
from assessment.silence import Signs


@dataclass(frozen=True)
class Outcome:
    """Per region, in the order of the regions: the category before gates and everything after them."""

    before: tuple[str, ...]
    gated: tuple[Gated, ...]


def outcome(
    framework: Framework,
    regions: Regions,
    judged: Judged,
    items: Mapping[str, ItemTable],
    grades: Mapping[str, Grades],
    signs: Signs,
    ways: Journey,
    given: Given,
    as_of: date,
    monitored: Sequence[bool],
    rises: Mapping[str, tuple[str, ...]],
    published: Mapping[str, Mapping[str, int]],
) -> Outcome:
    """Suggested categories and gates. monitored: D4 per region. rises: open alerts on deaths by region, unreviewed.

    published: levels by dimension of the advice in force, where they are known.
    """
    before = tuple(suggest(framework, grades, row, monitored[row]) for row in range(len(regions.region_id)))
    positions: dict[str, list[Position]] = {}
    for position in given.in_force(as_of):
        positions.setdefault(position.iso3, []).append(position)
    harmed = returnee_codes(framework, judged, items, regions)
    behind = dict(zip(ways.items.place_id.tolist(), ways.items.evidence_ids, strict=True))
    best = ways.best()
    gated = []
    for row, (name, iso3) in enumerate(zip(regions.region_id.tolist(), regions.iso3.tolist(), strict=True)):
        facts = _facts(framework, name, iso3, best.get(name), ways, behind.get(name, ()))
        facts |= _people(given, name, published.get(name, {}))
        facts |= dict(zip(("returnee_code", "returnee_evidence"), harmed.get(name, (None, ())), strict=True))
        found = RegionFacts(
            name, iso3, {d: int(grades[d].level[row]) for d in DIMENSIONS}, before[row],
            phase_5=bool(signs.flags.phase_5[row]), famine=signs.famine.get(name, ()),
            silent=bool(signs.flags.blackout[row]), blackout=signs.blackout(name, iso3),
            sharp_rise=rises.get(name, ()), **facts,
        )  # fmt: skip
        removed = given.people.removed.get(name, frozenset())
        gated.append(apply_gates(framework, found, positions.get(iso3, ()), as_of, removed))
    return Outcome(before, tuple(gated))


def _facts(
    framework: Framework, name: str, iso3: str, route: Route | None, ways: Journey, evidence: tuple[str, ...]
) -> dict[str, Any]:
    if route is None:
        return {}
    link = ways.links.get(name)
    return {
        "route_state": route.state,
        "route_level": None if link is None else framework.level_of(link.score),
        "arrivals_shut": link is not None and link.shut,
        "route_evidence": evidence or route.evidence_ids,
    }


def _people(given: Given, name: str, published: Mapping[str, int]) -> dict[str, Any]:
    """What the advice in force adds: when its review is due, and what may not get better while a region is frozen."""
    advice = given.people.advice.get(name)
    if advice is None:
        return {}
    return {
        "review": Review(advice.due, advice.evidence_id),
        "previous_category": advice.category,
        "previous_levels": dict(published),
    }


def returnee_codes(
    framework: Framework, judged: Judged, items: Mapping[str, ItemTable], regions: Regions
) -> dict[str, tuple[int, tuple[str, ...]]]:
    """Worst L8 code that counts per region, with its evidence: of what has not lapsed, else of what there was."""
    column = [i.id for i in framework.indicators].index("L8")
    rows, table = judged.items[column], items.get("L8")
    if table is None or not len(rows.region):
        return {}
    found: dict[int, tuple[int, tuple[str, ...]]] = {}
    for lapsed in (False, True):
        for number in np.flatnonzero(rows.lapsed == lapsed).tolist():
            _worse(found, rows, table, number, set() if not lapsed else set(found))
    return {str(regions.region_id[region]): value for region, value in found.items()}


def _worse(
    found: dict[int, tuple[int, tuple[str, ...]]], rows: Expanded, table: ItemTable, number: int, settled: set[int]
) -> None:
    region, item = int(rows.region[number]), int(rows.item[number])
    code = int(np.ceil(table.value[item]))
    if region not in settled and code > found.get(region, (-1, ()))[0]:
        found[region] = (code, tuple(table.evidence_ids[item]))
