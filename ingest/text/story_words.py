"""How much a shared word says about two texts telling the same story: a name nobody else uses much, "the" nothing.

    python -m ingest.text.story_words        makes story_words.npz anew (needs `wordfreq`, a development tool)

The weight is what is missing to the commonest words on the Zipf scale (log10 of occurrences in a billion words), the
language in which a word is most common counting. Words that are in no list are names of the day. The table holds
hashed words and rounded figures, no words. Figures: wordfreq (Apache-2.0; word lists CC BY-SA 4.0, Robyn Speer).
"""

from __future__ import annotations

import zlib
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .tokens import fold

CELLS = 1 << 20
TABLE = Path(__file__).with_name("story_words.npz")
LANGUAGES = (
    "en", "nl", "fr", "es", "de", "ar", "fa", "tr", "ru", "uk", "pt", "it", "pl", "he", "hi", "ur", "id", "sv", "nb",
    "da", "ro", "el", "cs",
)  # fmt: skip
COMMONEST = 7.0  # Zipf; a word as common as this weighs nothing
LISTED = 4.3  # Zipf from which a word is in the table
UNLISTED = 3.5  # what is assumed of the others


@lru_cache(maxsize=200_000)
def cell(word: str) -> int:
    """Where a folded word stands in the table."""
    return zlib.crc32(word.encode()) * 2654435761 % CELLS


@lru_cache(maxsize=1)
def weights() -> NDArray[np.float32]:
    """Weight of each cell, 0 to COMMONEST - UNLISTED."""
    with np.load(TABLE) as table:
        zipf = table["zipf"].astype(np.float32) / 10
    return np.maximum(COMMONEST - np.where(zipf > 0, zipf, np.float32(UNLISTED)), 0).astype(np.float32)


def build() -> NDArray[np.uint8]:
    """The table: Zipf x 10 of the commonest word of each cell, 0 where none is listed."""
    from wordfreq import get_frequency_dict

    zipf = np.zeros(CELLS, np.uint8)
    for language in LANGUAGES:
        for word, frequency in get_frequency_dict(language, wordlist="small").items():
            value = np.log10(frequency) + 9
            if value >= LISTED and (form := fold(word)):
                zipf[cell(form)] = max(zipf[cell(form)], round(10 * value))
    return zipf


if __name__ == "__main__":
    np.savez_compressed(TABLE, zipf=build())
