"""The reader of the newest publication, one per process, shared by pages and API."""

from __future__ import annotations

import threading
from pathlib import Path

from assessment.read import Reader
from ingest import catalog

_lock = threading.Lock()
_readers: dict[tuple[str, str], Reader] = {}


def reader(published: Path, sources_file: str = "") -> Reader:
    """The newest; whoever holds an older one keeps it whole until done with it. Raises NoSnapshot, CatalogError.

    One thread opens and warms a new publication; the others get the one before as long as there is one.
    """
    key = (str(published), sources_file)
    known = _readers.get(key)
    if known is not None:
        if known.is_current() or not _lock.acquire(blocking=False):
            return known
    else:
        _lock.acquire()
    try:
        known = _readers.get(key)
        if known is None:
            sources = catalog.load(Path(sources_file)) if sources_file else None
            newest = Reader.open(published, catalog=sources)
        else:
            newest = known.refresh()
        if newest is not known:
            _readers[key] = newest.warm()
        return newest
    finally:
        _lock.release()
