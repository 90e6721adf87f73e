"""What follows a refresh: assess, publish. Here the layers meet, for the schedule and the command line alike."""

from __future__ import annotations

import logging
import os
import sqlite3
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

import duckdb

from assessment import framework as frameworks
from assessment import rules, runs
from assessment.compute import SEED, Assessment
from assessment.framework import Framework
from assessment.ledger import Entry, Ledger
from assessment.uncertainty import Draws
from ingest import archive_pack, reference, search_index, shape_file
from ingest.catalog import Source
from ingest.evidence import read_new_documents
from ingest.model import AdapterError
from ingest.publish import NothingPublished, Pointer, current, publish
from ingest.refresh import refresh
from ingest.refresh_report import RefreshReport
from ingest.refresh_tools import Folders, Tools, code_version
from ingest.text.learn import LEARNED_FILE, gate_in_use
from ingest.warehouse import Warehouse

FORECAST_DAYS = 31  # a trained early warning is used for so long
HISTORY_DAYS = 4  # days of a history written before others may write; about two seconds each


def monitored(reference_dir: Path) -> list[str]:
    """Countries of origin whose regions are assessed."""
    return [country.iso3 for country in reference.countries(reference_dir) if country.monitored]


def save_assessment(
    data_dir: Path, as_of: date, framework: Framework, countries: Sequence[str], *, kind: str, now: datetime
) -> Assessment:
    """Read new documents, assess as of a day, and write both into the warehouse."""
    entries = ledger_entries(data_dir)
    framework = rules.applied(framework, entries)
    with Warehouse(Folders(data_dir).warehouse).writer() as connection:
        read_new_documents(connection, now, gate_in_use(data_dir / LEARNED_FILE))
        return runs.make(
            connection, as_of, framework, countries, entries, kind=kind, now=now, code_version=code_version()
        )


def save_history(
    data_dir: Path,
    days: Sequence[date],
    framework: Framework,
    countries: Sequence[str],
    *,
    now: datetime,
    progress: Callable[[date, int], None] = lambda day, left: None,
) -> list[date]:
    """Assess past days that have no run yet, oldest first, for the trends; the days made.

    The warehouse is free after every few days, so that a refresh need not wait for all. progress: day, days left.
    """
    entries = ledger_entries(data_dir)
    framework = rules.applied(framework, entries)
    warehouse, draws = Warehouse(Folders(data_dir).warehouse), Draws(framework, SEED)
    with warehouse.writer() as connection:
        read_new_documents(connection, now, gate_in_use(data_dir / LEARNED_FILE))
        wanted = runs.without_run(connection, days, framework)
    for start in range(0, len(wanted), HISTORY_DAYS):
        with warehouse.writer() as connection:
            for number, day in enumerate(wanted[start : start + HISTORY_DAYS], start + 1):
                runs.make(connection, day, framework, countries, entries, kind="history", now=now,
                          code_version=code_version(), draws=draws)  # fmt: skip
                progress(day, len(wanted) - number)
    return wanted


def train_forecast(data_dir: Path, framework: Framework, countries: Sequence[str], *, now: datetime) -> bool:
    """Train the early warning on what is known now and tell it today; False when too little is covered."""
    with Warehouse(Folders(data_dir).warehouse).writer() as connection:
        if not runs.train(connection, now.date()):
            return False
    save_assessment(data_dir, now.date(), framework, countries, kind="current", now=now)
    return True


def forecast_is_due(data_dir: Path, now: datetime) -> bool:
    """True when no early warning was trained yet, or longer ago than a month."""
    with Warehouse(Folders(data_dir).warehouse).writer() as connection:
        day = runs.trained(connection)
    return day is None or (now.date() - day).days > FORECAST_DAYS


def ledger_entries(data_dir: Path) -> list[Entry]:
    """Everything people entered, oldest first; empty where there is no ledger yet: an assessment needs none."""
    named = os.environ.get("RETURNWATCH_LEDGER") or str(data_dir / "ledger.sqlite")
    if "://" not in named and not Path(named).exists():
        return []
    ledger = Ledger.open(named)
    try:
        return ledger.entries()
    finally:
        ledger.close()


def publish_now(data_dir: Path, now: datetime) -> Pointer:
    """Publish what the warehouse holds; readers switch to it at their next look."""
    folders = Folders(data_dir)
    with Warehouse(folders.warehouse).writer() as connection:
        return publish(
            connection, folders.published, made_at=now, code_version=code_version(),
            derive=lambda snapshot: _derive(snapshot, folders),
        )  # fmt: skip


def _derive(snapshot: Path, folders: Folders) -> None:
    """Files beside a snapshot. One that cannot be made is no reason to hold a publication back: search scans the
    snapshot then, and maps show the shipped outlines."""
    try:
        shape_file.keep(snapshot, folders.archive)
    except (AdapterError, OSError, ValueError, duckdb.Error) as error:
        logging.getLogger(__name__).warning("outlines_failed snapshot=%s error=%s", snapshot.name, error)
    try:
        search_index.derive(snapshot)
    except (OSError, sqlite3.Error, duckdb.Error) as error:
        logging.getLogger(__name__).warning(
            "search_file_failed snapshot=%s error=%s; is the disk full? Search is slow until the next publication",
            snapshot.name,
            error,
        )


def assess_and_publish(data_dir: Path, reference_dir: Path, now: datetime) -> Pointer:
    """What the schedule does after every batch that brought rows."""
    save_assessment(data_dir, now.date(), frameworks.load(), monitored(reference_dir), kind="current", now=now)
    return publish_now(data_dir, now)


def is_published(data_dir: Path) -> bool:
    """True when there is a snapshot a dashboard can open."""
    try:
        current(Folders(data_dir).published)
    except NothingPublished:
        return False
    return True


def load_starter(
    data_dir: Path, sources: Mapping[str, Source], starter: Path, now: datetime, tools: Tools
) -> RefreshReport:
    """Take in the shipped figures; the same files twice change nothing."""
    with tempfile.TemporaryDirectory() as folder:
        packed = Path(folder) / "starter.warc.gz"
        archive_pack.pack(starter / "MANIFEST.csv", packed)
        return refresh(data_dir, sources, replay=(packed,), kind="starter", now=now, tools=tools)
