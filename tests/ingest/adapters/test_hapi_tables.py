"""Tables of the HDX Humanitarian API: the provider's names beat wrong codes, zeros are measured, parts no totals."""

import csv
import io
import json
from collections import Counter
from datetime import date

import pytest

from ingest.adapters import hapi_conflict, hapi_idps, hapi_returnees, presence
from ingest.model import AdapterError
from tests.ingest.adapters.helpers import answer, manifest, observations, problems, source

URL = "https://data.humdata.org/dataset/hdx-hapi/table.csv"
PLACE = (
    "location_code,has_hrp,in_gho,provider_admin1_name,provider_admin2_name,admin1_code,admin1_name,admin2_code,"
    "admin2_name,admin_level"
)
END = "reference_period_start,reference_period_end,dataset_hdx_id,resource_hdx_id,warning,error"


def table(columns, *rows, mark="\ufeff"):
    return mark + "\n".join([f"{PLACE},{columns},{END}", *rows]) + "\n"


def captured(real, source_id):
    for path, url in manifest(real, source_id):
        with path.open(encoding="utf-8-sig", newline="") as lines:
            yield list(csv.DictReader(lines)), answer(path, url)


# -- conflict events ------------------------------------------------------------------------------------------------

CONFLICT = "event_type,events,fatalities"
KANO = "NGA,Y,Y,Kano,Bagwai,NG002,Adamawa,NG020003,Bagwai,2,{},2025-01-01,2025-01-31,a,b,PCode length NG02->NG002,"


def test_the_provider_s_name_goes_before_the_name_of_a_wrong_code():
    (found,) = hapi_conflict.parse(answer(table(CONFLICT, KANO.format("demonstration,2,")), URL), source())
    assert (found.place.region_name, found.place.region_code, found.place.precision) == ("Kano", "NG002", "district")
    assert (found.variable, found.value) == ("conflict_events_demonstration", 2.0)


def test_zero_events_are_a_measured_zero_and_deaths_only_where_counted():
    rows = list(hapi_conflict.parse(answer(table(CONFLICT, KANO.format("civilian_targeting,0,0")), URL), source()))
    assert [(row.variable, row.value) for row in rows] == [
        ("conflict_events_civilian_targeting", 0.0),
        ("conflict_deaths_civilian_targeting", 0.0),
    ]
    assert {(row.ref_start, row.ref_end) for row in rows} == {(date(2025, 1, 1), date(2025, 1, 31))}


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        (KANO.format("explosions,1,1"), "bad_row"),
        (KANO.format("political_violence,-1,1"), "bad_row"),
        (KANO.format("political_violence,1,1").replace(",2,political", ",3,political"), "bad_row"),
        (KANO.format("political_violence,1,1").replace("2025-01-31", "31-01-2025"), "bad_row"),
        (KANO.format("political_violence,1,1") + "Non matching p-code", "source_error"),
    ],
)
def test_what_cannot_be_read_is_a_problem_and_no_row(row, kind):
    rows = list(hapi_conflict.parse(answer(table(CONFLICT, row), URL), source()))
    assert [problem.kind for problem in rows] == [kind]


def test_the_service_gives_the_rows_of_the_file():
    rows = [KANO.format("civilian_targeting,2,1"), KANO.format("demonstration,0,").replace("Bagwai", "Bichi")]
    body = table(CONFLICT, *rows, mark="")
    served = json.dumps({"data": [{k: v or None for k, v in row.items()} for row in csv.DictReader(io.StringIO(body))]})
    url = "https://hapi.humdata.org/api/v2/coordination-context/conflict-events?location_code=NGA&output_format=json"
    assert list(hapi_conflict.parse(answer(served, url), source())) == list(
        hapi_conflict.parse(answer(body, URL), source())
    )
    for nothing in ('{"data": []}', '{"error": "wrong parameter"}', "[]"):
        with pytest.raises(AdapterError):
            list(hapi_conflict.parse(answer(nothing, url), source()))


def test_an_answer_about_another_country_is_refused():
    url = "https://hapi.humdata.org/api/v2/coordination-context/conflict-events?location_code=AFG&output_format=csv"
    with pytest.raises(AdapterError, match="asked AFG"):
        list(hapi_conflict.parse(answer(table(CONFLICT, KANO.format("demonstration,2,")), url), source()))


def test_a_new_column_is_reported_once_and_a_missing_one_refused():
    body = table(CONFLICT + ",wounded", KANO.format("demonstration,2,,5"), mark="")
    assert [p.where for p in problems(hapi_conflict.parse(answer(body, URL), source()))] == ["wounded"]
    with pytest.raises(AdapterError, match="columns fatalities are missing"):
        list(hapi_conflict.parse(answer(table("event_type,events", KANO.format("demonstration,2")), URL), source()))


