"""Spans of a text that may be places: names of the gazetteer, and capitalised names it does not know."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ingest.text.places_gazetteer import (
    ALTERNATE,
    CAPITALS,
    COUNTRY,
    CURATED,
    DEMONYM,
    LONGEST_NAME,
    PRIMARY,
    REGION,
    Gazetteer,
)
from ingest.text.places_tokens import Words, key_hash
from ingest.text.places_words import ARTICLES, DESIGNATORS, LINK_WORDS, MONTHS_DAYS, REGION_WORDS, SENTENCE_STARTERS

#: Arabic one-letter words written together with the next: and, so, in, to, like; "لل" stands for "to the".
_CLITICS = "وفبلك"
UPPER, TITLE, LOWER, UNCASED, DIGITS = range(5)
_SMALL_INSIDE = LINK_WORDS | ARTICLES | DESIGNATORS
_FIELDS = frozenset({"gas", "oil", "field", "fields", "oilfield", "oilfields", "gasfield", "airbase"})
_AROUND = frozenset({"countryside", "suburbs", "suburb", "platteland"})
_SMALL_LAST = DESIGNATORS | _FIELDS
_NOT_FIRST = SENTENCE_STARTERS | MONTHS_DAYS


@dataclass(frozen=True, slots=True)
class Candidate:
    """Words first..past-1 of the text; `postings` are (place, flag) of the gazetteer, empty for an unknown name."""

    first: int
    past: int
    postings: tuple[tuple[int, int], ...]
    rule: str  # exact | clitic | possessive | transliteration | unknown


@lru_cache(maxsize=200_000)
def shape_of(word: str) -> int:
    """UPPER (two letters and more), TITLE, LOWER, UNCASED (scripts without case) or DIGITS."""
    start = word[0]
    if start.isdigit():
        return DIGITS
    if start.isupper():
        return UPPER if len(word) > 1 and word.isupper() else TITLE
    return LOWER if start.islower() else UNCASED


def _is_arabic(word: str) -> bool:
    return "\u0600" <= word[0] <= "\u06ff"


def name_candidates(words: Words, shapes: list[int], gazetteer: Gazetteer) -> list[Candidate]:
    """Every span that is a name of the gazetteer and is written like one; spans may overlap."""
    hashes = words.ngram_hashes(LONGEST_NAME)
    starts = np.array(
        [shape != LOWER or words.folded[i] in _SMALL_INSIDE for i, shape in enumerate(shapes)], dtype=bool
    )
    found = []
    for length, grams in enumerate(hashes, start=1):
        spots = np.flatnonzero(starts[: len(grams)] & (grams != 0))
        first, past = gazetteer.find(grams[spots])
        hits = past > first
        for i, low, high in zip(spots[hits].tolist(), first[hits].tolist(), past[hits].tolist(), strict=True):
            if length == 1 and words.folded[i] in DESIGNATORS and not _is_region_called_so(words, i):
                continue
            if words.folded[i : i + length] == ["van"] and i + 1 < len(words) and shapes[i + 1] == TITLE:
                continue  # "Van Dijk" is a person, Van a town in Turkey
            kept = _written_as_name(words, shapes, i, length, gazetteer.postings(low, high), gazetteer)
            if kept:
                found.append(Candidate(i, i + length, tuple(kept), "exact"))
    found += _small_candidates(words, shapes, hashes, gazetteer)
    return (
        found + _clitic_candidates(words, shapes, gazetteer) + _possessive_candidates(words, shapes, hashes, gazetteer)
    )


def _small_candidates(
    words: Words, shapes: list[int], hashes: list[np.ndarray], gazetteer: Gazetteer
) -> list[Candidate]:
    """Countries and peoples in lower case ("réfugiés syriens", "republiek", an address): up to three words."""
    found = []
    for length, grams in enumerate(hashes[:3], start=1):
        for i in gazetteer.small_spots(grams):
            if shapes[i] == LOWER and words.folded[i] not in _SMALL_INSIDE:
                first, past = gazetteer.find(grams[i : i + 1])
                postings = gazetteer.postings(int(first[0]), int(past[0]))
                kept = _written_as_name(words, shapes, i, length, postings, gazetteer)
                if kept:
                    found.append(Candidate(i, i + length, tuple(kept), "exact"))
    return found


def _possessive_candidates(
    words: Words, shapes: list[int], hashes: list[np.ndarray], gazetteer: Gazetteer
) -> list[Candidate]:
    """ "Syrias capital": feeds that drop apostrophes leave a bare s on a country, region or large town."""
    first, past = gazetteer.find(hashes[0]) if hashes else (np.zeros(0), np.zeros(0))
    spots = [
        i
        for i, word in enumerate(words.folded)
        if shapes[i] in (TITLE, UPPER)
        and len(word) > 4
        and word[-1] == "s"
        and words.raw[i][-1] in "sS"
        and first[i] == past[i]
    ]
    if not spots:
        return []
    a, b = gazetteer.find(np.array([key_hash(words.folded[i][:-1]) for i in spots], dtype=np.uint64))
    found = []
    for i, low, high in zip(spots, a.tolist(), b.tolist(), strict=True):
        large = [
            (p, f)
            for p, f in gazetteer.postings(low, high)
            if f != CAPITALS and (gazetteer.kind[p] < 2 or gazetteer.magnitude[p] >= 5)
        ]
        if large:
            found.append(Candidate(i, i + 1, tuple(large), "possessive"))
    return found


def _is_region_called_so(words: Words, i: int) -> bool:
    """ "Centre region" names a region; "Street", "Church" or "Village" alone name no place worth the risk."""
    return i + 1 < len(words) and words.glued[i] and words.folded[i + 1] in REGION_WORDS


def sound_candidates(
    words: Words,
    shapes: list[int],
    everyday: list[bool],
    countries: list[int],
    known: set[tuple[int, int]],
    gazetteer: Gazetteer,
) -> list[Candidate]:
    """Capitalised spans that are another transliteration of a place in one of the countries, and no exact name
    themselves. `everyday`: words of running text and names of persons ("Monitor", "Abdel"), no transliteration."""
    found = []
    for i, shape in enumerate(shapes if countries else ()):
        if shape not in (UPPER, TITLE) or words.folded[i] in _NOT_FIRST or words.folded[i] in DESIGNATORS:
            continue
        for past in range(i + 1, min(i + 4, len(words) + 1)):
            if past > i + 1 and not words.glued[past - 2]:
                break
            if shapes[past - 1] not in (UPPER, TITLE):
                if words.folded[past - 1] in LINK_WORDS:
                    continue
                break
            if (i, past) in known or (past > i + 1 and words.folded[past - 1] in DESIGNATORS):
                continue
            if all(everyday[i:past]):
                continue
            place = gazetteer.by_sound(" ".join(words.folded[i:past]), countries)
            if place is not None:
                found.append(Candidate(i, past, ((place, ALTERNATE),), "transliteration"))
    return found


def _written_as_name(
    words: Words, shapes: list[int], first: int, length: int, postings: list[tuple[int, int]], gazetteer: Gazetteer
) -> list[tuple[int, int]]:
    """The postings that the capitals of the text allow; lower case is for countries and peoples only."""
    span = shapes[first : first + length]
    if all(shape == UNCASED for shape in span):
        return postings if length > 1 or len(words.folded[first]) > 2 else []
    capitalised = sum(shape in (UPPER, TITLE) for shape in span)
    if not capitalised:
        longest = max(len(word) for word in words.folded[first : first + length])
        return [
            (p, f)
            for p, f in postings
            if longest > 4 and f != CAPITALS and (gazetteer.kind[p] == COUNTRY or f == DEMONYM)
        ]
    for i, shape in enumerate(span[:-1]):  # "in", "of" may be small inside a name, nothing else
        if shape == LOWER and words.folded[first + i] not in _SMALL_INSIDE | _FIELDS:
            return []
    last = words.folded[first + length - 1]
    if len(span) > 1 and span[0] in (UPPER, TITLE) and span[-1] == LOWER and len(last) > 4 and last not in _FIELDS:
        return [
            (p, f)
            for p, f in postings
            if (f in (PRIMARY, CURATED) or (last in _AROUND and f == ALTERNATE))
            and (gazetteer.kind[p] <= REGION or gazetteer.magnitude[p] >= 5)
        ]
    if span[-1] == LOWER and words.folded[first + length - 1] not in _SMALL_LAST:
        return []
    if span[0] == LOWER and words.folded[first] not in _SMALL_INSIDE:
        return []
    all_upper = all(shape == UPPER or len(words.raw[first + i]) == 1 for i, shape in enumerate(span))
    short = length == 1 and len(words.folded[first]) <= 3
    kept = [(p, f) for p, f in postings if all_upper or f != CAPITALS]
    if short and all_upper:  # "BOR", "CAR": an abbreviation rather than a small town in capitals
        kept = [(p, f) for p, f in kept if f == CAPITALS] or kept
    return kept


def _clitic_candidates(words: Words, shapes: list[int], gazetteer: Gazetteer) -> list[Candidate]:
    """Arabic names with "and", "in" or "to" written before them (وحلب, بدمشق, للعراق)."""
    spots, keys = [], []
    for i, word in enumerate(words.folded):
        if shapes[i] != UNCASED or len(word) < 4 or not _is_arabic(word):
            continue
        if word[0] in _CLITICS:
            spots.append((i, 1))
            keys.append(word[1:])
        if word.startswith("لل"):
            spots.append((i, 1))
            keys.append("ال" + word[2:])
    if not keys:
        return []
    found = []
    whole_first, whole_past = gazetteer.find(np.array([key_hash(words.folded[i]) for i, _ in spots], dtype=np.uint64))
    first, past = gazetteer.find(np.array([key_hash(key) for key in keys], dtype=np.uint64))
    for (i, _), key, a, b, whole_a, whole_b in zip(spots, keys, first, past, whole_first, whole_past, strict=True):
        if b > a and whole_a == whole_b and len(key) > 2:
            found.append(Candidate(i, i + 1, tuple(gazetteer.postings(int(a), int(b))), "clitic"))
            following = _after_clitic(words, i, key, gazetteer)
            if following:
                found.append(following)
    return found


def _after_clitic(words: Words, first: int, key: str, gazetteer: Gazetteer) -> Candidate | None:
    """The two-word name that begins with a clitic ("ودير الزور")."""
    if first + 1 >= len(words) or not words.glued[first]:
        return None
    hashed = np.array([key_hash(f"{key} {words.folded[first + 1]}")], dtype=np.uint64)
    a, b = gazetteer.find(hashed)
    return (
        Candidate(first, first + 2, tuple(gazetteer.postings(int(a[0]), int(b[0]))), "clitic") if b[0] > a[0] else None
    )


def unknown_candidates(words: Words, shapes: list[int], taken: list[bool]) -> list[Candidate]:
    """Runs of capitalised words outside the accepted places: camps, villages, streets the gazetteer lacks."""
    found, i, count = [], 0, len(words)
    while i < count:
        if taken[i] or shapes[i] not in (UPPER, TITLE):
            i += 1
            continue
        past = i + 1
        while past < count and words.glued[past - 1] and not taken[past] and "\n" not in _between(words, past):
            if shapes[past] in (UPPER, TITLE, DIGITS):
                past += 1
            elif (
                words.folded[past] in LINK_WORDS
                and past + 1 < count
                and words.glued[past]
                and not taken[past + 1]
                and shapes[past + 1] in (UPPER, TITLE)
            ):
                past += 2
            else:
                break
        found += _trimmed(words, i, past)
        i = past
    return found


def _between(words: Words, i: int) -> str:
    return words.text[words.ends[i - 1] : words.starts[i]]


def _trimmed(words: Words, first: int, past: int) -> list[Candidate]:
    """The run without a sentence starter before it; nothing when it is too long or only a word of the calendar."""
    while first < past and words.folded[first] in _NOT_FIRST:
        first += 1
    if not 0 < past - first <= 6 or len(words.folded[first]) < 2:
        return []
    if past - first == 1 and words.folded[first] in DESIGNATORS:
        return []
    return [Candidate(first, past, (), "unknown")]
