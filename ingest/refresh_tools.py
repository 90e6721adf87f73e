"""What a refresh works with: the folders of the stores, and the parts of the world tests replace."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ingest.crawl import Outcome, crawl
from ingest.parse_pool import ParsePool
from ingest.parse_world import default_reference_dir
from ingest.refresh_load import ParseStream


@dataclass(frozen=True, slots=True)
class Step:
    """Progress: `phase` is crawl or load; `done` of `total` requests or answers."""

    phase: str
    source_id: str
    done: int
    total: int


def utc_now() -> datetime:
    """The time, as naive UTC. Only the outermost functions read it."""
    return datetime.now(UTC).replace(tzinfo=None)


def code_version() -> str:
    """Version of the installed program."""
    try:
        return version("returnwatch")
    except PackageNotFoundError:
        return "not installed"


@dataclass(frozen=True)
class Tools:
    """What a refresh uses of the world; tests put their own in."""

    crawl: Callable[..., list[Outcome]] = crawl
    # (archive folder, reference folder, spool folder) -> context that gives the parser
    parser: Callable[[Path, Path, Path], AbstractContextManager[ParseStream]] = ParsePool
    clock: Callable[[], datetime] = utc_now
    reference_dir: Path = field(default_factory=default_reference_dir)
    contact: str = "not stated"
    wall_seconds: float = 3600.0
    memory: str = "2GB"


@dataclass(frozen=True, slots=True)
class Folders:
    """Where the stores lie inside the data folder."""

    data: Path

    @property
    def archive(self) -> Path:
        return self.data / "archive"

    @property
    def warehouse(self) -> Path:
        return self.data / "warehouse.duckdb"

    @property
    def published(self) -> Path:
        return self.data / "published"

    @property
    def inbox(self) -> Path:
        return self.data / "inbox"

    @property
    def spool(self) -> Path:
        return self.data / "spool.tmp"

    @property
    def locks(self) -> Path:
        return self.data / "locks.tmp"
