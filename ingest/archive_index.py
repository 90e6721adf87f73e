"""What lies in one WARC file of the archive, without reading it again each time.

The `.index` file beside it holds one JSON line a record. It is only a copy: lines that do not fit the WARC file are not
believed, and what it lacks is read from the WARC file.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from ingest.archive_warc import Stored, WarcError, scan


@dataclass(frozen=True, slots=True)
class Record:
    """Where one answer lies, and what is needed to decide about it without reading it. Times are naive UTC."""

    source_id: str
    run_id: str
    url: str
    status: int
    digest: str  # SHA-256 of the decoded body, hex
    retrieved_at: datetime
    warc_file: str  # file name in the archive folder
    record_id: str
    offset: int  # of the gzip member
    bytes: int  # of the decoded body
    media_type: str
    etag: str | None
    last_modified: str | None
    final_url: str | None  # None: not redirected


@dataclass(frozen=True, slots=True)
class Entry:
    """One record of a file: `kind` is response or revisit, `end` the byte after its gzip member."""

    record: Record
    kind: str
    end: int

    def line(self) -> bytes:
        values = [getattr(self.record, name) for name in self.record.__slots__]
        values[5] = self.record.retrieved_at.isoformat()
        return json.dumps([self.kind, self.end, *values], ensure_ascii=False, separators=(",", ":")).encode() + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> Entry:
        kind, end, *values = json.loads(line)
        values[5] = datetime.fromisoformat(values[5])
        return cls(Record(*values), kind, int(end))


class Volume:
    """One WARC file: its whole records in order, where they end, and whether something torn follows."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.index_path = path.with_name(path.name + ".index")
        self.entries: list[Entry] = []
        self.end = 0  # the byte after the last whole record
        self.torn = False
        self._seen = -1  # size of the file at the last look
        self._line_end = 0  # bytes of the index file already read
        self._indexed = 0  # entries the index file holds
        self._out: IO[bytes] | None = None

    def refresh(self) -> list[Entry]:
        """What was added since the last look, by this process or another."""
        size = self.path.stat().st_size
        if size == self._seen or self._out is not None:  # we write it: nobody else does
            return []
        self._seen, self.torn = size, False
        before = len(self.entries)
        if self.end < size:
            self._read_index(size)
        if self.end < size:
            try:
                for stored in scan(self.path, self.end):
                    if stored.end > size:
                        break
                    self._take(Entry(_record(stored, self.path.name), stored.kind, stored.end))
                self.end = max(self.end, _end_of_info(self.path, self.end, size))
            except WarcError:
                self.torn = True
        return self.entries[before:]

    def add(self, entry: Entry) -> None:
        """Note a record this process has just written; the caller holds the lock on the file."""
        self._take(entry)
        if self._out is None:
            if self._indexed < len(self.entries) - 1:
                self.index_path.unlink(missing_ok=True)
                self._indexed = 0
            self._out = self.index_path.open("ab", buffering=0)
        for missing in self.entries[self._indexed :]:
            self._out.write(missing.line())
        self._indexed = len(self.entries)

    def close(self) -> None:
        """Stop writing; from now on others may append."""
        if self._out is not None:
            self._out.close()
            self._out = None
            self._seen = self.end
            self._line_end = self.index_path.stat().st_size

    def _take(self, entry: Entry) -> None:
        self.entries.append(entry)
        self.end = entry.end

    def _read_index(self, size: int) -> None:
        try:
            with self.index_path.open("rb") as file:
                file.seek(self._line_end)
                lines = file.read().split(b"\n")
        except FileNotFoundError:
            return
        for line in lines[:-1]:
            try:
                entry = Entry.from_line(line)
            except (ValueError, TypeError, IndexError):
                return
            start, gap = entry.record.offset, self.end > 0 and entry.record.offset > self.end
            if gap or entry.end > size or entry.record.warc_file != self.path.name:
                return
            self._line_end += len(line) + 1
            self._indexed += 1
            if start >= self.end:  # otherwise known already, from the file itself
                self._take(entry)


def compare(path: Path) -> list[str]:
    """Read a file from its first byte and compare it with what the index says; one line per fault."""
    faults = []
    found: list[tuple[int, str]] = []
    try:
        for stored in scan(path):
            found.append((stored.offset, stored.digest))
    except WarcError as error:
        faults.append(
            f"{error}: the {len(found)} records before it are whole; if a process was killed while writing, nothing "
            "is lost, otherwise restore the file from the backup of the archive folder"
        )
    volume = Volume(path)
    volume.refresh()
    listed = [(entry.record.offset, entry.record.digest) for entry in volume.entries]
    if listed[: len(found)] != found[: len(listed)] or len(listed) < len(found):
        faults.append(f"{volume.index_path.name} does not fit {path.name}; delete it, it is made again")
    return faults


def _record(stored: Stored, name: str) -> Record:
    headers = stored.headers
    return Record(
        source_id=stored.source_id, run_id=stored.run_id, url=stored.url, status=stored.status, digest=stored.digest,
        retrieved_at=stored.retrieved_at, warc_file=name, record_id=stored.record_id, offset=stored.offset,
        bytes=stored.bytes, media_type=headers.get("content-type", "").split(";")[0].strip().lower(),
        etag=headers.get("etag"), last_modified=headers.get("last-modified"), final_url=stored.final_url or None,
    )  # fmt: skip


def _end_of_info(path: Path, start: int, size: int) -> int:
    """Where a file that holds only its warcinfo record ends; `scan` passes over such records without a word."""
    return size if start == 0 and size > 0 else start
