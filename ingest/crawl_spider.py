"""The one spider: asks what the adapters want asked, archives every answer, then says how it ended."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
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
from ingest.crawl_replay import Place, ReplayIndex
from ingest.crawl_state import LOST_HOSTS, Asked, Failure, Question, Reply, State, host_of, netloc

_BIG = 1 << 20  # bytes: archiving more than this is done beside the event loop
_COOKIES = ("set-cookie", "set-cookie2")  # not kept


class SourceSpider(scrapy.Spider):
    """All sources of one crawl. With a ReplayIndex the questions are the archived answers."""

    name = "returnwatch"

    def __init__(self, state: State, index: ReplayIndex | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.state = state
        self.index = index
        self._archiving = asyncio.Lock()

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """Every job's own questions; in a replay what the archive holds of the source comes first."""
        sweeps: dict[str, list[Question]] = {}
        for asked in self.state.asked:
            for question in self._archived(asked) if self.index else self._wanted(asked):
                if question.conditional:
                    sweeps.setdefault(netloc(question.address), []).append(question)
                else:
                    yield self.request(question)
        for together in sweeps.values():
            yield self._sweep(together) if len(together) > 1 else self.request(together[0])

    def request(self, question: Question) -> scrapy.Request:
        """The question as Scrapy carries it."""
        meta: dict[str, Any] = {"question": question, "asked": question.asked}
        if self.index is not None:
            meta["download_slot"] = "archive"  # one queue for all hosts: a replay has the same order each time
        return scrapy.Request(
            question.address, method=question.method, headers=question.headers, body=question.body, meta=meta,
            callback=self.answered, errback=self.failed, dont_filter=True,
        )  # fmt: skip

    def lookup(self, request: scrapy.Request) -> Place | None:
        """Where the replayed files hold the answer to this request."""
        asked: Asked = request.meta["asked"]
        return self.index.find(asked.source.id, without_key(request.url, asked.source)) if self.index else None

    async def answered(self, response: Response) -> AsyncIterator[scrapy.Request]:
        """An HTTP answer that came through Scrapy."""
        meta = response.meta
        if "sweep" in meta:
            return  # its answers were taken one by one
        headers = {
            name.decode("latin-1").lower(): b", ".join(values).decode("utf-8", "replace")
            for name, values in response.headers.items()
        }
        final = meta.get("final_url") or (response.url if meta.get("steps") else "")
        reply = Reply(response.status, headers, response.body, final, meta.get("retrieved_at"), meta.get("said", ""))
        for request in await self.take(meta["question"], reply):
            yield request

    async def failed(self, failure: ScrapyFailure) -> None:
        """No answer to take in."""
        request, error = failure.request, failure.value  # type: ignore[attr-defined]
        if not isinstance(error, Failure):
            error = Failure("crashed", f"{type(error).__name__}: {error}")
        for question in request.meta.get("sweep") or [request.meta["question"]]:
            self._report(question, error.kind, error.status, None, error.message)
        if error.kind == "dns_error":
            await self._look_for_network(host_of(request.url))

    async def take(self, question: Question, reply: Reply) -> Iterator[scrapy.Request]:
        """An HTTP answer of any status: archive it, report it, and give what is to be asked because of it."""
        if reply.status == 304 and question.conditional:
            self._report(question, "unchanged", 304, None, "not changed since the last good answer")
            return self._follow_again(question)
        answer = _answer(question, reply)
        try:
            record = await self._archive(answer)
        except ArchiveError as error:
            self._report(question, "crashed", reply.status, None, str(error))
            return iter(())
        kind = "server_error" if reply.status == 304 else kind_of_status(reply.status)  # 304: nobody asked
        said = "" if kind == "answered" else reply.said or f"the server answered with HTTP {reply.status}"
        self._report(question, kind, reply.status, record, said)
        return self._follow(question, answer) if kind == "answered" else iter(())

    def _sweep(self, together: list[Question]) -> scrapy.Request:
        """Questions to one host that most likely have no new answer, asked in one go (see crawl_fetch)."""
        first = together[0]
        meta = {"sweep": together, "asked": first.asked}
        return scrapy.Request(first.address, meta=meta, callback=self.answered, errback=self.failed, dont_filter=True)

    def _wanted(self, asked: Asked) -> Iterator[Question]:
        for wanted in asked.job.requests:
            question = self._question(asked, wanted)
            if question is not None:
                yield question

    def _archived(self, asked: Asked) -> Iterator[Question]:
        assert self.index is not None
        for url, place in self.index.of_source(asked.source.id):
            question = self._question(asked, model.Request(url), place)
            if question is not None:
                yield question
        for wanted in asked.job.requests:
            url = without_key(wanted.url, asked.source)
            if url not in asked.seen:
                question = self._question(asked, wanted, self.index.find(asked.source.id, url))
                if question is not None:
                    yield question

    def _question(self, asked: Asked, wanted: model.Request, place: Place | None = None) -> Question | None:
        """What is to be asked; None when it was asked already, or may not be (then that is reported)."""
        source = asked.source
        url = without_key(wanted.url, source)
        question = Question(
            asked, url, wanted.url, wanted.method, {}, wanted.body or b"", False, time.monotonic(), place
        )
        mark = url if wanted.method == "GET" else f"{wanted.method} {url} {wanted.body!r}"
        if mark in asked.seen and place is None:
            return None
        asked.seen.add(mark)
        if self.index is None and asked.sent >= source.max_requests:
            if not asked.told_limit:
                said = f"more than {source.max_requests} requests in one run; the rest was not asked"
                self._report(question, "refused", None, None, said)
            asked.told_limit = True
            return None
        asked.sent += 1
        try:
            question.address = scrapy.Request(wanted.url).url
            netloc(question.address)
        except ValueError as error:
            self._report(question, "refused", None, None, f"this is no address that can be asked: {error}")
            return None
        question.headers = {"Accept": "*/*", **wanted.headers, "User-Agent": self.state.user_agent}
        question.headers["Accept-Encoding"] = ACCEPT_ENCODING
        if self.index is None and wanted.method == "GET" and not wanted.accept_stale:
            conditions = _conditions(asked.job.validators.get(url))
            question.headers |= conditions
            question.conditional = bool(conditions)
        return question

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

    def _follow(self, question: Question, answer: model.Answer, *, only_new: bool = False) -> Iterator[scrapy.Request]:
        """What the adapter asks because of this answer, on the source's own hosts only."""
        asked = question.asked
        follow = getattr(asked.module, "follow", None)
        if follow is None:
            return
        try:
            for wanted in follow(answer, asked.source):
                url = without_key(wanted.url, asked.source)
                if only_new and self.state.archive.latest(asked.source.id, url):
                    continue
                parts = urlsplit(wanted.url)
                if parts.scheme not in ("http", "https") or parts.hostname not in asked.hosts:
                    said = f"the answer leads to {url[:200]}, which is not on a host of this source"
                    away = Question(asked, url, url, "GET", {}, b"", False, time.monotonic())
                    self._report(away, "refused", None, None, said)
                    continue
                more = self._question(asked, wanted)
                if more is not None:
                    yield self.request(more)
        except model.AdapterError:
            return  # the answer cannot be trusted: parsing it says so, with the remedy
        except Exception as error:  # an adapter's fault must not end the crawl of the others
            said = f"adapter {asked.source.adapter!r} could not say what follows: {type(error).__name__}: {error}"
            self._report(question, "crashed", answer.status, None, said)

    def _follow_again(self, question: Question) -> Iterator[scrapy.Request]:
        """An unchanged page may still list pages that an earlier, interrupted run did not get."""
        if not hasattr(question.asked.module, "follow"):
            return iter(())
        record = self.state.archive.latest(question.asked.source.id, question.url)
        return self._follow(question, self.state.archive.read(record), only_new=True) if record else iter(())

    def _report(self, question: Question, kind: str, status: int | None, record: Record | None, said: str) -> None:
        source = question.asked.source
        text = remedy(kind, source, status) if kind != "answered" else ""
        seconds = round(time.monotonic() - question.started, 3)
        message = without_key(said, source)
        self.state.emit(Outcome(source.id, question.url, kind, status, record, message, text, seconds))

    async def _look_for_network(self, host: str) -> None:
        self.state.lost.add(host)
        if len(self.state.lost) == LOST_HOSTS and not self.state.offline:
            hosts = {(host, 443) for asked in self.state.asked for host in asked.source.hosts()}
            self.state.offline = await asyncio.to_thread(offline_reason, hosts)


def _answer(question: Question, reply: Reply) -> model.Answer:
    source = question.asked.source
    return model.Answer(
        source_id=source.id, url=question.url, status=reply.status,
        headers={name: without_key(value, source) for name, value in reply.headers.items() if name not in _COOKIES},
        body=reply.body, retrieved_at=reply.retrieved_at or datetime.now(UTC).replace(tzinfo=None),
        digest=model.digest_of(reply.body), final_url=without_key(reply.final_url, source),
    )  # fmt: skip


def _conditions(validators: tuple[str | None, str | None] | None) -> dict[str, str]:
    etag, modified = validators or (None, None)
    return ({"If-None-Match": etag} if etag else {}) | ({"If-Modified-Since": modified} if modified else {})
