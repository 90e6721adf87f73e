"""`returnwatch sources list|check|health`: what is collected, whether the catalog is right, how each source does."""

from __future__ import annotations

import argparse

from dashboard.commands import Context, UsageError, table, utc_now
from ingest.catalog import Source
from ingest.health import SourceHealth, health
from ingest.publish import NothingPublished, Snapshot
from ingest.refresh_tools import Folders

NAME = "sources"
HELP = "list the sources, check the catalog, show the health of each source"
ORDER = 30


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=["list", "check", "health"])
    parser.add_argument("source", nargs="*", help="only these sources")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Answer from the catalog alone, except `health`, which also asks the warehouse."""
    chosen = context.chosen(arguments.source)
    if arguments.action == "check":
        context.answer({"sources": len(chosen), "faults": []}, f"{len(chosen)} sources, no faults")
        return 0
    if arguments.action == "list":
        rows = [
            {
                "source": s.id,
                "publisher": s.publisher,
                "what": s.what,
                "adapter": s.adapter,
                "schedule": s.schedule,
                "level": s.level,
                "licence": s.licence,
                "state": s.why_off() or "on",
            }
            for s in chosen.values()
        ]
        context.answer({"sources": rows}, table(rows, ["source", "publisher", "schedule", "level", "state"]))
        return 0
    states = _health(context, chosen)
    lines = [{"source": s.source_id, "state": s.state, "since": s.since, "what to do": s.remedy} for s in states]
    context.answer({"sources": states}, table(lines, ["source", "state", "since", "what to do"]))
    return 0


def _health(context: Context, chosen: dict[str, Source]) -> list[SourceHealth]:
    """Read from the published snapshot, so that a refresh at work is not waited for."""
    try:
        with Snapshot.open(Folders(context.data_dir).published) as snapshot, snapshot.cursor() as cursor:
            return health(cursor, chosen, utc_now())
    except NothingPublished as error:
        raise UsageError(str(error)) from None
