"""Tables described by options: long, wide, with groups of columns, fillers, territories and titles above the header."""

import io
from datetime import date

import openpyxl
import pyarrow
import pyarrow.parquet
import pytest

from ingest.adapters import table
from ingest.model import AdapterError, Place
from tests.ingest.adapters.helpers import answer, observations, problems, source

URL = "inbox:///test/table.csv"
LONG = {
    "iso3": "code",
    "country": "name",
    "time": "year",
    "values": {"v": {"variable": "inform_risk", "least": 0, "most": 10}},
}


def read(body, options, url=URL):
    return list(table.parse(answer(body, url), source(options=options, urls=())))


def test_a_long_table_keeps_zero_and_leaves_out_what_is_missing():
    rows = read("code,name,year,v\nAFG,Afghanistan,2020,0\nIRQ,Iraq,2021,\nSYR,Syria,2022,..\n", LONG)
    assert len(rows) == 1
    (row,) = observations(rows)
    assert (row.key, row.value, row.place) == ("inform_risk|AFG|2020", 0.0, Place("AFG", precision="country"))
    assert (row.ref_start, row.ref_end) == (date(2020, 1, 1), date(2020, 12, 31))


@pytest.mark.parametrize(
    ("cell", "start", "end"),
    [
        ("2020", date(2020, 1, 1), date(2020, 12, 31)),
        ("2012-2013", date(2012, 1, 1), date(2013, 12, 31)),
        ("2019Q2", date(2019, 4, 1), date(2019, 6, 30)),
        ("2019M02", date(2019, 2, 1), date(2019, 2, 28)),
        ("2019-03-04 00:00:00+00:00", date(2019, 3, 4), date(2019, 3, 4)),
    ],
)
def test_periods(cell, start, end):
    (row,) = read(f"code,name,year,v\nAFG,Afghanistan,{cell},1\n", LONG)
    assert (row.ref_start, row.ref_end) == (start, end)


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("AFG,Iraq,2020,1", "name 'Iraq' is IRQ"),  # codes lie: the name must agree
        ("QQQ,Nowhere,2020,1", "no country code"),
        ("AFG,Afghanistan,summer,1", "no ISO date"),
        ("AFG,Afghanistan,2020,11", "outside 0 to 10"),
        ("AFG,Afghanistan,2020,high", "could not convert"),
    ],
)
def test_what_cannot_be_read_is_a_problem_and_the_rest_goes_on(line, word):
    rows = read(f"code,name,year,v\n{line}\nIRQ,Iraq,2020,2\n", LONG)
    assert [row.key for row in observations(rows)] == ["inform_risk|IRQ|2020"]
    (problem,) = problems(rows)
    assert word in problem.message


def test_a_year_per_column_and_titles_above_the_header():
    body = '\ufeff"Source","Bank",\n\n"Updated","2026-04-08",\n\n"name","code","2019","2020",\n"Iraq","IRQ","","4.5",\n'
    options = {
        "header": "code",
        "iso3": "code",
        "country": "name",
        "values": {r"(?P<year>\d{4})": "inflation_rate"},
    }
    (row,) = read(body, options)
    assert (row.key, row.value, row.ref_end) == ("inflation_rate|IRQ|2020", 4.5, date(2020, 12, 31))


def test_a_bad_cell_of_a_wide_row_costs_only_that_cell():
    options = {"iso3": "code", "values": {r"(?P<year>\d{4})": {"variable": "subnational_hdi", "most": 1, "least": 0}}}
    rows = read("code,2019,2020\nIRQ,7,0.5\n", options)
    assert [row.key for row in observations(rows)] == ["subnational_hdi|IRQ|2020"]
    assert [problem.kind for problem in problems(rows)] == ["bad_value"]


def test_groups_of_a_pattern_become_dimensions_and_words_become_codes():
    options = {
        "iso3": "code",
        "time": "year",
        "dimensions": {"level": "lv"},
        "codes": {"level": {"first": "FI"}},
        "values": {r"Factor (?P<factor>\d): .*": {"variable": "wjp_rule_of_law", "factor": 0.01}},
    }
    rows = read("code,year,lv,Factor 1: a,Factor 2: b\nIRQ,2020,first,50,25\nIRQ,2021,third,1,1\n", options)
    first, second = observations(rows)
    assert (first.dimensions, first.value) == ({"level": "FI", "factor": "1"}, 0.5)
    assert second.key == "wjp_rule_of_law|FI|2|IRQ|2020"
    assert "level 'third' is none of first" in problems(rows)[0].message


