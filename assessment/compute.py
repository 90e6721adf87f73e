"""One assessment: what was known at a day -> scores, levels, gates, routes, alerts and forecast of every region.

No writing here. The same inputs, framework and seed give the same numbers, on any machine and in any order of loading.
Only the alerts compare with earlier runs (`past`), so they may differ where other runs were made before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import duckdb
import numpy as np

from assessment import indicators, violence
from assessment.alerts import Alert
from assessment.findings import Findings
from assessment.framework import DIMENSIONS, Framework
from assessment.given import Given, shipped
from assessment.grade import Grades, grade
from assessment.inputs import Inputs
from assessment.items import ItemTable, Regions, SourceFacts
from assessment.journey import Journey, borders, ways_of
from assessment.judged import Judged, Memory
from assessment.outcome import Outcome, outcome
from assessment.past import Past
from assessment.score import judge
from assessment.series import series_of
from assessment.silence import Signs, signs_of
from assessment.uncertainty import Draws, Scores, simulate
from assessment.watch import rises, together, watch

SEED = 20260101  # one seed for all runs: a region's draws must not change because its inputs did


@dataclass(frozen=True)
class Assessment:
    """Everything one run found, in arrays over `regions`; `assessment.store` writes it, `assessment.read` shows it."""

    run_id: str
    as_of: date
    framework: Framework
    input_digest: str
    seed: int
    regions: Regions
    sources: Mapping[str, SourceFacts]
    items: Mapping[str, ItemTable]
    judged: Judged
    scores: Mapping[str, Scores]
    grades: Mapping[str, Grades]
    signs: Signs
    perspective: Mapping[str, ItemTable]
    given: Given
    journey: Journey
    outcome: Outcome
    alerts: tuple[Alert, ...]
    compared_with: str | None  # the run before, for the alerts

    @cached_property
    def heaviest(self) -> list[np.ndarray]:
        """Per indicator the item with the most weight for every region; -1 where there is none."""
        found = []
        for rows in self.judged.items:
            best = np.full(len(self.regions.region_id), -1, dtype=np.int64)
            order = np.argsort(rows.weight, kind="stable")[::-1]
            order = order[np.argsort(rows.region[order], kind="stable")]
            regions, first = np.unique(rows.region[order], return_index=True)
            best[regions] = rows.item[order][first]
            found.append(best)
        return found

    @cached_property
    def levels(self) -> dict[str, np.ndarray]:
        """Levels after gates by dimension."""
        return {d: np.array([g.levels[d] for g in self.outcome.gated], dtype=np.int64) for d in DIMENSIONS}


def assess(
    connection: duckdb.DuckDBPyConnection,
    as_of: date,
    framework: Framework,
    countries: Sequence[str],
    *,
    given: Given | None = None,
    past: Past | None = None,
    published: Mapping[str, Mapping[str, int]] | None = None,
    seed: int = SEED,
    memory: Memory | None = None,
    draws: Draws | None = None,
) -> Assessment:
    """Assess every admin-1 region of `countries` with what was known on the day `as_of`.

    given: arrivals, positions, profiles and what people entered by that day (the shipped tables by default). past: the
    runs before, for alerts. published: levels by dimension of regions with advice in force, for gates that freeze.
    draws: kept between the dates of a history.
    """
    indicators.check(framework)
    given, past = given or shipped(), past or Past()
    inputs = Inputs(connection, as_of, given.people.claims)
    violence.build(connection, as_of)
    regions, sources = inputs.regions(countries), inputs.sources()
    signs = signs_of(inputs, regions, framework)
    found = {name: item.observe(inputs) for name, item in indicators.definitions().items() if name != "P10"}
    draws = draws or Draws(framework, seed)
    land = borders(connection, regions)
    ways = ways_of(framework, found, regions, sources, as_of, signs.flags, given, draws, land, memory)
    inputs.extra["P10"] = ways.items
    found["P10"] = indicators.definitions()["P10"].observe(inputs)
    scored = {name: table for name, table in found.items() if name in framework.by_id}
    perspective = {name: table for name, table in found.items() if name not in framework.by_id}
    judged = judge(framework, scored, regions, sources, as_of, signs.flags, memory)
    scores = simulate(framework, judged, regions, seed, memory, draws)
    grades = {d: grade(framework, d, judged, scores[d], signs.flags, sources, as_of, memory) for d in DIMENSIONS}
    risen = rises(framework, series_of(connection, framework, countries, as_of), as_of, given)
    findings = Findings(framework, as_of, regions, scored, judged, scores, grades, signs, ways, given)
    monitored = monitored_after_return(perspective.get("D4", ItemTable.empty()), regions)
    after = outcome(findings, monitored, risen.rises, published or {})
    seen = watch(findings, past, connection)
    digest = inputs.digest()
    return Assessment(
        _run_id(as_of, framework, digest, given, seed, memory), as_of, framework, digest, seed, regions, sources,
        scored, judged, scores, grades, signs, perspective, given, ways, after, together(risen.alerts, seen),
        past.run_id,
    )  # fmt: skip


def _run_id(as_of: date, framework: Framework, digest: str, given: Given, seed: int, memory: Memory | None) -> str:
    text = f"{as_of}|{framework.digest}|{digest}|{given.digest}|{seed}|{memory is not None}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def monitored_after_return(table: ItemTable, regions: Regions) -> list[bool]:
    """D4 per region: somebody independent visits people after return; not known means no."""
    there = {place for place, value in zip(table.place_id.tolist(), table.value.tolist(), strict=True) if value >= 1}
    return [
        name in there or iso3 in there
        for name, iso3 in zip(regions.region_id.tolist(), regions.iso3.tolist(), strict=True)
    ]
