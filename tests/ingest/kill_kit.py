"""A replay in a process of its own that can be killed, and what its stores hold afterwards.

`python -m tests.ingest.kill_kit DATA REFERENCE SOURCES FILE…` refreshes the data folder from WARC files and publishes;
SOURCES is a sources.toml, or `small` for the invented sources of the tests.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from ingest import catalog
from ingest.archive import Archive
from ingest.catalog import Source
from ingest.model import Answer, digest_of
from ingest.publish import NothingPublished, Snapshot, publish
from ingest.refresh import refresh
from ingest.refresh_tools import Folders, Tools
from ingest.warehouse import Warehouse
from tests.ingest import warehouse_kit as kit

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 23, 12)


def small_sources(count: int = 4) -> dict[str, Source]:
    """Sources whose answers the small JSON adapter reads."""
    return {f"s{number}": kit.source(f"s{number}", adapter="small_json") for number in range(count)}


def replay_and_publish(data: Path, reference_dir: Path, files: Sequence[Path], sources: dict[str, Source]) -> None:
    """What `returnwatch refresh --replay` does, without assessing."""
    tools = replace(Tools(), reference_dir=reference_dir)
    report = refresh(data, sources, replay=tuple(files), now=NOW, tools=tools)
    if report.changed_anything:
        folders = Folders(data)
        with Warehouse(folders.warehouse).writer() as connection:
            publish(connection, folders.published, made_at=NOW, code_version="test")


def make_replay(path: Path, sources: dict[str, Source], *, answers: int, rows: int, start: int) -> Path:
    """A WARC file with `answers` answers per source; each corrects some rows of the one before and adds others."""
    folder = path.with_suffix(".parts")
    with Archive(folder) as archive:
        for source_id in sources:
            for number in range(start, start + answers):
                entries = [
                    kit.row(
                        f"r{i}", float(i * 1000 + (number if i % 3 == 0 else 0)), region=("north", "nowhere")[i % 2]
                    )
                    for i in range(number * 10, number * 10 + rows)
                ]
                events = [kit.row(f"e{i}", 1.0, type="event") for i in range(number * 5, number * 5 + rows // 4)]
                content = kit.body(*entries, *events)
                answer = Answer(
                    source_id, f"https://{source_id}.example/{number % 3}", 200, {"content-type": "application/json"},
                    content, datetime(2026, 1, 1) + timedelta(days=number), digest_of(content),
                )  # fmt: skip
                archive.append(answer, run_id="made")
    (part,) = folder.glob("*.warc.gz")
    part.rename(path)
    return path


def extra_modules(folder: Path) -> Path:
    """A folder for PYTHONPATH that adds the small JSON adapter to the adapters of every child process."""
    (folder / "more").mkdir(parents=True)
    (folder / "sitecustomize.py").write_text(
        f"import ingest.adapters\ningest.adapters.__path__.append({str(folder / 'more')!r})\n"
    )
    (folder / "more" / "small_json.py").write_text("from tests.ingest.warehouse_kit import parse, requests\n")
    return folder


@dataclass
class Reader:
    """Polls the published snapshot all the while and counts the states it saw."""

    published: Path
    may_be_empty: bool = False  # nothing published yet is no error
    seen: dict[tuple, int] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    def state(self) -> tuple:
        """What identifies the content of the snapshot: rows, closed vintages and figures."""
        with Snapshot.open(self.published) as snapshot, snapshot.cursor() as cursor:
            return (
                cursor.execute(
                    """
                SELECT
                    (SELECT (count(*), count(superseded_at), bit_xor(hash((observation_id, value))))
                     FROM observation),
                    (SELECT (count(*), count(superseded_at), bit_xor(hash(event_id))) FROM event),
                    (SELECT count(*) FROM answer WHERE state IS NOT NULL)
                """
                ).fetchone()
                or ()
            )

    def _poll(self) -> None:
        while not self._stop.is_set():
            try:
                found = self.state()
                self.seen[found] = self.seen.get(found, 0) + 1
            except NothingPublished as error:
                self.errors += [] if self.may_be_empty else [repr(error)]
            except Exception as error:
                self.errors.append(repr(error))
            self._stop.wait(0.02)

    def __enter__(self) -> Reader:
        self._thread = threading.Thread(target=self._poll)
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stop.set()
        self._thread.join()


def run(
    data: Path,
    reference_dir: Path,
    files: Sequence[Path],
    modules: Path | None,
    kill_after: float | None,
    sources: str = "small",
) -> float:
    """One replay in a process; killed with SIGKILL after so many seconds if it is still going. Seconds it took.

    Its children are not killed: they have to notice for themselves.
    """
    path = [str(part) for part in (modules, ROOT, os.environ.get("PYTHONPATH")) if part]
    command = [sys.executable, "-m", "tests.ingest.kill_kit", str(data), str(reference_dir), sources]
    command += map(str, files)
    started = time.monotonic()
    log = data.parent / f"{data.name}.log"
    with log.open("ab") as errors:
        process = subprocess.Popen(
            command, env={**os.environ, "PYTHONPATH": os.pathsep.join(path)}, stderr=errors, cwd=ROOT
        )
        try:
            status = process.wait(timeout=kill_after if kill_after is not None else 600)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            status = -signal.SIGKILL
    if status not in (0, -signal.SIGKILL):
        raise AssertionError(f"the replay ended with {status}: {log.read_text()[-2000:]}")
    return time.monotonic() - started


def moments(kills: int, seconds: float, seed: int) -> list[float]:
    """Random moments within a run of so many seconds."""
    draw = random.Random(seed)
    return [draw.uniform(0.1, seconds) for _ in range(kills)]


def content(data: Path) -> dict[str, dict[str, str]]:
    """Ordered hash per table of the warehouse and of the snapshot, and the faults `verify` finds."""
    from ingest.warehouse_verify import verify

    folders = Folders(data)
    with Warehouse(folders.warehouse).writer() as connection:
        faults = verify(connection)
    with Snapshot.open(folders.published) as snapshot:
        published = snapshot.path
    return {
        "warehouse": kit.content(folders.warehouse),
        "snapshot": kit.content(published),
        "faults": dict.fromkeys(faults, ""),
    }


def differences(found: dict[str, dict[str, str]], expected: dict[str, dict[str, str]]) -> list[str]:
    """Tables that are not the same, as store.table with both hashes."""
    return [
        f"{store}.{table}: {found[store].get(table)} instead of {expected[store].get(table)}"
        for store in expected
        for table in sorted({*found[store], *expected[store]})
        if found[store].get(table) != expected[store].get(table)
    ]


if __name__ == "__main__":
    chosen = small_sources() if sys.argv[3] == "small" else catalog.load(Path(sys.argv[3]))
    replay_and_publish(Path(sys.argv[1]), Path(sys.argv[2]), [Path(name) for name in sys.argv[4:]], chosen)
