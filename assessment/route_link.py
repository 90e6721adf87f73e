"""How good the best way to a region can be, as one number that never rises when anything on the way gets worse.

`route` names the way a person would be shown; this is what P10 and gate G7 judge. Link = the arrival (its P9 score) or
a region entered (P20 of pillar "place"); a way is as good as its worst link, a region as good as its best way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assessment.framework import Framework
from assessment.items import COMPUTED, ItemTable
from assessment.route import CLOSED, Country, Route, Score, State, arrival_states
from assessment.route_path import Arrival, bottleneck
from assessment.score import unknown_score

SHUT = 100.0  # cost of an arrival that is closed: the worst there is, so that closing it is never a way out


@dataclass(frozen=True, slots=True)
class Link:
    """The worst link of the best way, 0-100. known: that way is reported on from the arrival to the region.

    Not known: no way is better than `score` even if everything nobody reported on were fine. shut: the arrivals known
    are all closed, and others, nobody reported on, are what is left.
    """

    score: float
    known: bool
    shut: bool = False


def worst_links(
    framework: Framework, country: Country, scores: Mapping[str, Score], states: Mapping[str, State]
) -> dict[str, Link]:
    """Link of every region that any way leads to. `scores`, `states` as for `route.routes`.

    A known way is judged by itself, also when it is bad and another, unknown one might be better: which of the two
    there is does not change when one of them gets worse, so the number cannot rise.
    """
    known = arrival_states(country, states)
    nothing = Score(None)
    of = {region: scores.get(region, nothing) for region in country.neighbours}
    unscored = frozenset(region for region, score in of.items() if score.p20 is None or not score.known)
    cost = {region: 0.0 if score.p20 is None else 100.0 - score.p20 for region, score in of.items()}
    doors = {a: 0.0 if s is None else _price(framework, s) for a, s in known.items()}
    reported = {a: price for a, price in doors.items() if known[a] is not None}
    certain = bottleneck(country.neighbours, cost, reported, unscored)
    opened = bottleneck(country.neighbours, cost, {a: p for a, p in reported.items() if p < SHUT}, unscored)
    hoped = bottleneck(country.neighbours, cost, {a: p for a, p in doors.items() if p < SHUT})
    every = bottleneck(country.neighbours, cost, doors)
    found = {}
    for region in every:
        if region in certain:
            only_hope = region not in opened and region in hoped
            found[region] = Link(100.0 - certain[region], not only_hope, only_hope)
        else:
            found[region] = Link(100.0 - every[region], False)
    return found


def _price(framework: Framework, state: State) -> float:
    return SHUT if state.code >= CLOSED else 100.0 - framework.by_id["P9"].codes[state.code]


def worst_leg_items(
    framework: Framework,
    found: Iterable[Route],
    links: Mapping[str, Link],
    evidence: Mapping[str, tuple[str, ...]],
    as_of: object,
) -> ItemTable:
    """P10 for the run: the worst link of every region's best way, 0 where every arrival is closed.

    Where the way is not known P10 is missing, unless it would be worse than a never-seen value is taken to be: not
    knowing an airport must not make a front line better. It is as old as the run: the ages of what it was worked out
    from are in the scores already. evidence: ids behind the score of a region.
    """
    rows: list[tuple[str, float, str, tuple[str, ...]]] = []
    for route in found:
        link = Link(0.0, True) if route.state == "closed" else links.get(route.region_id)
        if route.rank != 1 or link is None or not (link.known or link.score < unknown_score(framework)):
            continue
        behind = (*route.evidence_ids, *evidence.get(route.worst_leg or "", ()))
        rows.append((route.region_id, link.score, "number" if link.known else "at_best", behind))
    if not rows:
        return ItemTable.empty()
    place, values, kinds, ids = zip(*rows, strict=True)
    n = len(rows)
    table = ItemTable.of(place, values, [as_of] * n, [COMPUTED] * n, ids)
    table.kind[:] = kinds
    return table


__all__ = ["Arrival", "Link", "worst_leg_items", "worst_links"]
