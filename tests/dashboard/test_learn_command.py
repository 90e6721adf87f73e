"""`returnwatch learn`: from what people said of claims to a gate in the data folder, or to none."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from assessment.ledger import Ledger
from dashboard import language
from dashboard.cli import main
from dashboard.commands.learn import decisions_of
from ingest.text.gate import load_gate
from ingest.text.learn import LEARNED_FILE, gate_in_use
from tests.assessment.ledger_kit import NOW, person

OTHER_PLACE = language.load("nl")("claims.why.other_place")
CODES = {"scope": 1, "intensity": 2, "range": 1}


def publish_claims(folder: Path, count: int) -> None:
    """A snapshot with claims of theme health: half of them hold a word that the lexicon does not know."""
    published = folder / "published"
    published.mkdir(parents=True)
    with duckdb.connect(str(published / "snap-00000000000000000001.duckdb")) as connection:
        connection.execute("CREATE SCHEMA evidence")
        connection.execute(
            "CREATE TABLE evidence.claim (claim_id VARCHAR, document_id VARCHAR, quote VARCHAR, theme VARCHAR)"
        )
        connection.execute("CREATE TABLE evidence.document (document_id VARCHAR, language VARCHAR)")
        for n in range(count):
            quote = f"The {'zorblat' if n % 2 == 0 else 'meadow'} near village {n} is described in this report."
            connection.execute(
                "INSERT INTO evidence.claim VALUES (?, ?, ?, 'health')", [f"claim:{n}", f"doc-{n}", quote]
            )
            connection.execute("INSERT INTO evidence.document VALUES (?, 'en')", [f"doc-{n}"])
    pointer = {"file": "snap-00000000000000000001.duckdb", "sha256": "", "made_at": datetime(2026, 1, 1).isoformat(),
               "code_version": "t", "known_to": None, "content_number": 1}  # fmt: skip
    (published / "current.json").write_text(json.dumps(pointer), encoding="utf-8")


def say(ledger: Ledger, claim: str, confirmed: bool, reason: str = "the sentence does not say this") -> None:
    kind = "claim_confirmed" if confirmed else "claim_rejected"
    content = {"theme": "health", **(CODES if confirmed else {"reason": reason})}
    ledger.append(person("anna", "analyst"), kind, claim, content, NOW)


def learn(folder: Path) -> int:
    return main(["--data-dir", str(folder), "--json", "learn"])


def test_what_people_said_makes_a_better_gate_and_only_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    publish_claims(tmp_path, 160)
    ledger = Ledger.open(tmp_path / "ledger.sqlite")
    for n in range(160):
        say(ledger, f"claim:{n}", n % 2 == 0)
    ledger.close()
    assert learn(tmp_path) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["kept"] is True
    assert figures["loss_after"] < figures["loss_before"]
    assert figures["claims_kept"] is True
    assert figures["claims_loss_after"] < figures["claims_loss_before"]
    assert figures["trained_on"] + figures["held_out"] == figures["decisions"] == 160
    assert gate_in_use(tmp_path / LEARNED_FILE).digest != load_gate().digest
    assert learn(tmp_path) == 0
    assert json.loads(capsys.readouterr().out)["kept"] is False


def test_few_words_keep_the_old_gate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    publish_claims(tmp_path, 4)
    ledger = Ledger.open(tmp_path / "ledger.sqlite")
    say(ledger, "claim:0", True)
    say(ledger, "claim:1", False, OTHER_PLACE)
    say(ledger, "claim:gone", True)
    ledger.close()
    assert learn(tmp_path) == 0
    figures = json.loads(capsys.readouterr().out)
    assert (figures["kept"], figures["decisions"]) == (False, 1)
    assert figures["left_out"] == {"disputed": 0, "claim_gone": 1, "not_about_the_theme": 1}
    assert not (tmp_path / LEARNED_FILE).exists()


def test_a_theme_put_right_is_learned_for_both(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "ledger.sqlite")
    ledger.append(person("anna", "analyst"), "claim_confirmed", "claim:1", {"theme": "food", **CODES}, NOW)
    claim = {"document_id": "d", "quote": "q", "theme": "health", "language": "en"}
    (decision,), _ = decisions_of(ledger.entries(), {"claim:1": claim})
    ledger.close()
    assert (decision.theme, decision.status, decision.right_theme) == ("health", "recoded", "food")


def test_without_a_ledger_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert learn(tmp_path) == 1
    assert "no ledger" in capsys.readouterr().err
