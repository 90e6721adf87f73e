"""Words of a text with their offsets, and the folded form under which names are compared.

Folding makes spellings meet: case, accents, Arabic vowel signs and letter variants, apostrophes and transliteration
marks
disappear ("Sanaʿa", "Sana'a" and "SANAA" are one key). Offsets always refer to the text as given, never to the
folded form.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

import numpy as np

#: Combining marks, Arabic vowel signs, tatweel, joiners and direction marks that may stand inside a word.
_INSIDE = (
    "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0640\u06d6-\u06ed"
    "\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u00ad"
)
APOSTROPHES = "'’‘ʼʻʿʾ`´′ʹ"
#: A word: letters, marks and apostrophes inside; elisions (d'Alep, N'Djamena) and the possessive s stand apart.
_WORD = re.compile(
    rf"[^\W\d_](?=[{APOSTROPHES}][^\W\d_])"
    rf"|[^\W\d_](?:[^\W_]|[{_INSIDE}])*(?:[{APOSTROPHES}](?![sS](?![^\W_]))[^\W\d_](?:[^\W_]|[{_INSIDE}])*)*"
    rf"|\d+"
)
_DROPPED = re.compile(rf"[{_INSIDE}{APOSTROPHES}]")
_LETTERS: dict[int, str] = str.maketrans(
    {
        "ø": "o", "ł": "l", "ı": "i", "đ": "d", "ð": "d", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ə": "a",
        "ħ": "h", "ƙ": "k", "ɓ": "b", "ɗ": "d", "ƴ": "y",
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ئ": "ي", "ؤ": "و", "ة": "ه", "ۀ": "ه", "ە": "ه",
        "ک": "ك", "ګ": "گ", "ې": "ي", "ۍ": "ي", "ێ": "ي", "ۆ": "و", "ڕ": "ر", "ڵ": "ل", "ڤ": "ف", "ھ": "ه", "ء": "",
        "ё": "е", "ґ": "г",
    }
)  # fmt: skip
#: Rows of Ethiopic letters that are spoken alike in Amharic and written for one another, then two single letters.
for _other, _usual in (("ሐ", "ሀ"), ("ኀ", "ሀ"), ("ሠ", "ሰ"), ("ዐ", "አ"), ("ፀ", "ጸ")):
    _LETTERS |= {ord(_other) + vowel: chr(ord(_usual) + vowel) for vowel in range(7)}
_LETTERS |= {ord(letter): first for letter, first in (("ሃ", "ሀ"), ("ሓ", "ሀ"), ("ኃ", "ሀ"), ("ኣ", "አ"), ("ዓ", "አ"))}
#: Longer "words" are not names; folding them could take quadratic time (ordering of combining marks).
LONGEST_WORD = 60
_MASK48 = np.uint64((1 << 48) - 1)
_STEP = np.uint64(0x9E3779B97F4A7C15)


@lru_cache(maxsize=200_000)
def fold_word(word: str) -> str:
    """One word without case, accents and marks; empty for what is no word of a name (over-long strings)."""
    if len(word) > LONGEST_WORD:
        return ""
    plain = _DROPPED.sub("", word).casefold().translate(_LETTERS)
    if plain.isascii():
        return plain
    decomposed = unicodedata.normalize("NFKD", plain)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).translate(_LETTERS)


@lru_cache(maxsize=200_000)
def word_hash(folded: str) -> int:
    """64-bit hash of one folded word, the same on every machine."""
    return int.from_bytes(blake2b(folded.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def fold_name(name: str) -> str:
    """The key of a name: its folded words joined by one blank."""
    return " ".join(filter(None, (fold_word(match.group()) for match in _WORD.finditer(name[:400]))))


def key_hash(key: str) -> int:
    """48-bit hash of a folded name; equals the rolling hash that `Words.ngram_hashes` gives for the same words."""
    value = 0
    for word in key.split(" "):
        value = ((value * int(_STEP)) ^ word_hash(word)) & 0xFFFFFFFFFFFFFFFF
    return (value ^ (value >> 29)) & int(_MASK48)


_SOUNDS = (
    ("tch", "c"),
    ("dj", "j"),
    ("dh", "d"),
    ("th", "t"),
    ("gh", "g"),
    ("kh", "k"),
    ("sh", "x"),
    ("ch", "x"),
    ("ph", "f"),
    ("q", "k"),
    ("ck", "k"),
)
_SOUND_ARTICLE = re.compile(r"^(?:al|as|ad|ar|at|az|an|ash|adh|el|ed|es|et|er|en|ez) (?=\w{3})")


@lru_cache(maxsize=200_000)
def skeleton(key: str) -> str:
    """The consonants of a folded Latin name, so that transliterations meet (Urozgan, Uruzgan, Oruzgan: `arzgn`).

    Empty where too little is left to tell names apart, and for other scripts.
    """
    if not key.isascii() or any(character.isdigit() for character in key):
        return ""
    joined = _SOUND_ARTICLE.sub("", key).replace(" ", "")
    if len(joined) < 5:
        return ""
    for sound, letter in _SOUNDS:
        joined = joined.replace(sound, letter)
    first = "a" if joined[0] in "aeiou" else joined[0]
    rest = re.sub(r"[aeiouyw]", "", joined[1:].removesuffix("h")).replace("c", "k").replace("v", "w")
    consonants = re.sub(r"(.)\1+", r"\1", first + rest)
    if (
        len(consonants) == 3 and len(joined) >= 6 and " " not in key
    ):  # few consonants: the places of the vowels must agree
        return re.sub(r"(.)\1+", r"\1", first + re.sub(r"[aeiouyw]+", "v", joined[1:].removesuffix("h")))
    return consonants if len(consonants) >= 4 else ""


_JOINERS = frozenset(f"-‐‑{APOSTROPHES}")


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one text.

    `starts`, `ends`: offsets; `raw`: as written; `folded`: as compared; `glued[i]`: words i and i+1 may belong to
    one name
    (only blanks, one line end, a hyphen, a full stop after an abbreviation or an apostrophe between them).
    """

    text: str
    starts: list[int]
    ends: list[int]
    raw: list[str]
    folded: list[str]
    glued: list[bool]
    hashes: np.ndarray

    def __len__(self) -> int:
        return len(self.starts)

    def is_joined(self, i: int) -> bool:
        """True when only a hyphen or an apostrophe stands before word i ("Sar-e-pol", "Cox's Bazar")."""
        return i > 0 and self.text[self.ends[i - 1] : self.starts[i]] in _JOINERS

    def ngram_hashes(self, longest: int) -> list[np.ndarray]:
        """`result[n-1][i]`: 48-bit hash of the n words from i on; 0 where they are not glued."""
        glued = np.array([*self.glued, False], dtype=bool) if len(self) else np.zeros(0, dtype=bool)
        glued = glued[: len(self)]
        rolling, alive, result = self.hashes.copy(), np.ones(len(self), dtype=bool), []
        for length in range(1, longest + 1):
            if length > 1:
                if len(self) < length:
                    break
                alive = alive[:-1] & glued[length - 2 : len(self) - 1]
                rolling = (rolling[:-1] * _STEP) ^ self.hashes[length - 1 :]
            mixed = (rolling ^ (rolling >> np.uint64(29))) & _MASK48
            result.append(np.where(alive, mixed, np.uint64(0)))
        return result


_GLUE = re.compile(rf"(?:\.? ?[ \t\u00a0\u200b-\u200f]*\n?[ \t]*|[ \t]?[-‐‑–]\n?[ \t]?|[{APOSTROPHES}]|- ?|\.)")


def _may_join(between: str, before: str) -> bool:
    if len(between) > 6 or not _GLUE.fullmatch(between):
        return False
    if "." in between:  # "St. Louis", "U.S.", "N.M.", not the end of a sentence
        return len(before) <= 2
    return True


def read_words(text: str) -> Words:
    """Cut a text into words (letters or digits) with offsets."""
    starts, ends, raw = [], [], []
    for match in _WORD.finditer(text):
        start, end = match.span()
        starts.append(start)
        ends.append(end)
        raw.append(match.group())
    folded = [fold_word(word) for word in raw]
    gaps = [text[end:start] for end, start in zip(ends, starts[1:], strict=False)]
    glued = [gap == " " or _may_join(gap, word) for gap, word in zip(gaps, raw, strict=False)]
    hashes = np.fromiter(map(word_hash, folded), dtype=np.uint64, count=len(folded))
    return Words(text, starts, ends, raw, folded, [*glued, False] if raw else [], hashes)
