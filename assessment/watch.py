"""The alerts of one run: what rose, what changed against earlier runs, what fell silent or old. Method section 13.

Only changes of late are open alerts: a rise counts until eight weeks and one reporting month after the period in which
it last grew. Older ones are history, which the series themselves show.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb
import numpy as np

from assessment import alert_tasks, alerts, saying
from assessment.alert_tasks import Stale, Suggestion
from assessment.alerts import Alert
from assessment.findings import Findings
from assessment.framework import DIMENSIONS, Framework
from assessment.given import Given
from assessment.items import COMPUTED
from assessment.judged import MISSING
from assessment.past import Past
from assessment.series import Series
from ingest.health import cadence

REPORTING_MONTH = 31  # days by which a period's figures may follow it
DOCUMENT_DAYS = 28  # reports older than this open no alert of their own


@dataclass(frozen=True)
class Found:
    """alerts: all of the run, sorted. rises: open, unreviewed alerts on deaths by region (gate G6)."""

    alerts: tuple[Alert, ...]
    rises: Mapping[str, tuple[str, ...]]


def since(framework: Framework, as_of: date) -> date:
    """First day a rise may have grown to be open still."""
    return as_of - timedelta(days=7 * int(framework.raw["alerts"]["mute_weeks"]) + REPORTING_MONTH)


def rises(framework: Framework, series: Iterable[Series], as_of: date, given: Given) -> Found:
    """Sharp rises and changes of regime in every series; known before the gates, since G6 asks for them."""
    first = since(framework, as_of)
    found: list[Alert] = []
    for one in series:
        found += alerts.scan(
            framework, one.regions, one.name, one.counts, one.ends, since=first, monthly=one.monthly,
            evidence=one.evidence,
        )  # fmt: skip
    open_ones: dict[str, list[str]] = {}
    for item in found:
        deadly = item.rule == "sharp_rise" and item.series == "deaths"
        if deadly and item.alert_id not in given.people.reviewed:
            open_ones.setdefault(item.region_id, []).append(item.alert_id)
    return Found(_sorted(found), {region: tuple(sorted(ids)) for region, ids in open_ones.items()})


def watch(findings: Findings, past: Past, connection: duckdb.DuckDBPyConnection) -> list[Alert]:
    """Every alert but those of `rises`."""
    framework, regions, as_of = findings.framework, findings.regions, findings.as_of
    found = alerts.carry_on(_levels(findings, past), past.alerts, as_of)
    found += alerts.arrival_changes(past.routes, findings.ways.routes, as_of)
    found += alert_tasks.stale_sources(framework, stale(findings), country_names(connection))
    names = regions.region_id.tolist()
    if past.run_id is not None:
        blackout = findings.signs.flags.blackout.tolist()
        found += alert_tasks.blackouts(names, [n in past.blackout for n in names], blackout, as_of)
    found += alert_tasks.qualitative(suggestions(connection, as_of, set(regions.iso3.tolist())))
    silent = silent_candidates(connection, as_of)
    found += alert_tasks.silent_sources(framework, silent, as_of, publishers(connection))
    for harm in findings.given.people.harm:
        if harm.outcome is None:  # once judged it is a gate, no task
            found.append(alert_tasks.harm_reported(harm.place_id, harm.reported, harm.report_id, (harm.evidence_id,)))
    for region, advice in sorted(findings.given.people.advice.items()):
        found += alert_tasks.review_due(region, advice.due, as_of, advice.evidence_id)
    return found


def together(*parts: Iterable[Alert]) -> tuple[Alert, ...]:
    """Alerts of several kinds, one per id, sorted."""
    return _sorted({item.alert_id: item for part in parts for item in part}.values())


def _sorted(found: Iterable[Alert]) -> tuple[Alert, ...]:
    return tuple(sorted(found, key=lambda a: (a.direction != "worse", a.deadline, a.region_id, a.alert_id)))


def _levels(findings: Findings, past: Past) -> list[Alert]:
    """Level worse or better against the level of the run before. Insufficient information has no level to compare."""
    framework, as_of, advices = findings.framework, findings.as_of, findings.given.people.advice
    found = []
    for dimension in DIMENSIONS:
        scores, grades = findings.scores[dimension], findings.grades[dimension]
        for row, name in enumerate(findings.regions.region_id.tolist()):
            key = (name, dimension)
            if key not in past.levels or key in past.insufficient or grades.insufficient[row]:
                continue
            now = tuple(float(p) for p in scores.band_probability[row])
            advice = advices.get(name)
            due = advice.due if advice else as_of + timedelta(days=int(_review(framework, past.levels[key])))
            found += alerts.level_changes(
                framework, name, dimension, past.levels[key], (*past.months.get(key, ()), now), as_of, due
            )
    return found


def _review(framework: Framework, level: int) -> float:
    return float(framework.raw["review"][f"level_{level}"])


def stale(findings: Findings) -> list[Stale]:
    """Core evidence older than the framework allows: per source, country and indicator its oldest region.

    The source is the one that spoke last about the region; where another one is fresh, nothing is too old.
    """
    found: dict[tuple[str, str, str], Stale] = {}
    limit = float(findings.framework.raw["confidence"]["core_half_lives"])
    for column, indicator in enumerate(findings.framework.indicators):
        rows, table = findings.judged.items[column], findings.items.get(indicator.id)
        if not indicator.core or table is None or not len(rows.region):
            continue
        days = table.ref_end[rows.item]
        order = np.lexsort((rows.item, days, rows.region))
        last = order[np.append(np.diff(rows.region[order]) != 0, True)]
        for at in last.tolist():
            item, newest = rows.item[at], days[at].astype(object)
            missing = findings.judged.origin[rows.region[at], column] == MISSING
            age = (findings.as_of - newest).days / indicator.half_life_days
            if missing or age <= limit or table.source_id[item] == COMPUTED:
                continue
            key = (str(table.source_id[item]), str(findings.regions.iso3[rows.region[at]]), indicator.id)
            if key not in found or found[key].age < age:
                since = newest + timedelta(days=int(limit * indicator.half_life_days) + 1)
                found[key] = Stale(*key, age, newest, since, tuple(table.evidence_ids[item]))
    return [found[key] for key in sorted(found)]


def country_names(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """Names of countries by iso3 and language."""
    rows = connection.execute("SELECT region_id, name_en, name_nl FROM region WHERE admin_level = 0").fetchall()
    return {iso3: {"en": english, "nl": dutch or english} for iso3, english, dutch in rows}


def publishers(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Who stands behind each source, in short."""
    rows = connection.execute("SELECT source_id, publisher FROM source WHERE publisher IS NOT NULL").fetchall()
    return {source_id: saying.publisher(named) for source_id, named in rows}


