"""Quarters, villages and spellings beyond the packages. Own sentences."""

import csv
from pathlib import Path

import numpy as np
import pytest

from ingest.places import Places
from ingest.reference import regions
from ingest.text.gazetteer.additions import MOST_EVENT_SIZE, add_event_places, add_quarters
from ingest.text.gazetteer.event_places import Spot, gather, names_of
from ingest.text.gazetteer.sources import HERE, Row
from ingest.text.gazetteer.spellings import respelled
from ingest.text.places import Mention, load_gazetteer, tag_places
from ingest.text.places_gazetteer import Gazetteer
from ingest.text.places_main import _COUNTED, _STEMS
from ingest.text.places_tokens import key_hash


def named(text: str, name: str, country: str = "SYR") -> Mention | None:
    """The mention that covers the first occurrence of a name in a text about one country."""
    start = text.index(name)
    found = tag_places(text, declared_countries=(country,))
    return next((m for m in found if m.start < start + len(name) and start < m.end), None)


def region_of(text: str, name: str, country: str = "SYR") -> str | None:
    mention = named(text, name, country)
    return mention.region_id if mention else None


# --- which place


@pytest.mark.parametrize(
    ("text", "name", "region"),
    [
        ("Two people died in Damascus countryside on Tuesday.", "Damascus", "SY-RD"),
        ("Farms in the countryside of Damascus were burnt.", "Damascus", "SY-RD"),
        ("A school in the suburbs of Damascus was hit.", "Damascus", "SY-RD"),
        ("Shells fell on rural Damascus all night.", "Damascus", "SY-RD"),
        ("A school in Damascus was hit.", "Damascus", "SY-DI"),
        ("Villages in the Hama countryside were emptied.", "Hama", "SY-HM"),
    ],
)
def test_the_land_around_a_town_is_the_region_called_so(text: str, name: str, region: str) -> None:
    assert region_of(text, name) == region


def test_a_quarter_lies_in_the_city_named_before_it() -> None:
    text = "Mortar rounds hit Damascus on Friday. One fell on a bakery in the Salihiyah neighbourhood."
    quarter = named(text, "Salihiyah")
    assert quarter is not None
    assert (quarter.region_id, quarter.rule) == ("SY-DI", "quarter of city")


def test_a_quarter_lies_in_the_city_named_right_after_it() -> None:
    text = "Aleppo was calm. One shell fell on the Salihiyah neighbourhood in the north of Damascus."
    assert region_of(text, "Salihiyah") == "SY-DI"


def test_a_village_of_that_name_without_a_city_stays_one() -> None:
    text = "The patrol entered the village of Salihiyah near Albu Kamal."
    assert region_of(text, "Salihiyah") == "SY-DY"


def test_a_longer_name_in_small_letters_wins() -> None:
    assert region_of("Guards held the Shaer gas field for a week.", "Shaer") == "SY-HI"
    assert region_of("Guards held al-Shaar in Aleppo for a week.", "al-Shaar") == "SY-HL"


def test_a_word_of_running_text_is_no_spelling_of_a_village() -> None:
    for word in ("Monitor", "Follow", "Abdel"):
        assert named(f"{word} reports that three people were killed in Homs, Syria.", word) is None


@pytest.mark.parametrize(
    ("name", "region"),
    [
        ("Raqa", "SY-RA"), ("Ain Issa", "SY-RA"), ("Ayn Issa", "SY-RA"), ("Dabiq", "SY-HL"),
        ("Sheikh Maqsoud", "SY-HL"),
        ("Baba Amr", "SY-HI"), ("Deir al-Zour", "SY-DY"), ("Tal Barak", "SY-HA"), ("Khan al-Sheeh", "SY-RD"),
        ("Jobar", "SY-DI"), ("Hobait", "SY-ID"), ("Nassib", "SY-DR"), ("Hmeimim", "SY-LA"), ("Aqayrabat", "SY-HM"),
    ],
)  # fmt: skip
def test_quarters_and_spellings(name: str, region: str) -> None:
    assert region_of(f"Clashes broke out in {name} on Monday, residents said.", name) == region


