"""The archive: every answer as received, in WARC 1.1 files that are only ever appended to.

`returnwatch-000001.warc.gz` and so on lie in one folder; beside each an `.index` file, which is a copy of the record
headers for speed and is made again from the WARC file when it is missing or behind. A file whose last record was torn
by a kill keeps its whole records and is never written to again: the next answer opens a new file.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType

from ingest import archive_index as index
from ingest import archive_pack, archive_warc
from ingest.archive_index import Record
from ingest.archive_warc import WarcError
from ingest.model import Answer, digest_of

__all__ = ["Archive", "ArchiveError", "Record"]

ROTATE_BYTES = 256 << 20  # a file is closed when it has grown past this
_NAME = "returnwatch-{:06d}.warc.gz"
_GLOB = "returnwatch-[0-9]*.warc.gz"


class ArchiveError(Exception):
    """The archive cannot do what was asked; the message says what to do."""


class Archive:
    """Reads and appends. One instance may be used from several threads; two processes never share a file."""

    def __init__(self, folder: Path, *, rotate_bytes: int = ROTATE_BYTES) -> None:
        self.folder = folder
        self.rotate_bytes = rotate_bytes
        self._volumes: dict[str, index.Volume] = {}
        self._bodies: dict[tuple[str, str, str], Record] = {}  # (source, url, digest) -> first record with the body
        self._good: dict[tuple[str, str], Record] = {}  # (source, url) -> last record with status 200
        self._writing: tuple[index.Volume, int] | None = None  # with the file descriptor that holds the lock
        self._lock = threading.RLock()

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def append(self, answer: Answer, *, run_id: str) -> Record:
        """Store an answer; it is with the operating system when this returns. A body that this source already gave
        at this address is stored as a revisit record without the bytes."""
        if digest_of(answer.body) != answer.digest:
            raise ArchiveError(f"[{answer.source_id}] {answer.url}: the digest is not that of the body; use digest_of")
        with self._lock:
            first = self.find(answer.source_id, answer.url, answer.digest)
            known = (first.record_id, first.url, first.retrieved_at) if first else None
            member = archive_warc.write_member(answer, run_id, first=known)
            volume, descriptor = self._writable(answer.retrieved_at)
            offset = volume.end
            self._write(volume, descriptor, member)
            record = _record_of(answer, run_id, volume.path.name, offset)
            entry = index.Entry(record, "revisit" if first else "response", offset + len(member))
            volume.add(entry)
            self._note(entry)
            return record

    def records(self, source_id: str | None = None, run_id: str | None = None) -> Iterator[Record]:
        """Every whole record, by file and offset: the order in which the answers came."""
        with self._lock:
            self._load()
            volumes = [self._volumes[name] for name in sorted(self._volumes)]
        for volume in volumes:
            for entry in list(volume.entries):
                record = entry.record
                if source_id in (None, record.source_id) and run_id in (None, record.run_id):
                    yield record

    def read(self, record: Record) -> Answer:
        """The answer as it was stored; ArchiveError when it is not there or no longer the same."""
        try:
            found, body = archive_warc.load(self.folder / record.warc_file, record.offset)
            if found.kind == "revisit":
                first = self.find(record.source_id, record.url, record.digest)
                if first is None:
                    raise ArchiveError(f"{record.warc_file}: the record this one refers to is missing: {record.url}")
                body = archive_warc.load(self.folder / first.warc_file, first.offset)[1]
        except (WarcError, FileNotFoundError) as error:
            raise ArchiveError(f"{error}; restore {record.warc_file} from the backup of the archive folder") from error
        if digest_of(body) != record.digest:
            raise ArchiveError(
                f"{record.warc_file} at byte {record.offset:,}: another answer than recorded ({record.url}); "
                "restore the file from the backup of the archive folder"
            )
        return archive_warc.answer_of(found, body)

    def find(self, source_id: str, url: str, digest: str) -> Record | None:
        """The record that holds this body of this source at this address, if it was ever stored."""
        with self._lock:
            if not self._volumes:
                self._load()
            return self._bodies.get((source_id, url, digest))

    def latest(self, source_id: str, url: str) -> Record | None:
        """The last good answer (HTTP 200) at this address."""
        with self._lock:
            if not self._volumes:
                self._load()
            return self._good.get((source_id, url))

    def verify(self) -> list[str]:
        """Read every byte and compare every digest; one line per fault, empty when all is whole."""
        faults: list[str] = []
        for record in self.records():
            try:
                self.read(record)
            except ArchiveError as error:
                faults.append(str(error))
        for path in sorted(self.folder.glob(_GLOB)):
            faults += index.compare(path)
        return faults

    def pack(self, manifest: Path, out: Path) -> int:
        """Make a WARC file from MANIFEST.csv and the files it names; the number of answers packed.

        Raises ArchiveError with one line per fault of the manifest; nothing is written then."""
        try:
            return archive_pack.pack(manifest, out)
        except archive_pack.ManifestError as error:
            raise ArchiveError(str(error)) from None

    def close(self) -> None:
        """Give the file free for other processes, with its bytes on the disk."""
        with self._lock:
            if self._writing:
                volume, descriptor = self._writing
                self._writing = None
                with suppress(OSError):
                    os.fsync(descriptor)
                os.close(descriptor)
                volume.close()

    def _load(self) -> None:
        """Take in what was appended since the last look, by this process or another."""
        for path in sorted(self.folder.glob(_GLOB)):
            volume = self._volumes.get(path.name)
            if volume is None:
                volume = self._volumes[path.name] = index.Volume(path)
            for entry in volume.refresh():
                self._note(entry)

    def _note(self, entry: index.Entry) -> None:
        record = entry.record
        if entry.kind != "revisit":
            self._bodies.setdefault((record.source_id, record.url, record.digest), record)
        before = self._good.get((record.source_id, record.url))
        if record.status == 200 and (before is None or before.retrieved_at <= record.retrieved_at):
            self._good[record.source_id, record.url] = record

    def _writable(self, at: datetime) -> tuple[index.Volume, int]:
        """The file to append to, locked; a new one when the last is full, torn or held by another process."""
        if self._writing and self._writing[0].end < self.rotate_bytes:
            return self._writing
        self.close()
        self.folder.mkdir(parents=True, exist_ok=True)
        self._load()
        last = self._volumes[max(self._volumes)] if self._volumes else None
        if last is not None and not last.torn and last.end < self.rotate_bytes:
            descriptor = os.open(last.path, os.O_WRONLY | os.O_APPEND)
            if _locked(descriptor) and os.fstat(descriptor).st_size == last.end:
                self._writing = (last, descriptor)
                return self._writing
            os.close(descriptor)
        return self._new_volume(at)

    def _new_volume(self, at: datetime) -> tuple[index.Volume, int]:
        number = int(max(self._volumes)[12:18]) + 1 if self._volumes else 1
        while True:
            path = self.folder / _NAME.format(number)
            try:
                descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o644)
            except FileExistsError:
                number += 1
                continue
            _locked(descriptor)
            volume = self._volumes[path.name] = index.Volume(path)
            self._writing = (volume, descriptor)
            info = archive_warc.write_info(at, path.name)
            self._write(volume, descriptor, info)
            volume.end = len(info)
            return self._writing

    def _write(self, volume: index.Volume, descriptor: int, member: bytes) -> None:
        """One member, whole or not at all."""
        start, view = volume.end, memoryview(member)
        try:
            while view:
                view = view[os.write(descriptor, view) :]
        except OSError as error:
            with suppress(OSError):
                os.ftruncate(descriptor, start)  # our own unfinished record; nobody was told of it
            raise ArchiveError(f"cannot write to {volume.path}: {error}; free space and run again") from error


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _record_of(answer: Answer, run_id: str, warc_file: str, offset: int) -> Record:
    final = answer.final_url if answer.final_url and answer.final_url != answer.url else None
    return Record(
        source_id=answer.source_id, run_id=run_id, url=answer.url, status=answer.status, digest=answer.digest,
        retrieved_at=answer.retrieved_at, warc_file=warc_file, record_id=archive_warc.record_id(answer, run_id),
        offset=offset, bytes=len(answer.body), media_type=answer.media_type,
        etag=answer.headers.get("etag"), last_modified=answer.headers.get("last-modified"), final_url=final,
    )  # fmt: skip
