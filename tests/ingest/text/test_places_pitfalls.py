"""Names that texts on many countries were tagged wrongly for before. Own sentences."""

import pytest

from ingest.text.gazetteer.spellings import directions
from ingest.text.places import Mention, main_places, tag_places
from ingest.text.places_main import _counted

Found = list[tuple[str, str | None, str | None]]


def found(text: str, country: str = "", language: str = "en") -> Found:
    """(words, country, region) of every mention in a text whose source declares a country or none."""
    return [(m.text, m.iso3, m.region_id) for m in _tag(text, country, language)]


def _tag(text: str, country: str, language: str = "en") -> list[Mention]:
    return tag_places(text, language=language, declared_countries=(country,) if country else ())


@pytest.mark.parametrize(
    ("text", "country", "name", "region"),
    [
        ("Floods hit camps in Cox's Bazar on Monday.", "BGD", "Cox's Bazar", "BD-B"),
        ("Floods hit camps in Cox’s Bazar on Monday.", "", "Cox’s Bazar", "BD-B"),
        ("Gunmen stopped a bus in Sar-e-pol province.", "AFG", "Sar-e-pol province", "AF-SAR"),
        ("Herders were shot in Plateau on Friday.", "NGA", "Plateau", "NG-PL"),
        ("A mine went off at a checkpoint in Bay.", "SOM", "Bay", "SO-BY"),
        ("A lorry was held up in Lakes District.", "SSD", "Lakes District", "SS-LK"),
        ("Teachers fled the Sahel region in March.", "BFA", "the Sahel region", "BF-12"),
        ("Markets closed in Centre North region.", "BFA", "Centre North region", "BF-05"),
        ("The bakery in Ayn Isa town burnt down.", "SYR", "Ayn Isa town", "SY-RA"),
        ("Shelling hit the central Gaza Strip.", "PSE", "central Gaza Strip", "PS-DEB"),
        ("Shelling hit northern Gaza at dawn.", "PSE", "northern Gaza", "PS-NGZ"),
    ],
)
def test_regions_that_are_written_in_an_unusual_way(text: str, country: str, name: str, region: str) -> None:
    assert (name, region[:2] and found(text, country)[0][1], region) in found(text, country)


def test_a_region_called_after_a_direction_in_french() -> None:
    assert found("Attaque dans la région de l'Est.", "BFA", "fr")[-1][2] == "BF-08"
    assert directions("centre nord", "region") >= {"centre north", "north central", "region du centre nord"}
    assert "region de l est" in directions("est", "region")
    assert directions("nord kivu", "region") == set() == directions("nord", "district")


def test_a_direction_is_no_region_of_a_country_the_text_is_not_about() -> None:
    assert found("Les combats dans l'Est de la RDC ont repris.", "COD", "fr") == [("RDC", "COD", None)]
    assert all(iso3 != "LKA" for _, iso3, _ in found("Villagers of Dugda district in East Shaggar region.", "ETH"))


def test_the_wide_area_stays_wide_without_a_declared_country() -> None:
    area = found("Drought in the Sahel region hurt Mali and Niger.")[0]
    assert area[1:] == (None, None)


@pytest.mark.parametrize(
    ("country", "names"),
    [
        ("YEM", "Hodeidah Hudeida Taizz Mareb Sa'ada Hajja Baydha Jouf Hadhramout Seyoun Dhale Mahra Khokha Haradh"),
        ("IRQ", "Mossul Shingal Talafar Ninawa Hawijah Beiji Falluja Ba'quba Jalawla Dohuk Slemani Halabja Kerbala"),
        ("LBY", "Bengasi Misurata Sebha Zawia Zwara Darnah Tobrouk Kufra Murzuk Tarhouna Gharyan"),
        ("SDN", "Geneina Fashir Obeid Medani Gezira Gadarif Daein Ardamata"),
        ("SOM", "Chisimaio Baydhabo Beletweyne Gaalkacyo Laascaanood Xudur Dhusamareb Burco"),
        ("AFG", "Qandahar Lashkargah Urozgan Oruzgan Paktya Daykundi Jawzjan Panjsher Fayzabad"),
    ],
)
def test_transliterations_of_countries_of_origin_have_a_region(country: str, names: str) -> None:
    for name in names.split():
        mention = found(f"Three people died in {name} on Sunday.", country)
        assert [iso3 for _, iso3, _ in mention] == [country], name
        assert mention[0][2], name


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("Al-Shabab claimed the attack on a convoy.", "SOM"),
        ("Hamas rejected the proposal.", "PSE"),
        ("Fighters of JAS were seen near the village.", "NGA"),
        ("Seven Boko Haram commanders gave up.", "NGA"),
        ("Gunmen opened fire on a patrol.", "SYR"),
        ("A member of the One Heart gang was held.", "SSD"),
        ("Tropical Cyclone Sagar grew on Friday.", "IND"),
        ("Typhoon Lingling turned north.", "CHN"),
        ("First, the road was closed. Ten shops burnt.", "YEM"),
    ],
)
def test_armed_groups_and_words_are_no_places(text: str, country: str) -> None:
    assert found(text, country) == []


