"""Words, sentences, language, clean text: offsets always lead back to the text as given."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.adapters._plain import text_of
from ingest.text.language import identify
from ingest.text.sentences import split_sentences
from ingest.text.tokens import arabic_forms, fold, words_of
from tests.growth import assert_grows_gently

ALPHABETS = (
    "abc ABC .!?\n\n*-•#:;,'\"()éüß\u0301\u0300ابة أإ ى ـ "
    "\u064e\u200f\u202e\u202c\u200bሰላም። 漢字。 12.5 3,000 <b>&amp;</b> &#x41;"
)
TEXTS = st.text(alphabet=st.one_of(st.sampled_from(ALPHABETS), st.characters()), max_size=400)


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_words_lie_in_order_and_fold_to_what_they_are(text: str) -> None:
    words = words_of(text)
    position = 0
    for form, start, end in zip(words.folded, words.starts, words.ends, strict=True):
        assert position <= start < end <= len(text)
        assert form == fold(text[start:end])
        position = end


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_sentences_cut_the_text_and_lose_no_word(text: str) -> None:
    sentences = split_sentences(text)
    position = 0
    for sentence in sentences:
        assert position <= sentence.start < sentence.end <= len(text)
        assert text[sentence.start : sentence.end].strip() == text[sentence.start : sentence.end]
        position = sentence.end
    for word in re.finditer(r"[^\W\d_]{2,}", text):
        assert any(s.start <= word.start() and word.end() <= s.end for s in sentences)


def cut(text: str) -> list[str]:
    return [text[s.start : s.end] for s in split_sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Fighting resumed. Families fled.", ["Fighting resumed.", "Families fled."]),
        ("Gen. Ali met Dr. Noor on 3 Jan. 2026 in Kabul.", ["Gen. Ali met Dr. Noor on 3 Jan. 2026 in Kabul."]),
        ("SECURITY\nTwo men were shot.", ["SECURITY", "Two men were shot."]),
        ("* one item\n* another item", ["* one item", "* another item"]),
        ("wrapped line goes\non here.", ["wrapped line goes\non here."]),
        ("وقع القصف. هرب السكان؟ نعم.", ["وقع القصف.", "هرب السكان؟", "نعم."]),
        ("ሰዎች ሸሹ። ከተማዋ ተቃጠለች።", ["ሰዎች ሸሹ።", "ከተማዋ ተቃጠለች።"]),
        ("About 3.5 million people need aid.", ["About 3.5 million people need aid."]),
    ],
)
def test_sentence_ends(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


def test_spellings_meet() -> None:
    assert fold("إعتقال") == fold("اعتقال")
    assert fold("Zôr") == fold("zor")
    assert "اعتقال" in arabic_forms(fold("والاعتقال"))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The rebels withdrew from the town on Monday after heavy fighting.", "en"),
        ("De rebellen trokken zich maandag terug uit de stad.", "nl"),
        ("Les rebelles se sont retirés de la ville lundi.", "fr"),
        ("Los rebeldes se retiraron de la ciudad el lunes.", "es"),
        ("Die Rebellen zogen sich am Montag aus der Stadt zurück.", "de"),
        ("انسحب المسلحون من المدينة يوم الاثنين.", "ar"),
        ("شورشیان روز دوشنبه از شهر عقب نشینی کردند.", "fa"),
        ("وسله والو د دوشنبې په ورځ له ښاره وتل.", "ps"),
        ("Повстанцы ушли из города в понедельник.", "ru"),
        ("Повстанці пішли з міста в понеділок.", "uk"),
        ("Isyancılar pazartesi günü şehirden çekildi.", "tr"),
        ("Jabhaddu waxay isniintii ka baxday magaalada.", "so"),
        ("Waasi waliondoka mjini siku ya Jumatatu.", "sw"),
        ("ታጣቂዎቹ ሰኞ ዕለት ከከተማዋ ወጥተዋል እና ሰላም ነው።", "am"),
        ("እቶም ዕጡቓት ሰኑይ ካብ ከተማ ወጺኦም ኣለዉ።", "ti"),
        ("人们星期一离开了城市。", "und"),
        ("12 34 56", "und"),
        ("Aleppo", "und"),
    ],
)
def test_language(text: str, language: str) -> None:
    assert identify(text).language == language


def test_a_hint_decides_only_where_the_text_cannot() -> None:
    assert identify("Aleppo", "nl-NL").language == "nl"
    assert identify("The rebels withdrew from the town on Monday.", "nl").language == "en"
    assert identify("人们星期一离开了城市。", "nl").language == "und"


@pytest.mark.parametrize(
    "text",
    [
        "a" * 1_000_000,
        "e\u0301" * 500_000,
        "\u202e\u200f\u200b\u2066" * 250_000,
        "<p>" * 330_000,
        "<script>" * 120_000,
        "<a " * 300_000 + "&amp" * 50_000,
        "No clashes " * 90_000,
        "....... " * 120_000,
    ],
    ids=["line", "marks", "bidi", "tags", "unclosed", "broken", "words", "stops"],
)
def test_hostile_text_costs_in_proportion_to_its_length(text: str) -> None:
    def read(part: str) -> None:
        clean = text_of(part)
        split_sentences(clean)
        words_of(clean)
        identify(part)

    identify("some words")  # reads its model outside the measure
    assert_grows_gently(read, text[: len(text) // 4], text)
