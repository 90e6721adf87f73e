"""The inbox: files that cannot be fetched enter as answers of their source, through the archive and its adapter.

A file `data/inbox/<source_id>/<any name>` becomes the answer to `inbox:///<source_id>/<any name>`. It may stay where it
is: the same bytes under the same name are taken in once.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from ingest.archive import Archive, Record
from ingest.catalog import Source
from ingest.issues import Issue
from ingest.model import Answer, digest_of
from ingest.refresh_runs import file_digest
from ingest.warehouse_answers import LatestAnswer

_PASSED_OVER = (".tmp", ".part", ".crdownload", "~")
_MEDIA_TYPES = {
    ".parquet": "application/vnd.apache.parquet",
    ".geojson": "application/geo+json",
    ".jsonl": "application/jsonl",
}


@dataclass(frozen=True, slots=True)
class Dropped:
    """One file in the inbox."""

    source_id: str
    path: Path
    url: str


def url_of(source_id: str, name: str) -> str:
    """The address a file in the inbox answers; `name` may contain folders."""
    return f"inbox:///{source_id}/{quote(name)}"


def find(folder: Path, sources: Mapping[str, Source]) -> tuple[list[Dropped], list[Issue]]:
    """Files of known sources in order of name, and issues for what lies where no source is."""
    found: list[Dropped] = []
    issues: list[Issue] = []
    if not folder.is_dir():
        return found, issues
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith(".") or entry.name.lower().startswith("readme"):
            continue
        if not entry.is_dir() or entry.name not in sources:
            issues.append(_stray(entry))
            continue
        for path in sorted(path for path in entry.rglob("*") if path.is_file()):
            relative = path.relative_to(entry)
            hidden = any(part.startswith(".") for part in relative.parts)
            if hidden or path.name.endswith(_PASSED_OVER) or path.name.lower().startswith("readme"):
                continue
            found.append(Dropped(entry.name, path, url_of(entry.name, relative.as_posix())))
    return found, issues


def _stray(entry: Path) -> Issue:
    what = "folder" if entry.is_dir() else "file"
    return Issue(
        "inbox",
        "unknown_source",
        f"{what} {entry.name!r} in the inbox belongs to no source",
        entry.name,
        "put the file into inbox/<source id>/; `returnwatch sources list` shows the ids",
    )


def is_known(item: Dropped, latest: Mapping[tuple[str, str], LatestAnswer]) -> bool:
    """True when the newest answer at the file's address has the same bytes, whatever came of it.

    A file that was refused is not read again at every turn of the schedule: a new adapter parses it from the archive.
    """
    known = latest.get((item.source_id, item.url))
    if known is None:
        return False
    return known.bytes == item.path.stat().st_size and known.digest == file_digest(item.path)


def deposit(
    dropped: Sequence[Dropped], sources: Mapping[str, Source], archive: Archive, *, run_id: str, now: datetime
) -> tuple[list[Record], list[Issue]]:
    """Store files in the archive as answers received now. Also returns issues for files that are too large."""
    records: list[Record] = []
    issues: list[Issue] = []
    for item in dropped:
        source = sources[item.source_id]
        size = item.path.stat().st_size
        if size > source.max_megabytes * 1_000_000:
            message = f"{item.path.name} has {size / 1e6:.0f} MB, the source takes {source.max_megabytes:.0f}"
            issues.append(Issue(source.id, "too_large", message, item.url))
            continue
        body = item.path.read_bytes()
        answer = Answer(
            source_id=source.id,
            url=item.url,
            status=200,
            headers={"content-type": media_type(item.path)},
            body=body,
            retrieved_at=now,
            digest=digest_of(body),
        )
        records.append(archive.append(answer, run_id=run_id))
    return records, issues


def media_type(path: Path) -> str:
    """Media type by the file's name; octet-stream when unknown."""
    return _MEDIA_TYPES.get(path.suffix.lower()) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
