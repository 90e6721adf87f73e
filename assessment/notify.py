"""Who is told what, and when: at once or in a digest, quiet hours, escalations always. Pure; sending is elsewhere.

An escalation is never held back: not by quiet hours, not by a digest, not by an earlier message about the same place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from assessment.ledger import Entry

MOST_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Channel:
    """Where one role is told about some countries. countries: empty for all. quiet: local hours (from, to), or None."""

    name: str
    role: str
    countries: frozenset[str] = frozenset()
    digest: bool = False
    digest_hour: int = 8
    quiet: tuple[time, time] | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """Something to tell. what: id of the alert, draft or case; roles: whom it concerns. iso3: "" for no one country.

    path: page and parameters that show it, such as alerts?alert=…; "" for none. shared: (English, Dutch) text without
    the place, of messages that may stand on one line with others of their country; place: its name in both then, and
    shared_path: the page that shows all of them.
    """

    what: str
    iso3: str
    roles: frozenset[str]
    escalation: bool
    text_en: str
    text_nl: str
    path: str = ""
    shared: tuple[str, str] | None = None
    place: tuple[str, str] = ("", "")
    shared_path: str = ""


def due(
    channels: Sequence[Channel], messages: Iterable[Message], entries: Iterable[Entry], local_now: datetime
) -> list[tuple[Channel, list[Message]]]:
    """What to send now, per channel. Already sent ones are left out, failed ones come again up to MOST_ATTEMPTS."""
    sent, failed = _told(entries)
    waiting = list(messages)
    plan = []
    for channel in channels:
        mine = [
            message
            for message in waiting
            if channel.role in message.roles
            and (not channel.countries or not message.iso3 or message.iso3 in channel.countries)
            and (channel.name, message.what) not in sent
            and failed.get((channel.name, message.what), 0) < MOST_ATTEMPTS
            and (message.escalation or _may_go(channel, local_now))
        ]
        if mine:
            plan.append((channel, sorted(mine, key=lambda message: (not message.escalation, message.what))))
    return plan


def given_up(entries: Iterable[Entry]) -> list[tuple[str, str]]:
    """(channel, what) pairs that failed too often: to be shown as broken, with a person to act."""
    sent, failed = _told(entries)
    return sorted(pair for pair, count in failed.items() if count >= MOST_ATTEMPTS and pair not in sent)


def calendar(reviews: Iterable[tuple[str, str, date]], stamp: datetime, host: str = "returnwatch.invalid") -> str:
    """Review dates as an iCalendar file (RFC 5545): (region id, summary, day) -> whole-day events. stamp: UTC."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//ReturnWatch//Review dates//EN", "CALSCALE:GREGORIAN"]
    for region_id, summary, day in sorted(reviews):
        lines += [
            "BEGIN:VEVENT", f"UID:review-{region_id}-{day:%Y%m%d}@{host}", f"DTSTAMP:{stamp:%Y%m%dT%H%M%SZ}",
            f"DTSTART;VALUE=DATE:{day:%Y%m%d}", f"SUMMARY:{_escaped(summary)}", "TRANSP:TRANSPARENT", "END:VEVENT",
        ]  # fmt: skip
    return "".join(_folded(line) for line in [*lines, "END:VCALENDAR"])


def _told(entries: Iterable[Entry]) -> tuple[set[tuple[str, str]], dict[tuple[str, str], int]]:
    sent: set[tuple[str, str]] = set()
    failed: dict[tuple[str, str], int] = {}
    for entry in entries:
        if entry.kind in ("notice_sent", "notice_failed"):
            pair = (entry.payload["channel"], entry.payload["what"])
            if entry.kind == "notice_sent":
                sent.add(pair)
            else:
                failed[pair] = failed.get(pair, 0) + 1
    return sent, failed


def _may_go(channel: Channel, local_now: datetime) -> bool:
    if channel.digest:
        return local_now.hour == channel.digest_hour
    if channel.quiet is None:
        return True
    begins, ends = channel.quiet
    moment = local_now.time()
    quiet = begins <= moment < ends if begins <= ends else moment >= begins or moment < ends
    return not quiet


def _escaped(text: str) -> str:
    for plain, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r", ""), ("\n", "\\n")):
        text = text.replace(plain, written)
    return text


def _folded(line: str) -> str:
    """At most 75 bytes a line, never inside a character; a continued line begins with a space."""
    parts, current = [], b""
    for character in line:
        piece = character.encode("utf-8")
        if len(current) + len(piece) > 75:
            parts.append(current)
            current = b" "
        current += piece
    return b"\r\n".join([*parts, current]).decode("utf-8") + "\r\n"