def suggestions(
    connection: duckdb.DuckDBPyConnection, as_of: date, countries: Sequence[str] | set[str]
) -> list[Suggestion]:
    """Trigger words in documents of the last weeks about monitored countries; one per story, the first to tell it."""
    ready = connection.execute(
        "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'evidence' AND table_name = 'trigger'"
    ).fetchone()
    if not ready or not ready[0]:
        return []
    rows = connection.execute(
        """
        WITH said AS (
            SELECT document_id AS id, known_at FROM document
            UNION ALL
            SELECT observation_id, known_at
            FROM observation
            WHERE observation_id IN (SELECT document_id FROM evidence.trigger)
        ),
        known AS (
            SELECT id, min(known_at) AS known_at FROM said GROUP BY id
        )
        SELECT t.document_id, t.name, t.iso3, CAST(coalesce(t.published, k.known_at) AS DATE)
        FROM evidence.trigger AS t
        JOIN known AS k ON k.id = t.document_id
        LEFT JOIN evidence.member AS m ON m.document_id = t.document_id
        WHERE k.known_at < $day + INTERVAL 1 DAY
          AND CAST(coalesce(t.published, k.known_at) AS DATE) BETWEEN $day - to_days($days::INTEGER) AND $day
          AND list_contains($countries, t.iso3)
        QUALIFY row_number() OVER (
            PARTITION BY t.name, t.iso3, coalesce(m.cluster_id, t.document_id)
            ORDER BY coalesce(t.published, k.known_at), t.document_id
        ) = 1
        ORDER BY ALL
        """,
        {"day": as_of, "days": DOCUMENT_DAYS, "countries": sorted(countries)},
    ).fetchall()
    return [Suggestion(document, trigger, iso3, day) for document, trigger, iso3, day in rows]


def silent_candidates(connection: duckdb.DuckDBPyConnection, as_of: date) -> list[tuple[str, float, date | None]]:
    """(source_id, cadence in days, last day it was reached) of sources that are asked over the network."""
    rows = connection.execute(
        """
        SELECT s.source_id, s.schedule, max(CAST(a.retrieved_at AS DATE))
        FROM source AS s
        JOIN answer AS a ON a.source_id = s.source_id AND a.retrieved_at < $day + INTERVAL 1 DAY
        JOIN run AS r ON r.run_id = a.run_id AND r.kind = 'live'
        WHERE s.why_off IS NULL AND len(s.urls) > 0 AND a.state <> 'rejected'
        GROUP BY s.source_id, s.schedule
        ORDER BY s.source_id
        """,
        {"day": as_of},
    ).fetchall()
    return [(source, cadence(schedule).total_seconds() / 86400, last) for source, schedule, last in rows]
