"""How often a source is asked, in words, from when its turns really come."""

from __future__ import annotations

import functools
from datetime import datetime, timedelta

from dashboard.language import Words
from ingest.due import next_fire

_FROM = datetime(2026, 1, 1)  # any month: a rhythm does not depend on it
_WEEKS = 4


def rhythm(words: Words, schedule: str) -> str:
    """ "every day", "3 times a week", "every month" ..."""
    turns = _turns(schedule)
    per_day = turns / (7 * _WEEKS)
    if per_day > 20:
        return words("sources.rhythm_of.times_hour")
    if per_day > 1.5:
        return words("sources.rhythm_of.times_day", count=round(per_day))
    if per_day > 0.9:
        return words("sources.rhythm_of.day")
    if turns > 1.5 * _WEEKS:
        return words("sources.rhythm_of.times_week", count=round(turns / _WEEKS))
    return words(f"sources.rhythm_of.{'week' if turns > 2 else 'month' if turns else 'rarely'}")


@functools.lru_cache(maxsize=500)
def _turns(schedule: str) -> int:
    """Turns within four weeks; more than one an hour is not counted further."""
    moment, end, count = next_fire(schedule, _FROM), _FROM + timedelta(weeks=_WEEKS), 0
    while moment < end and count <= 24 * 7 * _WEEKS:
        count += 1
        moment = next_fire(schedule, moment + timedelta(seconds=1))
    return count
