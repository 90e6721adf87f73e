"""`returnwatch sources list|check|health|record|repeated`: what is collected, is the catalog right, how each does."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import duckdb

from dashboard.commands import Context, UsageError, _record, table, utc_now
from ingest.catalog import Source
from ingest.health import SourceHealth, health
from ingest.publish import NothingPublished, Snapshot
from ingest.refresh_tools import Folders
from ingest.repeated import repeated

NAME = "sources"
HELP = "list the sources, check the catalog, show each source's health, record answers, find boilerplate"
ORDER = 30
SHOWN = 140  # characters of a paragraph in the table; --json gives it whole


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=["list", "check", "health", "record", "repeated"])
    parser.add_argument("source", nargs="*", help="only these sources")
    parser.add_argument("--into", type=Path, default=Path("recorded"), metavar="FOLDER", help="where `record` writes")


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
    if arguments.action == "record":
        return _recorded(arguments, context)
    if arguments.action == "repeated":
        return _repeated(arguments, context)
    states = _health(context, chosen)
    lines = [{"source": s.source_id, "state": s.state, "since": s.since, "what to do": s.remedy} for s in states]
    context.answer({"sources": states}, table(lines, ["source", "state", "since", "what to do"]))
    return 0


def _recorded(arguments: argparse.Namespace, context: Context) -> int:
    """Ask the named sources live and keep what they answer. Exit status 2 when nothing came."""
    if not arguments.source:
        raise UsageError("name the sources to record: `returnwatch sources record SOURCE --into FOLDER`")
    kept = []
    for source in context.chosen(arguments.source).values():
        reason = source.why_off() or (None if source.urls else "it has no address to ask")
        if reason:
            raise UsageError(f"{source.id} cannot be asked: {reason}")
        kept += _record.record(source, arguments.into, context.tools(), utc_now())
    rows = [{"source": k.source_id, "rows": k.rows, "file": k.file or "", "message": k.message} for k in kept]
    context.say(
        "check the rows by hand before a test expects them; commit no answer its licence does not let you pass on"
    )
    context.answer({"answers": rows}, table(rows, ["source", "rows", "file", "message"]))
    return 0 if any(k.file for k in kept) else 2


def _repeated(arguments: argparse.Namespace, context: Context) -> int:
    """Paragraphs that stand in many documents of a source, for its option `boilerplate`."""
    if not arguments.source:
        raise UsageError("name the source: `returnwatch sources repeated SOURCE`")
    rows = []
    for source_id in context.chosen(arguments.source):
        with _snapshot(context) as cursor:
            rows += [{"source": source_id, **asdict(found)} for found in repeated(cursor, source_id)]
    shown = [{**row, "share": f"{row['share']:.0%}", "paragraph": row["paragraph"][:SHOWN]} for row in rows]
    lines = table(shown, ["documents", "share", "claims", "paragraph"]) if rows else "no paragraph repeats"
    context.answer({"repeated": rows}, lines)
    return 0


@contextmanager
def _snapshot(context: Context) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published snapshot, so that a refresh at work is not waited for."""
    try:
        with Snapshot.open(Folders(context.data_dir).published) as snapshot, snapshot.cursor() as cursor:
            yield cursor
    except NothingPublished as error:
        raise UsageError(str(error)) from None


def _health(context: Context, chosen: dict[str, Source]) -> list[SourceHealth]:
    with _snapshot(context) as cursor:
        return health(cursor, chosen, utc_now())
