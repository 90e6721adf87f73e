"""Runs: their names say their kind, and a small journal beside the archive says how each one ended.

The journal (`archive/runs/<run_id>.json`) holds what the answers themselves cannot say: which addresses were unchanged
and which failed. With it the warehouse, the history of runs included, can be rebuilt from the archive alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

KINDS = ("live", "replay", "starter", "inbox")
# Kinds that bring history collected elsewhere: their rows were known before we received them.
BACKFILL_KINDS = frozenset({"replay", "starter", "inbox"})


def kind_of(run_id: str) -> str:
    """Kind of a run by its name; an archive made by others counts as replay."""
    head = run_id.split("-", 1)[0]
    return head if head in KINDS else "replay"


def live_run_id(now: datetime, source_ids: Iterable[str]) -> str:
    """Name of a live run: its time, and a digest of the sources so that two at the same instant differ."""
    return f"live-{now:%Y%m%dT%H%M%S%f}-{_digest(sorted(source_ids))}"


def content_run_id(kind: str, files: Sequence[Path], source_ids: Iterable[str]) -> str:
    """Name of a run over files: the same files and sources give the same name, so a killed run is taken up."""
    parts = sorted(file_digest(path) for path in files)
    return f"{kind}-{_digest([*parts, *sorted(source_ids)])}"


def _digest(parts: Iterable[str]) -> str:
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=8).hexdigest()


def file_digest(path: Path) -> str:
    """SHA-256 of a file, hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """How one source answered in one run, apart from its answers."""

    state: str
    started_at: datetime
    ended_at: datetime
    unchanged: tuple[str, ...] = ()  # addresses that answered "not modified"
    failures: Mapping[str, str] = field(default_factory=dict)  # address -> kind of failure
    message: str | None = None


class Journal:
    """Facts of finished crawls, one JSON file per run, written atomically."""

    def __init__(self, archive_folder: Path) -> None:
        self.folder = archive_folder / "runs"
        self._unchanged: dict[str, dict[str, tuple[str, ...]]] = {}

    def write(
        self,
        run_id: str,
        started_at: datetime,
        ended_at: datetime,
        code_version: str,
        sources: Mapping[str, SourceFacts],
    ) -> None:
        """Write (or replace) the facts of a run."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._unchanged.pop(run_id, None)
        content = {
            "run_id": run_id,
            "started_at": started_at.isoformat(),
            "ended_at": ended_at.isoformat(),
            "code_version": code_version,
            "sources": {source_id: asdict(facts) for source_id, facts in sorted(sources.items())},
        }
        target = self.folder / f"{_file_name(run_id)}.json"
        temporary = target.with_suffix(".tmp")
        with temporary.open("w", encoding="utf-8") as stream:
            json.dump(content, stream, indent=1, default=str)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(target)

    def runs(self) -> Iterator[tuple[str, datetime, datetime, str, dict[str, SourceFacts]]]:
        """(run_id, started_at, ended_at, code_version, facts per source) of every run, in order of start."""
        found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(self.folder.glob("*.json"))]
        for entry in sorted(found, key=lambda item: (item["started_at"], item["run_id"])):
            facts = {source_id: _facts(value) for source_id, value in entry["sources"].items()}
            yield (
                entry["run_id"],
                datetime.fromisoformat(entry["started_at"]),
                datetime.fromisoformat(entry["ended_at"]),
                entry["code_version"],
                facts,
            )

    def unchanged(self, source_id: str, run_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """{run_id: addresses of the source that had not changed} for the given runs."""
        found = {}
        for run_id in run_ids:
            if run_id not in self._unchanged:
                path = self.folder / f"{_file_name(run_id)}.json"
                sources = json.loads(path.read_text(encoding="utf-8"))["sources"] if path.is_file() else {}
                self._unchanged[run_id] = {sid: tuple(value["unchanged"]) for sid, value in sources.items()}
            found[run_id] = self._unchanged[run_id].get(source_id, ())
        return found


def _facts(value: Mapping) -> SourceFacts:
    return SourceFacts(
        value["state"],
        datetime.fromisoformat(value["started_at"]),
        datetime.fromisoformat(value["ended_at"]),
        tuple(value["unchanged"]),
        value["failures"],
        value["message"],
    )


def _file_name(run_id: str) -> str:
    """A run id as a file name; ids of foreign archives may hold anything."""
    safe = re.sub(r"[^A-Za-z0-9_.-]", "_", run_id)[:120]
    return safe if safe == run_id else f"{safe}-{_digest([run_id])}"
