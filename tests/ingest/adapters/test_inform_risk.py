"""INFORM Risk: trends, scores of the newest release, and a file whose names do not tell raw value from score."""

import csv
import json

import pytest

from ingest.adapters import inform_risk
from ingest.model import AdapterError
from tests.ingest.adapters.helpers import ANSWERS, answer, compact, expected, manifest, observations, problems, source

BASE = "https://drmkc.jrc.ec.europa.eu/inform-index/API/InformAPI"
TRENDS = f"{BASE}/countries/trends/?WorkflowId=0"
FILE = "https://data.humdata.org/dataset/inform-risk-index/inform_risk_index.csv"
RELEASES = [
    {"WorkflowId": number, "Name": name, "WorkflowDate": day, "GNAYear": 2026, "System": system}
    for number, name, day, system in (
        (515, "INFORM Risk Mid 2026", "2026-08-07T13:16:02.743", "INFORM"),
        (511, "INFORM Risk 2026", "2025-09-01T10:00:00", "INFORM"),
        (600, "INFORM Climate Change", "2026-09-01T10:00:00", "CC"),
    )
]


def rows_of(body, url):
    return list(inform_risk.parse(answer(body, url), source()))


def test_the_rows_written_down_beside_the_trends():
    rows = rows_of(ANSWERS / "inform_risk" / "trends.json", TRENDS)
    assert [compact(row) for row in rows] == expected("inform_risk", "trends.expected.json")


def test_two_rows_of_one_name_are_both_kept_apart():
    rows = rows_of(ANSWERS / "inform_risk" / "index.csv", FILE)
    assert [(row.key, row.value) for row in observations(rows)] == [
        ("Human Development Index|SDN|2025|1", 0.51),
        ("Human Development Index|SDN|2025|2", 8.2),
        ("GHSL Population Grid|SDN|2025|1", 46874204),
    ]
    assert [problem.message for problem in problems(rows)] == ["no indicator name: the value could be anything"]


def test_the_newest_release_is_followed_and_its_year_comes_with_the_address():
    list_url = f"{BASE}/Workflows/GetByYear/2026"
    ((follow),) = inform_risk.follow(answer(json.dumps(RELEASES), list_url), source())
    assert follow.url == f"{BASE}/countries/Scores/?WorkflowId=515&IndicatorId=INFORM,HA,VU,CC&GNAYear=2026"
    assert rows_of(json.dumps(RELEASES), list_url) == []
    scores = [{"Iso3": "SDN", "IndicatorId": "HA", "IndicatorScore": 8.9}]
    (row,) = rows_of(json.dumps(scores), follow.url)
    assert (row.key, row.value) == ("HA|SDN|2026", 8.9)


def test_what_was_not_asked_is_refused():
    scores = [{"Iso3": "SDN", "IndicatorId": "CC", "IndicatorScore": 8.9, "GNAYear": 2026}]
    with pytest.raises(AdapterError, match="asked HA, got CC"):
        rows_of(json.dumps(scores), f"{BASE}/countries/Scores/?WorkflowId=515&IndicatorId=HA")
    other = [{**scores[0], "WorkflowId": 511}]
    with pytest.raises(AdapterError, match="asked release 515, got 511"):
        rows_of(json.dumps(other), f"{BASE}/countries/Scores/?WorkflowId=515&IndicatorId=CC")
    with pytest.raises(AdapterError, match="no scores"):
        rows_of("[]", f"{BASE}/countries/Scores/?WorkflowId=515&IndicatorId=HA")
    with pytest.raises(AdapterError, match="no INFORM Risk release"):
        list(inform_risk.follow(answer("[]", f"{BASE}/Workflows/GetByYear/2027"), source()))


def test_the_captured_answers(real):
    for path, url in manifest(real, "inform_risk"):
        rows = rows_of(path, url)
        keys = [row.key for row in observations(rows)]
        assert len(set(keys)) == len(keys)
        if path.suffix == ".json":
            assert len(keys) == len(json.loads(path.read_text()))
            assert not problems(rows)
        else:
            with path.open(encoding="utf-8-sig", newline="") as lines:
                table = list(csv.DictReader(lines))
            named = sum(bool(row["IndicatorName"].strip()) for row in table)
            assert (len(keys), len(problems(rows))) == (named, len(table) - named)
