"""HungerMap: a status in a string, a date per row, predictions flagged, and denominators only where they fit."""

import json

import pytest

from ingest.adapters import hungermap
from ingest.model import AdapterError
from tests.ingest.adapters.helpers import ANSWERS, answer, compact, expected, manifest, observations, problems, source

URL = "https://api.hungermapdata.org/v1/foodsecurity/country/COD/region?date_start=2025-07-05&date_end=2025-08-04"
FILE = ANSWERS / "hungermap" / "region.json"


def rows_of(body, url=URL):
    return list(hungermap.parse(answer(body, url), source()))


def test_the_rows_written_down_beside_the_answer():
    assert [compact(row) for row in rows_of(FILE)] == expected("hungermap", "region.expected.json")


def test_another_country_or_period_is_refused():
    with pytest.raises(AdapterError, match="asked SYR"):
        rows_of(FILE, URL.replace("COD", "SYR"))
    with pytest.raises(AdapterError, match="asked 2025-07-06"):
        rows_of(FILE, URL.replace("date_start=2025-07-05", "date_start=2025-07-06"))


def test_an_error_inside_a_good_answer():
    with pytest.raises(AdapterError, match="status 404"):
        rows_of('{"statusCode": "404", "body": "no such country"}')
    with pytest.raises(AdapterError, match="unknown form"):
        rows_of('{"message": "Internal server error"}')


def test_requests_for_each_country():
    one = source(
        urls=("https://h.example.org/country?days_ago=0", "https://h.example.org/{iso3}/region"),
        countries=("SYR", "IRQ"),
    )
    assert [request.url.rsplit("org/")[1] for request in hungermap.requests(one, None)] == [
        "country?days_ago=0",
        "SYR/region",
        "IRQ/region",
    ]


def test_the_captured_answers(real):
    for path, url in manifest(real, "hungermap"):
        body = json.loads(path.read_text())["body"]
        listed = body["countries"] if isinstance(body, dict) else body
        rows = rows_of(path, url)
        assert len(observations(rows)) == sum(len(item["metrics"]) for item in listed)
        assert not problems(rows)
        predicted = sum(len(item["metrics"]) for item in listed if item["dataType"] == "PREDICTION")
        assert sum(row.projection for row in observations(rows)) == predicted
