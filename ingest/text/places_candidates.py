"""Spans of a text that may be places: names of the gazetteer, and capitalised names it does not know."""

import numpy as np

from ingest.text.places_attached import clitic_candidates, possessive_candidates
from ingest.text.places_gazetteer import (
    ALTERNATE,
    CAPITALS,
    COUNTRY,
    CURATED,
    DEMONYM,
    LONGEST_NAME,
    PRIMARY,
    REGION,
    SHORTENED,
    Gazetteer,
)
from ingest.text.places_inflected import inflected_candidates
from ingest.text.places_shapes import DIGITS, LOWER, TITLE, UNCASED, UPPER, Candidate
from ingest.text.places_tokens import Words
from ingest.text.places_vocabulary import listed, vocabulary
from ingest.text.places_words import (
    ARTICLES,
    DESIGNATORS,
    DISTRICT_WORDS,
    GROUPS,
    LINK_WORDS,
    MONTHS_DAYS,
    REGION_WORDS,
    SENTENCE_STARTERS,
    STORMS,
)

_SMALL_INSIDE = LINK_WORDS | ARTICLES | DESIGNATORS
_FIELDS = frozenset({"gas", "oil", "field", "fields", "oilfield", "oilfields", "gasfield", "airbase"})
#: Words that stand in small letters behind a region's name, which is then no alternate name of something else.
_SMALL_BEHIND = listed("region", "ru", "uk") | listed("district", "ru", "uk")
_WELL_KNOWN = 4.5  # log10 of inhabitants
_AROUND = frozenset({"countryside", "suburbs", "suburb", "platteland"})
_SMALL_LAST = DESIGNATORS | _FIELDS
_IN_WORDS = vocabulary("en").in_words
_NOT_FIRST = SENTENCE_STARTERS | MONTHS_DAYS


def name_candidates(words: Words, shapes: list[int], gazetteer: Gazetteer, language: str = "en") -> list[Candidate]:
    """Every span that is a name of the gazetteer and is written like one; spans may overlap."""
    hashes = words.ngram_hashes(LONGEST_NAME)
    starts = np.array(
        [shape != LOWER or words.folded[i] in _SMALL_INSIDE for i, shape in enumerate(shapes)], dtype=bool
    )
    ordinary = vocabulary(language).ordinary
    found = []
    for length, grams in enumerate(hashes, start=1):
        spots = np.flatnonzero(starts[: len(grams)] & (grams != 0))
        first, past = gazetteer.find(grams[spots])
        hits = past > first
        for i, low, high in zip(spots[hits].tolist(), first[hits].tolist(), past[hits].tolist(), strict=True):
            if length == 1 and words.folded[i] in DESIGNATORS and not _is_region_called_so(words, i):
                regions = _regions_called_so(words, shapes, i, gazetteer.postings(low, high), gazetteer)
                if regions:
                    found.append(Candidate(i, i + 1, tuple(regions), "exact"))
                continue
            if words.folded[i : i + length] == ["van"] and i + 1 < len(words) and shapes[i + 1] == TITLE:
                continue  # "Van Dijk" is a person, Van a town in Turkey
            if _is_storm(words, shapes, i) or (length == 1 and words.folded[i] in ordinary):
                continue
            kept = _written_as_name(words, shapes, i, length, gazetteer.postings(low, high), gazetteer)
            if kept:
                found.append(Candidate(i, i + length, tuple(kept), "exact"))
    found += _small_candidates(words, shapes, hashes, gazetteer)
    found = _with_forms(
        _without_article(words, found), inflected_candidates(words, shapes, language, gazetteer), gazetteer
    )
    return found + clitic_candidates(words, shapes, gazetteer) + possessive_candidates(words, shapes, hashes, gazetteer)


