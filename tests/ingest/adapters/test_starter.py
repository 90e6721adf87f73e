"""Starter files: plain or packed the same rows, and strange ones refused with what to do."""

import csv
import gzip
import io

import pytest

from ingest.adapters import starter
from ingest.model import AdapterError
from tests.ingest.adapters.helpers import ANSWERS, answer, compact, source

URL = "https://starter.invalid/dtm/observations.csv"
FILE = ANSWERS / "starter" / "observations.csv"


def rows_of(body):
    return list(starter.parse(answer(body, URL), source()))


def test_a_packed_file_gives_the_rows_of_the_plain_one():
    assert rows_of(gzip.compress(FILE.read_bytes())) == rows_of(FILE)


def test_nothing_is_asked_of_the_network():
    assert list(starter.requests(source(), None)) == []


@pytest.mark.parametrize(
    "body",
    [b"", b"a,b\n1,2\n", b"<html></html>", b"\x1f\x8bcut", b"\xff\xfe", FILE.read_bytes().replace(b",1200,", b",many,"),
     FILE.read_bytes() + b"short,row\n"],
)  # fmt: skip
def test_a_file_that_is_none_or_was_edited_is_refused(body):
    with pytest.raises(AdapterError) as refused:
        rows_of(body)
    assert "ingest.starter" in refused.value.remedy


def test_every_shipped_file_is_read_whole(root):
    folder = root / "data" / "starter"
    with (folder / "MANIFEST.csv").open(encoding="utf-8", newline="") as lines:
        shipped = [row["file"] for row in csv.DictReader(lines)]
    assert {path.name for path in folder.glob("*.csv.gz")} == {name.rsplit("/", 1)[-1] for name in shipped}
    for path in sorted(folder.glob("*.csv.gz"), key=lambda path: path.stat().st_size)[:8]:  # the small ones
        text = gzip.decompress(path.read_bytes()).decode()
        rows = rows_of(path)
        assert len(rows) == sum(1 for _ in csv.reader(io.StringIO(text))) - 1 > 0
        assert len({row.key for row in rows}) <= len(rows)
        assert all(compact(row)["place"]["iso3"] for row in rows)