def test_the_white_house_is_not_casablanca() -> None:
    assert found("The White House said talks went on.") == [("White House", "USA", "US-DC")]


def test_a_province_below_our_regions_does_not_outweigh_a_capital_abroad() -> None:
    """The Dominican Republic has regions here, its province of Santiago is none of them."""
    text = "Partners in Chile and the Dominican Republic met. Families from Venezuela were helped in Santiago."
    assert found(text)[-1] == ("Santiago", "CHL", "CL-RM")


def test_a_people_is_no_country() -> None:
    kinds = {m.text: m.kind for m in _tag("Israeli, Palestinian, Yemeni, Somali and Pakistani doctors met.", "")}
    assert set(kinds.values()) == {"demonym"}


def test_a_possessive_in_capitals_ends_the_name() -> None:
    assert ("PERU", "PER", None) in found("MOST OF PERU'S REGIONS WERE DRY. Peru asked for help.")


def test_the_region_beside_a_village_outweighs_namesakes_abroad() -> None:
    assert found("They left Al Jadida village, Raqqa governorate, Syria.", "SYR")[0] == (
        "Al Jadida village", "SYR", "SY-RA",
    )  # fmt: skip


def test_a_foreign_name_after_a_town_does_not_move_the_town() -> None:
    assert found("Two nurses were held in Ansongo, Goa.", "MLI")[0] == ("Ansongo", "MLI", "ML-7")


def test_a_name_with_a_designator_is_not_a_large_city_abroad_under_another_name() -> None:
    assert found("Two nurses were held in Minga payam.", "SSD") == [("Minga payam", "SSD", None)]


def test_a_quarter_with_namesakes_has_no_region_unless_its_town_is_named() -> None:
    assert found("A driver was shot in the Progreso neighborhood.", "MEX") == [("Progreso neighborhood", "MEX", None)]
    assert found("Hombre herido en el barrio Santa Rosa de Valledupar.", "COL", "es")[0][2] == "CO-CES"


def test_gaza_alone_is_the_strip_and_gaza_city_a_governorate() -> None:
    assert found("Rain fell in Gaza.", "PSE") == [("Gaza", "PSE", None)]
    assert found("Rain fell in Gaza City.", "PSE") == [("Gaza City", "PSE", "PS-GZA")]


@pytest.mark.parametrize(
    ("text", "language", "name", "role"),
    [
        ("Inwoners van Goma vluchtten naar Rwanda.", "nl", "Goma", "origin"),
        ("Les habitants de Gao ont fui vers le Niger.", "fr", "Gao", "origin"),
        ("Residents of Wad Madani fled to Gedaref.", "en", "Wad Madani", "origin"),
        ("نزح سكان الفاشر إلى طويلة", "ar", "الفاشر", "origin"),
        ("Residents of Wad Madani welcomed the news.", "en", "Wad Madani", "mention"),
        ("De burgemeester sprak met vluchtelingen uit Idlib.", "nl", "Idlib", "origin"),
        ("Families from Bakhmut arrived in Dnipro.", "en", "Dnipro", "destination"),
        ("Mortars were fired from Syria into Turkey.", "en", "Turkey", "event_place"),
        ("Mortars were fired from Syria into Turkey.", "en", "Syria", "origin"),
        (
            "A convoy was fired on while it took families from Khartoum to Wad Medani.",
            "en",
            "Wad Medani",
            "destination",
        ),
        ("Troops attacked in the Kursk direction.", "en", "Kursk", "mention"),
    ],
)
def test_roles(text: str, language: str, name: str, role: str) -> None:
    mention = next(m for m in _tag(text, "", language) if name in m.text)
    assert mention.role == role


def test_who_reported_it_says_nothing_of_where() -> None:
    text = "Militants attacked a base in Hiiraan.\nSource: Radio Kulmiye, Mogadishu, in Somali"
    regions = [share.id for share in main_places(_tag(text, "SOM"), text).regions if share.share]
    assert regions == ["SO-HI"]


def test_the_place_with_more_victims_comes_first() -> None:
    text = "A blast in Idlib killed 40 people. A blast in Hama killed two people."
    reverse = "A blast in Hama killed two people. A blast in Idlib killed 40 people."
    shares = [{s.id: s.share for s in main_places(_tag(t, "SYR"), t).regions} for t in (text, reverse)]
    assert shares[0]["SY-ID"] - shares[0]["SY-HM"] > shares[1]["SY-HM"] - shares[1]["SY-ID"]


@pytest.mark.parametrize(
    ("sentence", "victims"),
    [
        ("killing 40 and wounding 12", 40),
        ("twee doden en een gewonde", 2),
        ("dozens were killed", 30),
        ("the war that killed 500000 people", 1),
        ("nothing happened", 0),
        ("killed ² people", 0),
    ],
)
def test_victims_counted(sentence: str, victims: int) -> None:
    assert _counted(sentence) == victims
