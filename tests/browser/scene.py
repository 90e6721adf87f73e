"""One small data folder with something in every table a page shows: figures, documents, history, gates, alerts."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import duckdb

from assessment import framework as frameworks
from assessment.runs import month_ends
from dashboard.pipeline import load_starter, publish_now, save_assessment, save_history
from ingest import archive_pack, catalog
from ingest.archive import Archive
from ingest.parse_places import World
from ingest.parse_pool import parse_in_process
from ingest.parse_world import load_world
from ingest.publish import current
from ingest.refresh import refresh
from ingest.refresh_load import ParseStream
from ingest.refresh_tools import Folders, Tools
from ingest.warehouse import Warehouse
from tests.browser import by_hand, documents, moved

COUNTRIES = ("AFG", "IRQ", "SOM", "SYR")
MONTHS = 4  # of history before today


def prepare(data: Path, root: Path, now: datetime, months: int = MONTHS, hostile: bool = True) -> None:
    """Fill the folder: moved figures, written documents, an assessment a month, rows by hand; published.

    hostile: with names, titles and sentences that try to be more than text; without for pictures.
    """
    sources = catalog.load(root / "sources.toml")
    tools = Tools(contact="tests", parser=_in_process)
    with tempfile.TemporaryDirectory() as folder:
        manifest = moved.write(root / "data" / "starter", Path(folder) / "starter", COUNTRIES, now.date())
        load_starter(data, sources, manifest.parent, now, tools)
        packed = Path(folder) / "documents.warc.gz"
        archive_pack.pack(documents.write(Path(folder) / "documents", sources, now, hostile), packed)
        refresh(data, sources, replay=(packed,), now=now, tools=tools)
    framework = frameworks.load()
    save_history(data, month_ends(now.date(), months), framework, COUNTRIES, now=now)
    save_assessment(data, now.date(), framework, list(COUNTRIES), kind="current", now=now)
    with Warehouse(Folders(data).warehouse).writer() as connection:
        by_hand.add(connection, now, hostile)
    publish_now(data, now)


@functools.cache
def _world(reference: Path) -> World:
    return load_world(reference)


@contextmanager
def _in_process(archive: Path, reference: Path, spool: Path) -> Iterator[ParseStream]:
    """Parse here: starting children costs more than these few answers."""
    world = _world(reference)
    with Archive(archive) as opened:
        yield lambda tasks: parse_in_process(tasks, opened, world)


def filled(data: Path) -> dict[str, int]:
    """Rows per table of the published snapshot, for a test that the scene is what it says."""
    folder = Folders(data).published
    with duckdb.connect(str(folder / current(folder).file), read_only=True) as connection:
        tables = connection.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall()
        return {
            f"{schema}.{table}": connection.execute(f'SELECT count(*) FROM {schema}."{table}"').fetchall()[0][0]
            for schema, table in tables
        }
