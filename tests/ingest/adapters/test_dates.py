"""The date guard: what sources write, what we dare to keep, and what becomes a Problem that shows the raw words."""

from datetime import date, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.adapters import _dates
from tests.ingest.adapters.helpers import RETRIEVED, source

DUTCH = source(timezone="Europe/Amsterdam", date_formats=("%d-%m-%Y",))
CRISIS_GROUP = source(date_formats=("%A, %B %d, %Y - %H:%M",))
ANY = source()


@pytest.mark.parametrize(
    ("words", "entry", "value"),
    [
        # what feedparser misreads or cannot read, and what is right
        ("05-10-2026", DUTCH, datetime(2026, 10, 5)),
        ("Friday, October 3, 2025 - 12:26", CRISIS_GROUP, datetime(2025, 10, 3, 12, 26)),
        ("Wed, 30 Sep 2026 00:00:00 +0300", ANY, datetime(2026, 9, 30)),
        ("Mon, 09 Jun 2026", ANY, datetime(2026, 6, 9)),  # the weekday is wrong, the day is not
        ("2026-09-30T12:05:48+01:00", ANY, datetime(2026, 9, 30, 11, 5, 48)),
        # the forms of the other sources
        ("2026-03-21T09:23:36.587641713Z", ANY, datetime(2026, 3, 21, 9, 23, 36, 587641)),
        ("2017-03-31T00:00:00+0300", ANY, datetime(2017, 3, 31)),
        ("2026-09-29T12:00:00", ANY, datetime(2026, 9, 29, 12)),
        ("2026-07-01 13:00:00", DUTCH, datetime(2026, 7, 1, 11)),
        ("2026-03-21", DUTCH, datetime(2026, 3, 21)),
        ("Mon, 02 May 2022 00:00:00 GMT", DUTCH, datetime(2022, 5, 2)),
        ("Mon, 02 May 2022 08:30:00", DUTCH, datetime(2022, 5, 2, 6, 30)),  # no zone: the source's own time
        ("Mon, 02 May 2022 08:30:00 CEST", DUTCH, datetime(2022, 5, 2, 6, 30)),  # no zone the standard knows
        ("Mon, 02 May 2022 08:30:00 EDT", DUTCH, datetime(2022, 5, 2, 12, 30)),
        ("Tue, 10 Dec 2024 18:09:57 GMT", ANY, datetime(2024, 12, 10, 18, 9, 57)),
        ("  Tue,\n 10 Dec 2024\t18:09:57 -0500 ", ANY, datetime(2024, 12, 10, 23, 9, 57)),
    ],
)
def test_what_a_source_writes_and_what_is_kept(words, entry, value):
    assert _dates.read(words, entry, RETRIEVED) == _dates.Moment(value)


@pytest.mark.parametrize(
    "words",
    [
        "05-10-2026",  # day or month first? the catalog did not say
        "10/05/2026",
        "26-10-05",
        "Mon, 09 Jun 26 10:00:00 +0200",  # a year of two digits is a guess
        "Mon, 09 Jun 0025 10:00:00 +1000",
        "3 mei 2026",
        "yesterday",
        "2026-13-40",
        "2026-02-30T10:00:00Z",
        "Mon, 31 Feb 2026 10:00:00 GMT",
        "1790000000",
        "2026-10-05T10:00:00+99:99",
    ],
)
def test_what_is_ambiguous_or_no_date_is_a_problem_with_the_raw_words(words):
    moment = _dates.read(words, ANY, RETRIEVED, "entry 7")
    assert moment.value is None
    assert moment.problem.kind == "bad_date"
    assert repr(words) in moment.problem.message
    assert moment.problem.where == "entry 7"
    assert "date_formats of [source.test]" in moment.problem.remedy


@pytest.mark.parametrize("words", ["0025-06-09", "9999-12-31T10:00:00Z", "1994-12-31", "2026-11-25T06:00:01Z"])
def test_a_day_no_source_can_mean_is_a_problem(words):
    moment = _dates.read(words, ANY, RETRIEVED)
    assert moment.value is None
    assert "lies outside 1995-01-01 to 2026-11-25" in moment.problem.message


def test_the_borders_of_what_is_possible():
    assert _dates.read("2026-11-25T06:00:00Z", ANY, RETRIEVED).value == RETRIEVED + _dates.AHEAD
    assert _dates.read("1995-01-01", ANY, RETRIEVED).value == datetime(1995, 1, 1)
    older = source(earliest=date(1980, 1, 1))
    assert _dates.read("1981-04-01", older, RETRIEVED).value == datetime(1981, 4, 1)


@pytest.mark.parametrize("words", [None, "", "  \n "])
def test_a_missing_date_is_no_problem(words):
    assert _dates.read(words, ANY, RETRIEVED) == _dates.Moment(None)


def test_a_time_without_zone_is_the_sources_own_time():
    winter = _dates.read("2026-01-10T12:00:00", source(timezone="Europe/Amsterdam"), RETRIEVED)
    summer = _dates.read("2026-07-10T12:00:00", source(timezone="Europe/Amsterdam"), RETRIEVED)
    assert (winter.value, summer.value) == (datetime(2026, 1, 10, 11), datetime(2026, 7, 10, 10))


@given(
    words=st.text(max_size=60) | st.from_regex(r"[A-Z][a-z]{2}, \d{1,2} [A-Za-z]{3,9} \d{2,5}.{0,14}", fullmatch=True)
)
def test_no_text_makes_it_raise_and_no_kept_moment_is_impossible(words):
    for entry in (ANY, DUTCH, CRISIS_GROUP):
        moment = _dates.read(words, entry, RETRIEVED)
        if moment.value is None:
            assert (moment.problem is None) == (not words.split())
        else:
            assert datetime(1995, 1, 1) <= moment.value <= RETRIEVED + _dates.AHEAD
            assert moment.value.tzinfo is None
            assert moment.problem is None


@given(
    value=st.datetimes(datetime(1995, 1, 2), RETRIEVED - timedelta(days=1)).map(lambda v: v.replace(microsecond=0)),
    hours=st.integers(-12, 14),
)
def test_every_zone_says_the_same_moment(value, hours):
    there = value.replace(tzinfo=timezone(timedelta(hours=hours)))
    midnight = value.time() == datetime.min.time()
    right = value if midnight else value - timedelta(hours=hours)
    for words in (there.isoformat(), format_datetime(there)):
        assert _dates.read(words, ANY, RETRIEVED).value == right
