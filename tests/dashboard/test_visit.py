"""The day of the last visit comes from the browser, so it is checked like anything that does."""

from __future__ import annotations

from datetime import date

import pytest

from dashboard import visit

TODAY = date(2026, 11, 28)


@pytest.mark.parametrize("value", [None, "", "yesterday", "2026-11-28", "2027-01-01", 7, ["2026-01-01"], "<script>"])
def test_only_a_day_before_today_counts(value: object) -> None:
    assert visit.parse(value, TODAY) is None


def test_a_day_before_today_is_the_last_visit() -> None:
    assert visit.parse("2026-11-01", TODAY) == date(2026, 11, 1)
