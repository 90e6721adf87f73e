"""One assessment: what was known at a day -> scores, levels, reasons and unknowns of every region. No writing here.

The same inputs, framework and seed give the same numbers, on any machine and in any order of loading.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import numpy as np

from assessment import indicators, violence
from assessment.framework import DIMENSIONS, Framework
from assessment.grade import Grades, grade, suggest
from assessment.inputs import Inputs
from assessment.items import ItemTable, Regions, SourceFacts
from assessment.score import Flags, Judged, Memory, judge
from assessment.uncertainty import Scores, simulate

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
    flags: Flags
    perspective: Mapping[str, ItemTable]

    def category(self, row: int) -> str:
        """Suggested category of one region, before gates."""
        return suggest(self.framework, self.grades, row, bool(self.monitored_after_return(row)))

    def monitored_after_return(self, row: int) -> bool:
        """D4: somebody independent visits people after return; not known means no."""
        table = self.perspective.get("D4", ItemTable.empty())
        places = {str(self.regions.region_id[row]), str(self.regions.iso3[row])}
        return any(place in places and value >= 1 for place, value in zip(table.place_id, table.value, strict=True))


def assess(
    connection: duckdb.DuckDBPyConnection,
    as_of: date,
    framework: Framework,
    countries: Sequence[str],
    *,
    seed: int = SEED,
    memory: Memory | None = None,
) -> Assessment:
    """Assess every admin-1 region of `countries` with what was known on the day `as_of`."""
    indicators.check(framework)
    inputs = Inputs(connection, as_of)
    violence.build(connection, as_of)
    regions = inputs.regions(countries)
    sources = inputs.sources()
    found = {name: item.observe(inputs) for name, item in indicators.definitions().items()}
    scored = {name: table for name, table in found.items() if name in framework.by_id}
    flags = flags_of(inputs, regions, framework)
    judged = judge(framework, scored, regions, sources, as_of, flags, memory)
    scores = simulate(framework, judged, regions, seed, memory)
    grades = {d: grade(framework, d, judged, scores[d], flags, sources, as_of) for d in DIMENSIONS}
    digest = inputs.digest()
    run_id = hashlib.sha256(f"{as_of}|{framework.digest}|{digest}|{seed}|{memory is not None}".encode()).hexdigest()[
        :16
    ]
    perspective = {name: table for name, table in found.items() if name not in framework.by_id}
    return Assessment(
        run_id, as_of, framework, digest, seed, regions, sources, scored, judged, scores, grades, flags, perspective
    )


def flags_of(inputs: Inputs, regions: Regions, framework: Framework) -> Flags:
    """Blackout, not controlled, phase 5. Method section 8.4.

    A source is judged by its own rhythm: silence is a blackout only when the base of the region's country has given
    nothing for longer than its publication lag and the framework's 30 days. A country without any base is no blackout
    but simply without data.
    """
    n = len(regions.region_id)
    famine = {row[0] for row in inputs.connection.execute(FAMINE, {"day": inputs.as_of}).fetchall()}
    access = {row[0] for row in inputs.connection.execute(ACCESS, _limits(inputs, framework)).fetchall()}
    foreign = {
        row[0]
        for row in inputs.connection.execute(
            "SELECT place_id FROM claim_asof WHERE indicator_id = 'P6' AND severity >= 4 AND ref_end <= $day",
            {"day": inputs.as_of},
        ).fetchall()
    }
    ids, iso3 = regions.region_id, regions.iso3
    return Flags(
        blackout=np.array([c in access for c in iso3], dtype=bool) if n else np.zeros(0, bool),
        not_controlled=np.array([r in foreign for r in ids], dtype=bool) if n else np.zeros(0, bool),
        phase_5=np.array([r in famine for r in ids], dtype=bool) if n else np.zeros(0, bool),
    )


def _limits(inputs: Inputs, framework: Framework) -> dict[str, Any]:
    return {"day": inputs.as_of, "level": framework.raw["missing"]["blackout_access_level"]}


# People in phase 5 in any area of the region, in the newest measured period of the last nine months.
FAMINE = """
    SELECT DISTINCT region_id
    FROM observation_asof
    WHERE variable = 'ipc_population'
      AND dimensions ->> 'phase' = '5'
      AND NOT projection
      AND value > 0
      AND value / nullif(denominator, 0) >= 0.2
      AND region_id IS NOT NULL
      AND ref_end BETWEEN $day - INTERVAL 9 MONTH AND $day + INTERVAL 4 MONTH
"""

# Humanitarian access constraints so high that reports cannot be expected.
ACCESS = """
    SELECT iso3
    FROM observation_asof
    WHERE variable = 'humanitarian_access'
      AND ref_end BETWEEN $day - INTERVAL 12 MONTH AND $day
    GROUP BY iso3
    HAVING arg_max(value, ref_end) >= $level
"""
