"""The date guard: what a source wrote -> a moment we dare to keep, or nothing and a Problem that shows the raw words.

Feed readers guess: feedparser reads the Dutch 05-10-2026 as 20 October 2005 and Crisis Group's
"Friday, October 3, 2025 - 12:26" as nothing. Here a form counts only when it is unambiguous by itself (ISO 8601,
RFC 822 with a month name) or stated for the source in sources.toml (date_formats, timezone).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_tz
from zoneinfo import ZoneInfo

from ingest.catalog import Source
from ingest.model import Problem

AHEAD = timedelta(days=2)
ISO = re.compile(r"^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:Z|[+-]\d{2}:?\d{2})?)?$", re.ASCII)
ZONE = re.compile(r"(?:\s[+-]\d{4}|\b(?:GMT|UTC?|Z|[ECMP][SD]T))(?:\s*\(.*\))?$")  # those RFC 822 defines
MONTH = re.compile(r"[A-Za-z]{3}")
NUMBER = re.compile(r"\d+")
FRACTION = re.compile(r"([.,]\d{6})\d+")  # open.overheid.nl writes nanoseconds


@dataclass(frozen=True, slots=True)
class Moment:
    """`value` is naive UTC, or None when the text is missing or not to be trusted; then `problem` may say why."""

    value: datetime | None
    problem: Problem | None = None


UNSAID = Moment(None)


def read(text: str | None, source: Source, retrieved_at: datetime, where: str = "") -> Moment:
    """The moment a source states. A missing date is no problem; an unreadable or impossible one is."""
    words = " ".join((text or "").split())
    if not words:
        return UNSAID
    value = _stated(words, source) or _iso(words, source) or _rfc822(words, source)
    if value is None:
        return Moment(
            None,
            Problem(
                "bad_date",
                f"cannot read the date {words[:60]!r}",
                where,
                f"add its form to date_formats of [source.{source.id}], e.g. '%d-%m-%Y'",
            ),
        )
    if not source.earliest <= value.date() or value > retrieved_at + AHEAD:
        return Moment(
            None,
            Problem(
                "bad_date",
                f"the date {words[:60]!r} lies outside {source.earliest} to {(retrieved_at + AHEAD).date()}",
                where,
                "the source is wrong; the time of retrieval counts instead",
            ),
        )
    return Moment(value)


def _stated(words: str, source: Source) -> datetime | None:
    for form in source.date_formats:
        try:
            return _utc(datetime.strptime(words, form), source)
        except (ValueError, OverflowError):
            continue
    return None


def _iso(words: str, source: Source) -> datetime | None:
    if not ISO.match(words):
        return None
    try:
        return _utc(datetime.fromisoformat(FRACTION.sub(r"\1", words).replace(",", ".")), source)
    except (ValueError, OverflowError):
        return None


def _rfc822(words: str, source: Source) -> datetime | None:
    """RFC 822 dates need a month name: a purely numeric date is never read here. The year 0025 is not 2025 either."""
    if not MONTH.search(words):
        return None
    try:
        parts = parsedate_tz(words) or parsedate_tz(f"{words} 00:00:00")  # the US writes a day without a time
        if parts is None:
            return None
        value = datetime(*parts[:6])  # type: ignore[misc]
        if str(value.year) not in NUMBER.findall(words):
            return None  # the parser completed a year of two digits, or one of four that begins with zeros
        if not ZONE.search(words):  # the parser calls a missing zone and one it does not know (CEST) UTC
            return _utc(value, source)
        if value.time() == datetime.min.time():
            return value  # midnight of some zone is a calendar day, not a moment: EASA, Officiële bekendmakingen
        return value - timedelta(seconds=parts[9] or 0)
    except (ValueError, OverflowError, TypeError, IndexError):  # the parser of the standard library meets odd words
        return None


def _utc(value: datetime, source: Source) -> datetime:
    """Naive UTC; a day without a time stays that calendar day whatever the zone."""
    if value.time() == datetime.min.time():
        return value.replace(tzinfo=None)
    if value.tzinfo is None:
        value = value.replace(tzinfo=ZoneInfo(source.timezone))
    return value.astimezone(UTC).replace(tzinfo=None)
