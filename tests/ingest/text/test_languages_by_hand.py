"""Hand-written sentences in Dutch, French and Arabic: the theme is found, and only facts become claims."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.text.sentences import split_sentences
from ingest.text.themes import ThemeHit, load_lexicon, tag_themes
from ingest.text.tokens import words_of

CASES = Path(__file__).with_name("cases")
KINDS = ("fact", "negation", "modality", "past")
YEAR = 2026


def cases() -> list[tuple[str, str, str, str]]:
    found = []
    for path in sorted(CASES.glob("*.txt")):
        kind = ""
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("["):
                kind = line.strip("[]")
            elif "|" in line and not line.startswith("#"):
                theme, sentence = (part.strip() for part in line.split("|", 1))
                found.append((path.stem, kind, theme, sentence))
    return found


def hits_of(sentence: str, language: str, theme: str) -> list[ThemeHit]:
    tagged = tag_themes(sentence, words_of(sentence), split_sentences(sentence), language=language, year=YEAR)
    return [hit for hit in tagged if hit.theme == theme]


@pytest.mark.parametrize(("language", "kind", "theme", "sentence"), cases())
def test_sentence(language: str, kind: str, theme: str, sentence: str) -> None:
    hits = hits_of(sentence, language, theme)
    assert hits, f"no {theme} in: {sentence}"
    strongest = [hit for hit in hits if hit.weight == max(h.weight for h in hits)]
    if kind == "fact":
        assert any(hit.context.is_fact() for hit in strongest), strongest
    else:
        flag = {"negation": "negated", "modality": "modal", "past": "past"}[kind]
        assert any(getattr(hit.context, flag) for hit in hits), hits
        assert not any(hit.context.is_fact() for hit in hits), hits


def test_there_are_thirty_of_each_kind_in_each_language() -> None:
    known = load_lexicon().themes
    for language in ("nl", "fr", "ar"):
        for kind in KINDS:
            own = [case for case in cases() if case[:2] == (language, kind)]
            assert len(own) >= 30, (language, kind, len(own))
            assert all(case[2] in known for case in own)
