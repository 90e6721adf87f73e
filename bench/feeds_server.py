"""A local server of invented feeds for `bench.feeds`: `python -m bench.feeds_server FEEDS` prints its port."""

from __future__ import annotations

import asyncio
import random
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import ClassVar

ITEMS = 50
LONGEST_SECONDS = 1800
_WORDS = ["report", "road", "market", "school", "clinic", "convoy", "district", "harvest", "return", "water", "winter"]
_START = datetime(2026, 11, 1, tzinfo=UTC)


def feed(number: int) -> bytes:
    """RSS 2.0 of about 22 kB; the same number always gives the same bytes."""
    rng = random.Random(number)
    items = []
    for item in range(ITEMS):
        words = " ".join(rng.choices(_WORDS, k=40))
        link = f"http://feeds.example/{number}/{item}"
        at = format_datetime(_START + timedelta(minutes=number + 60 * item))
        items.append(
            f"<item><title>{' '.join(rng.choices(_WORDS, k=7))} {number}-{item}</title><link>{link}</link>"
            f'<guid isPermaLink="false">{number}-{item}</guid><pubDate>{at}</pubDate>'
            f"<description>&lt;p&gt;{words} &lt;a href='{link}'&gt;more&lt;/a&gt;&lt;/p&gt;</description></item>"
        )
    head = f"<title>Feed {number}</title><link>http://feeds.example/{number}</link><description>invented</description>"
    text = f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{head}{"".join(items)}</channel></rss>'
    return text.encode()


class _Connection(asyncio.Protocol):
    """HTTP/1.1 with keep-alive and If-None-Match; as little work as possible, so that the clients are measured."""

    feeds: ClassVar[list[bytes]] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.waiting = b""

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        while b"\r\n\r\n" in self.waiting:
            head, self.waiting = self.waiting.split(b"\r\n\r\n", 1)
            self.transport.write(self.answer(head))  # type: ignore[attr-defined]

    def answer(self, head: bytes) -> bytes:
        path = head.split(b" ", 2)[1]
        if not path.startswith(b"/feed/"):
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        number = int(path[6:])
        tag = b'ETag: "%d"\r\n' % number
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if name.lower() == b"if-none-match" and value.strip() == b'"%d"' % number:
                return b"HTTP/1.1 304 Not Modified\r\n" + tag + b"\r\n"
        body = self.feeds[number]
        kind = b"Content-Type: application/rss+xml\r\n"
        return b"HTTP/1.1 200 OK\r\n" + tag + kind + b"Content-Length: %d\r\n\r\n" % len(body) + body


async def main(count: int) -> None:
    """Serve on a free port of 127.0.0.1, for half an hour at most."""
    _Connection.feeds = [feed(number) for number in range(count)]
    server = await asyncio.get_running_loop().create_server(_Connection, "127.0.0.1", 0, backlog=200)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await asyncio.sleep(LONGEST_SECONDS)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
