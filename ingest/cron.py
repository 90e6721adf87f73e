"""Cron lines as everybody writes them: days of the week count from Sunday, 0 or 7. APScheduler counts from Monday."""

from __future__ import annotations

import re
from datetime import tzinfo

from apscheduler.triggers.cron import CronTrigger

DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NUMBERED = re.compile(r"(\d+)(?:-(\d+))?(?:/(\d+))?")


def cron_trigger(line: str, timezone: tzinfo | str) -> CronTrigger:
    """The trigger of a line of five fields. Raises ValueError saying what is wrong with it."""
    fields = line.split()
    if len(fields) == 5:
        fields[4] = ",".join(_days(part) for part in fields[4].split(","))
    return CronTrigger.from_crontab(" ".join(fields), timezone=timezone)


def _days(part: str) -> str:
    """One part of the fifth field with numbers as names: 1-5 is mon,tue,wed,thu,fri; names and * stay."""
    found = _NUMBERED.fullmatch(part)
    if found is None:
        return part
    first = int(found[1])
    last = int(found[2]) if found[2] else 6 if found[3] else first
    if not first <= last <= 7 or found[3] == "0":
        raise ValueError(f"{part!r} is no day of the week; write 0 (Sunday) to 6 (Saturday), or mon to sun")
    return ",".join(DAYS[first : last + 1 : int(found[3] or 1)])
