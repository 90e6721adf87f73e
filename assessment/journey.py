"""The journeys of one run: pillar "place" is scored first, then the ways to every region, then P10 can be judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

import duckdb
import numpy as np

from assessment.framework import Framework
from assessment.given import Given
from assessment.items import ItemTable, Regions, SourceFacts
from assessment.judged import Flags, Judged, Memory
from assessment.route import Route, Score, State, countries, routes
from assessment.route_link import Link, worst_leg_items, worst_links
from assessment.score import judge, unknown_score
from assessment.uncertainty import Draws, Floats, main_pillar_p20

EVIDENCE = 8  # ids of the worst leg that stand behind P10 of another region
LOOK = """
    SELECT region_id, iso3, neighbours
    FROM region
    WHERE admin_level = 1 AND list_contains($countries, iso3)
    ORDER BY region_id
"""


@dataclass(frozen=True)
class Journey:
    """Ways to every region (best, alternative), the worst link of the best one, and P10 made from them."""

    routes: tuple[Route, ...]
    links: Mapping[str, Link]
    items: ItemTable

    def best(self) -> dict[str, Route]:
        """Best route by region."""
        return {route.region_id: route for route in self.routes if route.rank == 1}


def borders(connection: duckdb.DuckDBPyConnection, regions: Regions) -> list[tuple[str, str, Sequence[str]]]:
    """(region_id, iso3, neighbours) of every region of the countries assessed."""
    return connection.execute(LOOK, {"countries": sorted(set(regions.iso3.tolist()))}).fetchall()


def ways_of(
    framework: Framework,
    items: Mapping[str, ItemTable],
    regions: Regions,
    sources: Mapping[str, SourceFacts],
    as_of: date,
    flags: Flags,
    given: Given,
    draws: Draws,
    land: Sequence[tuple[str, str, Sequence[str]]],
    memory: Memory | None = None,
) -> Journey:
    """Score pillar "place" of every region and find the ways over `land` (see `borders`). Items without P10."""
    place = [framework.indicators[i].id for i in _place(framework)]
    known = {name: items[name] for name in place if name in items}
    judged = judge(framework, known, regions, sources, as_of, flags, memory)
    p20 = main_pillar_p20(framework, "physical", judged, regions, draws)
    scores = scores_of(framework, judged, regions, flags, p20)
    states = arrival_reports(framework, items.get("P9", ItemTable.empty()), as_of)
    rows = [dict(zip(("region_id", "iso3", "neighbours"), row, strict=True)) for row in land]
    found: list[Route] = []
    links: dict[str, Link] = {}
    for country in countries(rows, given.arrivals, set(regions.iso3.tolist())):
        found += routes(framework, country, scores, states, as_of)
        links |= worst_links(framework, country, scores, states)
    behind = evidence_of(framework, judged, items, regions)
    return Journey(tuple(found), links, worst_leg_items(framework, found, links, behind, as_of))


def scores_of(framework: Framework, judged: Judged, regions: Regions, flags: Flags, p20: Floats) -> dict[str, Score]:
    """What crossing a region costs. Known: enough of the pillar is, or was until reports fell silent.

    Of a region nobody heard enough of there is no score, but what was heard and is bad bounds it.
    """
    columns = _place(framework)
    weight = np.array([framework.indicators[i].weight for i in columns])
    counted = ~np.isnan(judged.x[:, columns])
    if flags.unheard is not None:
        counted &= ~flags.unheard[:, None] | np.array([framework.indicators[i].inherit != "none" for i in columns])
    known = (counted * weight).sum(axis=1) >= framework.raw["missing"]["indicative_minimum"]
    bad = np.any(judged.x[:, columns] < unknown_score(framework), axis=1)
    newest = np.fmax.reduce(judged.newest[:, columns], axis=1)
    return {
        str(name): Score(
            float(p20[row]) if known[row] or bad[row] else None,
            None if np.isnat(newest[row]) else newest[row].astype(object),
            bool(known[row]),
        )
        for row, name in enumerate(regions.region_id)
    }


def _place(framework: Framework) -> list[int]:
    name = framework.main_pillar("physical")
    return [i for i, c in enumerate(framework.indicators) if (c.dimension, c.pillar) == ("physical", name)]


def evidence_of(
    framework: Framework, judged: Judged, items: Mapping[str, ItemTable], regions: Regions
) -> dict[str, tuple[str, ...]]:
    """Evidence ids behind pillar "place" of every region, heaviest indicator first, a few."""
    found: dict[str, list[str]] = {}
    for column in sorted(_place(framework), key=lambda i: -framework.indicators[i].weight):
        rows = judged.items[column]
        for region, item in zip(rows.region.tolist(), rows.item.tolist(), strict=True):
            table = items[framework.indicators[column].id]
            found.setdefault(str(regions.region_id[region]), []).extend(table.evidence_ids[item])
    return {name: tuple(dict.fromkeys(ids))[:EVIDENCE] for name, ids in found.items()}


def arrival_reports(framework: Framework, table: ItemTable, as_of: date) -> dict[str, State]:
    """What is reported of arrivals, by place (IATA code, region_id or iso3): the worst report that has not lapsed.

    Of lapsed reports only bad ones stand, the newest: that an airport was open long ago says nothing, that it was
    closed stands until somebody reports otherwise.
    """
    indicator = framework.by_id["P9"]
    lapse = timedelta(days=framework.raw["evidence"]["rules"]["lapse_half_lives"] * indicator.half_life_days)
    cap = framework.raw["evidence"]["rules"]["carried_cap"]
    fresh: dict[str, State] = {}
    old: dict[str, State] = {}
    for row in range(len(table)):
        place, day = str(table.place_id[row]), table.ref_end[row].astype(object)
        state = State(min(ceil(float(table.value[row])), 4), day, tuple(table.evidence_ids[row]))
        if as_of - day <= lapse:
            if place not in fresh or (state.code, day) > (fresh[place].code, fresh[place].day):
                fresh[place] = state
        elif indicator.codes[state.code] <= cap and (place not in old or day > old[place].day):
            old[place] = state
    return old | fresh
