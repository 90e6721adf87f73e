"""Travel advice of four governments, each captured table counted by itself; and the five in one scale."""

import json
import re
from collections import Counter

import pytest

from ingest.adapters import _scope, advisories
from tests.ingest.adapters.helpers import ANSWERS, answer, observations, problems, source

URL = "https://advice.example.org/index"


def rows_of(body):
    return list(advisories.parse(answer(body, URL), source()))


@pytest.fixture
def captured(real):
    return real / "answers" / "travel_advice_17gov"


def test_german_seconds_and_milliseconds_are_the_same_moment():
    rows = observations(rows_of(ANSWERS / "advisories" / "germany.json"))
    assert {row.published.isoformat() for row in rows} == {"2026-09-01T12:00:00"}


@pytest.mark.parametrize("value", [None, 0, -5, "1788264000", True, 1e300, 33_000_000_000])
def test_a_time_that_is_none_gives_no_publication(value):
    told = {"response": {"1": {"iso3CountryCode": "SOM", "warning": True, "lastModified": value}}}
    rows = rows_of(json.dumps(told))
    (level,) = observations(rows)
    assert level.published is None
    assert level.ref_start.isoformat() == "2026-11-23"  # the day of retrieval


def test_a_level_for_parts_never_raises_the_whole_country():
    rows = observations(rows_of(ANSWERS / "advisories" / "germany.json"))
    assert {(r.place.iso3, r.dimensions["scope"]): r.value for r in rows} == {
        ("SOM", "whole_country"): 4.0,
        ("GHA", "whole_country"): 1.0,
        ("GHA", "parts"): 4.0,
        ("NPL", "whole_country"): 1.0,
        ("NPL", "parts"): 3.0,
    }


def test_the_captured_german_index(captured):
    table = [row for row in json.loads((captured / "de-index.json").read_text())["response"].values()
             if isinstance(row, dict)]  # fmt: skip
    rows = rows_of(captured / "de-index.json")
    assert not problems(rows)
    levels = Counter((row.dimensions["scope"], row.value) for row in observations(rows))
    assert levels == {
        ("whole_country", 4.0): sum(row["warning"] for row in table),
        ("whole_country", 1.0): sum(not row["warning"] for row in table),
        ("parts", 4.0): sum(row["partialWarning"] for row in table),
    }
    assert len(table) == 200
    assert {row.published.year for row in observations(rows)} <= {2024, 2025, 2026}


def test_the_captured_canadian_index(captured):
    table = json.loads((captured / "ca-index.json").read_text())["data"]
    rows = rows_of(captured / "ca-index.json")
    counted = {code: row for code, row in table.items() if _scope.iso3_of(row["country-iso"])}
    assert {problem.where for problem in problems(rows)} == table.keys() - counted.keys() == {"PT-20", "IC"}
    assert Counter(row.value for row in observations(rows)) == Counter(
        row["advisory-state"] + 1.0 for row in counted.values()
    )
    assert sum("parts" in row.dimensions for row in observations(rows)) == sum(
        bool(row["has-regional-advisory"]) for row in counted.values()
    )


def test_the_captured_american_feed(captured):
    path = captured / "us-rss.xml"
    rows = rows_of(path)
    stated = re.findall(r"<title>(.+) - Level (\d)", path.read_text())
    assert [(row.place.iso3, row.value) for row in observations(rows)] == [
        (_scope.iso3_of_name(name), float(level)) for name, level in stated
    ]
    assert [row.published.isoformat() for row in observations(rows)] == [
        "2026-06-20T00:00:00", "2026-06-09T00:00:00", "2026-06-10T00:00:00"
    ]  # fmt: skip
    assert not problems(rows)


def test_nearly_every_name_of_the_captured_summaries_is_a_country_we_know(real):
    """Names of four publishers that no list here was written from; what is left over is islands and parts of states."""
    shares = {}
    for name in ("australia", "canada", "unitedstates", "unitedkingdom"):
        table = json.loads((real / "advisories" / f"{name}_summary.json").read_text())
        known = [advisories._named(row["destination"]) for row in table]
        shares[name] = sum(map(bool, known)) / len(table)
    assert min(shares.values()) > 0.93, shares


def test_the_captured_australian_wordings_are_the_four_we_know(real):
    table = json.loads((real / "advisories" / "australia_summary.json").read_text())
    rows = rows_of(json.dumps(table))
    assert len(observations(rows)) + len(problems(rows, "unknown_code")) == len(table) == 179
    assert len(observations(rows)) / len(table) > 0.93
