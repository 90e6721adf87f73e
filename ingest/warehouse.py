"""The only module that opens the warehouse for writing: one writer at a time, for as short a time as the work takes.

DuckDB locks its file per process, so a second process that wants to write waits here with jittered retries and then
says who holds the lock. Two threads of one process would share DuckDB's instance without any lock, so a lock per path
stands before it. Readers never come here: they open the published snapshot (`ingest.publish`).
"""

from __future__ import annotations

import os
import random
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

SCHEMA_VERSION = 1
# Version reached -> what leads there from the one before. `schema.sql` always holds the newest form.
MIGRATIONS: Mapping[int, str] = {}
_STORAGE = "v1.5.0"  # a file made by DuckDB 2 that 1.5 can still open (the [lake] extra pins 1.5)
_BUSY = re.compile(r"Could not set lock|Conflicting lock|being used by another process", re.IGNORECASE)
_PID = re.compile(r"PID (\d+)")
_thread_locks: dict[Path, threading.Lock] = {}
_thread_locks_guard = threading.Lock()


class WarehouseError(Exception):
    """The warehouse cannot be used; the message says what to do."""


class WarehouseBusy(WarehouseError):
    """Another writer holds the warehouse; `pid` is its process id when DuckDB told it."""

    def __init__(self, path: Path, pid: int | None, waited: float) -> None:
        who = f"process {pid}" if pid else "another writer"
        remedy = "wait for it to end, or stop it" + (f" (ps -p {pid} shows what it is)" if pid else "")
        super().__init__(f"[warehouse] {path} is being written by {who}; waited {waited:.0f} s; {remedy}")
        self.pid = pid


class Warehouse:
    """The file with every row. `writer()` opens it, migrates it when it is older, and closes it again."""

    def __init__(self, path: Path, *, memory: str = "2GB", threads: int = 2) -> None:
        self.path = path.resolve()
        self._config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": memory,
            "threads": str(threads),
            "storage_compatibility_version": _STORAGE,
            "preserve_insertion_order": "true",
        }
        self._connection: duckdb.DuckDBPyConnection | None = None

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A cursor of its own for one thread, inside `writer()`. DuckDB connections must not be shared by threads."""
        if self._connection is None:
            raise WarehouseError(f"[warehouse] {self.path} is not open; use `with warehouse.writer():` first")
        return self._connection.cursor()

    @contextmanager
    def writer(
        self,
        timeout: float = 120.0,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        """The one connection that may write. Waits up to `timeout` seconds, then raises WarehouseBusy."""
        lock = _thread_lock(self.path)
        started = clock()
        if not lock.acquire(timeout=max(timeout, 0.0)):
            raise WarehouseBusy(self.path, os.getpid(), clock() - started)
        try:
            connection = self._connect(started, timeout, sleep, clock)
            try:
                migrate(connection, self.path)
                self._connection = connection
                yield connection
            finally:
                self._connection = None
                connection.close()
        finally:
            lock.release()

    def _connect(
        self, started: float, timeout: float, sleep: Callable[[float], None], clock: Callable[[], float]
    ) -> duckdb.DuckDBPyConnection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        pause = 0.05
        while True:
            try:
                return duckdb.connect(str(self.path), config=self._config)
            except duckdb.IOException as error:
                waited = clock() - started
                if not _BUSY.search(str(error)):
                    raise WarehouseError(
                        f"[warehouse] cannot open {self.path}: {error}; if the file is damaged, move it away and "
                        f"run `returnwatch rebuild`"
                    ) from error
                if waited >= timeout:
                    found = _PID.search(str(error))
                    raise WarehouseBusy(self.path, int(found[1]) if found else None, waited) from error
            # Jitter keeps two waiting writers from asking in step; it decides nothing but the wait.
            sleep(pause * (0.5 + random.random()))
            pause = min(pause * 2, 1.0)


def _thread_lock(path: Path) -> threading.Lock:
    with _thread_locks_guard:
        return _thread_locks.setdefault(path, threading.Lock())


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All or nothing: commits at the end, rolls back on any exception (also on SystemExit at a signal)."""
    connection.execute("BEGIN TRANSACTION")
    try:
        yield
    except BaseException:
        with suppress(duckdb.Error):  # when DuckDB has rolled back itself, the first error is the one to see
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def content_number(connection: duckdb.DuckDBPyConnection) -> int:
    """Grows with every batch that changed rows: two equal numbers of one warehouse mean the same rows."""
    row = connection.execute("SELECT value FROM meta WHERE name = 'content_number'").fetchone()
    return int(row[0]) if row else 0


def note_change(connection: duckdb.DuckDBPyConnection, *, above: int = 0) -> None:
    """Let the content number grow (past `above`), in the transaction that changes rows."""
    number = max(content_number(connection), above) + 1
    connection.execute("DELETE FROM meta WHERE name = 'content_number'")
    connection.execute("INSERT INTO meta VALUES ('content_number', $number)", {"number": str(number)})


def append_rows(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add rows to `table` (with its schema) in one statement; every row has the keys of the first, named as columns."""
    if not rows:
        return
    batch = pa.Table.from_pylist(list(rows))
    names = ", ".join(batch.column_names)
    connection.register("batch", batch)
    try:
        connection.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM batch")
    finally:
        connection.unregister("batch")


def migrate(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    *,
    target: int = SCHEMA_VERSION,
    steps: Mapping[int, str] = MIGRATIONS,
) -> int:
    """Bring the file to `target`, all steps in one transaction; returns the version it had (0: empty file)."""
    have = _version(connection)
    if have == target:
        return have
    if have > target:
        raise WarehouseError(
            f"[warehouse] {path} has schema version {have}, this program knows {target}; install the newer "
            f"ReturnWatch, or move the file away and run `returnwatch rebuild`"
        )
    missing = [version for version in range(have + 1, target + 1) if have and version not in steps]
    if missing:
        raise WarehouseError(
            f"[warehouse] {path} has schema version {have} and there is no step to {missing[0]}; "
            f"move the file away and run `returnwatch rebuild`"
        )
    with transaction(connection):
        if have == 0:
            connection.execute((Path(__file__).parent / "schema.sql").read_text(encoding="utf-8"))
        else:
            for version in range(have + 1, target + 1):
                connection.execute(steps[version])
        connection.execute("DELETE FROM schema_version")
        connection.execute("INSERT INTO schema_version VALUES ($version)", {"version": target})
    return have


def _version(connection: duckdb.DuckDBPyConnection) -> int:
    known = connection.execute(
        "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'main' AND table_name = 'schema_version'"
    ).fetchone()
    if not known or not known[0]:
        return 0
    row = connection.execute("SELECT max(version) FROM schema_version").fetchone()
    return int(row[0]) if row and row[0] is not None else 0
