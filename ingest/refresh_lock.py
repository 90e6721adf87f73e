"""Who is refreshing: a lock file per run, held while it goes on, tells a run that is alive from one that was killed."""

from __future__ import annotations

import fcntl
import hashlib
import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType


class RunBusy(Exception):
    """The same run is going on in another process; the message names it."""


def _path(folder: Path, run_id: str) -> Path:
    return folder / f"{hashlib.blake2b(run_id.encode(), digest_size=12).hexdigest()}.lock"


class RunLock:
    """Held from the start of a run to its end; the operating system gives it free when the process is killed."""

    def __init__(self, folder: Path, run_id: str) -> None:
        self.path, self.run_id = _path(folder, run_id), run_id
        self._descriptor = -1

    def __enter__(self) -> RunLock:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.read(self._descriptor, 20).decode("ascii", "replace").strip()
            os.close(self._descriptor)
            message = f"run {self.run_id} is already going on in process {holder or 'unknown'}; wait for it"
            raise RunBusy(message) from None
        os.ftruncate(self._descriptor, 0)
        os.write(self._descriptor, str(os.getpid()).encode())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with suppress(OSError):
            self.path.unlink()
        os.close(self._descriptor)


def is_alive(folder: Path, run_id: str) -> bool:
    """True when some process holds the lock of this run."""
    try:
        descriptor = os.open(_path(folder, run_id), os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False
