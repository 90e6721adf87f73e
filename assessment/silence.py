"""What is known beside the items: famine, who governs, and whether reports can be expected at all. Method section 8.4.

Zero events count only where reporting works: the source that counts violence has a record of the country in the last 30
days of what it covers, and the region itself was heard of, by an event or a document, in 180 days. Otherwise events are
missing, not zero ("unheard"). A blackout is more: access so obstructed that reports cannot be expected, or a country
that was in the source every month of a year and is in it no longer. It is judged against the last day the source covers
anywhere, so that a source that is late everywhere is old, not silent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import duckdb
import numpy as np

from assessment.framework import Framework
from assessment.inputs import Inputs
from assessment.items import Regions
from assessment.judged import Flags

RHYTHM_MONTHS = 12  # a country heard of in each of these months has a rhythm that can stop
Evidence = Mapping[str, tuple[str, ...]]  # place (region_id or iso3) -> evidence ids


@dataclass(frozen=True)
class Signs:
    """Flags with what they rest on. silent: countries whose reports stopped, with the last day heard of."""

    flags: Flags
    famine: Evidence = field(default_factory=dict)
    access: Evidence = field(default_factory=dict)
    silent: Mapping[str, Any] = field(default_factory=dict)

    def blackout(self, region_id: str, iso3: str) -> tuple[str, ...]:
        """Evidence of the blackout of one region; none where it is the absence of any."""
        return self.access.get(iso3, ())


def signs_of(inputs: Inputs, regions: Regions, framework: Framework) -> Signs:
    """Read every flag. Needs the temporary tables of `violence.build`."""
    rules, day = framework.raw["missing"], {"day": inputs.as_of}
    famine = _grouped(inputs.connection, FAMINE, day)
    access = _grouped(inputs.connection, ACCESS, {**day, "level": rules["blackout_access_level"]})
    foreign = set(_grouped(inputs.connection, FOREIGN, day))
    silent = dict(inputs.connection.execute(SILENT, {"rhythm": RHYTHM_MONTHS}).fetchall())
    heard = {
        row[0] for row in inputs.connection.execute(HEARD, {"days": int(rules["source_silent_days"]) + 1}).fetchall()
    }
    near = _regions_heard(inputs, int(rules["region_silent_days"]))
    ids, iso3 = regions.region_id.tolist(), regions.iso3.tolist()

    def each(found: list[bool]) -> np.ndarray:
        return np.array(found, dtype=bool)

    flags = Flags(
        blackout=each([c in access or c in silent for c in iso3]),
        not_controlled=each([r in foreign for r in ids]),
        phase_5=each([r in famine for r in ids]),
        unheard=each([c not in heard or r not in near for r, c in zip(ids, iso3, strict=True)]),
    )
    return Signs(flags, famine, access, silent)


def _grouped(connection: duckdb.DuckDBPyConnection, sql: str, wanted: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {place: tuple(ids or ()) for place, ids in connection.execute(sql, dict(wanted)).fetchall()}


def _regions_heard(inputs: Inputs, days: int) -> set[str]:
    """Regions with an event, or a document that is mainly about them, in the last days."""
    found = {row[0] for row in inputs.connection.execute(NEAR, {"days": days}).fetchall()}
    read = inputs.connection.execute(
        "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'evidence' AND table_name = 'document'"
    ).fetchone()
    if read and read[0]:
        rows = inputs.connection.execute(DOCUMENTS, {"day": inputs.as_of, "days": days}).fetchall()
        found |= {row[0] for row in rows}
    return found


# People in phase 5 in any area of the region, in the newest measured period of the last nine months.
FAMINE = """
    SELECT region_id, list(observation_id ORDER BY observation_id)[1:8]
    FROM observation_asof
    WHERE variable = 'ipc_population'
      AND dimensions ->> 'phase' = '5'
      AND NOT projection
      AND value > 0
      AND value / nullif(denominator, 0) >= 0.2
      AND region_id IS NOT NULL
      AND ref_end BETWEEN $day - INTERVAL 9 MONTH AND $day + INTERVAL 4 MONTH
    GROUP BY region_id
"""

# Humanitarian access constraints so high that reports cannot be expected.
ACCESS = """
    SELECT iso3, [arg_max(observation_id, (ref_end, observation_id))]
    FROM observation_asof
    WHERE variable = 'humanitarian_access'
      AND ref_end BETWEEN $day - INTERVAL 12 MONTH AND $day
    GROUP BY iso3
    HAVING arg_max(value, (ref_end, observation_id)) >= $level
"""

FOREIGN = """
    SELECT place_id, list(claim_id ORDER BY claim_id)
    FROM claim_asof
    WHERE indicator_id = 'P6' AND severity >= 4 AND ref_end <= $day
    GROUP BY place_id
"""

# The source that counts now, per country, and the months it has events of; `frontier`: the last month it covers.
_COUNTED = """
    WITH base AS (
        SELECT iso3, arg_max(base_source, month) AS source_id FROM region_month_violence GROUP BY iso3
    ),
    frontier AS (
        SELECT source_id, max(month) AS month FROM violence_rows WHERE events > 0 GROUP BY source_id
    ),
    months AS (
        SELECT b.iso3, v.month, f.month AS frontier
        FROM base AS b
        JOIN frontier AS f USING (source_id)
        JOIN violence_rows AS v ON v.source_id = b.source_id AND v.iso3 = b.iso3 AND v.events > 0
        GROUP BY b.iso3, v.month, f.month
    )
"""
HEARD = f"""
    {_COUNTED}
    SELECT iso3
    FROM months
    GROUP BY iso3, frontier
    HAVING date_diff('day', last_day(max(month)), last_day(frontier)) <= $days
"""
SILENT = f"""
    {_COUNTED},
    ended AS (
        SELECT iso3, frontier, max(month) AS last FROM months GROUP BY iso3, frontier
    )
    SELECT e.iso3, last_day(e.last)
    FROM ended AS e
    JOIN months AS m ON m.iso3 = e.iso3 AND m.month > e.last - to_months($rhythm::INTEGER)
    WHERE e.last < e.frontier
    GROUP BY e.iso3, e.last
    HAVING count(*) >= $rhythm
"""
NEAR = """
    WITH base AS (
        SELECT iso3, arg_max(base_source, month) AS source_id FROM region_month_violence GROUP BY iso3
    ),
    frontier AS (
        SELECT source_id, max(month) AS month FROM violence_rows WHERE events > 0 GROUP BY source_id
    )
    SELECT DISTINCT v.region_id
    FROM violence_rows AS v
    JOIN base AS b ON b.iso3 = v.iso3 AND b.source_id = v.source_id
    JOIN frontier AS f ON f.source_id = v.source_id
    WHERE v.events > 0
      AND v.region_id IS NOT NULL
      AND date_diff('day', last_day(v.month), last_day(f.month)) <= $days
"""
DOCUMENTS = """
    SELECT DISTINCT unnest(e.regions)
    FROM evidence.document AS e
    JOIN document AS d ON d.document_id = e.document_id
    WHERE d.known_at < $day + INTERVAL 1 DAY
      AND coalesce(d.published, d.known_at) BETWEEN $day - to_days($days::INTEGER) AND $day + INTERVAL 1 DAY
"""
