"""From the arrival point to the region: the least bad way, its worst leg and an alternative. Method section 12.

Pure: regions with their neighbours and arrival points, scores of pillar "place" and states of arrival points go in;
one or two routes per region come out. Unknown is missing, never fine: a region without a score costs as much as the
worst one, and an arrival point nobody reported on gives state "unknown".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from assessment.framework import Framework
from assessment.route_path import INFINITE, Arrival, Way, minimax

CLOSED = 4  # P9 code
CHECK_AGAIN_DAYS = 14  # an arrival state older than this: check again before travel
KIND_ORDER = {"international": 0, "regional": 1}


@dataclass(frozen=True, slots=True)
class Country:
    """The regions of one country, the neighbours inside it and its arrival points."""

    iso3: str
    neighbours: Mapping[str, tuple[str, ...]]  # every region of the country, an island with ()
    arrivals: tuple[Arrival, ...]


@dataclass(frozen=True, slots=True)
class State:
    """P9 of an arrival point: code 0 open to 4 closed, the day it was reported and by what."""

    code: int
    day: date
    evidence_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """P20 of pillar "place" (0-100, higher is better) of a region and the newest day behind it; None: never scored.

    known False: too little is known for a score, but what was heard is bad: no better than p20.
    """

    p20: float | None
    day: date | None = None
    known: bool = True


@dataclass(frozen=True, slots=True)
class Route:
    """One way to a region. state: open | unknown (arrival or worst leg unknown) | closed | none (no way known).

    legs: regions entered, the arrival's own first, the region itself last. worst_score None: that leg has no score.
    check_again: the state of the arrival is older than 14 days.
    """

    region_id: str
    rank: int
    arrival: Arrival | None
    arrival_code: int | None
    legs: tuple[str, ...]
    worst_leg: str | None
    worst_score: float | None
    worst_date: date | None
    state: str
    evidence_ids: tuple[str, ...] = ()
    check_again: bool = False

    def row(self, run_id: str) -> dict[str, Any]:
        """As a row of assessment.route."""
        names = ("region_id", "rank", "arrival_code", "worst_leg", "worst_score", "worst_date", "state")
        point: dict[str, str | None] = {"arrival_iata": None, "arrival_name": None}
        if self.arrival:
            point = {"arrival_iata": self.arrival.iata, "arrival_name": self.arrival.name}
        return {"run_id": run_id, **{n: getattr(self, n) for n in names}, **point, "legs": list(self.legs)}


def countries(
    regions: Iterable[Mapping[str, Any]], arrivals: Iterable[Mapping[str, Any]], wanted: Iterable[str]
) -> list[Country]:
    """Graphs from the rows of regions.csv (region_id, iso3, neighbours "a;b") and arrival_points.csv."""
    of: dict[str, dict[str, tuple[str, ...]]] = {iso3: {} for iso3 in sorted(set(wanted))}
    for row in regions:
        if row["iso3"] in of:
            near = row["neighbours"] or ()
            of[row["iso3"]][row["region_id"]] = tuple(near.split(";") if isinstance(near, str) else near)
    points: dict[str, list[Arrival]] = {iso3: [] for iso3 in of}
    for row in arrivals:
        if row["region_id"] in of.get(row["iso3"], {}):
            points[row["iso3"]].append(Arrival(row["iata"], row["name"], row["region_id"], row["kind"]))
    return [
        Country(iso3, _inside(near), tuple(sorted(points[iso3], key=lambda a: (KIND_ORDER.get(a.kind, 9), a.iata))))
        for iso3, near in of.items()
    ]


def _inside(near: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Borders inside the country only, both ways even where one side forgot it."""
    both: dict[str, set[str]] = {region: set() for region in near}
    for region, others in near.items():
        for other in others:
            if other in both and other != region:
                both[region].add(other)
                both[other].add(region)
    return {region: tuple(sorted(others)) for region, others in sorted(both.items())}


def routes(
    framework: Framework,
    country: Country,
    scores: Mapping[str, Score],
    states: Mapping[str, State],
    as_of: date,
) -> list[Route]:
    """Best route and, where there is one, an alternative for every region of the country.

    `states` by IATA code, or by region_id or iso3 for all international arrivals there; the worst of them counts.
    Known arrivals come first; one nobody reported on is used only where no known one leads to the region.
    """
    cost = {region: _cost(scores.get(region)) for region in country.neighbours}
    usable = arrival_states(country, states)
    known = {a.iata: state for a, state in usable.items()}
    doors = {a: _door(framework, state) for a, state in usable.items()}
    search = _Search(country, cost, doors, known)
    found: list[Route] = []
    for region in country.neighbours:
        best = search.best(region)
        if best is None:
            shut = bool(doors) and all(value == INFINITE for value in doors.values())
            ids = _evidence(known.values()) if shut else ()
            state = "closed" if shut else "none"
            found.append(Route(region, 1, None, CLOSED if shut else None, (), None, None, None, state, ids))
            continue
        other = search.alternative(region, best)
        ways = [best] if other is None else [best, other]
        found += [_route(region, rank, way, scores, known, as_of) for rank, way in enumerate(ways, 1)]
    return found


def arrival_states(country: Country, states: Mapping[str, State]) -> dict[Arrival, State | None]:
    """The arrivals that may be used and what is known of each, in their order.

    International ones, and regional ones with a report of their own. Where a part of the country (an island) has
    neither, its regional ones stand in: whether flights lead on to them is then unknown.
    """
    known = {a: _state(a, country, states) for a in country.arrivals}
    usable = {a: s for a, s in known.items() if a.kind == "international" or s is not None}
    served = _reachable(country, [a.region_id for a in usable])
    return {a: s for a, s in known.items() if a in usable or a.region_id not in served}


