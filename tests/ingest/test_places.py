"""Places: what a source's words, codes and points lead to, and that nothing is guessed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from ingest.placenames import Names, bare, fold, short_code, tight
from ingest.places import Places
from tests.growth import assert_grows_gently
from tests.ingest import real_places

# Statistics whose place may be a group of regions: the value holds for each of them.
GROUPED = ("mpi", "shdi (groups)", "wfp prices (names)", "pcodes admin 1 (names)")
ENOUGH = 0.95  # share of rows with sub-national information that must find a region, per source


@pytest.fixture(scope="module")
def places(root: Path) -> Places:
    return Places.load(root / "data" / "reference")


def region(places: Places, iso3: str, name: str) -> str | None:
    match = places.resolve(iso3, region_name=name)
    return match.region_id if match else None


# -- spelling ------------------------------------------------------------------------------------------------------


def test_keys_from_strict_to_loose() -> None:
    assert fold("  Sa‘dah  GOVERNORATE ") == "sadah governorate"
    assert bare("Gouvernorat de l'Ariana") == "lariana"
    assert tight("Al-Ḥudaydah") == tight("Hudaydah")
    assert tight("Nord-Kivu") == tight("North Kivu") == tight("Province du Nord Kivu")
    assert tight("Kasaï") != tight("Kasaï Central")
    assert fold("محافظة دمشق") == fold("مُحافظة دمشق")


def test_a_name_of_kinds_only_keeps_its_words() -> None:
    assert bare("Distrito Capital") == "distrito capital"


@given(st.text(max_size=60))
def test_keys_never_fail_and_are_stable(name: str) -> None:
    for key in (fold, bare, tight):
        assert key(name) == key(name)
    assert fold(fold(name)) == fold(name)


def test_a_spelling_two_regions_claim_is_used_on_no_level_it_is_shared_on() -> None:
    names = Names()
    names.add("Maputo Province", "MZ-L")
    names.add("Maputo City", "MZ-MPM")
    assert names.find("Maputo Province") == ("MZ-L", "exact")
    assert names.find("Maputo") is None
    assert names.find("Gaza") is None


def test_leading_zeros_of_p_codes() -> None:
    assert short_code("NG002") == short_code("NG02") == short_code("NG2")
    assert short_code("AF0101") == "AF0101"


# -- names ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("iso3", "name", "expected"),
    [
        ("SYR", "Dayr az Zawr", "SY-DY"),
        ("SYR", "Deir-ez-Zor", "SY-DY"),
        ("SYR", "دير الزور", "SY-DY"),
        ("SYR", "Rural Damascus", "SY-RD"),
        ("SYR", "Damascus Governorate", "SY-DI"),
        ("AFG", "Sari Pul province", "AF-SAR"),
        ("AFG", "Kabul Urban", "AF-KAB"),
        ("IRN", "East Azarbaijan province", "IR-03"),
        ("IRQ", "Ninewa", "IQ-NI"),
        ("IRQ", "Halabja province", "IQ-SU"),
        ("COD", "Nord-Kivu", "CD-NK"),
        ("SSD", "West Bahr-al-Ghazal state", "SS-BW"),
        ("UKR", "Kyiv", "UA-30"),
        ("UKR", "Kyivska oblast", "UA-32"),
        ("UKR", "Харківська область", "UA-63"),
        ("YEM", "Sana'a City", "YE-SA"),
        ("YEM", "Sana'a", "YE-SN"),
        ("PAK", "Federally Administered Tribal Areas", "PK-KP"),
        ("CAF", "Lim-Pendé prefecture", "CF-OP"),
        ("BFA", "Kuilsé region", "BF-05"),
        ("GIN", "Siguiri", "GN-K"),
        ("SOM", "Juba Hoose", "SO-JH"),
        ("RUS", "Moscow oblast", "RU-MOS"),
        ("RUS", "Moscow", "RU-MOW"),
    ],
)
def test_names(places: Places, iso3: str, name: str, expected: str) -> None:
    assert region(places, iso3, name) == expected


@pytest.mark.parametrize(
    ("iso3", "name"),
    [("SYR", "Atlantis"), ("SYR", "Kandahar"), ("PSE", "Gaza Strip"), ("COD", "Katanga"), ("SYR", ""), ("XXX", "Homs"),
     ("UKR", "Black Sea"), ("AFG", "Kandahr")],
)  # fmt: skip
def test_nothing_is_guessed(places: Places, iso3: str, name: str) -> None:
    """Unknown names, other countries' regions, groups of regions and misspellings give no region."""
    assert places.resolve(iso3, region_name=name) is None


def test_every_name_of_every_region_leads_back_to_it(places: Places) -> None:
    wrong = [
        (key, name, found)
        for key, one in places.regions.items()
        if places.countries[one.iso3].monitored
        for name in (one.name_en, one.name_native, one.name_nl)
        if name and (found := region(places, one.iso3, name)) != key
    ]
    shared = {"AZ-LA", "AZ-LAN", "AZ-SA", "AZ-SAK", "AZ-YE", "AZ-YEV"}  # a city and the district around it, one name
    assert not [one for one in wrong if one[0] not in shared]