def _with_forms(found: list[Candidate], inflected: list[Candidate], gazetteer: Gazetteer) -> list[Candidate]:
    """Adds inflected names; where a span is the name of a small place as it stands ("Сумах"), all readings are kept."""
    spans = {(candidate.first, candidate.past) for candidate in found}
    known = {
        (c.first, c.past)
        for c in found
        if any(gazetteer.kind[p] <= REGION or gazetteer.magnitude[p] >= _WELL_KNOWN for p, _ in c.postings)
    }
    read = {(c.first, c.past): c for c in inflected if (c.first, c.past) not in known}
    both = [
        Candidate(c.first, c.past, tuple(sorted({*c.postings, *other.postings})), c.rule)
        if (other := read.get((c.first, c.past)))
        else c
        for c in found
    ]
    return both + [candidate for span, candidate in read.items() if span not in spans]


def _without_article(words: Words, found: list[Candidate]) -> list[Candidate]:
    """ "The Sahel" may be the wide area that is known with its article or the region of Burkina Faso without."""
    spans = {(candidate.first, candidate.past): candidate.postings for candidate in found}
    return [
        Candidate(c.first, c.past, (*c.postings, *spans.get((c.first + 1, c.past), ())), c.rule)
        if words.folded[c.first] == "the" and c.past - c.first > 1
        else c
        for c in found
    ]


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


def _is_region_called_so(words: Words, i: int) -> bool:
    """ "Centre region" names a region; "Street", "Church" or "Village" alone name no place worth the risk."""
    return i + 1 < len(words) and words.glued[i] and words.folded[i + 1] in REGION_WORDS | DISTRICT_WORDS


def _is_storm(words: Words, shapes: list[int], i: int) -> bool:
    """The kind of storm, or the name given to one: it stands right behind the kind, which is then written as a name."""
    if words.folded[i] in STORMS:
        return True
    return i > 0 and words.glued[i - 1] and shapes[i - 1] != LOWER and words.folded[i - 1] in STORMS


def _regions_called_so(
    words: Words, shapes: list[int], i: int, postings: list[tuple[int, int]], gazetteer: Gazetteer
) -> list[tuple[int, int]]:
    """The regions among the places called like a designator, where the text writes it as a name of its own: "killed in
    Plateau"; not "in Plateau Hospital", "the Bay"."""
    own = shapes[i] == TITLE and i > 0 and words.folded[i - 1] in _IN_WORDS and words.glued[i - 1]
    followed = i + 1 < len(words) and words.glued[i] and shapes[i + 1] in (TITLE, UPPER)
    if not own or followed:
        return []
    return [(place, flag) for place, flag in postings if gazetteer.kind[place] == REGION and flag == PRIMARY]


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
        if _is_storm(words, shapes, i):
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
        small = words.folded[first + i] in _SMALL_INSIDE | _FIELDS or (i and words.is_joined(first + i))
        if shape == LOWER and not small:
            return []
    if len(span) > 1 and span[0] != LOWER and span[-1] == LOWER and words.is_joined(first + length - 1):
        span = [*span[:-1], TITLE]  # "Sar-e-pol"
    last = words.folded[first + length - 1]
    if (
        len(span) > 1
        and span[0] in (UPPER, TITLE)
        and span[-1] == LOWER
        and len(last) > 4
        and last not in _FIELDS | _SMALL_BEHIND
    ):
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
    kept = [(p, f) for p, f in postings if all_upper or f != CAPITALS]
    if length == 1 and all_upper and len(words.folded[first]) <= 4:
        if len(words.folded[first]) <= 3:  # "BOR", "CAR": an abbreviation rather than a small town in capitals
            kept = [(p, f) for p, f in kept if f == CAPITALS] or kept
        kept = [(p, f) for p, f in kept if f not in (ALTERNATE, SHORTENED)]  # "NISA" is no other name of Nice
    return kept


def unknown_candidates(words: Words, shapes: list[int], taken: list[bool], language: str = "en") -> list[Candidate]:
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
        if past - i > 1 or words.folded[i] not in vocabulary(language).ordinary:
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
    if GROUPS & set(words.folded[first:past]) or STORMS & set(words.folded[max(0, first - 1) : past]):
        return []
    return [Candidate(first, past, (), "unknown")]
