"""How each source is doing: fine, quiet, stale, broken, disabled or never asked; since when; and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

import duckdb

from ingest.catalog import Source
from ingest.due import cadence, when_due
from ingest.warehouse_runs import LastRun, last_runs

SILENT_CADENCES = 3
# So many runs with news are needed before a usual rhythm can be spoken of.
RHYTHM_RUNS = 4
CONTACT_KINDS = ("live", "inbox", "replay")
STATES = ("fine", "quiet", "stale", "broken", "disabled", "never")


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """Health of one source. `since`: when this state began (naive UTC); None: not known or not applicable."""

    source_id: str
    state: str  # fine | quiet | stale | broken | disabled | never
    since: datetime | None
    message: str
    remedy: str
    last_news: datetime | None  # end of the last run that brought new or corrected rows
    next_turn: datetime | None  # when it is asked next; None: it is not asked


@dataclass(frozen=True, slots=True)
class _Past:
    """Ended runs of one source, oldest first: (ended_at, state, new and changed rows, message)."""

    runs: Sequence[tuple[datetime, str, int, str | None]]

    def news(self) -> list[datetime]:
        return [ended for ended, _, rows, _ in self.runs if rows > 0]

    def since_last(self, *states: str) -> datetime | None:
        """When the present unbroken row of runs in one of `states` began."""
        began = None
        for ended, state, _, _ in reversed(self.runs):
            if state not in states:
                break
            began = ended
        return began


def health(connection: duckdb.DuckDBPyConnection, sources: Mapping[str, Source], now: datetime) -> list[SourceHealth]:
    """One line per source, in catalog order. `connection`: the warehouse or a snapshot."""
    past = _past(connection, now)
    last = last_runs(connection, CONTACT_KINDS, until=now)
    live = last_runs(connection, until=now)
    remedies = _remedies(connection)
    return [
        judge(source, past.get(source_id, _Past(())), last.get(source_id), live.get(source_id), remedies, now)
        for source_id, source in sources.items()
    ]


def judge(
    source: Source,
    past: _Past,
    last: LastRun | None,
    last_live: LastRun | None,
    remedies: Mapping[str, str],
    now: datetime,
) -> SourceHealth:
    """Health of one source from its past; pure."""
    news = past.news()
    off = source.why_off()
    asked = off is None and bool(source.urls)
    turn = max(when_due(source, last_live), now) if asked else None

    def is_(state: str, since: datetime | None, message: str, remedy: str = "") -> SourceHealth:
        return SourceHealth(source.id, state, since, message, remedy, news[-1] if news else None, turn)

    if off is not None:
        return is_("disabled", None, off, off)
    if last is None:
        how = "it is asked at the next refresh" if source.urls else f"put a file into inbox/{source.id}/"
        return is_("never", None, "no run yet", how)
    message = past.runs[-1][3] or ""
    if last.state in ("failed", "below_minimum"):
        since = past.since_last("failed", "offline") if last.state == "failed" else past.since_last("below_minimum")
        return is_("broken", since, message or "the last run failed", remedies.get(source.id, "see its issues"))
    if not source.urls:
        return is_("quiet", last.last_reached, "files come through the inbox", "")
    silence = SILENT_CADENCES * cadence(source.schedule)
    if last.last_reached is None or now - last.last_reached > silence:
        why = "no network at the last run" if last.state == "offline" else "it was not asked"
        remedy = "check the network" if last.state == "offline" else "check that `returnwatch schedule` or `up` runs"
        return is_("stale", last.last_reached, f"not reached for three times its usual interval: {why}", remedy)
    dried = _dried_up(past, silence, now)
    if dried:
        return is_("stale", news[-1], dried, "open its page: it may have moved or stopped; the answers look valid")
    if last.state in ("unchanged", "empty"):
        return is_("quiet", news[-1] if news else None, "it answers; nothing new, as usual")
    if last.state == "offline":
        return is_("quiet", last.last_reached, "no network at the last run; earlier answers stay in use")
    return is_("fine", past.since_last("ok", "partial", "unchanged", "empty"), message or "it answers with new rows")


def _dried_up(past: _Past, silence: timedelta, now: datetime) -> str | None:
    """A source that answers but has brought nothing new for three of its own usual intervals; None when it has not.

    Its usual interval is the median between runs that brought something, so a yearly index that is asked every day is
    not called stale in its second week.
    """
    news = past.news()
    if len(news) < RHYTHM_RUNS:
        return None
    usual = timedelta(seconds=median((later - earlier).total_seconds() for earlier, later in pairwise(news)))
    allowed = max(SILENT_CADENCES * usual, silence)
    if now - news[-1] <= allowed:
        return None
    return f"it answers, but brought nothing new since {news[-1]:%Y-%m-%d}; usually every {_words(usual)}"


def _words(span: timedelta) -> str:
    hours = span.total_seconds() / 3600
    return f"{hours / 24:.0f} days" if hours >= 48 else f"{max(hours, 1):.0f} hours"


def _past(connection: duckdb.DuckDBPyConnection, now: datetime) -> dict[str, _Past]:
    rows = connection.execute(
        """
        SELECT s.source_id, s.ended_at, s.state, s.new_rows + s.changed_rows, s.message
        FROM source_run AS s
        JOIN run AS r ON r.run_id = s.run_id
        WHERE r.kind IN (SELECT unnest($kinds::VARCHAR[])) AND s.ended_at <= $now
        ORDER BY s.source_id, s.ended_at, s.run_id
        """,
        {"kinds": list(CONTACT_KINDS), "now": now},
    ).fetchall()
    found: dict[str, list[tuple[datetime, str, int, str | None]]] = {}
    for source_id, ended_at, state, rows_of_run, message in rows:
        found.setdefault(source_id, []).append((ended_at, state, rows_of_run, message))
    return {source_id: _Past(tuple(runs)) for source_id, runs in found.items()}


def _remedies(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """{source_id: remedy of its newest issue that makes a run fail or fall short}."""
    rows = connection.execute(
        """
        SELECT source_id, arg_max(remedy, (last_seen, issue_id))
        FROM issue
        WHERE kind NOT IN ('unplaced', 'unused_field', 'duplicate_key', 'bad_row', 'bad_date', 'bad_number',
            'unknown_code', 'unknown_country', 'bad_coordinates', 'above_maximum', 'out_of_scope')
        GROUP BY source_id
        """
    ).fetchall()
    return dict(rows)
