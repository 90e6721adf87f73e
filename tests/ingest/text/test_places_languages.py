"""Hand-written sentences in Dutch, French and Arabic: which place, and what it does in the sentence."""

from pathlib import Path

import pytest

from ingest.text.places import Mention, load_gazetteer, tag_places

HERE = Path(__file__).parent


def cases(language: str) -> list[tuple[str, str, str, str]]:
    """(sentence, words of the span, country or region, role or empty) from places_<language>.txt."""
    found = []
    for line in (HERE / f"places_{language}.txt").read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        sentence, expected = line.split(" | ")
        for item in expected.split(";"):
            name, _, answer = item.strip().partition("=")
            place, _, role = answer.partition(":")
            found.append((sentence, name, place, role))
    return found


ALL = [(language, *case) for language in ("nl", "fr", "ar") for case in cases(language)]


def mention_of(language: str, sentence: str, name: str) -> Mention | None:
    start = sentence.index(name)
    mentions = tag_places(sentence, language=language, gazetteer=load_gazetteer())
    return next((m for m in mentions if m.start < start + len(name) and start < m.end), None)


@pytest.mark.parametrize(("language", "sentence", "name", "place", "role"), ALL)
def test_place_and_role(language: str, sentence: str, name: str, place: str, role: str) -> None:
    mention = mention_of(language, sentence, name)
    assert mention is not None, "not found"
    assert sentence[mention.start : mention.end] == mention.text
    answer = (
        mention.region_id
        if "-" in place
        else mention.iso3
        if len(place) == 3
        else (mention.region_id or mention.iso3 or "")[:2]
    )
    assert answer == place, f"{mention.name}: {mention.iso3} {mention.region_id}"
    if role:
        assert mention.role == role


@pytest.mark.parametrize("language", ["nl", "fr", "ar"])
def test_enough_cases(language: str) -> None:
    listed = cases(language)
    assert len({sentence for sentence, *_ in listed}) >= 30
    assert sum(bool(role) for *_, role in listed) >= 30
