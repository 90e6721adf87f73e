"""What the parts of one crawl share: who asks, what was seen, how each host is treated, where outcomes go."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from urllib.parse import urlsplit

from protego import Protego

from ingest import adapters
from ingest.archive import Archive
from ingest.catalog import Source
from ingest.crawl_outcome import Job, Outcome

AGENT = "ReturnWatch"
MAX_DELAY = 30.0  # seconds between two requests to one host, whatever its latency or robots.txt say
LOST_HOSTS = 4  # so many hosts in a row unreachable, none reached: look whether there is a network


class Failure(Exception):
    """A request ended without an answer to take in; `kind` as in crawl_outcome.KINDS."""

    def __init__(self, kind: str, message: str, status: int | None = None, *, retry: bool = True) -> None:
        super().__init__(message)
        self.kind, self.message, self.status, self.retry = kind, message, status, retry


@dataclass
class Asked:
    """One source in this crawl: what it may ask and has asked."""

    job: Job
    module: ModuleType
    hosts: frozenset[str]  # where `follow` may lead
    own: frozenset[str]  # host:port of its addresses, which may be private when the catalog says so
    seen: set[str] = field(default_factory=set)
    sent: int = 0
    told_limit: bool = False

    @property
    def source(self) -> Source:
        return self.job.source


@dataclass
class Question:
    """One thing to ask: `address` as it is sent, `url` as it is kept (without any key)."""

    asked: Asked
    url: str
    address: str
    method: str
    headers: dict[str, str]
    body: bytes
    conditional: bool  # sent with the validators of the last good answer
    started: float  # monotonic
    place: tuple[Path, int, int] | None = None  # in a replay: where the answer lies


@dataclass(slots=True)
class Reply:
    """An HTTP answer, decoded; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes
    final_url: str = ""
    retrieved_at: datetime | None = None  # None: now
    said: str = ""  # what there is to say about it, when that is not its status


@dataclass
class State:
    """One crawl. The clock is `monotonic`, in seconds."""

    run_id: str
    contact: str
    archive: Archive
    asked: Sequence[Asked]
    emit: Callable[[Outcome], None]
    replaying: bool = False
    proxy: str | None = None  # for public addresses
    floors: dict[str, float] = field(default_factory=dict)  # host -> least seconds between requests
    pauses: dict[str, float] = field(default_factory=dict)  # host -> not before (monotonic)
    closed: dict[str, str] = field(default_factory=dict)  # host -> why it is not asked again in this crawl
    rules: dict[tuple[str, str], Protego | None] = field(default_factory=dict)  # (scheme, host:port) -> robots.txt
    lost: set[str] = field(default_factory=set)  # hosts not reached since the last answer of any host
    offline: str | None = None

    @property
    def user_agent(self) -> str:
        return f"{AGENT}/0.1 (+{self.contact})"

    def forbidden(self, url: str) -> str | None:
        """Why robots.txt forbids this address; None when it does not, or none was read."""
        key = (url.partition(":")[0], netloc(url))
        rules = self.rules.get(key)
        if rules is None or rules.can_fetch(url, AGENT):
            return None
        return f"robots.txt of {key[1]} does not allow {AGENT} to ask this address"

    def pause(self, host: str, seconds: float) -> None:
        """Leave the host alone for so long."""
        self.pauses[host] = max(self.pauses.get(host, 0.0), time.monotonic() + seconds)


@lru_cache(4096)
def host_of(url: str) -> str:
    """The host name of an address; empty when it has none."""
    return urlsplit(url).hostname or ""


@lru_cache(4096)
def netloc(url: str) -> str:
    """host:port of an address, with the port its scheme implies."""
    parts = urlsplit(url)
    return f"{parts.hostname or ''}:{parts.port or (443 if parts.scheme == 'https' else 80)}"


def asked_of(job: Job) -> Asked:
    """The job with what its adapter allows; hosts come from the catalog, the requests, the option `follow_hosts` and
    the adapter's FOLLOW_HOSTS."""
    source = job.source
    module = adapters.load(source.adapter)
    named = source.options.get("follow_hosts", ())
    hosts = source.hosts() | {urlsplit(request.url).hostname or "" for request in job.requests}
    hosts |= set([named] if isinstance(named, str) else named) | set(getattr(module, "FOLLOW_HOSTS", ()))
    hosts |= {host[4:] if host.startswith("www.") else f"www.{host}" for host in hosts}
    return Asked(job, module, frozenset(hosts - {"", "www."}), frozenset(netloc(url) for url in source.urls))


def slots(asked: Sequence[Asked]) -> dict[str, dict[str, float]]:
    """Scrapy's DOWNLOAD_SLOTS: one request at a time per host; the slowest wish of the sources on a host counts."""
    delays: dict[str, float] = {}
    for one in asked:
        for host in one.hosts:
            delays[host] = max(delays.get(host, 0.0), one.source.delay_seconds)
    return {host: {"concurrency": 1, "delay": delay, "jitter": 0.0} for host, delay in delays.items()}
