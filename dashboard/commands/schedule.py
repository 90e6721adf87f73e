"""`returnwatch schedule`: refresh the sources by their own rhythm until told to stop."""

from __future__ import annotations

import argparse

from dashboard.commands import Context, shipped, utc_now
from dashboard.pipeline import assess_and_publish
from ingest.refresh import refresh
from ingest.refresh_report import RefreshReport
from ingest.schedule import Schedule

NAME = "schedule"
HELP = "refresh the sources by their own rhythm; SIGTERM ends it cleanly"
ORDER = 25


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None of its own: rhythms stand in sources.toml."""


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Runs until SIGTERM or Ctrl-C; what is due is read from the warehouse, so a restart forgets nothing."""
    said: set[str] = set()

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
        return report

    def after(report: RefreshReport) -> None:
        assess_and_publish(context.data_dir, shipped("reference"), utc_now())

    schedule = Schedule(context.sources, refresh_due, after=[after])
    context.say("schedule runs; Ctrl-C ends it")
    schedule.run_forever()
    return 0
