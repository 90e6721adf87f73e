"""`returnwatch ledger verify|pages|export|import|show`: the record of decisions, checked and carried elsewhere."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from assessment import register
from assessment.ledger import Entry, Ledger, LedgerError, canonical
from assessment.ledger_alerts import covered
from assessment.ledger_check import export, import_lines, verify
from assessment.read import Reader, ReadError
from dashboard.commands import Context, UsageError, table

NAME = "ledger"
HELP = "the record of decisions: verify the chain, rebuild published pages, export, import into an empty one, show"
ORDER = 70
BROKEN = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    chosen = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    check = chosen.add_parser("verify", help="walk the chain and name the first broken link")
    check.add_argument("--head", metavar="SEQ:HASH", help="a head noted earlier: also shows entries cut off at the end")
    out = chosen.add_parser("export", help="every entry as a line of JSON")
    out.add_argument("-o", "--output", type=Path, metavar="FILE", help="file to write (default: standard output)")
    back = chosen.add_parser("import", help="bring an export into an empty ledger, all or nothing")
    back.add_argument("file", type=Path)
    chosen.add_parser("pages", help="rebuild every published page from the snapshot and compare it byte for byte")
    show = chosen.add_parser("show", help="entries, newest last, roles instead of names")
    show.add_argument("object", nargs="?", help="only this region, alert, claim, position, case or rule")
    show.add_argument("--last", type=int, default=20, metavar="N", help="how many (default 20)")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Exit status 3 when the chain is broken, 1 on wrong use."""
    try:
        ledger = Ledger.open(place(context, must_exist=arguments.action != "import"))
        try:
            return _ACTIONS[arguments.action](ledger, arguments, context)
        finally:
            ledger.close()
    except LedgerError as error:
        raise UsageError(str(error)) from None


def place(context: Context, *, must_exist: bool = False) -> str:
    """Where the ledger lies: RETURNWATCH_LEDGER (a postgresql:// address or a file), else in the data folder."""
    named = os.environ.get("RETURNWATCH_LEDGER") or str(context.data_dir / "ledger.sqlite")
    if must_exist and "://" not in named and not Path(named).exists():
        raise UsageError(f"there is no ledger at {named} yet; it is made with the first decision")
    return named


def _verify(ledger: Ledger, arguments: argparse.Namespace, context: Context) -> int:
    verdict = verify(ledger, _head(arguments.head) if arguments.head else None)
    state = "the chain holds" if verdict.holds else "BROKEN: " + "; ".join(verdict.faults)
    text = f"{verdict.entries} entries, {state}\nhead {verdict.head[0]}:{verdict.head[1]}"
    context.answer(
        {
            "entries": verdict.entries,
            "holds": verdict.holds,
            "first_broken": verdict.broken,
            "faults": verdict.faults,
            "head": f"{verdict.head[0]}:{verdict.head[1]}",
        },
        text,
    )
    return 0 if verdict.holds else BROKEN


def _pages(ledger: Ledger, arguments: argparse.Namespace, context: Context) -> int:
    """Exit status 3 when a page differs from what was stored; a run the snapshot no longer holds is no fault."""
    entries = ledger.entries()
    try:
        with Reader.open(context.data_dir / "published") as reader:
            found = [
                register.compare_with_stored(ledger, reader, entries, entry.seq)
                for entry in entries
                if entry.kind == "advice_published"
            ]
    except ReadError as error:
        raise UsageError(str(error)) from None
    words = {True: "equal", False: "DIFFERS", None: "cannot be rebuilt"}
    rows = [{"seq": f.seq, "region": f.region_id, "page": words[f.same], "why": f.problem} for f in found]
    context.answer({"pages": rows}, table(rows, ["seq", "region", "page", "why"]) if rows else "nothing was published")
    return BROKEN if any(f.same is False for f in found) else 0


def _export(ledger: Ledger, arguments: argparse.Namespace, context: Context) -> int:
    lines = [line + "\n" for line in export(ledger)]
    if arguments.output:
        arguments.output.write_text("".join(lines), encoding="utf-8", newline="\n")
        context.say(f"{len(lines)} entries in {arguments.output}")
    else:
        sys.stdout.writelines(lines)
    return 0


def _import(ledger: Ledger, arguments: argparse.Namespace, context: Context) -> int:
    try:
        with arguments.file.open(encoding="utf-8", newline="\n") as lines:
            count = import_lines(ledger, lines)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{arguments.file} cannot be read: {error}") from None
    context.answer({"imported": count}, f"{count} entries imported, the chain holds")
    return 0


def _show(ledger: Ledger, arguments: argparse.Namespace, context: Context) -> int:
    wanted = arguments.object
    found = [e for e in ledger.entries() if wanted is None or wanted in (e.object, *covered(e))]
    rows = [_row(entry) for entry in found[-max(arguments.last, 1) :]]
    context.answer(rows, table(rows, ["seq", "time", "role", "kind", "object", "payload"]) if rows else "no entries")
    return 0


def _row(entry: Entry) -> dict[str, object]:
    return {
        "seq": entry.seq,
        "time": f"{entry.time:%Y-%m-%d %H:%M}",
        "role": entry.role,
        "kind": entry.kind,
        "object": entry.object,
        "payload": canonical(dict(entry.payload)),
    }


def _head(text: str) -> tuple[int, str]:
    seq, _, value = text.partition(":")
    if not seq.isdecimal() or len(value) != 64:
        raise UsageError(f"{text!r} is no head; write it as `ledger verify` prints it, number:64 characters")
    return int(seq), value


_ACTIONS = {"verify": _verify, "pages": _pages, "export": _export, "import": _import, "show": _show}
