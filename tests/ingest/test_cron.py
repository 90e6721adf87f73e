"""Days of the week are those of cron: 0 and 7 are Sunday."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ingest.cron import cron_trigger

SUNDAY = datetime(2026, 11, 29, tzinfo=UTC)


@pytest.mark.parametrize(
    ("field", "days"),
    [
        ("0", ["Sun"]),
        ("7", ["Sun"]),
        ("1", ["Mon"]),
        ("1-5", ["Mon", "Tue", "Wed", "Thu", "Fri"]),
        ("5-7", ["Sun", "Fri", "Sat"]),
        ("0,3", ["Sun", "Wed"]),
        ("1-5/2", ["Mon", "Wed", "Fri"]),
        ("2/2", ["Tue", "Thu", "Sat"]),
        ("mon-fri", ["Mon", "Tue", "Wed", "Thu", "Fri"]),
        ("*", ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]),
    ],
)
def test_the_days_a_line_names(field: str, days: list[str]) -> None:
    trigger = cron_trigger(f"30 6 * * {field}", "UTC")
    moment, found = SUNDAY, []
    while (moment := trigger.get_next_fire_time(None, moment)) < SUNDAY + timedelta(days=7):
        found.append(f"{moment:%a}")
        moment += timedelta(minutes=1)
    assert found == days


@pytest.mark.parametrize("field", ["8", "5-3", "1-9", "1/0", "monday-ish"])
def test_no_day_is_refused(field: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        cron_trigger(f"30 6 * * {field}", "UTC")
