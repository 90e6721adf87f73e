"""Which sources are due: pure, from their cron lines and what the past runs say. The schedule needs no other memory."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from ingest.catalog import Source
from ingest.cron import cron_trigger
from ingest.warehouse_runs import LastRun

ZONE = ZoneInfo("Europe/Amsterdam")  # cron lines are read in the office's time
FIRST_RETRY = timedelta(minutes=15)
LAST_RETRY = timedelta(hours=24)


@lru_cache(maxsize=2_000)
def _trigger(schedule: str) -> CronTrigger:
    return cron_trigger(schedule, ZONE)


def next_fire(schedule: str, after: datetime) -> datetime:
    """The first moment after `after` the cron line names. Naive UTC in and out."""
    aware = after.replace(tzinfo=UTC)
    found = _trigger(schedule).get_next_fire_time(aware, aware)
    if found is None:  # a date that never comes, such as 31 February
        return datetime.max
    return found.astimezone(UTC).replace(tzinfo=None)


@lru_cache(maxsize=2_000)
def cadence(schedule: str) -> timedelta:
    """The usual time between two runs: the longest gap among the ten that follow 1 January 2026."""
    moment = next_fire(schedule, datetime(2026, 1, 1))
    longest = timedelta(minutes=1)
    for _ in range(10):
        following = next_fire(schedule, moment + timedelta(seconds=1))
        if following == datetime.max:
            return timedelta(days=366)
        longest, moment = max(longest, following - moment), following
    return longest


def when_due(source: Source, last: LastRun | None) -> datetime:
    """When the source is to be asked next (may lie in the past). A failed one is tried again before its next turn:
    after a quarter of an hour, then twice as long each time, at most a day."""
    if last is None:
        return datetime.min
    turn = next_fire(source.schedule, last.ended_at)
    if last.failures_in_a_row == 0:
        return turn
    pause = min(FIRST_RETRY * 2 ** min(last.failures_in_a_row - 1, 10), LAST_RETRY)
    return min(turn, last.ended_at + pause)


def due(sources: Mapping[str, Source], last_runs: Mapping[str, LastRun], now: datetime) -> list[str]:
    """Ids of the sources to ask at `now`, in catalog order. Sources that are off or have no address are never due."""
    return [
        source_id
        for source_id, source in sources.items()
        if source.why_off() is None and source.urls and when_due(source, last_runs.get(source_id)) <= now
    ]
