"""Both languages are complete, and no text calls anything safe."""

from __future__ import annotations

import re
import string
from datetime import date

import pytest

from dashboard import views
from dashboard.language import LANGUAGES, MissingWord, load

VERDICTS = re.compile(r"\b(safe|unsafe|veilig|onveilig)\b", re.IGNORECASE)
# Places where the word is no verdict: names of rights and quoted terms of law.
ALLOWED: set[str] = set()


def test_every_language_has_the_same_keys() -> None:
    keys = {language: set(load(language).texts) for language in LANGUAGES}
    assert keys["nl"] ^ keys["en"] == set()


def test_every_text_is_filled_the_same_way() -> None:
    def fields(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}

    english, dutch = load("en").texts, load("nl").texts
    assert {key for key in english if fields(english[key]) != fields(dutch[key])} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty_or_a_verdict(language: str) -> None:
    texts = load(language).texts
    assert [key for key, text in texts.items() if not text.strip()] == []
    assert [key for key, text in texts.items() if VERDICTS.search(text) and key not in ALLOWED] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_view_has_a_title(language: str) -> None:
    assert [view.PATH for view in views.every() if not load(language).has(f"{view.PATH}.title")] == []


def test_a_missing_word_says_where_to_add_it() -> None:
    with pytest.raises(MissingWord, match=r"words/nl\.toml has no \[nowhere\.title\]"):
        load("nl")("nowhere.title")


def test_dates_and_numbers_take_the_readers_form() -> None:
    assert load("nl").day(date(2026, 11, 23)) == "23 november 2026"
    assert load("en").day(date(2026, 11, 23)) == "23 November 2026"
    assert load("nl").number(1234.56, 1) == "1.234,6"
    assert load("en").share(0.1234, 1) == "12.3 %"
    assert load("nl").number(None) == "-"
