"""Words of a text with their offsets, and one folded form of a word in which spelling variants meet.

The text itself is never changed: every offset counts characters of the text as given. Folding happens per word:
compatibility forms, accents, Arabic vowel marks, tatweel and zero-width characters go, Arabic letter variants meet,
and case is folded. So "Deir ez-Zôr" and "deir ez zor" give the same words, and so do "اعتقال" and "إعتقال".
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

# \w misses combining marks, zero-width joiners and the bidi controls that sit inside words of copied text.
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-"
    "\u0903\u093a-\u094f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad"
)
WORD = re.compile(rf"\w[\w{_MARKS}]*")
_DROP = {ord(c): None for c in "\u0640\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"}
_DROP.update(dict.fromkeys((*range(8234, 8239), *range(8289, 8298))))
_ARABIC = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ئ": "ي", "ؤ": "و", "ة": "ه", "ک": "ك", "ۀ": "ه"}
)
_LONGEST_WORD = 64  # longer runs of letters are noise (base64, a line without spaces); they are cut here


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one text: `folded[i]` is the folded form of `text[starts[i]:ends[i]]`."""

    folded: list[str]
    starts: list[int]
    ends: list[int]


@lru_cache(maxsize=200_000)
def fold(word: str) -> str:
    """The folded form of one word; may be empty when the word held only marks."""
    if word.isascii():
        return word.lower()[:_LONGEST_WORD]
    word = unicodedata.normalize("NFC", word[:_LONGEST_WORD]).translate(_DROP).translate(_ARABIC)
    decomposed = unicodedata.normalize("NFKD", word)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold().translate(_ARABIC)


def words_of(text: str, start: int = 0, end: int | None = None) -> Words:
    """The words of `text[start:end]`, offsets counted in the whole text. Underscores separate words."""
    folded: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for match in WORD.finditer(text, start, len(text) if end is None else end):
        word = match.group()
        if "_" in word:
            continue  # identifiers, image names, ruling lines
        form = fold(word)
        if form:
            folded.append(form)
            starts.append(match.start())
            ends.append(match.end())
    return Words(folded, starts, ends)


@lru_cache(maxsize=100_000)
def arabic_forms(word: str) -> tuple[str, ...]:
    """The folded Arabic word without its one-letter prefixes and its article, all readings, the longest first."""
    forms = [word]
    current = word
    if len(current) > 3 and current[0] in "وف":
        current = current[1:]
        forms.append(current)
    if current.startswith("لل") and len(current) > 4:
        forms.append(current[2:])
    if len(current) > 3 and current[0] in "بلك":
        forms.append(current[1:])
    for form in forms:  # grows: "الالغام" is "الغام" is, to a pattern, "غام"
        if form.startswith("ال") and len(form) > 4:
            forms.append(form[2:])
    return tuple(dict.fromkeys(forms))


def without_article(word: str) -> str:
    """A folded Arabic pattern word without its article, so that it meets every form in a text."""
    return word[2:] if word.startswith("ال") and len(word) > 4 else word
