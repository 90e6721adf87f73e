"""Working days, for deadlines."""

from __future__ import annotations

from datetime import date, timedelta


def working_day(day: date, after: int) -> date:
    """The `after`-th working day (Monday to Friday) after `day`; 0 is the day itself. Public holidays count as days."""
    while after:
        day += timedelta(days=1)
        after -= day.weekday() < 5
    return day
