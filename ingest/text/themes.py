"""Themes of a text by its words: which of the theme table's subjects a sentence speaks of, and how.

The table is themes.toml. No learning happens here: this is the bare lexicon, the part a person can read and correct.
The trained gate (gate.py) weighs what it finds.
"""

from __future__ import annotations

import tomllib
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from .context import Context, build_matcher, context_of, read_cues
from .lexicon import Found, LexiconError, Matcher, strongest
from .sentences import Sentence
from .tokens import Words

LANGUAGES = ("en", "nl", "fr", "ar", "es")
DIMENSIONS = ("legal", "physical", "material", "none")
THEMES_FILE = Path(__file__).with_name("themes.toml")
STRONG = 2.0
_KEYS = {"dimension", "indicator", "profiles", "polarity", "negatable", "intensity", *LANGUAGES}


@dataclass(frozen=True, slots=True)
class Theme:
    """One row of the theme table. `polarity` -1 worse, +1 better, 0 the wording does not say."""

    id: str
    dimension: str
    indicator: str | None
    profiles: tuple[str, ...]
    polarity: int
    negatable: bool
    intensity: int = 2


@dataclass(frozen=True, slots=True)
class ThemeHit:
    """Words of one theme at `text[start:end]` in sentence number `sentence`; weight 2 strong, 1 weak."""

    theme: str
    start: int
    end: int
    sentence: int
    weight: float
    context: Context


@dataclass(frozen=True)
class Lexicon:
    """The theme table with its matchers, and the triggers that open a qualitative alert."""

    version: str
    themes: dict[str, Theme]
    triggers: tuple[str, ...]
    words: dict[str, Matcher] = field(repr=False)
    cues: dict[str, Matcher] = field(repr=False)
    counts: dict[str, Matcher] = field(repr=False)  # labels: what is counted, and range:LEVEL


@cache
def load_lexicon(path: Path = THEMES_FILE) -> Lexicon:
    """Read and check themes.toml. Raises LexiconError naming the table and what to write."""
    with path.open("rb") as file:
        table = tomllib.load(file)
    themes: dict[str, Theme] = {}
    words = {language: Matcher(language) for language in LANGUAGES}
    for name, row in table["theme"].items():
        themes[name] = _theme(name, row)
        for language in LANGUAGES:
            words[language].add(row.get(language, ""), name)
    triggers = table.get("trigger", {})
    for name, row in triggers.items():
        for language in LANGUAGES:
            words[language].add(row.get(language, ""), f"trigger:{name}")
    counts = {language: Matcher(language) for language in LANGUAGES}
    for language in LANGUAGES:
        for name, row in table["quantity"].items():
            counts[language].add(row.get(language, ""), name)
        for row in table["range"].values():
            counts[language].add(row.get(language, ""), f"range:{int(row['level'])}")
    cues = {language: build_matcher(table["context"][language], language) for language in LANGUAGES}
    return Lexicon(table["version"], themes, tuple(triggers), words, cues, counts)


def _theme(name: str, row: dict[str, object]) -> Theme:
    unknown = set(row) - _KEYS
    if unknown:
        raise LexiconError(f"[theme.{name}] unknown key {sorted(unknown)[0]!r}; known keys: {', '.join(sorted(_KEYS))}")
    dimension = str(row.get("dimension", ""))
    if dimension not in DIMENSIONS:
        raise LexiconError(f"[theme.{name}] dimension {dimension!r}; write one of {', '.join(DIMENSIONS)}")
    polarity = row.get("polarity", 0)
    if polarity not in (-1, 0, 1) or not isinstance(polarity, int):
        raise LexiconError(f"[theme.{name}] polarity {polarity!r}; write -1, 0 or 1")
    intensity = row.get("intensity", 2)
    if not isinstance(intensity, int) or not 0 <= intensity <= 4:
        raise LexiconError(f"[theme.{name}] intensity {intensity!r}; write a whole number from 0 to 4")
    indicator, profiles = row.get("indicator"), row.get("profiles", [])
    if not isinstance(profiles, list) or not (indicator is None or isinstance(indicator, str)):
        raise LexiconError(f"[theme.{name}] indicator is one id in quotes, profiles a list of ids")
    if indicator is None and not profiles and dimension != "none":
        raise LexiconError(f"[theme.{name}] names no indicator and no profile: nothing to be evidence for; add one")
    negatable = bool(row.get("negatable", True))
    return Theme(name, dimension, indicator, tuple(map(str, profiles)), polarity, negatable, intensity)


def sentence_bounds(words: Words, sentences: Sequence[Sentence]) -> list[tuple[int, int]]:
    """The range of word positions of each sentence."""
    bounds = []
    for sentence in sentences:
        low = _first_at_or_after(words.starts, sentence.start)
        bounds.append((low, _first_at_or_after(words.starts, sentence.end)))
    return bounds


def _first_at_or_after(starts: Sequence[int], offset: int) -> int:
    return bisect_right(starts, offset - 1)


def match_themes(words: Words, bounds: Sequence[tuple[int, int]], language: str, lexicon: Lexicon) -> list[Found]:
    """Raw matches of theme and trigger words, overlaps resolved; none for a language the table has no words of."""
    if language not in lexicon.words:
        return []
    return strongest(lexicon.words[language].find(words.folded, bounds))


def tag_themes(
    text: str,
    words: Words,
    sentences: Sequence[Sentence],
    *,
    language: str,
    year: int | None = None,
    lexicon: Lexicon | None = None,
    found: list[Found] | None = None,
) -> list[ThemeHit]:
    """Theme hits with their context. `year` of publication decides what counts as past; labels `trigger:*` included."""
    lexicon = lexicon or load_lexicon()
    if language not in lexicon.words:
        return []
    bounds = sentence_bounds(words, sentences)
    if found is None:
        found = match_themes(words, bounds, language, lexicon)
    by_sentence = _by_sentence(found, bounds)
    active = sorted(by_sentence)
    cue_matches = _by_sentence(lexicon.cues[language].find(words.folded, [bounds[i] for i in active]), bounds)
    hits: list[ThemeHit] = []
    for number in active:
        sentence = sentences[number]
        cues = read_cues(cue_matches.get(number, []), text, (sentence.start, sentence.end), words.starts, year)
        breaks = _breaks(text, words, bounds[number]) if cues.modality else ()
        for match in by_sentence[number]:
            theme = lexicon.themes.get(match.label)
            context = context_of(match.first, match.last, cues, theme is None or theme.negatable, breaks)
            start, end = words.starts[match.first], words.ends[match.last]
            hits.append(ThemeHit(match.label, start, end, number, match.weight, context))
    return hits


def _by_sentence(found: Iterable[Found], bounds: Sequence[tuple[int, int]]) -> dict[int, list[Found]]:
    lows = [low for low, _ in bounds]
    grouped: dict[int, list[Found]] = {}
    for match in found:
        grouped.setdefault(bisect_right(lows, match.first) - 1, []).append(match)
    return grouped


def _breaks(text: str, words: Words, bound: tuple[int, int]) -> tuple[int, ...]:
    """Positions of words that follow a comma, colon or semicolon."""
    low, high = bound
    return tuple(
        i for i in range(low + 1, high) if any(c in text[words.ends[i - 1] : words.starts[i]] for c in ",;:،؛")
    )
