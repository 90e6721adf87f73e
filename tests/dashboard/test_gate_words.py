"""A gate's sentence stands without its address, in both languages; every authority has a name."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from assessment.gate_texts import hit_text
from assessment.positions import AUTHORITIES, IN_PART, Position
from dashboard.gate_words import authority, sentence
from dashboard.language import LANGUAGES, load

ADDRESS = "https://example.org/a_(b)?b=1"


def said(ground: str, position: Position | None) -> dict[str, Any]:
    """A gate as the reader gives it."""
    return {
        "text_en": hit_text("en", "Name of the gate", ground, position),
        "text_nl": hit_text("nl", "Naam van de regel", ground, position),
        "authority": position and position.authority, "url": position and position.url,
    }  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("who", AUTHORITIES)
@pytest.mark.parametrize("part", ["", IN_PART])
def test_the_address_is_taken_out_and_the_authority_named(language: str, who: str, part: str) -> None:
    position = Position(
        "one", who, "AFG", None, "15c", f"high{part}", "A quote, with a comma. And a second sentence.", ADDRESS,
        date(2024, 6, 27), None, "analyst", date(2024, 6, 27),
    )  # fmt: skip
    words = load(language)
    text = sentence(words, said("position", position))
    assert "http" not in text
    assert text.endswith("And a second sentence.")
    assert f"{authority(words, who)}, " in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_own_sentences_stand_as_they_are(language: str) -> None:
    gate = said("blackout", None)
    assert sentence(load(language), gate) == gate[f"text_{language}"]
