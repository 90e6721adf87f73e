"""The response is not the situation; who speaks or pays is not where it happens. Own sentences in five languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import product
from pathlib import Path

import pytest

from ingest.text.claims import MOST_A_PLACE
from ingest.text.gate import load_gate
from ingest.text.lexicon import LexiconError
from ingest.text.pipeline import TextDocument, process_documents
from ingest.text.response import is_attributed, load_words, read_told
from ingest.text.tokens import words_of

RESPONSES = [
    ("en", "A relief agency distributed 400 tents in Aleppo."),
    ("en", "Forty officers took part in the workshop on mines in Herat."),
    ("en", "The bank signed a loan of 20 million euros for roads in Homs."),
    ("en", "The project aims to improve schools for refugees in Mopti."),
    ("nl", "Een hulporganisatie deelde 400 tenten uit in Aleppo."),
    ("nl", "In Herat volgden veertig agenten een training over mijnen."),
    ("fr", "Une agence a distribué 400 tentes aux déplacés à Alep."),
    ("fr", "Le projet vise à améliorer les écoles de Mopti."),
    ("ar", "وزعت منظمة إغاثة 400 خيمة على العائلات في حلب."),
    ("ar", "أطلقت الوكالة مشروع بناء مدارس في حمص."),
    ("es", "Una agencia distribuyó 400 tiendas en Alepo."),
]
SITUATIONS = [
    ("en", "Tents were distributed in Aleppo, but 4,000 families have no access to water."),
    ("en", "Six trainers were killed in a workshop in Herat."),
    ("en", "Clashes went on in Homs."),
    ("en", "The army launched an offensive in Idlib."),
    ("en", "Parliament adopted a law that makes same-sex acts a crime."),
    ("nl", "Het leger lanceerde een offensief in Idlib."),
    ("fr", "L'armée a lancé une offensive à Idlib."),
    ("ar", "أطلق الجيش صواريخ على إدلب."),
    ("es", "El ejército lanzó una ofensiva en Idlib."),
    ("nl", "In Aleppo zijn tenten uitgedeeld, maar er is een tekort aan water."),
    ("nl", "In Homs werd gevochten."),
    ("fr", "Des tentes ont été distribuées à Alep, mais l'hôpital est détruit."),
    ("ar", "تم توزيع الخيام في حلب لكن السكان يعانون من نقص المياه."),
    ("es", "Se distribuyeron tiendas en Alepo, pero persiste la escasez de agua."),
]


def told(text: str, language: str):  # type: ignore[no-untyped-def]
    words = words_of(text)
    return read_told(words, (0, len(words.folded)), language)


@pytest.mark.parametrize(("language", "text"), RESPONSES)
def test_what_was_done_is_a_response(language: str, text: str) -> None:
    assert told(text, language).is_response


@pytest.mark.parametrize(("language", "text"), SITUATIONS)
def test_how_it_is_there_is_none(language: str, text: str) -> None:
    assert not told(text, language).is_response


def test_a_language_without_words_is_left_alone() -> None:
    assert not told("Wakala uligawa mahema 400.", "sw").is_response


@pytest.mark.parametrize(
    ("language", "text", "place", "expected"),
    [
        ("en", "Anna Berg (Sweden) said the fighting was worrying.", "Sweden", True),
        ("en", "The representative of the Sudan said that clashes went on.", "Sudan", True),
        ("en", "Clashes displaced families in camps funded by Sweden.", "Sweden", True),
        ("en", "Clashes went on in Sweden.", "Sweden", False),
        ("en", "Thanks to rain, Kenya saw fewer fires.", "Kenya", False),
        ("en", "Floods hit the north (Kenya) and the south.", "Kenya", False),
        ("nl", "De vertegenwoordiger van Zweden sprak over gevechten.", "Zweden", True),
        ("nl", "Anna Berg (Zweden) zei dat er gevochten wordt.", "Zweden", True),
        ("nl", "In Zweden werd gevochten.", "Zweden", False),
        ("fr", "Le représentant de la Suède a parlé des combats.", "Suède", True),
        ("fr", "Des combats ont éclaté en Suède.", "Suède", False),
        ("ar", "قال ممثل السويد إن القتال مستمر.", "السويد", True),
        ("ar", "اندلع القتال في السويد.", "السويد", False),
        ("es", "El representante de Suecia habló de combates.", "Suecia", True),
    ],
)
def test_speakers_and_donors(language: str, text: str, place: str, expected: bool) -> None:
    words = words_of(text)
    found = is_attributed(text.index(place), text, words, read_told(words, (0, len(words.folded)), language))
    assert found is expected


class Everything:
    """Keeps every draft, so that the rules alone decide."""

    def probability(self, facts: object) -> float:
        return 1.0


def claims_of(text: str, title: str = ""):  # type: ignore[no-untyped-def]
    document = TextDocument(
        id="d", title=title, text=text, source_id="s", origin_family="s", url="", published=datetime(2026, 11, 20)
    )
    return process_documents([document], gate=replace(load_gate(), claims=Everything())).claims


@pytest.mark.parametrize(
    ("response", "situation"),
    [
        (
            "A relief agency distributed food to 3,000 malnourished children in Aleppo.",
            "In Aleppo 3,000 malnourished children went hungry and 12 were killed by shelling.",
        ),
        (
            "De organisatie deelde voedselhulp uit aan 3.000 ontheemden in Aleppo.",
            "In Aleppo zijn 3.000 ontheemden en werden twaalf burgers gedood door beschietingen.",
        ),
        (
            "L'agence a distribué de l'aide alimentaire à 3 000 déplacés internes à Alep.",
            "À Alep, 3 000 déplacés internes manquent d'eau et des bombardements ont tué douze civils.",
        ),
        (
            "وزعت المنظمة مساعدات غذائية على 3000 نازح في حلب ضمن مشروع جديد.",
            "أدى القصف على حلب إلى مقتل 12 مدنيا ونزوح 3000 نازح من المدينة.",
        ),
    ],
)
def test_only_the_situation_makes_a_claim(response: str, situation: str) -> None:
    assert claims_of(response) == []
    assert {claim.iso3 for claim in claims_of(situation)} == {"SYR"}


def test_a_speakers_country_gets_no_claim() -> None:
    text = (
        "Heavy clashes and shelling killed 40 people in Aleppo.\n\nAnna Berg (Sweden) said the clashes had killed 40."
    )
    assert {claim.iso3 for claim in claims_of(text)} == {"SYR"}


def test_lines_of_a_log_that_say_the_same_are_one_claim() -> None:
    lines = [
        f"On 1{day} December observers in Aleppo heard {day + 3} explosions of shelling to the north."
        for day in range(6)
    ]
    other = "Shelling hit the bakery of Aleppo and wounded nine people who queued for bread."
    quotes = {claim.quote for claim in claims_of("\n\n".join([*lines, other])) if claim.theme == "shelling_airstrike"}
    assert len(quotes & set(lines)) == 1
    assert other in quotes


def test_of_one_theme_and_place_a_document_gives_no_more_than_a_person_reads() -> None:
    names = ["".join(letters) for letters in product("bdfgk", "aeiou", "lmnrst", "aeo")]
    quays = [names[start::60] for start in range(60)]
    lines = [
        f"Shelling killed {n + 2} people in Aleppo and the roofs were on fire at {' '.join(quay)}."
        for n, quay in enumerate(quays)
    ]
    claims = [claim for claim in claims_of("\n\n".join(lines)) if claim.theme == "shelling_airstrike"]
    assert len({claim.quote for claim in claims}) == len(claims) == MOST_A_PLACE


def test_the_table_says_what_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "response.toml"
    path.write_text('[en]\ndeed = "gave"\n', encoding="utf-8")
    with pytest.raises(LexiconError, match="needs the keys deed, state, speaker, donor"):
        load_words(path)
