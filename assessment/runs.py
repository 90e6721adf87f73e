"""Making runs over an open warehouse: one day, or the past in one go. `compute` says what a run is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import duckdb

from assessment import past, people, store, violence
from assessment.compute import Assessment, assess
from assessment.framework import Framework
from assessment.given import Given, shipped
from assessment.ledger import Entry
from assessment.uncertainty import Draws


def make(
    connection: duckdb.DuckDBPyConnection,
    as_of: date,
    framework: Framework,
    countries: Sequence[str],
    entries: Sequence[Entry] = (),
    *,
    kind: str,
    now: datetime,
    code_version: str,
    draws: Draws | None = None,
) -> Assessment:
    """Assess a day with what was known then and write it. entries: the ledger's, none where there is no ledger."""
    store.prepare(connection)
    given = given_on(connection, entries, as_of)
    published = past.published(connection, {region: a.run_id for region, a in given.people.advice.items()})
    cursor = connection.cursor()
    result = assess(
        cursor, as_of, framework, countries, given=given,
        past=past.read(connection, as_of, framework.digest), published=published, draws=draws,
    )  # fmt: skip
    store.save(connection, result, kind=kind, made_at=now, code_version=code_version)
    if kind == "current":
        violence.keep(cursor, connection)
    return result


def without_run(connection: duckdb.DuckDBPyConnection, days: Sequence[date], framework: Framework) -> list[date]:
    """Those of `days` that were not assessed with this framework yet, oldest first."""
    store.prepare(connection)
    rows = connection.execute(
        "SELECT as_of FROM assessment.run WHERE framework_digest = $digest", {"digest": framework.digest}
    ).fetchall()
    return sorted(set(days) - {row[0] for row in rows})


def month_ends(until: date, months: int) -> list[date]:
    """The last days of the `months` months that were over before the day `until`, oldest first."""
    found: list[date] = []
    first = until.replace(day=1)
    for _ in range(months):
        found.append(first - timedelta(days=1))
        first = found[-1].replace(day=1)
    return found[::-1]


def given_on(connection: duckdb.DuckDBPyConnection, entries: Sequence[Entry], day: date) -> Given:
    """What a run of that day is given: the shipped tables and what people had entered by then."""
    return shipped(people.on_day(entries, day, suggested(connection)) if entries else None)


def suggested(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Any]]:
    """Claims the text stages proposed, by id, with the day and source of their document; empty before any was read."""
    ready = connection.execute(
        "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'evidence' AND table_name = 'claim'"
    ).fetchone()
    if not ready or not ready[0]:
        return {}
    rows = connection.execute(
        """
        SELECT c.claim_id, c.indicator_id, c.iso3, c.region_id, c.theme, c.document_id, c.quote, d.source_id,
               d.published
        FROM evidence.claim AS c
        JOIN document AS d ON d.document_id = c.document_id
        QUALIFY row_number() OVER (PARTITION BY c.claim_id ORDER BY d.known_at DESC) = 1
        """
    )
    names = [column[0] for column in rows.description or ()]
    return {row[0]: dict(zip(names, row, strict=True)) for row in rows.fetchall()}
