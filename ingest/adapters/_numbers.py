"""Numbers and periods as sources write them. Missing is None, zero is a measured zero, what cannot be read raises."""

from __future__ import annotations

import math
import re
from calendar import monthrange
from datetime import date, datetime
from functools import lru_cache
from typing import Any

MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
MISSING = frozenset({"", "-", "na", "n/a", "n.a.", "nan", "null", "none", "..", "..."})


def number(value: Any) -> float | None:
    """`value` as a finite float; None when the source says there is none (see MISSING).

    A comma is taken as a thousands separator only in the form 1,234 or 1,234,567.89. Raises ValueError for text that
    is no number, for infinity and for booleans.
    """
    if value is None:
        return None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        found = float(value)
        if math.isnan(found):
            return None
        if math.isinf(found):
            raise ValueError(f"{value!r} is not finite")
        return found
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is no number")
    text = value.strip()
    if text.casefold() in MISSING:
        return None
    if "," in text and re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?", text):
        text = text.replace(",", "")
    if "_" in text:
        raise ValueError(f"{value!r} is no number")
    found = float(text)
    if not math.isfinite(found):
        raise ValueError(f"{value!r} is not finite")
    return found


def within(value: float | None, low: float, high: float) -> float | None:
    """The value itself when it lies in [low, high] or is None; ValueError when it does not."""
    if value is not None and not low <= value <= high:
        raise ValueError(f"{value:g} is outside {low:g} to {high:g}")
    return value


def whole(value: Any) -> int:
    """An integer written as 2024, "2024" or "2024.0"; ValueError for anything else."""
    found = number(value)
    if found is None or found != int(found):
        raise ValueError(f"{value!r} is no whole number")
    return int(found)


def year_span(year: int) -> tuple[date, date]:
    """First and last day of a calendar year; ValueError outside 1700-2200."""
    if not 1700 <= year <= 2200:
        raise ValueError(f"{year} is no plausible year")
    return date(year, 1, 1), date(year, 12, 31)


def month_span(year: int, month: int) -> tuple[date, date]:
    """First and last day of a calendar month."""
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


@lru_cache(maxsize=4096)
def month_of(text: str) -> tuple[date, date]:
    """First and last day of a month written "Apr 2023", "April 2023" or "Apr2023"; ValueError for anything else.

    Month names are English whatever the locale of the machine.
    """
    match = re.fullmatch(r"\s*([A-Za-z]{3,9})\.?\s*(\d{4})\s*", text)
    found = [n for n, name in enumerate(MONTHS, 1) if match and name.startswith(match[1].lower())]
    if not match or not found:
        raise ValueError(f"{text!r} is no month; expected e.g. 'Apr 2023'")
    return month_span(int(match[2]), found[0])


def months_between(text: str) -> tuple[date, date]:
    """First and last day of "Apr 2023 - Oct 2023"; ValueError when it is no such period or runs backwards."""
    parts = re.split(r"\s+[-–]\s+", text.strip())
    if len(parts) != 2:
        raise ValueError(f"{text!r} is no period; expected e.g. 'Apr 2023 - Oct 2023'")
    start, end = month_of(parts[0])[0], month_of(parts[1])[1]
    if end < start:
        raise ValueError(f"{text!r} ends before it starts")
    return start, end


@lru_cache(maxsize=65536)
def day_of(text: Any) -> date:
    """The calendar day of an ISO date or date-time ("2023-04-01", "2019-12-31 23:59:59+00:00", "…T00:00:00Z").

    The day is taken as written, without moving it between time zones. ValueError for anything else.
    """
    if isinstance(text, datetime):
        return text.date()
    if isinstance(text, date):
        return text
    match = re.match(r"\s*(\d{4}-\d{2}-\d{2})(?:[T ]|\s*$)", str(text))
    if not match:
        raise ValueError(f"{text!r} is no ISO date")
    return date.fromisoformat(match[1])


def span_of(text: str) -> tuple[date, date]:
    """First and last day of 2023, 2023Q2 or 2023M05; ValueError for anything else."""
    match = re.fullmatch(r"(\d{4})(?:Q([1-4])|M(\d{2}))?", text)
    if not match:
        raise ValueError(f"{text!r} is no year, quarter or month")
    year = int(match[1])
    if match[2]:
        last = 3 * int(match[2])
        return month_span(year, last - 2)[0], month_span(year, last)[1]
    return month_span(year, int(match[3])) if match[3] else year_span(year)
