"""Poverty per region: percentages become shares, flagged rows become Problems, zero stays zero."""

import csv

import pytest

from ingest.adapters import hapi_poverty
from ingest.model import AdapterError
from tests.ingest.adapters.helpers import ANSWERS, answer, compact, expected, manifest, observations, problems, source

URL = "https://data.humdata.org/dataset/hdx-hapi-poverty-rate/hdx_hapi_poverty_rate_global.csv"
FILE = ANSWERS / "hapi_poverty" / "poverty.csv"


def test_the_rows_written_down_beside_the_answer():
    rows = list(hapi_poverty.parse(answer(FILE, URL), source()))
    found = [
        {**facts, "value": round(facts["value"], 6)} if "value" in facts else facts for facts in map(compact, rows)
    ]
    assert found == expected("hapi_poverty", "poverty.expected.json")


def test_an_answer_about_another_country_is_refused():
    with pytest.raises(AdapterError, match="asked AFG, got 1 countries"):
        list(
            hapi_poverty.parse(answer(FILE, "https://hapi.humdata.org/api/v2/poverty-rate?location_code=AFG"), source())
        )


def test_a_new_column_is_reported_once():
    lines = FILE.read_text().splitlines()
    body = "\n".join([lines[0] + ",new_index", *(line + ",1" for line in lines[2:4])])
    rows = list(hapi_poverty.parse(answer(body, URL), source()))
    assert [problem.where for problem in problems(rows, "unused_field")] == ["new_index"]


def test_the_captured_file(real):
    ((path, url),) = manifest(real, "hapi_poverty")
    with path.open(encoding="utf-8-sig", newline="") as lines:
        table = list(csv.DictReader(lines))
    figures = sum(1 for row in table for column in hapi_poverty.VARIABLES if row[column])
    rows = list(hapi_poverty.parse(answer(path, url), source()))
    assert len(observations(rows)) == figures
    assert not problems(rows)
    regional = {row.key.split("|", 1)[1] for row in observations(rows) if row.place.precision == "region"}
    assert len(regional) == sum(row["admin_level"] == "1" for row in table)
    assert all(0 <= row.value <= 1 for row in observations(rows))
