"""The one spider: asks what the adapters want asked, archives every answer, then says how it ended."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import scrapy
from scrapy.http import Response
from twisted.python.failure import Failure as ScrapyFailure

from ingest import model
from ingest.archive import ArchiveError
from ingest.archive_index import Record
from ingest.crawl_decode import ACCEPT_ENCODING
from ingest.crawl_guard import offline_reason
from ingest.crawl_outcome import Outcome, kind_of_status, remedy, without_key
from ingest.crawl_replay import ReplayIndex
from ingest.crawl_state import LOST_HOSTS, Asked, Failure, State, netloc, public_headers

_BIG = 1 << 20  # bytes: archiving more than this is done beside the event loop


class SourceSpider(scrapy.Spider):
    """All sources of one crawl. With a ReplayIndex the questions are the archived answers."""

    name = "returnwatch"

    def __init__(self, state: State, index: ReplayIndex | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.state = state
        self.index = index
        self._archiving = asyncio.Lock()

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """Every job's own requests; in a replay what the archive holds of the source comes first."""
        for asked in self.state.asked:
            for question in self._archived(asked) if self.index else self._wanted(asked):
                yield question

    def lookup(self, request: scrapy.Request) -> tuple[Path, int, int] | None:
        """Where the replayed files hold the answer to this request."""
        asked: Asked = request.meta["asked"]
        return self.index.find(asked.source.id, without_key(request.url, asked.source)) if self.index else None

    async def answered(self, response: Response) -> AsyncIterator[scrapy.Request]:
        """An HTTP answer of any status: archive it, report it, and ask what follows from it."""
        meta = response.meta
        asked: Asked = meta["asked"]
        if response.status == 304 and meta["conditional"]:
            self._report(meta, "unchanged", 304, None, "not changed since the last good answer")
            followed = self._follow_again(asked, meta["url"])
        else:
            answer = self._answer(response)
            try:
                record = await self._archive(answer)
            except ArchiveError as error:
                self._report(meta, "crashed", response.status, None, str(error))
                return
            kind = kind_of_status(response.status)
            if response.status == 304:
                kind = "server_error"  # nobody asked whether it had changed
            self._report(meta, kind, response.status, record, meta.get("said") or _said(kind, response.status))
            followed = self._follow(asked, answer) if kind == "answered" else iter(())
        for request in followed:
            yield request

    async def failed(self, failure: ScrapyFailure) -> None:
        """No answer to take in."""
        meta, error = failure.request.meta, failure.value  # type: ignore[attr-defined]
        if isinstance(error, Failure):
            self._report(meta, error.kind, error.status, None, error.message)
            if error.kind == "dns_error":
                await self._look_for_network(urlsplit(failure.request.url).hostname or "")  # type: ignore[attr-defined]
        else:
            self._report(meta, "crashed", None, None, f"{type(error).__name__}: {error}")

    def _wanted(self, asked: Asked) -> Iterator[scrapy.Request]:
        for wanted in asked.job.requests:
            request = self._request(asked, wanted)
            if request is not None:
                yield request

    def _archived(self, asked: Asked) -> Iterator[scrapy.Request]:
        assert self.index is not None
        for url, place in self.index.of_source(asked.source.id):
            request = self._request(asked, model.Request(url), place)
            if request is not None:
                yield request
        for wanted in asked.job.requests:
            url = without_key(wanted.url, asked.source)
            if url not in asked.seen:
                request = self._request(asked, wanted, self.index.find(asked.source.id, url))
                if request is not None:
                    yield request

    def _request(
        self, asked: Asked, wanted: model.Request, place: tuple[Path, int, int] | None = None
    ) -> scrapy.Request | None:
        """The request as it is sent; None when it was asked already or may not be (then that is reported)."""
        source = asked.source
        url = without_key(wanted.url, source)
        meta: dict[str, Any] = {"asked": asked, "url": url, "started": time.monotonic(), "conditional": False}
        mark = url if wanted.method == "GET" else f"{wanted.method} {url} {wanted.body!r}"
        if mark in asked.seen and place is None:
            return None
        asked.seen.add(mark)
        if self.index is None and asked.sent >= source.max_requests:
            if not asked.told_limit:
                said = f"more than {source.max_requests} requests in one run; the rest was not asked"
                self._report(meta, "refused", None, None, said)
            asked.told_limit = True
            return None
        asked.sent += 1
        headers = {"Accept": "*/*", **wanted.headers, "User-Agent": self.state.user_agent}
        headers["Accept-Encoding"] = ACCEPT_ENCODING
        if self.index is None and wanted.method == "GET" and not wanted.accept_stale:
            conditions = _conditions(asked.job.validators.get(url))
            headers |= conditions
            meta["conditional"] = bool(conditions)
        if place is not None:
            meta["place"] = place
        if self.index is not None:
            meta["download_slot"] = "archive"  # one queue for all hosts: a replay has the same order each time
        try:
            request = scrapy.Request(
                wanted.url, method=wanted.method, headers=headers, body=wanted.body or b"", meta=meta,
                callback=self.answered, errback=self.failed, dont_filter=True,
            )  # fmt: skip
            netloc(request.url)
            return request
        except ValueError as error:
            self._report(meta, "refused", None, None, f"this is no address that can be asked: {error}")
            return None

    def _answer(self, response: Response) -> model.Answer:
        meta, source = response.meta, response.meta["asked"].source
        headers: dict[str, str] = {}
        for name, values in response.headers.items():
            text = ", ".join(value.decode("utf-8", "replace") for value in values)
            headers[name.decode("latin-1").lower()] = without_key(text, source)
        final = meta.get("final_url") or (without_key(response.url, source) if meta.get("steps") else "")
        return model.Answer(
            source_id=source.id, url=meta["url"], status=response.status, headers=public_headers(headers),
            body=response.body, retrieved_at=meta.get("retrieved_at") or datetime.now(UTC).replace(tzinfo=None),
            digest=model.digest_of(response.body), final_url=final,
        )  # fmt: skip

    async def _archive(self, answer: model.Answer) -> Record:
        archive, run_id = self.state.archive, self.state.run_id
        if self.state.replaying:
            known = archive.find(answer.source_id, answer.url, answer.digest)
            if known is not None:
                return known
        if len(answer.body) < _BIG or self.state.replaying:
            return archive.append(answer, run_id=run_id)
        async with self._archiving:
            return await asyncio.to_thread(archive.append, answer, run_id=run_id)

    def _follow(self, asked: Asked, answer: model.Answer, *, only_new: bool = False) -> Iterator[scrapy.Request]:
        """What the adapter asks because of this answer, on the source's own hosts only."""
        follow = getattr(asked.module, "follow", None)
        if follow is None:
            return
        meta = {"asked": asked, "url": answer.url, "started": time.monotonic()}
        try:
            for wanted in follow(answer, asked.source):
                url = without_key(wanted.url, asked.source)
                if only_new and self.state.archive.latest(asked.source.id, url):
                    continue
                parts = urlsplit(wanted.url)
                if parts.scheme not in ("http", "https") or parts.hostname not in asked.hosts:
                    said = f"the answer leads to {url[:200]}, which is not on a host of this source"
                    self._report({**meta, "url": url}, "refused", None, None, said)
                    continue
                request = self._request(asked, wanted)
                if request is not None:
                    yield request
        except model.AdapterError:
            return  # the answer cannot be trusted: parsing it says so, with the remedy
        except Exception as error:  # an adapter's fault must not end the crawl of the others
            said = f"adapter {asked.source.adapter!r} could not say what follows: {type(error).__name__}: {error}"
            self._report(meta, "crashed", answer.status, None, said)

    def _follow_again(self, asked: Asked, url: str) -> Iterator[scrapy.Request]:
        """An unchanged page may still list pages that an earlier, interrupted run did not get."""
        if not hasattr(asked.module, "follow"):
            return iter(())
        record = self.state.archive.latest(asked.source.id, url)
        return self._follow(asked, self.state.archive.read(record), only_new=True) if record else iter(())

    def _report(self, meta: dict[str, Any], kind: str, status: int | None, record: Record | None, said: str) -> None:
        source = meta["asked"].source
        text = remedy(kind, source, status) if kind != "answered" else ""
        seconds = round(time.monotonic() - meta["started"], 3)
        message = without_key(said, source)
        self.state.emit(Outcome(source.id, meta["url"], kind, status, record, message, text, seconds))

    async def _look_for_network(self, host: str) -> None:
        self.state.lost.add(host)
        if len(self.state.lost) == LOST_HOSTS and not self.state.offline:
            hosts = {(host, 443) for asked in self.state.asked for host in asked.source.hosts()}
            self.state.offline = await asyncio.to_thread(offline_reason, hosts)


def _conditions(validators: tuple[str | None, str | None] | None) -> dict[str, str]:
    etag, modified = validators or (None, None)
    return ({"If-None-Match": etag} if etag else {}) | ({"If-Modified-Since": modified} if modified else {})


def _said(kind: str, status: int) -> str:
    return "" if kind == "answered" else f"the server answered with HTTP {status}"
