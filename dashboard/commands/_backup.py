"""One file with everything that cannot be made again: answers as received, dropped files, decisions, what was learned.

The warehouse and the snapshots are not in it: they are made again from these. The file is a plain tar (answers are
packed already) whose last member lists every file with its digest, so a copy that was cut short is recognised.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tarfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO

from assessment.ledger import Ledger, LedgerError
from assessment.ledger_check import export, import_lines
from ingest.text.learn import LEARNED_FILE

KEPT = ("archive", "inbox", LEARNED_FILE)
LEDGER = "ledger.jsonl"
SOURCES = "sources.toml"
LIST = "BACKUP.json"
BLOCK = 1 << 20


class BackupError(Exception):
    """The backup cannot be written or restored; the message says what to do."""


def write(data_dir: Path, ledger: str, sources_file: Path, out: Path, now: datetime) -> dict[str, int]:
    """Write the backup; {file: bytes}. `ledger` is its file or address. May run beside a refresh.

    An answer that is being appended meanwhile is cut off in the copy; the archive leaves such a record out.
    """
    digests: dict[str, str] = {}
    sizes: dict[str, int] = {}
    unfinished = out.with_name(out.name + ".part")
    out.parent.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(unfinished, "w") as tar:
            for name, path in [*_files(data_dir), (SOURCES, sources_file)]:
                with path.open("rb") as file:
                    size = path.stat().st_size
                    sizes[name], digests[name] = size, _add(tar, name, file, size, now)
            lines = "".join(f"{line}\n" for line in _ledger_lines(ledger)).encode()
            if lines:
                sizes[LEDGER], digests[LEDGER] = len(lines), _add(tar, LEDGER, io.BytesIO(lines), len(lines), now)
            listing = json.dumps({"made_at": now.isoformat(), "sha256": digests}, indent=1).encode()
            _add(tar, LIST, io.BytesIO(listing), len(listing), now)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise BackupError(f"cannot write {out}: {error}; make room or choose another place") from error
    unfinished.replace(out)
    return sizes


def restore(file: Path, data_dir: Path, ledger: str) -> list[str]:
    """Bring a backup into an empty data folder and an empty ledger; the names of its files. All or nothing.

    The warehouse has to be rebuilt afterwards. Raises BackupError when a digest differs or something is in the way.
    """
    if data_dir.exists() and any(data_dir.iterdir()):
        raise BackupError(f"{data_dir} is not empty; give an empty folder with --data-dir, or move this one away")
    staged = data_dir.with_name(f".{data_dir.name}.restore.tmp")
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir(parents=True)
    try:
        found = _unpack(file, staged)
        lines = staged / LEDGER
        if lines.exists():
            _bring_ledger(lines, ledger)
            lines.unlink()
        data_dir.mkdir(parents=True, exist_ok=True)
        for path in sorted(staged.iterdir()):
            path.replace(data_dir / path.name)
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    return sorted(found)


def _files(data_dir: Path) -> Iterator[tuple[str, Path]]:
    for kept in KEPT:
        top = data_dir / kept
        paths = sorted(top.rglob("*")) if top.is_dir() else [top]
        for path in paths:
            if path.is_file() and not path.is_symlink():
                yield path.relative_to(data_dir).as_posix(), path


def _ledger_lines(place: str) -> Iterable[str]:
    if "://" not in place and not Path(place).exists():
        return []  # no decision was ever made
    try:
        ledger = Ledger.open(place)
        try:
            return list(export(ledger))
        finally:
            ledger.close()
    except LedgerError as error:
        raise BackupError(f"the ledger cannot be copied: {error}") from error


def _bring_ledger(lines: Path, place: str) -> None:
    try:
        ledger = Ledger.open(place)
        try:
            with lines.open(encoding="utf-8") as file:
                import_lines(ledger, (line.rstrip("\n") for line in file))
        finally:
            ledger.close()
    except LedgerError as error:
        raise BackupError(f"the ledger cannot be restored: {error}") from error


def _add(tar: tarfile.TarFile, name: str, file: IO[bytes], size: int, now: datetime) -> str:
    """One member of exactly `size` bytes; its SHA-256."""
    member = tarfile.TarInfo(name)
    member.size, member.mtime, member.mode = size, int(now.timestamp()), 0o644
    reader = _Hashing(file)
    tar.addfile(member, reader)  # type: ignore[arg-type]  # it reads only
    return reader.total.hexdigest()


class _Hashing:
    """A file that is hashed while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.total = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self.file.read(size)
        self.total.update(block)
        return block


def _unpack(file: Path, folder: Path) -> dict[str, str]:
    """Every member below `folder`, checked against the list at the end; {name: digest}."""
    digests: dict[str, str] = {}
    listed: dict[str, str] | None = None
    try:
        with tarfile.open(file, "r:") as tar:
            for member in tar:
                name = PurePosixPath(member.name)
                stream = tar.extractfile(member) if member.isfile() else None
                if stream is None or name.is_absolute() or ".." in name.parts:
                    raise BackupError(f"{file} holds {member.name!r}, which no backup of ours holds; do not trust it")
                if member.name == LIST:
                    listed = json.loads(stream.read())["sha256"]
                    continue
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                reader = _Hashing(stream)
                with target.open("wb") as out:
                    shutil.copyfileobj(reader, out, BLOCK)  # type: ignore[misc]
                digests[member.name] = reader.total.hexdigest()
    except (tarfile.TarError, OSError, ValueError, KeyError) as error:
        raise BackupError(f"{file} is no whole backup: {error}; take another copy") from error
    if listed is None:
        raise BackupError(f"{file} was cut short: its list of files is missing; take another copy")
    wrong = [name for name in {*listed, *digests} if listed.get(name) != digests.get(name)]
    if wrong:
        raise BackupError(f"{file}: {', '.join(sorted(wrong)[:5])} is not as it was backed up; take another copy")
    return digests
