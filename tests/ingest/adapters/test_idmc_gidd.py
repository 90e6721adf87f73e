"""Yearly displacement: None is no data, zero is zero; disasters without an id are neither merged nor lost."""

import csv
import json

import pytest

from ingest.adapters import idmc_gidd
from ingest.model import AdapterError, Event, Observation
from tests.ingest.adapters.helpers import (
    ANSWERS,
    answer,
    compact,
    events,
    expected,
    manifest,
    observations,
    problems,
    source,
)

URL = "https://helix-tools-api.idmcdb.org/external-api/gidd/displacements/?client_id=KEY&format=json&limit=2&offset=0"


@pytest.mark.parametrize("name", ["displacements", "disasters"])
def test_the_rows_written_down_beside_the_answer(name):
    rows = idmc_gidd.parse(answer(ANSWERS / "idmc_gidd" / f"{name}.json", URL), source())
    assert [compact(row) for row in rows] == expected("idmc_gidd", f"{name}.expected.json")


def test_the_next_page_is_asked_with_our_own_key(monkeypatch):
    monkeypatch.setenv("A_TEST_KEY", "secret-key")
    entry = source(urls=(URL,), key_variable="A_TEST_KEY", key_help="Ask.")
    (asked,) = idmc_gidd.follow(answer(ANSWERS / "idmc_gidd" / "displacements.json", URL), entry)
    assert asked.url == URL.replace("client_id=KEY", "client_id=secret-key").replace("offset=0", "offset=2")
    assert list(idmc_gidd.follow(answer(ANSWERS / "idmc_gidd" / "disasters.json", URL), entry)) == []


def test_an_error_message_is_refused():
    with pytest.raises(AdapterError, match="no results"):
        list(idmc_gidd.parse(answer('{"detail": "client id is wrong"}', URL), source()))


def test_the_captured_answers(real):
    for path, url in manifest(real, "idmc_gidd"):
        results = json.loads(path.read_bytes())["results"]
        rows = list(idmc_gidd.parse(answer(path, url), source()))
        if "disaster" in path.name:
            assert len(events(rows)) == len(results) == 100
            assert sum(event.displaced or 0 for event in events(rows)) == sum(
                row["new_displacement"] or 0 for row in results
            )
            swapped = sum(bool(row["end_date"]) and row["end_date"] < row["start_date"] for row in results)
            assert len(problems(rows, "bad_date")) == len(problems(rows)) == swapped
        else:
            stated = sum(
                row[name] is not None for row in results for name in ("new_displacement", "total_displacement")
            )
            assert len(observations(rows)) == stated
            assert not problems(rows)


def test_the_table_in_the_inbox_gives_the_rows_of_the_pages(real):
    path = real / "displacement" / "idmc_gidd_idps.csv"
    with path.open(encoding="utf-8-sig", newline="") as lines:
        stated = sum(
            row[name] != "" for row in csv.DictReader(lines) for name in ("new_displacement", "total_displacement")
        )
    table = {row.key: row.value for row in idmc_gidd.parse(answer(path, "inbox:///idmc_gidd/idps.csv"), source())}
    assert len(table) == stated
    for page, url in manifest(real, "idmc_gidd"):
        if "displacement" in page.name:
            for row in idmc_gidd.parse(answer(page, url), source()):
                assert isinstance(row, Observation)
                assert not isinstance(row, Event)
                assert table.get(row.key, row.value) == row.value
