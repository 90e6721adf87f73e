"""Sentences of a run stand in the reader's language: units, numbers and days."""

from __future__ import annotations

from datetime import date

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