def _reachable(country: Country, regions: Iterable[str]) -> set[str]:
    waiting, found = list(regions), set(regions)
    while waiting:
        for other in country.neighbours[waiting.pop()]:
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found


def _cost(score: Score | None) -> float:
    return 100.0 if score is None or score.p20 is None else 100.0 - score.p20


def _state(arrival: Arrival, country: Country, states: Mapping[str, State]) -> State | None:
    keys = [arrival.iata]
    if arrival.kind == "international":
        keys += [arrival.region_id, country.iso3]
    there = [states[key] for key in keys if key in states]
    return max(there, key=lambda s: (s.code, s.day)) if there else None


def _door(framework: Framework, state: State | None) -> float:
    """Cost of entering by an arrival point: 100 minus its P9 score, infinite when closed, 0 when unknown."""
    if state is None:
        return 0.0
    return INFINITE if state.code >= CLOSED else 100.0 - framework.by_id["P9"].codes[state.code]


def _evidence(states: Iterable[State | None]) -> tuple[str, ...]:
    return tuple(sorted({e for s in states if s for e in s.evidence_ids}))


class _Search:
    """Minimax paths of one country, remembered by what was left out, since many regions ask the same question."""

    def __init__(
        self,
        country: Country,
        cost: Mapping[str, float],
        doors: Mapping[Arrival, float],
        known: Mapping[str, State | None],
    ) -> None:
        self.country, self.cost, self.doors = country, cost, doors
        self.groups = [
            [a for a in doors if known[a.iata] is not None and doors[a] < INFINITE],
            [a for a in doors if known[a.iata] is None],
        ]
        self.remembered: dict[tuple[int, frozenset[str], frozenset[str]], dict[str, Way]] = {}

    def best(
        self, region: str, without_doors: frozenset[str] = frozenset(), without_legs: frozenset[str] = frozenset()
    ) -> Way | None:
        """The least bad way, over known arrivals if one leads there; `without_doors` are regions not to arrive in."""
        for number in range(len(self.groups)):
            key = (number, without_doors, without_legs)
            if key not in self.remembered:
                doors = {a: self.doors[a] for a in self.groups[number] if a.region_id not in without_doors}
                self.remembered[key] = minimax(self.country.neighbours, self.cost, doors, without_legs)
            if region in self.remembered[key]:
                return self.remembered[key][region]
        return None

    def alternative(self, region: str, best: Way) -> Way | None:
        """Another arrival region, else another path around one of the legs between; None where there is neither."""
        other = self.best(region, without_doors=frozenset({best.arrival.region_id}))
        if other is not None:
            return other
        around = [self.best(region, without_legs=frozenset({leg})) for leg in best.legs[1:-1]]
        return min((w for w in around if w is not None), key=lambda w: (w.order, w.legs), default=None)


def _route(
    region: str, rank: int, way: Way, scores: Mapping[str, Score], known: Mapping[str, State | None], as_of: date
) -> Route:
    worst = max(way.legs, key=lambda leg: (_cost(scores.get(leg)), leg))
    score, state = scores.get(worst, Score(None)), known[way.arrival.iata]
    return Route(
        region_id=region,
        rank=rank,
        arrival=way.arrival,
        arrival_code=state.code if state else None,
        legs=way.legs,
        worst_leg=worst,
        worst_score=score.p20,
        worst_date=score.day,
        state="unknown" if state is None or score.p20 is None or not score.known else "open",
        evidence_ids=state.evidence_ids if state else (),
        check_again=state is None or (as_of - state.day).days > CHECK_AGAIN_DAYS,
    )


def level(framework: Framework, route: Route) -> int | None:
    """Level 1-5 of the worst leg, None where it has no score: what gate G7 asks."""
    return None if route.worst_score is None else framework.level_of(route.worst_score)


@dataclass(frozen=True, slots=True)
class Relocation:
    """A region as a place to relocate to: three questions, three levels (1-5), never summed. None: not known.

    safe: worst of physical and legal. admittance: worst of the route and freedom of movement (D6). reasonable:
    material. The home region stays the default; a region rated here still needs its own individual check.
    """

    region_id: str
    safe: int
    admittance: int | None
    reasonable: int


def relocation(
    framework: Framework, levels: Mapping[str, Mapping[str, int]], found: Iterable[Route], movement: Mapping[str, int]
) -> list[Relocation]:
    """Relocation view of every region of a country. `movement`: D6 code 0-4 by region_id, absent where unknown.

    Admittance is known only when the route is open and D6 is known; a bad answer to either is shown even so.
    """
    best = {route.region_id: route for route in found if route.rank == 1}
    result = []
    for region, own in levels.items():
        road = _road_level(framework, best.get(region))
        stay = movement[region] + 1 if region in movement else None
        parts = [value for value in (road, stay) if value is not None]
        bad = max(parts, default=0)
        admittance = bad if len(parts) == 2 or bad >= framework.raw["bands"]["unknown"]["treated_as"] else None
        result.append(Relocation(region, max(own["physical"], own["legal"]), admittance, own["material"]))
    return result


def _road_level(framework: Framework, route: Route | None) -> int | None:
    if route is None:
        return None
    if route.state in ("closed", "none"):
        return 5
    value = level(framework, route)
    treated = framework.raw["bands"]["unknown"]["treated_as"]
    return value if route.state == "open" or (value is not None and value >= treated) else None
