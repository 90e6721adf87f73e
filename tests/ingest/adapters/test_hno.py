"""Humanitarian needs in both forms: every figure once, flagged rows as Problems, zero stays zero."""

import csv

import pytest

from ingest.adapters import hno
from ingest.model import AdapterError
from tests.ingest.adapters.helpers import ANSWERS, answer, compact, expected, manifest, observations, problems, source

FOLDER = "https://data.humdata.org/dataset/global-hpc-hno/"
NEEDS, FILE = ANSWERS / "hno" / "needs.csv", ANSWERS / "hno" / "hpc_hno_2025.csv"


@pytest.mark.parametrize("path", [NEEDS, FILE])
def test_the_rows_written_down_beside_the_answer(path):
    rows = hno.parse(answer(path, FOLDER + path.name), source())
    assert [compact(row) for row in rows] == expected("hno", f"{path.stem}.expected.json")


def test_a_file_that_does_not_say_its_year_is_refused():
    with pytest.raises(AdapterError, match="no year in the name"):
        list(hno.parse(answer(FILE, FOLDER + "needs_new.csv"), source()))


def test_an_answer_about_another_country_is_refused():
    url = "https://hapi.humdata.org/api/v2/affected-people/humanitarian-needs?location_code=AFG&output_format=csv"
    with pytest.raises(AdapterError, match="asked AFG"):
        list(hno.parse(answer(NEEDS, url), source()))


def test_a_dataset_record_leads_to_its_files_and_holds_no_rows():
    record = (
        b'{"success": true, "result": {"resources": [{"url": "https://data.humdata.org/a/hpc_hno_2026.csv"}, '
        b'{"url": "https://data.humdata.org/a/readme.pdf"}]}}'
    )
    asked = answer(record, "https://data.humdata.org/api/3/action/package_show?id=global-hpc-hno")
    assert [request.url for request in hno.follow(asked, source())] == ["https://data.humdata.org/a/hpc_hno_2026.csv"]
    assert list(hno.parse(asked, source())) == []


def test_the_captured_files(real):
    figures = ("Population", "In Need", "Targeted", "Affected", "Reached")
    for path, url in manifest(real, "hno"):
        with path.open(encoding="utf-8-sig", newline="") as lines:
            table = [
                row
                for row in csv.DictReader(lines)
                if not row["location_code" if "location_code" in row else "Country ISO3"].startswith("#")
            ]
        if "population_status" in table[0]:
            flagged = sum(bool(row["error"]) for row in table)
            stated = sum(not row["error"] and row["population"] != "" for row in table)
        else:
            flagged = sum(row["Info"] != "" for row in table)
            stated = sum(row[name] != "" for row in table if not row["Info"] for name in figures)
        rows = list(hno.parse(answer(path, url), source()))
        assert len(observations(rows)) == stated > 1000
        assert len({row.key for row in observations(rows)}) == stated
        assert len(problems(rows, "source_error")) == len(problems(rows)) == flagged > 0
