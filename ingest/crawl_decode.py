"""Content decoding with a bound: a compressed answer may never become larger than the source is allowed to be.

The decoder works on the stream, so that a compression bomb is refused after the first bytes over the limit instead of
after it has filled the memory, and so that a stream that ends too early is told apart from a whole one.
"""

from __future__ import annotations

import zlib
from typing import Protocol

import brotli

ACCEPT_ENCODING = "gzip, deflate, br"
_STEP = 1 << 18  # bytes of output asked from a decompressor at a time


class TooLarge(Exception):
    """The answer is larger than the limit, in bytes, after decoding."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit:,} bytes after decoding")
        self.limit = limit


class BadEncoding(Exception):
    """The bytes are not what the Content-Encoding header says."""


class CutShort(BadEncoding):
    """The compressed stream ends before its end mark."""


class _Decoder(Protocol):
    def feed(self, data: bytes, room: int) -> bytes:
        """Decoded bytes; raises TooLarge when they are more than `room`."""

    def finish(self) -> None:
        """Raises CutShort when the stream is not complete."""


class _Zlib:
    """gzip (also several members in a row) and deflate, with or without the zlib header."""

    def __init__(self, name: str) -> None:
        self.gzip = name != "deflate"
        self.decoder = zlib.decompressobj(31 if self.gzip else 15)
        self.seen = 0  # compressed bytes fed to the present member
        self.held = b""  # a single first byte: the second tells what kind of stream it is

    def feed(self, data: bytes, room: int) -> bytes:
        data, self.held = self.held + data, b""
        parts: list[bytes] = []
        while data:
            if self.decoder.eof:
                if not self.gzip or not b"\x1f\x8b".startswith(data[:2]):
                    break  # padding after the end: browsers ignore it too
                self.decoder, self.seen = zlib.decompressobj(31), 0
            if not self.seen and len(data) < 2:
                self.held = data
                break
            part = self._step(data, room)
            room -= len(part)
            if room < 0:
                raise TooLarge(0)
            parts.append(part)
            self.seen += len(data)
            data = self.decoder.unconsumed_tail or self.decoder.unused_data
        return b"".join(parts)

    def _step(self, data: bytes, room: int) -> bytes:
        size = min(_STEP, room + 1)
        try:
            return self.decoder.decompress(data, size)
        except zlib.error as error:
            if self.seen or self.gzip:
                raise BadEncoding(str(error)) from None
            self.decoder = zlib.decompressobj(-15)  # raw deflate, as some servers send it
            try:
                return self.decoder.decompress(data, size)
            except zlib.error as second:
                raise BadEncoding(str(second)) from None

    def finish(self) -> None:
        if not self.decoder.eof:
            raise CutShort("the compressed answer ends too early")


class _Brotli:
    def __init__(self) -> None:
        self.decoder = brotli.Decompressor()

    def feed(self, data: bytes, room: int) -> bytes:
        parts: list[bytes] = []
        while True:
            try:
                part = self.decoder.process(data, output_buffer_limit=min(_STEP, room + 1))
            except brotli.error as error:
                raise BadEncoding(str(error)) from None
            room -= len(part)
            if room < 0:
                raise TooLarge(0)
            parts.append(part)
            data = b""
            if self.decoder.is_finished() or not part:
                return b"".join(parts)

    def finish(self) -> None:
        if not self.decoder.is_finished():
            raise CutShort("the compressed answer ends too early")


def encodings(header: str) -> list[str]:
    """The codings of a Content-Encoding header, outermost last; unknown ones raise BadEncoding."""
    names = [name.strip().lower() for name in header.split(",")]
    names = [name for name in names if name not in ("", "identity", "none", "utf-8")]
    for name in names:
        if name not in ("gzip", "x-gzip", "deflate", "br"):
            raise BadEncoding(f"content encoding {name!r}, which was not asked for")
    if len(names) > 2:
        raise BadEncoding(f"{len(names)} layers of content encoding")
    return names


class Body:
    """Collects one answer's body: `add` the bytes as they arrive, then `whole()`. `limit` is in bytes, decoded."""

    def __init__(self, content_encoding: str, limit: int) -> None:
        self.limit = limit
        self.size = 0
        self.received = 0
        self.parts: list[bytes] = []
        self.layers: list[_Decoder] = [
            _Brotli() if name == "br" else _Zlib(name) for name in reversed(encodings(content_encoding))
        ]

    def add(self, data: bytes) -> None:
        """Take in received bytes; raises TooLarge or BadEncoding."""
        self.received += len(data)
        room = self.limit - self.size
        try:
            for layer in self.layers:
                data = layer.feed(data, room)
        except TooLarge:
            raise TooLarge(self.limit) from None
        self.size += len(data)
        if self.size > self.limit or self.received > self.limit:
            raise TooLarge(self.limit)
        if data:
            self.parts.append(data)

    def whole(self) -> bytes:
        """The decoded body; raises CutShort when a compressed stream is incomplete."""
        if self.received:  # an empty body is empty in every coding
            for layer in self.layers:
                layer.finish()
        return b"".join(self.parts)


def decode(data: bytes, content_encoding: str, limit: int) -> bytes:
    """A complete body decoded at once; errors as in `Body`."""
    body = Body(content_encoding, limit)
    body.add(data)
    return body.whole()
