"""`returnwatch doctor`: is everything in place? Each line says what is wrong and what to do."""

from __future__ import annotations

import argparse
import importlib
import shutil
import sys
from collections.abc import Callable

from dashboard.commands import Context, UsageError, shipped, table
from dashboard.pipeline import is_published
from ingest import reference
from ingest.archive import Archive
from ingest.refresh_tools import Folders
from ingest.warehouse import Warehouse, WarehouseError
from ingest.warehouse_verify import verify

NAME = "doctor"
HELP = "check the installation, the catalog, the stores and the disk"
ORDER = 50
FREE_GIGABYTES = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None: it checks everything."""


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Exit status 1 when something needs a person."""
    checks: list[tuple[str, Callable[[Context], str | None]]] = [
        ("python", _python),
        ("packages", _packages),
        ("catalog", _catalog),
        ("reference", _reference),
        ("disk", _disk),
        ("archive", _archive),
        ("warehouse", _warehouse),
        ("snapshot", _snapshot),
    ]
    rows = [{"check": name, "what to do": check(context) or "fine"} for name, check in checks]
    bad = [row for row in rows if row["what to do"] != "fine"]
    context.answer({"checks": rows, "faults": len(bad)}, table(rows, ["check", "what to do"]))
    return 1 if bad else 0


def _python(context: Context) -> str | None:
    return None if sys.version_info >= (3, 11) else f"python {sys.version.split()[0]} is too old; install 3.11 or newer"


def _packages(context: Context) -> str | None:
    missing = []
    for name in ("duckdb", "streamlit", "scrapy", "feedparser", "pandas", "shapely", "warcio", "typst"):
        try:
            importlib.import_module(name)
        except ImportError:
            missing.append(name)
    return f"{', '.join(missing)} cannot be imported; run `make up` once more" if missing else None


def _catalog(context: Context) -> str | None:
    try:
        return None if context.sources else "sources.toml has no source; add one"
    except UsageError as error:
        return str(error)


def _reference(context: Context) -> str | None:
    try:
        reference.regions(shipped("reference"))
        return None
    except reference.ReferenceError as error:
        return str(error)


def _disk(context: Context) -> str | None:
    folder = context.data_dir if context.data_dir.exists() else context.data_dir.parent
    free = shutil.disk_usage(folder).free / 1e9
    return None if free >= FREE_GIGABYTES else f"{free:.1f} GB free at {folder}; make room or move with --data-dir"


def _archive(context: Context) -> str | None:
    faults = Archive(Folders(context.data_dir).archive).verify()
    return f"{len(faults)} damaged records, first: {faults[0]}; restore the archive from its backup" if faults else None


def _warehouse(context: Context) -> str | None:
    path = Folders(context.data_dir).warehouse
    if not path.exists():
        return "not made yet; run `returnwatch up` or `returnwatch refresh`"
    try:
        with Warehouse(path).writer(timeout=10) as connection:
            return "; ".join(verify(connection)) or None
    except WarehouseError as error:
        return str(error)


def _snapshot(context: Context) -> str | None:
    return None if is_published(context.data_dir) else "nothing is published; run `returnwatch up` or `refresh`"
