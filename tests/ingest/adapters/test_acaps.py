"""ACAPS: labels as keys, lists of countries, the change of scale, the month from where the answer was found."""

import json

import pytest

from ingest.adapters import acaps
from ingest.model import AdapterError
from tests.ingest.adapters.helpers import ANSWERS, answer, compact, observations, problems, source

SEVERITY = "https://api.acaps.org/api/v1/inform-severity-index/"
ACCESS = "https://api.acaps.org/api/v1/humanitarian-access/Jul2026/"
FILE = ANSWERS / "acaps" / "severity.json"


def rows_of(body, url=f"{SEVERITY}Sep2026/", final_url=""):
    return list(acaps.parse(answer(body, url, final_url=final_url), source()))


def test_category_and_scores_of_a_crisis():
    rows = rows_of(FILE)
    sudan = {row.key: row for row in observations(rows) if row.place.iso3 == "SDN"}
    assert compact(sudan["SDN001|SDN|category|2026-09"]) == {
        "row": "Observation",
        "key": "SDN001|SDN|category|2026-09",
        "variable": "inform_severity",
        "place": {"iso3": "SDN", "precision": "country"},
        "ref_start": "2026-09-01",
        "ref_end": "2026-09-30",
        "value": 5.0,
        "published": "2026-09-28T00:00:00",
        "dimensions": {
            "crisis": "SDN001", "scope": "country", "country_level": "yes", "individual_aggregated": "individual",
            "indicator": "category",
        },
    }  # fmt: skip
    index = sudan["SDN001|SDN|index|2026-09"]
    assert (index.variable, index.value, index.dimensions["scale"]) == ("inform_severity_index", 9.5, "0-10")
    assert len(sudan) == 5
    assert not problems(rows)


def test_a_regional_crisis_stands_for_each_of_its_countries_and_says_so():
    regional = [row for row in observations(rows_of(FILE)) if row.place.iso3 in ("BGD", "MMR")]
    assert {(row.place.iso3, row.dimensions["indicator"], row.dimensions["scope"]) for row in regional} == {
        (iso3, indicator, "regional") for iso3 in ("BGD", "MMR") for indicator in ("category", "index")
    }


def test_the_scale_before_february_2026():
    body = FILE.read_text().replace("9.5", "4.5").replace("9.1", "4.1").replace("9.8", "4.8").replace("9.0", "4.0")
    rows = rows_of(body.replace("5.1", "2.6"), f"{SEVERITY}Jan2026/")
    assert {row.dimensions["scale"] for row in observations(rows) if "scale" in row.dimensions} == {"0-5"}
    too_high = rows_of(FILE, f"{SEVERITY}Jan2026/")
    assert [problem.kind for problem in problems(too_high)] == ["bad_row", "bad_row"]
    assert observations(too_high) == []


def test_the_month_is_where_the_redirect_led():
    rows = rows_of(FILE, SEVERITY, final_url=f"{SEVERITY}Aug2026/")
    assert {str(row.ref_start) for row in observations(rows)} == {"2026-08-01"}
    with pytest.raises(AdapterError, match="no month"):
        rows_of(FILE, SEVERITY)


def test_access():
    row = {
        "crisis_id": "YEM001",
        "crisis_name": "x",
        "iso3": ["YEM"],
        "country": ["Yemen"],
        "ACCESS": 5,
        "P1": 4,
        "I1": 3,
    }
    rows = rows_of(
        json.dumps({"results": [row, {**row, "ACCESS": 7}, {**row, "crisis_id": "Z", "iso3": ["QQQ"]}]}), ACCESS
    )
    assert [(r.variable, r.value, r.key) for r in observations(rows)] == [
        ("humanitarian_access", 5, "YEM001|YEM|access|2026-07")
    ]
    assert [problem.kind for problem in problems(rows)] == ["bad_row", "unknown_code"]


def test_paging_and_token(monkeypatch):
    monkeypatch.setenv("ACAPS_TEST", "t0ken")
    one = source(urls=(SEVERITY,), key_variable="ACAPS_TEST", key_help="ask")
    (first,) = acaps.requests(one, None)
    assert (first.url, first.headers) == (SEVERITY, {"Authorization": "Token t0ken"})
    (second,) = acaps.follow(answer(FILE, first.url), one)
    assert second.url.endswith("page=2")
    elsewhere = json.dumps({"results": [], "next": "https://elsewhere.example.org/?page=2"})
    assert list(acaps.follow(answer(elsewhere, SEVERITY), one)) == []  # the token goes nowhere else


def test_an_error_in_place_of_rows():
    with pytest.raises(AdapterError, match="Invalid token"):
        rows_of('{"detail": "Invalid token."}')
