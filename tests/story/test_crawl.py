"""A crawler over the reading functions: behind every number of every region stands evidence that opens."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from assessment import framework as frameworks
from assessment import runs
from assessment.explain import evidence_of
from assessment.framework import DIMENSIONS
from assessment.read import Reader
from dashboard.pipeline import monitored, publish_now
from ingest import reference
from ingest.refresh_report import RefreshReport
from tests.story.conftest import NOW

pytestmark = pytest.mark.slow  # the same questions over two countries stand in test_read.py and run every time

THEN, BEFORE = date(2023, 6, 30), date(2022, 12, 31)
MEASURED = ("own", "zone", "inherited")  # origins that have data; a carried or missing value may have none left


@pytest.fixture(scope="module")
def reader(starter: tuple[Path, RefreshReport], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """All monitored countries as of two days."""
    data = tmp_path_factory.mktemp("crawl")
    shutil.copy(starter[0] / "warehouse.duckdb", data / "warehouse.duckdb")
    countries = monitored(reference.shipped_folder())
    with duckdb.connect(str(data / "warehouse.duckdb")) as connection:
        for day, kind in ((BEFORE, "history"), (THEN, "current")):
            runs.make(connection, day, frameworks.load(), countries, kind=kind, now=NOW, code_version="tests")
    publish_now(data, NOW)
    with Reader.open(data / "published") as found:
        yield found


def dicts(answer: Any) -> Iterator[dict[Any, Any]]:
    if isinstance(answer, dict):
        yield answer
    for value in answer.values() if isinstance(answer, dict) else answer if isinstance(answer, (list, tuple)) else ():
        yield from dicts(value)


def test_every_number_of_every_region_opens(reader: Reader) -> None:
    rows = reader.regions()
    assert len(rows) > 1000
    wanted: set[str] = set()
    for row in rows:
        found = reader.region(row["region_id"])
        for indicator in (i for d in DIMENSIONS for i in found["dimensions"][d]["indicators"]):
            if indicator["origin"] in MEASURED and indicator["raw_value"] is not None:
                assert indicator["evidence_ids"], (row["region_id"], indicator["indicator_id"])
        answers = [found, reader.trend(row["region_id"], "physical"), reader.violence_trend(row["region_id"])]
        wanted |= {name for answer in answers for part in dicts(answer) for name in part.get("evidence_ids") or ()}
    for iso3 in {row["iso3"] for row in rows}:
        wanted |= {name for part in dicts(reader.country(iso3)) for name in part.get("evidence_ids") or ()}
    wanted |= {name for part in dicts([reader.changes(), reader.alerts(open_only=False), reader.countries()])
               for name in part.get("evidence_ids") or ()}  # fmt: skip
    assert len(wanted) > 5000
    with reader.query() as query:
        known = evidence_of(query.cursor, sorted(wanted))
    for name in sorted(wanted - known.keys()):
        assert reader.evidence(name)["evidence_id"] == name
    assert [name for name, row in known.items() if not row["warc_file"]] == []
