"""Checks at the border between adapters and the warehouse: text, numbers, days, codes. Pure; faults go to a callback.

A row is dropped only when it cannot stand without the faulty field; otherwise the field becomes NULL and the row stays.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ingest.model import NOWHERE, PRECISIONS, Place

# (kind, message, where): one problem of one row.
Report = Callable[[str, str, str], None]

AHEAD = timedelta(days=2)  # clocks and time zones differ; a feed may be dated tomorrow
AHEAD_PERIOD = timedelta(days=400)  # a period that has begun may end later (a year's index, a projection)


class Unfit(Exception):
    """The row cannot stand; the reason has been reported."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Which days a row of one answer may carry."""

    earliest: date
    retrieved: date

    def fault(self, start: date, end: date, projection: bool) -> str | None:
        """Why the period cannot be, or None. A period that began before retrieval may still be going on."""
        if start > end:
            return f"the period ends ({end}) before it starts ({start})"
        if start < self.earliest:
            return f"{start} is before {self.earliest}, the first day this source can speak of"
        latest_start = self.retrieved + (AHEAD_PERIOD if projection else AHEAD)
        if start > latest_start or end > self.retrieved + AHEAD_PERIOD:
            return f"{start} to {end} lies in the future of {self.retrieved}, the day of retrieval"
        return None


def text(value: Any) -> str | None:
    """Text that any UTF-8 store takes: no NUL, no half surrogates. None stays None."""
    if value is None:
        return None
    if not isinstance(value, str):
        value = str(value)
    if value.isascii():
        return value.replace("\x00", "") if "\x00" in value else value
    return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def texts(values: Any) -> list[str]:
    """A list of clean, non-empty texts in their order."""
    return [cleaned for cleaned in (text(value) for value in values or ()) if cleaned]


def link(value: Any, report: Report, where: str) -> str | None:
    """A web address, or None: `javascript:` and the like never reach a page."""
    cleaned = text(value)
    if not cleaned:
        return None
    if cleaned[:8].lower().startswith(("http://", "https://", "inbox://")):
        return cleaned
    report("bad_row", f"{cleaned[:200]!r} is no web address; the link was dropped", where)
    return None


# One encoder for all rows: json.dumps with these settings makes a new one each time.
_JSON = json.JSONEncoder(sort_keys=True, ensure_ascii=False, allow_nan=False, default=str)


def mapping(value: Mapping[str, Any] | None) -> str:
    """A mapping as JSON text with sorted keys; numbers that are not finite become null."""
    if not value:
        return "{}"
    try:
        found = _JSON.encode(value)
    except (ValueError, TypeError):
        found = json.dumps(_finite(value), sort_keys=True, ensure_ascii=False, default=str)
    if "\\u0000" in found:
        found = json.dumps(_without_nul(json.loads(found)), sort_keys=True, ensure_ascii=False)
    return text(found) or "{}"


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _without_nul(value: Any) -> Any:
    if isinstance(value, dict):
        return {key.replace("\x00", ""): _without_nul(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_nul(item) for item in value]
    return value.replace("\x00", "") if isinstance(value, str) else value


def number(value: Any, name: str, report: Report, where: str, *, least: float | None = None) -> float | None:
    """A finite number, or None with a report. `least`: the smallest value that can be (0 for persons)."""
    if value is None:
        return None
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        report("bad_number", f"{name} {value!r:.80} is no number", where)
        return None
    if not math.isfinite(found):
        report("bad_number", f"{name} is {found}, not a number", where)
        return None
    if least is not None and found < least:
        report("bad_number", f"{name} {found:g} is below {least:g}", where)
        return None
    return found


def day(value: Any, name: str, report: Report, where: str) -> date:
    """A plain date; Unfit when it is none."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    report("bad_date", f"{name} {value!r:.80} is no date", where)
    raise Unfit


def instant(value: Any, name: str, limits: Limits, report: Report, where: str) -> datetime | None:
    """A naive UTC time not before the source's earliest day nor after retrieval; None with a report otherwise."""
    if value is None:
        return None
    if isinstance(value, datetime):
        found = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    elif isinstance(value, date):
        found = datetime(value.year, value.month, value.day)
    else:
        report("bad_date", f"{name} {value!r:.80} is no date", where)
        return None
    if not limits.earliest <= found.date() <= limits.retrieved + AHEAD:
        report("bad_date", f"{name} {found:%Y-%m-%d} lies outside {limits.earliest} and the day of retrieval", where)
        return None
    return found


def period(start: Any, end: Any, limits: Limits, report: Report, where: str, projection: bool) -> tuple[date, date]:
    """First and last day a row is about; Unfit when they cannot be."""
    first, last = day(start, "ref_start", report, where), day(end, "ref_end", report, where)
    fault = limits.fault(first, last, projection)
    if fault:
        report("bad_date", fault, where)
        raise Unfit
    return first, last


def place(value: Place, countries: frozenset[str], report: Report, where: str) -> Place:
    """The place with its words cleaned, or Unfit when its country is unknown."""
    if value.iso3 == NOWHERE:
        report("unplaced", "the source names no country we know; the row is kept and counts for none", where)
    elif value.iso3 not in countries:
        report("unknown_country", f"country code {value.iso3!r:.40} is not ISO 3166-1 alpha-3", where)
        raise Unfit
    precision = value.precision
    if precision not in PRECISIONS:
        report("unknown_code", f"precision {precision!r:.40} is none of {', '.join(PRECISIONS)}", where)
        precision = "unknown"
    latitude = number(value.latitude, "latitude", report, where)
    longitude = number(value.longitude, "longitude", report, where)
    if (latitude is None) != (longitude is None):
        report("bad_coordinates", "only one of latitude and longitude is given; the point was dropped", where)
        latitude = longitude = None
    if latitude is not None and longitude is not None and not (abs(latitude) <= 90 and abs(longitude) <= 180):
        report("bad_coordinates", f"({latitude:g}, {longitude:g}) is no point on earth; it was dropped", where)
        latitude = longitude = None
    return Place(
        value.iso3,
        text(value.region_name) or None,
        text(value.region_code) or None,
        text(value.district_name) or None,
        text(value.district_code) or None,
        latitude,
        longitude,
        precision,
    )


def words_of(value: Place) -> str | None:
    """The place in the source's own words, the smallest area first; None when it gave none."""
    names = [name for name in (value.district_name, value.region_name) if name]
    if not names:
        names = [code for code in (value.district_code, value.region_code) if code]
    return ", ".join(names) or None
