"""Replay: the same spider, the questions answered from WARC files."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from ingest import crawl_process
from ingest.archive import Archive
from ingest.crawl import CrawlError, Job
from ingest.crawl_replay import source_of
from ingest.model import Request
from tests.ingest.crawl_helpers import job, run, source
from tests.ingest.test_archive import answer

SITE = Path(__file__).parent / "crawl_site"


@pytest.fixture(scope="module", autouse=True)
def no_network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The crawl process of this module fails at any connection at all, and has the test adapters."""
    connects = tmp_path_factory.mktemp("replay") / "connects"
    connects.touch()
    with pytest.MonkeyPatch.context() as patch:
        crawl_process.stop()
        patch.setenv("PYTHONPATH", str(SITE))
        patch.setenv("RETURNWATCH_TEST_CONNECTS", str(connects))
        yield
        crawl_process.stop()
    assert connects.read_text() == "", "a replay asked for a connection"


def packed(folder: Path, *answers: object) -> Path:
    """A WARC file of ours with these answers."""
    with Archive(folder) as archive:
        for one in answers:
            archive.append(one, run_id="captured")  # type: ignore[arg-type]
    (path,) = folder.glob("*.warc.gz")
    return path


def test_every_archived_answer_of_a_source_is_given_once(tmp_path: Path) -> None:
    old = answer(1, b"old", retrieved_at=datetime(2026, 1, 1))
    new = answer(1, b"new", retrieved_at=datetime(2026, 2, 1))
    other = answer(2, source_id="two")
    path = packed(tmp_path / "from", new, old, other)
    jobs = [Job(source("one", "https://source.example/1", "https://source.example/9", allow_private=False),
                (Request("https://source.example/1"), Request("https://source.example/9")), {}),
            job("two", "https://source.example/2")]  # fmt: skip
    by_source = run(jobs, tmp_path / "to", replay=[path])
    kinds = [(outcome.url[-1], outcome.kind) for outcome in by_source["one"]]
    assert kinds == [("1", "answered"), ("1", "answered"), ("9", "not_in_archive")]
    assert [outcome.kind for outcome in by_source["two"]] == ["answered"]
    archive = Archive(tmp_path / "to")
    assert [archive.read(outcome.record).body for outcome in by_source["one"][:2]] == [b"old", b"new"], "oldest first"
    assert by_source["one"][0].record.retrieved_at == datetime(2026, 1, 1), "when it was retrieved, not replayed"
    assert {record.run_id for record in archive.records()} == {"run-1"}
    before = list(archive.records())
    again = run(jobs, tmp_path / "to", run_id="run-2", replay=[path])
    assert [outcome.record for outcome in again["one"][:2]] == [outcome.record for outcome in by_source["one"][:2]]
    assert list(Archive(tmp_path / "to").records()) == before, "nothing is stored twice"


def test_faults_in_the_archive_are_faults_again_but_not_retried(tmp_path: Path) -> None:
    path = packed(
        tmp_path / "from", answer(1, status=404), answer(2, status=503), answer(3, b"\xff\xfe not text"), answer(4, b"")
    )
    asked = run([job("one", "https://source.example/1")], tmp_path / "to", replay=[path])["one"]
    assert [outcome.kind for outcome in asked] == ["not_found", "server_error", "answered", "answered"]


def test_paging_is_followed_inside_the_archive(tmp_path: Path) -> None:
    pages = [answer(n, url=f"https://source.example/pages/{n}") for n in (1, 2)]
    path = packed(tmp_path / "from", *pages)
    asked = run([job("one", "https://source.example/pages/1", adapter="crawl_paging")], tmp_path / "to", replay=[path])
    ends = [(outcome.url[-1], outcome.kind) for outcome in asked["one"]]
    assert ends == [("1", "answered"), ("2", "answered"), ("3", "not_in_archive")]


