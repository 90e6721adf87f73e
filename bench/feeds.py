"""1,000 feeds of 50 items from a local server, twice, against the `reader` package: `python -m bench.feeds`.

The first pass takes everything in, the second finds every feed unchanged (304). Ours is a whole `ingest.refresh`:
asking in a child process, archiving, parsing, rows in the warehouse; `reader` asks, parses and stores in its SQLite
file. Each side starts from an empty folder; the server is the same and runs in a process of its own. Prints JSON.
Processor seconds leave out our crawl process, which outlives a refresh for a minute.

`reader` and what it needs are only for this comparison and not among our dependencies; without them ours is measured
alone and the line that installs them is printed.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ITEMS = 50


def main() -> None:
    """Compare; the median of the repetitions counts."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--feeds", type=int, default=1000)
    options.add_argument("--repeat", type=int, default=1)
    options.add_argument("--sources", type=int, default=1, help="over how many sources the feeds are spread")
    options.add_argument("--workers", type=int, default=1, help="threads of reader (more made it slower here)")
    options.add_argument("--only", choices=["ours", "reader"])
    chosen = options.parse_args()
    if chosen.only is None and not all(map(find_spec, ("reader", "sgmllib"))):
        print(f"ours alone; to compare: {sys.executable} -m pip install reader sgmllib3k", file=sys.stderr)
        chosen.only = "ours"
    with _server(chosen.feeds) as port:
        urls = [f"http://127.0.0.1:{port}/feed/{number}" for number in range(chosen.feeds)]
        runs: dict[str, list[dict[str, Any]]] = {}
        for _ in range(chosen.repeat):
            if chosen.only != "reader":
                runs.setdefault("ours", []).append(_ours(urls, chosen.sources))
            if chosen.only != "ours":
                runs.setdefault("reader", []).append(_reader(urls, chosen.workers))
    print(json.dumps(_summary(runs, chosen.feeds), indent=1))


def _summary(runs: dict[str, list[dict[str, Any]]], feeds: int) -> dict[str, Any]:
    found: dict[str, Any] = {"feeds": feeds, "items": feeds * ITEMS, "processors": os.cpu_count()}
    for side, measured in runs.items():
        for name in ("first", "second"):
            seconds = statistics.median(run[name]["seconds"] for run in measured)
            processor = statistics.median(run[name]["processor_seconds"] for run in measured)
            found[f"{side}_{name}"] = {
                "seconds": round(seconds, 2), "processor_seconds": round(processor, 2),
                "feeds_per_second": round(feeds / seconds, 1), "items_stored": measured[-1][name]["items"],
            }  # fmt: skip
    if len(runs) == 2:
        for name in ("first", "second"):
            found[f"times_faster_{name}"] = round(
                found[f"reader_{name}"]["seconds"] / found[f"ours_{name}"]["seconds"], 2
            )
    return found


def _ours(urls: list[str], sources: int) -> dict[str, Any]:
    """Two refreshes of the same catalog."""
    from ingest.catalog import Source
    from ingest.refresh import refresh
    from ingest.warehouse import Warehouse

    share = -(-len(urls) // sources)
    catalog = {
        f"feeds_{number}": Source(
            id=f"feeds_{number}", urls=tuple(urls[number * share : (number + 1) * share]), publisher="a local server",
            what="invented feeds", adapter="feed", schedule="0 * * * *", licence="none", redistribution="none",
            reliability="F", origin_family="bench", level="country", known_bias="none", delay_seconds=0,
            allow_private=True, max_requests=len(urls) + 1,
        )
        for number in range(sources)
    }  # fmt: skip
    now = datetime.now(UTC).replace(tzinfo=None)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        passes = {}
        for number, name in enumerate(("first", "second")):
            at = now + timedelta(hours=number)
            passes[name] = _timed(lambda at=at: refresh(data, catalog, now=at))  # type: ignore[misc]
            with Warehouse(data / "warehouse.duckdb").writer() as connection:
                row = connection.execute("SELECT count(*) FROM document").fetchone()
                passes[name]["items"] = row[0] if row else 0
        return passes


def _reader(urls: list[str], workers: int) -> dict[str, Any]:
    """Two updates of the same database."""
    from reader import make_reader

    with tempfile.TemporaryDirectory() as folder, make_reader(f"{folder}/reader.sqlite") as store:
        for url in urls:
            store.add_feed(url)
        passes = {}
        for name in ("first", "second"):
            passes[name] = _timed(lambda: store.update_feeds(workers=workers, scheduled=False))
            passes[name]["items"] = store.get_entry_counts().total
        return passes


def _timed(work: Callable[[], Any]) -> dict[str, Any]:
    """Wall and processor seconds, with those of child processes that have ended meanwhile."""
    before, started = _processor(), time.perf_counter()
    work()
    return {"seconds": time.perf_counter() - started, "processor_seconds": _processor() - before}


def _processor() -> float:
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in usage)


class _server:
    """The server, in a process of its own that ends with the block."""

    def __init__(self, feeds: int) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.feeds_server", str(feeds)], stdout=subprocess.PIPE, text=True,
            cwd=Path(__file__).resolve().parents[1],
        )  # fmt: skip

    def __enter__(self) -> int:
        assert self.process.stdout is not None
        return int(self.process.stdout.readline())

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait()


if __name__ == "__main__":
    logging.disable(logging.INFO)
    main()
