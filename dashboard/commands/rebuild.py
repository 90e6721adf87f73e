"""`returnwatch rebuild`: the warehouse made again from the archive, then assessed and published."""

from __future__ import annotations

import argparse

from dashboard.commands import Context, UsageError, shipped, table, utc_now
from dashboard.commands._progress import progress_bar
from dashboard.pipeline import assess_and_publish
from ingest.rebuild import rebuild

NAME = "rebuild"
HELP = "make the warehouse again from the archive and the decisions, assess, publish"
ORDER = 55


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None: the archive says it all."""


def rebuild_and_publish(context: Context) -> dict[str, int]:
    """{source_id: rows in its answers}. The old warehouse and the snapshot stay in use until the new ones are whole."""
    with progress_bar() as progress:
        rows = rebuild(context.data_dir, context.sources, progress=progress, tools=context.tools())
    assess_and_publish(context.data_dir, shipped("reference"), utc_now())
    return rows


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Exit status 2 while another process writes."""
    if not (context.data_dir / "archive").is_dir():
        raise UsageError(f"there is no archive in {context.data_dir}; give the data folder with --data-dir")
    rows = rebuild_and_publish(context)
    lines = [{"source": name, "rows": count} for name, count in rows.items() if count]
    context.answer({"sources": rows}, table(lines, ["source", "rows"]))
    return 0
