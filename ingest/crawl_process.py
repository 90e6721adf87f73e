"""Starting, hearing, keeping warm and killing the process the crawl runs in."""

from __future__ import annotations

import atexit
import json
import os
import pickle
import selectors
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import ingest
from ingest.crawl_outcome import Batch, Outcome

_STDERR_TAIL = 600  # characters of a dead child's last words that are passed on
_lock = threading.Lock()
_idle: list[_Child] = []


class _Child:
    """One child process. It ends by itself when our end of its input closes, so it never outlives us."""

    def __init__(self) -> None:
        path = [str(Path(ingest.__file__).resolve().parents[1]), os.environ.get("PYTHONPATH", "")]
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115  closed with the child
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ingest.crawl_child"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, path))},
        )  # fmt: skip
        self.rest = b""

    def send(self, batch: Batch) -> None:
        """Raises BrokenPipeError when it has ended."""
        body = pickle.dumps(batch)
        assert self.process.stdin is not None
        self.process.stdin.write(struct.pack("<q", len(body)) + body)
        self.process.stdin.flush()

    def lines(self, until: float) -> list[bytes] | None:
        """The lines that have come, after waiting for some; None when the process has ended, [] when time is up."""
        assert self.process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            if not selector.select(max(0.0, until - time.monotonic())):
                return []
        data = os.read(self.process.stdout.fileno(), 1 << 20)
        if not data:
            return None
        *lines, self.rest = (self.rest + data).split(b"\n")
        return lines or self.lines(until)

    def end(self) -> str:
        """Kill it; its last words."""
        self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(OSError):
                if pipe:
                    pipe.close()
        code = self.process.wait()
        self.errors.seek(0)
        text = self.errors.read().decode("utf-8", "replace").strip()
        self.errors.close()
        words = f"exit status {code}" if code >= 0 else f"signal {-code}"
        return f"{words}; {text[-_STDERR_TAIL:]}" if text else words


def run(batch: Batch, take: Callable[[Outcome], None], wall_seconds: float) -> str:
    """Have a child do one batch; every outcome goes to `take`. Empty when it did all, otherwise why it did not."""
    until = time.monotonic() + wall_seconds
    for _ in range(2):  # a warm child may end of idleness in the moment it is asked
        child = _take()
        try:
            begun, why = _converse(child, batch, take, until)
        except BaseException:
            child.end()
            raise
        if not why:
            _keep(child)
            return ""
        words = child.end()
        if begun or time.monotonic() > until:
            break
    return f"{why} ({words})"


def _converse(child: _Child, batch: Batch, take: Callable[[Outcome], None], until: float) -> tuple[bool, str]:
    begun = False
    try:
        child.send(batch)
    except (BrokenPipeError, OSError):
        return begun, "the crawl process ended"
    while True:
        lines = child.lines(until)
        if lines is None:
            return begun, "the crawl process ended unexpectedly"
        if not lines:
            return True, "the crawl took too long and was stopped"
        for line in lines:
            try:
                said = json.loads(line)
            except ValueError:
                continue  # something printed by a library; the outcome, if it was one, counts as crashed
            if "begin" in said:
                begun = True
            elif "end" in said:
                return begun, ""
            else:
                take(Outcome.from_dict(said))


def _take() -> _Child:
    """A warm child, or a new one. Keys travel with each batch, so a warm child has no old ones."""
    with _lock:
        while _idle:
            child = _idle.pop()
            if child.process.poll() is None:
                return child
            child.end()
    return _Child()


def _keep(child: _Child) -> None:
    with _lock:
        if not _idle:
            _idle.append(child)
            return
    child.end()


@atexit.register
def stop() -> None:
    """End the warm child; also for tests and for a scheduler that wants the memory back."""
    with _lock:
        while _idle:
            _idle.pop().end()
