"""Minimax paths: the way whose worst link is least bad, ties by sum of links, then length. Pure graph search."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

INFINITE = float("inf")


@dataclass(frozen=True, slots=True)
class Arrival:
    """An airport or border post. kind: international (taken to have flights from abroad) | regional."""

    iata: str
    name: str
    region_id: str
    kind: str


@dataclass(frozen=True, slots=True)
class Way:
    """A path with its order: (worst link, sum of links, number of legs, arrival rank); smaller is better."""

    order: tuple[float, float, int, int]
    arrival: Arrival
    legs: tuple[str, ...]


def minimax(
    neighbours: Mapping[str, Sequence[str]],
    cost: Mapping[str, float],
    doors: Mapping[Arrival, float],
    without: frozenset[str] = frozenset(),
) -> dict[str, Way]:
    """Per reachable region the way with the least bad worst link; ties by sum of links, length, arrival, legs.

    A shortest-path search on (worst, sum) alone is wrong: a dear prefix may be the cheaper one once a later leg is
    worse than both. So the worst link is found first, then the smallest sum among regions no worse than that.
    """
    start: dict[str, list[tuple[float, int, Arrival]]] = {}
    for rank, (arrival, price) in enumerate(doors.items()):
        if price < INFINITE and arrival.region_id not in without:
            start.setdefault(arrival.region_id, []).append((price, rank, arrival))
    worst = _bottleneck(neighbours, cost, start, without)
    result: dict[str, Way] = {}
    for ceiling in sorted(set(worst.values())):
        ways = _shortest(neighbours, cost, start, without, ceiling)
        for region, limit in worst.items():
            if limit == ceiling:
                total, length, rank, arrival, legs = ways[region]
                result[region] = Way((ceiling, total, length, rank), arrival, legs)
    return result


def bottleneck(
    neighbours: Mapping[str, Sequence[str]],
    cost: Mapping[str, float],
    doors: Mapping[Arrival, float],
    without: frozenset[str] = frozenset(),
) -> dict[str, float]:
    """Smallest possible worst link to every reachable region."""
    start: dict[str, list[tuple[float, int, Arrival]]] = {}
    for rank, (arrival, price) in enumerate(doors.items()):
        if price < INFINITE and arrival.region_id not in without:
            start.setdefault(arrival.region_id, []).append((price, rank, arrival))
    return _bottleneck(neighbours, cost, start, without)


def _bottleneck(
    neighbours: Mapping[str, Sequence[str]],
    cost: Mapping[str, float],
    start: Mapping[str, list[tuple[float, int, Arrival]]],
    without: frozenset[str],
) -> dict[str, float]:
    """Smallest possible worst link to every reachable region."""
    queue = [(max(min(doors)[0], cost[region]), region) for region, doors in start.items()]
    heapq.heapify(queue)
    done: dict[str, float] = {}
    while queue:
        value, region = heapq.heappop(queue)
        if region in done:
            continue
        done[region] = value
        for other in neighbours[region]:
            if other not in done and other not in without:
                heapq.heappush(queue, (max(value, cost[other]), other))
    return done


def _shortest(
    neighbours: Mapping[str, Sequence[str]],
    cost: Mapping[str, float],
    start: Mapping[str, list[tuple[float, int, Arrival]]],
    without: frozenset[str],
    ceiling: float,
) -> dict[str, tuple[float, int, int, Arrival, tuple[str, ...]]]:
    """Smallest (sum, length, arrival rank, legs) to every region over links no dearer than `ceiling`."""
    queue: list[tuple[float, int, int, tuple[str, ...], str, Arrival]] = []
    for region, doors in start.items():
        for price, rank, arrival in doors:
            if price <= ceiling and cost[region] <= ceiling:
                queue.append((price + cost[region], 1, rank, (region,), arrival.iata, arrival))
    heapq.heapify(queue)
    done: dict[str, tuple[float, int, int, Arrival, tuple[str, ...]]] = {}
    while queue:
        total, length, rank, legs, iata, arrival = heapq.heappop(queue)
        if legs[-1] in done:
            continue
        done[legs[-1]] = (total, length, rank, arrival, legs)
        for other in neighbours[legs[-1]]:
            if other not in done and other not in without and cost[other] <= ceiling:
                heapq.heappush(queue, (total + cost[other], length + 1, rank, (*legs, other), iata, arrival))
    return done
