"""`returnwatch schedule`: refresh the sources by their own rhythm until told to stop."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from assessment import framework as frameworks
from assessment import notify_config
from assessment.ledger import LedgerError
from assessment.notify_config import NotifyError
from assessment.read import ReadError
from dashboard.commands import Context, UsageError, notify, shipped, utc_now
from dashboard.pipeline import assess_and_publish, forecast_is_due, monitored, train_forecast
from dashboard.tell import tell
from ingest.refresh import refresh
from ingest.refresh_lock import RunLock
from ingest.refresh_report import RefreshReport
from ingest.refresh_tools import Folders
from ingest.schedule import Schedule

NAME = "schedule"
HELP = "refresh the sources by their own rhythm; SIGTERM ends it cleanly"
ORDER = 25


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Rhythms stand in sources.toml."""
    parser.add_argument("--history", type=int, metavar="MONTHS", help="after the first batch assess past month ends")
    parser.add_argument("--notify", type=Path, metavar="FILE", help="channels (default: RETURNWATCH_NOTIFY)")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Runs until SIGTERM or Ctrl-C; what is due is read from the warehouse, so a restart forgets nothing."""
    said: set[str] = set()
    channels = notify.config_file(arguments.notify)
    if channels:
        try:
            notify_config.read(channels)  # a fault is said before anything starts, not in the first night
        except NotifyError as error:
            raise UsageError(str(error)) from None

    def refresh_due() -> RefreshReport:
        report = refresh(
            context.data_dir,
            context.sources,
            due_only=True,
            now=utc_now(),
            progress=schedule.progress,
            tools=context.tools(),
        )
        for message in report.messages:
            if message not in said:  # no network is said once, not at every turn
                context.say(message)
        said.clear()
        said.update(report.messages)
        if not report.changed_anything:  # a digest has its hour and a failed message its next try on quiet days too
            tell_people()
        return report

    def after(report: RefreshReport) -> None:
        if forecast_is_due(context.data_dir, utc_now()):
            train_forecast(context.data_dir, frameworks.load(), monitored(shipped("reference")), now=utc_now())
        assess_and_publish(context.data_dir, shipped("reference"), utc_now())
        tell_people()

    def tell_people() -> None:
        try:
            told = tell(context.data_dir, utc_now(), channels)
        except (NotifyError, LedgerError, ReadError) as error:  # refreshing goes on
            context.say(f"nobody was told: {error}")
            return
        if told.failed or told.given_up:
            context.say(notify.text(told))

    def past() -> None:
        """In a process of its own, which ends with this one: it reads and scores two years."""
        subprocess.run(context.command("assess", "--history", str(arguments.history)), check=False, stdout=sys.stderr)

    schedule = Schedule(context.sources, refresh_due, after=[after], once=past if arguments.history else None)
    with RunLock(Folders(context.data_dir).locks, "schedule"):  # two would ask every publisher twice
        context.say("schedule runs; Ctrl-C ends it")
        schedule.run_forever()
    return 0
