"""The language of a text: a script rule first, then a naive Bayes identifier over the languages we expect.

Below a margin the answer is `und`: the text is kept and searchable, and not tagged. A wrong language is worse than
none,
because the theme words of one language mean other things in another.
"""

from __future__ import annotations

import copy
import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from py3langid import langid

LANGUAGES = ("en", "nl", "fr", "es", "de", "ar", "fa", "ps", "ku", "tr", "ru", "uk", "so", "am", "om", "ti", "sw", "ha")
UNKNOWN = "und"
MARGIN = 0.25  # best minus second probability; single place names and codes stay below it
SAMPLE = 600  # characters looked at
FEWEST_LETTERS = 4
# Neighbours that would otherwise be forced into one of ours: Southern Kurdish counts as Kurdish, the others as unknown.
_NEIGHBOURS = {
    "sdh": "ku",
    "ur": UNKNOWN,
    "pt": UNKNOWN,
    "it": UNKNOWN,
    "id": UNKNOWN,
    "ro": UNKNOWN,
    "pl": UNKNOWN,
    "bg": UNKNOWN,
}
_SCRIPT_LANGUAGES = {
    "LATIN": ("en", "nl", "fr", "es", "de", "ku", "tr", "so", "om", "sw", "ha", "pt", "it", "id", "ro", "pl"),
    "ARABIC": ("ar", "fa", "ps", "ku", "sdh", "ur"),
    "CYRILLIC": ("ru", "uk", "bg"),
}
_NOISE = re.compile(r"https?://\S+|\S+@\S+|<[^<>]{0,300}>|&\w+;")
# Letters that Tigrinya writes and Amharic does not, and its commonest words; then the same for Amharic.
_TIGRINYA = re.compile(r"[ቐ-ቝኸ-ዅ]|\bኣ|(?<!\w)(?:እዩ|እዮም|ናይ|ድማ|ካብ|ዝኾነ|ምስ|እዚ|ከምዘሎ|ነዚ)(?!\w)")
_AMHARIC = re.compile(r"\bአ|(?<!\w)(?:ነው|ናቸው|እና|ላይ|ውስጥ|ጋር|ነበር|የሚል|ይህ|መሆኑን)(?!\w)")


@dataclass(frozen=True, slots=True)
class LanguageGuess:
    """ISO 639-1 code or `und`, and how far the best guess led the second (0 to 1)."""

    language: str
    margin: float


def identify(text: str, hint: str | None = None) -> LanguageGuess:
    """The language of `text`. `hint`, the source's own word, decides only where the text itself is too short to
    tell."""
    sample = unicodedata.normalize("NFC", _NOISE.sub(" ", text[: 3 * SAMPLE]))[:SAMPLE]
    letters = sum(character.isalpha() for character in sample)
    declared = hint.split("-")[0].casefold() if hint else None
    guess = _guess(sample) if letters >= FEWEST_LETTERS else LanguageGuess(UNKNOWN, 0.0)
    if guess.language == UNKNOWN and declared in LANGUAGES and guess.margin < MARGIN:
        return LanguageGuess(str(declared), guess.margin)
    return guess


def _guess(sample: str) -> LanguageGuess:
    script, share = _main_script(sample)
    if script == "ETHIOPIC":
        return _ethiopic(sample)
    if script not in _SCRIPT_LANGUAGES or share < 0.5:
        return LanguageGuess(UNKNOWN, 1.0)  # a script none of our languages uses: certain, and not ours
    ranked = _identifier(script).rank(sample)
    best, second = ranked[0], ranked[1]
    margin = round(float(best[1] - second[1]), 4)
    if {best[0], second[0]} == {"ku", "sdh"}:  # two names of the same answer
        margin = round(float(best[1] + second[1] - ranked[2][1]), 4)
    language = _NEIGHBOURS.get(best[0], best[0])
    return LanguageGuess(language if margin >= MARGIN else UNKNOWN, margin)


def _ethiopic(sample: str) -> LanguageGuess:
    tigrinya, amharic = len(_TIGRINYA.findall(sample)), len(_AMHARIC.findall(sample))
    total = tigrinya + amharic
    margin = round(abs(tigrinya - amharic) / total, 4) if total else 1.0
    if margin < MARGIN:
        return LanguageGuess(UNKNOWN, margin)
    return LanguageGuess("ti" if tigrinya > amharic else "am", margin)


def _main_script(sample: str) -> tuple[str, float]:
    counts: dict[str, int] = {}
    for character in sample[:400]:
        if character.isalpha():
            script = _script(character)
            counts[script] = counts.get(script, 0) + 1
    if not counts:
        return "NONE", 0.0
    best = max(counts, key=lambda script: (counts[script], script))
    return best, counts[best] / sum(counts.values())


@lru_cache(maxsize=10_000)
def _script(character: str) -> str:
    """The script as the first word of the character's Unicode name."""
    return unicodedata.name(character, "UNKNOWN").split()[0]


@cache
def _model() -> langid.LanguageIdentifier:
    return langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)


@cache
def _identifier(script: str) -> langid.LanguageIdentifier:
    """The identifier restricted to the languages of one script; all share the model read once."""
    identifier = copy.copy(_model())
    known = set(identifier.labels)
    identifier.set_languages([language for language in _SCRIPT_LANGUAGES[script] if language in known])
    return identifier
