"""Validation on the shipped figures: every test judged, the product's own numbers, a page people can open."""

from __future__ import annotations

import json
from contextlib import redirect_stdout
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from assessment import framework as frameworks
from assessment import indicators, violence
from assessment.inputs import Inputs
from assessment.read import Reader
from assessment.validation.blackout import hide
from assessment.validation.index import place_index
from assessment.validation.panel import Panel
from assessment.validation.substrate import from_warehouse
from dashboard.cli import main
from dashboard.pipeline import publish_now
from ingest.refresh_report import RefreshReport
from tests.story.conftest import NOW


@pytest.fixture(scope="module")
def data(starter: tuple[Path, RefreshReport], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("validate")
    (folder / "warehouse.duckdb").write_bytes((starter[0] / "warehouse.duckdb").read_bytes())
    publish_now(folder, NOW)
    return folder


def test_the_index_is_what_a_run_would_say(data: Path) -> None:
    """P1, P2 and P4 of the product for one past day, region by region, equal the ones the backtest is made on."""
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as connection:
        held = from_warehouse(connection.cursor(), NOW.date())
        assert isinstance(held.panel, Panel)
        assert not any(np.isnan(values).any() for values in held.panel.counts.values())
        index = place_index(held.panel, frameworks.load(), held.population)
        cursor, day = connection.cursor(), date(2021, 6, 30)
        inputs = Inputs(cursor, day)
        violence.build(cursor, day)
        compared = 0
        for name in ("P1", "P2", "P4"):
            table = indicators.definitions()[name].observe(inputs)
            at = {str(unit): row for row, unit in enumerate(held.panel.units)}
            for place, value, end, source in zip(
                table.place_id, table.value, table.ref_end, table.source_id, strict=True
            ):
                if source == "ucdp_panel" and str(place) in at:
                    ours = index.raw[name][at[str(place)], held.panel.column(str(end)[:7])]
                    assert ours == pytest.approx(value, rel=1e-9)
                    compared += 1
        assert compared > 300


def test_hidden_rows_are_gone_for_one_cursor_only(data: Path) -> None:
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as connection:
        whole = connection.execute("SELECT count(*) FROM observation").fetchone()
        with connection.cursor() as cursor:
            hide(cursor, "iso3 = 'AFG'")
            rest = cursor.execute("SELECT count(*), count(*) FILTER (iso3 = 'AFG') FROM observation").fetchone()
        assert connection.execute("SELECT count(*) FROM observation").fetchone() == whole
        assert rest[0] < whole[0]
        assert rest[1] == 0


@pytest.fixture(scope="module")
def said(data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a quick validation in Dutch answers as JSON."""
    out = tmp_path_factory.mktemp("said") / "said.json"
    arguments = ["--data-dir", str(data), "--json", "validate", "--quick", "--language", "nl", "--as-of", "2026-11-23"]
    with out.open("w", encoding="utf-8") as file, redirect_stdout(file):
        assert main(arguments) == 0
    answer: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return answer


def checks_of(said: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {check["check"]: check for test in said["tests"] for check in test["checks"]}


@pytest.mark.slow
def test_the_command_writes_a_page_and_what_the_method_page_reads(data: Path, said: dict[str, Any]) -> None:
    assert [test["test"] for test in said["tests"]] == [f"V{n}" for n in range(1, 11)]
    for test in said["tests"]:
        verdicts = {check["verdict"] for check in test["checks"]}
        assert (test["verdict"] == "fail") == ("fail" in verdicts)
        assert test["checks"], test["test"]
    assert sum(said["counts"].values()) == 10
    checks = checks_of(said)
    assert checks["unsaid"]["value"] == 0
    assert checks["contradiction"]["value"] == 0
    assert checks["swallowed"]["value"] == 0
    assert checks["occurrence"]["verdict"] == "not_enough_data"  # no published predictions were given
    (deleted,) = said["tests"][9]["tables"]
    mild = deleted["columns"].index("of_which_mild")
    assert [row[mild] for row in deleted["rows"]] == [0, 0, 0]  # whatever is lost, no level comes to 3 or milder
    page = (data / "published" / "validation.html").read_text(encoding="utf-8")
    assert '<html lang="nl">' in page
    assert page.count("<svg") >= 5
    with Reader.open(data / "published") as reader:
        assert reader.method()["validation"] == said


@pytest.mark.slow
def test_with_memory_nothing_that_is_deleted_makes_a_level_better(said: dict[str, Any]) -> None:
    assert checks_of(said)["improved"]["value"] == 0


def test_wrong_use_says_what_to_write(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data-dir", str(data), "validate", "--panel", str(tmp_path / "panel.csv")]) == 1
    assert "--panel and --against go together" in capsys.readouterr().err
    assert main(["--data-dir", str(tmp_path), "validate"]) == 1
    assert capsys.readouterr().err
