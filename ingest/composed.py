"""One Unicode form of any text, at a cost in proportion to its length.

Putting marks into their canonical order takes the square of the length of a run of marks: a hundred thousand of them
on one letter, which a feed may well send, would keep a core busy for minutes. Unicode's own rule for streams (UAX 15,
"Stream-Safe Text Format") allows thirty marks in a row; no writing system needs more, so the others are dropped.
"""

from __future__ import annotations

import re
import unicodedata

import numpy as np

MOST_MARKS = 30
_LAST = 0x1E950  # no mark that is reordered has a higher number
_MARKS = "".join(letter for letter in map(chr, range(0x300, _LAST)) if unicodedata.combining(letter))
_TOO_MANY = re.compile(f"([{_MARKS}]{{{MOST_MARKS}}})[{_MARKS}]+")
_IS_MARK = np.array([bool(unicodedata.combining(chr(code))) for code in range(_LAST + 1)])
# Normalising may make two marks of one (U+0344), so what was cut and normalised can have somewhat more.
_UNRULY = 2 * MOST_MARKS + 4


def composed(text: str) -> str:
    """The text in Unicode normal form C, runs of marks cut at thirty."""
    if text.isascii():
        return text
    if _longest_run(text) > MOST_MARKS:
        text = _TOO_MANY.sub(r"\1", text)
    return unicodedata.normalize("NFC", text)


def is_composed(text: str) -> bool:
    """Whether the text is in normal form C and has no run of marks that nobody writes."""
    return text.isascii() or (_longest_run(text) < _UNRULY and unicodedata.is_normalized("NFC", text))


def _longest_run(text: str) -> int:
    """The most marks in a row; counted in an array, a pattern takes fifty times as long."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    others = np.flatnonzero(~_IS_MARK[np.minimum(codes, _LAST)])
    return int(np.diff(others, prepend=-1, append=len(codes)).max()) - 1