def test_the_captured_conflict_files(real):
    for rows, given in captured(real, "hapi_conflict"):
        found = list(hapi_conflict.parse(given, source()))
        flagged = [row for row in rows if row["error"]]
        good = [row for row in rows if not row["error"]]
        figures = sum(row["events"] != "" for row in good) + sum(row["fatalities"] != "" for row in good)
        assert len(observations(found)) == len({row.key for row in observations(found)}) == figures
        assert len(problems(found)) == len(flagged)
        events = sum(row.value for row in observations(found) if row.variable.startswith("conflict_events"))
        assert events == sum(int(row["events"]) for row in good)
        if "2025" in given.url:
            assert (len(rows), len(flagged)) == (14_373, 3)


# -- displaced people -----------------------------------------------------------------------------------------------


def test_the_captured_displacement_file(real):
    ((rows, given),) = captured(real, "hapi_idps")
    found = list(hapi_idps.parse(given, source()))
    assert len(observations(found)) == len({row.key for row in observations(found)}) == len(rows)
    assert not problems(found)
    assert sum(row.value for row in observations(found)) == sum(int(row["population"]) for row in rows)
    levels = Counter({"country": 0, "region": 0, "district": 0})
    for row in rows:
        levels[("country", "region", "district")[int(row["admin_level"])]] += 1
    assert Counter(row.place.precision for row in observations(found)) == levels


# -- returns --------------------------------------------------------------------------------------------------------


def test_only_all_ages_of_both_sexes_are_the_total(real):
    ((rows, given),) = captured(real, "hapi_returnees")
    found = list(hapi_returnees.parse(given, source()))
    good = [row for row in rows if not row["error"]]
    assert len(observations(found)) == len({row.key for row in observations(found)}) == len(good)
    assert len(problems(found, "source_error")) == len(problems(found)) == len(rows) - len(good) == 13
    for group, variable in (("RET", "returned_refugees"), ("RDP", "returned_idps")):
        totals = [r for r in good if (r["population_group"], r["gender"], r["age_range"]) == (group, "all", "all")]
        ours = [row for row in observations(found) if row.variable == variable]
        assert sorted(row.value for row in ours) == sorted(float(row["population"]) for row in totals)
        assert all("sex" not in row.dimensions for row in ours)


# -- who works where ------------------------------------------------------------------------------------------------

PRESENCE = "org_acronym,org_name,org_type_description,sector_code,sector_name"
BONDO = (
    "COD,Y,Y,Bas-Uele,Bondo,CD52,Bas-Uele,CD5206,Bondo,2,XX,Some Aid,International NGO,NUT,Nutrition,"
    "2017-05-09,{},a,b,,"
)


@pytest.mark.parametrize(
    ("stated", "taken", "planned"),
    [("2029-12-30", date(2017, 5, 9), "2029-12-30"), ("2027-06-30", date(2027, 6, 30), None)],
)
def test_an_end_years_ahead_is_a_plan(stated, taken, planned):
    (found,) = presence.parse(answer(table(PRESENCE, BONDO.format(stated)), URL), source())
    assert (found.ref_start, found.ref_end) == (date(2017, 5, 9), taken)
    assert found.dimensions.get("planned_end") == planned


def test_the_captured_presence_file(real):
    ((rows, given),) = captured(real, "presence")
    found = list(presence.parse(given, source()))
    flagged = sum(row["error"] != "" for row in rows)
    assert len(observations(found)) == len({row.key for row in observations(found)}) == len(rows) - flagged
    assert len(problems(found)) == flagged
    assert max(row.ref_end for row in observations(found)) < date(2027, 12, 31)


# -- all of them ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("adapter", [hapi_conflict, hapi_idps, hapi_returnees, presence])
def test_a_dataset_record_leads_to_the_files_and_gives_no_row(adapter):
    record = b'{"success": true, "result": {"resources": [{"url": "https://data.humdata.org/f/t_2026.csv"}]}}'
    asked = answer(record, "https://data.humdata.org/api/3/action/package_show?id=hdx-hapi")
    entry = source(options={"files": r"t_20\d\d\.csv"})
    assert [request.url for request in adapter.follow(asked, entry)] == ["https://data.humdata.org/f/t_2026.csv"]
    assert list(adapter.parse(asked, entry)) == []
    assert [request.url for request in adapter.requests(entry, None)] == list(entry.urls)


@pytest.mark.parametrize("adapter", [hapi_conflict, hapi_idps, hapi_returnees, presence])
@pytest.mark.parametrize("body", ["", "<html><body>wait</body></html>", "a,b\n1,2\n"])
def test_another_form_is_refused(adapter, body):
    with pytest.raises(AdapterError):
        list(adapter.parse(answer(body, URL), source()))
