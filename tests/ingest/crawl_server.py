"""A local server that misbehaves, one behaviour a path, on loopback addresses only; bounded in time and count.

Each behaviour can be asked at an address of its own (127.0.0.2, 127.0.0.3, ...), because the crawl asks one host at a
time: a slow behaviour would otherwise hold up the others.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import gzip
import ipaddress
import ssl
import threading
import time
import zlib
from collections import Counter
from pathlib import Path
from urllib.parse import unquote

import brotli
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

FEED = b"""<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>A feed</title>
<link>http://feed.example/</link><description>made for a test</description>
<item><title>One</title><guid>one</guid><link>http://feed.example/1</link></item></channel></rss>"""
EMPTY_FEED = b'<?xml version="1.0"?><rss version="2.0"><channel><title>empty</title></channel></rss>'
BIG = b"x" * 1_500_000
BOMB = gzip.compress(b"\0" * 50_000_000)
ENTITIES = b"""<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c SYSTEM "file:///etc/passwd">]>
<rss version="2.0"><channel><item><title>&b;&c;</title></item></channel></rss>"""
SCRIPTS = (
    FEED.replace(b"One", b"&lt;script&gt;alert(1)&lt;/script&gt;Two")
    .replace(b"<link>http://feed.example/1", b"<link>javascript:alert(1)")
    .replace(b"</item>", b"<pubDate>Mon, 02 Nov 0025 10:00:00 GMT</pubDate></item>")
)
LONGEST_SECONDS = 20.0  # no connection is served longer than this


def plain(body: bytes, kind: str = "application/rss+xml", status: str = "200 OK", **headers: str) -> bytes:
    """A complete answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


class Server:
    """`url(path)` gives the address of a behaviour on a host of its own; `asked` counts requests per path."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: Counter[str] = Counter()
        self.headers: dict[str, dict[str, str]] = {}  # path -> headers of the last request
        self.times: dict[str, list[float]] = {}  # path -> when it was asked
        self.alias: dict[str, str] = {}  # path -> the behaviour it has for now
        self.robots: dict[str, bytes] = {}  # host -> robots.txt
        self._hosts: dict[str, tuple[str, int]] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._servers: list[asyncio.Server] = []

    def url(self, path: str, *, tls: bool = False, host: str | None = None) -> str:
        """The address of a path; `host` names a listener, so that two paths can share one."""
        name = host or path
        if name not in self._hosts:
            address = f"127.0.0.{2 + len(self._hosts)}"
            future = asyncio.run_coroutine_threadsafe(self._listen(address, tls), self._loop)
            self._hosts[name] = (address, future.result(5))
        address, port = self._hosts[name]
        return f"http{'s' if tls else ''}://{address}:{port}{path}"

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    async def _end(self) -> None:
        for server in self._servers:
            server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _listen(self, address: str, tls: bool) -> int:
        context = None
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self_signed(self.folder, address))
        server = await asyncio.start_server(self._serve, address, 0, ssl=context)
        self._servers.append(server)
        return server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                while await self._one(reader, writer):
                    pass
        except (TimeoutError, ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        path = head[0].split(" ")[1]
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        if int(headers.get("content-length", 0)):
            await reader.readexactly(int(headers["content-length"]))
        host = headers["host"]
        if path == "/robots.txt":
            rules = self.robots.get(host)
            writer.write(plain(rules, "text/plain") if rules else plain(b"", status="404 Not Found"))
            await writer.drain()
            return True
        self.asked[path] += 1
        self.headers[path] = headers
        self.times.setdefault(path, []).append(time.monotonic())
        path = self.alias.get(path, path)
        special = getattr(self, "do_" + path.split("?")[0].strip("/").replace("-", "_"), None)
        if special is not None:
            return bool(await special(writer, headers, self.asked[path]))
        writer.write(self.answer(path, headers, self.asked[path]))
        await writer.drain()
        return True

    def answer(self, path: str, headers: dict[str, str], count: int) -> bytes:
        """Behaviours that are one complete answer."""
        table = {
            "/missing": plain(b"gone", status="404 Not Found"),
            "/forbidden": plain(b"no", status="403 Forbidden"),
            "/broken": plain(b"oops", status="500 Internal Server Error"),
            "/flaky": plain(FEED) if count > 1 else plain(b"", status="503 Service Unavailable"),
            "/busy": plain(FEED) if count > 1 else plain(b"", status="429 Too Many Requests", Retry_After="2"),
            "/very-busy": plain(b"", status="429 Too Many Requests", Retry_After="3600"),
            "/bomb": plain(BOMB, Content_Encoding="gzip"),
            "/not-gzip": plain(FEED, Content_Encoding="gzip"),
            "/half-gzip": plain(gzip.compress(FEED)[:80], Content_Encoding="gzip"),
            "/gzip": plain(gzip.compress(FEED), Content_Encoding="gzip"),
            "/deflate": plain(zlib.compress(FEED), Content_Encoding="deflate"),
            "/brotli": plain(brotli.compress(FEED), Content_Encoding="br"),
            "/big": plain(BIG),
            "/html": plain(b"<html><title>moved</title><p>not a feed</p></html>", "text/html"),
            "/octets": plain(FEED, "application/octet-stream"),
            "/bad-utf8": plain(FEED.replace(b"One", b"O\xff\xfene")),
            "/empty-feed": plain(EMPTY_FEED),
            "/entities": plain(ENTITIES),
            "/scripts": plain(SCRIPTS),
            "/empty": plain(b""),
            "/unasked-304": b"HTTP/1.1 304 Not Modified\r\n\r\n",
            "/loop": plain(b"", status="302 Found", Location="/loop"),
            "/moved": plain(b"", status="301 Moved Permanently", Location="/ok"),
            "/cookie": plain(FEED, Set_Cookie="session=secret"),
        }
        if path.startswith(("/etag", "/pages/")):
            if headers.get("if-none-match") == '"v1"':
                return b'HTTP/1.1 304 Not Modified\r\nETag: "v1"\r\n\r\n'
            return plain(FEED, ETag='"v1"', Last_Modified="Mon, 02 Nov 2026 10:00:00 GMT")
        if path.startswith("/to?"):
            return plain(b"", status="302 Found", Location=unquote(path[4:]))
        return table.get(path) or plain(FEED)

    async def do_silent(self, writer: asyncio.StreamWriter, headers: dict[str, str], count: int) -> None:
        await asyncio.sleep(LONGEST_SECONDS)

    async def do_drip(self, writer: asyncio.StreamWriter, headers: dict[str, str], count: int) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")
        while True:
            writer.write(b"<")
            await writer.drain()
            await asyncio.sleep(0.1)

    async def do_endless(self, writer: asyncio.StreamWriter, headers: dict[str, str], count: int) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
            await writer.drain()

    async def do_truncated(self, writer: asyncio.StreamWriter, headers: dict[str, str], count: int) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n<rss")
        await writer.drain()

    async def do_closed(self, writer: asyncio.StreamWriter, headers: dict[str, str], count: int) -> None:
        """Ends the connection without a word."""

    async def do_garbage(self, writer: asyncio.StreamWriter, headers: dict[str, str], count: int) -> None:
        writer.write(b"\x00\x01\x02 this is no HTTP\r\n\r\n")
        await writer.drain()


def self_signed(folder: Path, address: str) -> Path:
    """A certificate nobody signed, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, address)])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(dt.datetime(2020, 1, 1)).not_valid_after(dt.datetime(2120, 1, 1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = folder / f"{address}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path
