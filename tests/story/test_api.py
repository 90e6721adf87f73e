"""The API over a small published snapshot: the answers of the reading functions, one error form, nothing written."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette

from assessment import framework as frameworks
from assessment.read import Reader
from dashboard import api, api_answers, sign_in_config
from dashboard.api_format import as_json
from dashboard.pipeline import publish_now, save_assessment
from ingest.refresh_report import RefreshReport
from tests.asgi import Got, ask
from tests.story.conftest import NOW

REGION = "AF-BAL"


@pytest.fixture(scope="module")
def data(starter: tuple[Path, RefreshReport], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One country as of one day."""
    folder = tmp_path_factory.mktemp("api")
    shutil.copy(starter[0] / "warehouse.duckdb", folder / "warehouse.duckdb")
    save_assessment(folder, date(2023, 6, 30), frameworks.load(), ["AFG"], kind="current", now=NOW)
    publish_now(folder, NOW)
    return folder


@pytest.fixture
def app(data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Starlette]:
    monkeypatch.setenv("RETURNWATCH_DATA", str(data))
    for name in ("RETURNWATCH_SOURCES", "RETURNWATCH_LEDGER", sign_in_config.PLACE, api.TOKEN):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(api.sign_in, "configured", lambda: False)
    return Starlette(routes=api.routes())


@pytest.fixture(scope="module")
def reader(data: Path) -> Iterator[Reader]:
    with Reader.open(data / "published") as found:
        yield found


def get(app: Starlette, path: str, **more: Any) -> Got:
    return ask(app, f"/api/v1{path}", **more)


def as_sent(value: Any) -> Any:
    return json.loads(as_json(value))


def test_lists_and_single_answers_are_those_of_the_reading_functions(app: Starlette, reader: Reader) -> None:
    assert get(app, "/regions").json["regions"] == as_sent(reader.regions())
    assert get(app, "/regions?country=afg&dimension=legal").json["regions"] == as_sent(reader.regions("AFG", "legal"))
    assert get(app, f"/regions/{REGION}").json["region"] == as_sent(reader.region(REGION))
    assert get(app, "/countries").json["countries"] == as_sent(reader.countries())
    assert get(app, "/countries/AFG").json["country"] == as_sent(reader.country("AFG"))
    assert get(app, "/runs").json["runs"] == as_sent(reader.runs())
    assert get(app, "/alerts?open=false").json["alerts"] == as_sent(reader.alerts(open_only=False))
    assert len(get(app, "/sources").json["sources"]) == len(reader.sources())


def test_every_evidence_id_of_an_answer_opens_at_its_own_address(app: Starlette, reader: Reader) -> None:
    wanted = sorted({name for row in reader.regions() for name in row["evidence_ids"]})[::7]
    assert len(wanted) > 5
    for name in wanted:
        address = (
            name.replace("%", "%25").replace("|", "%7C").replace(" ", "%20").replace("#", "%23").replace("?", "%3F")
        )
        found = get(app, f"/evidence/{address}").json["evidence"]
        assert found == as_sent(reader.evidence(name))
        assert found["archive"]["warc_file"]


def test_answers_say_where_they_come_from_and_cut_lists(app: Starlette, reader: Reader) -> None:
    whole = get(app, "/regions").json
    assert whole["snapshot_id"] == reader.snapshot["snapshot_id"]
    assert (whole["as_of"], whole["total"]) == ("2023-06-30", 34)
    assert whole["made_at"].endswith("Z")
    part = get(app, "/regions?limit=2&offset=1").json
    assert part["regions"] == whole["regions"][1:3]
    assert part["total"] == 34


