"""ACLED by API, on invented rows in the documented shape: the LIKE trap, errors in a 200, exactness of time."""

import json
from datetime import datetime

import pytest

from ingest.adapters import acled
from ingest.model import AdapterError
from tests.ingest.adapters.helpers import ANSWERS, answer, compact, events, expected, source

URL = "https://acleddata.com/api/acled/read?_format=json&country=Sudan&country_where=%3D&page=1"
FILE = ANSWERS / "acled" / "read.json"
TEMPLATE = "https://acleddata.com/api/acled/read?_format=json&country={country}"


def test_the_rows_written_down_beside_the_answer():
    assert [compact(row) for row in acled.parse(answer(FILE, URL), source())] == expected("acled", "read.expected.json")


def test_south_sudan_in_an_answer_about_sudan_is_refused():
    data = json.loads(FILE.read_text())
    data["data"][1] |= {"country": "South Sudan", "iso": "728"}
    with pytest.raises(AdapterError, match="asked Sudan, got South Sudan") as refused:
        list(acled.parse(answer(json.dumps(data), URL), source()))
    assert "country_where" in refused.value.remedy


@pytest.mark.parametrize(
    "body",
    [
        '{"status": 403, "success": false, "error": "token expired", "data": []}',
        '{"message": "Access denied"}',
        '{"status": 200, "success": true, "data": [{"unexpected": 1}]}',
        "<!DOCTYPE html><html></html>",
    ],
)
def test_an_error_inside_a_good_status_is_refused(body):
    with pytest.raises(AdapterError):
        list(acled.parse(answer(body, URL), source()))


def test_the_list_of_deleted_events_gives_no_row():
    body = (
        '{"status": 200, "success": true, "data": [{"event_id_cnty": "SDN900001", "deleted_timestamp": "1739000000"}]}'
    )
    assert list(acled.parse(answer(body, "https://acleddata.com/api/deleted/read?_format=json"), source())) == []


def test_requests_name_the_country_exactly_and_hide_the_token(monkeypatch):
    monkeypatch.setenv("A_TEST_KEY", "secret-token")
    entry = source(
        urls=(TEMPLATE,), countries=("SDN", "COD", "PSE"), key_variable="A_TEST_KEY", key_help="Ask.",
    )  # fmt: skip
    first, second, third = acled.requests(entry, None)
    assert "country=Sudan&country_where=%3D&" in first.url
    assert "country=Democratic%20Republic%20of%20Congo&" in second.url
    assert "country=Palestine&" in third.url
    assert first.headers == {"Authorization": "Bearer secret-token"}
    assert "secret-token" not in first.url
    (later, *_) = acled.requests(entry, datetime(2026, 11, 1))
    assert "timestamp=1793491200&timestamp_where=%3E%3D" in later.url


def test_full_pages_are_followed():
    row = json.loads(FILE.read_text())["data"][0]
    full = {"status": 200, "success": True, "data": [row | {"event_id_cnty": f"SDN{n}"} for n in range(acled.PAGE)]}
    (following,) = acled.follow(answer(json.dumps(full), URL), source())
    assert following.url == URL.replace("page=1", "page=2")
    assert list(acled.follow(answer(FILE, URL), source())) == []


def test_neither_notes_nor_sources_are_kept():
    for event in events(acled.parse(answer(FILE, URL), source())):
        assert event.title is None
        assert not {"notes", "source"} & set(event.attributes)
