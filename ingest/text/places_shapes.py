"""How a word is written, and a span that may be a place."""

from dataclasses import dataclass
from functools import lru_cache

UPPER, TITLE, LOWER, UNCASED, DIGITS = range(5)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Words first..past-1 of the text; `postings` are (place, flag) of the gazetteer, empty for an unknown name."""

    first: int
    past: int
    postings: tuple[tuple[int, int], ...]
    rule: str  # exact | inflected | clitic | possessive | transliteration | unknown


@lru_cache(maxsize=200_000)
def shape_of(word: str) -> int:
    """UPPER (two letters and more), TITLE, LOWER, UNCASED (scripts without case) or DIGITS."""
    start = word[0]
    if start.isdigit():
        return DIGITS
    if start.isupper():
        return UPPER if len(word) > 1 and word.isupper() else TITLE
    return LOWER if start.islower() else UNCASED
