"""Pages and API in the real server, as `returnwatch serve` starts it, on a free port."""

from __future__ import annotations

import json
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from assessment import framework as frameworks
from dashboard.pipeline import publish_now, save_assessment
from ingest.refresh_report import RefreshReport
from tests.browser.server import DIRECT, serving
from tests.story.conftest import NOW


@pytest.fixture(scope="module")
def address(starter: tuple[Path, RefreshReport], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    data = tmp_path_factory.mktemp("served")
    shutil.copy(starter[0] / "warehouse.duckdb", data / "warehouse.duckdb")
    save_assessment(data, date(2023, 6, 30), frameworks.load(), ["AFG"], kind="current", now=NOW)
    publish_now(data, NOW)
    with serving(data) as found:
        yield found


def get(address: str, path: str, **headers: str) -> tuple[int, bytes]:
    try:
        with DIRECT.open(urllib.request.Request(f"{address}{path}", headers=headers), timeout=60) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def test_pages_health_and_api_answer_on_one_port(address: str) -> None:
    assert get(address, "/_stcore/health") == (200, b"ok")
    assert b'<div id="root">' in get(address, "/")[1]
    assert b'<div id="root">' in get(address, "/brief?region=AF-BAL")[1], "addresses of pages can be mailed"
    status, body = get(address, "/api/v1/health")
    assert (status, json.loads(body)["status"]) == (200, "ok")
    assert get(address, "/api/v1/regions/AF-BAL/brief.pdf?lang=en")[1].startswith(b"%PDF")
    assert get(address, "/api/v1/nowhere")[0] == 404
    assert get(address, "/api/v1/regions", Host="rebound.example")[0] == 403


def test_forty_questions_at_once_are_all_answered(address: str) -> None:
    paths = ["/regions", "/regions/AF-BAL", "/countries/AFG", "/map/AFG.geojson", "/sources"] * 8
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda path: get(address, f"/api/v1{path}"), paths))
    assert {status for status, _ in answers} == {200}
    for path in set(paths) - {"/sources"}:
        assert len({body for asked, (_, body) in zip(paths, answers, strict=True) if asked == path}) == 1
