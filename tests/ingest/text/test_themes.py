"""The theme table: patterns, context, quantities and claims, in small."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from ingest.text.claims import propose_severity
from ingest.text.lexicon import LexiconError, Matcher, strongest
from ingest.text.quantities import Quantity, find_quantities
from ingest.text.sentences import split_sentences
from ingest.text.themes import LANGUAGES, THEMES_FILE, ThemeHit, load_lexicon, sentence_bounds, tag_themes
from ingest.text.tokens import words_of


def matches(patterns: str, text: str, language: str = "en") -> list[tuple[str, float]]:
    matcher = Matcher(language)
    matcher.add(patterns, "x")
    words = words_of(text)
    return [(text[words.starts[m.first] : words.ends[m.last]], m.weight) for m in strongest(matcher.find(words.folded))]


@pytest.mark.parametrize(
    ("patterns", "text", "found"),
    [
        ("arrest*", "They were arrested.", [("arrested", 2.0)]),
        ("*aanslag", "Een zelfmoordaanslag.", [("zelfmoordaanslag", 2.0)]),
        ("*moord*", "De eermoorden.", [("eermoorden", 2.0)]),
        ("~jail", "in jail", [("jail", 1.0)]),
        ("house|home arrest", "under home arrest", [("home arrest", 2.0)]),
        ("killed ... civilians", "killed at least nine civilians", [("killed at least nine civilians", 2.0)]),
        ("killed ... civilians", "killed at least nine or ten civilians", []),
        ("~arrest*; arbitrar* arrest*", "arbitrarily arrested", [("arbitrarily arrested", 2.0)]),
        ("ill-treat*", "ill treatment and ill-treated", [("ill treatment", 2.0), ("ill-treated", 2.0)]),
    ],
)
def test_patterns(patterns: str, text: str, found: list[tuple[str, float]]) -> None:
    assert matches(patterns, text) == found


def test_arabic_article_and_prefixes_do_not_count() -> None:
    for word in ("اعتقال", "الاعتقال", "والاعتقال", "بالاعتقال", "للاعتقال", "الإعتقال"):
        assert matches("اعتقال", word, "ar"), word


@pytest.mark.parametrize("pattern", ["... killed", "killed ...", "!!!"])
def test_a_bad_pattern_says_what_to_write(pattern: str) -> None:
    with pytest.raises(LexiconError, match=r"write|leave"):
        Matcher("en").add(pattern, "x")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ('dimension = "lawful"\nindicator = "L1"', "write one of legal"),
        ('dimension = "legal"\nindicator = "L1"\npolarity = 3', "write -1, 0 or 1"),
        ('dimension = "legal"', "nothing to be evidence for"),
        ('dimension = "legal"\nindicator = "L1"\nfrench = "x"', "unknown key 'french'"),
        ('dimension = "legal"\nindicator = "L1"\nintensity = 9', "from 0 to 4"),
    ],
)
def test_a_bad_theme_is_refused(tmp_path: Path, row: str, message: str) -> None:
    path = tmp_path / "themes.toml"
    contexts = "\n".join(f"[context.{language}]" for language in LANGUAGES)
    path.write_text(
        f'version = "1"\n[theme.x]\n{row}\n{contexts}\n[quantity.a]\n[range.b]\nlevel = 1\n', encoding="utf-8"
    )
    with pytest.raises(LexiconError, match=message):
        load_lexicon(path)


def test_every_theme_speaks_five_languages() -> None:
    table = tomllib.loads(THEMES_FILE.read_text(encoding="utf-8"))
    assert len(table["theme"]) >= 45
    for name, row in table["theme"].items():
        for language in LANGUAGES:
            assert len([p for p in row[language].split(";") if p.strip()]) >= 5, (name, language)
    assert {row["dimension"] for row in table["theme"].values()} == {"legal", "physical", "material", "none"}


def tagged(text: str, year: int | None = 2026, language: str = "en") -> list[ThemeHit]:
    return tag_themes(text, words_of(text), split_sentences(text), language=language, year=year)


def flags(text: str, theme: str) -> tuple[bool, bool, bool]:
    hit = next(hit for hit in tagged(text) if hit.theme == theme)
    return hit.context.negated, hit.context.modal, hit.context.past


@pytest.mark.parametrize(
    ("text", "theme", "expected"),
    [
        ("Heavy clashes killed nine soldiers.", "armed_clash", (False, False, False)),
        ("No clashes were reported.", "armed_clash", (True, False, False)),
        ("Clashes did not occur.", "armed_clash", (True, False, False)),
        ("Shelling has not stopped.", "shelling_airstrike", (False, False, False)),
        ("Airstrikes killed no less than 12 people.", "shelling_airstrike", (False, False, False)),
        ("They were detained without charge.", "arbitrary_detention", (False, False, False)),
        ("Officials denied that prisoners were tortured.", "torture", (True, False, False)),
        ("Detainees face a risk of torture.", "torture", (False, True, False)),
        ("Torture may occur in custody.", "torture", (False, True, False)),
        ("Torture in May 2026 was reported.", "torture", (False, False, False)),
        ("On 12 May rebels shelled the town.", "shelling_airstrike", (False, False, False)),
        ("An airstrike on the port is possible.", "shelling_airstrike", (False, True, False)),
        ("The mission urged the government to end torture.", "torture", (False, True, False)),
        ("In 2009 hundreds were tortured there.", "torture", (False, False, True)),
        ("Since 2009 hundreds were tortured there.", "torture", (False, False, False)),
        ("Decades ago the army used landmines.", "mines_erw", (False, False, True)),
        ("Landmines laid in the 1980s still kill farmers.", "mines_erw", (False, False, False)),
        ("There is no drinking water.", "water", (False, False, False)),  # the lack is the news
        ("There was no fair trial.", "fair_trial", (False, False, False)),
    ],
)
def test_context(text: str, theme: str, expected: tuple[bool, bool, bool]) -> None:
    assert flags(text, theme) == expected


def test_without_a_year_of_publication_only_the_far_past_is_past() -> None:
    assert not tagged("In 2009 hundreds were tortured.", year=None)[0].context.past
    assert tagged("In 1971 hundreds were tortured.", year=None)[0].context.past


def quantities(text: str, language: str = "en") -> list[tuple[float, str]]:
    words, sentences = words_of(text), split_sentences(text)
    found = []
    for bound in sentence_bounds(words, sentences):
        matches = load_lexicon().counts[language].find(words.folded, [bound])
        for quantity in find_quantities(text, words, bound, matches):
            assert 0 <= quantity.start < quantity.end <= len(text)
            found.append((quantity.value, quantity.unit))
    return found


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("At least 14 people were killed and 30 wounded.", "en", [(14, "killed"), (30, "injured")]),
        ("The attack killed 12 and wounded 5.", "en", [(12, "killed"), (5, "injured")]),
        ("Some 2.5 million people are in need.", "en", [(2_500_000, "in_need")]),
        ("More than 1,200 families were displaced.", "en", [(1200, "displaced")]),
        ("Three aid workers were abducted.", "en", [(3, "abducted")]),
        ("On 4 August people were killed.", "en", []),
        ("In 2019 people were killed.", "en", []),
        ("A 25-year-old man was killed.", "en", []),
        ("About 40 percent of the displaced lack food.", "en", []),
        ("Bij de aanval kwamen 1.200 mensen om het leven.", "nl", [(1200, "killed")]),
        ("Ruim 2,5 miljoen mensen hebben hulp nodig.", "nl", [(2_500_000, "in_need")]),
        ("Douze civils ont été tués.", "fr", [(12, "killed")]),
        ("Près de 3 000 personnes ont été déplacées.", "fr", [(3000, "displaced")]),
        ("مقتل ١٢ شخصا وإصابة 30 آخرين.", "ar", [(12, "killed"), (30, "injured")]),
        ("Murieron 15 personas y 20 resultaron heridas.", "es", [(15, "killed"), (20, "injured")]),
    ],
)
def test_quantities(text: str, language: str, expected: list[tuple[float, str]]) -> None:
    assert quantities(text, language) == expected


def test_severity_is_the_rounded_mean_of_scope_intensity_and_range() -> None:
    themes = load_lexicon().themes
    killed = [Quantity(120, "killed", 0, 1)]
    assert propose_severity(themes["attack_on_civilians"], killed, 4) == 4
    assert propose_severity(themes["attack_on_civilians"], [], 2) == 3
    assert propose_severity(themes["displacement"], [Quantity(500, "displaced", 0, 1)], 1) == 2
    assert propose_severity(themes["amnesty"], [], 2) is None  # good news has no severity
