"""Names with something written onto them: Arabic "and", "in", "to" before them, an English possessive s behind."""

import numpy as np

from ingest.text.places_gazetteer import CAPITALS, Gazetteer
from ingest.text.places_shapes import TITLE, UNCASED, UPPER, Candidate
from ingest.text.places_tokens import Words, key_hash
from ingest.text.places_words import GROUPS

#: Arabic one-letter words written together with the next: and, so, in, to, like; "لل" stands for "to the".
_CLITICS = "وفبلك"


def _is_arabic(word: str) -> bool:
    return "\u0600" <= word[0] <= "\u06ff"


def possessive_candidates(
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
        and word not in GROUPS  # "Hamas" is not Hama's
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


def clitic_candidates(words: Words, shapes: list[int], gazetteer: Gazetteer) -> list[Candidate]:
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
