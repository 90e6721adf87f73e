"""`returnwatch brief` and `returnwatch explain --hash`: the same bytes for the same run, and the way back."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from assessment.ledger import Entry
from assessment.read import Reader
from dashboard.brief_facts import collect
from dashboard.brief_version import VersionError, decided, parse
from dashboard.cli import main
from dashboard.pipeline import publish_now
from tests.dashboard.view_scene import NOW


@pytest.fixture
def data(reader: Reader) -> Iterator[Path]:
    """The data folder of the shared snapshot; nothing may be written into it."""
    folder = reader._folder.parent
    before = sorted(path.name for path in folder.iterdir())
    yield folder
    assert sorted(path.name for path in folder.iterdir()) == before


def run(data: Path, *words: str) -> int:
    return main(["--data-dir", str(data), *words])


def version_of(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert run(data, "brief", "AF-KAB", "--json", "-o", str(tmp_path / "brief.pdf"), *words) == 0
    return str(json.loads(capsys.readouterr().out)["version"])


@pytest.mark.parametrize("kind", ["pdf", "html", "docx"])
def test_the_same_run_gives_the_same_bytes(data: Path, tmp_path: Path, kind: str) -> None:
    from dashboard import brief

    made = []
    for name in ("one", "two"):
        brief._kept.clear()
        assert run(data, "brief", "AF-KAB", "--lang", "nl", "--format", kind, "-o", str(tmp_path / name)) == 0
        made.append((tmp_path / name).read_bytes())
    assert made[0] == made[1]


def test_without_a_name_the_file_says_region_day_and_language(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(data, "brief", "AF-KAB", "--lang", "en") == 0
    assert (tmp_path / "returnwatch-AF-KAB-2023-06-30-en.pdf").read_bytes().startswith(b"%PDF")
    assert "version AF-KAB." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["brief", "XX-99"], "no region 'XX-99'"),
        (["brief", "AF-KAB", "-o", "/nowhere/at/all.pdf"], "choose another with -o"),
        (["explain"], "give a region, or --hash"),
        (["explain", "AF-KAB", "--hash", "x"], "give a region, or --hash"),
        (["explain", "--hash", "nonsense"], "is no version of a brief"),
        (["explain", "--hash", "AF-KAB.0123456789abcdef.0123456789ab"], "in none of the kept snapshots"),
    ],
)
def test_wrong_use_says_what_to_do(data: Path, capsys: pytest.CaptureFixture[str], words: list[str], says: str) -> None:
    assert run(data, *words) == 1
    assert says in capsys.readouterr().err


def test_nothing_published_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "brief", "AF-KAB") == 1
    assert "returnwatch up" in capsys.readouterr().err


def test_the_version_opens_the_tree_it_was_made_from(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    version = version_of(data, tmp_path, capsys)
    assert version == version_of(data, tmp_path, capsys, "--lang", "en"), "one version for both languages"
    assert run(data, "explain", "--hash", version, "--json") == 0
    tree = json.loads(capsys.readouterr().out)
    assert tree["region"]["region_id"] == "AF-KAB"
    assert tree["brief"]["version"] == version
    assert tree["brief"]["decision"] is None
    assert run(data, "explain", "--hash", version) == 0
    assert "its facts are those of snap-" in capsys.readouterr().out


def test_a_version_is_found_in_an_older_publication_and_a_changed_table_is_seen(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    version = version_of(data, tmp_path, capsys)
    copy = tmp_path / "copy"
    shutil.copytree(data, copy)
    for path in copy.rglob("*.duckdb"):
        path.chmod(0o644)
    with duckdb.connect(str(copy / "warehouse.duckdb")) as connection:
        connection.execute("UPDATE assessment.dimension_score SET point = point + 1 WHERE region_id = 'AF-KAB'")
    publish_now(copy, datetime(2027, 1, 1))
    assert run(copy, "explain", "--hash", version) == 0, "the older snapshot is kept and still says the same"
    older = sorted((copy / "published").glob("snap-*.duckdb"))[0]
    older.unlink()
    assert run(copy, "explain", "--hash", version) == 1
    assert "the brief or a table was changed" in capsys.readouterr().err


def entry(seq: int, region: str, kind: str = "advice_drafted", **payload: Any) -> Entry:
    return Entry(seq, NOW, "somebody", "analyst", kind, region, {"category": "A1", **payload}, "0", "1")


def test_decisions_and_settled_alerts_come_from_the_record(reader: Reader) -> None:
    drafted = entry(
        1, "AF-KAB", suggested="AU", at_once=True, reason_en="Shelling", reason_nl="Beschietingen", expires=None,
        review_date="2026-12-01", check_by="2026-11-30",
    )  # fmt: skip
    settled = [
        entry(2, "a:1", "alert_decided", rule="sharp_rise", direction="worse", disposition="false", reason="double"),
        entry(3, "a:2", "alert_decided", rule="sharp_rise", direction="worse", disposition="watch", reason="look"),
    ]
    facts = collect(reader, "AF-KAB", entries=[drafted, *settled], now=NOW)
    assert facts.standing is not None
    assert (facts.standing.status, facts.standing.shown) == ("in_force", "A1")
    assert facts.settled == {"a:1"}, "watched is not settled"
    assert facts.version.endswith(".1")
    assert collect(reader, "AF-KAB", entries=(), now=NOW).standing is None
    assert collect(reader, "AF-KAB", entries=None, now=NOW).ledger_read is False


def test_the_decision_of_a_version_is_the_entry_of_the_ledger() -> None:
    version = parse("AF-KAB.0123456789abcdef.0123456789ab.7")
    assert (version.region_id, version.run_id, version.decision) == ("AF-KAB", "0123456789abcdef", 7)
    assert decided([entry(6, "AF-KAB"), entry(7, "AF-KAB")], version) == entry(7, "AF-KAB")
    with pytest.raises(VersionError, match="has no decision 7 on AF-KAB; restore it from backup"):
        decided([entry(7, "AF-BAL")], version)
    assert decided([], parse("AF-KAB.0123456789abcdef.0123456789ab")) is None
