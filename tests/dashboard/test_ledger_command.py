"""`returnwatch ledger`: what a person at the terminal sees."""

from __future__ import annotations

import json
import sqlite3
from datetime import date, timedelta
from pathlib import Path

import pytest

from assessment.ledger import Ledger
from assessment.read import Reader
from dashboard.cli import main
from dashboard.pipeline import publish_now
from ingest.refresh_tools import Folders
from ingest.warehouse import Warehouse
from tests.assessment.ledger_kit import NOW, person
from tests.assessment.test_register import decide
from tests.policy_scene import Run, prepare


@pytest.fixture
def data(tmp_path: Path) -> Path:
    ledger = Ledger.open(tmp_path / "ledger.sqlite")
    for number in range(3):
        ledger.append(person("anna", "analyst"), "note", f"AF-{number}", {"text": "seen"}, NOW)
    ledger.close()
    return tmp_path


def call(data: Path, *words: str) -> int:
    json_first = ["--json"] if "--json" in words else []
    return main(["--data-dir", str(data), *json_first, "ledger", *(w for w in words if w != "--json")])


def test_verify_export_import_show(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(data, "verify", "--json") == 0
    head = json.loads(capsys.readouterr().out)["head"]
    assert call(data, "verify", "--head", head) == 0
    assert "3 entries, the chain holds" in capsys.readouterr().out
    assert call(data, "export", "-o", str(tmp_path / "out.jsonl")) == 0
    other = tmp_path / "other"
    assert call(other, "import", str(tmp_path / "out.jsonl")) == 0
    capsys.readouterr()
    assert call(other, "export") == 0
    assert capsys.readouterr().out == (tmp_path / "out.jsonl").read_text()
    assert call(other, "import", str(tmp_path / "out.jsonl")) == 1
    assert "not empty" in capsys.readouterr().err
    assert call(data, "show", "AF-1") == 0
    shown = capsys.readouterr().out
    assert "AF-1" in shown
    assert "AF-2" not in shown
    assert "anna" not in shown


def test_a_broken_chain_has_its_own_exit_status(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with sqlite3.connect(data / "ledger.sqlite") as connection:
        connection.execute("DROP TRIGGER ledger_no_update")
        connection.execute("""UPDATE ledger_entry SET payload = '{"text":"unseen"}' WHERE seq = 2""")
    assert call(data, "verify") == 3
    assert "entry 2 was changed" in capsys.readouterr().out
    assert call(data, "export") == 1
    assert "entry 2" in capsys.readouterr().err


def test_wrong_use_says_what_to_write(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(tmp_path / "nothing", "verify") == 1
    assert "no ledger" in capsys.readouterr().err
    assert not (tmp_path / "nothing").exists()
    assert call(data, "verify", "--head", "3") == 1
    assert call(tmp_path / "new", "import", str(tmp_path / "none.jsonl")) == 1


def test_published_pages_are_rebuilt_and_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    prepare(tmp_path, [Run("run-1", date(2026, 11, 22))])
    ledger = Ledger.open(tmp_path / "ledger.sqlite")
    with Reader.open(tmp_path / "published") as reader:
        decide(ledger, reader, "AF-BAL", NOW)
    assert call(tmp_path, "pages") == 0
    assert "equal" in capsys.readouterr().out
    with Warehouse(Folders(tmp_path).warehouse).writer() as connection:
        connection.execute("UPDATE assessment.reason SET text_en = 'Another reason'")
    publish_now(tmp_path, NOW + timedelta(hours=1))
    assert call(tmp_path, "pages") == 3
    assert "DIFFERS" in capsys.readouterr().out
