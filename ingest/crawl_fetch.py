"""The download handlers of the crawl: one that asks the network, with every limit, and one that asks WARC files.

Scrapy keeps the order and the pace; what happens on the wire is decided here, because the limits have to hold while
the bytes come in. Scrapy's own aiohttp handler checks neither the address nor the size after decompression.
"""

from __future__ import annotations

import asyncio
import errno
import ssl
import time
from collections.abc import Mapping
from functools import cache, partial
from typing import TYPE_CHECKING

import aiohttp
import certifi
import yarl
from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Response

from ingest import archive_warc
from ingest.archive_warc import WarcError
from ingest.crawl_decode import BadEncoding, Body, CutShort, TooLarge
from ingest.crawl_guard import Refused, check_socket
from ingest.crawl_resolve import Resolver, judge
from ingest.crawl_state import MAX_DELAY, Asked, Failure, Question, Reply, State, host_of, netloc

if TYPE_CHECKING:
    from scrapy.core.downloader import Slot

    from ingest.crawl_spider import SourceSpider

CONNECT_SECONDS = 20.0
_HEADER_BYTES = 64 << 10


@cache
def trust() -> ssl.SSLContext:
    """The machine's certificates, and the well-known ones where the machine has none."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


class NetworkHandler(BaseDownloadHandler):
    """Asks the network. Connections to private addresses lie in a pool of their own, so that a source that may not
    go there can never be given one."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.sessions: dict[bool, aiohttp.ClientSession] = {}

    async def download_request(self, request: Request) -> Response:
        if "sweep" in request.meta:
            return await self._sweep(request)
        state: State = self.crawler.spider.state  # type: ignore[union-attr]
        asked: Asked = request.meta["asked"]
        limit = request.meta.get("limit") or int(asked.source.max_megabytes * 1_000_000)
        seconds = request.meta.get("seconds") or asked.source.timeout_seconds
        headers = {
            name.decode("latin-1"): b", ".join(values).decode("latin-1") for name, values in request.headers.items()
        }
        await _turn(state, host_of(request.url))
        reply = await self._ask(asked, request.method, request.url, headers, request.body, limit, seconds)
        body = reply.body
        return Response(request.url, status=reply.status, headers=_encoded(reply.headers), body=body)

    async def close(self) -> None:
        for session in self.sessions.values():
            await session.close()

    async def _sweep(self, request: Request) -> Response:
        """Ask many addresses of one host whether they have changed, one after the other, at the pace of the host.

        Most have not, and Scrapy's way for one request costs more than such an answer. A plain answer is taken as any
        other; the first trouble ends the sweep, and what is left goes the usual way with its retries and redirects."""
        spider: SourceSpider = self.crawler.spider  # type: ignore[assignment]
        engine, host = self.crawler.engine, host_of(request.url)
        left: list[Question] = request.meta["sweep"]  # the same list, so that a fault here is told for the rest only
        left.reverse()
        while left:
            question = left[-1]
            source = question.asked.source
            limit = int(source.max_megabytes * 1_000_000)
            try:
                await _turn(spider.state, host)
                if spider.state.forbidden(question.address):
                    break
                reply = await self._ask(
                    question.asked, "GET", question.address, question.headers, b"", limit, source.timeout_seconds
                )
            except Failure:
                break
            if reply.status not in (200, 304):
                if reply.status in (429, 503):
                    spider.state.pause(host, 1.0)  # what the server wants is read when it is asked again
                break
            left.pop()
            for more in await spider.take(question, reply):
                engine.crawl(more)  # type: ignore[union-attr]
            slot = self._slot(host)
            if slot is not None and slot.delay > 0 and left:
                await asyncio.sleep(slot.delay)
        for question in reversed(left):
            engine.crawl(spider.request(question))  # type: ignore[union-attr]
        return Response(request.url)

    async def _ask(
        self, asked: Asked, method: str, url: str, headers: dict[str, str], body: bytes, limit: int, seconds: float
    ) -> Reply:
        """One exchange with the server; raises Failure. `limit` in bytes, decoded."""
        private = asked.source.allow_private and netloc(url) in asked.own
        host = host_of(url)
        started = time.monotonic()
        slot = self._slot(host)
        if slot is not None:
            slot.lastseen = started  # Scrapy counts the delay to the next request from here, after any pause
        proxy = None if private else self.crawler.spider.state.proxy  # type: ignore[union-attr]
        try:
            if proxy:
                await judge(host)  # the proxy makes the connection; what can be known of the address is known here
            async with self._session(private or bool(proxy)).request(
                method,
                yarl.URL(url.split("#")[0], encoded=True),
                data=body or None,
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=seconds, sock_connect=min(seconds, CONNECT_SECONDS)),
                ssl=trust() if url.startswith("https:") else False,
                allow_redirects=False,
                proxy=proxy,
            ) as answer:
                latency = time.monotonic() - started
                reply = Reply(answer.status, _joined(answer.headers), await _read(answer, limit))
        except Exception as error:
            self._throttle(host, time.monotonic() - started)
            raise _failure(error, host, seconds) from error
        self.crawler.spider.state.lost.clear()  # type: ignore[union-attr]
        self._throttle(host, latency)
        return reply

    def _session(self, private: bool) -> aiohttp.ClientSession:
        if private not in self.sessions:
            connector = aiohttp.TCPConnector(
                limit=0,
                resolver=Resolver(private_allowed=private),
                socket_factory=partial(check_socket, private_allowed=private),
                ttl_dns_cache=60,
            )
            self.sessions[private] = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,  # a proxy in the environment would see every question and move the address check
                max_line_size=_HEADER_BYTES,
                max_field_size=_HEADER_BYTES,
                skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
            )
        return self.sessions[private]

    def _slot(self, host: str) -> Slot | None:
        return self.crawler.engine.downloader.slots.get(host)  # type: ignore[union-attr]

    def _throttle(self, host: str, latency: float) -> None:
        """A slow host is asked more slowly, as Scrapy's AutoThrottle does, but never faster than its source wants."""
        slot = self._slot(host)
        if slot is None or slot.delay <= 0:
            return  # a server of one's own
        floor = self.crawler.spider.state.floors.setdefault(host, slot.delay)  # type: ignore[union-attr]
        slot.delay = min(max(floor, latency, (slot.delay + latency) / 2), max(MAX_DELAY, floor))


