"""The ledger: append-only, one chain, durable, the same bytes out and in."""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError

from assessment.ledger import Ledger, LedgerBroken, LedgerError
from assessment.ledger_check import export, import_lines, verify
from assessment.ledger_kinds import KINDS, PayloadError, checked
from assessment.personal_data import personal_data
from assessment.roles import NotAllowed
from tests.assessment.ledger_kit import NOW, RULE, person, postgres, write_many

ANNA = person("anna", "analyst")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="ledger-"))
    folder.chmod(0o755)
    try:
        with postgres(folder) as address:
            yield address
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return str(tmp_path / "ledger.sqlite")
    return fresh(request.getfixturevalue("server"))


def fresh(address: str) -> str:
    with sa.create_engine(address.replace("postgresql:", "postgresql+psycopg:")).begin() as connection:
        connection.execute(sa.text("DROP TABLE IF EXISTS ledger_entry"))
    return address


def filled(place: str | Path, count: int = 20) -> Ledger:
    ledger = Ledger.open(place)

    def work(writer: object) -> None:
        for number in range(count):
            writer.append(ANNA, "note", f"AF-{number:03}", {"text": f"the road was seen closed, é {number}"}, NOW)  # type: ignore[attr-defined]

    ledger.transact(work)
    return ledger


def test_entries_come_back_as_written_and_the_chain_holds(place: str) -> None:
    ledger = filled(place)
    entries = ledger.entries()
    assert [e.seq for e in entries] == list(range(1, 21))
    assert entries[3].payload == {"text": "the road was seen closed, é 3"}
    assert (entries[3].actor, entries[3].role, entries[3].time) == ("anna", "analyst", NOW)
    assert entries[3].prev_hash == entries[2].hash
    assert [e.seq for e in ledger.entries("AF-007")] == [8]
    verdict = verify(ledger)
    assert verdict.holds
    assert verdict.head == ledger.head() == (20, entries[-1].hash)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET payload = '{}' WHERE seq = 2",
        "DELETE FROM ledger_entry WHERE seq = 20",
        "INSERT INTO ledger_entry SELECT 22, time, actor, role, kind, object, payload, hash, hash "
        "FROM ledger_entry WHERE seq = 20",
        "INSERT INTO ledger_entry SELECT 21, time, actor, role, kind, object, payload, prev_hash, hash "
        "FROM ledger_entry WHERE seq = 20",
    ],
)
def test_the_database_refuses_change_removal_gap_and_fork(place: str, statement: str) -> None:
    ledger = filled(place)
    with pytest.raises(DBAPIError, match="append-only"), ledger.engine.begin() as connection:
        connection.execute(sa.text(statement))
    assert verify(ledger).entries == 20


def test_replace_and_truncate_are_refused_too(tmp_path: Path, server: str) -> None:
    for ledger, statement in (
        (filled(tmp_path / "l.sqlite"), "INSERT OR REPLACE INTO ledger_entry SELECT * FROM ledger_entry WHERE seq = 5"),
        (filled(fresh(server)), "TRUNCATE ledger_entry"),
    ):
        with pytest.raises(DBAPIError, match="append-only"), ledger.engine.begin() as connection:
            connection.execute(sa.text(statement))
        assert verify(ledger).holds


