"""Political violence, civilian targeting and demonstrations per admin-2 and month (ACLED, counted by HDX HAPI).

ACLED's terms: no redistribution of the rows; the product publishes only its own aggregates. A row with 0 is a measured
zero, a missing row is no data; admin-0 rows of countries without an admin-2 breakdown stay national.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from ingest.adapters import _hapi
from ingest.adapters._numbers import number, within
from ingest.catalog import Source
from ingest.model import Answer, Observation, Place, Problem

OPTIONS: dict[str, type] = {"files": str}
USED = ("event_type", "events", "fatalities")
TYPES = ("civilian_targeting", "demonstration", "political_violence")
WITH_DEATHS = ("civilian_targeting", "political_violence")

requests = _hapi.requests
follow = _hapi.follow


def parse(answer: Answer, source: Source) -> Iterator[Observation | Problem]:
    """Events per type, and deaths where the type has them; key = measure|type|place|month."""
    yield from _hapi.parse(answer, USED, _row)


def _row(row: dict[str, Any], place: Place, start: date, end: date) -> Iterator[Observation]:
    kind = row["event_type"]
    if kind not in TYPES:
        raise ValueError(f"event_type {kind!r} is none of {', '.join(TYPES)}")
    events, deaths = within(number(row["events"]), 0, 1e6), within(number(row["fatalities"]), 0, 1e6)
    key = f"{kind}|{_hapi.where_key(row)}|{start}"
    if events is not None:
        yield Observation(f"events|{key}", f"conflict_events_{kind}", place, start, end, events)
    if deaths is not None and kind in WITH_DEATHS:
        yield Observation(f"deaths|{key}", f"conflict_deaths_{kind}", place, start, end, deaths)
