"""A folder of captured answers, described by MANIFEST.csv, as one WARC file that a replay can read."""

from __future__ import annotations

import csv
import os
import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from ingest import archive_warc
from ingest.model import Answer, digest_of

RUN_ID = "pack"
COLUMNS = ("file", "source_id", "url", "media_type", "captured", "licence", "may_ship", "note")
_NEEDED = COLUMNS[:5]


class ManifestError(Exception):
    """MANIFEST.csv is wrong; one line per fault, each with the row and what to write."""


def pack(manifest: Path, out: Path) -> int:
    """Write every row's file as an answer to its address; the number written. The same input gives the same bytes."""
    rows = list(_rows(manifest))
    faults = [fault for number, row in rows for fault in _faults(manifest, number, row)]
    if faults:
        raise ManifestError("\n".join(faults))
    unfinished = out.with_name(out.name + ".part")
    out.parent.mkdir(parents=True, exist_ok=True)
    with unfinished.open("wb") as file:
        for number, (_, row) in enumerate(rows):
            answer = _answer(manifest.parent / row["file"], row)
            if number == 0:
                file.write(archive_warc.write_info(answer.retrieved_at, out.name))
            file.write(archive_warc.write_member(answer, RUN_ID))
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(out)
    return len(rows)


def captured_at(captured: str, changed: datetime) -> datetime | None:
    """When an answer was captured at the latest, from a month (2026-07), a day, a year or '-'; naive UTC.

    It is the end of the period, because what an answer says was known by then; or the time the file was written,
    when that lies within the period (a capture of the present month is not from its last day). None: not readable.
    """
    if captured in ("-", ""):
        return changed
    found = re.fullmatch(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?", captured)
    if not found:
        return None
    year, month, day = int(found[1]), int(found[2] or 12), int(found[3] or 0)
    try:
        end = datetime(year, month, day or monthrange(year, month)[1], 23, 59, 59)
        start = datetime(year, int(found[2] or 1), day or 1)
    except (ValueError, IndexError):
        return None
    return changed if start <= changed <= end else end


def _rows(manifest: Path) -> Iterator[tuple[int, dict[str, str]]]:
    with manifest.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = [name for name in _NEEDED if name not in (reader.fieldnames or ())]
        if missing:
            lacking, all_of_them = ", ".join(missing), ", ".join(COLUMNS)
            raise ManifestError(f"{manifest.name} has no column {lacking}; columns are: {all_of_them}")
        for row in reader:
            yield reader.line_num, {key: (value or "").strip() for key, value in row.items() if key in COLUMNS}


def _faults(manifest: Path, number: int, row: dict[str, str]) -> Iterator[str]:
    where = f"{manifest.name} line {number}:"
    path, folder = (manifest.parent / row["file"]).resolve(), manifest.parent.resolve()
    if not row["file"] or not path.is_relative_to(folder):
        yield f"{where} file {row['file']!r} lies outside {folder.name}/; write a path below the manifest's folder"
    elif not path.is_file():
        yield f"{where} file {row['file']!r} does not exist; add it or remove the line"
    if not row["source_id"]:
        yield f"{where} source_id is empty; write the id of a source in sources.toml"
    if not urlsplit(row["url"]).scheme:
        yield f"{where} url {row['url']!r} is no address; write the one the file was the answer to"
    if captured_at(row["captured"], datetime(2000, 1, 1)) is None:
        yield f"{where} captured {row['captured']!r} is no month; write it as 2026-07, 2026 or -"


def _answer(path: Path, row: dict[str, str]) -> Answer:
    body = path.read_bytes()
    changed = datetime.fromtimestamp(int(path.stat().st_mtime), UTC).replace(tzinfo=None)
    at = captured_at(row["captured"], changed)
    assert at is not None  # checked by _faults
    headers = {"content-type": row["media_type"]} if row["media_type"] else {}
    return Answer(row["source_id"], row["url"], 200, headers, body, at, digest_of(body))
