"""One count of violence per region and month. UCDP and ACLED are never added together.

Base per country and month, in this order: UCDP final events, UCDP candidate events, the UCDP panel, ACLED counts by
HAPI. The other family stands beside as a check. Events that cannot be placed in a region count for the country:
`unlocated`.

A month without rows is a measured zero only where the base covers it: a yearly release from the country's first to its
last month, the panel in the units it lists, monthly files in months that have a file of their own, and counts that
write their zeros in the regions and months that are written. Anything else is no data, and no data is never calm.
"""

from __future__ import annotations

import duckdb

from ingest.warehouse import transaction

PRECEDENCE = ("ucdp_ged", "ucdp_candidate", "ucdp_panel", "hapi_conflict")

MONTHLY_FILES = ("ucdp_candidate",)  # a month may be missing between two others

# Months a source has a file of. A file of one month holds events that began before it or end after it: those do not
# make the other month covered.
FILES = """
    CREATE OR REPLACE TEMP TABLE violence_files AS
    SELECT DISTINCT source_id, date_trunc('month', ref_start)::DATE AS month
    FROM event_asof
    WHERE kind IN ('state_based', 'non_state', 'one_sided')
      AND ref_end <= $day
      AND list_contains($monthly_files, source_id)
      AND date_trunc('month', ref_start) = date_trunc('month', ref_end)
"""

COUNTS = """
    CREATE OR REPLACE TEMP TABLE violence_rows AS
    SELECT e.source_id, e.iso3, e.region_id,
           -- the first month with a file that the event reaches into; else the month it began in
           coalesce(
               (SELECT min(f.month)
                FROM violence_files AS f
                WHERE f.source_id = e.source_id AND f.month BETWEEN date_trunc('month', e.ref_start) AND e.ref_end),
               date_trunc('month', e.ref_start)
           )::DATE AS month,
           count(*) AS events,
           count(*) FILTER (kind = 'one_sided') AS one_sided,
           coalesce(sum(deaths_best), 0) AS deaths,
           coalesce(sum(coalesce(deaths_civilians, 0) + coalesce(deaths_unknown, 0)), 0) AS harmed,
           list(event_id ORDER BY deaths_best DESC NULLS LAST, event_id)[1:5] AS evidence
    FROM event_asof AS e
    WHERE kind IN ('state_based', 'non_state', 'one_sided')
      AND ref_end <= $day
    GROUP BY ALL
    UNION ALL
    SELECT source_id, iso3, region_id, date_trunc('month', ref_start)::DATE,
           coalesce(sum(value) FILTER (variable IN ('panel_events', 'conflict_events_political_violence')), 0),
           coalesce(sum(value) FILTER (variable IN ('panel_one_sided', 'conflict_events_civilian_targeting')), 0),
           coalesce(sum(value) FILTER (variable IN ('panel_deaths', 'conflict_deaths_political_violence')), 0),
           -- these tables do not tell civilians from fighters: all deaths count, which can only be worse
           coalesce(sum(value) FILTER (variable IN ('panel_deaths', 'conflict_deaths_political_violence')), 0),
           list(observation_id ORDER BY value DESC, observation_id)[1:5]
    FROM observation_asof
    WHERE variable IN ('panel_events', 'panel_one_sided', 'panel_deaths', 'conflict_events_political_violence',
                       'conflict_events_civilian_targeting', 'conflict_deaths_political_violence')
      AND ref_end <= $day
    GROUP BY source_id, iso3, region_id, date_trunc('month', ref_start)
"""

