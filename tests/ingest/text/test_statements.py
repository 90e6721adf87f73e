"""Which sentences state something. Own sentences in five languages."""

import pytest

from ingest.text.statements import is_statement


@pytest.mark.parametrize(
    "sentence",
    [
        "See Landmines.",
        "Zie ook Ontvoeringen.",
        "Voir la rubrique sur les mines.",
        "Natural disasters",
        "**Status of Displaced Families Outside Camps**",
        "Status of Displaced Families",
        "For more information on the cholera outbreak call the office.",
        "To arrange interviews about mines please contact the desk.",
        "Landmine desk: mines@example.org",
        "Press office, displaced persons unit: +31 20 555 01 23",
        "للمزيد من المعلومات عن النازحين اتصلوا بنا",
        "How many children were killed by landmines in the north?",
        "Hoeveel kinderen kwamen om door mijnen in het noorden?",
        "Combien de civils ont été tués dans le nord ?",
        "كم عدد المدنيين الذين قتلوا في الشمال؟",
        "¿Cuántas personas huyeron de los combates?",
        "Please credit the newspaper, which covers conflict and displaced persons.",
        "(Reporting by two colleagues on displaced people; editing by a third)",
        "Klik hier voor het volledige verhaal over de ontheemden.",
        "Cliquez ici pour lire le récit des déplacés du nord.",
        "[Agency report on shelling in the north](https://agency.example/reports/shelling-in-the-north)",
    ],
)
def test_no_statement(sentence: str) -> None:
    assert not is_statement(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Two men were killed by a landmine.",
        "See how 40 people were killed in one night by shells that fell on the market",
        "12 killed in Bor",
        "Families fled.",
        "Asked why they fled, forty families said that shells had hit the market.",
        "Shelling killed nine people in the north ([report](https://agency.example/9)).",
        "gunmen kidnapped three teachers",
        "Twaalf doden bij aanval op markt",
        "عشرات القتلى في قصف على السوق",
    ],
)
def test_statement(sentence: str) -> None:
    assert is_statement(sentence)


def test_titles_are_written_like_headings_and_tell_news() -> None:
    assert is_statement("Gunmen Kill Teachers", "title") is False, "too short without a stop"
    assert is_statement("Gunmen Kill Teachers Near Border", "title")
    assert not is_statement("Gunmen Kill Teachers Near Border", "text")
