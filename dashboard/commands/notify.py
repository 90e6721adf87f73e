"""`returnwatch notify`: tell people what there is to tell, and write down what has lapsed."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from assessment import notify_config
from assessment.ledger import LedgerError
from assessment.notify_config import NotifyError
from assessment.read import ReadError
from dashboard.commands import Context, UsageError, utc_now
from dashboard.tell import Told, tell

NAME = "notify"
HELP = "tell people about alerts, drafts, lapsed advice and reports, as notify.toml says; write down what has lapsed"
ORDER = 65
FAILED = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, metavar="FILE", help="channels (default: RETURNWATCH_NOTIFY)")
    parser.add_argument("--dry-run", action="store_true", help="show what would be sent, send and write nothing")
    parser.add_argument(
        "--calendar", type=Path, metavar="FILE", help="also write the review dates as an iCalendar file"
    )


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Exit status 3 when a message could not be delivered; it is tried again at the next call."""
    try:
        told = tell(
            context.data_dir, utc_now(), config_file(arguments.config), dry_run=arguments.dry_run,
            calendar_file=arguments.calendar,
        )  # fmt: skip
    except (NotifyError, LedgerError, ReadError) as error:
        raise UsageError(str(error)) from None
    context.answer(told, text(told))
    return FAILED if told.failed or told.given_up else 0


def config_file(given: Path | None) -> Path | None:
    """The file on the command line, else of the environment; None: nobody is told, lapses are written."""
    named = os.environ.get(notify_config.PLACE)
    return given or (Path(named) if named else None)


def text(told: Told) -> str:
    """In words, for a terminal or a log."""
    lines = [
        f"{len(told.lapsed)} lapsed, {len(told.tasks)} changed policy texts, {told.sent} sent, {told.failed} failed"
    ]
    lines += [f"to {channel}: {what}" for channel, what in told.planned]
    lines += [
        f"given up after several tries: {what} to {channel}; check the channel" for channel, what in told.given_up
    ]
    return "\n".join(lines)
