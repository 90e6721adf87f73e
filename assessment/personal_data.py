"""Slips that identify a person, found in free text before it is written down for good.

A guard against slips, not a proof: a name cannot be told from other words, so forms say so and people read it over.
"""

from __future__ import annotations

import re

_PERSONAL = {
    "an e-mail address": re.compile(r"[\w.+-]+@[\w-]+\.\w+"),
    "a telephone number": re.compile(
        r"(?<![\w.,])(?:\+|00)\d[\d ()-]{7,16}\d(?!\w)|(?<![\w.,])06[ -]?\d(?:[ -]?\d){7}(?!\w)"
    ),
    "a bank account": re.compile(r"\b[A-Z]{2}\d{2} ?[A-Z]{4} ?(?:\d ?){8,16}\b"),
    "a V-number": re.compile(r"(?<![\d.,])\d{10}(?![\d.,]\d|\d)"),
}
_NINE = re.compile(r"(?<![\d.,])\d{9}(?![\d.,]\d|\d)")
# In words about one person more is a slip than in words about a country: what is no number of people names somebody.
_ONE_PERSON = {
    "a name": re.compile(
        r"\b(?i:(?:first |last |full |sur|voor|achter)?(?:name|naam)|client|cliënt)\b\s*[:=]"
        r"|\b(?i:called|named|genaamd|heet|name is|name was|naam is|naam was)\s+[A-Z]"
        r"|\b(?i:mr|mrs|ms|dhr|mevr|mw|meneer|mevrouw|de heer)\b\.?\s+[A-Z]"
    ),
    "a number of a file or document": re.compile(r"\d{6,}|\b[A-Z]{1,3}[-/]?\d{5,}"),
    "a day": re.compile(r"\b\d{1,2}[-/.]\d{1,2}[-/.](?:\d{2}|\d{4})\b|\b\d{4}-\d{2}-\d{2}\b"),
    "a birth": re.compile(r"\b(?i:born|geboren|geboortedatum|date of birth|dob)\b"),
}


def personal_data(text: str) -> str | None:
    """What in the text identifies a person ("an e-mail address"…), None when nothing was found."""
    for what, pattern in _PERSONAL.items():
        if pattern.search(text):
            return what
    for match in _NINE.finditer(text):  # citizen service number: 9 digits, the weighted sum is a multiple of 11
        digits = [int(c) for c in match.group()]
        if sum(d * w for d, w in zip(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1), strict=True)) % 11 == 0:
            return "a citizen service number"
    return None


def names_one_person(text: str) -> str | None:
    """As `personal_data`, for words about one person: also a form of address or "name:", a date, a long number."""
    found = personal_data(text)
    return found or next((what for what, pattern in _ONE_PERSON.items() if pattern.search(text)), None)
