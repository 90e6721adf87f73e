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

from assessment import alerts
from assessment.alerts import Alert, Suggestion
from assessment.framework import DIMENSIONS, Framework
from assessment.given import Given
from assessment.grade import Grades
from assessment.items import Regions
from assessment.journey import Journey
from assessment.past import Past
from assessment.score import MISSING, Flags, Judged
from assessment.series import Series
from assessment.uncertainty import Scores
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


def watch(
    framework: Framework,
    regions: Regions,
    judged: Judged,
    scores: Mapping[str, Scores],
    grades: Mapping[str, Grades],
    flags: Flags,
    ways: Journey,
    past: Past,
    given: Given,
    connection: duckdb.DuckDBPyConnection,
    as_of: date,
) -> list[Alert]:
    """Every alert but those of `rises`."""
    found = alerts.carry_on(_levels(framework, regions, scores, grades, past, given, as_of), past.alerts, as_of)
    found += alerts.arrival_changes(past.routes, ways.routes, as_of)
    found += _stale(framework, regions, judged, as_of)
    names = regions.region_id.tolist()
    if past.run_id is not None:
        found += alerts.blackouts(names, [n in past.blackout for n in names], flags.blackout.tolist(), as_of)
    found += alerts.qualitative(suggestions(connection, as_of, set(regions.iso3.tolist())))
    found += alerts.silent_sources(framework, silent_candidates(connection, as_of), as_of)
    for region, advice in sorted(given.people.advice.items()):
        found += alerts.review_due(region, advice.due, as_of, advice.evidence_id)
    return found


def together(*parts: Iterable[Alert]) -> tuple[Alert, ...]:
    """Alerts of several kinds, one per id, sorted."""
    return _sorted({item.alert_id: item for part in parts for item in part}.values())


def _sorted(found: Iterable[Alert]) -> tuple[Alert, ...]:
    return tuple(sorted(found, key=lambda a: (a.direction != "worse", a.deadline, a.region_id, a.alert_id)))


def _levels(
    framework: Framework,
    regions: Regions,
    scores: Mapping[str, Scores],
    grades: Mapping[str, Grades],
    past: Past,
    given: Given,
    as_of: date,
) -> list[Alert]:
    """Level worse or better against the level of the run before. Insufficient information has no level to compare."""
    found = []
    for dimension in DIMENSIONS:
        for row, name in enumerate(regions.region_id.tolist()):
            key = (name, dimension)
            if key not in past.levels or key in past.insufficient or grades[dimension].insufficient[row]:
                continue
            now = tuple(float(p) for p in scores[dimension].band_probability[row])
            advice = given.people.advice.get(name)
            due = advice.due if advice else as_of + timedelta(days=int(_review(framework, past.levels[key])))
            found += alerts.level_changes(
                framework, name, dimension, past.levels[key], (*past.months.get(key, ()), now), as_of, due
            )
    return found


def _review(framework: Framework, level: int) -> float:
    return float(framework.raw["review"][f"level_{level}"])


def _stale(framework: Framework, regions: Regions, judged: Judged, as_of: date) -> list[Alert]:
    """Old core evidence, one alert per country and indicator: the oldest of its regions says how old."""
    found: dict[str, dict[str, tuple[float, date]]] = {}
    for column, indicator in enumerate(framework.indicators):
        if not indicator.core:
            continue
        dated = (judged.origin[:, column] != MISSING) & ~np.isnat(judged.newest[:, column])
        for row in np.flatnonzero(dated).tolist():
            newest = judged.newest[row, column].astype(object)
            age = (as_of - newest).days / indicator.half_life_days
            mine = found.setdefault(str(regions.iso3[row]), {})
            mine[indicator.id] = max(mine.get(indicator.id, (0.0, newest)), (age, newest))
    return [a for place in sorted(found) for a in alerts.stale_items(framework, place, found[place], as_of)]


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
