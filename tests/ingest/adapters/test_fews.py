"""FEWS NET: phases and reasons for none, rounds, scenarios, and areas named from small to large."""

import json

import pytest

from ingest.adapters import fews
from ingest.model import AdapterError
from tests.ingest.adapters.helpers import ANSWERS, answer, compact, expected, source

URL = "https://fdw.fews.net/api/ipcphase/?country_code=SO&format=csv"
FILE = ANSWERS / "fews" / "somalia.csv"


def rows_of(body, url=URL):
    return list(fews.parse(answer(body, url), source()))


def test_the_rows_written_down_beside_the_answer():
    assert [compact(row) for row in rows_of(FILE)] == expected("fews", "somalia.expected.json")


def test_json_page_by_page():
    row = {
        "country_code": "CD", "fnid": "CD1", "scenario": "ML2", "value": 2, "projection_start": "2025-11-01",
        "projection_end": "2026-01-31", "reporting_date": "2025-10-01",
        "geographic_unit_full_name": "Beni, Nord-Kivu, Congo, Democratic Republic of the",
    }  # fmt: skip
    page = {"next": "https://fdw.fews.net/api/ipcphase/?page=2", "results": [row]}
    (found,) = rows_of(json.dumps(page), "https://fdw.fews.net/api/ipcphase/?country_code=CD&scenario=ML2&format=json")
    assert (found.place.region_name, found.place.district_name, found.projection) == ("Nord-Kivu", "Beni", True)
    assert [request.url for request in fews.follow(answer(json.dumps(page), URL), source())] == [page["next"]]
    elsewhere = {"next": "https://elsewhere.example.org/", "results": []}
    assert list(fews.follow(answer(json.dumps(elsewhere), URL), source())) == []


def test_scope():
    with pytest.raises(AdapterError, match="asked AFG, got 1 countries"):
        rows_of(FILE, URL.replace("SO", "AF"))
    with pytest.raises(AdapterError, match="asked scenario CS, got ML1"):
        rows_of(FILE, URL + "&scenario=CS")
    with pytest.raises(AdapterError, match="Authentication"):
        rows_of('{"detail": "Authentication credentials were not provided."}')
    with pytest.raises(AdapterError, match="no fnid"):
        rows_of("country_code,scenario,value,projection_start,projection_end\nSO,CS,1,2025-01-01,2025-02-01\n")


def test_requests_for_each_country_and_scenario():
    one = source(
        urls=("https://fdw.fews.net/api/ipcphase/?country_code={iso2}&scenario={scenario}",), countries=("SOM",)
    )
    assert [request.url.split("?")[1] for request in fews.requests(one, None)] == [
        f"country_code=SO&scenario={scenario}" for scenario in ("CS", "ML1", "ML2")
    ]
