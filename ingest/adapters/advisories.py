"""Travel advice of Canada, the United States, Australia and Germany as levels 1 to 4. A comparator, never a score.

One module, four published forms, told apart by what the answer holds: Canada's index (advisory-state 0-3), the US feed
("X - Level 4: Do Not Travel"), Australia's destinations, Germany's index and single advice (warning flags).

Traps handled: German times are epoch seconds in 2026 and were milliseconds before (decided by size); US dates have no
time and wrong weekdays; "See Summaries" in the US feed is no country; a flag for parts is kept apart from the whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from ingest.adapters import _dates, _scope
from ingest.adapters._feed_entries import entries
from ingest.adapters._plain import line_of
from ingest.catalog import Source
from ingest.model import Answer, Observation, Place, Problem, Request, Row

US_TITLE = re.compile(r"^(?P<name>.+?)(?:\s+Travel Advisory)?\s+-\s+Level\s+(?P<level>[1-4])\b")
AUSTRALIA = {
    "exercise normal safety precautions": 1,
    "exercise a high degree of caution": 2,
    "reconsider your need to travel": 3,
    "do not travel": 4,
}
GERMANY = (("warning", "whole_country", 4), ("situationWarning", "whole_country", 3))
EARLIEST = datetime(1995, 1, 1)
GERMANY_PARTS = (("partialWarning", "parts", 4), ("situationPartWarning", "parts", 3))


def requests(source: Source, since: datetime | None) -> Iterator[Request]:
    """The index of the publisher."""
    return (Request(url) for url in source.urls)


def parse(answer: Answer, source: Source) -> Iterator[Row]:
    """travel_advice_level per country, and per country for "parts" where the publisher flags parts."""
    if answer.body[:200].lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<":
        yield from _united_states(answer, source)
        return
    data = _scope.json_of(answer)
    if isinstance(data, dict) and isinstance(data.get("response"), dict):
        rows = [row for row in data["response"].items() if isinstance(row[1], dict) and "iso3CountryCode" in row[1]]
        yield from _scope.each(rows, lambda row: _germany(row, answer))
    elif isinstance(data, dict) and isinstance(data.get("data"), dict):
        yield from _scope.each(list(data["data"].items()), lambda row: _canada(row, answer))
    elif isinstance(data, list) and any("risk_level" in row for row in _scope.dicts(data)):
        yield from _scope.each(data, lambda row: _australia(row, answer, source))
    else:
        raise _scope.not_recognised(answer, data)


def _united_states(answer: Answer, source: Source) -> Iterator[Row]:
    for entry in entries(answer):
        if isinstance(entry, Problem):
            yield entry
            continue
        title = line_of(entry.title)
        match = US_TITLE.match(title)
        iso3 = _named(match["name"]) if match else None
        moment = _dates.read(entry.published, source, answer.retrieved_at, title)
        if moment.problem:
            yield moment.problem
        if match is None or iso3 is None:
            yield Problem("unknown_code", f"no country and level in {title!r}", title, "a summary page, or a new name")
            continue
        yield _level("USA", iso3, "whole_country", int(match["level"]), title, moment.value, answer)


def _canada(entry: tuple[str, dict[str, Any]], answer: Answer) -> Iterator[Row]:
    code, row = entry
    iso3, state = _scope.iso3_of(str(row.get("country-iso") or code)), row.get("advisory-state")
    if iso3 is None or isinstance(state, bool) or state not in (0, 1, 2, 3):
        yield Problem("unknown_code", f"country {code!r} with state {state!r}", code, "add the code, or the state")
        return
    published = _epoch((row.get("date-published") or {}).get("timestamp"), answer)
    words = line_of((row.get("eng") or {}).get("advisory-text")) or str(state)
    level = _level("CAN", iso3, "whole_country", int(state) + 1, words, published, answer)
    if row.get("has-regional-advisory"):  # the index does not say which parts, nor how high
        level = replace(level, dimensions={**level.dimensions, "parts": "have their own advice"})
    yield level


def _australia(row: dict[str, Any], answer: Answer, source: Source) -> Iterator[Row]:
    name, words = line_of(row.get("destination")), line_of(row.get("risk_level"))
    iso3, level = _named(name), AUSTRALIA.get(words.lower())
    moment = _dates.read(row.get("last_updated"), source, answer.retrieved_at, name)
    if moment.problem:
        yield moment.problem
    if iso3 is None or level is None:
        yield Problem("unknown_code", f"{name!r} with {words!r}", name, "add the name or the wording")
        return
    yield _level("AUS", iso3, "whole_country", level, words, moment.value, answer)


def _germany(entry: tuple[str, dict[str, Any]], answer: Answer) -> Iterator[Row]:
    key, row = entry
    iso3 = _scope.iso3_of(str(row["iso3CountryCode"]))
    if iso3 is None:
        yield Problem("unknown_code", f"country {row['iso3CountryCode']!r}", key, "add the code")
        return
    published = _epoch(row.get("lastModified"), answer)
    level, words = next(((lv, f) for f, _, lv in GERMANY if row.get(f)), (1, "no warning"))
    yield _level("DEU", iso3, "whole_country", level, words, published, answer)
    parts = next(((lv, f) for f, _, lv in GERMANY_PARTS if row.get(f)), None)
    if parts:
        yield _level("DEU", iso3, "parts", parts[0], parts[1], published, answer)


def _level(
    publisher: str, iso3: str, scope: str, level: int, words: str, published: datetime | None, answer: Answer
) -> Observation:
    day = (published or answer.retrieved_at).date()
    return Observation(
        key=f"{publisher}|{iso3}|{scope}",
        variable="travel_advice_level",
        place=Place(iso3, precision="country"),
        ref_start=day,
        ref_end=day,
        value=float(level),
        published=published,
        text=words[:300],
        dimensions={"publisher": publisher, "scope": scope},
    )


def _epoch(value: Any, answer: Answer) -> datetime | None:
    """Seconds or milliseconds since 1970 -> naive UTC; decided by size. None for what no source can mean."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value < 10_000_000_000_000:
        return None
    moment = datetime.fromtimestamp(value / 1000 if value > 10_000_000_000 else value, UTC).replace(tzinfo=None)
    return moment if EARLIEST <= moment <= answer.retrieved_at + _dates.AHEAD else None


def _named(name: str) -> str | None:
    """Country of "South Korea (Republic of Korea)": the whole, or what stands before or inside the brackets."""
    parts = [name, *re.split(r"[()]", name)]
    return next((iso3 for part in parts if (iso3 := _scope.iso3_of_name(part.strip().removeprefix("The ")))), None)
