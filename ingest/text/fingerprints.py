"""What is remembered of a document to recognise its copies, its story and its series: numbers and keys, no text.

Everything here depends on one document alone (the word weights are shipped), so a fingerprint never changes because
another document arrived.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode, urlsplit

import numpy as np
from numpy.typing import NDArray

from .story_words import cell, weights
from .tokens import Words, fold, words_of

SHINGLE = 5  # words
SKETCH = 256  # smallest shingle hashes kept; texts with fewer shingles are compared exactly
TERMS = 60  # heaviest words kept of a text
READ = 1500  # words of a text looked at
NUMBERS_READ = 400  # words of a text whose numbers count: further down they tell of other happenings
HAN = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
THOUSANDS = re.compile(r"[.,’'\u00a0\u202f ]\d{3}")
_MULTIPLY = np.uint64(0x9E3779B97F4A7C15)
_TRACKING = re.compile(r"^(?:utm_|fbclid|gclid|mc_|cmp|ref$|ref_|source$|rss|ns_|at_|xtor|partner)", re.IGNORECASE)
_MONTH_NAMES = """
    january february march april may june july august september october november december jan feb mar apr jun jul
    aug sep sept oct nov dec januari februari maart mei juni juli augustus oktober janvier fevrier mars avril mai
    juin juillet aout septembre octobre novembre decembre enero febrero marzo abril mayo junio julio agosto
    septiembre octubre noviembre diciembre يناير فبراير مارس ابريل مايو يونيو يوليو اغسطس سبتمبر اكتوبر نوفمبر
    ديسمبر monday tuesday wednesday thursday friday saturday sunday
