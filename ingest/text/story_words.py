"""How much a shared word says about two texts telling the same story: a name nobody else uses much, "the" nothing.

    python -m ingest.text.story_words        makes story_words.npz anew (needs `wordfreq`, a development tool)

The weight is what is missing to the commonest words on the Zipf scale (log10 of occurrences in a billion words), the
language in which a word is most common counting. Words that are in no list are names of the day. The table holds
hashed words and rounded figures, no words. Figures: wordfreq (Apache-2.0; word lists CC BY-SA 4.0, Robyn Speer); small
words of languages it does not know were written by hand.
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
SMALL_WORDS = {
    "so": "iyo waa ayaa ayay waxaa waxay waxa uu lagu laga loo isaga iyaga kale kaas taas sheegay sheegtay ahaa ahayd"
    " ayaan inuu inay kadib dhexe qaar dadka markii sidii aan soo",
    "sw": "kwa katika kuwa hii hiyo huo hilo hizo yake wake zake lake baada pia watu alisema kama lakini bila kila mara"
    " ambao ambayo ambapo sasa wakati hadi kutoka huku ili tu zaidi",
    "ha": "wanda wadda cewa domin kuma wannan amma bayan kan suka yana tana suna wajen cikin daga zuwa har kuwa duk"
    " wasu mutane mutum yadda inda lokacin haka",
    "om": "akka kan irraa keessa waan kana isaa jedhan jedhe keessatti irratti yeroo garuu ture turan immoo gara"
    " namoota kun hin isaan booda dura wajjin qabu jira jiru",
    "ku": "hatin kirin kiriye xwe wan bû piştî heya dema yên vê ewê wê nav tevî lê her ber jibo dikin dike kirine"
    " له لە بۆ به بە که کە ئەو ئەم لەگەڵ دەکات کرد کراوە بوو هەر دوای",
    "ps": "چې ته کې کښې له دي دی دا سره شوي شوی شوې يې یې هم وروسته ده شو شول هغه هغوی باندې لري وايي ويل خو تر پر"
    " پورې",
    "am": "ነው ናቸው እና ላይ ውስጥ ወደ ግን በኋላ እንደ ነበር ነበሩ ይህ ይህን ጋር ብለዋል ተናግረዋል መሆኑን አስታወቀ ሆኖም ደግሞ እንዲሁም ሲሆን የነበሩ ስለ",
    "ti": "እዩ እዮም ኣብ ናይ ካብ ድማ ነቲ እቲ እታ እቶም ከም ምስ ኣሎ ነበረ ብዛዕባ ግን ዝነበረ ንምግባር ድሕሪ ከምኡ እውን ነዚ እዚ",
}  # languages of the countries we watch that wordfreq does not know
SMALL = 6.0  # Zipf assumed of those
COMMONEST = 7.0  # Zipf; a word as common as this weighs nothing
LISTED = 4.3  # Zipf from which a word is in the table
UNLISTED = 3.5  # what is assumed of the others


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
    for word in " ".join(SMALL_WORDS.values()).split():
        zipf[cell(fold(word))] = max(zipf[cell(fold(word))], round(10 * SMALL))
    return zipf


if __name__ == "__main__":
    np.savez_compressed(TABLE, zipf=build())
