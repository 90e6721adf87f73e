"""Displacement updates: only recommended figures count, days survive the server's time zone."""

import json
import re
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.adapters import idmc_idu
from ingest.model import AdapterError
from tests.ingest.adapters.helpers import ANSWERS, answer, compact, events, expected, manifest, problems, source

URL = "https://helix-tools-api.idmcdb.org/external-api/idus/all/?client_id=KEY"
FILE = ANSWERS / "idmc_idu" / "list.json"


def test_the_rows_written_down_beside_the_answer():
    assert [compact(row) for row in idmc_idu.parse(answer(FILE, URL), source())] == expected(
        "idmc_idu", "list.expected.json"
    )


def test_an_error_message_is_refused():
    with pytest.raises(AdapterError, match="unknown form"):
        list(idmc_idu.parse(answer('{"detail": "client id is wrong"}', URL), source()))


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(-10, 13))
def test_midnight_of_any_zone_gives_its_day(day, zone):
    stamp = datetime(day.year, day.month, day.day) - timedelta(hours=zone)
    row = {
        "id": 1,
        "iso3": "MLI",
        "displacement_type": "Conflict",
        "figure": 1,
        "displacement_date": f"{stamp:%Y-%m-%dT%H:%M:%S}.000Z",
    }
    (event,) = events(idmc_idu.parse(answer(json.dumps([row]), URL), source()))
    assert (event.ref_start, event.ref_end) == (day, day)


def test_the_captured_answer(real):
    """The text beside each figure states its days in words: an independent check of the time zone."""
    ((path, url),) = manifest(real, "idmc_idu")
    listed = {str(row["id"]): row for row in json.loads(path.read_bytes())}
    rows = list(idmc_idu.parse(answer(path, url), source()))
    assert len(events(rows)) == len(listed) == 113
    assert not problems(rows)
    assert sum(event.displaced for event in events(rows)) == sum(row["figure"] for row in listed.values())
    for event in events(rows):
        words = re.search(r", (\d\d \w+) +- +(\d\d \w+)", listed[event.key]["standard_info_text"])
        assert words.groups() == (f"{event.ref_start:%d %B}", f"{event.ref_end:%d %B}")
