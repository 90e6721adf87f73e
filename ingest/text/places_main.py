"""The countries and regions a text is mainly about."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import log10
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.text.places import Mention

#: How much a mention says about what the text is about, by role; a people says less than a place.
_ROLE_WEIGHT = {"event_place": 1.25, "mention": 1.0, "origin": 0.7, "destination": 0.6, "dateline": 0.4, "embassy": 0.1}
_KIND_WEIGHT = {"demonym": 0.5, "cross_country": 0.5}
_EARLY, _BEGINNING = 8.0, 1500  # extra weight at the first character, falling to none (characters)
#: A place in a sentence that counts the dead or injured is what an article on violence is about, and more so the more
#: there are: factor for one, and what every tenfold adds.
_HARM, _HARM_TENFOLD = 2.5, 0.5
_FOREIGN = 0.1
_DECLARED = (
    2.0  # a country the source declares is what its text is about, unless the text says otherwise twice as often
)


@dataclass(frozen=True, slots=True)
class Share:
    """One country (ISO alpha-3) or region (ISO 3166-2) and its part (0-1) of what the text names."""

    id: str
    share: float


@dataclass(frozen=True, slots=True)
class MainPlaces:
    """Ranked, largest share first; empty when the text names none."""

    countries: tuple[Share, ...]
    regions: tuple[Share, ...]


def main_places(mentions: Sequence[Mention], text: str) -> MainPlaces:
    """What a text is about: mentions weighed by role and kind, the title and the first sentences counting most.

    Regions of another country than the main one count by that country's share, so that the capitals of those who
    comment on a war do not outrank the towns it is fought in. Weights were set on the tuning part of one labelled file;
    see docs of `evaluate regions`.
    """
    countries: dict[str, float] = defaultdict(float)
    weighed = []
    sentences: dict[tuple[int, int], int] = {}
    length = max(len(text), 1)
    for mention in mentions:
        early = 1.0 + _EARLY * max(0.0, 1.0 - mention.start / min(length, _BEGINNING))
        weight = early * mention.confidence * _ROLE_WEIGHT[mention.role] * _KIND_WEIGHT.get(mention.kind, 1.0)
        victims = _victims(text, mention, sentences)
        weight *= _HARM + _HARM_TENFOLD * log10(victims) if victims else 1.0
        weight *= _DECLARED if mention.rule == "declared country" else 1.0
        weight *= 0.0 if _CREDIT.search(text, max(0, mention.start - 80), mention.start) else 1.0
        weighed.append((mention, weight))
        if mention.iso3:
            countries[mention.iso3] += weight
    regions: dict[str, float] = defaultdict(float)
    largest = max(countries.values(), default=1.0)
    for mention, weight in weighed:
        if mention.region_id and mention.iso3:
            regions[mention.region_id] += weight * (_FOREIGN + (1.0 - _FOREIGN) * countries[mention.iso3] / largest)
    return MainPlaces(_ranked(countries), _ranked(regions))


#: The line that says who reported it: "Source: Radio Kulmiye, Mogadishu, in Somali". It tells nothing of where.
_CREDIT = re.compile(r"\b(?:Source|Sources|Bron|Fuente|Quelle)\s?:[^\n]*$")
_NUMBER = (
    r"(?:\b\d+|\b(?:two|three|four|five|six|seven|eight|nine|ten|dozens?|scores|several|tientallen|twee|drie|vier|vijf"
    r"|dizaines|deux|trois|quatre|cinq|decenas|dos|tres)\b|عشرات)"
)
_VICTIM = (
    r"(?:kill|dead\b|died\b|death|wound|injur|casualt|doden\b|gedood|omgekomen|gewond|slachtoffer|mort|tué|bless|victime|muert|herid|víctima"
    r"|قتل|قتيل|مقتل|جرح|جريح|إصابة)"
)
#: What every match of _VICTIM holds: looking for these first is a hundred times faster.
_STEMS = tuple(part.removesuffix(r"\b") for part in _VICTIM.removeprefix("(?:").removesuffix(")").split("|"))
_COUNTED = re.compile(rf"{_NUMBER}[^.!?\n]{{0,40}}{_VICTIM}|{_VICTIM}[^.!?\n]{{0,30}}{_NUMBER}", re.IGNORECASE)


_NUMBER_WORDS = {
    word: number
    for number, words in {
        2: "two twee deux dos", 3: "three drie trois tres", 4: "four vier quatre cuatro", 5: "five vijf cinq cinco",
        6: "six", 7: "seven", 8: "eight", 9: "nine", 10: "ten", 12: "dozen",
        30: "dozens scores tientallen dizaines decenas عشرات",
    }.items()
    for word in words.split()
}  # fmt: skip
_COUNT = re.compile(r"\d+|[^\W\d_]+")
_GRID = 300  # characters: a sentence reaches at most so far, and up to twice as far
_MOST_VICTIMS = 1900  # from here on a number is a year or a toll of the whole war


def _victims(text: str, mention: Mention, known: dict[tuple[int, int], int]) -> int:
    """How many killed or injured the sentence of the mention counts; 0 where it counts none, 1 where it does not say
    how many. `known`: sentences of this text looked at before, for many hold several mentions. A "sentence" without end
    is cut on a grid, so that the mentions in it share few of them."""
    low = max(0, (mention.start // _GRID - 1) * _GRID)
    high = max(low + 3 * _GRID, mention.end)
    start = max(max(text.rfind(sign, low, mention.start) for sign in ".!?\n؟") + 1, low)
    ends = [spot for sign in ".!?\n؟" if (spot := text.find(sign, mention.end, high)) >= 0]
    span = (start, min(ends, default=high))
    if span not in known:
        known[span] = _counted(text[span[0] : span[1]])
    return known[span]


def _counted(sentence: str) -> int:
    small = sentence.lower()
    if not any(stem in small for stem in _STEMS):
        return 0
    words = [word for match in _COUNTED.finditer(small) for word in _COUNT.findall(match.group())]
    numbers = [int(word) if word.isdecimal() else _NUMBER_WORDS.get(word, 1) for word in words]
    return max((number for number in numbers if number < _MOST_VICTIMS), default=0)


def _ranked(weights: dict[str, float]) -> tuple[Share, ...]:
    total = sum(weights.values())
    ranked = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Share(key, round(value / total, 4)) for key, value in ranked if total > 0)
