"""IPC in its forms: one figure, one key from file and API; 3+ stands apart; projections are flagged."""

import csv
import io
import json
from datetime import date

import openpyxl
import pytest

from ingest.adapters import ipc
from ingest.adapters._ipc_area import Area
from ingest.model import AdapterError
from tests.ingest.adapters.helpers import ANSWERS, answer, compact, expected, manifest, observations, problems, source

FILES = "https://data.humdata.org/dataset/yemen-acute-food-insecurity"
API = "https://api.ipcinfo.org/population?country=YE"
LONG = ANSWERS / "ipc" / "ipc_yem_area_long.csv"
POPULATION = ANSWERS / "ipc" / "population.json"


def rows_of(body, url):
    return list(ipc.parse(answer(body, url), source(adapter="ipc")))


def test_the_rows_written_down_beside_the_long_file():
    assert [compact(row) for row in rows_of(LONG, f"{FILES}/{LONG.name}")] == expected("ipc", "long.expected.json")


def test_a_file_and_the_api_agree_on_keys_and_rows():
    from_file = {row.key: row for row in observations(rows_of(LONG, f"{FILES}/{LONG.name}"))}
    from_api = {row.key: row for row in observations(rows_of(POPULATION, API))}
    assert {key: from_api[key] for key in from_file} == from_file


def test_the_api_gives_the_whole_the_group_and_the_class():
    rows = rows_of(POPULATION, API)
    by_key = {row.key: row for row in observations(rows)}
    assert by_key["YEM|2025-05|||current|2025-05-01|3+"].place.precision == "country"
    assert by_key["YEM|2025-05|||current|2025-05-01|3+"].denominator == 200000
    assert by_key["YEM|2025-05|Hajjah||current|2025-05-01|3+"].place.region_name == "Hajjah"
    assert by_key["YEM|2025-05|Hajjah|Abs|current|2025-05-01|class"].value == 4
    assert by_key["YEM|2025-05||Marib Urban|first projection|2025-09-01|class"].projection
    assert not any("2027" in key for key in by_key)  # announced, without figures
    (problem,) = problems(rows)
    assert "Broken" in problem.where  # and the other areas went on


def test_scope():
    with pytest.raises(AdapterError, match="asked SDN, got 1 countries"):
        rows_of(POPULATION, API.replace("YE", "SD"))
    with pytest.raises(AdapterError, match="asked AFG, got 1 countries"):
        rows_of(LONG, f"{FILES}/ipc_afg_area_long.csv")
    with pytest.raises(AdapterError, match="Invalid key"):
        rows_of('{"message": "Invalid key"}', API)
    with pytest.raises(AdapterError, match="unknown form"):
        rows_of("a,b\n1,2\n", f"{FILES}/other.csv")


def test_analyses_are_a_list_and_shapes_carry_no_months():
    listing = [{"id": "1", "title": "x", "link": None, "country": "YE", "year": 2025, "condition": "A"}]
    assert rows_of(json.dumps(listing), "https://api.ipcinfo.org/analyses?type=A") == []
    shapes = {
        "type": "FeatureCollection",
        "features": [{"properties": {"anl_id": "8", "ipc_period": "P", "title": "Abs"}}] * 2,
    }
    rows = rows_of(json.dumps(shapes), "https://api.ipcinfo.org/areas/YEM.geojson")
    assert [row.kind for row in rows] == ["no_period", "no_period"]
    assert rows[0] == rows[1]  # one issue, counted


@pytest.mark.parametrize(
    ("level1", "name", "region", "district"),
    [
        ("", "Kabul Urban", "Kabul", None),
        ("", "IDPs in Marib", "Marib", None),
        ("Prefectures", "Ouaka", "Ouaka", None),
        ("Concentrations in Prefectures analyzed", "Concentration of Obo", "Obo", None),
        ("Bay", "Baidoa IDPs", "Bay", "Baidoa"),
        ("Bay", "", "Bay", None),
        ("", "Urban", "Urban", None),
        ("Zone 1", "Afar", "Zone 1", "Afar"),
        ("Region of Kayes", "Yélimané", "Region of Kayes", "Yélimané"),
    ],
)
def test_the_place_in_the_name_of_an_area(level1, name, region, district):
    area = Area("SOM", date(2025, 5, 1), level1, name, "current", date(2025, 5, 1), date(2025, 6, 30))
    assert (area.place().region_name, area.place().district_name) == (region, district)


HAPI = (
    "location_code,has_hrp,in_gho,provider_admin1_name,provider_admin2_name,admin1_code,admin1_name,admin2_code,admin2_name,"
    "admin_level,ipc_phase,ipc_type,population_in_phase,population_fraction_in_phase,reference_period_start,"
    "reference_period_end,dataset_hdx_id,resource_hdx_id,warning,error\n"
)