# --- how they come into the gazetteer


def test_arabic_names_are_respelled_by_rule() -> None:
    assert {"tal brak", "tel brak", "tall brak"} <= respelled("tell brak", "SYR")
    assert {"ayn dara", "ein dara", "ain darah"} <= respelled("ain dara", "SYR")
    assert "khalidiya" in respelled("khalidiyah", "IRQ")
    assert respelled("tell city", "USA") == set()
    assert respelled("دير الزور", "SYR") == set()


@pytest.mark.parametrize(
    ("published", "names"),
    [
        ("Tall Brak village", ["Tall Brak"]),
        ("Bosra/Busra town", ["Bosra", "Busra"]),
        ("Homs Governorate", []),
        ("Road between Homs and Hama", []),
        ("Camp 17", []),
        ("T2 Pumping Station", []),
        ("March", []),
    ],
)
def test_names_of_published_locations(published: str, names: list[str]) -> None:
    assert names_of(published) == names


def test_incidents_at_one_place_make_one_row(root: Path) -> None:
    places = Places.load(root / "data" / "reference")
    spots = [Spot("SYR", "Jurin town", "Hamah Governorate", 35.62, 36.24)] * 3
    rows = gather([*spots, Spot("SYR", "Syria", "", 35.0, 38.0)], places)
    jurin = next(row for row in rows if row["name"] == "Jurin")
    assert (jurin["region_id"], jurin["incidents"], jurin["latitude"]) == ("SY-HM", 3, 35.62)


def test_event_places_join_what_is_there() -> None:
    """A name at the point of a settlement becomes its name; no row claims more inhabitants than the cap."""
    town = Row("place", "Jurin", "SYR", "", "SY-HM", 35.62, 36.24, 900, 0, [("Jurin", 0)])
    added = add_event_places([town])
    assert not any(row.name == "Jurin" and row.region_id == "SY-HM" for row in added)
    assert max(row.population for row in added) <= MOST_EVENT_SIZE
    assert all(row.small for row in added)


def test_quarters_join_the_settlement_of_that_name() -> None:
    town = Row("place", "Jobar", "SYR", "", "SY-DI", 33.5, 36.3, 900, 0, [("Jobar", 0)])
    added = add_quarters([town])
    assert ("Jubar", 4) in town.names
    assert not any(row.name == "Jobar" for row in added)


@pytest.mark.parametrize("file", ["quarters.csv", "event_places.csv"])
def test_lists_name_known_regions_and_points_on_earth(file: str, root: Path) -> None:
    known = {region.region_id: region.iso3 for region in regions(root / "data" / "reference")}
    with (HERE / file).open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) > 100
    for row in rows:
        assert known[row["region_id"]] == row["iso3"], row
        assert abs(float(row["latitude"])) <= 90, row
        assert abs(float(row["longitude"])) <= 180, row
    keys = [(row["iso3"], row["region_id"], row["name"]) for row in rows]
    assert len(keys) == len(set(keys))


# --- shortcuts give what the long way gives


def test_the_sieve_loses_no_name() -> None:
    gazetteer: Gazetteer = load_gazetteer()
    names = ["kabul", "aleppo", "no such place at all", "deir ez zor"]
    first, past = gazetteer.find(np.array([key_hash(name) for name in names], dtype=np.uint64))
    assert (past > first).tolist() == [True, True, False, True]
    small = gazetteer.small_spots(np.array([key_hash(name) for name in ("kabul", "syria")], dtype=np.uint64))
    assert small == [1]


@pytest.mark.parametrize(
    "sentence",
    ["Twelve of the 30 wounded went home.", "Er vielen 12 DODEN in Homs.", "Dix morts, 12 blessés à Alep.",
     "مقتل 3 في حلب", "Two people Died there.", "Deux TUÉS."],
)  # fmt: skip
def test_every_sentence_that_counts_victims_holds_a_stem(sentence: str) -> None:
    assert _COUNTED.search(sentence)
    assert any(stem in sentence.lower() for stem in _STEMS)
