"""The download handlers of the crawl: one that asks the network, with every limit, and one that asks WARC files.

Scrapy keeps the order and the pace; what happens on the wire is decided here, because the limits have to hold while
the bytes come in. Scrapy's own aiohttp handler checks neither the address nor the size after decompression.
"""

from __future__ import annotations

import asyncio
import errno
import ssl
import time
from functools import cache, partial
from pathlib import Path

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
from ingest.crawl_guard import Refused, Resolver, check_socket
from ingest.crawl_state import MAX_DELAY, Asked, Failure, State, host_of, netloc

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
        state: State = self.crawler.spider.state  # type: ignore[union-attr]
        asked: Asked = request.meta["asked"]
        host = host_of(request.url)
        await _turn(state, host)
        private = asked.source.allow_private and netloc(request.url) in asked.own
        started = time.monotonic()
        try:
            response = await self._exchange(request, asked, private)
        except Failure:
            self._throttle(state, request, time.monotonic() - started)
            raise
        state.lost.clear()
        self._throttle(state, request, request.meta["download_latency"])
        return response

    async def close(self) -> None:
        for session in self.sessions.values():
            await session.close()

    async def _exchange(self, request: Request, asked: Asked, private: bool) -> Response:
        limit = request.meta.get("limit") or int(asked.source.max_megabytes * 1_000_000)
        seconds = request.meta.get("seconds") or asked.source.timeout_seconds
        started = time.monotonic()
        try:
            async with self._session(private).request(
                request.method,
                yarl.URL(request.url.split("#")[0], encoded=True),
                data=request.body or None,
                headers=[(name.decode("latin-1"), value.decode("latin-1")) for name, value in _pairs(request)],
                timeout=aiohttp.ClientTimeout(total=seconds, sock_connect=min(seconds, CONNECT_SECONDS)),
                ssl=trust() if request.url.startswith("https:") else False,
                allow_redirects=False,
            ) as answer:
                request.meta["download_latency"] = time.monotonic() - started
                body = await _read(answer, limit)
                headers = [(name, value.encode("utf-8", "surrogateescape")) for name, value in answer.headers.items()]
                return Response(request.url, status=answer.status, headers=_joined(headers), body=body)
        except Exception as error:
            raise _failure(error, host_of(request.url), seconds) from error

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

    def _throttle(self, state: State, request: Request, latency: float) -> None:
        """A slow host is asked more slowly, as Scrapy's AutoThrottle does, but never faster than its source wants."""
        slot = self.crawler.engine.downloader.slots.get(request.meta.get("download_slot"))  # type: ignore[union-attr]
        if slot is None or slot.delay <= 0:
            return  # a server of one's own
        host = host_of(request.url)
        floor = state.floors.setdefault(host, slot.delay)
        slot.delay = min(max(floor, latency, (slot.delay + latency) / 2), max(MAX_DELAY, floor))


class ReplayHandler(BaseDownloadHandler):
    """Answers from WARC files; what is not there ends as not_in_archive."""

    async def download_request(self, request: Request) -> Response:
        place: tuple[Path, int, int] | None = request.meta.get("place") or self.crawler.spider.lookup(request)  # type: ignore[union-attr]
        if place is None:
            raise Failure("not_in_archive", "the archive holds no answer to this question")
        try:
            found, body = archive_warc.load(*place)
        except WarcError as error:
            raise Failure("truncated", str(error)) from error
        request.meta["retrieved_at"] = found.retrieved_at
        request.meta["final_url"] = found.final_url
        headers = {name: value.encode("utf-8", "surrogateescape") for name, value in found.headers.items()}
        return Response(request.url, status=found.status, headers=headers, body=body)


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


def _pairs(request: Request) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, values in request.headers.items() for value in values]


def _joined(pairs: list[tuple[str, bytes]]) -> dict[str, list[bytes]]:
    found: dict[str, list[bytes]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found