def test_the_humanitarian_apis_table():
    body = HAPI + (
        "YEM,Y,Y,Hajjah,,YE17,Hajjah,,,1,all,current,200000,1.0,2025-05-01T00:00:00,2025-08-31T23:59:59,a,b,,\n"
        "YEM,Y,Y,Hajjah,,YE17,Hajjah,,,1,3+,current,130000,0.65,2025-05-01T00:00:00,2025-08-31T23:59:59,a,b,,\n"
        "YEM,Y,Y,Nowhere,,,,,,1,3+,current,130000,0.65,2025-05-01T00:00:00,2025-08-31T23:59:59,a,b,,No match\n"
    )
    rows = rows_of(body, "https://data.humdata.org/dataset/hdx-hapi-food-security/hdx_hapi_food_security_global.csv")
    assert [(row.dimensions["phase"], row.value, row.denominator) for row in observations(rows)] == [
        ("all", 200000, 200000),
        ("3+", 130000, 200000),
    ]
    assert observations(rows)[0].place.region_code == "YE17"
    assert [problem.kind for problem in problems(rows)] == ["source_error"]


def workbook(*rows):
    columns = [
        "adm0_pcod3", "adm0_5_name", "adm1_name", "adm1_pcod2", "adm1_5_name", "adm2_name", "adm2_pcod2",
        "adm2_5_name", "adm3_name", "exercise_label", "exercise_year", "chtype", "reference_label", "reference_year",
        "population", "phase_class", "phase1", "phase2", "phase3", "phase4", "phase5", "phase35",
        "usethisperiod", "notes",
    ]  # fmt: skip
    book = openpyxl.Workbook()
    book.active.append(columns)
    for row in rows:
        book.active.append([row.get(name) for name in columns])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_cadre_harmonise():
    row = {
        "adm0_pcod3": "NGA", "adm1_name": "Borno", "adm1_pcod2": "NG008", "adm2_name": "Bama", "adm2_pcod2": "NG008003",
        "exercise_label": "Sep-Dec", "exercise_year": 2024, "chtype": "projected", "reference_label": "Jun-Aug",
        "reference_year": 2025, "population": 100, "phase_class": 4, "phase3": 30, "phase4": 10, "phase5": 0,
        "phase35": 40, "usethisperiod": "N",
    }  # fmt: skip
    rows = rows_of(
        workbook(row, {**row, "chtype": "guessed"}, {**row, "adm2_name": "Abadam", "population": 0}),
        "inbox:///cadre_harmonise/ch.xlsx",
    )
    bama = [r for r in observations(rows) if r.place.district_name == "Bama"]
    assert {(r.dimensions.get("phase", "class"), r.value) for r in bama} == {
        ("all", 100), ("3+", 40), ("3", 30), ("4", 10), ("5", 0), ("class", 4),
    }  # fmt: skip
    assert all(r.projection and r.dimensions["superseded"] == "yes" for r in bama)
    assert {(str(r.ref_start), str(r.ref_end), str(r.published)) for r in bama} == {
        ("2025-06-01", "2025-08-31", "2024-12-31 00:00:00")
    }
    assert [r.variable for r in observations(rows) if r.place.district_name == "Abadam"] == ["ipc_phase"]
    assert [problem.message for problem in problems(rows)] == ["unknown country 'NGA' or kind 'guessed'"]


def test_requests_put_the_key_where_the_service_wants_it(monkeypatch):
    monkeypatch.setenv("IPC_TEST_KEY", "k3y")
    one = source(
        urls=("https://api.ipcinfo.org/population?country={iso2}&key={key}",),
        countries=("YEM",), key_variable="IPC_TEST_KEY", key_help="ask",
    )  # fmt: skip
    assert [request.url for request in ipc.requests(one, None)] == [
        "https://api.ipcinfo.org/population?country=YE&key=k3y"
    ]


def test_the_captured_answers(real):
    found = {path.name: rows_of(path, url) for path, url in manifest(real, "ipc")}
    with (real / "ipc" / "ipc_global_area_long.csv").open(encoding="utf-8-sig", newline="") as lines:
        table = list(csv.DictReader(lines))
    from_file = {row.key: row for row in observations(found["ipc_global_area_long.csv"])}
    assert len(from_file) == sum(bool(row["Number"]) for row in table) == len(table)
    assert sum(row.projection for row in from_file.values()) == sum(r["Validity period"] != "current" for r in table)
    from_api = {row.key: row for name in found if "population" in name for row in observations(found[name])}
    both = from_file.keys() & from_api.keys()
    assert len(both) >= len(from_file) - 1  # the API leaves out the one area of which nobody was analysed
    assert all(from_file[key] == from_api[key] for key in both)
    assert not any(problems(rows) for name, rows in found.items() if "geojson" not in name)


@pytest.mark.slow
def test_the_captured_workbook(real):
    path = real / "ipc" / "cadre_harmonise_caf_ipc.xlsx"
    lines = openpyxl.load_workbook(path, read_only=True).active.iter_rows(values_only=True)
    header = next(lines)
    at = {
        name: header.index(name)
        for name in ("population", "phase1", "phase2", "phase3", "phase4", "phase5", "phase35", "phase_class")
    }
    people = classes = 0
    for row in lines:
        classes += row[at["phase_class"]] is not None
        if row[at["population"]]:
            people += sum(row[at[name]] is not None for name in at if name != "phase_class")
    rows = rows_of(path, "inbox:///cadre_harmonise/cadre_harmonise_caf_ipc.xlsx")
    found = observations(rows)
    assert sum(row.variable == "ipc_population" for row in found) == people
    assert sum(row.variable == "ipc_phase" for row in found) == classes
    assert len({row.key for row in found}) == len(found)
    assert len({row.place.iso3 for row in found}) == 19
    assert not problems(rows)
