"""The register: pages kept as published and rebuilt byte for byte, history, differences, tampering."""

from __future__ import annotations

import json
import random
import sqlite3
import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from assessment import advice, register
from assessment.advice_read import suggested
from assessment.advice_rules import AdviceError, Wish
from assessment.framework import load
from assessment.ledger import Ledger, LedgerError
from assessment.ledger_check import export, import_lines, verify
from assessment.ledger_kinds import Cited
from assessment.read import Reader
from assessment.roles import NotAllowed
from dashboard.pipeline import publish_now
from ingest.refresh_tools import Folders
from ingest.warehouse import Warehouse
from tests.assessment.ledger_kit import person, postgres
from tests.policy_scene import NOW, REGIONS, Run, add_run, prepare, vintage

FRAMEWORK = load()
DAY = timedelta(days=1)


def cited(region: str, now: datetime, *names: str) -> list[Cited]:
    return [
        Cited(source_id=n, origin_family=n, region_id=region, url=f"https://{n}.example/r", published=now.date() - DAY)
        for n in names
    ]


def decide(ledger: Ledger, reader: Reader, region: str, now: datetime, category: str = "", days: int = 20) -> int:
    """From draft to publication by four people; the number of the publication."""
    suggestion = suggested(reader, region, ledger.entries())
    wish = Wish(
        category or suggestion.category, cited(region, now, "ipc", "pts"), now.date() + days * DAY,
        f"Reason in {region}", f"Reden in {region}", ["P3"],
    )  # fmt: skip
    boris = person("boris", "reviewer", at=now)
    seq = advice.draft(ledger, person("anna", "analyst", at=now), FRAMEWORK, suggestion, wish, now).seq
    advice.read_evidence(ledger, boris, region, seq, "A2", now)
    advice.approve(ledger, boris, region, seq, now)
    if next(e for e in ledger.entries(region) if e.seq == seq).payload["needs_jurist"]:
        advice.sign(ledger, person("judith", "jurist", at=now), region, seq, now)
    return register.publish(ledger, boris, reader, region, seq, now).seq


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    prepare(tmp_path, [Run("run-1", date(2026, 11, 22), gates=("SO-BY",), alerts=("AF-HER",))])
    return tmp_path


def test_twenty_random_decisions_are_rebuilt_byte_for_byte_after_everything_moved_on(scene: Path) -> None:
    """Between the decisions come new vintages, new runs and new snapshots; afterwards every page is made again."""
    chance = random.Random(7)
    ledger, now = Ledger.open(scene / "ledger.sqlite"), NOW
    made = []
    for number in range(20):
        with Reader.open(scene / "published") as reader:
            region = chance.choice(list(REGIONS))
            stricter = chance.random() < 0.3
            made.append(decide(ledger, reader, region, now, "A0" if stricter else ""))
        now += DAY
        if number % 4 == 3:
            with Warehouse(Folders(scene).warehouse).writer() as connection:
                source, evidence = chance.choice(
                    [("ipc", "ipc:AFG|2026"), ("pts", "pts:A|AFG"), ("vdem", "vdem:x|AFG")]
                )
                vintage(connection, source, evidence, now, float(number))
                level = chance.choice([2, 3, 4])
                run = Run(f"run-{number + 2}", now.date(), level, {2: "A3", 3: "A2", 4: "A1"}[level], gates=("SO-BY",))
                add_run(connection, run, now)
                # A reference and a catalog change too: a page must not depend on today's names.
                connection.execute("UPDATE region SET name_en = name_en || '!'")
                connection.execute("UPDATE source SET publisher = publisher || '!'")
            publish_now(scene, now)
    stored = {seq: ledger.page(register.publication(ledger.entries(), seq).payload["page_sha256"]) for seq in made}
    assert len(set(stored.values())) == 20
    with Reader.open(scene / "published") as reader:
        entries = ledger.entries()
        for seq in made:
            assert register.rebuild(reader, entries, seq).encode() == (stored[seq] or "").encode()
            assert register.compare_with_stored(ledger, reader, entries, seq).same is True


def test_the_page_holds_the_vintage_of_its_day_and_no_name(scene: Path) -> None:
    ledger = Ledger.open(scene / "ledger.sqlite")
    with Reader.open(scene / "published") as reader:
        seq = decide(ledger, reader, "AF-BAL", NOW)
    with Warehouse(Folders(scene).warehouse).writer() as connection:
        vintage(connection, "ipc", "ipc:AFG|2026", NOW + 5 * DAY, 99.0)
    publish_now(scene, NOW + 5 * DAY)
    entries = ledger.entries()
    with Reader.open(scene / "published") as reader:
        page = json.loads(register.rebuild(reader, entries, seq))
        assert reader.evidence("ipc:AFG|2026")["figure"]["value"] == 99.0
    figures = {row["evidence_id"]: (row["figure"], row["answer_digest"]) for row in page["known"]["evidence"]}
    assert figures["ipc:AFG|2026"] == (40.0, "d-ipc")
    assert page["decision"]["category"] == "A2"
    assert [step["role"] for step in page["steps"]] == ["analyst", "reviewer", "reviewer"]
    assert not any(name in json.dumps(page) for name in ("anna", "boris"))


