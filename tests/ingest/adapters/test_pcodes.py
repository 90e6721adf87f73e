"""Official codes: one row per code, no value, the name as text."""

import csv

import pytest

from ingest.adapters import pcodes
from ingest.model import AdapterError
from tests.ingest.adapters.helpers import ANSWERS, answer, compact, expected, manifest, observations, problems, source

URL = "https://data.humdata.org/dataset/global-pcodes/global_pcodes_adm_1_2.csv"
FILE = ANSWERS / "pcodes" / "codes.csv"


def test_the_rows_written_down_beside_the_answer():
    rows = pcodes.parse(answer(FILE, URL), source())
    assert [compact(row) for row in rows] == expected("pcodes", "codes.expected.json")


def test_another_layout_is_refused():
    with pytest.raises(AdapterError, match=r"columns .*P-Code.* are missing"):
        list(pcodes.parse(answer("code,name\nAF01,Kabul\n", URL), source()))


def test_the_captured_file(real):
    ((path, url),) = manifest(real, "pcodes")
    with path.open(encoding="utf-8-sig", newline="") as lines:
        table = list(csv.DictReader(lines))
    rows = list(pcodes.parse(answer(path, url), source()))
    assert len(observations(rows)) == len(table)
    assert not problems(rows)
    assert len({row.key for row in observations(rows)}) == len(
        {(row["Location"], row["Admin Level"], row["P-Code"]) for row in table}
    )
