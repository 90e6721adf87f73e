"""UNHCR statistics: scope asserted, dashes are no figures, persons and cases apart, zeros only where they mean zero."""

import csv
import json

import pytest

from ingest.adapters import unhcr
from ingest.model import AdapterError
from tests.ingest.adapters.helpers import ANSWERS, answer, compact, expected, manifest, observations, problems, source

API = (
    "https://api.unhcr.org/population/v1/asylum-decisions/?coo=ERI&coa=NLD&cf_type=ISO&yearFrom=2000&yearTo=2025&page=1"
)
EXCHANGE = "https://data.humdata.org/dataset/unhcr-population/"
FOLDER = ANSWERS / "unhcr"


@pytest.mark.parametrize("name", ["decisions.json", "HDX_Demographics.csv", "HDX_EndYearPopulationTotals.csv"])
def test_the_rows_written_down_beside_the_answer(name):
    url = API if name.endswith("json") else EXCHANGE + name
    rows = unhcr.parse(answer(FOLDER / name, url), source())
    assert [compact(row) for row in rows] == expected("unhcr", f"{name.split('.')[0]}.expected.json")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (API.replace("coo=ERI", "coo=SOM"), "asked SOM, got 1 countries"),
        (API.replace("coa=NLD", "coa=DEU"), "asked DEU, got 1 countries"),
        (API.replace("yearFrom=2000&yearTo=2025", "yearFrom=2024&yearTo=2025"), "asked 2024-2025, got 2023"),
        (API + "&coo_all=true", "coo_all=true overrides"),
    ],
)
def test_an_answer_about_something_else_is_refused(url, said):
    with pytest.raises(AdapterError, match=said):
        list(unhcr.parse(answer(FOLDER / "decisions.json", url), source()))


def test_the_whole_world_instead_of_a_country_is_refused():
    rows = [{"year": 2023, "coo_iso": "-", "coa_iso": "-", "refugees": 30_000_000}]
    body = json.dumps({"page": 1, "maxPages": 1, "items": rows})
    with pytest.raises(AdapterError, match="asked ERI"):
        list(unhcr.parse(answer(body, "https://api.unhcr.org/population/v1/population/?coo=ERI"), source()))


def test_pages_follow_until_the_last():
    first = list(unhcr.follow(answer(FOLDER / "decisions.json", API), source()))
    assert [request.url for request in first] == [API.replace("page=1", "page=2")]
    last = FOLDER.joinpath("decisions.json").read_text().replace('"page": 1', '"page": 2')
    assert list(unhcr.follow(answer(last, API), source())) == []
    assert list(unhcr.follow(answer(FOLDER / "HDX_Demographics.csv", EXCHANGE), source())) == []


def test_a_third_way_of_counting_is_a_problem():
    body = FOLDER.joinpath("decisions.json").read_text().replace('"dec_pc": "C"', '"dec_pc": "H"')
    rows = list(unhcr.parse(answer(body, API), source()))
    assert [problem.message for problem in problems(rows)] == ["'H' is neither P (persons) nor C (cases)"]
    assert {row.variable for row in observations(rows)} == {"asylum_decisions"}


def test_another_table_is_refused():
    with pytest.raises(AdapterError, match="unknown form"):
        list(unhcr.parse(answer("Year,Country,Value\n2020,Sudan,4\n", EXCHANGE), source()))


def test_an_empty_list_is_no_error():
    assert list(unhcr.parse(answer('{"page": 1, "maxPages": 0, "items": []}', API), source())) == []


def test_the_captured_files(real):
    for path, url in manifest(real, "unhcr"):
        with path.open(encoding="utf-8-sig", newline="") as lines:
            table = [row for row in csv.DictReader(lines) if row["ISO3CoO"] not in ("UKN", "STA")]
        rows = list(unhcr.parse(answer(path, url), source()))
        assert not problems(rows)
        found = observations(rows)
        assert len({row.key for row in found}) == len(found) == _figures(path.stem, table) > 0


def _figures(name, table):
    if name == "HDX_AsylumApplications":
        return len(table)
    if name == "HDX_AsylumDecisions":
        return 4 * len(table)
    if name == "HDX_Demographics":
        bands = [column for column in table[0] if column.startswith(("Female", "Male"))]
        return len(table) + len(bands) * sum(any(int(row[band]) for band in bands) for row in table)
    at_home = "IDP" if name == "HDX_EndYearPopulationTotals" else "RDP"
    columns = [c for c in ("REF", "IDP", "ASY", "OOC", "STA", "OIP", "RST", "NAT", "RET", "RDP") if c in table[0]]
    empty = sum(row[at_home] == "0" and row["ISO3CoO"] != row["ISO3CoA"] for row in table)
    return len(columns) * len(table) - empty


def test_the_decisions_of_the_netherlands_with_the_columns_of_the_api(real):
    path = real / "displacement" / "unhcr_asylum_decisions_NLD.csv"
    with path.open(encoding="utf-8-sig", newline="") as lines:
        table = [row for row in csv.DictReader(lines) if row["coo_iso"] not in ("XXA", "UNK")]
    rows = list(unhcr.parse(answer(path, "inbox:///asylum_decisions_nld/unhcr_asylum_decisions_NLD.csv"), source()))
    assert len(observations(rows)) == 4 * len(table)
    assert not problems(rows)
    recognised = sum(row.value for row in observations(rows) if row.dimensions["outcome"] == "recognized")
    assert recognised == sum(int(row["dec_recognized"]) for row in table)
