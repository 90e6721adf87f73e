"""Gates over every region of a run: levels and category after them, and what hit. Method section 10."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from assessment.findings import Findings
from assessment.framework import DIMENSIONS, Framework
from assessment.gates import Gated, RegionFacts, Review, apply_gates
from assessment.given import Given
from assessment.grade import suggest
from assessment.items import ItemTable
from assessment.positions import Position
from assessment.route import Route
from assessment.route_link import Link


@dataclass(frozen=True)
class Outcome:
    """Per region, in the order of the regions: the category before gates and everything after them."""

    before: tuple[str, ...]
    gated: tuple[Gated, ...]


def outcome(
    findings: Findings,
    monitored: Sequence[bool],
    rises: Mapping[str, tuple[str, ...]],
    published: Mapping[str, Mapping[str, int]],
) -> Outcome:
    """Suggested categories and gates. monitored: D4 per region. rises: open alerts on deaths by region, unreviewed.

    published: levels by dimension of the advice in force, where they are known.
    """
    framework, regions, grades = findings.framework, findings.regions, findings.grades
    given, ways, signs = findings.given, findings.ways, findings.signs
    before = tuple(suggest(framework, grades, row, monitored[row]) for row in range(len(regions.region_id)))
    positions: dict[str, list[Position]] = {}
    for position in given.in_force(findings.as_of):
        positions.setdefault(position.iso3, []).append(position)
    harmed = returnee_codes(findings)
    behind = dict(zip(ways.items.place_id.tolist(), ways.items.evidence_ids, strict=True))
    best = ways.best()
    worst = findings.judged.x[:, findings.column("P10")]
    gated = []
    for row, (name, iso3) in enumerate(zip(regions.region_id.tolist(), regions.iso3.tolist(), strict=True)):
        facts = _facts(framework, float(worst[row]), best.get(name), ways.links.get(name), behind.get(name, ()))
        facts |= _people(given, name, published.get(name, {})) | {"harm": given.people.harm_in(name, iso3)}
        facts |= dict(zip(("returnee_code", "returnee_evidence"), harmed.get(name, (None, ())), strict=True))
        found = RegionFacts(
            name, iso3, {d: int(grades[d].level[row]) for d in DIMENSIONS}, before[row],
            phase_5=bool(signs.flags.phase_5[row]), famine=signs.famine.get(name, ()),
            silent=bool(signs.flags.blackout[row]), blackout=signs.blackout(name, iso3),
            sharp_rise=rises.get(name, ()), **facts,
        )  # fmt: skip
        removed = given.people.removed.get(name, frozenset())
        gated.append(apply_gates(framework, found, positions.get(iso3, ()), findings.as_of, removed))
    return Outcome(before, tuple(gated))


def _facts(
    framework: Framework, worst: float, route: Route | None, link: Link | None, evidence: tuple[str, ...]
) -> dict[str, Any]:
    """What G7 asks. worst: P10 as judged (NaN: unknown, and not known to be worse than that)."""
    if route is None:
        return {}
    return {
        "route_state": route.state,
        "route_level": None if np.isnan(worst) else framework.level_of(worst),
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


def returnee_codes(findings: Findings) -> dict[str, tuple[int, tuple[str, ...]]]:
    """Worst L8 code that counts per region, with its evidence where there still is any.

    The worst of what the score counts: a worse report that has lapsed stands until a person retires it.
    """
    column, codes, judged = findings.column("L8"), findings.framework.by_id["L8"].codes, findings.judged
    rows, table = judged.items[column], findings.items.get("L8", ItemTable.empty())
    found: dict[str, tuple[int, tuple[str, ...]]] = {}
    for row in np.flatnonzero(~np.isnan(judged.worst[:, column])).tolist():
        code = max(code for code, score in codes.items() if score >= judged.worst[row, column] - 1e-9)
        mine = rows.item[rows.region == row] if len(rows.region) else []
        behind = [e for item in mine if np.ceil(table.value[item]) >= code for e in table.evidence_ids[item]]
        found[str(findings.regions.region_id[row])] = (code, tuple(dict.fromkeys(behind)))
    return found
