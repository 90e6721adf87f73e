"""Snapshots: whole or not there, checked before they are current, pruned, and safe to read from many threads."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from ingest import publish as publishing
from ingest.publish import MAIN_TABLES, NothingPublished, PublishError, Snapshot, current, publish, snapshots
from ingest.refresh_runs import file_digest
from ingest.warehouse import Warehouse

NOW = datetime(2026, 11, 23, 12)
ROOT = Path(__file__).resolve().parents[2]
_EVENT = """
INSERT INTO event
SELECT 's:' || i, 's', i::VARCHAR, 'battle', 'XAA', NULL, NULL, 'country', NULL, NULL, NULL, DATE '2025-01-01',
    DATE '2025-01-01', NULL, i, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, [], NULL, NULL, '{}',
    TIMESTAMP '2025-02-01', TIMESTAMP '2025-02-01', 'lag', NULL, 'live-1', 'd'
FROM range($rows) AS numbers(i)
"""


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with Warehouse(tmp_path / "warehouse.duckdb").writer() as found:
        found.execute(_EVENT, {"rows": 1000})
        yield found


@pytest.fixture
def published(tmp_path: Path) -> Path:
    return tmp_path / "published"


def made(connection, published: Path, number: int = 0, **options):
    return publish(connection, published, made_at=NOW + timedelta(minutes=number), code_version="test", **options)


def test_the_pointer_names_a_read_only_file_with_every_table(connection, published: Path) -> None:
    connection.execute("CREATE SCHEMA assessment")
    connection.execute("CREATE TABLE assessment.score (region_id VARCHAR, band VARCHAR)")
    connection.execute("INSERT INTO assessment.score VALUES ('XA-N', 'B')")
    pointer = made(connection, published)
    path = published / pointer.file
    assert stat.S_IMODE(path.stat().st_mode) == 0o444
    assert pointer.sha256 == file_digest(path)
    assert json.loads((published / "current.json").read_text())["file"] == path.name
    assert current(published) == pointer
    with Snapshot.open(published) as snapshot, snapshot.cursor() as cursor:
        rows = cursor.execute("SELECT table_schema, table_name FROM information_schema.tables").fetchall()
        assert {name for schema, name in rows if schema == "main"} == set(MAIN_TABLES)
        assert cursor.execute("SELECT band FROM assessment.score").fetchone() == ("B",)
        assert cursor.execute("SELECT count(*), sum(deaths_best) FROM event").fetchone() == (1000, 499500.0)
        with pytest.raises(duckdb.Error):
            cursor.execute("DELETE FROM event")
    assert sorted(path.name for path in published.iterdir()) == sorted(["current.json", pointer.file])


def test_nothing_published_says_what_to_do(published: Path) -> None:
    published.mkdir()
    with pytest.raises(NothingPublished, match="returnwatch up"):
        Snapshot.open(published)


def test_an_open_reader_keeps_its_snapshot_while_newer_ones_come_and_it_is_pruned(connection, published: Path) -> None:
    made(connection, published)
    with Snapshot.open(published) as old:
        for number in range(1, 4):
            connection.execute(_EVENT, {"rows": number})
            made(connection, published, number, keep=2)
        assert not old.path.exists()
        with old.cursor() as cursor:
            assert cursor.execute("SELECT count(*) FROM event").fetchone() == (1000,)
    with Snapshot.open(published) as new, new.cursor() as cursor:
        assert cursor.execute("SELECT count(*) FROM event").fetchone() == (1006,)
    assert len(snapshots(published)) == 2


def test_names_grow_even_when_the_clock_goes_back(connection, published: Path) -> None:
    first, second = made(connection, published, 10), made(connection, published, 5)
    assert second.file > first.file
    assert current(published).file == second.file


def test_files_derived_from_a_snapshot_come_before_the_pointer_and_go_with_it(connection, published: Path) -> None:
    def derive(path: Path) -> None:
        assert not (published / "current.json").exists() or current(published).file != path.name
        path.with_suffix(".search.sqlite").write_text(path.name)

    for number in range(3):
        made(connection, published, number, keep=1, derive=derive)
    assert len(list(published.glob("*.search.sqlite"))) == 1


def test_what_a_killed_publisher_left_is_removed_and_was_never_visible(connection, published: Path) -> None:
    made(connection, published)
    for name in (".00000000000000000001.tmp", ".00000000000000000001.tmp.wal", ".current.json.tmp"):
        (published / name).write_bytes(b"half")
    assert len(snapshots(published)) == 1
    made(connection, published, 1)
    assert not [path for path in published.iterdir() if path.name.startswith(".")]


def test_a_file_that_does_not_hold_what_the_warehouse_holds_is_not_published(
    connection, published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = made(connection, published)
    honest = publishing._write

    def lossy(connection, target):
        counts = honest(connection, target)
        return {**counts, "main.event": counts["main.event"] + 1}

    monkeypatch.setattr(publishing, "_write", lossy)
    with pytest.raises(PublishError, match="1000 rows, the warehouse 1001"):
        made(connection, published, 1)
    assert current(published) == before


def test_a_damaged_snapshot_is_noticed_before_it_is_published(
    connection, published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = publishing._write

    def damaging(connection, target):
        connection.execute(_EVENT, {"rows": 200_000})
        counts = honest(connection, target)
        content = bytearray(target.read_bytes())
        middle = len(content) // 2
        content[middle : middle + 4096] = os.urandom(4096)
        target.write_bytes(content)
        return counts

    monkeypatch.setattr(publishing, "_write", damaging)
    with pytest.raises(PublishError, match="cannot be read back"):
        made(connection, published)
    assert not (published / "current.json").exists()


def test_threads_with_a_cursor_each_read_the_same(connection, published: Path) -> None:
    made(connection, published)
    faults: list[object] = []
    with Snapshot.open(published) as snapshot:

        def read() -> None:
            for number in range(20):
                with snapshot.cursor() as cursor:
                    found = cursor.execute(
                        "SELECT count(*), sum(deaths_best) FROM event WHERE deaths_best < $n", {"n": number}
                    ).fetchone()
                expected = (number, sum(range(number)) if number else None)
                if found != expected:
                    faults.append((found, expected))

        threads = [threading.Thread(target=read) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert faults == []


_PUBLISHER = """
import sys
from datetime import datetime, timedelta
from pathlib import Path
from ingest.publish import publish
from ingest.warehouse import Warehouse
data = Path(sys.argv[1])
with Warehouse(data / "warehouse.duckdb").writer(30) as connection:
    print("ready", flush=True)
    for number in range(10_000):
        publish(connection, data / "published", made_at=datetime.now(), code_version="test", keep=3)
