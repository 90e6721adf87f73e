"""`rebuild`, `backup`, `restore`, `export`, `sources record`, `doctor`: what a person at the terminal sees."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tarfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from pyarrow import parquet

from assessment.ledger import Ledger
from dashboard import pipeline
from dashboard.cli import main
from dashboard.commands import Context, rebuild, refresh
from ingest.publish import PublishError
from ingest.refresh import refresh as take_in
from ingest.refresh_lock import RunLock
from ingest.refresh_runs import live_run_id
from ingest.refresh_tools import Folders
from ingest.warehouse import Warehouse
from tests.assessment.ledger_kit import person
from tests.ingest import warehouse_kit as kit

CATALOG = """
[source.alpha]
publisher = "A publisher"
what = "invented rows"
urls = ["https://alpha.example/data.json"]
adapter = "feed"
schedule = "0 6 * * *"
licence = "CC BY 4.0"
redistribution = "open"
reliability = "B"
origin_family = "alpha"
level = "region"
known_bias = "none, it is invented"
"""


class Terminal:
    """A data folder with three rows and one decision; the command line on it, without network."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.data = folder, folder / "data"
        self.catalog = folder / "sources.toml"
        self.catalog.write_text(CATALOG)
        self.reference = kit.small_reference(folder / "reference")
        self.web = kit.Web()
        self.say(kit.row("a", 1.0, region="North"), kit.row("b", 2.0), kit.row("c", 3.0, type="event", title="=1+1"))
        kit.use_small_adapter(monkeypatch)
        monkeypatch.setattr(Context, "tools", lambda context: self.web.tools(self.reference))
        for module in (rebuild, refresh):  # scoring the whole world is tested elsewhere
            monkeypatch.setattr(module, "assess_and_publish", lambda data, _, now: pipeline.publish_now(data, now))
        assert take_in(self.data, {"alpha": kit.source()}, now=kit.NOW, tools=self.web.tools(self.reference))
        pipeline.publish_now(self.data, kit.NOW)
        ledger = Ledger.open(self.data / "ledger.sqlite")
        ledger.append(person("anna", "analyst"), "note", "XA-N", {"text": "seen"}, kit.NOW)
        ledger.close()

    def say(self, *rows: dict[str, Any]) -> None:
        self.web.pages["https://alpha.example/data.json"] = kit.body(*rows)

    def call(self, *words: str | Path, data: Path | None = None) -> int:
        common = ["--data-dir", str(data or self.data), "--sources", str(self.catalog)]
        return main([*common, *map(str, words)])


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.chdir(tmp_path)
    return Terminal(tmp_path, monkeypatch)


def test_rebuild_gives_the_same_rows_and_publishes(terminal: Terminal, capsys: pytest.CaptureFixture[str]) -> None:
    warehouse = Folders(terminal.data).warehouse
    before = kit.content(warehouse)
    warehouse.write_bytes(b"damaged beyond reading")
    assert terminal.call("rebuild", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"sources": {"alpha": 3}}
    after = kit.content(warehouse)
    assert {table: after[table] for table in ("observation", "event", "answer", "coverage")} == {
        table: before[table] for table in ("observation", "event", "answer", "coverage")
    }
    assert len(list(Folders(terminal.data).published.glob("snap-*.duckdb"))) == 2


def test_a_backup_restored_elsewhere_holds_the_same(terminal: Terminal, capsys: pytest.CaptureFixture[str]) -> None:
    (terminal.data / "inbox" / "alpha").mkdir(parents=True)
    (terminal.data / "inbox" / "alpha" / "table.csv").write_text("a,b\n1,2\n")
    file, other = terminal.folder / "kept" / "backup.tar", terminal.folder / "other"
    assert terminal.call("backup", file) == 0
    assert terminal.call("restore", file, data=other) == 0
    assert (
        kit.content(other / "warehouse.duckdb")["observation"]
        == kit.content(Folders(terminal.data).warehouse)["observation"]
    )
    assert (other / "inbox" / "alpha" / "table.csv").read_text() == "a,b\n1,2\n"
    assert (other / "sources.toml").read_text() == CATALOG
    capsys.readouterr()
    assert terminal.call("ledger", "show", "XA-N", data=other) == 0
    assert "note" in capsys.readouterr().out
    assert terminal.call("restore", file, data=other) == 1
    assert "not empty" in capsys.readouterr().err