"""
_MONTHS = frozenset(_MONTH_NAMES.split())
_CITED = re.compile(
    r"(?:[Aa]ccording to|[Vv]olgens|[Ss]elon|[Dd]’après|[Ss]egún|[Rr]eported by|[Aa] report by|[Aa] report "
    r"from|[Ii]n a report by|told)\s+"
    r"(?:a (?:new )?report (?:by|from)\s+)?(?:the\s+|de\s+|het\s+|le\s+|la\s+|l['’]\s*|el\s+)?"
    r"((?:[A-Z][\w&.’'-]*)(?:\s+(?:of|for|on|van|voor|de|des|du|and|the|[A-Z][\w&.’'-]*)){0,6})"
)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """One document as far as stories are concerned. `terms` are sorted cells, `weights` has length 1."""

    document_id: str
    source_id: str
    origin_family: str
    url_key: str
    published: datetime | None
    digest: int
    sketch: NDArray[np.uint64]
    shingles: int
    terms: NDArray[np.int32]
    weights: NDArray[np.float32]
    numbers: frozenset[str]
    places: frozenset[str]
    title_key: str
    title_marks: tuple[str, ...]
    cited: str


@lru_cache(maxsize=200_000)
def _hash(word: str) -> int:
    return zlib.crc32(word.encode()) * 2654435761 % (1 << 61)


def url_key(url: str) -> str:
    """An address without scheme, `www.`, tracking parameters and fragment: what makes it the same page."""
    if not url:
        return ""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return url.strip()
    query = urlencode(sorted(item for item in parse_qsl(parts.query) if not _TRACKING.match(item[0])))
    host = parts.netloc.casefold().removeprefix("www.").removeprefix("m.")
    path = re.sub(r"/(?:amp|index\.html?)?/*$", "", parts.path)
    return f"{host}{path}" + (f"?{query}" if query else "")


def fingerprint(
    *,
    document_id: str,
    title: str,
    text: str,
    words: Words | None = None,
    source_id: str = "",
    origin_family: str = "",
    url: str = "",
    published: datetime | None = None,
    places: Iterable[str] = (),
) -> Fingerprint:
    """The fingerprint of a document. `places` are ids of the countries and regions it is about."""
    words = words or words_of(text)
    folded = words.folded[:READ]
    hashes = np.fromiter((_hash(word) for word in folded), np.uint64, len(folded))
    sketch, count = _sketch(hashes)
    title_words = words_of(title)
    terms, lengths = _terms(folded, words.starts, text, title_words.folded)
    key, marks = _title_key(title_words.folded)
    cited = _CITED.search(text[:2000])
    return Fingerprint(
        document_id=document_id,
        source_id=source_id,
        origin_family=origin_family or source_id,
        url_key=url_key(url),
        published=published,
        digest=zlib.crc32(" ".join(folded).encode()),
        sketch=sketch,
        shingles=count,
        terms=terms,
        weights=lengths,
        numbers=numbers_of(folded[:NUMBERS_READ], words.starts, words.ends, text),
        places=frozenset(places),
        title_key=key,
        title_marks=marks,
        cited=_origin_key(cited.group(1)) if cited else "",
    )


def _origin_key(name: str) -> str:
    """The folded name of a cited body, small words and the word 'organisation' aside."""
    small = {"of", "for", "on", "van", "voor", "de", "des", "du", "and", "the", "reports", "report"}
    return " ".join(fold(word) for word in re.findall(r"\w+", name) if fold(word) not in small)[:60]


def _is_year(word: str) -> bool:
    return len(word) == 4 and word[:2] in ("19", "20")


def _sketch(hashes: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], int]:
    if len(hashes) < SHINGLE:
        return np.sort(np.unique(hashes)), len(np.unique(hashes))
    combined = np.zeros(len(hashes) - SHINGLE + 1, np.uint64)
    with np.errstate(over="ignore"):
        for offset in range(SHINGLE):
            combined = combined * _MULTIPLY + hashes[offset : offset + len(combined)]
            combined ^= combined >> np.uint64(29)
    distinct = np.unique(combined)
    return distinct[:SKETCH], len(distinct)


def _terms(
    folded: Sequence[str], starts: Sequence[int], text: str, title: Sequence[str]
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    counts: dict[int, float] = {}
    for word, start in zip(folded, starts, strict=False):
        name = 1.6 if text[start].isupper() else 1.0  # names carry a story
        for spot in _cells(word):
            counts[spot] = counts.get(spot, 0.0) + name
    for word in title:
        for spot in _cells(word):
            counts[spot] = counts.get(spot, 0.0) + 2.0
    if not counts:
        return np.zeros(0, np.int32), np.zeros(0, np.float32)
    cells = np.fromiter(counts, np.int32, len(counts))
    values = np.log1p(np.fromiter(counts.values(), np.float32, len(counts))) * weights()[cells]
    best = np.lexsort((cells, -values))[:TERMS]
    order = best[np.argsort(cells[best])]
    length = float(np.sqrt((values[order] ** 2).sum())) or 1.0
    return cells[order], (values[order] / length).astype(np.float32)


@lru_cache(maxsize=200_000)
def _cells(word: str) -> tuple[int, ...]:
    """The cell of a word, or of each pair of signs of a text without spaces; of a number or one or two letters none."""
    if HAN.match(word):
        return tuple(cell(word[at : at + 2]) for at in range(len(word) - 1))
    return (cell(word),) if len(word) > 2 and not word.isdigit() else ()


def numbers_of(folded: Sequence[str], starts: Sequence[int], ends: Sequence[int], text: str) -> frozenset[str]:
    """The numbers of two digits and more, years aside: tolls and amounts, which cross languages. "18,000", "18.000" and
    "18 000" are one number."""
    found = set()
    at = 0
    while at < len(folded):
        digits, end = folded[at], at + 1
        if digits.isdecimal() and len(digits) <= 3:
            while end < len(folded) and THOUSANDS.fullmatch(text[ends[end - 1] : ends[end]]):
                digits, end = digits + folded[end], end + 1
        if digits.isdecimal() and len(digits) > 1 and not _is_year(digits):
            found.add(str(int(digits)))
        at = end
    return frozenset(found)


def _title_key(folded: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """The title without its numbers and months, and those numbers and months: a series keeps the first, changes the
    second."""
    marks = tuple(word for word in folded if any(c.isdigit() for c in word) or word in _MONTHS)
    rest = [word for word in folded if word not in marks]
    return " ".join(rest) if len(rest) >= 2 else "", marks


def containment(a: Fingerprint, b: Fingerprint) -> float:
    """Estimated Jaccard similarity of the shingle sets, exact for texts of up to SKETCH shingles."""
    if not a.shingles or not b.shingles:
        return 0.0
    if a.shingles <= SKETCH and b.shingles <= SKETCH:
        shared = len(np.intersect1d(a.sketch, b.sketch, assume_unique=True))
        return shared / (len(a.sketch) + len(b.sketch) - shared)
    union = np.union1d(a.sketch, b.sketch)[:SKETCH]
    both = np.intersect1d(np.intersect1d(union, a.sketch, assume_unique=True), b.sketch, assume_unique=True)
    return len(both) / max(len(union), 1)


def cosine(a: Fingerprint, b: Fingerprint) -> float:
    """Cosine of the heaviest words."""
    if not len(a.terms) or not len(b.terms):
        return 0.0
    spots = np.minimum(b.terms.searchsorted(a.terms), len(b.terms) - 1)  # both sorted, without doubles
    shared = b.terms[spots] == a.terms
    return float((a.weights[shared] * b.weights[spots[shared]]).sum())


def figure_overlap(a: Fingerprint, b: Fingerprint) -> float:
    """Shared numbers over all numbers; 0 when one of the two holds none."""
    return len(a.numbers & b.numbers) / len(a.numbers | b.numbers) if a.numbers and b.numbers else 0.0


def place_overlap(a: Fingerprint, b: Fingerprint) -> float | None:
    """Shared places over all places; None when one of the two names none."""
    if not a.places or not b.places:
        return None
    return len(a.places & b.places) / len(a.places | b.places)