# -- codes ---------------------------------------------------------------------------------------------------------


def test_codes_alone(places: Places) -> None:
    assert places.resolve("AFG", region_code="AF17").region_id == "AF-BDS"  # type: ignore[union-attr]
    assert places.resolve("AFG", region_code="AF-BDS").rule == "code:iso"  # type: ignore[union-attr]
    assert places.resolve("NGA", region_code="NG02").region_id == "NG-AD"  # type: ignore[union-attr]
    assert places.resolve("SOM", district_code="SO2401").region_id == "SO-BY"  # type: ignore[union-attr]
    assert places.resolve("AFG", region_code="SO24") is None, "a code of another country"


def test_codes_lie(places: Places) -> None:
    """IR-01 was East Azerbaijan and is Gilan: without a name it says nothing, with a name the name decides."""
    assert places.resolve("IRN", region_code="IR-01") is None
    match = places.resolve("IRN", region_code="IR-01", region_name="East Azerbaijan")
    assert match is not None
    assert (match.region_id, match.rule) == ("IR-03", "name:exact, code differs")
    assert places.resolve("PAK", region_code="PK2", region_name="Quite Another Name") is None
    agreed = places.resolve("AFG", region_code="AF17", region_name="Badakhshan")
    assert agreed is not None
    assert agreed.rule == "name:exact, code agrees"


def test_an_unlisted_spelling_stands_with_its_code(places: Places) -> None:
    assert places.resolve("AFG", region_name="Badakhsjoon") is None
    match = places.resolve("AFG", region_name="Badakhsjoon", region_code="AF17")
    assert match is not None
    assert (match.region_id, match.rule) == ("AF-BDS", "code:table, name alike")


# -- districts -----------------------------------------------------------------------------------------------------


def test_districts(places: Places) -> None:
    assert places.resolve("SYR", district_name="Al Bab").region_id == "SY-HL"  # type: ignore[union-attr]
    assert region(places, "UGA", "Gulu") == "UG-N"
    match = places.resolve("CAF", region_name="Yadé", district_name="Ouham")
    assert match is not None
    assert match.region_id == "CF-AC"


def test_a_territory_counted_under_another_state_is_found(places: Places) -> None:
    assert region(places, "ISR", "Rafah") == "PS-RFH"
    assert region(places, "SDN", "Jonglei state") == "SS-JG"
    assert region(places, "SRB", "Prizren") == "XK-05"


# -- points --------------------------------------------------------------------------------------------------------


def test_points(places: Places) -> None:
    def at(iso3: str, latitude: float, longitude: float) -> tuple[str, str] | None:
        match = places.resolve(iso3, latitude=latitude, longitude=longitude)
        return (match.region_id, match.rule) if match else None

    assert at("SYR", 36.2, 37.15) == ("SY-HL", "point")
    assert at("AFG", 34.53, 69.17) == ("AF-KAB", "point")
    assert at("TUR", 36.2, 37.15) is None, "a point finds regions of its own country only"
    assert at("SYR", 0.0, 0.0) is None
    assert at("SYR", 91.0, 37.0) is None
    assert at("LBN", 33.9, 35.42) == ("LB-BA", "point:near"), "just off the coast of Beirut"
    assert at("LBN", 33.9, 34.8) is None, "far out at sea"


def test_a_name_goes_before_a_point(places: Places) -> None:
    match = places.resolve("SYR", region_name="Homs", latitude=36.2, longitude=37.15)
    assert match is not None
    assert match.region_id == "SY-HI"


def test_many_points_as_one_by_one(places: Places) -> None:
    generator = np.random.default_rng(20261123)
    x, y = generator.uniform(35.5, 42.5, 300), generator.uniform(32.2, 37.4, 300)
    many = places.resolve_many(["SYR"] * 300, x, y)
    single = [places.resolve("SYR", latitude=b, longitude=a) for a, b in zip(x, y, strict=True)]
    assert many == single
    assert sum(match is not None for match in many) > 100


def test_points_cost_in_proportion_to_their_number(places: Places) -> None:
    generator = np.random.default_rng(1)
    x, y = generator.uniform(22, 38, 40_000), generator.uniform(4, 22, 40_000)

    def find(count: int) -> list:
        return places.resolve_many(["SDN"] * count, x[:count], y[:count])

    assert_grows_gently(find, 10_000, 40_000)
    assert sum(match is not None for match in find(40_000)) > 12_000


def test_the_capital_lies_in_a_region(places: Places) -> None:
    """Points of every region, as the tables give them, lead to that region."""
    watched = [one for one in places.regions.values() if places.countries[one.iso3].monitored]
    found = places.resolve_many(
        [one.iso3 for one in watched], [one.longitude or 0 for one in watched], [one.latitude or 0 for one in watched]
    )
    wrong = [one.region_id for one, match in zip(watched, found, strict=True)
             if match is None or match.region_id != one.region_id]  # fmt: skip
    assert not wrong