def test_a_page_that_cannot_be_rebuilt_says_why_and_one_that_differs_says_so(scene: Path, tmp_path: Path) -> None:
    ledger = Ledger.open(scene / "ledger.sqlite")
    with Reader.open(scene / "published") as reader:
        seq = decide(ledger, reader, "AF-BAL", NOW)
        entries = ledger.entries()
    other = tmp_path / "other"
    prepare(other, [Run("run-9", date(2026, 11, 22))])
    with Reader.open(other / "published") as reader:
        found = register.compare_with_stored(ledger, reader, entries, seq)
        assert (found.same, "run-1" in str(found.problem)) == (None, True)
    changed = tmp_path / "changed"
    prepare(changed, [Run("run-1", date(2026, 11, 22), level=4)])
    with Reader.open(changed / "published") as reader:
        assert register.compare_with_stored(ledger, reader, entries, seq).same is False
        with pytest.raises(LedgerError, match="no publication"):
            register.rebuild(reader, entries, 1)


def test_publishing_needs_the_role_another_person_and_the_jurist(scene: Path) -> None:
    ledger = Ledger.open(scene / "ledger.sqlite")
    anna, boris = person("anna", "analyst", "reviewer"), person("boris", "reviewer")
    with Reader.open(scene / "published") as reader:
        suggestion = suggested(reader, "SO-BY", ledger.entries())
        wish = Wish("A2", cited("SO-BY", NOW, "ipc"), NOW.date() + 9 * DAY, "x", "y")
        seq = advice.draft(ledger, anna, FRAMEWORK, suggestion, wish, NOW).seq
        with pytest.raises(AdviceError, match="author"):
            advice.read_evidence(ledger, anna, "SO-BY", seq, "A2", NOW)
        advice.read_evidence(ledger, boris, "SO-BY", seq, "A2", NOW)
        advice.approve(ledger, boris, "SO-BY", seq, NOW)
        for actor, error, said in (
            (person("anna", "analyst"), NotAllowed, "reviewer"), (anna, AdviceError, "author"),
            (boris, AdviceError, "jurist must sign"),
        ):  # fmt: skip
            with pytest.raises(error, match=said):
                register.publish(ledger, actor, reader, "SO-BY", seq, NOW)
    assert [e.kind for e in ledger.entries()][-1] == "advice_reviewed", "a refused publication keeps nothing"
    with ledger.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM ledger_page").scalar() == 0


def test_history_newest_first_with_roles_and_differences(scene: Path) -> None:
    ledger = Ledger.open(scene / "ledger.sqlite")
    with Reader.open(scene / "published") as reader:
        decide(ledger, reader, "AF-BAL", NOW)
        decide(ledger, reader, "SO-BY", NOW + DAY)
        decide(ledger, reader, "AF-BAL", NOW + 2 * DAY, "A1", days=10)
    rows = register.history(ledger.entries())
    assert [(row["region_id"], row["category"], row["stage"]) for row in rows] == [
        ("AF-BAL", "A1", "published"), ("SO-BY", "A2", "published"), ("AF-BAL", "A2", "published"),
    ]  # fmt: skip
    assert [row["jurist_role"] for row in rows] == [None, "jurist", None]
    assert len(register.history(ledger.entries(), iso3="AFG")) == 2
    assert len(register.history(ledger.entries(), region_id="SO-BY")) == 1
    changed = {row["field"]: (row["before"], row["after"]) for row in register.difference(rows[2], rows[0])}
    assert changed["category"] == ("A2", "A1")
    assert "run_id" not in changed
    assert register.difference(rows[0], rows[0]) == []


def test_pages_go_along_with_an_export_and_a_changed_page_is_found(scene: Path, tmp_path: Path) -> None:
    ledger = Ledger.open(scene / "ledger.sqlite")
    with Reader.open(scene / "published") as reader:
        seq = decide(ledger, reader, "AF-BAL", NOW)
        sha = register.publication(ledger.entries(), seq).payload["page_sha256"]
        other = Ledger.open(tmp_path / "other.sqlite")
        assert import_lines(other, export(ledger)) == len(ledger.entries())
        assert other.page(sha) == ledger.page(sha)
        assert verify(other).holds
        assert list(export(other)) == list(export(ledger))
    bad = [line.replace("Reason", "Raison") if line.startswith('{"body"') else line for line in export(ledger)]
    with pytest.raises(LedgerError, match="nothing was imported"):
        import_lines(Ledger.open(tmp_path / "bad.sqlite"), bad)
    with sqlite3.connect(scene / "ledger.sqlite") as raw:
        with pytest.raises(sqlite3.IntegrityError, match="never changed"):
            raw.execute("UPDATE ledger_page SET body = 'x'")
        with pytest.raises(sqlite3.IntegrityError, match="never changed"):
            raw.execute("DELETE FROM ledger_page")
        raw.execute("DROP TRIGGER ledger_page_no_update")
        raw.execute("UPDATE ledger_page SET body = replace(body, 'Reason', 'Raison')")
    faults = " ".join(verify(ledger).faults)
    assert "page" in faults
    assert "changed after it was stored" in faults
    assert "ledger_page_no_update" in faults
    with pytest.raises(LedgerError, match="changed after it was stored"):
        ledger.page(sha)


def _reachable(name: str) -> Path:
    Path(name).chmod(0o755)  # the server runs as somebody else
    return Path(name)


@pytest.mark.slow
def test_pages_are_kept_in_postgresql_too(scene: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="register-") as name, postgres(_reachable(name)) as address:
        ledger = Ledger.open(address)
        with Reader.open(scene / "published") as reader:
            seq = decide(ledger, reader, "AF-BAL", NOW)
            assert register.compare_with_stored(ledger, reader, ledger.entries(), seq).same is True
        assert verify(ledger).holds
        with ledger.engine.connect() as connection, pytest.raises(Exception, match="never changed"):
            connection.exec_driver_sql("DELETE FROM ledger_page")
        ledger.close()
