"""Parsing in child processes: an answer that crashes a library, hangs or eats memory takes only itself along.

Children read the archive themselves and leave their rows as Arrow files in a spool folder, so neither bodies nor rows
travel through pipes and the parent holds no more than it is loading. Results come in the order of the tasks.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import shutil
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.abc import MetaPathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa

from ingest import adapters
from ingest.adapters.starter import SCHEME as STARTER
from ingest.archive import Archive, ArchiveError, Record
from ingest.catalog import Source
from ingest.issues import Issue, remedy_for
from ingest.parse import Parsed, parse_answer
from ingest.parse_places import World
from ingest.parse_world import load_world

SECONDS_PER_ANSWER = 900  # a 100 MB workbook takes minutes; more is a hang
MEMORY_PER_CHILD = 8 << 30  # bytes of address space; more is an answer that unpacks without end
LARGE = 20 << 20  # bytes of answers worth a second process


@dataclass(frozen=True, slots=True)
class Task:
    """One archived answer to parse."""

    source: Source
    record: Record


def parse_in_process(
    tasks: Sequence[Task], archive: Archive, world: World, load: Callable[[str], ModuleType] = adapters.load
) -> Iterator[Parsed]:
    """Parse without child processes: for tests and for one small answer."""
    for task in tasks:
        yield _parse(task, archive, world, load)


def adapter_of(source: Source, url: str) -> str:
    """The adapter that reads an answer: shipped starter files have their own, whatever source they stand in for."""
    return "starter" if url.startswith(STARTER) else source.adapter


def _parse(task: Task, archive: Archive, world: World, load: Callable[[str], ModuleType]) -> Parsed:
    try:
        answer = archive.read(task.record)
    except ArchiveError as error:
        return failed(task, "archive_damaged", str(error), "restore the archive folder from its backup")
    return parse_answer(answer, task.source, load(adapter_of(task.source, answer.url)), world)


def failed(task: Task, kind: str, message: str, remedy: str = "") -> Parsed:
    """A task that gave no rows for a reason outside the adapter's own words."""
    digest = task.record.digest
    issue = Issue(task.source.id, kind, message, task.record.url, remedy or remedy_for(kind), digest)
    return Parsed(task.source.id, "rejected", issues=[issue])


@dataclass
class ParsePool:
    """Child processes that parse. Use as a context; `workers` 0 chooses by the size of the work."""

    archive_folder: Path
    reference_dir: Path
    spool: Path
    workers: int = 0
    seconds_per_answer: float = SECONDS_PER_ANSWER
    _executor: ProcessPoolExecutor | None = field(default=None, repr=False)
    _submitted: int = 0  # numbers the spool files: earlier ones may still wait to be loaded

    def __enter__(self) -> ParsePool:
        shutil.rmtree(self.spool, ignore_errors=True)  # what a killed run left
        self.spool.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, *exception: object) -> None:
        self._stop()
        shutil.rmtree(self.spool, ignore_errors=True)

    def __call__(self, tasks: Sequence[Task]) -> Iterator[Parsed]:
        """One Parsed per task, in order; a few are in work at any time."""
        workers = self.workers or (2 if sum(task.record.bytes for task in tasks) > LARGE or len(tasks) > 100 else 1)
        waiting: deque[tuple[Task, Path, Future]] = deque()
        ahead = max(4 * workers, 8)
        for task in tasks:
            waiting.append(self._submit(task, workers))
            if len(waiting) >= ahead:
                yield self._result(waiting, workers)
        while waiting:
            yield self._result(waiting, workers)

    def _submit(self, task: Task, workers: int) -> tuple[Task, Path, Future]:
        self._submitted += 1
        target = self.spool / f"{task.source.id}-{self._submitted}"
        if self._executor is None:
            self._executor = ProcessPoolExecutor(
                workers,
                # spawn: a fork of a process with DuckDB's threads can hang
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_start_child,
                initargs=(str(self.archive_folder), str(self.reference_dir)),
            )
        try:
            return task, target, self._executor.submit(_parse_in_child, task, target, self.seconds_per_answer)
        except BrokenProcessPool as error:
            broken: Future = Future()
            broken.set_exception(error)
            return task, target, broken

    def _result(self, waiting: deque[tuple[Task, Path, Future]], workers: int) -> Parsed:
        task, _, future = waiting.popleft()
        try:
            return _unspool(future.result(timeout=self.seconds_per_answer * 2 + 60))
        except (BrokenProcessPool, TimeoutError):
            pass
        # A child died. Which answer did it is unknown, so this one is tried alone; the others get a new pool.
        self._stop()
        redo = list(waiting)
        waiting.clear()
        alone = self._submit(task, 1)
        try:
            parsed = _unspool(alone[2].result(timeout=self.seconds_per_answer * 2 + 60))
        except (BrokenProcessPool, TimeoutError):
            message = f"the process that parsed this answer with adapter {task.source.adapter!r} died or hung"
            parsed = failed(task, "adapter_crashed", message)
        self._stop()
        waiting.extend(self._submit(again, workers) for again, _, _ in redo)
        return parsed

    def _stop(self) -> None:
        executor, self._executor = self._executor, None
        if executor is None:
            return
        children = list((getattr(executor, "_processes", None) or {}).values())
        executor.shutdown(wait=False, cancel_futures=True)
        for child in children:  # a hanging child does not read its queue
            child.terminate()
        for child in children:
            child.join(timeout=5)
            if child.is_alive():
                child.kill()


_child: dict[str, Any] = {}


class _NoPandas(MetaPathFinder):
    """Makes `import pandas` fail: Arrow imports it to look at its first list, a quarter of a second for nothing."""

    def find_spec(self, fullname: str, *_: object) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError("parsing knows no pandas", name=fullname)


def _start_child(archive_folder: str, reference_dir: str) -> None:
    """In the child: die with the parent, keep within bounds, and know the world once."""
    sys.meta_path.insert(0, _NoPandas())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_die_with_parent, daemon=True).start()
    with suppress(ImportError, ValueError, OSError):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_PER_CHILD, hard))
    _child["archive"] = Archive(Path(archive_folder))
    _child["reference_dir"] = Path(reference_dir)


def _die_with_parent() -> None:
    """The pool's queues keep a child waiting for ever when its parent is killed; so watch the parent."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)


class _TooSlow(Exception):
    """The answer took longer than it may."""


def _alarm(*_: object) -> None:
    raise _TooSlow("it took longer than it may; is the answer far larger than usual?")


def _parse_in_child(task: Task, target: Path, seconds: float) -> tuple[Parsed, dict[str, Path]]:
    if "world" not in _child:
        _child["world"] = load_world(_child["reference_dir"])
    signal.signal(signal.SIGALRM, _alarm)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    gc.disable()  # 100,000 rows are no garbage: looking for some among them costs a third of the time
    try:
        parsed = _parse(task, _child["archive"], _child["world"], adapters.load)
    except _TooSlow as error:
        parsed = failed(task, "adapter_crashed", f"adapter {task.source.adapter!r}: {error}")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        gc.enable()
    files = {}
    for family, table in parsed.tables.items():
        path = target.with_name(f"{target.name}-{family}.arrow")
        with (
            pa.OSFile(str(path), "wb") as sink,
            pa.ipc.new_file(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as writer,
        ):
            writer.write_table(table)
        files[family] = path
    parsed.tables = {}
    return parsed, files


def _unspool(result: tuple[Parsed, dict[str, Path]]) -> Parsed:
    parsed, parsed.spooled = result[0], result[1]
    return parsed
