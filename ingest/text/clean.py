"""Readable text out of what an archive holds, with the way back: which character of the archive each one came from.

Three forms come in: markup (a page or a feed summary), the pages of a PDF, and plain text. `Clean.text` is what gets
tagged and stored; `Clean.source_span` turns a quote's offsets into offsets in the archived answer, so that a quote can
always be cut out of the original again.
"""

from __future__ import annotations

import html
import re
import unicodedata
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.composed import composed, is_composed

_OPENING = re.compile(r"<!--|<(script|style|noscript|nav|footer|svg|template|form|button)\b", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)\b[^<>]{0,4000}>|<[!?][^<>]{0,4000}>")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
        "title",
    ]
)
# What feeds and news systems add around an item; dropped line by line, whatever the source.
_BOILERPLATE = re.compile(
    r"^(?:read (?:more|the full|full|also)\b.{0,80}|continue reading\b.{0,80}|lees (?:meer|verder"
    r"|ook)\b.{0,80}|lire (?:la suite|aussi)\b.{0,80}"
    r"|leer más\b.{0,60}|the post .{0,300} appeared first on .{0,200}|(?:share|tweet|print|email) (?:this|on)\b.{0,40}"
    r"|click here\b.{0,80}|subscribe\b.{0,80}|all rights reserved.{0,80}|please (?:refer to the attached|see "
    r"attached|download).{0,60}"
    r"|©.{0,120}|advertisement|sign up (?:for|to)\b.{0,80}|follow us on\b.{0,80}|view (?:original|this email).{0,60})$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Clean:
    """`text` and, per character, its offset in the source; None when text and source are the same string."""

    text: str
    origin: NDArray[np.int32] | None = None
    ends: NDArray[np.int32] | None = None  # offset behind each character's source (an entity is several characters)
    pages: tuple[int, ...] = ()  # offset in `text` at which each PDF page starts

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """Where `text[start:end]` stands in the source."""
        if self.origin is None or self.ends is None or start >= end:
            return start, end
        return int(self.origin[start]), int(self.ends[end - 1])

    def page_of(self, offset: int) -> int | None:
        """The PDF page, counted from 1, that a character of `text` stands on; None when there are no pages."""
        return int(np.searchsorted(self.pages, offset, side="right")) or None if self.pages else None


def from_plain(source: str) -> Clean:
    """Plain text in Unicode normal form C; the way back is kept when normalising moved characters."""
    if is_composed(source):
        return Clean(source)
    pieces = [(composed(cluster), start, end) for cluster, start, end in _clusters(source)]
    return _assemble(pieces)


def from_markup(source: str) -> Clean:
    """The readable text of a page or summary: tags gone, blocks as lines, entities decoded, boilerplate lines
    dropped."""
    if "<" not in source and "&" not in source:
        return from_plain(source)
    pieces: list[tuple[str, int, int]] = []
    position = 0
    hidden = iter([*_hidden(source), (len(source) + 1, len(source) + 1)])
    skip_start, skip_end = next(hidden)
    for match in _TAG.finditer(source):
        while match.start() >= skip_end:
            skip_start, skip_end = next(hidden)
        if skip_start <= match.start() < skip_end:
            if position < skip_start:
                pieces.extend(_decoded(source, position, skip_start))
                pieces.append((" ", skip_start, skip_start))
            position = max(position, skip_end)
            continue
        if match.start() > position:
            pieces.extend(_decoded(source, position, match.start()))
        if match.group(2) and match.group(2).lower() in _BLOCKS:
            pieces.append(("\n", match.start(), match.end()))
        position = max(position, match.end())
    if position < len(source):
        pieces.extend(_decoded(source, position, len(source)))
    return _without_boilerplate(_tidy(_assemble(pieces)))


def from_pages(pages: Sequence[str]) -> Clean:
    """The pages of a PDF as one text; `page_of` finds the page again. Running heads and feet are dropped."""
    repeated = _repeated_lines(pages)
    kept = ["\n".join(line for line in page.splitlines() if _plain(line) not in repeated) for page in pages]
    starts, position = [], 0
    for page in kept:
        starts.append(position)
        position += len(page) + 2
    if all(map(is_composed, kept)):
        return Clean("\f\n".join(kept), pages=tuple(starts))
    return from_pages([composed(page) for page in pages])


def _hidden(source: str) -> Iterator[tuple[int, int]]:
    """Spans of scripts, menus and comments. An element that never closes hides nothing; each name is looked for
    once."""
    position, unclosed = 0, set()
    for match in _OPENING.finditer(source):
        closing = f"</{match.group(1).lower()}" if match.group(1) else "-->"
        if match.start() < position or closing in unclosed:
            continue
        end = re.compile(re.escape(closing), re.IGNORECASE).search(source, match.end())
        if end is None:
            unclosed.add(closing)
            continue
        bracket = source.find(">", end.start())
        position = bracket + 1 if bracket != -1 else len(source)
        yield match.start(), position


def _plain(line: str) -> str:
    return re.sub(r"\d+", "0", line.strip().casefold())


def _repeated_lines(pages: Sequence[str]) -> frozenset[str]:
    """First and last lines that recur on more than half of four or more pages, numbers aside."""
    if len(pages) < 4:
        return frozenset()
    counts: dict[str, int] = {}
    for page in pages:
        lines = [_plain(line) for line in page.splitlines() if line.strip()]
        for line in set(lines[:2] + lines[-2:]):
            counts[line] = counts.get(line, 0) + 1
    return frozenset(line for line, count in counts.items() if count > len(pages) / 2 and len(line) < 120)


def _clusters(source: str) -> Iterable[tuple[str, int, int]]:
    """Base characters with the combining marks behind them: the units that normalising may merge."""
    start = 0
    for position in range(1, len(source)):
        if not unicodedata.combining(source[position]) and not "\u1160" <= source[position] <= "\u11ff":
            yield source[start:position], start, position
            start = position
    if source:
        yield source[start:], start, len(source)


def _decoded(source: str, start: int, end: int) -> Iterable[tuple[str, int, int]]:
    position = start
    for match in _ENTITY.finditer(source, start, end):
        if match.start() > position:
            yield source[position : match.start()], position, match.start()
        yield html.unescape(match.group()), match.start(), match.end()
        position = match.end()
    if position < end:
        yield source[position:end], position, end


def _assemble(pieces: Iterable[tuple[str, int, int]]) -> Clean:
    """Join pieces; a piece as long as its source maps character by character, any other maps to its whole source."""
    texts: list[str] = []
    origins, ends = array("i"), array("i")
    for text, start, end in pieces:
        texts.append(text)
        if len(text) == end - start:
            origins.extend(range(start, end))
            ends.extend(range(start + 1, end + 1))
        else:
            origins.extend([start] * len(text))
            ends.extend([end] * len(text))
    return Clean("".join(texts), np.array(origins, np.int32), np.array(ends, np.int32))


def _keep(clean: Clean, mask: NDArray[np.bool_]) -> Clean:
    text = "".join(character for character, kept in zip(clean.text, mask.tolist(), strict=True) if kept)
    if clean.origin is None or clean.ends is None:
        index = np.flatnonzero(mask).astype(np.int32)
        return Clean(text, index, index + 1)
    return Clean(text, clean.origin[mask], clean.ends[mask])


def _tidy(clean: Clean) -> Clean:
    """Runs of blanks become their first; three or more line breaks become two."""
    mask = np.ones(len(clean.text), bool)
    for match in re.finditer(r"[ \t\u00a0]{2,}|\n[ \t\u00a0]+(?=\n)|\n{3,}", clean.text):
        mask[match.start() + (2 if match.group().startswith("\n\n") else 1) : match.end()] = False
    return _keep(clean, mask)


def _without_boilerplate(clean: Clean) -> Clean:
    mask = np.ones(len(clean.text), bool)
    position = 0
    for line in clean.text.split("\n"):
        if _BOILERPLATE.match(line.strip()[:500]):
            mask[position : position + len(line)] = False
        position += len(line) + 1
    return clean if mask.all() else _keep(clean, mask)
