"""Sentences of a run stand in the reader's language: units, numbers and days."""

from __future__ import annotations

from datetime import date

import pytest

from assessment import framework, indicators, saying


def test_every_unit_has_a_dutch_form() -> None:
    units = {i.unit for i in framework.load().indicators} | {d.unit for d in indicators.definitions().values()}
    assert {u for u in units if u not in saying.DUTCH_UNITS} == set()


def test_no_dutch_form_is_left_over() -> None:
    units = {i.unit for i in framework.load().indicators} | {d.unit for d in indicators.definitions().values()}
    assert set(saying.DUTCH_UNITS) - units == set()


def test_numbers_and_days_take_the_readers_form() -> None:
    assert saying.number(12345.6, "nl") == "12.300"
    assert saying.number(12345.6, "en") == "12,300"
    assert saying.number(0.026923, "nl") == "0,0269"
    assert saying.number(0.0, "en") == "0"
    assert saying.day(date(2025, 12, 31), "nl") == "31 december 2025"
    assert saying.unit("deaths per 100 000 a year", "en") == "deaths per 100 000 a year"


@pytest.mark.parametrize(
    ("template", "language", "said"),
    [
        ("{n:count} / {n:tenth}", "nl", "1.235 / 1.234,6"), ("{n:count} / {n:tenth}", "en", "1,235 / 1,234.6"),
        ("{p:once}", "nl", "ongeveer één keer per 73.000 perioden"),
        ("{tiny:once}", "en", "less than once in a million such periods"),
        ("{p:percent}", "nl", "0 %"), ("{sure:percent}", "nl", "meer dan 99 %"), ("{half:percent}", "en", "50 %"),
        ("{d:day} {w}", "nl", "31 december 2025 woord"), ("{w}", "en", "word {x}"),
    ],
)  # fmt: skip
def test_a_sentence_is_filled_in_the_readers_form(template: str, language: str, said: str) -> None:
    values = {"n": 1234.56, "p": 1.37e-5, "tiny": 1e-9, "sure": 0.998, "half": 0.5, "d": date(2025, 12, 31),
              "w": {"en": "word {x}", "nl": "woord"}}  # fmt: skip
    assert saying.filled(template, language, values) == said


def test_an_unknown_form_or_value_is_no_sentence() -> None:
    with pytest.raises(KeyError):
        saying.filled("{n:roughly}", "en", {"n": 1.0})
    with pytest.raises(KeyError):
        saying.filled("{m}", "en", {"n": 1.0})
