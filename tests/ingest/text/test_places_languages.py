"""Hand-written sentences in sixteen languages and scripts: which place, and what it does in the sentence."""

import pytest

from ingest.text.gazetteer import sources
from ingest.text.gazetteer.additions import add_other_names
from ingest.text.gazetteer.demonyms import _slavic_adjective, _slavic_person
from ingest.text.gazetteer.sources import Row
from ingest.text.places import Mention, tag_places
from ingest.text.places_inflected import base_forms
from ingest.text.places_vocabulary import SHARED, Forms, listed, vocabulary
from tests.ingest.text.place_cases import Case, cases, measured, mention_of, place_given

#: Languages every sentence of which must be read rightly.
WHOLE = ("nl", "fr", "ar")
#: Part of the places at the right region, and of the roles, that must be reached, set-aside sentences included.
LEAST = {
    "ru": (1.0, 1.0), "uk": (1.0, 1.0), "fa": (1.0, 1.0), "ps": (1.0, 1.0), "ku": (0.9, 0.85), "ckb": (1.0, 1.0),
    "tr": (0.95, 1.0), "so": (0.95, 1.0), "am": (1.0, 1.0), "ti": (0.9, 0.85), "sw": (0.9, 1.0), "ha": (1.0, 1.0),
    "om": (0.95, 0.9),
}  # fmt: skip


@pytest.mark.parametrize("case", [case for language in WHOLE for case in cases(language)], ids=lambda c: c.name)
def test_place_and_role(case: Case) -> None:
    mention = mention_of(case)
    assert mention is not None, "not found"
    assert case.sentence[mention.start : mention.end] == mention.text
    assert place_given(case, mention) == case.place, f"{mention.name}: {mention.iso3} {mention.region_id}"
    assert mention.role == case.role or not case.role


@pytest.mark.parametrize("language", LEAST)
def test_most_places_and_roles_are_read_in_the_other_languages(language: str) -> None:
    counts = measured(cases(language))
    right, played = LEAST[language]
    assert counts["right"] >= right * counts["named"]
    assert counts["played"] >= played * counts["roles"]
    assert counts["beside"] <= 0.12 * counts["named"]


@pytest.mark.parametrize("language", [*WHOLE, *LEAST])
def test_enough_cases(language: str) -> None:
    listed_cases = cases(language)
    set_aside = sum(case.set_aside for case in listed_cases)
    assert len({case.sentence for case in listed_cases}) >= (30 if language in WHOLE else 20)
    assert sum(bool(case.role) for case in listed_cases) >= (30 if language in WHOLE else 12)
    assert language in WHOLE or 0.4 < set_aside / len(listed_cases) < 0.6


@pytest.mark.parametrize(
    ("language", "word", "base"),
    [
        ("ru", "Донецком", "донецк"),
        ("ru", "Грозного", "грозныи"),
        ("ru", "Сирией", "сирия"),
        ("ru", "Сумах", "сумы"),
        ("uk", "Києва", "киів"),
        ("uk", "Тернополя", "тернопіль"),
        ("tr", "Şırnak'taki", "sirnak"),
        ("ku", "Amedê", "amed"),
        ("ku", "ئێرانەوە", "ييران"),
        ("am", "በኦሮሚያ", "ኦሮሚያ"),
        ("om", "Sudaanitti", "sudan"),
        ("so", "Boosaaso", "bosaso"),
    ],
)
def test_an_inflected_name_leads_back_to_its_base_form(language: str, word: str, base: str) -> None:
    assert base in base_forms(word, vocabulary(language).forms)


def test_too_little_may_not_be_left_of_a_name() -> None:
    assert min(map(len, base_forms("Она", vocabulary("ru").forms))) == 3
    assert not any(form.startswith("мирн") for form in base_forms("Мирные", vocabulary("ru").forms)[1:])


def tagged(text: str, language: str) -> list[Mention]:
    return tag_places(text, language=language)


def test_a_surname_made_from_a_people_is_none() -> None:
    assert not [m for m in tagged("Полякова дала показания.", "ru") if m.iso3 == "POL"]


def test_endings_of_one_language_are_not_read_in_another() -> None:
    assert [m.text for m in tagged("Li Efrînê du rojnameger hatin girtin.", "ku")] == ["Efrînê"]
    assert not tagged("Efrînê spoke to reporters.", "en")
    assert not vocabulary("en").forms
    assert vocabulary("xx").in_words == vocabulary("en").in_words
    assert vocabulary("xx").forms == Forms()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ru", "Красная площадь была перекрыта. Марина Полякова дала показания. Дома стоят пустые."),
        ("uk", "Верховна Рада ухвалила закон. Надія є. Сергій Полтавець затриманий."),
        ("tr", "Ayşe Demir'e ödül verildi. Meclis'te tartışma çıktı."),
        ("am", "በመንገድ ላይ አደጋ ደረሰ። ከሰላም ስምምነቱ በኋላ ጦርነቱ ቆመ።"),
        ("ku", "Parlamentoyê biryar da. Rojname hat girtin."),
        ("om", "Manni murtii iyyannoo kuffise. Gatiin dabale."),
    ],
)
def test_words_that_look_like_inflected_names_are_none(language: str, text: str) -> None:
    assert [m.text for m in tagged(text, language)] == []


