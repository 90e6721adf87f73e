"""Making runs over an open warehouse: one day, or the past in one go. `compute` says what a run is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import duckdb

from assessment import forecast, outlooks, past, people, store, violence
from assessment.compute import Assessment, assess
from assessment.framework import Framework
from assessment.given import Given, shipped
from assessment.inputs import Inputs
from assessment.ledger import Entry
from assessment.uncertainty import Draws
from ingest.warehouse import append_rows, transaction


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
        warn(connection, cursor, result)
    return result


def warn(connection: duckdb.DuckDBPyConnection, cursor: duckdb.DuckDBPyConnection, result: Assessment) -> None:
    """Write the early warning of a run, by the model trained last. `cursor` has the count of violence of its day."""
    found = connection.execute(
        "SELECT model FROM assessment.forecast_model WHERE trained <= $day ORDER BY trained DESC LIMIT 1",
        {"day": result.as_of},
    ).fetchone()
    model = forecast.loads(found[0]) if found else None
    names = result.regions.region_id.tolist()
    rows = list(outlooks.rows(cursor, result.framework, result.run_id, names, result.as_of, model))
    with transaction(connection):
        connection.execute("DELETE FROM assessment.forecast WHERE run_id = $run_id", {"run_id": result.run_id})
        append_rows(connection, "assessment.forecast", rows)


def train(connection: duckdb.DuckDBPyConnection, as_of: date) -> bool:
    """Train the early warning on what is known at the day and keep it; False when too little is covered."""
    store.prepare(connection)
    cursor = connection.cursor()
    Inputs(cursor, as_of)
    violence.build(cursor, as_of)
    model = outlooks.train(cursor, as_of)
    if model is None:
        return False
    with transaction(connection):
        connection.execute("DELETE FROM assessment.forecast_model")
        append_rows(connection, "assessment.forecast_model", [{"trained": as_of, "model": forecast.dumps(model)}])
    return True


def trained(connection: duckdb.DuckDBPyConnection) -> date | None:
    """Day of the model there is; None: there is none."""
    store.prepare(connection)
    found = connection.execute("SELECT max(trained) FROM assessment.forecast_model").fetchone()
    return found[0] if found else None


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
    return shipped(people.on_day(entries, day, suggested(connection, entries)) if entries else None)


def suggested(connection: duckdb.DuckDBPyConnection, entries: Sequence[Entry]) -> dict[str, dict[str, Any]]:
    """Of the claims the text stages proposed those that entries speak of, by id, with the day and source of their
    document; empty before any text was read."""
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
        WHERE c.claim_id IN (SELECT unnest($named::VARCHAR[]))
        QUALIFY row_number() OVER (PARTITION BY c.claim_id ORDER BY d.known_at DESC) = 1
        """,
        {"named": [entry.object for entry in entries]},
    )
    names = [column[0] for column in rows.description or ()]
    return {row[0]: dict(zip(names, row, strict=True)) for row in rows.fetchall()}
