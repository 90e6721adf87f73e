"""Decoding with a bound: the same bytes in whatever pieces, never more than allowed, no half stream for a whole."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.crawl_decode import BadEncoding, Body, CutShort, TooLarge, decode, encodings

PACKERS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": lambda data: brotli.compress(data, quality=2),
    "identity": bytes,
    "gzip, br": lambda data: brotli.compress(gzip.compress(data), quality=2),
}


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=3000), st.integers(1, 50), st.integers(1, 999), st.sampled_from(list(PACKERS)))
def test_pieces_of_any_size_give_the_same_bytes(data: bytes, repeat: int, step: int, coding: str) -> None:
    whole = data * repeat
    packed = PACKERS[coding](whole)
    body = Body(coding, max(len(whole), len(packed)) + 1000)
    for start in range(0, len(packed), step):
        body.add(packed[start : start + step])
    assert body.whole() == whole


@settings(max_examples=100, deadline=None)
@given(st.binary(min_size=50, max_size=3000), st.sampled_from(["gzip", "deflate", "br"]), st.floats(0.05, 0.95))
def test_a_stream_that_is_cut_is_not_taken_for_a_whole_one(data: bytes, coding: str, part: float) -> None:
    packed = PACKERS[coding](data)
    with pytest.raises(CutShort):
        decode(packed[: max(1, int(len(packed) * part))], coding, 1_000_000)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "gzip, br"])
def test_a_bomb_is_refused_before_it_goes_off(coding: str) -> None:
    packed = PACKERS[coding](b"\0" * 60_000_000)
    tracemalloc.start()
    with pytest.raises(TooLarge) as caught:
        decode(packed, coding, 2_000_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert caught.value.limit == 2_000_000
    assert peak < 12_000_000


def test_the_limit_is_exact() -> None:
    assert len(decode(gzip.compress(b"x" * 1000), "gzip", 1000)) == 1000
    with pytest.raises(TooLarge):
        decode(gzip.compress(b"x" * 1001), "gzip", 1000)
    with pytest.raises(TooLarge):
        decode(b"x" * 1001, "", 1000)


def test_several_members_padding_and_raw_deflate() -> None:
    assert decode(gzip.compress(b"one") + gzip.compress(b"two") + b"\0\0\0", "gzip", 100) == b"onetwo"
    assert decode(zlib.compress(b"raw words")[2:-4], "deflate", 100) == b"raw words"


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate", "zstd", "gzip, gzip, gzip"])
def test_what_is_not_so_encoded_is_said(coding: str) -> None:
    with pytest.raises(BadEncoding):
        decode(b"<html>", coding, 1000)


def test_names() -> None:
    assert encodings("") == encodings("identity") == []
    assert encodings(" GZIP , br") == ["gzip", "br"]
    assert decode(b"", "gzip", 100) == b"", "no body has no encoding"
