"""Publishing: the read model goes to a new file under a new name, and then a pointer is swapped. Readers use only that.

`published/snap-<ns>.duckdb` never changes once it has its name; `published/current.json` says which one is current. A
reader that has an older one open keeps it, whole, as long as it likes. A publisher that is killed leaves a temporary
file that nobody reads and the next publication removes.
"""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from ingest.refresh_runs import file_digest
from ingest.warehouse import content_number, transaction

REPUBLISH = timedelta(hours=1)
KEEP = 10  # snapshots; the pointer always names the newest
MAIN_TABLES = (
    "source", "variable", "region", "event", "observation", "document", "coverage", "issue", "source_run", "run",
    "answer",
)  # fmt: skip
_NAME = re.compile(r"snap-(\d{20})\.duckdb")
_STORAGE = "v1.5.0"  # readable by DuckDB 1.5 and later, whichever version wrote it


class PublishError(Exception):
    """The snapshot could not be made; the one before stays in use."""


class NothingPublished(Exception):
    """There is no snapshot yet; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """What `current.json` says. `known_to`: newest retrieval among the rows (naive UTC), None without rows."""

    file: str
    sha256: str
    made_at: datetime
    code_version: str
    known_to: datetime | None
    content_number: int  # of the warehouse: another number there means that there is something to publish


def publish(
    connection: duckdb.DuckDBPyConnection,
    published_dir: Path,
    *,
    made_at: datetime,
    code_version: str,
    keep: int = KEEP,
    derive: Callable[[Path], None] | None = None,
) -> Pointer:
    """Write a new snapshot of the warehouse open in `connection`, check it, and make it current.

    Every table of the read model and every table of the schema `assessment` is in it, with all vintages, so that it can
    also answer what was known at a past date. `derive(snapshot path)` may make files beside it before it becomes
    current (`<same stem>.<suffix>`, pruned with it). Raises PublishError when the file does not hold what the warehouse
    holds.
    """
    published_dir.mkdir(parents=True, exist_ok=True)
    remove_stale(published_dir)
    number = _next_number(published_dir, made_at)
    temporary = published_dir / f".{number}.tmp"
    number_of_content = content_number(connection)
    counts = _write(connection, temporary)
    _fsync(temporary)
    _check(temporary, counts)
    temporary.chmod(0o444)
    target = published_dir / f"snap-{number}.duckdb"
    temporary.rename(target)
    if derive:
        derive(target)
    pointer = Pointer(target.name, file_digest(target), made_at, code_version, _known_to(connection), number_of_content)
    _swap(published_dir, pointer)
    prune(published_dir, keep)
    return pointer


def _next_number(published_dir: Path, made_at: datetime) -> str:
    """Nanoseconds of `made_at`, later than any snapshot there is: names sort by age even when the clock went back."""
    nanoseconds = int((made_at - datetime(1970, 1, 1)).total_seconds() * 1_000_000) * 1_000
    newest = max(
        (int(found[1]) for path in published_dir.iterdir() if (found := _NAME.fullmatch(path.name))), default=0
    )
    return f"{max(nanoseconds, newest + 1):020d}"


def _write(connection: duckdb.DuckDBPyConnection, target: Path) -> dict[str, int]:
    """Copy the tables; {schema.table: rows}. One transaction reads one state of the warehouse."""
    quoted = str(target).replace("'", "''")
    connection.execute(f"ATTACH '{quoted}' AS snapshot (STORAGE_VERSION '{_STORAGE}')")
    counts = {}
    try:
        with transaction(connection):
            connection.execute("CREATE SCHEMA snapshot.assessment")
            connection.execute("CREATE SCHEMA snapshot.evidence")
            for schema, table in _tables(connection):
                connection.execute(f'CREATE TABLE snapshot."{schema}"."{table}" AS SELECT * FROM "{schema}"."{table}"')
                row = connection.execute(f'SELECT count(*) FROM "{schema}"."{table}"').fetchone()
                counts[f"{schema}.{table}"] = int(row[0]) if row else 0
    finally:
        connection.execute("DETACH snapshot")
    return counts


def _tables(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    rows = connection.execute(
        """
        SELECT table_schema, table_name
        FROM information_schema.tables
        WHERE table_catalog = current_database()
          AND table_schema IN ('assessment', 'evidence')
          AND table_type = 'BASE TABLE'
        ORDER BY table_schema, table_name
        """
    ).fetchall()
    return [*(("main", table) for table in MAIN_TABLES), *((row[0], row[1]) for row in rows)]


def _check(path: Path, counts: dict[str, int]) -> None:
    """Read every value of every table back from the file."""
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            found = {name: _scan(connection, name) for name in counts}
    except duckdb.Error as error:
        raise PublishError(
            f"[publish] {path.name} cannot be read back: {error}; is the disk full or faulty?"
        ) from error
    for name, expected in counts.items():
        if found[name] != expected:
            raise PublishError(f"[publish] {path.name}: {name} has {found[name]} rows, the warehouse {expected}")


def _scan(connection: duckdb.DuckDBPyConnection, name: str) -> int:
    schema, table = name.split(".", 1)
    row = connection.execute(f'SELECT count(*), bit_xor(hash(t)) FROM "{schema}"."{table}" AS t').fetchone()
    return int(row[0]) if row else 0


def _known_to(connection: duckdb.DuckDBPyConnection) -> datetime | None:
    row = connection.execute("SELECT max(retrieved_at) FROM answer WHERE state IS NOT NULL").fetchone()
    return row[0] if row else None


def _swap(published_dir: Path, pointer: Pointer) -> None:
    """Replace current.json in one step; the folder is synced so that a power cut leaves the old or the new one."""
    temporary = published_dir / ".current.json.tmp"
    content = {
        "file": pointer.file,
        "sha256": pointer.sha256,
        "made_at": pointer.made_at.isoformat(),
        "code_version": pointer.code_version,
        "known_to": pointer.known_to.isoformat() if pointer.known_to else None,
        "content_number": pointer.content_number,
    }
    temporary.write_text(json.dumps(content, indent=1), encoding="utf-8")
    _fsync(temporary)
    temporary.replace(published_dir / "current.json")
    _fsync(published_dir)


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_stale(published_dir: Path) -> list[Path]:
    """Remove what a killed publisher left. Only the one writer publishes, so nobody else is writing these files."""
    stale = [path for path in published_dir.iterdir() if path.name.startswith(".") and ".tmp" in path.name]
    for path in stale:
        path.unlink(missing_ok=True)
    return stale


def snapshots(published_dir: Path) -> list[Path]:
    """The snapshots there are, newest first."""
    return sorted((path for path in published_dir.glob("snap-*.duckdb") if _NAME.fullmatch(path.name)), reverse=True)


def prune(published_dir: Path, keep: int = KEEP) -> list[Path]:
    """Remove all but the newest `keep` snapshots and the files derived from them; open readers keep theirs."""
    removed = []
    for path in snapshots(published_dir)[keep:]:
        for derived in published_dir.glob(f"{path.stem}.*"):
            derived.unlink(missing_ok=True)
            removed.append(derived)
    return removed


def current(published_dir: Path) -> Pointer:
    """What is published now. Raises NothingPublished."""
    try:
        content = json.loads((published_dir / "current.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NothingPublished(f"nothing is published in {published_dir}; run `returnwatch up` or `refresh`") from None
    known_to = content["known_to"]
    return Pointer(
        content["file"],
        content["sha256"],
        datetime.fromisoformat(content["made_at"]),
        content["code_version"],
        datetime.fromisoformat(known_to) if known_to else None,
        content["content_number"],
    )


def is_behind(published_dir: Path, number: int, now: datetime, age: timedelta = REPUBLISH) -> bool:
    """True when the warehouse has rows (content number `number`) the snapshot lacks, or the snapshot is older than
    `age`: it also tells when each source was last asked."""
    try:
        pointer = current(published_dir)
    except NothingPublished:
        return number > 0
    return pointer.content_number != number or now - pointer.made_at > age


class Snapshot:
    """One published snapshot, open for reading. Any number of threads may read it, each through a cursor of its own."""

    def __init__(self, path: Path, pointer: Pointer | None = None) -> None:
        self.path, self.pointer = path, pointer
        self._connection = duckdb.connect(str(path), read_only=True)
        self._lock = threading.Lock()

    @classmethod
    def open(cls, published_dir: Path) -> Snapshot:
        """The current one. Is it pruned between reading the pointer and opening it, the pointer is read again."""
        for _ in range(3):
            pointer = current(published_dir)
            path = published_dir / pointer.file
            try:
                return cls(path, pointer)
            except duckdb.IOException:
                if path.exists():
                    raise
        raise NothingPublished(f"{published_dir}/current.json names {pointer.file}, which is not there; publish again")

    @property
    def snapshot_id(self) -> str:
        """Name of the snapshot: every screen and brief shows it, so that each answer can be traced."""
        return self.path.stem

    @contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor for one use in one thread; DuckDB connections give wrong rows when threads share them."""
        with self._lock:
            found = self._connection.cursor()
        try:
            yield found
        finally:
            with suppress(duckdb.Error):
                found.close()

    def close(self) -> None:
        """Give the file free."""
        self._connection.close()

    def __enter__(self) -> Snapshot:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
