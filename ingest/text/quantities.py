"""Numbers of persons with what they count: "killing at least 12", "1.200 ontheemden", "2.5 million in need".

Years, ages, dates, percentages and money are not persons and are left out. A number whose unit is not said near it is
left out as well: no guess.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from .lexicon import Found
from .tokens import Words, fold

_AND, _APART = frozenset({"and", "en", "et", "y", "while", "terwijl"}), 3
BEFORE, AFTER = 6, 5  # words between a number and its unit
_NUMBER = re.compile(
    r"(?<![\w.,/:+-])[0-9\u0660-\u0669\u06f0-\u06f9]{1,3}(?:[.,\u00a0\u202f' ][0-9]{3})+(?![\w])"
    r"|(?<![\w.,/:+-])[0-9\u0660-\u0669\u06f0-\u06f9]+(?:[.,][0-9]{1,2})?(?![\w/:]|[.,]\d)"
)
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_SCALE = {
    **dict.fromkeys(
        ["million", "millions", "mln", "m", "miljoen", "miljoenen", "مليون", "ملايين", "millon", "millones"], 1e6
    ),
    **dict.fromkeys(
        ["thousand", "thousands", "duizend", "duizenden", "mille", "milliers", "الف", "الاف", "mil", "miles"], 1e3
    ),
    **dict.fromkeys(["hundred", "hundreds", "honderd", "cent", "cents", "مايه", "cien", "cientos"], 1e2),
    **dict.fromkeys(["dozen", "dozens", "dozijn", "douzaine"], 12),
}
_NAMED = {
    word: value
    for value, words in enumerate(
        [
            "",
            "one een un",
            "two twee deux dos",
            "three drie trois tres ثلاثه ثلاث",
            "four vier quatre cuatro اربعه اربع",
            "five vijf cinq cinco خمسه خمس",
            "six zes seis سته ست",
            "seven zeven sept siete سبعه سبع",
            "eight acht huit ocho ثمانيه ثماني",
            "nine negen neuf nueve تسعه تسع",
            "ten tien dix diez عشره عشر",
            "eleven elf onze once",
            "twelve twaalf douze doce",
        ]
    )
    for word in words.split()
    if word not in ("een", "un", "one")  # mostly articles and pronouns
}
_MONTH = re.compile(
    r"^\W{0,2}(?:jan|feb|mar|apr|may|mei|mai|jun|jul|aug|sep|oct|okt|nov|dec|janv|févr|mars|avril|juin|juil|août|ener|febr|abril|agosto"
    r"|يناير|فبراير|مارس|أبريل|ابريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر)",
    re.IGNORECASE,
)
_NOT_PERSONS = re.compile(
    r"^\s{0,2}(?:%|per ?cent|percent|procent|pour cent|por ciento|في المئة|بالمئة|km|kilomet|miles|metres"
    r"|meter|kg|tonnes|tons|hectare|year|years|jaar|jarige|ans|años|عاما|سنة"
    r"|month|maand|mois|mes|day|dagen|jours|días|يوم|hour|uur|heure|hora|week|weken|semaine|semana|houses|homes|huizen|maisons|casas|منزل"
    r"|times|o'clock|am\b|pm\b|usd|euro|dollar|rockets?|raketten|missiles|shells|attacks|incidents|villages|dorpen)",
    re.IGNORECASE,
)
_NOT_AFTER = re.compile(
    r"(?:[$€£#№]|US\$|USD|EUR|aged?|age of|leeftijd van|âgée? de|phase|fase|page|article|artikel|no\.?|nr\.?"
    r"|resolution|level|chapter)\s{0,2}$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """`value` persons of kind `unit` (killed, injured, displaced, in_need, detained, abducted, returned), said at
    `text[start:end]`, number and unit included."""

    value: float
    unit: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Number:
    value: float
    first: int  # word position
    last: int
    start: int
    end: int


def find_quantities(text: str, words: Words, bound: tuple[int, int], found: Sequence[Found]) -> list[Quantity]:
    """Quantities of one sentence. `bound`: its word positions; `found`: matches of the count words inside it."""
    units = sorted((match for match in found if not match.label.startswith("range:")), key=lambda m: (m.first, -m.last))
    if not units:
        return []
    numbers = _numbers(text, words, bound)
    firsts = [number.first for number in numbers]  # ascending
    taken: set[tuple[int, str]] = set()
    quantities = []
    for number in numbers:
        unit = _unit_of(number, units, firsts, words.folded)
        if unit is None or (number.first, unit.label) in taken:
            continue
        taken.add((number.first, unit.label))
        start = min(number.start, words.starts[unit.first])
        quantities.append(Quantity(number.value, unit.label, start, max(number.end, words.ends[unit.last])))
    return quantities


def _unit_of(number: _Number, units: Sequence[Found], firsts: Sequence[int], folded: Sequence[str]) -> Found | None:
    """The nearest unit; a unit behind the number is preferred, an "and" keeps away, no other number may stand
    between. `units` and `firsts`, the first words of all numbers, are in order."""
    best: tuple[float, Found] | None = None
    for unit in units:
        if unit.first > number.last:
            distance = float(unit.first - number.last)
            limit, low, high = BEFORE, number.last, unit.first
        elif unit.last < number.first:
            distance = number.first - unit.last + 0.5
            limit, low, high = AFTER, unit.last, number.first
        else:
            continue
        if distance > limit or bisect_right(firsts, low) < bisect_left(firsts, high):
            continue
        distance += _APART * any(word in _AND for word in folded[low + 1 : high])
        if best is None or distance < best[0]:
            best = (distance, unit)
    return best[1] if best else None


def _numbers(text: str, words: Words, bound: tuple[int, int]) -> list[_Number]:
    low, high = bound
    found: list[_Number] = []
    position = low
    while position < high:
        number = _digits_at(text, words, position, high) or _named_at(words, position, high)
        if number is None:
            position += 1
            continue
        if _counts_persons(text, words, number):
            found.append(number)
        position = number.last + 1
    return found


def _digits_at(text: str, words: Words, position: int, high: int) -> _Number | None:
    match = _NUMBER.match(text, words.starts[position])
    if match is None:
        return None
    raw = match.group().translate(_DIGITS)
    grouped = re.fullmatch(r"\d{1,3}(?:[.,\u00a0\u202f' ]\d{3})+", raw)
    value = float(re.sub(r"\D", "", raw)) if grouped else float(raw.replace(",", "."))
    last = position
    while last + 1 < high and words.starts[last + 1] < match.end():
        last += 1
    end = match.end()
    if (
        last + 1 < high
        and (scale := _SCALE.get(words.folded[last + 1])) is not None
        and len(words.folded[last + 1]) > 1
    ):
        last, value = last + 1, value * scale
        end = words.ends[last]
    elif value != int(value) or (1900 <= value <= 2100 and not grouped):
        return _Number(-1.0, position, last, match.start(), match.end())
    return _Number(value, position, last, match.start(), end)


def _named_at(words: Words, position: int, high: int) -> _Number | None:
    word = words.folded[position]
    value = _NAMED.get(word) or _NAMED.get(fold(word))
    last = position
    if value is not None and position + 1 < high and words.folded[position + 1] in _SCALE:
        value, last = int(value * _SCALE[words.folded[position + 1]]), position + 1
    if value is None:
        return None
    return _Number(float(value), position, last, words.starts[position], words.ends[last])


def _counts_persons(text: str, words: Words, number: _Number) -> bool:
    behind, before = text[number.end : number.end + 16], text[max(0, number.start - 14) : number.start]
    if number.value < 0 or _NOT_PERSONS.match(behind) or _NOT_AFTER.search(before) or behind[:1] == "%":
        return False
    if behind.startswith("-") or (number.value <= 31 and _MONTH.match(behind)):
        return False
    return not (
        number.value <= 31
        and re.search(
            r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December)\s$", before
        )
    )