@pytest.mark.parametrize(
    ("language", "text", "country"),
    [
        ("ru", "Полиция задержала троих сирийцев.", "SYR"),
        ("uk", "Затримано двох афганців.", "AFG"),
        ("tr", "Üç Afganın cesedi bulundu, Suriyeliler aranıyor.", "SYR"),
        ("fa", "دو پناهجوی سوری بازداشت شدند.", "SYR"),
        ("ku", "Du Efxanî hatin girtin.", "AFG"),
        ("am", "ሁለት ሶማሊያዊ ታሰሩ።", "SOM"),
        ("ti", "ኤርትራውያን ስደተኛታት ኣብ ኢትዮጵያ ይነብሩ።", "ERI"),
    ],
)
def test_peoples_are_no_places_where_something_happened(language: str, text: str, country: str) -> None:
    found = [m for m in tagged(text, language) if m.iso3 == country]
    assert [m.kind for m in found] == ["demonym"]
    assert found[0].role == "mention"


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("ru", "В Ростовской и Воронежской областях сбиты дроны.", [("RUS", "RU-ROS"), ("RUS", "RU-VOR")]),
        ("ru", "В Южном Судане и Центральноафриканской Республике голод.", [("SSD", None), ("CAF", None)]),
        ("ru", "Бои идут в Дейр-эз-Зоре.", [("SYR", "SY-DY")]),
        ("uk", "У Білій Церкві та Івано-Франківську є притулки.", [("UKR", "UA-32"), ("UKR", "UA-26")]),
        ("uk", "Жителів Кривого Рогу евакуюють.", [("UKR", "UA-12")]),
        ("tr", "Gazze Şeridi'nde, Han Yunus'ta saldırı var.", [("PSE", None), ("PSE", "PS-KYS")]),
        ("am", "በደቡብ ሱዳን እና በሶማሊያ ረሃብ አለ።", [("SSD", None), ("SOM", None)]),
        ("om", "Godina Wallagga Lixaa keessatti namoonni ajjeefaman.", [("ETH", "ET-OR")]),
    ],
)
def test_names_of_several_words_are_inflected_word_by_word(
    language: str, text: str, found: list[tuple[str, str | None]]
) -> None:
    assert [(m.iso3, m.region_id) for m in tagged(text, language)] == found


def test_a_word_behind_a_turkish_name_says_what_it_does() -> None:
    assert [m.role for m in tagged("Siviller Mardin ilinden Hatay iline kaçtı.", "tr")] == ["origin", "destination"]
    assert tagged("Suriye'nin kuzeyinde çatışma çıktı.", "tr")[0].role == "event_place"


def test_a_list_and_words_between_keep_the_role_of_the_preposition() -> None:
    listed_places = tagged("ስደተኛታት ካብ ኣስመራን ከረንን ናብ ካርቱም ኸይዶም።", "ti")
    assert [m.role for m in listed_places] == ["origin", "origin", "destination"]
    assert [m.role for m in tagged("Li bakurê Sûriyeyê û li Kobaniyê şer heye.", "ku")] == ["event_place"] * 2
    assert [m.role for m in tagged("На севере Сирии погибли трое.", "ru")] == ["event_place"]
    assert [m.role for m in tagged("Yan bindiga sun kai hari a ƙauyen Konduga.", "ha")] == ["event_place"]


def test_the_roles_of_a_russian_preposition_follow_the_case() -> None:
    assert tagged("Беженцы живут в Ереване.", "ru")[0].role == "event_place"
    assert tagged("Беженцы вернулись в Ереван.", "ru")[0].role == "destination"
    assert tagged("Активиста вывезли из Германии в Душанбе.", "ru")[-1].role == "destination"
    assert tagged("Беженцы, бежавшие из Донецка, живут в Ереване.", "ru")[-1].role == "event_place"


def test_a_name_for_a_place_that_is_not_there_stops_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [Row("place", "Damascus", "SYR", names=[("Damascus", 0)]), Row("region", "Homs", "SYR", region_id="SY-HI")]
    entries = [{"place": "SYR damascus", "names": "Şam|Dimeşq"}, {"place": "SY-HI", "names": "Humus"}]
    monkeypatch.setattr(sources, "other_names", lambda: entries)
    add_other_names(rows)
    assert [name for name, _ in rows[0].names] == ["Damascus", "Şam", "Dimeşq"]
    assert [name for name, _ in rows[1].names] == ["Humus"]
    monkeypatch.setattr(sources, "other_names", lambda: [{"place": "SYR Nowhere", "names": "X"}])
    with pytest.raises(SystemExit, match="no such place"):
        add_other_names(rows)


def test_russian_and_ukrainian_peoples_are_inflected() -> None:
    assert {"сирийцев", "сирийцам"} <= _slavic_person("сириец")
    assert {"армяне", "армян"} <= _slavic_person("армянин")
    assert {"грузины", "Грузин"} <= _slavic_person("грузин")
    assert {"сирійців", "сирійця"} <= _slavic_person("сирієць")
    assert {"турецьких", "Турецька"} <= _slavic_adjective("турецький")


def test_every_language_has_words_of_leaving_or_arriving() -> None:
    for language in (*SHARED, *(set(LEAST) - {"ckb"})):
        assert listed("leaving", language) | listed("arriving", language), language
