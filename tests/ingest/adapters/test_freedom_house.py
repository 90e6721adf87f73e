"""Freedom in the World: items and totals, territories apart from states, both layouts."""

import csv
import io

import openpyxl
import pytest

from ingest.adapters import freedom_house
from ingest.model import AdapterError
from tests.ingest.adapters.helpers import ANSWERS, answer, manifest, observations, problems, source

URL = "https://freedomhouse.org/reports/freedom-world/data/fiw.csv"


def rows_of(body, url=URL):
    return list(freedom_house.parse(answer(body, url), source(adapter="freedom_house")))


def test_items_total_and_year_of_an_edition():
    rows = rows_of(ANSWERS / "freedom_house" / "fiw.csv")
    afghan = [row for row in observations(rows) if row.place.iso3 == "AFG"]
    assert len(afghan) == 27  # 25 items, AddQ, total
    by_item = {row.dimensions.get("item", "total"): row for row in afghan}
    assert by_item["F2"].value == 2
    assert by_item["F1"].value == 0  # a measured zero stays zero
    assert by_item["total"].value == 10
    assert by_item["total"].variable == "freedom_house_total"
    assert (by_item["F2"].ref_start.isoformat(), by_item["F2"].ref_end.isoformat()) == ("2024-01-01", "2024-12-31")
    assert by_item["F2"].key == "AFG|2024|F2"


def test_a_territory_is_a_region_of_its_state():
    gaza = [row for row in observations(rows_of(ANSWERS / "freedom_house" / "fiw.csv")) if row.place.iso3 == "PSE"]
    assert {(row.place.region_name, row.place.precision) for row in gaza} == {("Gaza Strip", "region")}
    assert next(row.value for row in gaza if row.key == "Gaza Strip|2024|AddQ") == 2


def test_what_cannot_stand_is_a_problem_and_no_row():
    rows = rows_of(ANSWERS / "freedom_house" / "fiw.csv")
    assert {row.place.iso3 for row in observations(rows)} == {"AFG", "PSE"}
    assert [problem.message for problem in problems(rows, "unknown_code")] == [
        "'Freedonia' is no country or territory we know"
    ]
    messages = " / ".join(problem.message for problem in problems(rows, "bad_row"))
    assert "9 is outside 0 to 4" in messages
    assert "edition 2025.0 does not fit year 2023.0" in messages


def test_the_publishers_workbook_has_a_title_row_and_other_names():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "FIW13-25"
    items = list(freedom_house.ITEMS)
    sheet.append(["Freedom in the World 2013-2025 Raw Data"])
    sheet.append(
        ["Country/Territory", "Region", "C/T", "Edition", "Status", "PR rating", "CL rating", *items, "Add Q", "Total"]
    )
    sheet.append(["Iraq", "Middle East", "c", 2025, "NF", 5, 6, *[1] * 25, 0, 25])
    stream = io.BytesIO()
    book.save(stream)
    rows = rows_of(stream.getvalue(), "https://freedomhouse.org/All_data_FIW.xlsx")
    assert not problems(rows)
    assert {row.place.iso3 for row in observations(rows)} == {"IRQ"}
    assert len(rows) == 27


def test_the_file_of_totals_has_no_items():
    body = (
        "Country/Territory,Region,C/T,Edition,Status,PR Rating,CL Rating,A,B,C,PR,D,E,F,G,CL,Total\n"
        "Sudan,Africa,c,2003,NF,7,7,0,0,0,0,1,1,1,1,4,4\n"
    )
    (row,) = rows_of(body)
    assert (row.key, row.variable, row.value) == ("SDN|2002|total", "freedom_house_total", 4)


def test_another_table_is_refused():
    with pytest.raises(AdapterError, match="are missing"):
        rows_of(b"a,b\n1,2\n")
    with pytest.raises(AdapterError, match="web page"):
        rows_of(b"<!DOCTYPE html><html><body>Checking your browser</body></html>")


def test_the_captured_file(real):
    ((path, url),) = manifest(real, "freedom_house")
    with path.open(encoding="utf-8", newline="") as lines:
        table = list(csv.DictReader(lines))
    figures = sum(
        1 for row in table for item in (*freedom_house.ITEMS, "AddQ", "total") if row[item] not in ("", "N/A")
    )
    rows = rows_of(path, url)
    assert len(observations(rows)) == figures
    assert not problems(rows)
    assert len({row.key for row in observations(rows)}) == figures
