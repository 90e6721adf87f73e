"""Violence counted one by one: UCDP's events and country years, attacks on aid workers, health care and schools."""

import csv
import io
import json
import zipfile
from collections import Counter
from datetime import datetime

import openpyxl
import pytest

from ingest import parse_world
from ingest.adapters import awsd, insecurity_insight, ucdp_cy, ucdp_ged
from ingest.model import NOWHERE, AdapterError
from ingest.parse import parse_answer
from tests.ingest.adapters.helpers import (
    ANSWERS,
    answer,
    compact,
    events,
    expected,
    manifest,
    observations,
    problems,
    source,
)

GED_URL = "https://ucdp.uu.se/downloads/candidateged/GEDEvent_v26_0_3.csv"
CASES = [
    (ucdp_ged, "ucdp_ged", "events.csv", GED_URL),
    (ucdp_cy, "ucdp_cy", "years.csv", "https://ucdp.uu.se/downloads/organizedviolencecy/organizedviolencecy_v25_1.csv"),
    (awsd, "awsd", "incidents.csv", "https://www.aidworkersecurity.org/incidents/search?detail=1&format=csv"),
    (
        insecurity_insight,
        "insecurity_insight",
        "education.json",
        "https://api.insecurityinsight.example/education.json",
    ),
]


@pytest.mark.parametrize(("adapter", "folder", "name", "url"), CASES)
def test_the_rows_written_down_beside_the_answer(adapter, folder, name, url):
    rows = adapter.parse(answer(ANSWERS / folder / name, url), source())
    assert [compact(row) for row in rows] == expected(folder, f"{name.split('.')[0]}.expected.json")


@pytest.mark.parametrize(("adapter", "folder", "name", "url"), CASES)
@pytest.mark.parametrize("body", ["", "<!doctype html><html></html>", "a,b\n1,2\n", "[1, 2]"])
def test_another_form_is_refused(adapter, folder, name, url, body):
    with pytest.raises(AdapterError):
        list(adapter.parse(answer(body, url), source()))


@pytest.mark.parametrize(
    ("adapter", "folder", "name", "url"), [case for case in CASES if case[0] not in (ucdp_cy, insecurity_insight)]
)
def test_a_new_column_is_reported_once(adapter, folder, name, url):
    lines = (ANSWERS / folder / name).read_text().splitlines()
    body = "\n".join([lines[0] + ",brand_new", *(line + ",1" for line in lines[2:])])
    found = problems(adapter.parse(answer(body, url), source()), "unused_field")
    assert [problem.where for problem in found] == ["brand_new"]


# -- UCDP events ----------------------------------------------------------------------------------------------------


def test_a_zip_and_the_service_give_the_rows_of_the_table():
    table = (ANSWERS / "ucdp_ged" / "events.csv").read_text()
    rows = [compact(row) for row in ucdp_ged.parse(answer(table, GED_URL), source())]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("an_older_name.csv", table)
    assert [compact(row) for row in ucdp_ged.parse(answer(packed.getvalue(), GED_URL), source())] == rows
    page = {"TotalCount": 7, "NextPageUrl": "", "Result": list(csv.DictReader(io.StringIO(table)))}
    api = answer(json.dumps(page), "https://ucdpapi.pcr.uu.se/api/gedevents/26.0.3?pagesize=1000&page=0")
    assert [compact(row) for row in ucdp_ged.parse(api, source())] == rows
    with pytest.raises(AdapterError, match="no Result"):
        list(ucdp_ged.parse(answer('{"message": "Unauthorized"}', api.url), source()))


