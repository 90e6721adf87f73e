"""Places in texts: spans, which place is meant, roles, main places. Own sentences."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.text.places import Mention, load_gazetteer, main_places, tag_places
from ingest.text.places_gazetteer import COUNTRY, REGION, Gazetteer, GazetteerError
from ingest.text.places_shapes import shape_of
from ingest.text.places_tokens import fold_name, key_hash, read_words, skeleton
from tests.growth import assert_grows_gently


def only(text: str, name: str, **options) -> Mention:
    """The mention that overlaps the first occurrence of some words."""
    start = text.index(name)
    found = [m for m in tag_places(text, **options) if m.start < start + len(name) and start < m.end]
    assert found, f"{name} not found in {[m.text for m in tag_places(text, **options)]}"
    return found[0]


# --- words and keys


def test_spellings_of_a_name_have_one_key() -> None:
    assert fold_name("Sana‘a") == fold_name("SANA'A") == fold_name("Ṣanaʿa") == "sanaa"
    assert fold_name("Deir ez-Zor") == fold_name("deir-ez-zor") == "deir ez zor"
    assert fold_name("إدلب") == fold_name("ادلب")
    assert fold_name("Côte d’Ivoire") == "cote d ivoire"


def test_rolling_hash_equals_the_hash_of_the_key() -> None:
    words = read_words("He fled Deir ez-Zor.")
    assert words.ngram_hashes(3)[2][2] == key_hash("deir ez zor")


def test_possessive_and_elision_stand_apart() -> None:
    assert read_words("Libya's l'Afghanistan Ma'rib").raw == ["Libya", "s", "l", "Afghanistan", "Ma'rib"]


def test_names_do_not_cross_sentences() -> None:
    words = read_words("They came from San. Francisco said so, St. Louis did not.")
    joined = {words.raw[i]: words.glued[i] for i in range(len(words))}
    assert not joined["San"]
    assert joined["St"]


def test_consonants_bring_transliterations_together() -> None:
    assert skeleton("urozgan") == skeleton("oruzgan") == skeleton("uruzgan")
    assert skeleton("gheryan") == skeleton("gharyan")
    assert skeleton("qaboun") != skeleton("kobani")
    assert skeleton("bor") == ""


@pytest.mark.parametrize(("word", "shape"), [("USA", 0), ("Kabul", 1), ("kabul", 2), ("كابول", 3), ("2024", 4)])
def test_shapes(word: str, shape: int) -> None:
    assert shape_of(word) == shape


# --- the gazetteer


def test_missing_gazetteer_says_what_to_run(tmp_path) -> None:
    with pytest.raises(GazetteerError, match=r"python -m ingest\.text\.gazetteer\.build"):
        Gazetteer(tmp_path / "none.xz")


def test_loads_in_little_memory(root) -> None:
    code = (
        "from ingest.text.places import load_gazetteer, tag_places; from tests.memory import peak_megabytes;"
        "load_gazetteer(); tag_places('Clashes in Aleppo.'); print(peak_megabytes())"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root).stdout
    assert 20 < float(said) < 250


def test_regions_are_those_of_the_reference_table(root) -> None:
    gazetteer = load_gazetteer()
    table = (root / "data" / "reference" / "regions.csv").read_text(encoding="utf-8").splitlines()[1:]
    reference = {line.split(",")[0]: line.split(",")[1] for line in table}
    countries = set(reference.values())
    ours = {code for i, code in enumerate(gazetteer.regions) if code}
    of_reference_countries = {c for c in ours if gazetteer.iso3_of(c[:2]) in countries}
    assert of_reference_countries <= set(reference)
    assert set(reference) <= set(gazetteer.region_place)


def test_every_region_name_of_the_reference_table_is_found(root) -> None:
    gazetteer = load_gazetteer()
    lost = []
    for line in (root / "data" / "reference" / "regions.csv").read_text(encoding="utf-8").splitlines()[1:]:
        region_id, _iso3, name = line.split(",")[:3]
        places = [p for p, _flag in gazetteer.lookup(name.strip('"')) if gazetteer.kind[p] == REGION]
        if (
            len(fold_name(name)) > 2
            and '"' not in line
            and not any(gazetteer.regions[gazetteer.region[p]] == region_id for p in places)
        ):
            lost.append((region_id, name))
    assert len(lost) <= 10, lost


def test_countries_have_names_in_our_languages() -> None:
    gazetteer = load_gazetteer()
    for name in ("Syria", "Syrië", "Syrie", "Siria", "Syrien", "سوريا", "Suriye", "Сирия", "Сирія", "سوریه"):
        assert any(
            gazetteer.kind[p] == COUNTRY and gazetteer.iso3s[gazetteer.country[p]] == "SYR"
            for p, _ in gazetteer.lookup(name)
        ), name


# --- which place is meant


@pytest.mark.parametrize(
    ("text", "name", "iso3", "region", "kind"),
    [
        ("Fighting spread to Kandahar province on Monday.", "Kandahar", "AFG", "AF-KAN", "region"),
        ("A blast hit Kandahar city on Monday.", "Kandahar", "AFG", "AF-KAN", "place"),
        ("The army shelled Tripoli in northern Lebanon.", "Tripoli", "LBN", "LB-AS", None),
        ("Police in London, Ontario, made an arrest. London is quiet.", "London, Ont", "CAN", "CA-ON", "place"),
        ("Floods hit Chad, Niger, Nigeria and Mali.", "Niger,", "NER", None, "country"),
        ("Floods hit Chad, Niger, Nigeria and Mali.", "Chad", "TCD", None, "country"),
        ("Refugees in northeast Nigeria need food.", "northeast Nigeria", "NGA", None, "country"),
        ("The Venezuelans arrived in Boa Vista, Brazil.", "Venezuelans", "VEN", None, "demonym"),
        ("Drought in the Sahel worsens.", "Sahel", None, None, "cross_country"),
        ("Attacks in Puntland and Somaliland rose.", "Puntland", "SOM", None, "cross_country"),
        ("Troops from Tigray left.", "Tigray", "ETH", "ET-TI", None),
        ("The US and the UK gave aid to the DRC.", "DRC", "COD", None, "country"),
    ],
)
def test_resolution(text: str, name: str, iso3: str | None, region: str | None, kind: str | None) -> None:
    mention = only(text, name)
    assert (mention.iso3, mention.region_id) == (iso3, region)
    assert kind is None or mention.kind == kind


def test_declared_country_decides_between_namesakes() -> None:
    text = "A car bomb exploded in Tripoli on Friday."
    assert only(text, "Tripoli", declared_countries=["LBN"]).iso3 == "LBN"
    assert only(text, "Tripoli", declared_countries=["LBY"]).iso3 == "LBY"


def test_a_name_once_explained_keeps_its_meaning() -> None:
    text = "Police in London, Ontario, closed a road. Later London police reopened it. People in London were glad."
    assert {m.region_id for m in tag_places(text) if m.name == "London"} == {"CA-ON"}


def test_unknown_village_lies_in_the_region_named_after_it() -> None:
    mention = only(
        "Clashes were reported in Zalakhanabad village, Panjwayi district, Kandahar.",
        "Zalakhanabad",
        declared_countries=["AFG"],
    )
    assert (mention.iso3, mention.region_id, mention.geonameid, mention.latitude) == ("AFG", "AF-KAN", None, None)
    assert mention.rule.startswith("unknown name")


def test_other_transliteration_is_found_in_the_country_of_the_text() -> None:
    mention = only(
        "Clashes in Afghanistan: Taliban took Orozghan province on Monday.", "Orozghan", declared_countries=["AFG"]
    )
    assert mention.region_id == "AF-URU"


def test_feeds_without_apostrophes() -> None:
    assert only("Syrias capital was hit by rockets.", "Syrias").iso3 == "SYR"


def test_arabic_prefixes() -> None:
    assert only("اشتباكات بدمشق وحلب", "بدمشق", language="ar").region_id == "SY-DI"


def test_small_words_are_not_abbreviations() -> None:
    assert not [m for m in tag_places("Please give us the car keys, said the chief.") if m.iso3]


def test_a_direction_alone_is_no_foreign_region() -> None:
    assert not tag_places("The Eastern front is quiet and the Southern one too.")


def test_unknown_language_is_not_tagged() -> None:
    assert tag_places("Kabul", language="und") == []


def test_empty_text() -> None:
    assert tag_places("") == []


# --- roles in English (Dutch, French and Arabic: test_places_languages.py)


@pytest.mark.parametrize(
    ("text", "name", "role"),
    [
        ("Thousands fled Homs for Beirut.", "Homs", "origin"),
        ("They returned from Pakistan to Nangarhar last week.", "Pakistan", "origin"),
        ("They returned from Pakistan to Nangarhar last week.", "Nangarhar", "destination"),
        ("Families displaced from Homs, Hama and Aleppo wait.", "Aleppo", "origin"),
        ("An airstrike on Raqqa killed twelve.", "Raqqa", "event_place"),
        ("Four people died in Kabul and Herat.", "Herat", "event_place"),
        ("The Dutch embassy in Khartoum closed.", "Dutch", "embassy"),
        ("The Dutch embassy in Khartoum closed.", "Khartoum", "embassy"),
        ("NAIROBI, 3 May (Reuters) - Rain fell.", "NAIROBI", "dateline"),
        ("Syria is a country.", "Syria", "mention"),
        ("The Iraqi army advanced near Mosul.", "Iraqi", "mention"),
    ],
)
def test_roles(text: str, name: str, role: str) -> None:
    assert only(text, name).role == role


# --- main places


def test_main_places_rank_the_scene_above_the_speakers() -> None:
    text = (
        "Shelling kills six in Idlib\n\nShelling on Idlib and Saraqib in Syria killed six people on Friday. "
        "Moscow and Washington traded blame, and diplomats in Geneva met."
    )
    main = main_places(tag_places(text, declared_countries=["SYR"]), text)
    assert main.regions[0].id == "SY-ID"
    assert main.countries[0].id == "SYR"
    assert sum(share.share for share in main.countries) == pytest.approx(1.0, abs=0.01)


def test_no_places_no_main_places() -> None:
    main = main_places([], "Nothing here.")
    assert main.countries == () == main.regions


# --- properties

PIECES = st.sampled_from(
    [
        "Kabul",
        "in ",
        "Syria",
        "حلب",
        "و",
        "بدمشق ",
        "\n",
        " ",
        ", ",
        ". ",
        "province ",
        "K\u0301abul",
        "\u202e",
        "\u200b",
        "<p>",
        "d'Alep ",
        "Deir ez-Zor ",
        "\ud800",
        "İ",
        "ß",
        "U.S. ",
        "\x00",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=30))
def test_spans_cut_the_text_in_order_without_overlap(pieces: list[str]) -> None:
    text = "".join(pieces)
    mentions = tag_places(text, declared_countries=["SYR"])
    assert mentions == tag_places(text, declared_countries=["SYR"])
    reached = 0
    for mention in mentions:
        assert text[mention.start : mention.end] == mention.text
        assert reached <= mention.start < mention.end
        assert 0.0 <= mention.confidence <= 1.0
        reached = mention.end


LONG = 1_000_000
HOSTILE = {
    "one word": "A" * LONG,
    "one name": "Kabul " * (LONG // 6),
    "combining marks": "a" + "\u0301\u0327" * (LONG // 2),
    "marked names": "K\u0301abul\u0327 " * (LONG // 8),
    "bidi overrides": "\u202eKabul\u200b in Syria\u202c " * (LONG // 18),
    "html": "<p>Kabul</p><script>" * (LONG // 20),
    "unknown names": "Zalakhan Bara, Xiop " * (LONG // 20),
    "clitics": "وحلب في دمشق " * (LONG // 13),
    "hyphens": "al-" * (LONG // 3),
    "zero bytes": "\x00" * LONG,
    "commas": "Kabul," * (LONG // 6),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_costs_in_proportion_to_its_length(name: str) -> None:
    text = HOSTILE[name]
    mentions = tag_places(text, declared_countries=["AFG"])  # reads the gazetteer, too, outside the measure
    assert_grows_gently(lambda part: tag_places(part, declared_countries=["AFG"]), text[: len(text) // 4], text)
    assert all(text[m.start : m.end] == m.text for m in mentions)
