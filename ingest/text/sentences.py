"""Paragraphs and sentences with character offsets into the text they were cut from.

`text[s.start:s.end]` is the sentence, always. Headings, bullets and blank lines end sentences; a line break inside a
paragraph (wrapped PDF text) does not. Nothing is rewritten, so right-to-left text and its control characters stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_BLANK = re.compile(r"[ \t\r\f\v\u00a0]*\n(?:[ \t\r\f\v\u00a0]*\n)+|\f|\u2029")
# A line that starts like a list item, a heading or a table row, or a short line without a final stop before a new line.
_BULLET = re.compile(
    r"\n(?=[ \t\u00a0]*(?:[-*•●▪◦‣·–—►»]+[ \t\u00a0]|#{1,6}|\(?\d{1,2}[.)][ \t]|\(?[a-z][.)][ \t]|\|))"
)
_STOP = re.compile(r"[.!?…؟۔።።]+[\"'”’»)\]]*(?=[\s\u00a0])|[。！？]+")
_ABBREVIATIONS = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "dr",
        "st",
        "prof",
        "gen",
        "col",
        "lt",
        "capt",
        "sgt",
        "gov",
        "sen",
        "rep",
        "hon",
        "rev",
        "no",
        "nos",
        "vs",
        "e.g",
        "i.e",
        "cf",
        "al",
        "art",
        "arts",
        "para",
        "p",
        "pp",
        "ch",
        "sec",
        "fig",
        "vol",
        "ed",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
        "approx",
        "est",
        "inc",
        "ltd",
        "co",
        "corp",
        "u.s",
        "u.n",
        "u.k",
        "dhr",
        "mevr",
        "drs",
        "bijv",
        "nr",
        "blz",
        "enz",
        "ca",
        "o.a",
        "m.b.t",
        "t.a.v",
        "i.v.m",
        "d.w.z",
        "lid",
        "mm",
        "mme",
        "mlle",
        "sr",
        "sra",
        "ud",
        "uds",
        "ee.uu",
    ]
)
_LONGEST = 1200  # characters: a longer run without a stop is cut at a space so that a quote stays readable
_SHORT_LINE = 60


@dataclass(frozen=True, slots=True)
class Sentence:
    """`text[start:end]` is the sentence; `paragraph` counts from 0."""

    start: int
    end: int
    paragraph: int


def split_sentences(text: str) -> list[Sentence]:
    """All sentences of a text in reading order. Empty and letterless pieces are left out."""
    found: list[Sentence] = []
    for number, (start, end) in enumerate(paragraphs(text)):
        for piece_start, piece_end in _blocks(text, start, end):
            for sentence_start, sentence_end in _cut(text, piece_start, piece_end):
                trimmed = _trim(text, sentence_start, sentence_end)
                if trimmed is not None:
                    found.append(Sentence(*trimmed, paragraph=number))
    return found


def paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Spans between blank lines."""
    position = 0
    for gap in _BLANK.finditer(text):
        if gap.start() > position:
            yield position, gap.start()
        position = gap.end()
    if position < len(text):
        yield position, len(text)


def _blocks(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut a paragraph at bullets, headings and short lines that stand alone."""
    position = start
    for newline in _line_breaks(text, start, end):
        if newline > position:
            yield position, newline
        position = newline
    if position < end:
        yield position, end


def _line_breaks(text: str, start: int, end: int) -> Iterator[int]:
    bullets = {match.start() for match in _BULLET.finditer(text, start, end)}
    line_start = start
    newline = text.find("\n", start, end)
    while newline != -1:
        line = text[line_start:newline].strip()
        heading = line.startswith("#") or (line.startswith("**") and line.endswith("**"))
        next_character = text[newline + 1 : newline + 40].lstrip()[:1]
        short = len(line) < _SHORT_LINE and bool(line) and line[-1] not in ",;-–(" and not next_character.islower()
        if newline in bullets or heading or short:
            yield newline
        line_start = newline + 1
        newline = text.find("\n", line_start, end)


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut a block at sentence stops, and at spaces where no stop comes for too long."""
    position = start
    for stop in _STOP.finditer(text, start, end):
        if stop.end() < end and not _ends_sentence(text, position, stop.start(), stop.end(), end):
            continue
        yield from _bounded(text, position, stop.end())
        position = stop.end()
    if position < end:
        yield from _bounded(text, position, end)


def _ends_sentence(text: str, start: int, stop: int, after: int, end: int) -> bool:
    """A full stop ends a sentence unless it follows an abbreviation or initial, or a lower-case letter follows."""
    if text[stop] != ".":
        return True
    following = text[after : min(end, after + 12)].lstrip().lstrip("\"'“‘«([*_¿¡")[:1]
    if following.islower():
        return False
    word = text[max(start, stop - 12) : stop].rsplit(None, 1)[-1:] or [""]
    last = word[0].strip("(\"'“").casefold()
    if last in _ABBREVIATIONS:
        return last == "no" and not following.isdigit()
    return not (len(last) == 1 and last.isalpha() and following.isupper())


def _bounded(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > _LONGEST:
        space = text.rfind(" ", start + _LONGEST // 2, start + _LONGEST)
        cut = space if space != -1 else start + _LONGEST
        yield start, cut
        start = cut
    yield start, end


def _trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The span without outer white space; None when nothing readable is left."""
    piece = text[start:end]
    inner = piece.strip()
    if len(inner) < 2 or not any(character.isalpha() for character in inner[:400]):
        return None
    begin = start + (len(piece) - len(piece.lstrip()))
    return begin, begin + len(inner)
