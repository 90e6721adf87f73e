"""What follows a refresh: assess, publish. Here the layers meet, for the schedule and the command line."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from ingest import archive_pack
from ingest.catalog import Source
from ingest.publish import NothingPublished, Pointer, current, publish
from ingest.refresh import refresh
from ingest.refresh_report import RefreshReport
from ingest.refresh_tools import Folders, Tools, code_version
from ingest.warehouse import Warehouse


def assess_and_publish(data_dir: Path, now: datetime) -> Pointer:
    """Publish what the warehouse knows as a new snapshot; readers switch to it at their next look."""
    folders = Folders(data_dir)
    with Warehouse(folders.warehouse).writer() as connection:
        return publish(connection, folders.published, made_at=now, code_version=code_version())


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
