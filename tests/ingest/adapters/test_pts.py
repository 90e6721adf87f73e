"""Political Terror Scale: three sources as three variables; a status code is no data, never zero."""

import csv

from ingest.adapters import pts
from tests.ingest.adapters.helpers import ANSWERS, answer, compact, expected, manifest, observations, problems, source

URL = "https://www.politicalterrorscale.org/Data/Files/PTS-2024.csv"


def test_the_rows_written_down_beside_the_answer():
    rows = pts.parse(answer(ANSWERS / "pts" / "pts.csv", URL), source())
    assert [compact(row) for row in rows] == expected("pts", "pts.expected.json")


def test_a_file_that_is_not_utf8_is_read_and_said_so():
    body = (
        (ANSWERS / "pts" / "pts.csv")
        .read_text()
        .replace("Namibia,Namibia", "Türkiye,Turkey")
        .replace("NAM,516", "TUR,792")
    )
    rows = list(pts.parse(answer(body.encode("cp1252"), URL), source()))
    assert [problem.where for problem in problems(rows, "bad_row")] == ["Türkiye 2023"]
    assert len(problems(rows, "encoding")) == 1


def test_the_captured_file(real):
    ((path, url),) = manifest(real, "pts")
    with path.open(encoding="cp1252", newline="") as lines:
        table = list(csv.DictReader(lines))
    clear = [
        (row["Country"], row["Year"], letter)
        for row in table
        for letter in "AHS"
        if row[f"PTS_{letter}"] in "12345" and row[f"NA_Status_{letter}"] == "0" and row["Country"] not in pts.FORMER
    ]
    rows = list(pts.parse(answer(path, url), source()))
    assert len(observations(rows)) == len(clear)
    assert len({row.key for row in observations(rows)}) == len(clear)
    assert {row.value for row in observations(rows)} == {1.0, 2.0, 3.0, 4.0, 5.0}
    assert not problems(rows, "unknown_code")
    namibia = [row for row in observations(rows) if row.place.iso3 == "NAM"]
    assert len(namibia) == sum(name == "Namibia" for name, _, _ in clear)  # their "NA" for "none" is Namibia's code
