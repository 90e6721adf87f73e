"""The guards before the rows: what was asked, and whether the answer is about that."""

import json

import pytest

from ingest.adapters import _hdx, _scope
from ingest.model import AdapterError
from tests.ingest.adapters.helpers import answer


@pytest.mark.parametrize(
    ("code", "iso3"),
    [
        ("AFG", "AFG"), ("af", "AFG"), (" SO ", "SOM"), ("4", "AFG"), ("004", "AFG"), ("729", "SDN"), ("736", "SDN"),
        ("ZAR", "COD"), ("WBG", "PSE"), ("KSV", "XKX"), ("XK", "XKX"), ("OWID_KOS", "XKX"),
        ("", None), ("SUN", None), ("YUG", None), ("WLD", None), ("EU", None), ("ZZ", None), ("99", None),
        ("AFGH", None),
    ],
)  # fmt: skip
def test_country_codes(code, iso3):
    assert _scope.iso3_of(code) == iso3


@pytest.mark.parametrize(
    ("name", "iso3"),
    [
        ("Congo, the Democratic Republic of the", "COD"), ("Congo (Kinshasa)", "COD"), ("Congo (Brazzaville)", "COG"),
        ("Cote d'Ivoire", "CIV"), ("Côte d’Ivoire", "CIV"), ("Türkiye", "TUR"), ("Turkey", "TUR"),
        ("Syrian Arab Republic", "SYR"), ("Iran (Islamic Republic of)", "IRN"), ("Islamic Republic of Iran", "IRN"),
        ("State of Palestine", "PSE"), ("West Bank and Gaza", "PSE"), ("Republic of Moldova", "MDA"), ("Kosovo", "XKX"),
        ("Republic of Korea", "KOR"), ("Korea, Democratic People's Republic of", "PRK"), ("Republic of Iraq", "IRQ"),
        ("Guinea", "GIN"), ("Guinea-Bissau", "GNB"), ("Equatorial Guinea", "GNQ"), ("Niger", "NER"), ("Nigeria", "NGA"),
        ("Sudan", "SDN"), ("South Sudan", "SSD"), ("Bosnia & Herzegovina", "BIH"), ("Republic of China", "TWN"),
        ("Erewhon", None), ("West Bank", None), ("", None), ("Sudan South", None), ("Guineas", None),
    ],
)  # fmt: skip
def test_country_names_are_known_or_not_and_never_guessed(name, iso3):
    assert _scope.iso3_of_name(name) == iso3


def test_every_code_in_force_is_known_by_its_english_name():
    assert len(_scope.iso3_codes()) == 250  # ISO 3166-1 has 249, and Kosovo
    assert {iso3 for iso3 in _scope.iso3_codes() if iso3 not in set(_scope.country_names().values())} == set()


@pytest.mark.parametrize(
    "body", [b"", b"  \n", b"<!DOCTYPE html><html>", b"\xef\xbb\xbf\n<HTML lang=en>", b"<head><title>"]
)
def test_no_data_is_refused(body):
    with pytest.raises(AdapterError):
        _scope.data_of(answer(body, "https://a.example.org/x.csv"))


def test_json_with_a_byte_order_mark_and_none():
    assert _scope.json_of(answer(b'\xef\xbb\xbf{"a": 1}', "https://a.example.org/")) == {"a": 1}
    with pytest.raises(AdapterError, match="no JSON"):
        _scope.json_of(answer(b"\xff\xfe{", "https://a.example.org/"))
    with pytest.raises(AdapterError, match="no JSON"):
        _scope.json_of(answer(b'{"cut": ', "https://a.example.org/"))


def test_what_was_asked_is_read_from_the_address():
    asked = answer(b"x", "https://a.example.org/v1/data%20set/Prices_AFG.csv?Country=AFG&x=1&x=2&empty=")
    assert _scope.query_of(asked) == {"country": "AFG", "x": "2", "empty": ""}
    assert _scope.path_of(asked) == ("v1", "data set", "Prices_AFG.csv")
    assert _scope.file_name(asked) == "prices_afg.csv"
    assert _scope.file_name(answer(b"x", "inbox:///vdem/V-Dem.csv")) == "v-dem.csv"


def test_scope_assertions_name_both_sides():
    asked = answer(b"x", "https://a.example.org/")
    _scope.assert_countries(asked, set(), {"AFG", "SYR"})
    _scope.assert_countries(asked, {"AFG"}, {"AFG"})
    _scope.assert_countries(asked, {"AFG"}, set())
    with pytest.raises(AdapterError, match=r"asked AFG, got 2 countries \(ALB among them\)"):
        _scope.assert_countries(asked, {"AFG"}, {"AFG", "ALB"})
    _scope.assert_years(asked, 2019, 2020, [2019, 2020])
    with pytest.raises(AdapterError, match="asked 2019-2020, got 1960 to 2021"):
        _scope.assert_years(asked, 2019, 2020, [1960, 2019, 2021])


def test_new_fields_are_reported_once_each():
    found = list(_scope.unused_fields(["a", "b", "c", "c", ""], {"a"}, {"b"}))
    assert [problem.where for problem in found] == ["c"]


def test_addresses_per_country():
    assert list(_scope.per_country("https://a.example.org/x", ["AFG", "SYR"])) == ["https://a.example.org/x"]
    assert list(_scope.per_country("https://a.example.org/{iso3}?c={iso2}", ["AFG", "*"])) == [
        "https://a.example.org/AFG?c=AF"
    ]


def test_the_real_shape_of_a_dataset_record(real):
    path = real / "answers" / "hdx_ckan" / "dataset-civilian-targeting-events-and-fatalities.json"
    record = json.loads(path.read_text())
    url = "https://data.humdata.org/api/3/action/package_show?id=x"
    for body in (record, {"success": True, "result": record}):
        asked = answer(json.dumps(body), url)
        assert _hdx.is_record(asked)
        assert [request.url for request in _hdx.files(asked, r"civilian-targeting.*\.xlsx")] == [
            resource["download_url"] for resource in record["resources"]
        ]
    with pytest.raises(AdapterError, match="Not found"):
        list(_hdx.files(answer('{"success": false, "error": {"message": "Not found"}}', url), ".*"))
