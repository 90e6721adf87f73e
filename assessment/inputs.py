"""What was known at a date: temporary tables over the warehouse or a snapshot, and what indicators read from them.

    inputs = Inputs(connection, as_of)

Only rows with known_at on or before the day are in them, each in the vintage that was current then. Nothing here knows
anchors, weights or bands.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import duckdb
import numpy as np

from assessment.items import COMPUTED, ItemTable, Regions, SourceFacts
from assessment.people import Claim

# Rows of national values carry the iso3 as place; "unplaced" rows (a place was named and not found) count for nobody.
PLACE = "CASE WHEN region_id IS NOT NULL THEN region_id WHEN precision = 'country' THEN iso3 END"

# Where a row came from is not asked before it is shown; copying it for every day of a history would cost as much again.
UNASKED = "text, place_rule, latitude, longitude, published, retrieved_at, known_basis, run_id, answer_digest"

AS_OF = f"""
    CREATE OR REPLACE TEMP TABLE observation_asof AS
    SELECT o.* EXCLUDE ({UNASKED}), {PLACE} AS place_id
    FROM observation AS o
    WHERE o.known_at < $until
      AND (o.superseded_at IS NULL OR o.superseded_at >= $until);
    CREATE OR REPLACE TEMP TABLE event_asof AS
    SELECT e.*, {PLACE} AS place_id
    FROM event AS e
    WHERE e.known_at < $until
      AND (e.superseded_at IS NULL OR e.superseded_at >= $until);
    CREATE OR REPLACE TEMP TABLE coverage_asof AS
    SELECT source_id, iso3, min(ref_start) AS covered_from, max(ref_end) AS covered_to
    FROM (
        SELECT source_id, iso3, ref_start, ref_end FROM event_asof
        UNION ALL
        SELECT source_id, iso3, ref_start, ref_end
        FROM observation_asof
        WHERE variable LIKE 'panel%' OR variable LIKE 'conflict%'
    )
    WHERE ref_end <= $day
    GROUP BY source_id, iso3;