def test_the_map_has_every_region_with_its_band(app: Starlette) -> None:
    got = get(app, "/map/AFG.geojson")
    assert got.headers["content-type"] == "application/geo+json"
    features = got.json["features"]
    assert got.json["type"] == "FeatureCollection"
    assert len(features) == 34
    assert {f["geometry"]["type"] for f in features} == {"MultiPolygon"}
    assert {f["properties"]["band"] for f in features} <= {"1", "2", "3", "4", "5", "U"}
    longitude, latitude = features[0]["geometry"]["coordinates"][0][0][0]
    assert 60 < longitude < 75
    assert 29 < latitude < 39
    elsewhere = get(app, "/map/SOM.geojson").json["features"]
    assert {f["properties"]["assessed"] for f in elsewhere} == {False}, "not assessed is said, not coloured"


@pytest.mark.parametrize("name", ["regions", "countries", "alerts", "sources", "runs"])
def test_lists_come_as_csv_too(app: Starlette, name: str) -> None:
    got = get(app, f"/{name}.csv")
    assert got.headers["content-type"] == "text/csv; charset=utf-8"
    assert got.headers["content-disposition"] == f'attachment; filename="returnwatch-{name}.csv"'
    rows = list(csv.DictReader(io.StringIO(got.body.decode("utf-8-sig"))))
    assert len(rows) == get(app, f"/{name}.json").json["total"]


def test_nested_parts_are_columns_and_formulas_stay_text(app: Starlette) -> None:
    row = next(csv.DictReader(io.StringIO(get(app, "/regions.csv?limit=1").body.decode("utf-8-sig"))))
    assert row["dimensions.legal.level"] in "12345"
    from dashboard.api_format import rows_as_csv

    assert b"'=1+1" in rows_as_csv([{"name": "=1+1", "value": float("nan")}])


def test_a_known_version_is_answered_304_and_head_has_the_same_head(app: Starlette, reader: Reader) -> None:
    got = get(app, "/regions")
    tag = got.headers["etag"]
    assert tag == f'"{reader.snapshot["snapshot_id"]}"'
    for held in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = get(app, "/regions", headers={"If-None-Match": held})
        assert (again.status, again.body) == (304, b"")
        assert again.headers["etag"] == tag
    assert get(app, "/regions", headers={"If-None-Match": '"other"'}).status == 200
    head = get(app, "/regions", method="HEAD")
    assert head.status == 200
    assert head.headers == got.headers
    assert got.headers["cache-control"] == "private, no-cache"


def test_what_depends_on_the_moment_has_a_version_of_its_own(app: Starlette, reader: Reader) -> None:
    tag = get(app, "/sources").headers["etag"]
    assert tag != f'"{reader.snapshot["snapshot_id"]}"'
    assert get(app, "/regions", headers={"If-None-Match": tag}).status == 200


