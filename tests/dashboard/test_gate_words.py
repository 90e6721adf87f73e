"""A gate's document is named by its authority, in both languages, as `assessment.gate_texts` writes it."""

from __future__ import annotations

from datetime import date

import pytest

from assessment.gate_texts import hit_text
from assessment.positions import IN_PART, Position
from dashboard.gate_words import authority, without_address

ADDRESS = "https://example.org/a?b=1"


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("who", ["UNHCR", "EUAA", "NL", "court"])
@pytest.mark.parametrize("part", ["", IN_PART])
def test_the_address_is_taken_out_and_the_authority_named(language: str, who: str, part: str) -> None:
    position = Position(
        "one", who, "AFG", None, "15c", f"high{part}", "A quote, with a comma. And a second sentence.", ADDRESS,
        date(2024, 6, 27), None, "analyst", date(2024, 6, 27),
    )  # fmt: skip
    said, address = without_address(hit_text(language, "Name of the gate", "position", position))
    assert address == ADDRESS
    assert "http" not in said
    assert authority(said) == ({"en": "Court", "nl": "Rechter"}[language] if who == "court" else who)


def test_our_own_sentences_cite_nobody() -> None:
    said = hit_text("en", "Name", "blackout", None)
    assert without_address(said) == (said, "")
    assert authority(said) == ""
