"""From a misbehaving server to rows and issues: what was stored stays, the others go on, each fault says what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ingest import crawl_process
from ingest.archive import Archive
from ingest.parse_pool import parse_in_process
from ingest.parse_world import load_world
from ingest.refresh import refresh
from ingest.refresh_load import ParseStream
from ingest.refresh_report import RefreshReport
from ingest.refresh_tools import Tools
from ingest.warehouse import Warehouse
from tests.ingest.crawl_helpers import source
from tests.ingest.crawl_server import Server

NOW = datetime(2026, 11, 23, 12)
# what each feed does the second time -> (state of the source, kinds of issues, rows it has afterwards)
SECOND = {
    "/ok": ("unchanged", set(), 1),
    "/missing": ("failed", {"not_found"}, 1),
    "/broken": ("failed", {"server_error"}, 1),
    "/very-busy": ("failed", {"throttled"}, 1),
    "/silent": ("failed", {"timeout"}, 1),
    "/drip": ("failed", {"timeout"}, 1),
    "/endless": ("failed", {"too_large"}, 1),
    "/bomb": ("failed", {"too_large"}, 1),
    "/loop": ("failed", {"redirect_limit"}, 1),
    "/to?http://169.254.169.254/": ("failed", {"refused"}, 1),
    "/to?http://10.0.0.1/": ("failed", {"refused"}, 1),
    "/truncated": ("failed", {"truncated"}, 1),
    "/not-gzip": ("failed", {"bad_encoding"}, 1),
    "/html": ("failed", {"answer_rejected"}, 1),
    "/entities": ("failed", {"answer_rejected"}, 1),
    "/octets": ("unchanged", set(), 1),
    "/bad-utf8": ("ok", set(), 1),
    "/empty-feed": ("empty", set(), 1),
    "/scripts": ("ok", {"bad_date"}, 1),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server(tmp_path_factory.mktemp("server"))
    yield made
    made.close()
    crawl_process.stop()


@contextmanager
def in_this_process(archive: Path, reference: Path, spool: Path) -> Iterator[ParseStream]:
    """Parsing without child processes: their start would be most of the time here."""
    world = load_world(reference)
    yield lambda tasks: parse_in_process(tasks, Archive(archive), world)


def test_a_bad_day_of_every_kind(server: Server, tmp_path: Path) -> None:
    tools = Tools(parser=in_this_process)
    catalog, impatient = {}, {}
    for number, path in enumerate(SECOND):
        source_id = f"feed_{number}"
        url = server.url(f"/feed/{number}", host=path)
        catalog[source_id] = source(source_id, url, adapter="feed")
        patience = 1.0 if path in ("/silent", "/drip") else 10.0
        impatient[source_id] = source(source_id, url, adapter="feed", timeout_seconds=patience)
    first = states(refresh(tmp_path, catalog, now=NOW, tools=tools))
    assert set(first.values()) == {"ok"}, first
    assert rows(tmp_path) == dict.fromkeys(catalog, 1)
    server.alias = {f"/feed/{number}": path for number, path in enumerate(SECOND)}
    second = states(refresh(tmp_path, impatient, now=NOW + timedelta(hours=1), tools=tools))
    kinds, remedies = issues(tmp_path)
    kept = rows(tmp_path)
    found = {path: (second[i], kinds.get(i, set()), kept[i]) for i, path in zip(catalog, SECOND, strict=True)}
    assert found == SECOND
    assert all(len(words) > 20 for words in remedies)
    titles = everything(tmp_path, "SELECT title, url FROM document")
    assert not any("<script" in title or url.startswith("javascript") for title, url in titles)


def states(report: RefreshReport) -> dict[str, str]:
    return {line.source: line.state for line in report.sources}


def everything(data: Path, statement: str) -> list[tuple]:
    with Warehouse(data / "warehouse.duckdb").writer() as connection:
        return connection.execute(statement).fetchall()


def rows(data: Path) -> dict[str, int]:
    return dict(everything(data, "SELECT source_id, count(DISTINCT document_id) FROM document GROUP BY source_id"))


def issues(data: Path) -> tuple[dict[str, set[str]], list[str]]:
    found = everything(data, "SELECT source_id, kind, remedy FROM issue")
    kinds: dict[str, set[str]] = {}
    for source_id, kind, _ in found:
        kinds.setdefault(source_id, set()).add(kind)
    return kinds, [remedy for *_, remedy in found]