class ReplayHandler(BaseDownloadHandler):
    """Answers from WARC files; what is not there ends as not_in_archive."""

    async def download_request(self, request: Request) -> Response:
        spider: SourceSpider = self.crawler.spider  # type: ignore[assignment]
        moved = request.meta.get("steps")  # then the question's own place is that of the redirect
        place = spider.lookup(request) if moved else request.meta["question"].place or spider.lookup(request)
        if place is None:
            raise Failure("not_in_archive", "the archive holds no answer to this question")
        try:
            found, body = archive_warc.load(*place)
        except WarcError as error:
            raise Failure("truncated", str(error)) from error
        request.meta["retrieved_at"] = found.retrieved_at
        request.meta["final_url"] = found.final_url
        return Response(request.url, status=found.status, headers=_encoded(found.headers), body=body)


async def _turn(state: State, host: str) -> None:
    """Wait until the host may be asked; raises Failure when it is not to be asked any more."""
    while True:
        if state.offline:
            raise Failure("offline", state.offline)
        if host in state.closed:
            raise Failure("throttled", state.closed[host], retry=False)
        wait = state.pauses.get(host, 0.0) - time.monotonic()
        if wait <= 0:
            return
        await asyncio.sleep(wait)


async def _read(answer: aiohttp.ClientResponse, limit: int) -> bytes:
    body = Body(answer.headers.get("Content-Encoding", ""), limit)
    if (answer.content_length or 0) > limit:
        raise TooLarge(limit)
    async for chunk in answer.content.iter_any():
        body.add(chunk)
    return body.whole()


def _failure(error: Exception, host: str, seconds: float) -> Failure:
    """The one kind and sentence for everything a connection can do wrong."""
    match error:
        case Refused():
            return Failure("refused", f"{error}; such addresses are not connected to", retry=False)
        case TooLarge():
            return Failure("too_large", f"the answer has {error}", retry=False)
        case CutShort():
            return Failure("truncated", str(error))
        case BadEncoding():
            return Failure("bad_encoding", f"the body does not match its Content-Encoding: {error}", retry=False)
        case TimeoutError():
            return Failure("timeout", f"no complete answer within {seconds:g} s")
        case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientSSLError() | ssl.SSLError():
            return Failure("tls_error", f"no trusted connection to {host}: {_reason(error)}", retry=False)
        case aiohttp.ClientConnectorDNSError():
            return Failure("dns_error", f"the name {host} does not resolve: {_reason(error)}")
        case aiohttp.ClientProxyConnectionError() | aiohttp.ClientHttpProxyError():
            return Failure("server_error", f"the proxy in RETURNWATCH_PROXY does not lead to {host}: {_reason(error)}")
        case aiohttp.ClientConnectorError():
            lost = error.errno in (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN)
            return Failure("dns_error" if lost else "server_error", f"{host} cannot be reached: {_reason(error)}")
        case aiohttp.ClientPayloadError():
            return Failure("truncated", "the connection ended before the answer did")
        case aiohttp.ServerDisconnectedError() | aiohttp.ClientOSError() | OSError():
            return Failure("server_error", f"{host} closed the connection without an answer: {_reason(error)}")
        case aiohttp.ClientResponseError():
            return Failure("server_error", f"the answer is no valid HTTP: {error.message}", retry=False)
        case aiohttp.InvalidURL() | ValueError():
            return Failure("refused", f"this is no address that can be asked: {_reason(error)}", retry=False)
    return Failure("server_error", f"{type(error).__name__}: {_reason(error)}", retry=False)


def _reason(error: BaseException) -> str:
    inner = getattr(error, "os_error", None) or getattr(error, "certificate_error", None) or error
    return str(getattr(inner, "verify_message", "") or getattr(inner, "strerror", "") or inner)[:200]


def _joined(headers: Mapping[str, str]) -> dict[str, str]:
    """Header names in lower case; several headers of one name as one."""
    found: dict[str, str] = {}
    for name, value in headers.items():
        low = name.lower()
        found[low] = f"{found[low]}, {value}" if low in found else value
    return found


def _encoded(headers: Mapping[str, str]) -> dict[str, bytes]:
    return {name: value.encode("utf-8", "surrogateescape") for name, value in headers.items()}
