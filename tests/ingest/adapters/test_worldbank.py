"""World Bank: pages, groups between the countries, errors with status 200, and what was asked against what came."""

import json

import pytest

from ingest.adapters import worldbank
from ingest.model import AdapterError
from tests.ingest.adapters.helpers import ANSWERS, answer, compact, expected, manifest, observations, problems, source

URL = "https://api.worldbank.org/v2/country/all/indicator/FP.CPI.TOTL.ZG?format=json&per_page=5"
FILE = ANSWERS / "worldbank" / "inflation.json"


def rows_of(body, url=URL):
    return list(worldbank.parse(answer(body, url), source()))


def test_the_rows_written_down_beside_the_answer():
    assert [compact(row) for row in rows_of(FILE)] == expected("worldbank", "inflation.expected.json")


def test_an_error_with_status_200_is_an_error():
    said = [
        {
            "message": [
                {"id": "175", "key": "Invalid format", "value": "The indicator was not found. It may have been deleted"}
            ]
        }
    ]
    with pytest.raises(AdapterError, match="was not found"):
        rows_of(json.dumps(said))


def test_scope():
    with pytest.raises(AdapterError, match="asked SYR, got 2 countries"):
        rows_of(FILE, URL.replace("/all/", "/SYR/"))
    with pytest.raises(AdapterError, match=r"asked SL\.UEM"):
        rows_of(FILE, URL.replace("FP.CPI.TOTL.ZG", "SL.UEM.TOTL.ZS"))
    with pytest.raises(AdapterError, match="asked 2019-2020, got 2024"):
        rows_of(FILE, URL + "&date=2019:2020")


def test_the_next_page_is_asked_until_the_last():
    (second,) = worldbank.follow(answer(FILE, URL), source())
    assert second.url == URL + "&page=2"
    last = json.loads(FILE.read_text())
    last[0]["page"] = 2
    assert list(worldbank.follow(answer(json.dumps(last), second.url), source())) == []


def test_requests_name_the_database_of_the_governance_indicators():
    one = source(
        urls=("https://api.worldbank.org/v2/country/{countries}/indicator/{indicator}?format=json",),
        countries=("SYR", "SDN"),
        options={"indicators": ["GOV_WGI_RL.EST", "SL.UEM.TOTL.ZS"]},
    )
    assert [request.url.split("/country/")[1] for request in worldbank.requests(one, None)] == [
        "SYR;SDN/indicator/GOV_WGI_RL.EST?format=json&source=3",
        "SYR;SDN/indicator/SL.UEM.TOTL.ZS?format=json",
    ]


@pytest.mark.parametrize(
    ("period", "span"), [("2024Q2", "2024-04-01/2024-06-30"), ("2024M02", "2024-02-01/2024-02-29")]
)
def test_quarters_and_months(period, span):
    data = json.loads(FILE.read_text())
    data[1] = [{**data[1][0], "date": period}]
    (row,) = rows_of(json.dumps(data))
    assert f"{row.ref_start}/{row.ref_end}" == span


def test_an_empty_answer_has_no_rows():
    assert rows_of('[{"page":0,"pages":0,"per_page":0,"total":0},null]') == []


def test_the_captured_answer(real):
    ((path, url),) = manifest(real, "worldbank")
    rows = rows_of(path, url)
    assert [(row.place.iso3, row.variable, row.dimensions) for row in observations(rows)] == [
        ("AFG", "wgi_estimate", {"code": "PV"})
    ]
    assert not problems(rows)