"""


@dataclass
class Inputs:
    """Tables observation_asof, event_asof, coverage_asof and claim_asof on one DuckDB cursor, for one day."""

    connection: duckdb.DuckDBPyConnection
    as_of: date
    confirmed: Sequence[Claim] = ()  # claims people confirmed by that day
    extra: dict[str, ItemTable] = field(default_factory=dict)  # computed by the run itself, e.g. P10 from the routes

    def __post_init__(self) -> None:
        until = self.as_of + timedelta(days=1)
        for statement in AS_OF.strip().split(";\n"):
            if statement.strip():
                wanted = {"until": until, "day": self.as_of}
                used = {name: value for name, value in wanted.items() if f"${name}" in statement}
                self.connection.execute(statement, used)
        self._claims()

    def _claims(self) -> None:
        """Confirmed claims known by the day; empty until people have confirmed any."""
        self.connection.execute(
            """
            CREATE OR REPLACE TEMP TABLE claim_asof (
                claim_id VARCHAR, indicator_id VARCHAR, place_id VARCHAR, severity DOUBLE, ref_end DATE,
                source_id VARCHAR
            )
            """
        )
        rows = [
            (c.claim_id, c.indicator_id, c.place_id, c.severity, c.ref_end, c.source_id)
            for c in self.confirmed
            if c.known_at <= self.as_of
        ]
        if rows:
            self.connection.executemany("INSERT INTO claim_asof VALUES (?, ?, ?, ?, ?, ?)", rows)

    def items(self, sql: str, kind: str = "number", **parameters: Any) -> ItemTable:
        """An ItemTable from a statement giving place_id, value, sd, ref_end, source_id, evidence_ids (a list)."""
        used = {name: value for name, value in {**parameters, "day": self.as_of}.items() if f"${name}" in sql}
        rows = self.connection.execute(sql, used).fetchall()
        rows = [row for row in rows if row[0] is not None and row[1] is not None]
        if not rows:
            return ItemTable.empty()
        place, value, sd, ref_end, source, evidence = zip(*rows, strict=True)
        spread = [np.nan if s is None else s for s in sd]
        ids = [tuple(filter(None, e or ())) for e in evidence]
        return ItemTable.of(place, value, ref_end, source, ids, sd=spread, kind=kind)

    def latest(self, variable: str, *, where: str = "TRUE", scale: float = 1.0) -> ItemTable:
        """Newest value of a variable per place and source; projections and future periods are left out."""
        return self.items(
            f"""
            SELECT place_id,
                   arg_max(value, (ref_end, known_at, observation_id)) * {scale!r},
                   any_value(CAST(NULL AS DOUBLE)),
                   max(ref_end),
                   source_id,
                   [arg_max(observation_id, (ref_end, known_at, observation_id))]
            FROM observation_asof
            WHERE variable = $variable
              AND value IS NOT NULL
              AND NOT projection
              AND ref_end <= $day
              AND place_id IS NOT NULL
              AND ({where})
            GROUP BY place_id, source_id
            ORDER BY place_id, source_id
            """,
            variable=variable,
        )

    def claims(self, indicator_id: str) -> ItemTable:
        """Confirmed claims of an indicator, coded 0 to 4."""
        return self.items(
            """
            SELECT place_id, severity, NULL, ref_end, source_id, [claim_id]
            FROM claim_asof
            WHERE indicator_id = $indicator
              AND ref_end <= $day
            ORDER BY place_id, claim_id
            """,
            kind="claim",
            indicator=indicator_id,
        )

    def regions(self, countries: Sequence[str]) -> Regions:
        """Admin-1 regions of `countries` in order of region_id."""
        rows = self.connection.execute(
            """
            SELECT region_id, iso3, population
            FROM region
            WHERE admin_level = 1
              AND list_contains($countries, iso3)
            ORDER BY region_id
            """,
            {"countries": list(countries)},
        ).fetchall()
        population = [np.nan if row[2] is None else row[2] for row in rows]
        ids, iso3 = ([row[i] for row in rows] for i in (0, 1))
        return Regions(np.array(ids, dtype=np.str_), np.array(iso3, dtype=np.str_), np.array(population, dtype=float))

    def sources(self) -> Mapping[str, SourceFacts]:
        """Facts the score needs of every source."""
        rows = self.connection.execute(
            """
            SELECT source_id, origin_family, reliability, credibility, local_family, publisher
            FROM source
            ORDER BY source_id
            """
        ).fetchall()
        return {row[0]: SourceFacts(*row) for row in rows} | {COMPUTED: SELF}

    def digest(self) -> str:
        """Digest of everything known at the day, independent of when and in which order it was loaded."""
        total = hashlib.sha256()
        for table, what in DIGESTED.items():
            row = self.connection.execute(
                f"""
                SELECT count(*), coalesce(bit_xor(hash({what})), 0), coalesce(sum(hash({what}) % 1000003), 0)
                FROM {table}
                """
            ).fetchone()
            total.update(f"{table}|{row}".encode())
        return total.hexdigest()


DIGESTED = {
    "observation_asof": "observation_id || row_digest",
    "event_asof": "event_id || row_digest",
    "claim_asof": "claim_id || indicator_id || place_id || severity || ref_end",
}
SELF = SourceFacts(COMPUTED, COMPUTED, "A", 1, False)


def merge(*tables: ItemTable) -> ItemTable:
    """Several tables of one indicator as one."""
    filled = [table for table in tables if len(table)]
    if not filled:
        return ItemTable.empty()
    return ItemTable(
        place_id=np.concatenate([table.place_id for table in filled]),
        value=np.concatenate([table.value for table in filled]),
        sd=np.concatenate([table.sd for table in filled]),
        ref_end=np.concatenate([table.ref_end for table in filled]),
        source_id=np.concatenate([table.source_id for table in filled]),
        kind=np.concatenate([table.kind for table in filled]),
        evidence_ids=tuple(ids for table in filled for ids in table.evidence_ids),
    )
