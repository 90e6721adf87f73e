"""The warehouse: one writer, migrations, vintages, and rows that do not depend on the order in which answers came."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest import warehouse_answers, warehouse_load, warehouse_runs
from ingest.archive import Archive
from ingest.model import Answer, digest_of
from ingest.rebuild import rebuild
from ingest.refresh import refresh
from ingest.refresh_load import take_in
from ingest.refresh_plan import AnswerFacts, Backfill, must_start_over
from ingest.refresh_runs import Journal, SourceFacts
from ingest.warehouse import Warehouse, WarehouseBusy, WarehouseError, migrate, transaction
from ingest.warehouse_verify import verify
from tests.ingest import warehouse_kit as kit
from tests.ingest.warehouse_kit import NOW, Web, body, row, rows_of, source

URL = "https://alpha.example/data.json"
ROOT = Path(__file__).resolve().parents[2]


# -- one writer ----------------------------------------------------------------------------------------------------


def hold_in_another_process(path: Path, seconds: float) -> subprocess.Popen:
    script = (
        "import sys, time; from pathlib import Path; from ingest.warehouse import Warehouse\n"
        f"with Warehouse(Path({str(path)!r})).writer():\n    print('held', flush=True); time.sleep({seconds})\n"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    return holder


def test_a_second_writer_waits_and_is_told_who_holds_it(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    holder = hold_in_another_process(path, 30)
    try:
        with pytest.raises(WarehouseBusy, match=f"process {holder.pid}") as caught, Warehouse(path).writer(0.3):
            pass
        assert caught.value.pid == holder.pid
        threading.Timer(0.3, holder.kill).start()
        with Warehouse(path).writer(20) as connection:
            assert connection.execute("SELECT count(*) FROM event").fetchone() == (0,)
    finally:
        holder.kill()
        holder.wait()


def test_two_threads_of_one_process_take_turns(tmp_path: Path) -> None:
    warehouse_a, warehouse_b = (Warehouse(tmp_path / "w.duckdb") for _ in range(2))
    inside: list[int] = []

    def write(warehouse: Warehouse) -> None:
        with warehouse.writer(20):
            inside.append(1)
            assert len(inside) == 1
            time.sleep(0.05)
            inside.pop()

    threads = [threading.Thread(target=write, args=(w,)) for w in (warehouse_a, warehouse_b) * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with warehouse_a.writer(), pytest.raises(WarehouseBusy), warehouse_b.writer(0.05):
        pass


def test_a_cursor_needs_an_open_warehouse(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "w.duckdb")
    with pytest.raises(WarehouseError, match="not open"):
        warehouse.cursor()
    with warehouse.writer():
        assert warehouse.cursor().execute("SELECT 1").fetchone() == (1,)


def test_a_damaged_file_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    path.write_bytes(b"this is not a database" * 1000)
    with pytest.raises(WarehouseError, match="returnwatch rebuild"), Warehouse(path).writer(0.1):
        pass


def test_a_failed_transaction_leaves_nothing(tmp_path: Path) -> None:
    with Warehouse(tmp_path / "w.duckdb").writer() as connection:

        def half() -> None:
            with transaction(connection):
                warehouse_runs.start(connection, "live-1", "live", NOW, "test")
                raise RuntimeError("in the middle")

        with pytest.raises(RuntimeError, match="in the middle"):
            half()
        assert connection.execute("SELECT count(*) FROM run").fetchone() == (0,)


# -- migrations ----------------------------------------------------------------------------------------------------


def test_migrations_run_in_order_in_one_step_and_refuse_what_they_do_not_know(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    connection = duckdb.connect(str(path))
    assert migrate(connection, path) == 0
    steps = {2: "CREATE TABLE extra (a INTEGER)", 3: "ALTER TABLE extra ADD COLUMN b INTEGER"}
    assert migrate(connection, path, target=3, steps=steps) == 1
    connection.execute("INSERT INTO extra VALUES (1, 2)")
    assert migrate(connection, path, target=3, steps=steps) == 3
    with pytest.raises(WarehouseError, match="newer"):
        migrate(connection, path, target=2, steps=steps)
    with pytest.raises(WarehouseError, match="no step to 4"):
        migrate(connection, path, target=4, steps=steps)
    with pytest.raises(duckdb.Error):
        migrate(connection, path, target=5, steps={4: "CREATE TABLE half (a INTEGER)", 5: "this is no SQL"})
    assert connection.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'half'").fetchone() == (0,)


# -- vintages that do not depend on the order of arrival -------------------------------------------------------------


def archived(archive: Archive, url: str, content: bytes, at: datetime, run_id: str):
    headers = {"content-type": "application/json"}
    return archive.append(Answer("alpha", url, 200, headers, content, at, digest_of(content)), run_id=run_id)


def load(path: Path, archive: Archive, records, version: str = "v1", **facts) -> None:
    """Take in records as one refresh would, with the small adapter and world."""
    sources = {"alpha": source("alpha", **facts)}
    with Warehouse(path).writer() as connection, kit.parser_here(archive.folder, path, path) as parse:
        with transaction(connection):
            warehouse_answers.add(connection, records)
        take_in(connection, sources, {"alpha": version}, parse, Journal(archive.folder))


def vintages(path: Path) -> list[tuple]:
    return rows_of(
        path,
        "SELECT observation_id, value, known_at, superseded_at, known_basis FROM observation ORDER BY 1, 3",
    )


def test_an_older_answer_that_comes_later_does_not_become_current(tmp_path: Path) -> None:
    with Archive(tmp_path / "archive") as archive:
        new = archived(archive, URL, body(row("a", 2)), datetime(2025, 6, 1), "replay-1")
        old = archived(archive, URL, body(row("a", 1), row("b", 5)), datetime(2025, 3, 1), "replay-2")
        path = tmp_path / "w.duckdb"
        load(path, archive, [new])
        load(path, archive, [old])
        lag = datetime(2025, 3, 1)
        assert vintages(path) == [
            ("alpha:a", 1.0, lag, datetime(2025, 6, 1), "retrieved"),
            ("alpha:a", 2.0, datetime(2025, 6, 1), None, "retrieved"),
            ("alpha:b", 5.0, lag, None, "retrieved"),
        ]


_answers = st.lists(
    st.tuples(
        st.integers(0, 5),  # day of retrieval
        st.sampled_from(["x", "y"]),  # address
        st.dictionaries(st.sampled_from("abc"), st.integers(0, 2), min_size=1),  # rows
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda item: (item[0], item[1]),
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answers=_answers, order=st.randoms(use_true_random=False), cut=st.integers(1, 4))
def test_rows_depend_on_the_answers_not_on_the_order_in_which_they_came(
    tmp_path_factory: pytest.TempPathFactory, answers, order, cut
) -> None:
    folder = tmp_path_factory.mktemp("order")
    with Archive(folder / "archive") as archive:
        records = [
            archived(
                archive, f"https://alpha.example/{address}", body(*(row(k, v) for k, v in values.items())),
                datetime(2025, 5, 1) + timedelta(days=day), "replay-1",
            )
            for day, address, values in answers
        ]  # fmt: skip
        shuffled = list(records)
        order.shuffle(shuffled)
        load(folder / "straight.duckdb", archive, sorted(records, key=lambda r: (r.retrieved_at, r.url, r.digest)))
        for start in range(0, len(shuffled), cut):
            load(folder / "shuffled.duckdb", archive, shuffled[start : start + cut])
    assert vintages(folder / "straight.duckdb") == vintages(folder / "shuffled.duckdb")
    with Warehouse(folder / "shuffled.duckdb").writer() as connection:
        assert verify(connection) == []


def test_the_same_answer_twice_changes_nothing(tmp_path: Path) -> None:
    with Archive(tmp_path / "archive") as archive:
        records = [
            archived(archive, URL, body(row("a", value), row("b")), datetime(2025, 5, value), "replay-1")
            for value in (1, 2)
        ]
        path = tmp_path / "w.duckdb"
        load(path, archive, records)
        before = kit.content(path)
        load(path, archive, records)
        assert kit.content(path) == before


def test_answers_about_the_same_row_in_one_batch_follow_each_other(tmp_path: Path) -> None:
    with Archive(tmp_path / "archive") as archive:
        records = [
            archived(archive, URL, body(row("a", value)), datetime(2025, 5, value), "replay-1") for value in (1, 2, 3)
        ]
        path = tmp_path / "w.duckdb"
        load(path, archive, records)
        assert [found[1:4:2] for found in vintages(path)] == [
            (1.0, datetime(2025, 5, 2)),
            (2.0, datetime(2025, 5, 3)),
            (3.0, None),
        ]


def test_two_addresses_that_differ_in_the_same_instant_still_follow_each_other(tmp_path: Path) -> None:
    at = datetime(2025, 2, 1)  # before the lag of the row has passed: known from retrieval
    with Archive(tmp_path / "archive") as archive:
        records = [archived(archive, f"{URL}?{n}", body(row("a", n)), at, "replay-1") for n in (1, 2)]
        path = tmp_path / "w.duckdb"
        load(path, archive, records)
    later = at + timedelta(microseconds=1)
    assert [found[1:4] for found in vintages(path)] == [(1.0, at, later), (2.0, later, None)]


def test_batches_hold_many_small_answers_but_never_too_many_rows(tmp_path: Path) -> None:
    with Archive(tmp_path / "archive") as archive, Warehouse(tmp_path / "w.duckdb").writer() as connection:
        loader = warehouse_load.Loader(connection, batch_rows=5, batch_answers=3)
        sizes = []
        for number in range(7):
            content = body(*(row(f"{number}-{i}") for i in range(2)))
            record = archived(archive, f"{URL}?{number}", content, NOW, "live-1")
            warehouse_answers.add(connection, [record])
            facts = AnswerFacts(record.url, record.digest, NOW, "live-1")
            parsed = next(
                iter(kit.parse_in_process([kit.Task(source("alpha"), record)], archive, kit.WORLD, lambda _: kit.SMALL))
            )
            sizes.append(len(loader.add(warehouse_load.LoadItem("alpha", facts, parsed, "v1", False, False))))
        sizes.append(len(loader.flush()))
        assert sum(sizes) == 7
        assert max(sizes) <= 3


# -- what is decided about answers (pure) ----------------------------------------------------------------------------


def facts(
    day: int, state: str | None = "good", run_id: str = "live-1", rows: int = 1, version: str = "v1"
) -> AnswerFacts:
    at = datetime(2025, 5, day)
    return AnswerFacts(URL, f"d{day}", at, run_id, state, version if state else None, rows, ("XAA",))


def test_starting_over_when_the_adapter_changed_or_older_answers_came() -> None:
    assert must_start_over([facts(1), facts(2, None)], "v1") is None
    assert must_start_over([facts(1), facts(2, None)], "v2") == "the adapter or the reference changed"
    assert must_start_over([facts(2), facts(1, None)], "v1") == "older answers arrived after newer ones"
    assert must_start_over([facts(1, None)], "v9") is None


def test_backfill_ends_with_the_first_good_run_that_came_to_its_end() -> None:
    answers = [facts(1, run_id="live-1", rows=0), facts(2, run_id="live-2"), facts(3, run_id="live-3")]
    backfill = Backfill.of(answers, frozenset({"live-1", "live-2", "live-3"}))
    assert [backfill(answer) for answer in answers] == [True, True, False]
    killed = Backfill.of(answers, frozenset({"live-1", "live-3"}))
    assert [killed(answer) for answer in answers] == [True, True, True]
    assert backfill(facts(9, run_id="replay-1"))
    assert backfill(facts(9, run_id="inbox-1"))


def test_the_journal_keeps_what_answers_do_not_say(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    told = {"alpha": SourceFacts("partial", NOW, NOW, (URL,), {"https://x": "timeout"}, "x timed out")}
    journal.write("live-1", NOW, NOW, "0.1", told)
    journal.write("a foreign: run/id", NOW + timedelta(days=1), NOW, "0.1", {})
    found = list(journal.runs())
    assert [entry[0] for entry in found] == ["live-1", "a foreign: run/id"]
    assert found[0][4] == told
    assert journal.unchanged("alpha", ["live-1", "unknown"]) == {"live-1": (URL,), "unknown": ()}


# -- rebuilding -------------------------------------------------------------------------------------------------------


def test_a_rebuilt_warehouse_holds_the_same_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kit.use_small_adapter(monkeypatch)
    web, data = Web(etags=True), tmp_path / "data"
    tools = web.tools(kit.small_reference(tmp_path / "reference"))
    second = "https://alpha.example/more.json"
    sources = {"alpha": source("alpha", urls=(URL, second), min_rows=3), "beta": source("beta")}
    pages: list[Mapping[str, bytes | str]] = [
        {URL: body(row("a", 1), row("b", region="nowhere")), second: body(row("c"))},
        {second: body(row("c", 9))},  # the other address is unchanged
        {URL: body(row("a", 1))},  # too short: corrections are withheld
        {URL: body(row("a", 4), row("b", region="north"), row("d", type="event")), second: "timeout"},
        {"https://beta.example/data.json": body(row("a", type="document", title="T", published="2026-01-01"))},
    ]
    for day, change in enumerate(pages):
        web.now = NOW + timedelta(days=day)
        web.pages.update(change)
        refresh(data, sources, now=web.now, tools=tools)
    path = data / "warehouse.duckdb"
    before = kit.content(path)
    rebuild(data, sources, tools=tools)
    after = kit.content(path)
    assert {name for name in before if before[name] != after[name]} <= {"issue"}  # failed requests are not archived
    assert rows_of(path, "SELECT kind FROM issue WHERE answer_digest IS NOT NULL ORDER BY 1") == [("unplaced",)]
    with Warehouse(path).writer() as connection:
        assert verify(connection) == []
    # and life goes on: nothing is new afterwards
    web.now += timedelta(days=1)
    report = refresh(data, sources, now=web.now, tools=tools)
    assert sum(line.new + line.changed for line in report.sources) == 0


def test_verify_sees_broken_promises(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    with Archive(tmp_path / "archive") as archive:
        load(path, archive, [archived(archive, URL, body(row("a")), NOW, "replay-1")])
    with Warehouse(path).writer() as connection:
        assert verify(connection) == []
        connection.execute("INSERT INTO observation SELECT * FROM observation")
        assert any("share their key" in fault for fault in verify(connection))
        connection.execute("UPDATE observation SET answer_digest = 'x', superseded_at = known_at")
        found = " ".join(verify(connection))
        assert "overlap" in found
        assert "no known answer" in found