def loosen(ledger: Ledger, statement: str) -> None:
    """Somebody who owns the database switches the guards off, changes, and switches them on again."""
    with ledger.engine.begin() as connection:
        if ledger.sqlite:
            names = connection.execute(sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
            for name, _ in names:
                connection.execute(sa.text(f"DROP TRIGGER {name}"))
            connection.execute(sa.text(statement))
            for _, text in names:
                connection.execute(sa.text(text))
        else:
            connection.execute(sa.text("ALTER TABLE ledger_entry DISABLE TRIGGER ALL"))
            connection.execute(sa.text(statement))
            connection.execute(sa.text("ALTER TABLE ledger_entry ENABLE TRIGGER ALL"))


@pytest.mark.parametrize(
    ("statement", "seq", "word"),
    [
        ("UPDATE ledger_entry SET payload = REPLACE(payload, 'closed', 'open') WHERE seq = 7", 7, "was changed"),
        ("UPDATE ledger_entry SET actor = 'boris' WHERE seq = 1", 1, "was changed"),
        ("UPDATE ledger_entry SET time = REPLACE(time, '2026', '2025') WHERE seq = 20", 20, "was changed"),
        ("DELETE FROM ledger_entry WHERE seq = 9", 9, "missing"),
        ("UPDATE ledger_entry SET prev_hash = hash WHERE seq = 4", 4, "does not follow"),
    ],
)
def test_verify_names_the_first_broken_link(place: str, statement: str, seq: int, word: str) -> None:
    ledger = filled(place)
    loosen(ledger, statement)
    verdict = verify(ledger)
    assert verdict.broken == seq
    assert word in verdict.faults[0]
    if "prev_hash" not in statement and "DELETE" not in statement:
        with pytest.raises(LedgerBroken) as caught:
            ledger.entries()
        assert caught.value.seq == seq


def test_a_cut_end_shows_against_a_head_kept_elsewhere(place: str) -> None:
    ledger = filled(place)
    head = ledger.head()
    assert verify(ledger, head).holds
    loosen(ledger, "DELETE FROM ledger_entry WHERE seq > 15")
    assert verify(ledger).broken is None
    assert verify(ledger, head).broken == 16
    ledger.append(ANNA, "alert_taken", "alert:1", RULE, NOW)
    assert verify(ledger, head).broken == 17


def test_a_missing_guard_is_a_fault(place: str) -> None:
    ledger = filled(place)
    with ledger.engine.begin() as connection:
        if ledger.sqlite:
            connection.execute(sa.text("DROP TRIGGER ledger_no_update"))
        else:
            connection.execute(sa.text("ALTER TABLE ledger_entry DISABLE TRIGGER ledger_rows"))
    assert not verify(ledger).holds
    assert not verify(Ledger.open(place)).holds  # opening does not mend it in silence


def test_export_and_import_give_the_same_bytes(place: str, tmp_path: Path) -> None:
    ledger = filled(place)
    lines = list(export(ledger))
    copy = Ledger.open(tmp_path / "copy.sqlite")
    assert import_lines(copy, lines) == 20
    assert list(export(copy)) == lines
    assert copy.head() == ledger.head()
    assert verify(copy).holds
    with pytest.raises(LedgerError, match="not empty"):
        import_lines(copy, lines)


@pytest.mark.parametrize("change", [("closed", "open"), ('"seq":3', '"seq":4'), ("{", "["), ('"role"', '"rule"')])
def test_a_changed_export_is_refused_whole(tmp_path: Path, change: tuple[str, str]) -> None:
    lines = list(export(filled(tmp_path / "ledger.sqlite")))
    lines[2] = lines[2].replace(*change, 1)
    copy = Ledger.open(tmp_path / "copy.sqlite")
    with pytest.raises(LedgerError, match="line 3"):
        import_lines(copy, lines)
    assert copy.head()[0] == 0


@given(st.lists(st.text(min_size=1, max_size=60).filter(lambda t: t.strip()), max_size=6))
@settings(max_examples=40, deadline=None)
def test_any_text_survives_the_way_out_and_in(texts: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        one, two = Ledger.open(Path(folder) / "one.sqlite"), Ledger.open(Path(folder) / "two.sqlite")
        for text in texts:
            if personal_data(text) is None:
                one.append(ANNA, "note", "AF-KAB", {"text": text}, NOW)
        lines = list(export(one))
        import_lines(two, lines)
        assert list(export(two)) == lines
        assert verify(two).holds
        one.close()
        two.close()


def test_nothing_is_stored_when_the_work_fails(place: str) -> None:
    ledger = filled(place)

    def work(writer: object) -> None:
        writer.append(ANNA, "alert_taken", "alert:1", RULE, NOW)  # type: ignore[attr-defined]
        raise LedgerError("second thoughts")

    with pytest.raises(LedgerError, match="second"):
        ledger.transact(work)
    assert ledger.head()[0] == 20


def test_wrong_kind_payload_object_and_role_are_refused(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "ledger.sqlite")
    for kind, thing, payload, word in (
        ("gossip", "AF-KAB", {}, "unknown kind"),
        ("note", "AF-KAB", {"text": "x", "client": "somebody"}, "client"),
        ("note", "AF-KAB", {"text": "x" * 4001}, "4000"),
        ("note", "AF-KAB", {"text": "write to a.b@example.org"}, "e-mail"),
        ("note", "AF KAB", {"text": "x"}, "no id"),
    ):
        with pytest.raises((PayloadError, LedgerError), match=word):
            ledger.append(ANNA, kind, thing, payload, NOW)
    with pytest.raises(NotAllowed, match="analyst"):
        ledger.append(person("vera"), "note", "AF-KAB", {"text": "x"}, NOW)
    assert ledger.head()[0] == 0


def test_every_kind_refuses_a_field_for_a_client() -> None:
    for kind in KINDS:
        with pytest.raises(PayloadError, match="client_name"):
            checked(kind, {"client_name": "somebody"})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("call 06 12345678 about it", "a telephone number"),
        ("call +31 20 123 45 67", "a telephone number"),
        ("number 111222333 says", "a citizen service number"),
        ("file 2801234567", "a V-number"),
        ("account NL91ABNA0417164300", "a bank account"),
        ("123456789 people", None),
        ("1.200.000.000 in 2026, 45 deaths on 2026-11-23, 12 to 18 November", None),
        ("UN Doc S/2026/123, paragraph 45-47; HRC/55/1234", None),
    ],
)
def test_what_identifies_a_person_is_seen(text: str, found: str | None) -> None:
    assert personal_data(text) == found


