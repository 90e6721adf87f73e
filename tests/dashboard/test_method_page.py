"""The page Method: all of the framework, in the reader's language where there are words, tests good and bad."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest

from assessment.indicators import definitions
from assessment.read import Reader
from dashboard import draw
from dashboard.language import LANGUAGES, load
from dashboard.page import escape
from dashboard.views import method
from tests.dashboard.view_scene import HOSTILE, look

VALIDATION = {
    "summary": {
        language: {"pass": ["V1: it orders"], "fail": [HOSTILE], "not_enough_data": [], "history": ["none"]}
        for language in LANGUAGES
    },
    "basis": {"made": "2026-11-28T12:00"},
    "tests": [
        {"test": "V1", "verdict": "pass", "title": {"en": "Ordering", "nl": "Volgorde"},
         "checks": [{"text": {"en": "as good as", "nl": "zo goed als"}, "value": 0.81, "limit": ">= 0.8",
                     "verdict": "pass"}]},
        {"test": "V3", "verdict": "fail", "title": {"en": "Dangerous", "nl": "Gevaarlijk"},
         "checks": [{"text": {"en": HOSTILE, "nl": HOSTILE}, "value": None, "limit": "<= 1 %", "verdict": "fail"}]},
    ],
}  # fmt: skip


class Elements(HTMLParser):
    """Elements and handlers of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        assert not [name for name, _ in attrs if name.startswith("on")]


class Told(Reader):
    """A reader whose method is what a test says."""

    told: dict[str, Any]

    def method(self) -> dict[str, Any]:
        return {**super().method(), **self.told}


def told(reader: Reader, **changes: Any) -> Reader:
    found = Told.open(reader._folder)
    found.told = changes
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_indicator_band_gate_and_category_is_named(reader: Reader, language: str) -> None:
    html = look(reader, method, None, language).html
    for row in reader.method()["indicators"]:
        assert f"<b>{row['indicator_id']}</b> {escape(row[f'name_{language}'])}" in html
        assert escape(method.text_of(language, row)[0]) in html
    for row in [*reader.method()["bands"], *reader.method()["gates"], *reader.method()["advice"].values()]:
        assert escape(row[language]) in html
    assert escape(load(language)("method.rule.missing", level=4)) in html


def test_every_indicator_has_a_dutch_text_of_the_english_one_there_is_now(reader: Reader) -> None:
    rows = {row["indicator_id"]: row for row in reader.method()["indicators"]}
    assert set(rows) == set(definitions())
    old = [name for name, row in rows.items() if not method.text_of("nl", row)[1]]
    assert old == [], "translate these again in dashboard/words/method_nl.toml and set `of` to the digest of the text"


def test_a_text_that_changed_is_shown_in_english_and_said_to_be(reader: Reader) -> None:
    row = {**reader.method()["indicators"][0], "text": "Something else."}
    assert method.text_of("nl", row) == ("Something else.", False)
    assert method.text_of("en", row) == ("Something else.", True)
    html = look(
        told(reader, indicators=[{**r, "text": "Else."} for r in reader.method()["indicators"]]), method, None, "nl"
    ).html
    assert html.count(load("nl")("method.english_only")) > 30


@pytest.mark.parametrize("language", LANGUAGES)
def test_another_version_and_no_run_are_said(reader: Reader, bare: Reader, language: str) -> None:
    words = load(language)
    assert escape(words("method.no_run")) in look(bare, method, None, language).html
    shown = reader.snapshot["framework_version"]
    said = escape(words("method.changed", shown=shown, stated=reader.method()["framework"]["version"]))
    assert said in look(told(reader, same_as_run=False), method, None, language).html
    assert said not in look(reader, method, None, language).html


@pytest.mark.parametrize("language", LANGUAGES)
def test_tests_of_the_method_are_shown_good_and_bad(reader: Reader, language: str) -> None:
    words = load(language)
    assert draw.commands(words("method.validation_none")) in look(reader, method, None, language).html
    for broken in ({}, [], {"summary": None}, {**VALIDATION, "tests": [{}]}):
        assert (
            draw.commands(words("method.validation_broken"))
            in look(told(reader, validation=broken), method, None, language).html
        )
    html = look(told(reader, validation=VALIDATION), method, None, language).html
    assert "V1: it orders" in html
    assert escape(words("method.verdict.fail")) in html
    assert escape(words("method.nothing")) in html
    assert HOSTILE[:25] not in html
    elements = Elements()
    elements.feed(html)
    assert not elements.seen & {"script", "img", "iframe", "form"}


def test_an_effect_nobody_has_words_for_keeps_its_name(reader: Reader) -> None:
    gate = {"gate_id": "G99", "en": "New", "nl": "Nieuw", "effect": {"something_new": True}}
    assert "something_new" in look(told(reader, gates=[gate]), method, None, "en").html
    for row in reader.method()["gates"]:
        for name in row["effect"]:
            assert load("nl").has(f"method.effect_of.{name}"), name
