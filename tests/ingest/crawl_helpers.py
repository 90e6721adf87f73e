"""What the crawl tests share: sources on the local server, and a crawl with short waits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ingest.catalog import Source
from ingest.crawl import Job, Outcome, crawl
from ingest.model import Request

FACTS: dict[str, Any] = {
    "publisher": "a test", "what": "test answers", "adapter": "crawl_plain", "schedule": "0 6 * * *", "licence": "none",
    "redistribution": "none", "reliability": "F", "origin_family": "test", "level": "country", "known_bias": "none",
    "delay_seconds": 0.0, "timeout_seconds": 10.0, "max_megabytes": 1.0, "allow_private": True,
}  # fmt: skip


def source(source_id: str, *urls: str, **facts: Any) -> Source:
    """A source on the local server."""
    return Source(id=source_id, urls=urls, **{**FACTS, **facts})


def job(
    source_id: str, *urls: str, validators: Mapping[str, tuple[str | None, str | None]] | None = None, **facts: Any
) -> Job:
    """A job that asks each address once."""
    return Job(source(source_id, *urls, **facts), tuple(Request(url) for url in urls), validators or {})


def run(jobs: Iterable[Job], folder: Path, run_id: str = "run-1", **options: Any) -> dict[str, list[Outcome]]:
    """Crawl; outcomes per source id."""
    options = {"wall_seconds": 60, **options}
    found = crawl(list(jobs), archive_folder=folder, run_id=run_id, contact="mailto:test@example.org", **options)
    by_source: dict[str, list[Outcome]] = {}
    for outcome in found:
        by_source.setdefault(outcome.source_id, []).append(outcome)
    return by_source
