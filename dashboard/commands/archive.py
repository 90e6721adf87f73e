"""`returnwatch archive pack|list|verify`: the answers as received."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from dashboard.commands import Context, UsageError, table
from ingest.archive import Archive

NAME = "archive"
HELP = "list and verify the archive of answers, or pack a folder of captured answers into a WARC file"
ORDER = 40


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    pack = actions.add_parser("pack", help="make a WARC file from a MANIFEST.csv and the files it names")
    pack.add_argument("manifest", type=Path)
    pack.add_argument("out", type=Path)
    listing = actions.add_parser("list", help="answers per source, or every record of one source")
    listing.add_argument("source", nargs="?")
    actions.add_parser("verify", help="read every record and compare its digest")
    for action in actions.choices.values():
        action.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="answer as JSON")
        action.add_argument("--data-dir", type=Path, default=argparse.SUPPRESS, help="where the four stores lie")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Exit status 1 when a record is damaged or the manifest is wrong."""
    archive = Archive(context.data_dir / "archive")
    if arguments.action == "pack":
        return _pack(archive, arguments, context)
    if arguments.action == "verify":
        faults = archive.verify()
        context.answer({"faults": faults}, "\n".join(faults) or "every record is whole")
        return 1 if faults else 0
    if arguments.source:
        rows = [
            {"retrieved_at": r.retrieved_at, "status": r.status, "bytes": r.bytes, "digest": r.digest, "url": r.url}
            for r in archive.records(source_id=arguments.source)
        ]
        context.answer({"records": rows}, table(rows, ["retrieved_at", "status", "bytes", "url"]))
        return 0
    count: Counter[str] = Counter()
    size: Counter[str] = Counter()
    for record in archive.records():
        count[record.source_id] += 1
        size[record.source_id] += record.bytes
    rows = [{"source": name, "answers": count[name], "bytes": size[name]} for name in sorted(count)]
    context.answer({"sources": rows}, table(rows, ["source", "answers", "bytes"]))
    return 0


def _pack(archive: Archive, arguments: argparse.Namespace, context: Context) -> int:
    if not arguments.manifest.is_file():
        raise UsageError(f"{arguments.manifest} does not exist; give the MANIFEST.csv of a folder of captured answers")
    packed = archive.pack(arguments.manifest, arguments.out)
    context.answer({"packed": packed, "file": arguments.out}, f"{packed} answers packed into {arguments.out}")
    return 0
