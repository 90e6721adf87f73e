"""Numbers and periods: missing is None, zero is zero, the rest is an error."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.adapters._numbers import day_of, month_of, months_between, number, span_of, whole, within, year_span


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("0", 0.0), ("0.0", 0.0), (0, 0.0), ("1,234", 1234.0), ("1,234,567.5", 1234567.5), (" 12 ", 12.0),
        ("-2.5", -2.5), ("1e3", 1000.0), ("", None), ("-", None), ("N/A", None), ("..", None), ("NaN", None),
        (None, None), (float("nan"), None),
    ],
)  # fmt: skip
def test_numbers(written, value):
    assert number(written) == value


@pytest.mark.parametrize(
    "written", ["1,23", "12,34", "many", "inf", "1_000", "12 %", True, float("inf"), [], "1.2.3", "0x10"]
)
def test_what_is_no_number(written):
    with pytest.raises(ValueError, match=r"."):
        number(written)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_float_comes_back(value):
    assert number(repr(value)) == value


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_thousands_separators(value):
    assert number(f"{value:,}") == value
    assert whole(str(value)) == value


def test_bounds():
    assert within(None, 0, 1) is None
    assert within(0.0, 0, 1) == 0
    with pytest.raises(ValueError, match=r"1\.5 is outside 0 to 1"):
        within(1.5, 0, 1)


def test_periods():
    assert year_span(2024) == (date(2024, 1, 1), date(2024, 12, 31))
    assert month_of("Feb 2024") == (date(2024, 2, 1), date(2024, 2, 29))
    assert month_of("Sept2026") == month_of("September 2026") == (date(2026, 9, 1), date(2026, 9, 30))
    assert months_between("Oct 2021 - Mar 2022") == (date(2021, 10, 1), date(2022, 3, 31))
    assert span_of("2024Q4") == (date(2024, 10, 1), date(2024, 12, 31))


@pytest.mark.parametrize("text", ["Decoy 2024", "2024", "13 2024", "mai 2024", "", "J 2024"])
def test_what_is_no_month(text):
    with pytest.raises(ValueError, match="no month"):
        month_of(text)


@pytest.mark.parametrize("text", ["Oct 2021", "Mar 2022 - Oct 2021", "Oct 2021-Mar 2022", ""])
def test_what_is_no_period(text):
    with pytest.raises(ValueError, match=r"period|ends before"):
        months_between(text)


@pytest.mark.parametrize(
    "written",
    ["2019-12-31", "2019-12-31 23:59:59+00:00", "2019-12-31T23:59:59Z", date(2019, 12, 31), datetime(2019, 12, 31, 5)],
)
def test_a_day_is_taken_as_written(written):
    assert day_of(written) == date(2019, 12, 31)


@pytest.mark.parametrize("written", ["05-10-2026", "2026-13-01", "2026-02-30", "", None, "20261005", "2026-10-051"])
def test_what_is_no_day(written):
    with pytest.raises(ValueError, match=r"."):
        day_of(written)
