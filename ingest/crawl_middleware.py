"""Manners: robots.txt, second tries with patience, and redirects with an end."""

from __future__ import annotations

import asyncio
import ipaddress
import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from ingest.crawl_guard import why_not
from ingest.crawl_state import AGENT, MAX_DELAY, Failure, State, host_of, netloc

ROBOTS_BYTES = 1_000_000
ROBOTS_SECONDS = 15.0
MAX_REDIRECTS = 5
RETRIES = {"server_error": 2, "throttled": 2, "timeout": 1, "truncated": 1, "dns_error": 1}
RETRY_STATUS = {408: "timeout", 429: "throttled", 500: "server_error", 502: "server_error", 503: "server_error",
                504: "server_error", 522: "server_error", 524: "server_error"}  # fmt: skip
BACKOFF_SECONDS = (1.0, 4.0)
MAX_RETRY_AFTER = 120.0  # a host that wants a longer pause is left alone until the next run
_TRAVELS = {b"User-Agent", b"Accept", b"Accept-Encoding", b"Accept-Language", b"If-None-Match", b"If-Modified-Since"}


class _Middleware:
    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> _Middleware:
        return cls(crawler)

    @property
    def state(self) -> State:
        return self.crawler.spider.state  # type: ignore[union-attr]


class Robots(_Middleware):
    """robots.txt is asked once per host and obeyed. A host without one, or whose robots.txt cannot be had, has not
    forbidden anything (RFC 9309 would leave out a host whose robots.txt answers 500; such hosts mostly answer 500 to
    every unknown address)."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.loading: dict[tuple[str, str], asyncio.Future[Protego | None]] = {}

    async def process_request(self, request: Request) -> None:
        if request.meta.get("is_robots"):
            return
        key = (request.url.partition(":")[0], netloc(request.url))
        if key not in self.state.rules:
            if key not in self.loading:
                self.loading[key] = asyncio.ensure_future(self._load(request))
            self.state.rules[key] = await asyncio.shield(self.loading[key])
        if "sweep" in request.meta:
            return  # each of its addresses is judged in its turn
        reason = self.state.forbidden(request.url)
        if reason:
            raise Failure("refused", reason, retry=False)

    async def _load(self, request: Request) -> Protego | None:
        url = urljoin(request.url, "/robots.txt")
        meta = {"is_robots": True, "asked": request.meta["asked"], "limit": ROBOTS_BYTES, "seconds": ROBOTS_SECONDS}
        ask = Request(url, headers={"User-Agent": self.state.user_agent, "Accept": "text/plain, */*;q=0.5"},
                      meta=meta, callback=NO_CALLBACK, dont_filter=True, priority=10)  # fmt: skip
        try:
            response = await self.crawler.engine.download_async(ask)  # type: ignore[union-attr]
        except Exception:
            return None  # the request itself will meet the same fault and say so
        if response.status != 200:
            return None
        rules = Protego.parse(response.body.decode("utf-8", "replace"))
        wanted = rules.crawl_delay(AGENT)
        slot = self.crawler.engine.downloader.slots.get(host_of(url))  # type: ignore[union-attr]
        if wanted and slot is not None:
            slot.delay = max(slot.delay, min(float(wanted), MAX_DELAY))
            self.state.floors[host_of(url)] = slot.delay
        return rules


class Retry(_Middleware):
    """A passing fault gets another try. A server that says how long to wait is obeyed for the whole host."""

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        kind = RETRY_STATUS.get(response.status)
        if kind is None or request.meta.get("is_robots"):
            return response
        host = host_of(request.url)
        wanted = retry_after(response.headers.get("Retry-After"), datetime.now(UTC))
        if wanted is not None and wanted > MAX_RETRY_AFTER:
            said = f"{host} asks to be left alone for {wanted:,.0f} s (HTTP {response.status})"
            self.state.closed[host] = said
            request.meta["said"] = said
            return response
        again = _again(request, kind)
        if again is None:
            return response
        wait = max(wanted or 0.0, _backoff(request))
        if wanted is not None or kind == "throttled":
            self.state.pause(host, wait)
        else:
            await asyncio.sleep(wait)
        return again

    async def process_exception(self, request: Request, exception: Exception) -> Request | None:
        if not isinstance(exception, Failure) or not exception.retry or request.meta.get("is_robots"):
            return None
        again = _again(request, exception.kind)
        if again is not None:
            await asyncio.sleep(_backoff(request))
        return again


class Redirect(_Middleware):
    """Follows at most MAX_REDIRECTS, to web addresses only; keys and other headers of ours stay with the host they
    were meant for. Each step passes robots.txt, the pace and the address check like any request."""

    def process_response(self, request: Request, response: Response) -> Request | Response:
        location = response.headers.get("Location")
        if response.status not in (301, 302, 303, 307, 308) or not location:
            return response
        steps = request.meta.get("steps", 0) + 1
        if steps > MAX_REDIRECTS:
            said = f"more than {MAX_REDIRECTS} redirects, the last to {location.decode('utf-8', 'replace')[:200]}"
            raise Failure("redirect_limit", said, response.status)
        meta = {key: value for key, value in request.meta.items() if key not in ("download_slot", "tries")}
        to_get = response.status == 303 or (response.status in (301, 302) and request.method == "POST")
        try:
            url = _target(request, location.decode("utf-8", "replace").strip())
            keep = netloc(url) == netloc(request.url) and urlsplit(url).scheme == urlsplit(request.url).scheme
            again = request.replace(
                url=url,
                headers={name: value for name, value in request.headers.items() if keep or name in _TRAVELS},
                meta={**meta, "steps": steps},
                dont_filter=True,
                method="GET" if to_get else request.method,
                body=b"" if to_get else request.body,
            )
            netloc(again.url)
        except ValueError as error:
            said = f"it redirects to {location.decode('utf-8', 'replace')[:200]!r}: {error}"
            raise Failure("refused", said, response.status) from error
        return again


def _target(request: Request, location: str) -> str:
    """The address a redirect leads to; ValueError when it is not one to go to. Names are judged when they resolve."""
    url = urljoin(request.url, location)
    host = urlsplit(url).hostname
    if urlsplit(url).scheme not in ("http", "https") or not host:
        raise ValueError("that is no web address")
    asked = request.meta["asked"]
    try:
        literal = str(ipaddress.ip_address(host))
    except ValueError:
        return url
    reason = why_not(literal, private_allowed=asked.source.allow_private and netloc(url) in asked.own)
    if reason:
        raise ValueError(f"{reason}; such addresses are not connected to")
    return url


def retry_after(value: bytes | None, now: datetime) -> float | None:
    """Seconds a Retry-After header asks to wait: a number of seconds or a date; None when there is none to read."""
    text = (value or b"").decode("latin-1").strip()
    if text.isdigit():
        return float(text)
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return max(0.0, ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds())


def _again(request: Request, kind: str) -> Request | None:
    tries = request.meta.get("tries", 0) + 1
    if tries > RETRIES.get(kind, 0):
        return None
    return request.replace(meta={**request.meta, "tries": tries}, dont_filter=True, priority=request.priority - 1)


def _backoff(request: Request) -> float:
    seconds = BACKOFF_SECONDS[min(request.meta.get("tries", 0), len(BACKOFF_SECONDS) - 1)]
    return seconds * random.uniform(0.75, 1.25)  # so that many sources do not come back at the same moment