@pytest.mark.parametrize(
    ("urls", "since", "asked"),
    [
        (["v26_0_9.", "v26_0_10."], None, []),
        (["v26_0_9.", "v26_0_10."], datetime(2026, 12, 27), []),
        (["v26_0_9.", "v26_0_10."], datetime(2026, 12, 29), ["v26_0_11."]),
        (["v26_0_9.", "v26_0_10."], datetime(2027, 3, 1), ["v26_0_11.", "v26_0_12.", "v27_0_1."]),
    ],
)
def test_months_that_came_out_since_the_newest_address_are_asked_for(urls, since, asked):
    folder = "https://ucdp.uu.se/downloads/candidateged/GEDEvent_{}csv"
    entry = source(urls=tuple(folder.format(url) for url in urls))
    assert [request.url for request in ucdp_ged.requests(entry, since)] == [
        folder.format(url) for url in [*urls, *asked]
    ]


@pytest.mark.parametrize(
    ("since", "asked"), [(None, []), (datetime(2026, 7, 1), []), (datetime(2027, 8, 1), ["261", "271"])]
)
def test_years_that_came_out_since_the_newest_address_are_asked_for(since, asked):
    folder = "https://ucdp.uu.se/downloads/ged/ged{}-csv.zip"
    entry = source(urls=(folder.format("251"),))
    assert [r.url for r in ucdp_ged.requests(entry, since)] == [folder.format(year) for year in ["251", *asked]]


def test_the_captured_zip(real):
    ((path, url),) = manifest(real, "ucdp_ged")
    with zipfile.ZipFile(path) as archive, archive.open(archive.namelist()[0]) as stream:
        table = list(csv.DictReader(io.TextIOWrapper(stream, encoding="utf-8", newline="")))
    _same_events(list(ucdp_ged.parse(answer(path, url), source())), table)


def test_the_captured_workbook(real):
    ((path, url),) = manifest(real, "ucdp_candidate")
    sheet = openpyxl.load_workbook(path, read_only=True).worksheets[0].iter_rows(values_only=True)
    header = next(sheet)
    _same_events(
        list(ucdp_ged.parse(answer(path, url), source())), [dict(zip(header, row, strict=True)) for row in sheet]
    )


def _same_events(rows, table):
    """As many events, deaths and exact places as the table states; none near a stand-in point."""
    assert not problems(rows)
    assert {event.key for event in rows} == {str(row["id"]) for row in table}
    assert len(rows) == len(table) > 1000
    for ours, theirs in (("deaths_best", "best"), ("deaths_civilians", "deaths_civilians"), ("deaths_high", "high")):
        assert sum(getattr(event, ours) for event in rows) == sum(int(row[theirs]) for row in table)
    exact = Counter(int(row["where_prec"]) for row in table)
    assert Counter(event.place.precision for event in rows) == {
        "point": exact[1] + exact[2],
        "district": exact[3],
        "region": exact[4],
        "country": exact[5] + exact[6] + exact[7],
    }
    assert not any(event.place.is_subnational() for event in rows if event.place.precision == "country")


def test_the_captured_points_of_syria(real):
    path = real / "ucdp_ged" / "ucdp_syria_2016-2019.parquet"
    rows = list(ucdp_ged.parse(answer(path, "inbox:///ucdp_syria/ucdp_syria_2016-2019.parquet"), source()))
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(path, columns=["best", "where_prec"]).to_pydict()
    assert len(events(rows)) == len({row.key for row in events(rows)}) == len(table["best"]) == 16_566
    assert not problems(rows)
    assert sum(event.deaths_best for event in events(rows)) == sum(table["best"])


# -- UCDP country years ---------------------------------------------------------------------------------------------


def test_the_captured_country_years(real):
    ((path, url),) = manifest(real, "ucdp_cy")
    with path.open(encoding="utf-8-sig", newline="") as lines:
        former = ("German Democratic Republic", "Czechoslovakia", "Yemen (South Yemen)")
        table = [row for row in csv.DictReader(lines) if row["country_cy"] not in former]
    rows = list(ucdp_cy.parse(answer(path, url), source()))
    assert len(observations(rows)) == len({row.key for row in rows}) == 4 * len(table)
    assert not problems(rows)
    killings = sum(row.value for row in rows if row.variable == "government_killings_of_civilians")
    assert killings == sum(int(row["os_main_govt_killings_best_cy"]) for row in table)
    years = Counter((row.variable, row.place.iso3, row.ref_start.year) for row in rows)
    assert max(years.values()) == 1  # no two entries of UCDP become one country