@pytest.mark.parametrize("fault", ["cut", "changed", "listless", "outside"])
def test_a_backup_that_is_not_whole_restores_nothing(
    terminal: Terminal, capsys: pytest.CaptureFixture[str], fault: str
) -> None:
    file, other = terminal.folder / "backup.tar", terminal.folder / "other"
    assert terminal.call("backup", file) == 0
    content = file.read_bytes()
    if fault == "cut":
        file.write_bytes(content[: len(content) // 3])
    elif fault == "changed":
        place = content.index(b'"seen"')
        file.write_bytes(content[:place] + b'"gone"' + content[place + 6 :])
    else:
        with tarfile.open(file) as old:
            members = [(member, old.extractfile(member)) for member in old]
            with tarfile.open(terminal.folder / "new.tar", "w") as new:
                for member, stream in members:
                    if member.name != "BACKUP.json" or fault == "outside":
                        member.name = f"../{member.name}" if fault == "outside" else member.name
                        new.addfile(member, stream)
        (terminal.folder / "new.tar").replace(file)
    capsys.readouterr()
    assert terminal.call("restore", file, data=other) == 1
    assert "backup" in capsys.readouterr().err
    assert not other.exists()
    assert [path.name for path in terminal.folder.iterdir() if "restore.tmp" in path.name] == []
    assert not (terminal.folder / "archive").exists()


@pytest.mark.parametrize("kind", ["csv", "parquet", "json"])
def test_tables_come_out_with_their_sources(terminal: Terminal, capsys: pytest.CaptureFixture[str], kind: str) -> None:
    terminal.say(kit.row("a", 5.0, region="North"), kit.row("b", 2.0))
    terminal.web.now = kit.NOW.replace(hour=14)
    take_in(terminal.data, {"alpha": kit.source()}, now=terminal.web.now, tools=terminal.web.tools(terminal.reference))
    pipeline.publish_now(terminal.data, terminal.web.now)
    out = terminal.folder / "out"
    assert terminal.call("--json", "export", "observation", "event", "-o", out, "--format", kind) == 0
    files = {line["table"]: line for line in json.loads(capsys.readouterr().out)["files"]}
    assert {name: line["rows"] for name, line in files.items()} == {"observation": 2, "event": 1, "source": 1}
    rows = {name: read(Path(line["file"])) for name, line in files.items()}
    assert [float(row["value"]) for row in rows["observation"]] == [5.0, 2.0]
    assert rows["source"][0]["licence"] == "CC BY 4.0"
    assert rows["event"][0]["title"] == ("'=1+1" if kind == "csv" else "=1+1")
    assert terminal.call("--json", "export", "observation", "-o", out, "--format", kind, "--every-vintage") == 0
    assert {line["table"]: line["rows"] for line in json.loads(capsys.readouterr().out)["files"]}["observation"] == 3


def read(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".parquet":
        return parquet.read_table(path).to_pylist()
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file)) if path.suffix == ".csv" else [json.loads(line) for line in file]


def test_every_table_of_the_snapshot_can_be_written(terminal: Terminal, capsys: pytest.CaptureFixture[str]) -> None:
    assert terminal.call("export", "--list") == 0
    names = capsys.readouterr().out.split()
    assert {"source", "event", "observation", "document", "issue"} <= set(names)
    for kind in ("csv", "parquet", "json"):
        assert terminal.call("export", "-o", terminal.folder / kind, "--format", kind) == 0
        assert len(list((terminal.folder / kind).iterdir())) == len(names)
    capsys.readouterr()
    assert terminal.call("export", "observatoin") == 1
    assert "did you mean 'observation'" in capsys.readouterr().err


def test_an_answer_is_recorded_with_its_rows(terminal: Terminal, capsys: pytest.CaptureFixture[str]) -> None:
    into = terminal.folder / "recorded"
    for _ in range(2):
        assert terminal.call("sources", "record", "alpha", "--into", into) == 0
    with (into / "MANIFEST.csv").open(newline="") as file:
        (line,) = csv.DictReader(file)
    assert (line["source_id"], line["url"], line["may_ship"]) == ("alpha", "https://alpha.example/data.json", "yes")
    assert (into / line["file"]).read_bytes() == terminal.web.pages["https://alpha.example/data.json"]
    (expected,) = into.glob("alpha/*.expected.json")
    assert [row["row"] for row in json.loads(expected.read_text())] == ["Observation", "Observation", "Event"]
    assert terminal.call("archive", "pack", into / "MANIFEST.csv", terminal.folder / "again.warc.gz") == 0
    terminal.web.pages.clear()
    capsys.readouterr()
    assert terminal.call("sources", "record", "alpha", "--into", into) == 2
    assert "it ended as not_found" in capsys.readouterr().out
    assert terminal.call("sources", "record") == 1


def test_paragraphs_that_repeat_are_told(terminal: Terminal, capsys: pytest.CaptureFixture[str]) -> None:
    assert terminal.call("sources", "repeated") == 1
    assert "name the source" in capsys.readouterr().err
    assert terminal.call("sources", "repeated", "alpha") == 0
    assert "no paragraph repeats" in capsys.readouterr().out
    note, told = "The Wire needs your help.", [f"Shelling near town {n}." for n in range(3)]
    documents = [{"type": "document", "title": fact, "text": f"{fact}\n\n{note}"} for fact in told]
    terminal.say(*({"key": f"d{n}", **fields} for n, fields in enumerate(documents)))
    later = kit.NOW + timedelta(hours=1)
    kept = {"alpha": kit.source(store_fulltext=True)}
    assert take_in(terminal.data, kept, now=later, tools=terminal.web.tools(terminal.reference))
    pipeline.publish_now(terminal.data, kit.NOW)
    assert terminal.call("--json", "sources", "repeated", "alpha") == 0
    (found,) = json.loads(capsys.readouterr().out)["repeated"]
    assert (found["paragraph"], found["documents"], found["share"], found["claims"]) == (note, 3, 1.0, 0)
    assert terminal.call("sources", "repeated", "alpha") == 0
    assert note in capsys.readouterr().out


def test_doctor_verifies_the_warehouse(terminal: Terminal, capsys: pytest.CaptureFixture[str]) -> None:
    def warehouse_says() -> str:
        terminal.call("--json", "doctor")
        checks = json.loads(capsys.readouterr().out)["checks"]
        return next(line["what to do"] for line in checks if line["check"] == "warehouse")

    assert warehouse_says() == "fine"
    with duckdb.connect(str(Folders(terminal.data).warehouse)) as connection:
        connection.execute("UPDATE observation SET answer_digest = 'no such answer'")
    assert "rows come from no known answer; run `returnwatch rebuild`" in warehouse_says()


HOLDER = """
import sys
from pathlib import Path
from ingest.warehouse import Warehouse
with Warehouse(Path(sys.argv[1])).writer():
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_store_in_use_is_said_in_one_line(
    terminal: Terminal, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, root: Path
) -> None:
    """Exit status 2: the same command may do later. Nobody sees a traceback."""
    command = [sys.executable, "-c", HOLDER, str(Folders(terminal.data).warehouse)]
    holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    patience = Warehouse.writer
    monkeypatch.setattr(Warehouse, "writer", lambda self, timeout=0.0, **more: patience(self, 0.1, **more))
    try:
        for command in (["refresh"], ["rebuild"]):
            assert terminal.call(*command) == 2
            said = capsys.readouterr().err
            assert f"process {holder.pid}" in said
            assert "Traceback" not in said
    finally:
        holder.communicate("")


def test_the_same_run_twice_at_once_is_said_in_one_line(
    terminal: Terminal, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refresh, "utc_now", lambda: kit.NOW)
    with RunLock(Folders(terminal.data).locks, live_run_id(kit.NOW, ["alpha"])):
        assert terminal.call("refresh") == 2
    assert "already going on in process" in capsys.readouterr().err


def test_a_data_folder_has_one_schedule(terminal: Terminal, capsys: pytest.CaptureFixture[str]) -> None:
    with RunLock(Folders(terminal.data).locks, "schedule"):
        assert terminal.call("schedule") == 2
    assert "schedule is already going on in process" in capsys.readouterr().err


def test_rows_that_cannot_be_published_are_taken_in_and_published_next_time(
    terminal: Terminal, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise PublishError("[publish] the disk is full")

    terminal.say(kit.row("a", 7.0, region="North"))
    terminal.web.now = kit.NOW.replace(hour=14)
    publishes = refresh.assess_and_publish
    monkeypatch.setattr(refresh, "assess_and_publish", full)
    assert terminal.call("refresh") == 3
    said = capsys.readouterr()
    assert "the disk is full; the rows are taken in" in said.err
    assert "alpha" in said.out
    monkeypatch.setattr(refresh, "assess_and_publish", publishes)
    terminal.call("refresh")
    newest = max(Folders(terminal.data).published.glob("snap-*.duckdb"))
    assert (7.0,) in kit.rows_of(newest, "SELECT value FROM observation WHERE superseded_at IS NULL")