def test_overlap(places: Places) -> None:
    box = shapely.box(36.0, 33.0, 37.5, 35.0)
    shares = dict(places.overlap(box))
    assert 0 < shares["SY-RD"] < 1
    assert sum(shares.values()) == pytest.approx(1, abs=0.02)


# -- groups and countries ------------------------------------------------------------------------------------------


def test_groups(places: Places) -> None:
    assert places.resolve_group("AFG", "Central (Kabul Wardak Kapisa Logar Parwan Panjsher)") == [
        "AF-KAB", "AF-KAP", "AF-LOG", "AF-PAN", "AF-PAR", "AF-WAR",
    ]  # fmt: skip
    assert places.resolve_group("COD", "Katanga") == ["CD-HK", "CD-HL", "CD-LU", "CD-TA"]
    assert len(places.resolve_group("PSE", "Gaza Strip")) == 5
    assert places.resolve_group("ISR", "Gaza Strip") == places.resolve_group("PSE", "Gaza Strip")
    assert places.resolve_group("BGD", "Bagerhat, Khulna, Satkhira") == ["BD-D"]
    assert places.resolve_group("SYR", "Homs") == ["SY-HI"]
    assert len(places.resolve_group("TUR", "Aegean (Afyon, Aydin, Denizli, Izmir, Kutahya, Man")) == 8


def test_a_list_with_one_unknown_name_is_not_half_understood(places: Places) -> None:
    assert places.resolve_group("AFG", "Kabul, Atlantis") == []


def test_groups_hold_known_regions_of_their_country(places: Places) -> None:
    for (iso3, name), members in places._groups.items():
        assert members, (iso3, name)
        assert all(places.regions[member].iso3 == iso3 for member in members), (iso3, name)


@pytest.mark.parametrize(
    ("value", "scheme", "expected"),
    [
        ("AF", "name", "AFG"), ("syr", "name", "SYR"), ("Myanmar (Burma)", "name", "MMR"), ("oPt", "name", "PSE"),
        ("Yemen (North Yemen)", "name", "YEM"), ("Oekraïne", "name", "UKR"), ("DR Congo (Zaire)", "name", "COD"),
        (700, "gw", "AFG"), (652.0, "gw", "SYR"), ("SU", "fips", "SDN"), ("004", "m49", "AFG"),
        ("Atlantis", "name", None), (None, "name", None), ("", "name", None),
    ],
)  # fmt: skip
def test_countries(places: Places, value: str | int | None, scheme: str, expected: str | None) -> None:
    assert places.country_iso3(value, scheme) == expected


# -- on the captured answers ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def captured(real: Path, places: Places) -> dict[str, dict[real_places.Key, int]]:
    return real_places.sources(real, places.country_iso3)


def found(places: Places, source: str, key: real_places.Key) -> bool:
    fields = dict(zip(real_places.FIELDS, key[1:], strict=True))
    if places.resolve(key[0], **fields):
        return True
    return source in GROUPED and bool(fields["region_name"] and places.resolve_group(key[0], fields["region_name"]))


@pytest.mark.slow
def test_share_of_rows_that_find_a_region(
    captured: dict[str, dict[real_places.Key, int]], places: Places, capsys: pytest.CaptureFixture[str]
) -> None:
    """At least 95 % of the rows of every source in monitored countries; the table is printed with -s."""
    low = []
    monitored = {country.iso3 for country in places.countries.values() if country.monitored}
    for source, keys in captured.items():
        watched = {key: rows for key, rows in keys.items() if key[0] in monitored}
        total = sum(watched.values())
        hits = sum(rows for key, rows in watched.items() if found(places, source, key))
        with capsys.disabled():
            print(f"\n{source:26s} {hits:7d} of {total:7d} {hits / max(total, 1):7.1%}", end="")
        if total and hits < ENOUGH * total:
            low.append(source)
    assert not low


@pytest.mark.slow
def test_names_and_points_of_one_row_agree(captured: dict[str, dict[real_places.Key, int]], places: Places) -> None:
    """Where a row has a region's name and a point, the point lies in that region or beside it."""
    for source in ("ucdp ged 19.1", "ucdp candidate", "ucdp syria", "insecurity insight", "wfp prices"):
        keys = [key for key in captured[source] if key[1] and key[5] is not None and key[6] is not None]
        points = places.resolve_many([key[0] for key in keys], [key[6] for key in keys], [key[5] for key in keys])
        same = beside = other = 0
        for key, point in zip(keys, points, strict=True):
            named = places.resolve(key[0], region_name=key[1])
            if named is None or point is None:
                continue
            rows = captured[source][key]
            if point.region_id == named.region_id:
                same += rows
            elif named.region_id in places.regions[point.region_id].neighbours:
                beside += rows
            else:
                other += rows
        total = same + beside + other
        assert same >= 0.97 * total, source
        assert other <= 0.005 * total, source
