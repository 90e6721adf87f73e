"""`returnwatch refresh [SOURCE…] [--replay FILE…] [--due]`: ask the sources, take in what they say, publish."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from dashboard.commands import Context, UsageError, shipped, table, utc_now
from dashboard.commands._progress import progress_bar
from dashboard.pipeline import assess_and_publish
from ingest.crawl import CrawlError
from ingest.publish import PublishError
from ingest.refresh import RefreshError, refresh
from ingest.refresh_report import RefreshReport
from ingest.warehouse import WarehouseBusy

NAME = "refresh"
HELP = "ask the sources (or replay archived answers), take in what they say, and publish it"
ORDER = 20
PARTLY = 3
COLUMNS = ["source", "state", "new", "changed", "same", "issues", "seconds", "message"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", nargs="*", help="only these sources (default: all that are on)")
    parser.add_argument("--replay", nargs="+", type=Path, default=[], metavar="FILE", help="answers from WARC files")
    parser.add_argument("--due", action="store_true", help="only sources whose time has come (for cron or systemd)")
    parser.add_argument("--no-publish", action="store_true", help="take the rows in, leave the dashboard as it is")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Exit status 0 all well, 2 nothing could be refreshed, 3 some sources failed and the rest were refreshed.

    Also 3 when the rows were taken in and could not be published: the next refresh publishes them.
    """
    missing = [str(path) for path in arguments.replay if not path.is_file()]
    if missing:
        raise UsageError(f"{', '.join(missing)} does not exist; give WARC files made by `returnwatch archive pack`")
    try:
        with progress_bar() as progress:
            report = refresh(
                context.data_dir,
                context.sources,
                only=arguments.source or None,
                replay=tuple(arguments.replay),
                due_only=arguments.due,
                now=utc_now(),
                progress=progress,
                tools=context.tools(),
            )
    except (RefreshError, CrawlError) as error:
        raise UsageError(str(error)) from None
    status = report.exit_code()
    if report.changed_anything and not arguments.no_publish:
        try:
            assess_and_publish(context.data_dir, shipped("reference"), utc_now())
        except (PublishError, WarehouseBusy) as error:
            report.messages.append(f"{error}; the rows are taken in, the dashboard shows them after the next refresh")
            status = status or PARTLY
    show(report, context)
    return status


def show(report: RefreshReport, context: Context) -> None:
    """The table (or JSON) to stdout, what concerns the whole of it to stderr."""
    for message in report.messages:
        print(message, file=sys.stderr)
    rows = [line.to_json() for line in report.sources]
    text = "nothing is due" if report.nothing_due else table(rows, COLUMNS)
    context.answer(report.to_json(), text)
