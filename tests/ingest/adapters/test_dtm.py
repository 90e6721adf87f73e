"""Displacement tracking: parts are added up per round and area, an error inside a 200 is an error."""

import json

import pytest

from ingest.adapters import dtm
from ingest.model import AdapterError
from tests.ingest.adapters.helpers import ANSWERS, answer, compact, expected, manifest, observations, problems, source

URL = "https://dtmapi.iom.int/v3/displacement/admin1?Admin0Pcode=TCD"
FILE = ANSWERS / "dtm" / "admin1.json"


def test_the_rows_written_down_beside_the_answer():
    assert [compact(row) for row in dtm.parse(answer(FILE, URL), source())] == expected("dtm", "admin1.expected.json")


@pytest.mark.parametrize(
    ("body", "url", "said"),
    [
        (FILE.read_text(), URL.replace("TCD", "HTI"), "asked HTI, got 1 countries"),
        (FILE.read_text().replace("true", "false", 1), URL, "the service refused"),
        (FILE.read_text().replace('"totalRecordsCount": 4', '"totalRecordsCount": 9'), URL, "9 records announced, 4"),
        (FILE.read_text(), URL.replace("admin1", "admin7"), "unknown form"),
        ("<html><body>please wait</body></html>", URL, "a web page where data was expected"),
    ],
)
def test_what_cannot_be_trusted_is_refused(body, url, said):
    with pytest.raises(AdapterError, match=said):
        list(dtm.parse(answer(body, url), source()))


def test_the_key_goes_into_a_header(monkeypatch):
    monkeypatch.setenv("A_TEST_KEY", "secret-key")
    entry = source(
        urls=("https://dtm.example.org/v3/displacement/admin1?Admin0Pcode={iso3}",),
        countries=("TCD", "HTI"), key_variable="A_TEST_KEY", key_help="Ask.",
    )  # fmt: skip
    asked = list(dtm.requests(entry, None))
    assert [request.url[-3:] for request in asked] == ["TCD", "HTI"]
    assert all(request.headers == {"Ocp-Apim-Subscription-Key": "secret-key"} for request in asked)
    assert not any("secret-key" in request.url for request in asked)


def test_the_captured_answers(real):
    for path, url in manifest(real, "dtm"):
        result = json.loads(path.read_bytes())["result"]
        rows = list(dtm.parse(answer(path, url), source()))
        if "list" in path.name:
            assert rows == []
            continue
        level = path.name.split("-")[1]
        groups = {}
        for row in result:
            named = ("operation", "assessmentType", "roundNumber", "reportingDate", f"{level}Pcode")
            group = tuple(row[name] for name in named)
            groups[group] = groups.get(group, 0) + row["numPresentIdpInd"]
        assert not problems(rows)
        assert sorted(row.value for row in observations(rows)) == sorted(groups.values())


def test_the_sums_are_those_of_the_humanitarian_exchange(real):
    """HDX publishes the same rounds added up by others: an independent check of the sums."""
    import csv

    with (real / "hapi" / "hdx_hapi_idps_global.csv").open(encoding="utf-8-sig", newline="") as lines:
        theirs = {
            (row["admin1_code"], row["reporting_round"], row["reference_period_start"]): float(row["population"])
            for row in csv.DictReader(lines)
            if row["location_code"] == "AFG" and row["admin_level"] == "1"
        }
    ((path, url),) = [item for item in manifest(real, "dtm") if item[0].name.endswith("admin1-admin0pcode-afg.json")]
    ours = {
        (row.place.region_code, row.dimensions["round"], row.ref_start.isoformat()): row.value
        for row in dtm.parse(answer(path, url), source())
    }
    assert ours == theirs