BASE = """
    CREATE OR REPLACE TEMP TABLE region_month_violence AS
    WITH span AS (
        SELECT source_id, iso3, min(month) AS first, max(month) AS last,
               list_position($precedence, source_id) AS rank
        FROM violence_rows
        GROUP BY source_id, iso3
    ),
    months AS (
        SELECT source_id, iso3, rank, unnest(generate_series(first, last, INTERVAL 1 MONTH))::DATE AS month
        FROM span
        WHERE source_id <> 'hapi_conflict'
        UNION ALL
        SELECT DISTINCT source_id, iso3, list_position($precedence, source_id), month
        FROM violence_rows
        WHERE source_id = 'hapi_conflict' AND region_id IS NOT NULL
    ),
    base AS (
        SELECT m.iso3, m.month, arg_min(m.source_id, m.rank) AS base_source
        FROM months AS m
        WHERE NOT list_contains($monthly_files, m.source_id)
           OR EXISTS (SELECT 1 FROM violence_files AS f WHERE f.source_id = m.source_id AND f.month = m.month)
        GROUP BY m.iso3, m.month
    )
    SELECT r.region_id, r.iso3, b.month, b.base_source,
           coalesce(v.events, 0) AS events,
           coalesce(v.one_sided, 0) AS one_sided,
           coalesce(v.deaths, 0) AS deaths,
           coalesce(v.harmed, 0) AS harmed,
           v.evidence,
           c.source_id AS check_source,
           c.events AS check_events
    FROM region AS r
    JOIN base AS b ON b.iso3 = r.iso3
    LEFT JOIN violence_rows AS v
        ON v.source_id = b.base_source AND v.region_id = r.region_id AND v.month = b.month
    LEFT JOIN violence_rows AS c
        ON c.source_id = 'hapi_conflict' AND b.base_source <> 'hapi_conflict'
        AND c.region_id = r.region_id AND c.month = b.month
    WHERE r.admin_level = 1
      -- the panel's grid is complete for the units it lists; a region it never lists is not covered, not calm
      AND (b.base_source <> 'ucdp_panel' OR r.region_id IN (
          SELECT region_id FROM violence_rows WHERE source_id = 'ucdp_panel'
      ))
      -- of the counts that write their zeros, what is not written is not known
      AND (b.base_source <> 'hapi_conflict' OR v.events IS NOT NULL)
"""


def build(connection: duckdb.DuckDBPyConnection, day: object) -> None:
    """Make the temporary tables violence_files, violence_rows and region_month_violence of an `Inputs` cursor."""
    monthly = {"monthly_files": list(MONTHLY_FILES)}
    connection.execute(FILES, {"day": day, **monthly})
    connection.execute(COUNTS, {"day": day})
    connection.execute(BASE, {"precedence": list(PRECEDENCE), **monthly})


KEPT = {
    "region_month_violence": """
        SELECT region_id, iso3, month, base_source, CAST(events AS DOUBLE) AS events,
               CAST(one_sided AS DOUBLE) AS one_sided, CAST(deaths AS DOUBLE) AS deaths,
               CAST(harmed AS DOUBLE) AS harmed, coalesce(evidence, []) AS evidence_ids,
               check_source, CAST(check_events AS DOUBLE) AS check_events
        FROM region_month_violence
        ORDER BY region_id, month
    """,
    "unlocated_violence": """
        SELECT v.iso3, v.month, v.source_id AS base_source, CAST(v.events AS DOUBLE) AS events,
               CAST(v.deaths AS DOUBLE) AS deaths, coalesce(v.evidence, []) AS evidence_ids
        FROM violence_rows AS v
        JOIN (SELECT DISTINCT iso3, month, base_source FROM region_month_violence) AS b
            ON b.iso3 = v.iso3 AND b.month = v.month AND b.base_source = v.source_id
        WHERE v.region_id IS NULL
        ORDER BY v.iso3, v.month
    """,
}


def keep(counted: duckdb.DuckDBPyConnection, warehouse: duckdb.DuckDBPyConnection) -> None:
    """Write the count that `build` made on the cursor `counted` into schema `assessment`, so that snapshots hold it."""
    counted.execute("SELECT 1").fetchall()  # an answer somebody read the first row of only would stand in the way
    found = {name: counted.sql(sql).to_arrow_table() for name, sql in KEPT.items()}
    with transaction(warehouse):
        for name, table in found.items():
            warehouse.execute(f"DELETE FROM assessment.{name}")
            warehouse.register("counted_violence", table)
            warehouse.execute(f"INSERT INTO assessment.{name} BY NAME SELECT * FROM counted_violence")
            warehouse.unregister("counted_violence")
