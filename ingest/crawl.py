"""Ask all sources at once, politely, in a process of its own; every answer reaches the archive before anybody hears.

    outcomes = crawl(jobs, archive_folder=..., run_id=..., contact="mailto:...")

The crawl runs in a child (`ingest.crawl_child`): when that crashes, hangs or is killed, the outcomes known so far are
returned and the others are `crashed`; the caller goes on. With `replay` the questions are answered from WARC files.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from ingest import crawl_process
from ingest.crawl_guard import offline_reason
from ingest.crawl_outcome import GOOD, KINDS, Batch, Job, Outcome, remedy, without_key

__all__ = ["GOOD", "KINDS", "CrawlError", "Job", "Outcome", "Progress", "crawl"]


class CrawlError(Exception):
    """The crawl cannot start; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Progress:
    """One more request has ended. `total` grows when answers lead to more questions."""

    done: int
    total: int
    outcome: Outcome


def crawl(
    jobs: Sequence[Job],
    *,
    archive_folder: Path,
    run_id: str,
    replay: Sequence[Path] = (),
    contact: str,
    wall_seconds: float = 3600,
    progress: Callable[[Progress], None] | None = None,
) -> list[Outcome]:
    """How every request of every job ended, in the order in which they did; never raises for what a source does.

    Every request a job names has exactly one outcome; requests that followed from answers have theirs too. After
    `wall_seconds` the child is killed. A proxy is used only when RETURNWATCH_PROXY names one (http://host:port); the
    usual proxy variables are not read. Raises CrawlError for a replay file that is not there."""
    missing = [str(path) for path in replay if not path.is_file()]
    if missing:
        raise CrawlError(f"{', '.join(missing)} does not exist; give WARC files")
    ledger = _Ledger(jobs, progress)
    asked = list(jobs) if replay else _with_network(jobs, ledger)
    if any(job.requests for job in asked) or (replay and asked):
        keys = {job.source.key_variable: job.source.key() for job in asked if job.source.key_variable}
        files = tuple(path.resolve() for path in replay)
        proxy = os.environ.get("RETURNWATCH_PROXY") or None
        batch = Batch(asked, archive_folder.resolve(), run_id, files, contact, keys, proxy)
        why = crawl_process.run(batch, ledger.take, wall_seconds)
        if why:
            ledger.rest(asked, "crashed", why)
    return ledger.outcomes


def _with_network(jobs: Sequence[Job], ledger: _Ledger) -> list[Job]:
    """The jobs that can be asked: without a network only those on servers of one's own. It is said once."""
    public = [job for job in jobs if job.requests and not job.source.allow_private]
    if os.environ.get("RETURNWATCH_PROXY"):
        return list(jobs)  # behind a proxy this machine may know neither names nor ways
    reason = offline_reason((_host(url), _port(url)) for job in public for url in _addresses(job))
    if reason is None:
        return list(jobs)
    ledger.rest(public, "offline", f"there is no network: {reason}")
    return [job for job in jobs if job.source.allow_private]


class _Ledger:
    """Which requests still wait for their outcome."""

    def __init__(self, jobs: Iterable[Job], progress: Callable[[Progress], None] | None) -> None:
        self.outcomes: list[Outcome] = []
        self.progress = progress
        self.open: dict[tuple[str, str], None] = {
            (job.source.id, without_key(request.url, job.source)): None for job in jobs for request in job.requests
        }

    def take(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        self.open.pop((outcome.source_id, outcome.url), None)
        if self.progress:
            self.progress(Progress(len(self.outcomes), len(self.outcomes) + len(self.open), outcome))

    def rest(self, jobs: Iterable[Job], kind: str, said: str) -> None:
        """The same outcome for every request of these jobs that has none."""
        sources = {job.source.id: job.source for job in jobs}
        for source_id, url in [key for key in self.open if key[0] in sources]:
            words = remedy(kind, sources[source_id])
            self.take(Outcome(source_id, url, kind, None, None, said, words, 0.0))


def _addresses(job: Job) -> list[str]:
    return [request.url for request in job.requests[:1]]


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _port(url: str) -> int:
    parts = urlsplit(url)
    return parts.port or (443 if parts.scheme == "https" else 80)