"""


def test_a_reader_sees_whole_snapshots_only_while_publishers_are_killed(tmp_path: Path) -> None:
    with Warehouse(tmp_path / "warehouse.duckdb").writer() as connection:
        connection.execute(_EVENT, {"rows": 20_000})
        made(connection, tmp_path / "published")
    stop, reads = threading.Event(), [0]
    faults: list[object] = []

    def poll() -> None:
        newest = ""
        while not stop.is_set():
            try:
                with Snapshot.open(tmp_path / "published") as snapshot, snapshot.cursor() as cursor:
                    found = cursor.execute("SELECT count(*), sum(deaths_best) FROM event").fetchone()
                    if found != (20_000, 199_990_000.0) or snapshot.path.name < newest:
                        faults.append((found, snapshot.path.name, newest))
                    newest = snapshot.path.name
                    reads[0] += 1
            except Exception as error:
                faults.append(repr(error))

    reader = threading.Thread(target=poll)
    reader.start()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    try:
        for seconds in (0.3, 0.75, 1.1):
            command = [sys.executable, "-c", _PUBLISHER, str(tmp_path)]
            publisher = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment)
            assert publisher.stdout is not None
            publisher.stdout.readline()
            stop.wait(seconds)
            publisher.send_signal(signal.SIGKILL)
            publisher.wait()
    finally:
        stop.set()
        reader.join()
    assert faults == []
    assert reads[0] > 5
