"""What is said of a source: fine, quiet, stale, broken, disabled, never."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from ingest import warehouse_runs
from ingest.catalog import Source
from ingest.health import SourceHealth, health
from ingest.issues import Issue, record
from ingest.warehouse import Warehouse
from tests.ingest.warehouse_kit import source

NOW = datetime(2026, 11, 23, 12)
DAY = timedelta(days=1)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with Warehouse(tmp_path / "warehouse.duckdb").writer() as found:
        yield found


def ran(connection, ago: timedelta, state: str = "ok", rows: int = 1, kind: str = "live", message: str | None = None):
    """One ended run of the source alpha."""
    ended = NOW - ago
    run_id = f"{kind}-{ended:%Y%m%dT%H%M}"
    warehouse_runs.start(connection, run_id, kind, ended, "test")
    warehouse_runs.put_source_runs(
        connection,
        [{
            "run_id": run_id, "source_id": "alpha", "state": state, "started_at": ended, "ended_at": ended,
            "answers": 1, "new_rows": rows, "changed_rows": 0, "same_rows": 0, "issues": 0, "message": message,
        }],
    )  # fmt: skip
    warehouse_runs.finish(connection, run_id, ended)


def of(connection, **facts) -> SourceHealth:
    alpha: Source = source("alpha", **facts)
    return health(connection, {"alpha": alpha}, NOW)[0]


def test_never_asked_says_what_to_do(connection) -> None:
    assert of(connection).state == "never"
    dropped = of(connection, urls=())
    assert dropped.state == "never"
    assert "inbox/alpha/" in dropped.remedy
    assert dropped.next_turn is None


def test_disabled_gives_the_reason(connection) -> None:
    ran(connection, DAY)
    found = of(connection, disabled="needs an agreement; write to the publisher")
    assert (found.state, found.remedy) == ("disabled", "needs an agreement; write to the publisher")


def test_fine_since_the_last_trouble(connection) -> None:
    for days, state in ((5, "ok"), (4, "failed"), (3, "ok"), (2, "ok"), (0.5, "ok")):
        ran(connection, days * DAY, state)
    found = of(connection)
    assert (found.state, found.since, found.last_news) == ("fine", NOW - 3 * DAY, NOW - 0.5 * DAY)


def test_quiet_when_it_answers_without_news(connection) -> None:
    ran(connection, 2 * DAY)
    ran(connection, 0.5 * DAY, "unchanged", 0)
    found = of(connection)
    assert (found.state, found.since) == ("quiet", NOW - 2 * DAY)


def test_broken_since_the_first_failure_with_the_remedy_of_its_issue(connection) -> None:
    ran(connection, 5 * DAY)
    for days in (3, 2, 1):
        ran(connection, days * DAY, "failed", 0, message="it ended as not_found")
    record(connection, [(Issue("alpha", "not_found", "gone", "https://x", "correct urls"), "live-1", NOW - DAY)])
    found = of(connection)
    assert (found.state, found.since, found.remedy) == ("broken", NOW - 3 * DAY, "correct urls")
    assert "not_found" in found.message


def test_below_minimum_is_broken(connection) -> None:
    ran(connection, DAY, "below_minimum", 0, message="2 rows, the source states at least 100")
    assert of(connection).state == "broken"


def test_stale_after_three_cadences_without_contact(connection) -> None:
    ran(connection, 2.5 * DAY)
    assert of(connection).state == "fine"
    assert of(connection, schedule="0 * * * *").state == "stale"
    ran(connection, 0.1 * DAY, "offline", 0)
    found = of(connection, schedule="0 * * * *")
    assert found.state == "stale"
    assert "network" in found.remedy


def test_offline_for_a_moment_is_not_stale(connection) -> None:
    ran(connection, DAY)
    ran(connection, 0.1 * DAY, "offline", 0)
    assert of(connection).state == "quiet"


def test_a_source_that_answers_but_has_dried_up_is_stale(connection) -> None:
    for days in (40, 38, 36, 34, 32):
        ran(connection, days * DAY)
    for days in range(31, 0, -1):
        ran(connection, days * DAY, "unchanged", 0)
    found = of(connection)
    assert (found.state, found.since) == ("stale", NOW - 32 * DAY)
    assert "every 2 days" in found.message


def test_a_yearly_index_asked_daily_is_quiet_between_its_years(connection) -> None:
    for days in (1300, 940, 570, 200):
        ran(connection, days * DAY)
    ran(connection, 0.5 * DAY, "unchanged", 0)
    assert of(connection).state == "quiet"


def test_starter_data_are_no_contact(connection) -> None:
    ran(connection, DAY, kind="starter")
    assert of(connection).state == "never"


def test_the_future_is_not_looked_at(connection) -> None:
    ran(connection, DAY)
    ran(connection, -DAY, "failed", 0)
    assert of(connection).state == "fine"
