"""One warehouse with the shipped figures, made once for all stories."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from dashboard.pipeline import load_starter
from ingest import catalog
from ingest.refresh_report import RefreshReport
from ingest.refresh_tools import Tools

NOW = datetime(2026, 11, 23, 12, 0)


@pytest.fixture(scope="session")
def starter(tmp_path_factory: pytest.TempPathFactory, root: Path) -> tuple[Path, RefreshReport]:
    """(data folder with the starter figures taken in, what the refresh said)."""
    data = tmp_path_factory.mktemp("starter")
    sources = catalog.load(root / "sources.toml")
    report = load_starter(data, sources, root / "data" / "starter", NOW, Tools(contact="tests"))
    return data, report