# -- attacks on aid workers -----------------------------------------------------------------------------------------


def test_the_captured_incidents(real):
    ((path, url),) = manifest(real, "awsd")
    with path.open(encoding="utf-8-sig", newline="") as lines:
        table = [row for row in csv.DictReader(lines) if not row["Incident ID"].startswith("#")]
    rows = list(awsd.parse(answer(path, url), source()))
    assert len(events(rows)) == len(table) == 4_954
    assert not problems(rows)
    assert {event.ref_start.year for event in rows} == set(range(1997, 2026))
    for ours, theirs in (
        ("deaths_best", "Total killed"),
        ("injured", "Total wounded"),
        ("abducted", "Total kidnapped"),
    ):
        assert sum(getattr(event, ours) for event in rows) == sum(int(row[theirs]) for row in table)
    assert sum(event.attributes["pending"] for event in rows) == sum(row["Verified"] == "Pending" for row in table)
    stated = sum(not row["Country Code"] and row["Country"] != "Chechnya" for row in table)
    assert sum(event.place.iso3 == NOWHERE for event in rows) == stated
    assert Counter(event.key for event in rows).most_common(1) == [("4664", 2)]


def test_one_id_for_two_facts_loses_neither_and_says_so(real):
    ((path, url),) = manifest(real, "awsd")
    entry = source(id="awsd", adapter="awsd", earliest=datetime(1995, 1, 1).date())
    parsed = parse_answer(
        answer(path, url, source_id="awsd"), entry, awsd, parse_world.load_world(parse_world.default_reference_dir())
    )
    assert parsed.rows == 4_954
    twice = [issue for issue in parsed.issues if issue.kind == "duplicate_key"]
    assert [issue.where for issue in twice] == ["4664"]
    ids = parsed.tables["event"].column("event_id").to_pylist()
    assert len([one for one in ids if one.startswith("awsd:4664")]) == 2


# -- attacks on health care, education, aid, food and displaced people ------------------------------------------------


def test_the_captured_topics(real):
    killed = {
        "education.json": ("Educators Killed", "Students Killed"),
        "protection.json": ("Camp Resident Killed", "Service Provider Killed"),
        "aidWorkerKIKA.json": ("Aid Workers Killed",),
        "foodSecurity.json": (),
        "xlsx": ("Health Workers Killed",),
    }
    kinds = set()
    for path, url in manifest(real, "insecurity_insight"):
        if path.suffix == ".json":
            table = json.loads(path.read_bytes())
        else:
            sheet = openpyxl.load_workbook(path, read_only=True).worksheets[0].iter_rows(values_only=True)
            header, _tags = next(sheet), next(sheet)
            table = [dict(zip(header, row, strict=True)) for row in sheet if row[0] is not None]
        rows = list(insecurity_insight.parse(answer(path, url), source()))
        assert len(events(rows)) == len({row.key for row in events(rows)}) == len(table)
        assert not problems(rows)
        columns = killed[path.name if path.suffix == ".json" else "xlsx"]
        assert sum(event.deaths_best or 0 for event in rows) == sum(int(r[c]) for r in table for c in columns)
        national = sum(str(row["Geo Precision"]).startswith(("(5)", "(6)", "(7)")) for row in table)
        assert sum(event.place.precision == "country" for event in rows) == national
        kinds |= {event.kind for event in rows}
    assert kinds == {"health_attack", "education_attack", "aid_attack", "protection_attack", "food_attack"}


def test_a_new_field_of_a_topic_is_reported_once():
    table = json.loads((ANSWERS / "insecurity_insight" / "education.json").read_text())
    body = json.dumps([row | {"Playgrounds": "1"} for row in table])
    rows = list(insecurity_insight.parse(answer(body, CASES[3][3]), source()))
    assert [problem.where for problem in problems(rows, "unused_field")] == ["Playgrounds"]
