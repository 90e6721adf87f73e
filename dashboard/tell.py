"""After a run: write down lapses and changed policy texts, plan the messages, send them. Joins ledger and snapshot."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from assessment import advice, notices, notify, notify_config, notify_send, policy_tasks
from assessment.advice_state import advice_state
from assessment.ledger import Ledger
from assessment.notices import Places
from assessment.notify_send import Sender
from assessment.read import Reader
from dashboard.language import load


@dataclass(frozen=True)
class Told:
    """What happened. lapsed: regions; tasks: ids; planned, given_up: (channel, message)."""

    lapsed: tuple[str, ...]
    tasks: tuple[str, ...]
    planned: tuple[tuple[str, str], ...]
    sent: int
    failed: int
    given_up: tuple[tuple[str, str], ...]


def tell(
    data_dir: Path,
    now: datetime,
    config_file: Path | None,
    *,
    sender: Sender | None = None,
    dry_run: bool = False,
    calendar_file: Path | None = None,
) -> Told:
    """Raises NotifyError, LedgerError, NoSnapshot. Without a file nobody is told; lapses and tasks are written.

    sender: in place of Apprise, for tests. dry_run: nothing is sent or written.
    """
    config = notify_config.read(config_file) if config_file else None
    ledger = Ledger.open(os.environ.get("RETURNWATCH_LEDGER") or str(data_dir / "ledger.sqlite"))
    try:
        with Reader.open(data_dir / "published") as reader:
            lapsed = [] if dry_run else advice.lapse(ledger, now)
            opened = [] if dry_run else policy_tasks.open_new(ledger, reader, now)
            entries, places = ledger.entries(), places_of(reader)
            found = notices.messages(reader.alerts(), entries, places, now)
        if calendar_file:
            _write_calendar(calendar_file, ledger, places, now)
        plan = []
        if config:
            local = now.replace(tzinfo=UTC).astimezone(config.zone).replace(tzinfo=None)
            plan = notify.due(config.channels, found, entries, local)
        sent = failed = 0
        if plan and config and not dry_run:
            send = sender or notify_send.apprise_sender(config.addresses)
            sent, failed = notify_send.send(ledger, plan, send, now, config.base)
        return Told(
            tuple(entry.object for entry in lapsed),
            tuple(entry.object for entry in opened),
            tuple((channel.name, message.what) for channel, planned in plan for message in planned),
            sent,
            failed,
            tuple(notify.given_up(ledger.entries())),
        )
    finally:
        ledger.close()


def places_of(reader: Reader) -> Places:
    """Names in both languages."""
    regions, countries = reader.regions(), reader.countries()
    english, dutch = load("en"), load("nl")
    names = {row["region_id"]: (english.of(row, "name"), dutch.of(row, "name")) for row in regions}
    names |= {row["iso3"]: (english.country(row), dutch.country(row)) for row in countries}
    return Places(names, {row["region_id"]: row["iso3"] for row in regions})


def _write_calendar(path: Path, ledger: Ledger, places: Places, now: datetime) -> None:
    reviews = [
        (region, f"ReturnWatch: {places.name(region)[1]}", standing.decision.due)
        for region, standing in advice_state(ledger.entries(), now).items()
        if standing.decision
    ]
    path.write_text(notify.calendar(reviews, now), encoding="utf-8", newline="")
