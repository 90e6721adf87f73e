"""Small published snapshots for the pages: one with hostile text wherever outside text comes in, one without a run."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from assessment import framework as frameworks
from assessment import runs
from assessment.read import Reader
from dashboard.pipeline import load_starter, publish_now
from ingest import catalog
from ingest.refresh_tools import Tools
from tests.dashboard.view_scene import HOSTILE, NOW

COUNTRIES = ["AFG"]
SOURCES = {"pts", "vdem", "ipc", "shdi", "ucdp_candidate", "wdi_secondary_enrolment", "wdi_unemployment"}
THEN, BEFORE = date(2023, 6, 30), date(2020, 12, 31)


@pytest.fixture(scope="session")
def starter_data(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """A few of the shipped figures in a warehouse: what is large and adds nothing to a page is left out."""
    data, few = tmp_path_factory.mktemp("pages"), tmp_path_factory.mktemp("few")
    shipped = root / "data" / "starter"
    head, *rows = (shipped / "MANIFEST.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [row for row in rows if row.split(",")[1] in SOURCES]
    (few / "MANIFEST.csv").write_text("".join([head, *kept]), encoding="utf-8")
    for row in kept:
        shutil.copy(shipped / row.split(",")[0], few)
    load_starter(data, catalog.load(root / "sources.toml"), few, NOW, Tools(contact="tests"))
    return data


@pytest.fixture(scope="session")
def reader(starter_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """Afghanistan as of two days; names, reasons, gates, positions and cards of Balkh hold hostile text."""
    data = tmp_path_factory.mktemp("assessed")
    shutil.copy(starter_data / "warehouse.duckdb", data / "warehouse.duckdb")
    framework = frameworks.load()
    with duckdb.connect(str(data / "warehouse.duckdb")) as connection:
        for day, kind in ((BEFORE, "history"), (THEN, "current")):
            runs.make(connection, day, framework, COUNTRIES, kind=kind, now=NOW, code_version="tests")
        _spoil(connection)
    publish_now(data, NOW)
    with Reader.open(data / "published") as found:
        yield found


def _spoil(connection: duckdb.DuckDBPyConnection) -> None:
    """Hostile text wherever a source or a person could have written it."""
    here = {"bad": HOSTILE}
    connection.execute(
        "UPDATE region SET name_en = $bad, name_nl = $bad, name_native = $bad WHERE region_id = 'AF-BAL'", here
    )
    connection.execute("UPDATE assessment.reason SET text_en = $bad, text_nl = $bad WHERE region_id = 'AF-BAL'", here)
    connection.execute("UPDATE source SET publisher = $bad WHERE source_id = 'pts'", here)
    for region_id, level in (("AF-KAB", 3), ("AF-HER", 5)):  # so that one is worse now and one better
        connection.execute(
            """
            UPDATE assessment.dimension_score SET level = $level, state = 'assessed'
            WHERE region_id = $region_id AND dimension = 'physical'
              AND run_id IN (SELECT run_id FROM assessment.run WHERE kind = 'history')
            """,
            {"level": level, "region_id": region_id},
        )
    run = connection.execute("SELECT run_id FROM assessment.run WHERE kind = 'current'").fetchone()
    assert run is not None
    connection.execute(
        """
        INSERT INTO assessment.gate_hit (run_id, region_id, gate_id, effect, text_en, text_nl, evidence_ids)
        VALUES ($run, 'AF-BAL', 'G1', 'category=A0', $bad, $bad, ['pts:A|AFG|2022', $bad])
        """,
        {"run": run[0], **here},
    )
    connection.execute(
        """
        INSERT INTO assessment.official_position
            (position_id, authority, iso3, kind, quote, url, valid_from, verified_by, known_at)
        VALUES ('bad-position', $bad, 'AFG', 'stance', $bad, 'javascript:alert(1)', '2022-01-01', 'analyst',
            '2022-01-01')
        """,
        here,
    )
    connection.execute(
        """
        INSERT INTO assessment.profile_card (profile, iso3, statement, quote, url, stated, grade)
        VALUES ($bad, 'AFG', 'W', $bad, 'javascript:alert(1)', '2022-01-01', 'high')
        """,
        here,
    )
    connection.execute(
        """
        INSERT INTO assessment.alert (alert_id, run_id, region_id, rule, direction, opened, deadline, text_en, text_nl,
            evidence_ids)
        VALUES ($bad, $run, 'AF-BAL', 'sharp_rise', 'worse', '2023-06-01', '2023-06-15', $bad, $bad, [])
        """,
        {"run": run[0], **here},
    )


@pytest.fixture(scope="session")
def bare(starter_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """Figures and no assessment."""
    data = tmp_path_factory.mktemp("bare")
    shutil.copy(starter_data / "warehouse.duckdb", data / "warehouse.duckdb")
    publish_now(data, NOW)
    with Reader.open(data / "published") as found:
        yield found
