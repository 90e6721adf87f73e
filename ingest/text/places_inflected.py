"""Names in another form than the gazetteer has: case endings, prefixes, what follows an apostrophe.

Rules of endings per language (places_words.toml) lead back to possible base forms; the gazetteer says which exist.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import product

import numpy as np

from ingest.text.places_gazetteer import CAPITALS, COUNTRY, CURATED, DEMONYM, PLACE, Gazetteer
from ingest.text.places_shapes import TITLE, UNCASED, UPPER, Candidate
from ingest.text.places_tokens import APOSTROPHES, Words, fold_word, key_hash
from ingest.text.places_vocabulary import Forms, vocabulary

#: Log10 of the inhabitants below which a settlement needs its dictionary form, since endings lead to a village too
#: easily; in Latin letters, where the names of all the world are known, unless an apostrophe sets the ending off.
_SMALLEST, _SMALLEST_LATIN = 3.0, 4.5
#: Letters a base form has at least; a letter of the Ethiopic script is a syllable.
_SHORTEST, _SHORTEST_ETHIOPIC = 3, 2
#: Spans of several words looked at in one text; ordinary text has a few hundred.
_MOST_SPANS = 2_000
_DOUBLED = re.compile(r"([aeiou])\1")
_APOSTROPHE = re.compile(rf"[{APOSTROPHES}]")


def _is_ethiopic(word: str) -> bool:
    return "\u1200" <= word[0] <= "\u137f"


@lru_cache(maxsize=50_000)
def base_forms(raw: str, forms: Forms) -> tuple[str, ...]:
    """The folded word and the forms it may be inflected from, the word itself first."""
    folded = fold_word(raw)
    found = dict.fromkeys([folded])
    if not folded or folded[0].isdigit():
        return tuple(found)
    shortest = _SHORTEST_ETHIOPIC if _is_ethiopic(folded) else _SHORTEST
    if forms.apostrophe:
        head = fold_word(_APOSTROPHE.split(raw)[0])
        if len(head) >= shortest:
            found[head] = None
    for prefix in forms.prefixes:
        if folded.startswith(prefix) and len(folded) - len(prefix) >= shortest:
            found[folded[len(prefix) :]] = None
    for word in list(found):
        for ending, base in forms.endings:
            if ending == base and word.endswith(ending):
                break
            if word.endswith(ending) and len(word) - len(ending) + len(base) >= shortest:
                found[word[: len(word) - len(ending)] + base] = None
    if forms.short_vowels:
        for word in list(found):
            found[_DOUBLED.sub(r"\1", word)] = None
    return tuple(found)


def _people_forms(folded: str, forms: Forms) -> list[str]:
    return [
        folded[: len(folded) - len(ending)] + base
        for ending, base in forms.people_endings
        if folded.endswith(ending) and len(folded) - len(ending) >= _SHORTEST
    ]


def _spans(words: Words, shapes: list[int], forms: Forms, ordinary: frozenset[str]) -> Iterator[tuple[int, int, str]]:
    """(first, past, key) of one to three words, as written or as base forms."""
    count, spans = len(words), 0
    for i in range(count):
        if shapes[i] not in (TITLE, UPPER, UNCASED) or words.folded[i] in ordinary:
            continue
        heads = base_forms(words.raw[i], forms)
        for form in heads[1:]:
            yield i, i + 1, form
        if i + 1 >= count or not words.glued[i] or spans > _MOST_SPANS:
            continue
        spans += 1
        seconds = base_forms(words.raw[i + 1], forms)
        for pair in product(heads, seconds):
            yield i, i + 2, " ".join(pair)
        if i + 2 < count and words.glued[i + 1]:
            third = words.folded[i + 2]
            for pair in product(heads, seconds):
                yield i, i + 3, f"{pair[0]} {pair[1]} {third}"
            for form in base_forms(words.raw[i + 2], forms)[1:]:
                yield i, i + 3, f"{heads[0]} {seconds[0]} {form}"


def inflected_candidates(words: Words, shapes: list[int], language: str, gazetteer: Gazetteer) -> list[Candidate]:
    """Names of countries, regions and settlements of some size in an inflected form, and peoples named after them."""
    forms = vocabulary(language).forms
    if not forms:
        return []
    spots: list[tuple[int, int]] = []
    keys: list[str] = []
    for first, past, key in _spans(words, shapes, forms, vocabulary(language).ordinary):
        if key != " ".join(words.folded[first:past]):
            spots.append((first, past))
            keys.append(key)
    postings = _looked_up(spots, keys, forms, gazetteer)
    for span, found in _peoples(words, shapes, forms, gazetteer).items():
        postings.setdefault(span, set()).update(found)
    return [Candidate(*span, tuple(sorted(found)), "inflected") for span, found in sorted(postings.items())]


def _peoples(
    words: Words, shapes: list[int], forms: Forms, gazetteer: Gazetteer
) -> dict[tuple[int, int], set[tuple[int, int]]]:
    """Span -> those who come from a country, where the word is its name with such an ending ("Suriyeliler")."""
    named = [
        ((i, i + 1), form)
        for i, folded in enumerate(words.folded)
        if shapes[i] in (TITLE, UPPER, UNCASED)
        for form in _people_forms(folded, forms)
    ]
    postings = _looked_up([span for span, _ in named], [form for _, form in named], forms, gazetteer)
    countries = {
        span: {(p, DEMONYM) for p, _ in found if gazetteer.kind[p] == COUNTRY} for span, found in postings.items()
    }
    return {span: found for span, found in countries.items() if found}


def _looked_up(
    spots: list[tuple[int, int]], keys: list[str], forms: Forms, gazetteer: Gazetteer
) -> dict[tuple[int, int], set[tuple[int, int]]]:
    """Span -> postings of the keys asked for it."""
    found: dict[tuple[int, int], set[tuple[int, int]]] = {}
    if not keys:
        return found
    low, high = gazetteer.find(np.fromiter(map(key_hash, keys), dtype=np.uint64, count=len(keys)))
    for k in np.flatnonzero(high > low).tolist():
        smallest = _SMALLEST_LATIN if keys[k].isascii() and not forms.apostrophe else _SMALLEST
        kept = {
            (p, f)
            for p, f in gazetteer.postings(int(low[k]), int(high[k]))
            if f == CURATED
            or (f not in (CAPITALS, DEMONYM) and (gazetteer.kind[p] != PLACE or gazetteer.magnitude[p] >= smallest))
        }
        if kept:
            found.setdefault(spots[k], set()).update(kept)
    return found