@pytest.mark.parametrize(
    ("path", "status", "code", "says"),
    [
        ("/regions/XX-99", 404, "not_found", "XX-99"),
        ("/regions/BALKH", 404, "not_found", "did you mean AF-BAL"),
        ("/countries/ZZZ", 404, "not_found", "ZZZ"),
        ("/map/ZZZ.geojson", 404, "not_found", "ZZZ"),
        ("/map/AFG.svg", 404, "not_found", "GeoJSON"),
        ("/evidence/ipc:nothing", 404, "not_found", "ipc:nothing"),
        ("/regions.xml", 404, "not_found", "xml"),
        ("/nowhere", 404, "not_found", "no such address"),
        ("/regions?dimension=luck", 404, "not_found", "luck"),
        ("/regions?country=AFGHANISTAN", 400, "bad_request", "AFGHANISTAN"),
        ("/regions?county=AFG", 400, "bad_request", "county"),
        ("/regions?limit=-1", 400, "bad_request", "limit"),
        ("/regions?limit=1e9", 400, "bad_request", "limit"),
        ("/evidence", 400, "bad_request", "no evidence"),
        ("/evidence/ipc:x?as_of=yesterday", 400, "bad_request", "yesterday"),
        ("/alerts?open=maybe", 400, "bad_request", "maybe"),
        ("/regions/AF-BAL/brief.odt", 404, "not_found", "odt"),
        ("/regions/AF-BAL/brief.pdf?lang=fr", 400, "bad_request", "fr"),
        ("/regions/XX-99/brief.pdf", 404, "not_found", "XX-99"),
    ],
)
def test_every_mistake_has_the_one_error_form(app: Starlette, path: str, status: int, code: str, says: str) -> None:
    got = get(app, path)
    assert got.status == status
    assert got.headers["content-type"] == "application/json"
    assert list(got.json) == ["error"]
    assert list(got.json["error"]) == ["code", "message", "remedy"]
    assert got.json["error"]["code"] == code
    assert says in got.json["error"]["message"]
    assert got.json["error"]["remedy"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_nothing_can_be_written(app: Starlette, method: str) -> None:
    for path in ("/regions", f"/regions/{REGION}", "/nowhere"):
        got = get(app, path, method=method)
        assert (got.status, got.json["error"]["code"]) == (405, "read_only")
        assert got.headers["allow"] == "GET, HEAD"


def test_asking_changes_no_file(app: Starlette, data: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in data.rglob("*")}
    for path in api_answers.ANSWERS:
        get(app, path.format(kind="csv", region_id=REGION, iso3="AFG") if "{evidence" not in path else "/evidence/x")
    get(app, f"/regions/{REGION}/brief.pdf")
    assert {path: path.stat().st_mtime_ns for path in data.rglob("*")} == before, "no ledger is made by asking"


@pytest.mark.parametrize("kind", ["pdf", "html", "docx"])
def test_the_brief_is_an_answer_too(app: Starlette, kind: str) -> None:
    got = get(app, f"/regions/{REGION}/brief.{kind}?lang=en")
    assert got.status == 200
    assert got.headers["content-disposition"] == f'inline; filename="returnwatch-AF-BAL-2023-06-30-en.{kind}"'
    assert re.fullmatch(r"AF-BAL\.[0-9a-f]{16}\.[0-9a-f]{12}", got.headers["x-brief-version"])
    assert got.body == get(app, f"/regions/{REGION}/brief.{kind}?lang=en").body
    assert got.body[:4] == {"pdf": b"%PDF", "html": b"<!do", "docx": b"PK\x03\x04"}[kind]


def test_a_brief_is_refused_when_decisions_cannot_be_read(
    app: Starlette, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RETURNWATCH_LEDGER", str(tmp_path))  # a folder is no ledger
    got = get(app, f"/regions/{REGION}/brief.pdf")
    assert (got.status, got.json["error"]["code"]) == (503, "ledger_closed")
    assert get(app, f"/regions/{REGION}").status == 200, "what no decision touches is answered"


def test_health_says_how_old_the_publication_is(app: Starlette) -> None:
    found = get(app, "/health").json
    assert found["status"] == "ok"
    assert found["as_of"] == "2023-06-30"
    assert found["age_hours"] >= 0


def test_nothing_published_is_503_with_what_to_do(
    app: Starlette, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RETURNWATCH_DATA", str(tmp_path))
    for path in ("/health", "/regions"):
        got = get(app, path)
        assert (got.status, got.json["error"]["code"]) == (503, "nothing_published")
        assert "returnwatch up" in got.json["error"]["remedy"]


def test_nothing_assessed_gives_empty_lists_and_no_invented_regions(
    app: Starlette, starter: tuple[Path, RefreshReport], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(starter[0] / "warehouse.duckdb", tmp_path / "warehouse.duckdb")
    publish_now(tmp_path, NOW)
    monkeypatch.setenv("RETURNWATCH_DATA", str(tmp_path))
    assert get(app, "/regions").json["regions"] == []
    assert get(app, f"/regions/{REGION}").status == 404
    assert get(app, f"/regions/{REGION}/brief.pdf").status == 404
    assert {f["properties"]["assessed"] for f in get(app, "/map/AFG.geojson").json["features"]} == {False}


def test_another_machine_is_not_answered_without_a_sign_in(app: Starlette) -> None:
    for host in ("192.0.2.7:8501", "rebound.example", ""):
        got = get(app, "/regions", host=host)
        assert (got.status, got.json["error"]["code"]) == (403, "not_here")
    for host in ("localhost:8501", "127.0.0.1", "[::1]:8501"):
        assert get(app, "/runs", host=host).status == 200
    assert get(app, "/health", host="probe.example").status == 200


def test_with_a_sign_in_only_the_token_opens_it(app: Starlette, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api.sign_in, "configured", lambda: True)
    token = "a-token-of-more-than-thirty-two-characters"
    assert get(app, "/regions").json["error"]["code"] == "closed"
    assert get(app, "/regions", headers={"Authorization": "Bearer "}).status == 401
    monkeypatch.setenv(api.TOKEN, "short")
    assert get(app, "/regions", headers={"Authorization": "Bearer short"}).json["error"]["code"] == "closed"
    monkeypatch.setenv(api.TOKEN, token)
    wrong = get(app, "/regions", headers={"Authorization": "Bearer wrong"})
    assert (wrong.status, wrong.headers["www-authenticate"]) == (401, "Bearer")
    assert get(app, "/regions", headers={"Authorization": f"Bearer {token}"}, host="council.example").status == 200


def test_a_fault_tells_a_number_and_nothing_of_the_machine(app: Starlette, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Reader) -> Any:
        raise RuntimeError("/secret/path")

    monkeypatch.setattr(Reader, "runs", broken)
    got = get(app, "/runs?limit=7")
    assert (got.status, got.json["error"]["code"]) == (500, "fault")
    assert b"secret" not in got.body


def test_the_openapi_document_names_every_address_and_no_other(app: Starlette) -> None:
    document = get(app, "/openapi.json").json
    assert document["openapi"] == "3.1.0"
    assert set(document["paths"]) == {f"/api/v1{path.replace(':path', '')}" for path in api_answers.ANSWERS}
    ids = [operation["get"]["operationId"] for operation in document["paths"].values()]
    assert len(ids) == len(set(ids))
    for path, operations in document["paths"].items():
        asked = {p["name"] for p in operations["get"]["parameters"] if p["in"] == "path"}
        assert asked == set(re.findall(r"{(\w+)}", path))
        assert operations["get"]["summary"]
        for name in (p["name"] for p in operations["get"]["parameters"] if p["in"] == "query"):
            filled = path.format(
                region_id=REGION, iso3="AFG", kind="pdf" if "brief" in path else "csv", evidence_id="x"
            )
            got = ask(app, f"{filled}?{name}=!")
            assert not (got.status == 400 and "unknown parameter" in got.json["error"]["message"]), (path, name)
    for schema in document["components"]["schemas"].values():
        assert schema["required"]


def test_many_at_once_get_the_same_answers(app: Starlette) -> None:
    paths = ["/regions", "/regions?country=AFG", f"/regions/{REGION}", "/countries", "/runs", "/alerts"] * 8
    api._kept.clear()
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda path: get(app, path).body, paths))
    alone = {path: get(app, path).body for path in set(paths)}
    assert all(body == alone[path] for path, body in zip(paths, together, strict=True))


def test_a_new_publication_is_answered_without_restart(
    app: Starlette, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("warehouse.duckdb",):
        shutil.copy(data / name, tmp_path / name)
    publish_now(tmp_path, NOW)
    monkeypatch.setenv("RETURNWATCH_DATA", str(tmp_path))
    first = get(app, "/runs")
    assert get(app, "/runs", headers={"If-None-Match": first.headers["etag"]}).status == 304
    publish_now(tmp_path, NOW)
    second = get(app, "/runs", headers={"If-None-Match": first.headers["etag"]})
    assert second.status == 200
    assert second.json["snapshot_id"] != first.json["snapshot_id"]


def test_the_document_for_people_names_every_address(root: Path) -> None:
    text = (root / "docs" / "api.md").read_text(encoding="utf-8")
    for path in api_answers.ANSWERS:
        shown = path.split(".{")[0].replace("{region_id}", "AF-BAL").replace("{iso3}", "AFG")
        assert f"/api/v1{shown.replace('{evidence_id:path}', 'ID')}" in text, path
