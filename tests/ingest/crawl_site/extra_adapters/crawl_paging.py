"""A test adapter whose pages are numbered; page 3 is the last. Page `/pages/die` kills the crawl process."""

import os
import signal
from urllib.parse import urlsplit

from ingest.model import Request


def requests(source, since):
    return ()


def parse(answer, source):
    return ()


def follow(answer, source):
    parts = urlsplit(answer.url)
    root = f"{parts.scheme}://{parts.netloc}"
    if parts.path == "/pages/die":
        os.kill(os.getpid(), signal.SIGKILL)
    if parts.path == "/pages/raise":
        raise KeyError("a fault of the adapter")
    if parts.path == "/pages/elsewhere":
        yield Request("http://other.example/page")
    number = parts.path.rsplit("/", 1)[1]
    if number.isdigit() and int(number) < 3:
        yield Request(f"{root}/pages/{int(number) + 1}")
        yield Request(answer.url)
