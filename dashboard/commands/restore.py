"""`returnwatch restore FILE.tar`: a backup into an empty data folder, and the warehouse made from it."""

from __future__ import annotations

import argparse
from pathlib import Path

from dashboard.commands import Context, UsageError
from dashboard.commands import _backup as backup
from dashboard.commands.ledger import place
from dashboard.commands.rebuild import rebuild_and_publish

NAME = "restore"
HELP = "bring a backup into an empty data folder, rebuild the warehouse from it and publish"
ORDER = 61


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="a file made by `returnwatch backup`")
    parser.add_argument("--no-rebuild", action="store_true", help="only bring the files back")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Exit status 1 when the backup is not whole or something is in the way."""
    if not arguments.file.is_file():
        raise UsageError(f"{arguments.file} does not exist; give a file made by `returnwatch backup`")
    try:
        found = backup.restore(arguments.file, context.data_dir, place(context))
    except backup.BackupError as error:
        raise UsageError(str(error)) from None
    rows = {} if arguments.no_rebuild else rebuild_and_publish(context)
    context.say(f"the catalog of the time lies in {context.data_dir / backup.SOURCES}; compare it with yours")
    context.answer(
        {"files": len(found), "rows": sum(rows.values())},
        f"{len(found)} files restored, {sum(rows.values()):,} rows made from them",
    )
    return 0
