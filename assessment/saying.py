"""Numbers, days and units in the reader's language, for the sentences a run stores."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from string import Formatter
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

DUTCH_UNITS = {
    "% attending or enrolled": "% op school of ingeschreven",
    "% change over 12 months": "% verandering in 12 maanden",
    "% of districts or cells with a lethal event in 12 months": "% van de districten met dodelijk geweld in 12 maanden",
    "% of events with explosives or against civilians": "% van de voorvallen met explosieven of tegen burgers",
    "% of housing": "% van de woningen",
    "% of people in IPC phase 3 or worse": "% van de mensen in IPC-fase 3 of erger",
    "% unemployed or without income": "% zonder werk of inkomen",
    "% with basic service": "% met een basisvoorziening",
    "Political Terror Scale 1-5": "Political Terror Scale 1-5, 5 is het ergst",
    "casualties per 100 000 a year": "slachtoffers per 100.000 inwoners per jaar",
    "checklist, not stored": "lijst met vragen, wordt niet bewaard",
    "code 0 open - 4 closed": "code 0 open - 4 gesloten",
    "code 0-4": "code 0-4, 4 is het ergst",
    "deaths per 100 000 a year": "doden per 100.000 inwoners per jaar",
    "displaced per 1 000 in 12 months": "ontheemden per 1.000 inwoners in 12 maanden",
    "facts": "feiten",
    "homicides per 100 000 a year": "moorden per 100.000 inwoners per jaar",
    "incidents per week per million": "voorvallen per week per miljoen inwoners",
    "index 0-1": "index 0-1, 1 is het best",
    "level 0-5": "niveau 0-5, 5 is het ergst",
    "returns per 1 000 inhabitants a year": "terugkeerders per 1.000 inwoners per jaar",
    "score 0-100": "score 0-100",
    "service coverage 0-100": "dekking van voorzieningen 0-100",
    "severity 1-5": "ernst 1-5, 5 is het ergst",
    "status": "status",
    "subnational human development index 0-1": "ontwikkelingsindex van de regio 0-1",
}


def unit(text: str, language: str) -> str:
    """A unit of the framework; one without a Dutch form stays English (a test names it)."""
    return DUTCH_UNITS.get(text, text) if language == "nl" else text


def publisher(named: str) -> str:
    """A publisher of the catalog in short: what stands before the first comma or bracket."""
    return named.split(",")[0].split(" (")[0]


@lru_cache(maxsize=50_000)
def number(value: float, language: str) -> str:
    """Three significant digits in the reader's form: 12,300 or 12.300; 0.0269 or 0,0269."""
    return format_decimal(float(f"{value:.3g}"), "#,##0.######", locale=language)


@lru_cache(maxsize=50_000)
def day(value: date, language: str) -> str:
    """31 December 2025, 31 december 2025."""
    return format_date(value, "d MMMM y", locale=language)


def count(value: float, language: str) -> str:
    """A whole number: 1,234 or 1.234."""
    return format_decimal(round(value), "#,##0", locale=language)


def tenth(value: float, language: str) -> str:
    """At most one decimal: 12.5 or 12,5."""
    return format_decimal(round(value, 1), "#,##0.#", locale=language)


MORE_THAN = {"en": "more than", "nl": "meer dan"}


def percent(value: float, language: str) -> str:
    """A probability: 0.97 as 97 %; never rounded up to certainty."""
    said = format_percent(min(value, 0.99), "#,##0 %", locale=language)
    return f"{MORE_THAN[language]} {said}" if value > 0.99 else said


ONCE = {
    "en": ("less than once in a million such periods", "about once in {} such periods"),
    "nl": ("minder dan één keer per miljoen perioden", "ongeveer één keer per {} perioden"),
}


def once_in(probability: float, language: str) -> str:
    """A small probability as how seldom it happens: .0000137 is about once in 73,000 periods."""
    rare, seldom = ONCE[language]
    if probability < 1e-6:
        return rare
    return seldom.format(format_decimal(float(f"{1 / probability:.2g}"), "#,##0", locale=language))


FORMS: Mapping[str, Callable[[Any, str], str]] = {
    "count": count, "tenth": tenth, "percent": percent, "once": once_in, "day": day,
}  # fmt: skip


class _Spoken(Formatter):
    """`{statistic:count}` gives the number in the reader's form; a field without a form is put in as it stands."""

    def __init__(self, language: str) -> None:
        self.language = language

    def format_field(self, value: Any, format_spec: str) -> str:
        return FORMS[format_spec](value, self.language) if format_spec else str(value)


def filled(template: str, language: str, values: Mapping[str, Any]) -> str:
    """A sentence of ours with its numbers and days in the reader's form. Forms: count, tenth, percent, once, day.

    A value given as {"en": …, "nl": …} is put in by language. Raises KeyError for a value or a form that is missing.
    """
    chosen = {name: value[language] if isinstance(value, Mapping) else value for name, value in values.items()}
    return _Spoken(language).vformat(template, (), chosen)
