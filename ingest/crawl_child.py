"""The process the crawl runs in: `python -m ingest.crawl_child`, started and stopped by `ingest.crawl` only.

It reads batches (a length, then a pickled `Batch`) from standard input and writes one JSON line per outcome to
standard output. It ends when its input ends (the parent is gone), or when it has had nothing to do for a while.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import pickle
import queue
import signal
import struct
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import BinaryIO

from scrapy.crawler import AsyncCrawlerRunner

from ingest.archive import Archive
from ingest.crawl_middleware import Redirect, Retry, Robots
from ingest.crawl_outcome import Batch, Job, Outcome
from ingest.crawl_replay import ReplayError, ReplayIndex
from ingest.crawl_spider import SourceSpider
from ingest.crawl_state import Asked, State, asked_of, slots

IDLE_SECONDS = 60.0  # a schedule's next batch or a test's next crawl finds the process warm; then it ends
CONCURRENT_HOSTS = 64
DEFAULT_DELAY = 1.0  # seconds, for hosts a redirect leads to


def main() -> None:
    """Serve batches until the parent closes the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
    out = sys.stdout.buffer
    batches: queue.Queue[Batch] = queue.Queue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, batches), daemon=True).start()
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.set_default_executor(ThreadPoolExecutor(32))  # name servers that do not answer hold a thread each
    while True:
        try:
            batch = batches.get(timeout=IDLE_SECONDS)
        except queue.Empty:
            break
        for name, key in batch.keys.items():
            os.environ.pop(name, None)
            if key:
                os.environ[name] = key
        _say(out, {"begin": True})
        loop.run_until_complete(run(batch, lambda outcome: _write(out, outcome.to_line())))
        _say(out, {"end": True})
    os._exit(0)  # do not wait for threads stuck in a name lookup


async def run(batch: Batch, emit: Callable[[Outcome], None]) -> None:
    """One crawl in this event loop; every outcome goes to `emit` as soon as its answer is archived."""
    asked = [one for job in batch.jobs if (one := _asked(job, emit)) is not None]
    with Archive(batch.archive_folder) as archive:
        state = State(
            batch.run_id, batch.contact, archive, asked, emit, replaying=bool(batch.replay), proxy=batch.proxy
        )
        index = None
        if batch.replay:
            try:
                index = ReplayIndex(batch.replay, [one.job for one in asked])
            except ReplayError as error:
                _all(asked, emit, str(error))
                return
            for warning in index.warnings:
                logging.getLogger(__name__).warning(warning)
        runner = AsyncCrawlerRunner(settings(asked, replaying=index is not None))
        await runner.crawl(SourceSpider, state=state, index=index)


def settings(asked: Sequence[Asked], *, replaying: bool) -> dict[str, object]:
    """Scrapy's settings. Of its own parts only the engine, the scheduler and the per-host slots are used: limits,
    robots.txt, retries and redirects are ours, cookies, telnet, caches and statistics are off."""
    manners = {} if replaying else {Robots: 100, Retry: 550}
    handler = "ingest.crawl_fetch.ReplayHandler" if replaying else "ingest.crawl_fetch.NetworkHandler"
    return {
        "TWISTED_REACTOR_ENABLED": False,  # plain asyncio: a second crawl in one process is possible
        "LOG_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "STATS_CLASS": "scrapy.statscollectors.DummyStatsCollector",
        "EXTENSIONS_BASE": {},
        "SPIDER_MIDDLEWARES_BASE": {},
        "DOWNLOADER_MIDDLEWARES_BASE": {},
        "DOWNLOADER_MIDDLEWARES": manners | {Redirect: 600},
        "DOWNLOAD_HANDLERS_BASE": {},
        "DOWNLOAD_HANDLERS": {"http": handler, "https": handler, "inbox": handler},
        "DOWNLOAD_SLOTS": {} if replaying else slots(asked),
        "DOWNLOAD_DELAY": 0 if replaying else DEFAULT_DELAY,
        "DOWNLOAD_DELAY_JITTER": 0,
        "CONCURRENT_REQUESTS": 1 if replaying else CONCURRENT_HOSTS,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",  # in the order asked; the default is last in first
        "CONCURRENT_ITEMS": 1,  # the default starts 100 tasks for each answer, most of the cost of a small one
    }


def _asked(job: Job, emit: Callable[[Outcome], None]) -> Asked | None:
    try:
        return asked_of(job)
    except Exception as error:  # a broken adapter is that source's trouble alone
        said = f"adapter {job.source.adapter!r} cannot be loaded: {type(error).__name__}: {error}"
        for request in job.requests:
            emit(Outcome(job.source.id, request.url, "crashed", None, None, said, "Repair the adapter.", 0.0))
        return None


def _all(asked: Sequence[Asked], emit: Callable[[Outcome], None], said: str) -> None:
    for one in asked:
        for request in one.job.requests:
            emit(Outcome(one.source.id, request.url, "crashed", None, None, said, "Give files that can be read.", 0.0))


def _listen(pipe: BinaryIO, batches: queue.Queue[Batch]) -> None:
    while True:
        head = pipe.read(8)
        if len(head) < 8:
            os._exit(0)  # the parent is gone: stop at once; a torn record is recognised, whole ones are kept
        body = pipe.read(struct.unpack("<q", head)[0])
        batches.put(pickle.loads(body))  # from our own parent, over its own pipe


def _say(out: BinaryIO, value: dict[str, object]) -> None:
    _write(out, json.dumps(value))


def _write(out: BinaryIO, line: str) -> None:
    try:
        out.write(line.encode() + b"\n")
        out.flush()
    except BrokenPipeError:
        os._exit(0)


if __name__ == "__main__":
    main()
