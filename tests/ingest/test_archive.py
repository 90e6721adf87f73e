"""The archive: what goes in comes out, nothing is ever overwritten, a torn file is recognised."""

from __future__ import annotations

import csv
import gzip
import io
import os
import random
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from ingest import archive_warc
from ingest.archive import Archive, ArchiveError, Record
from ingest.archive_pack import captured_at
from ingest.model import Answer, digest_of

AT = datetime(2026, 11, 23, 12, 30, 0, 123456)


def answer(number: int = 1, body: bytes | None = None, **changes: object) -> Answer:
    body = f"answer {number}".encode() * 50 if body is None else body
    values: dict[str, object] = {
        "source_id": "one", "url": f"https://source.example/{number}", "status": 200,
        "headers": {"content-type": "text/plain; charset=utf-8", "etag": f'"{number}"'}, "body": body,
        "retrieved_at": AT + timedelta(minutes=number), "digest": digest_of(body),
    }  # fmt: skip
    return Answer(**{**values, **changes})  # type: ignore[arg-type]


def test_what_goes_in_comes_out(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive:
        records = [archive.append(answer(number), run_id="run-1") for number in range(3)]
        records.append(archive.append(answer(9, source_id="two", final_url="https://other.example/"), run_id="run-2"))
    again = Archive(tmp_path)
    assert list(again.records()) == records
    assert list(again.records(source_id="two")) == list(again.records(run_id="run-2")) == records[3:]
    for number, record in enumerate(records[:3]):
        found = again.read(record)
        assert (found.body, found.url, found.source_id) == (answer(number).body, answer(number).url, "one")
        assert found.retrieved_at == answer(number).retrieved_at
        assert found.headers["etag"] == record.etag == f'"{number}"'
        assert record.media_type == found.media_type == "text/plain"
    assert again.read(records[3]).final_url == records[3].final_url == "https://other.example/"
    assert again.verify() == []


@settings(max_examples=60, deadline=None)
@given(
    body=st.binary(max_size=2000),
    path=st.text(max_size=40),
    value=st.text(max_size=40),
    status=st.integers(200, 599),
    at=st.datetimes(datetime(1997, 1, 1), datetime(2100, 1, 1)),
)
def test_any_answer_survives(body: bytes, path: str, value: str, status: int, at: datetime, tmp_path_factory) -> None:
    folder = tmp_path_factory.mktemp("any")
    path = path.encode("utf-8", "replace").decode()
    given_ = answer(body=body, url=f"https://source.example/{path}", status=status, retrieved_at=at,
                    headers={"x-value": value, "content-encoding": "gzip"})  # fmt: skip
    with Archive(folder) as archive:
        record = archive.append(given_, run_id="run-1")
    found = Archive(folder).read(record)
    assert (found.body, found.url, found.status) == (given_.body, given_.url, given_.status)
    assert found.retrieved_at == given_.retrieved_at
    assert "content-encoding" not in found.headers, "the body is stored decoded"
    clean = "".join(c if ord(c) > 31 and ord(c) != 127 else " " for c in value).strip()
    kept = found.headers["x-value"].split()
    assert kept == clean.encode("utf-8", "replace").decode().split()


def test_files_are_valid_warc_by_the_library_of_the_field(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive:
        for number in range(3):
            archive.append(answer(number), run_id="run-1")
    path = tmp_path / "returnwatch-000001.warc.gz"
    checker = Checker(type("Command", (), {"inputs": [str(path)], "verbose": False})())
    assert checker.process_all() == 0
    with path.open("rb") as file:
        kinds = [(record.rec_type, record.rec_headers.protocol) for record in ArchiveIterator(file)]
    assert kinds == [("warcinfo", "WARC/1.1"), *[("response", "WARC/1.1")] * 3]


def test_the_same_body_is_stored_once(tmp_path: Path) -> None:
    body = random.Random(1).randbytes(200_000)
    with Archive(tmp_path) as archive:
        first = archive.append(answer(1, body), run_id="run-1")
        size = (tmp_path / first.warc_file).stat().st_size
        later = archive.append(answer(1, body, retrieved_at=AT + timedelta(days=1)), run_id="run-2")
        assert (tmp_path / first.warc_file).stat().st_size - size < 2000
        changed = archive.append(answer(1, body + b"!"), run_id="run-3")
    again = Archive(tmp_path)
    assert again.read(later).body == again.read(first).body == body
    assert again.read(later).retrieved_at == AT + timedelta(days=1)
    assert again.read(changed).body == body + b"!"
    assert [record.bytes for record in again.records()] == [200_000, 200_000, 200_001]
    assert again.find("one", later.url, later.digest) == first
    assert again.latest("one", later.url) == later
    assert again.verify() == []


def test_files_are_closed_when_full_and_order_is_kept(tmp_path: Path) -> None:
    rng = random.Random(2)
    with Archive(tmp_path, rotate_bytes=5000) as archive:
        records = [archive.append(answer(n, rng.randbytes(2000)), run_id="run-1") for n in range(8)]
    assert len({record.warc_file for record in records}) >= 3
    assert list(Archive(tmp_path).records()) == records


def test_a_new_process_goes_on_in_the_same_file(tmp_path: Path) -> None:
    for number in range(3):
        with Archive(tmp_path) as archive:
            archive.append(answer(number), run_id="run-1")
    assert len(list(tmp_path.glob("*.warc.gz"))) == 1
    assert [record.url[-1] for record in Archive(tmp_path).records()] == ["0", "1", "2"]


def test_two_writers_never_share_a_file(tmp_path: Path) -> None:
    with Archive(tmp_path) as one, Archive(tmp_path) as two:
        one.append(answer(1), run_id="a")
        two.append(answer(2), run_id="b")
        one.append(answer(3), run_id="a")
    assert len(list(tmp_path.glob("*.warc.gz"))) == 2
    assert Archive(tmp_path).verify() == []
    assert len(list(Archive(tmp_path).records())) == 3


@pytest.mark.parametrize("cut", [1, 40, 300])
@pytest.mark.parametrize("index", ["kept", "lost", "torn"])
def test_a_torn_file_keeps_its_whole_records_and_is_left_alone(tmp_path: Path, cut: int, index: str) -> None:
    with Archive(tmp_path) as archive:
        records = [archive.append(answer(n, os.urandom(400)), run_id="run-1") for n in range(3)]
    path = tmp_path / records[0].warc_file
    path.write_bytes(path.read_bytes()[:-cut])
    listing = path.with_name(path.name + ".index")
    if index == "lost":
        listing.unlink()
    elif index == "torn":
        listing.write_bytes(listing.read_bytes()[:-20])
    torn = path.read_bytes()
    with Archive(tmp_path) as archive:
        assert list(archive.records()) == records[:2]
        assert archive.read(records[1]).digest == records[1].digest
        assert len(archive.verify()) >= 1
        assert "the 2 records before it are whole" in archive.verify()[0]
        new = archive.append(answer(7), run_id="run-2")
    assert new.warc_file != records[0].warc_file
    assert path.read_bytes() == torn, "append-only"
    assert list(Archive(tmp_path).records()) == [*records[:2], new]


def test_an_index_that_lies_is_not_believed(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive:
        records = [archive.append(answer(n), run_id="run-1") for n in range(4)]
    listing = tmp_path / (records[0].warc_file + ".index")
    lines = listing.read_bytes().splitlines(keepends=True)
    listing.write_bytes(lines[0] + lines[2])  # one line missing in the middle
    assert list(Archive(tmp_path).records()) == records
    listing.write_bytes(b"not json\n" + b"".join(lines))
    with Archive(tmp_path) as archive:
        assert list(archive.records()) == records
        archive.append(answer(8), run_id="run-2")
    assert len(listing.read_bytes().splitlines()) == 5, "made again by the next writer"


def test_killed_while_writing(tmp_path: Path) -> None:
    """A process killed with SIGKILL while it appends: whatever it told of is there, whole."""
    code = (
        "import sys, os, random\nfrom pathlib import Path\nfrom datetime import datetime\n"
        "from ingest.archive import Archive\nfrom ingest.model import Answer, digest_of\n"
        "archive = Archive(Path(sys.argv[1]))\nr = random.Random(3)\n"
        "for n in range(100000):\n"
        "    b = r.randbytes(300000)\n"
        "    a = Answer('one', f'https://x.example/{n}', 200, {}, b, datetime(2026, 1, 1), digest_of(b))\n"
        "    print(archive.append(a, run_id='r').digest, flush=True)\n"
    )
    child = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    told = [child.stdout.readline().strip() for _ in range(5)]
    child.send_signal(signal.SIGKILL)
    told += child.stdout.read().split()
    child.wait()
    with Archive(tmp_path) as archive:
        records = {record.digest: record for record in archive.records()}
        for digest in told:
            assert len(archive.read(records[digest]).body) == 300_000
        archive.append(answer(1), run_id="after")
        assert len(list(archive.records())) == len(records) + 1


def test_damage_is_found_and_said(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive:
        records = [archive.append(answer(n, os.urandom(500)), run_id="run-1") for n in range(3)]
    path = tmp_path / records[0].warc_file
    data = bytearray(path.read_bytes())
    middle = (records[1].offset + records[2].offset) // 2
    data[middle : middle + 8] = b"\0" * 8
    path.write_bytes(data)
    archive = Archive(tmp_path)
    assert archive.read(records[0]).body
    assert archive.read(records[2]).body, "the index still leads to what lies after the damage"
    with pytest.raises(ArchiveError, match="restore returnwatch-000001"):
        archive.read(records[1])
    assert any("byte" in fault for fault in archive.verify())


def test_a_wrong_digest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="digest"):
        Archive(tmp_path).append(answer(digest="0" * 64), run_id="run-1")
    assert not list(tmp_path.iterdir())


def test_addresses_that_are_not_of_the_web(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive:
        record = archive.append(answer(url="inbox:///one/a file (2).csv"), run_id="inbox")
    found = Archive(tmp_path).read(record)
    assert (found.url, found.body, found.status) == ("inbox:///one/a file (2).csv", answer().body, 200)
    assert found.headers["content-type"].startswith("text/plain")


def foreign(path: Path, *, compressed: bool) -> list[bytes]:
    """A WARC file as other tools make them: chunked and compressed bodies, no fields of ours."""
    bodies = [b"plain words", b"packed words " * 40, b"chunked words"]
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(bodies[2]), bodies[2])
    stored = [(bodies[0], {}), (gzip.compress(bodies[1]), {"Content-Encoding": "gzip"}),
              (chunked, {"Transfer-Encoding": "chunked"})]  # fmt: skip
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=compressed)
        for number, (body, headers) in enumerate(stored):
            http = StatusAndHeaders("200 OK", [("Content-Type", "text/plain"), *headers.items()], protocol="HTTP/1.1")
            url = f"http://other.example/{number}"
            asked = io.BytesIO(b"GET / HTTP/1.1\r\n\r\n")
            writer.write_record(writer.create_warc_record(url, "request", payload=asked))
            record = writer.create_warc_record(
                url, "response", payload=io.BytesIO(body), length=len(body), http_headers=http,
                warc_headers_dict={"WARC-Date": f"2026-03-0{number + 1}T10:00:00Z"},
            )  # fmt: skip
            writer.write_record(record)
    return bodies


@pytest.mark.parametrize("compressed", ["one member a record", "not at all", "as a whole"])
def test_files_of_others_are_read(tmp_path: Path, compressed: str) -> None:
    path = tmp_path / "others.warc.gz"
    bodies = foreign(path, compressed=compressed == "one member a record")
    if compressed == "as a whole":
        path.write_bytes(gzip.compress(path.read_bytes()))
    found = list(archive_warc.scan(path))
    assert [stored.kind for stored in found] == ["response"] * 3
    for stored, body in zip(found, bodies, strict=True):
        again, read = archive_warc.load(path, stored.offset, stored.nth)
        made = archive_warc.answer_of(again, read, "named")
        assert (made.body, made.source_id, made.digest) == (body, "named", digest_of(body))
        assert "content-encoding" not in made.headers
        assert "transfer-encoding" not in made.headers
    assert [stored.retrieved_at.day for stored in found] == [1, 2, 3]


def test_what_is_no_warc_is_said(tmp_path: Path) -> None:
    for content in (b"PK\x03\x04 some zip", gzip.compress(b"{}"), b"\x1f\x8b\x08garbage"):
        path = tmp_path / "file"
        path.write_bytes(content)
        with pytest.raises(archive_warc.WarcError, match="at byte 0"):
            list(archive_warc.scan(path))


def manifest(folder: Path, *lines: str) -> Path:
    (folder / "answers").mkdir(exist_ok=True)
    (folder / "answers/a.csv").write_bytes(b"iso3,deaths\nAFG,1\n")
    path = folder / "MANIFEST.csv"
    path.write_text("\n".join(["file,source_id,url,media_type,captured,licence,may_ship,note", *lines]))
    return path


def test_pack_makes_the_same_file_twice(tmp_path: Path) -> None:
    path = manifest(
        tmp_path,
        "answers/a.csv,one,https://one.example/a.csv,text/csv,2025-02,CC BY,yes,",
        'answers/a.csv,two,https://two.example/a.csv,text/csv,2024,"CC BY, credit",no,"a note, with a comma"',
    )
    archive = Archive(tmp_path / "unused")
    assert archive.pack(path, tmp_path / "one/out.warc.gz") == 2
    assert archive.pack(path, tmp_path / "two/out.warc.gz") == 2
    data = (tmp_path / "one/out.warc.gz").read_bytes()
    assert data == (tmp_path / "two/out.warc.gz").read_bytes()
    found = list(archive_warc.scan(tmp_path / "one/out.warc.gz"))
    assert [(stored.source_id, stored.status) for stored in found] == [("one", 200), ("two", 200)]
    days = [datetime(2025, 2, 28, 23, 59, 59), datetime(2024, 12, 31, 23, 59, 59)]
    assert [stored.retrieved_at for stored in found] == days
    assert not (tmp_path / "unused").exists()


def test_pack_says_every_fault_and_writes_nothing(tmp_path: Path) -> None:
    path = manifest(
        tmp_path,
        "answers/none.csv,one,https://one.example/a,text/csv,2025-02,,,",
        "../secret,one,https://one.example/a,text/csv,2025-02,,,",
        "answers/a.csv,,nothing,text/csv,last year,,,",
    )
    with pytest.raises(ArchiveError) as caught:
        Archive(tmp_path).pack(path, tmp_path / "out.warc.gz")
    lines = str(caught.value).splitlines()
    assert len(lines) == 5
    for words in ("line 2", "does not exist", "outside", "source_id is empty", "no address", "no month"):
        assert words in str(caught.value)
    assert not list(tmp_path.glob("out*"))
    path.write_text("datei,quelle\n")
    with pytest.raises(ArchiveError, match="no column file"):
        Archive(tmp_path).pack(path, tmp_path / "out.warc.gz")


@pytest.mark.parametrize(
    ("captured", "changed", "expected"),
    [
        ("2026-07", datetime(2026, 11, 23), datetime(2026, 7, 31, 23, 59, 59)),
        ("2026-11", datetime(2026, 11, 20, 8), datetime(2026, 11, 20, 8)),
        ("2026", datetime(2026, 11, 20, 8), datetime(2026, 11, 20, 8)),
        ("2025", datetime(2026, 11, 20, 8), datetime(2025, 12, 31, 23, 59, 59)),
        ("2024-02", datetime(2020, 1, 1), datetime(2024, 2, 29, 23, 59, 59)),
        ("2026-07-05", datetime(2026, 11, 23), datetime(2026, 7, 5, 23, 59, 59)),
        ("-", datetime(2026, 11, 20, 8), datetime(2026, 11, 20, 8)),
        ("July", datetime(2026, 11, 20, 8), None),
        ("2026-13", datetime(2026, 11, 20, 8), None),
    ],
)
def test_when_an_answer_was_captured(captured: str, changed: datetime, expected: datetime | None) -> None:
    assert captured_at(captured, changed) == expected


def test_the_captured_answers_pack_whole(real: Path, tmp_path: Path) -> None:
    """Every file of the real manifest comes out as it went in; counted and hashed by other means than ours."""
    rows = list(csv.DictReader((real / "MANIFEST.csv").open(encoding="utf-8")))
    assert Archive(tmp_path / "a").pack(real / "MANIFEST.csv", tmp_path / "real.warc.gz") == len(rows)
    with (tmp_path / "real.warc.gz").open("rb") as file:
        found = [
            (record.rec_headers.get_header("WARC-Target-URI"), sha256(record.content_stream().read()).hexdigest())
            for record in ArchiveIterator(file)
            if record.rec_type == "response"
        ]
    wanted = [(row["url"], sha256((real / row["file"]).read_bytes()).hexdigest()) for row in rows]
    assert [digest for _, digest in found] == [digest for _, digest in wanted]
    same = sum(left[0] == right[0] for left, right in zip(found, wanted, strict=True))
    assert same == len(rows) - sum(" " in row["url"] for row in rows)


def test_record_fields_are_the_contract() -> None:
    assert list(Record.__dataclass_fields__) == [
        "source_id", "run_id", "url", "status", "digest", "retrieved_at", "warc_file", "record_id", "offset", "bytes",
        "media_type", "etag", "last_modified", "final_url",
    ]  # fmt: skip