def test_files_of_others_find_their_source_by_address(tmp_path: Path) -> None:
    path = tmp_path / "others.warc"
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=False)
        for url, status, headers in (
            ("http://www.one.example/data/a.csv", "200 OK", []),
            ("https://shared.example/one/x", "200 OK", []),
            ("https://shared.example/two/x", "200 OK", []),
            ("https://unknown.example/", "200 OK", []),
            ("https://one.example/old", "301 Moved", [("Location", "/new")]),
            ("https://one.example/new", "200 OK", []),
        ):
            body = url.encode()
            http = StatusAndHeaders(status, [("Content-Type", "text/csv"), *headers], protocol="HTTP/1.1")
            record = writer.create_warc_record(
                url, "response", payload=io.BytesIO(body), length=len(body), http_headers=http,
                warc_headers_dict={"WARC-Date": "2026-03-01T10:00:00Z"},
            )  # fmt: skip
            writer.write_record(record)
    jobs = [
        job("one", "https://one.example/data/", "https://shared.example/one/"),
        job("two", "https://shared.example/two/"),
    ]
    by_source = run(jobs, tmp_path / "to", replay=[path])
    found = {(o.url, o.kind) for o in by_source["one"] if o.kind != "not_in_archive"}
    assert found == {
        ("http://www.one.example/data/a.csv", "answered"),
        ("https://shared.example/one/x", "answered"),
        ("https://one.example/old", "answered"),
    }
    assert {o.url for o in by_source["two"] if o.record} == {"https://shared.example/two/x"}
    moved = next(o.record for o in by_source["one"] if o.url.endswith("/old"))
    assert moved.final_url == "https://one.example/new"
    assert Archive(tmp_path / "to").read(moved).body == b"https://one.example/new"


def test_a_torn_file_gives_what_it_has_and_a_wrong_one_is_said(tmp_path: Path) -> None:
    path = packed(tmp_path / "from", answer(1), answer(2))
    path.write_bytes(path.read_bytes()[:-10])
    asked = run([job("one", "https://source.example/1")], tmp_path / "to", replay=[path])["one"]
    assert [outcome.kind for outcome in asked] == ["answered"]
    wrong = tmp_path / "wrong.warc.gz"
    wrong.write_bytes(b"PK\x03\x04 this is a zip")
    (outcome,) = run([job("one", "https://source.example/1")], tmp_path / "to", replay=[wrong])["one"]
    assert outcome.kind == "crashed"
    assert "wrong.warc.gz" in outcome.message
    with pytest.raises(CrawlError, match="does not exist"):
        run([job("one", "https://source.example/1")], tmp_path / "to", replay=[tmp_path / "absent"])


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/x/y/z", "deep"),
        ("https://a.example/x/q", "shallow"),
        ("https://a.example/exact?b=2", "exact"),
        ("https://b.example/anything", "alone"),
        ("https://www.b.example/", "alone"),
        ("https://tie.example/x", None),
        ("https://c.example/", None),
    ],
)
def test_source_of(url: str, expected: str | None) -> None:
    addresses = {
        "deep": ["https://a.example/x/y/"],
        "shallow": ["https://a.example/x/q/r"],
        "exact": ["https://a.example/exact?b=2", "https://tie.example/a"],
        "alone": ["http://b.example/feed", "https://tie.example/b"],
    }
    assert source_of(url, addresses) == expected


def test_the_captured_answers_are_all_replayed(real: Path, tmp_path: Path) -> None:
    """Counts per source and bytes as the manifest has them, and fast."""
    with (real / "MANIFEST.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    Archive(tmp_path / "unused").pack(real / "MANIFEST.csv", tmp_path / "real.warc.gz")
    jobs = [Job(source(name), (), {}) for name in sorted({row["source_id"] for row in rows})]
    by_source = run(jobs, tmp_path / "to", replay=[tmp_path / "real.warc.gz"])
    wanted = Counter(row["source_id"] for row in rows)
    assert {name: len(found) for name, found in by_source.items()} == dict(wanted)
    assert {outcome.kind for found in by_source.values() for outcome in found} == {"answered"}
    size = sum((real / row["file"]).stat().st_size for row in rows)
    stored = sum(outcome.record.bytes for found in by_source.values() for outcome in found)
    assert stored == size