def test_places_regions_districts_territories_and_groupings():
    options = {
        "iso3": "code", "region": "r", "region_code": "rc", "district": "d", "national": ["Total"], "time": "year",
        "not_countries": ["@world_bank", r"ZZ.*"], "apart": {"AB9": ["SDN", "Abyei"]},
        "values": {"v": "population"},
    }  # fmt: skip
    lines = ["IRQ,Total,,,2020,1", "IRQ,Anbar,IQ-AN,,2020,2", "IRQ,Anbar,,Heet,2020,3", "AB9,,,,2020,4",
             "WLD,Total,,,2020,5", "ZZK.WORLD,,,,2020,6"]  # fmt: skip
    rows = read("code,r,rc,d,year,v\n" + "\n".join(lines) + "\n", options)
    assert not problems(rows)
    assert [row.place for row in rows] == [
        Place("IRQ", precision="country"),
        Place("IRQ", region_name="Anbar", region_code="IQ-AN", precision="region"),
        Place("IRQ", region_name="Anbar", district_name="Heet", precision="district"),
        Place("SDN", region_name="Abyei", precision="region"),
    ]
    assert len({row.key for row in rows}) == 4


def test_a_filler_zero_is_no_measurement_and_bounds_come_with_the_value():
    value = {"variable": "idps_present", "filled": "rounded", "low": "lo", "high": "hi"}
    options = {"iso3": "code", "time": "year", "values": {"n": value}}
    rows = read("code,year,n,rounded,lo,hi\nIRQ,2009,0,,,\nIRQ,2010,0,0,0,5\n", options)
    assert [(row.ref_start.year, row.value, row.value_low, row.value_high) for row in rows] == [(2010, 0, 0, 5)]


def test_rows_left_out_by_design_and_an_answer_about_something_else():
    options = LONG | {"country": "name", "only": {"kind": ["total"]}}
    assert len(read("code,name,year,v,kind\nIRQ,Iraq,2020,1,total\nIRQ,Iraq,2020,2,part\n", options)) == 1
    expecting = LONG | {"expect": {"kind": "total"}}
    with pytest.raises(AdapterError, match="kind is 'part', expected 'total'"):
        read("code,name,year,v,kind\nIRQ,Iraq,2020,1,total\nIRQ,Iraq,2020,2,part\n", expecting)


def test_a_new_column_is_reported_and_a_declared_one_is_not():
    rows = read("code,name,year,v,note,extra_1\nIRQ,Iraq,2020,1,a,b\n", LONG | {"ignored": [r"extra_\d"]})
    assert [problem.where for problem in problems(rows, "unused_field")] == ["note"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"iso3": "code"}, "options.values is empty"),
        ({"time": "year", "values": {"v": "population"}}, "no column for the country"),
        ({"iso3": "code", "values": {"v": "population"}}, "options.time is missing"),
        ({"iso3": "iso", "time": "year", "values": {"v": "population"}}, "columns iso are missing"),
        ({"iso3": "code", "time": "year", "values": {"w": "population"}}, "0 columns are like 'w'"),
        ({"iso3": "code", "time": "year", "values": {".*": "population"}}, "4 columns are like"),
        ({"iso3": "code", "time": "year", "values": {"v": {"variable": "population", "unit": 1}}}, "keys: variable"),
    ],
)
def test_options_that_do_not_fit_the_table_say_so(options, message):
    with pytest.raises(AdapterError) as caught:
        read("code,name,year,v\nIRQ,Iraq,2020,1\n", options)
    assert message in f"{caught.value} {caught.value.remedy}"


def test_the_same_table_as_workbook_and_as_parquet():
    book = openpyxl.Workbook()
    book.active.append(["A title"])
    book.active.append(["code", "name", "year", "v"])
    book.active.append(["IRQ", "Iraq", 2020, 1.5])
    stream = io.BytesIO()
    book.save(stream)
    sink = io.BytesIO()
    columns = {"code": ["IRQ", None], "name": ["Iraq", None], "year": [2020.0, None], "v": [1.5, None]}
    pyarrow.parquet.write_table(pyarrow.table(columns), sink)
    (from_book,) = read(stream.getvalue(), LONG | {"header": "code"})
    from_parquet, problem = read(sink.getvalue(), LONG)
    assert from_book == from_parquet == read("code,name,year,v\nIRQ,Iraq,2020,1.5\n", LONG)[0]
    assert "no country we know" in problem.message


def test_addresses_of_the_catalog_are_asked_and_an_inbox_table_asks_nothing():
    urls = ("https://a.example.org/1.csv", "https://a.example.org/2.csv")
    assert [request.url for request in table.requests(source(urls=urls), None)] == list(urls)
    assert list(table.requests(source(urls=()), None)) == []
