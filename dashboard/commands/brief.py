"""`returnwatch brief REGION --lang nl|en`: the two-page brief of a region as PDF, web page or Word file."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from assessment.ledger import Entry, Ledger, LedgerError
from assessment.read import Reader, ReadError
from dashboard import brief
from dashboard.commands import Context, UsageError, utc_now
from dashboard.commands.ledger import place
from dashboard.language import DEFAULT, LANGUAGES
from dashboard.partners import partners
from ingest.reference import ReferenceError
from ingest.refresh_tools import Folders

NAME = "brief"
HELP = "write the two-page brief of a region (PDF, HTML or Word)"
ORDER = 60


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("region", help="ISO 3166-2 code, e.g. AF-BAL")
    parser.add_argument("--lang", choices=LANGUAGES, default=DEFAULT, help=f"language (default {DEFAULT})")
    parser.add_argument("--format", choices=list(brief.FORMATS), default="pdf")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="file to write; - for standard output")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Exit status 1 when the region is not assessed or the file cannot be made."""
    now = utc_now()
    try:
        with Reader.open(Folders(context.data_dir).published, catalog=context.sources) as reader:
            entries = entries_of(context)
            facts = brief.collect(reader, arguments.region, entries=entries, now=now, partners=partners())
            made = brief.render(reader, facts, arguments.lang, arguments.format)
    except (ReadError, LedgerError, brief.BriefError, ReferenceError) as error:
        raise UsageError(str(error)) from None
    if str(arguments.output) == "-":
        sys.stdout.buffer.write(made)
        return 0
    target = arguments.output or Path(brief.file_name(facts, arguments.lang, arguments.format))
    try:
        target.write_bytes(made)
    except OSError as error:
        raise UsageError(f"{target} cannot be written ({error.strerror}); choose another with -o") from None
    context.answer(
        {"file": target, "region": arguments.region, "version": facts.version, "bytes": len(made)},
        f"{target}  version {facts.version}",
    )
    return 0


def entries_of(context: Context) -> Sequence[Entry]:
    """The record of decisions when there is one; reading a brief never makes it. Raises LedgerError."""
    try:
        where = place(context, must_exist=True)
    except UsageError:
        return ()
    ledger = Ledger.open(where)
    try:
        return ledger.entries()
    finally:
        ledger.close()
