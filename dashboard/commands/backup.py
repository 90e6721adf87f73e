"""`returnwatch backup FILE.tar`: everything that cannot be made again, in one file."""

from __future__ import annotations

import argparse
from pathlib import Path

from dashboard.commands import Context, UsageError, shipped, utc_now
from dashboard.commands import _backup as backup
from dashboard.commands.ledger import place

NAME = "backup"
HELP = "write the answers, dropped files, decisions and the catalog into one file"
ORDER = 60


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="the tar file to write")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """May run while sources are refreshed."""
    if not (context.data_dir / "archive").is_dir():
        raise UsageError(f"there is nothing to back up in {context.data_dir}; run `returnwatch up` first")
    catalog = context.sources_file or shipped("sources.toml")
    try:
        sizes = backup.write(context.data_dir, place(context), catalog, arguments.file, utc_now())
    except backup.BackupError as error:
        raise UsageError(str(error)) from None
    total = sum(sizes.values())
    context.answer(
        {"file": arguments.file, "files": len(sizes), "bytes": total, "ledger": backup.LEDGER in sizes},
        f"{len(sizes)} files, {total / 1e6:,.1f} MB in {arguments.file}; `returnwatch restore` brings them back",
    )
    return 0
