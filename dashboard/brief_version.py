"""What a brief's version stands for: REGION.RUN.DIGEST[.DECISION], printed at the foot of both pages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assessment.ledger import Entry
from assessment.read import NoSnapshot, NotFound, Reader
from dashboard.brief_facts import VERSION_DIGITS, collect

_VERSION = re.compile(rf"([A-Z0-9-]{{3,12}})\.([0-9a-f]{{8,64}})\.([0-9a-f]{{{VERSION_DIGITS}}})(?:\.(\d+))?\Z")


class VersionError(Exception):
    """This is no version of a brief, or nothing here knows it; the message says what to do."""


@dataclass(frozen=True)
class Version:
    """The parts of a version. decision: number of the ledger's entry; None: nobody had decided."""

    region_id: str
    run_id: str
    digest: str
    decision: int | None


def parse(text: str) -> Version:
    """Raises VersionError."""
    found = _VERSION.match(text.replace("\u200b", "").strip())
    if not found:
        raise VersionError(f"{text!r} is no version of a brief; copy it from the foot of the page, as AF-BAL.3f….9c…")
    return Version(found[1], found[2], found[3], int(found[4]) if found[4] else None)


def find(version: Version, published: Path) -> Path:
    """The kept snapshot that shows this run for this region with these facts.

    Raises VersionError when the run is in no kept snapshot, or in one that says something else of the region.
    """
    other = None
    for path in sorted(published.glob("snap-*.duckdb"), reverse=True):
        digest = _digest(path, version)
        if digest == version.digest:
            return path
        other = other or (path if digest else None)
    if other:
        raise VersionError(
            f"run {version.run_id} is here, but what it says of {version.region_id} is not what that brief was made "
            "from: the brief or a table was changed; compare it with a brief made now"
        )
    raise VersionError(
        f"run {version.run_id} is in none of the kept snapshots; rebuild it from the archive with the day of the brief"
    )


def _digest(path: Path, version: Version) -> str | None:
    """Digest of the facts in a snapshot; None when it shows another run or does not assess the region."""
    try:
        with Reader.kept(path) as reader:
            if reader.snapshot["run_id"] != version.run_id:
                return None
            facts = collect(reader, version.region_id, entries=(), now=reader.snapshot["made_at"])
    except (NoSnapshot, NotFound):
        return None
    return facts.version.split(".")[2]


def decided(entries: Sequence[Entry], version: Version) -> Entry | None:
    """The decision the brief showed. Raises VersionError when the ledger does not hold it."""
    if version.decision is None:
        return None
    for entry in entries:
        if entry.seq == version.decision and entry.object == version.region_id:
            return entry
    raise VersionError(f"the ledger has no decision {version.decision} on {version.region_id}; restore it from backup")
