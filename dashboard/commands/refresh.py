"""`returnwatch refresh [SOURCE…] [--replay FILE…] [--due]`: ask the sources, take in what they say, publish."""

from __future__ import annotations

import argparse
from pathlib import Path

from dashboard.commands import Context, UsageError, shipped, table, utc_now
from dashboard.commands._progress import progress_bar
from dashboard.pipeline import assess_and_publish
from ingest import refresh as ingest_refresh

NAME = "refresh"
HELP = "ask the sources (or replay archived answers), take in what they say, assess and publish"
ORDER = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", nargs="*", help="only these sources (default: all that are on)")
    parser.add_argument("--replay", nargs="+", type=Path, default=[], metavar="FILE", help="answers from WARC files")
    parser.add_argument("--due", action="store_true", help="only sources whose time has come (for cron or systemd)")
    parser.add_argument("--no-assess", action="store_true", help="take in and publish rows without a new assessment")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Exit status 0 all well, 2 nothing could be refreshed, 3 some sources failed and the rest were refreshed."""
    missing = [str(path) for path in arguments.replay if not path.is_file()]
    if missing:
        raise UsageError(f"{', '.join(missing)} does not exist; give WARC files made by `returnwatch archive pack`")
    chosen = context.chosen(arguments.source)
    with progress_bar() as progress:
        report = ingest_refresh.refresh(
            context.data_dir,
            chosen,
            reference_dir=shipped("reference"),
            replay=tuple(arguments.replay),
            due_only=arguments.due,
            now=utc_now(),
            progress=progress,
        )
        if report.changed_anything():
            assess_and_publish(context, assess=not arguments.no_assess, progress=progress)
    rows = report.as_dict()["sources"]
    columns = ["source", "state", "new", "changed", "same", "issues", "seconds"]
    context.answer(report.as_dict(), table(rows, columns))
    return report.exit_status()