def test_other_addresses_are_refused_with_what_to_write() -> None:
    with pytest.raises(LedgerError, match="postgresql://"):
        Ledger.open("mysql://127.0.0.1/x")


def many(place: str, writers: int, count: int) -> None:
    Ledger.open(place).close()
    context = multiprocessing.get_context("fork")
    running = [context.Process(target=write_many, args=(place, n, count)) for n in range(writers)]
    for process in running:
        process.start()
    for process in running:
        process.join(600)
    assert [p.exitcode for p in running] == [0] * writers
    ledger = Ledger.open(place)
    assert verify(ledger).holds
    wanted = {f"alert:{w}:{n}" for w in range(writers) for n in range(count)}
    entries = ledger.entries()
    assert len(entries) == writers * count
    assert {e.object for e in entries} == wanted


def test_a_few_writers_make_one_chain(place: str) -> None:
    many(place, 6, 10)


@pytest.mark.slow
def test_fifty_writers_make_one_chain(place: str) -> None:
    many(place, 50, 200)


LOOP = """
import sys
from assessment.ledger import Ledger
from tests.assessment.ledger_kit import NOW, RULE, person
ledger, actor, number = Ledger.open(sys.argv[1]), person("anna", "analyst"), 0
print("ready", flush=True)
while True:
    number += 1
    entry = ledger.append(actor, "alert_taken", f"alert:{number}", RULE, NOW)
    print(entry.seq, entry.hash, flush=True)
"""


def kill_writing(place: str, after: float) -> int:
    """SIGKILL a writer; the number of entries it had been told are stored. All must be there."""
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen([sys.executable, "-c", LOOP, place], stdout=subprocess.PIPE, text=True, cwd=root) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        time.sleep(after)
        os.kill(process.pid, signal.SIGKILL)
        told = [line.split() for line in process.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
    ledger = Ledger.open(place)
    assert verify(ledger).holds
    stored = {str(e.seq): e.hash for e in ledger.entries()}
    assert all(stored.get(seq) == value for seq, value in told)
    return len(told)


@pytest.mark.slow
@pytest.mark.parametrize("moments", [3, pytest.param(30, id="thirty")])
def test_what_was_acknowledged_survives_a_kill(place: str, moments: int) -> None:
    chance = random.Random(7)
    assert sum(kill_writing(place, chance.uniform(0.01, 0.5)) for _ in range(moments)) > moments


@pytest.mark.slow
def test_flipped_bytes_of_entries_are_found(tmp_path: Path) -> None:
    """300 random flips inside the stored entries: each is found, and never by another entry than the first changed."""
    path = tmp_path / "ledger.sqlite"
    ledger = filled(path, 60)
    rows = [entry.line() for entry in ledger.entries()]
    ledger.close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    original = path.read_bytes()
    chance = random.Random(11)
    spans = []
    for number in range(60):  # where the text of each entry lies in the file
        at = original.index(f"AF-{number:03}".encode() + b'{"text"')
        spans.append((at - 20, at + 100))
    for _ in range(300):
        number = chance.randrange(60)
        at = chance.randrange(*spans[number])
        body = bytearray(original)
        body[at] ^= 1 << chance.randrange(8)
        damaged = tmp_path / "damaged.sqlite"
        damaged.write_bytes(bytes(body))
        opened = Ledger.open(damaged)
        assert verify(opened).broken == number + 1, (at, len(rows))
        opened.close()
