"""`returnwatch export [TABLE…] -o FOLDER`: tables of the published snapshot for other programs."""

from __future__ import annotations

import argparse
import difflib
from pathlib import Path
from typing import Any

import duckdb

from dashboard.commands import Context, UsageError, _tables, table
from ingest.publish import NothingPublished, Snapshot
from ingest.refresh_tools import Folders

NAME = "export"
HELP = "write tables of the published snapshot as CSV, Parquet or JSON lines"
ORDER = 58


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("table", nargs="*", help="which tables (default: all); `--list` names them")
    parser.add_argument("-o", "--output", type=Path, default=Path("export"), metavar="FOLDER")
    parser.add_argument("--format", choices=sorted(_tables.WRITERS), default="csv")
    parser.add_argument("--every-vintage", action="store_true", help="also rows their source has corrected since")
    parser.add_argument("--list", action="store_true", help="name the tables and write nothing")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """The table of sources always comes along: rows keep the licence of their publisher."""
    try:
        with Snapshot.open(Folders(context.data_dir).published) as snapshot, snapshot.cursor() as cursor:
            known = _tables.names(cursor)
            if arguments.list:
                context.answer({"tables": known}, "\n".join(known))
                return 0
            chosen = list(dict.fromkeys([*_checked(arguments.table, known), "source"]))
            arguments.output.mkdir(parents=True, exist_ok=True)
            written = [_write(cursor, name, arguments) for name in chosen]
            shown = {"snapshot": snapshot.snapshot_id, "files": written}
    except NothingPublished as error:
        raise UsageError(str(error)) from None
    except OSError as error:
        raise UsageError(f"cannot write to {arguments.output}: {error}") from None
    context.say("rows keep the licence of their publisher: see the table of sources beside them")
    context.answer(shown, table(written, ["table", "rows", "file"]))
    return 0


def _checked(wanted: list[str], known: list[str]) -> list[str]:
    for name in wanted:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else "`returnwatch export --list` names them"
            raise UsageError(f"no table {name!r} in the snapshot; {hint}")
    return wanted or known


def _write(cursor: duckdb.DuckDBPyConnection, name: str, arguments: argparse.Namespace) -> dict[str, Any]:
    target = arguments.output / f"{name}.{_tables.ENDINGS[arguments.format]}"
    rows = _tables.write(cursor, name, target, arguments.format, every_vintage=arguments.every_vintage)
    return {"table": name, "rows": rows, "file": target}
