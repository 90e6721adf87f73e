"""The shipped starter files (`https://starter.invalid/<source>/<file>`): numbers, dates and places only.

Made by `ingest.starter` from captured answers whose licence lets their figures be passed on. Rows carry the keys of the
source itself, so that its first live refresh corrects or confirms them.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import zlib
from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import cache
from typing import Any

from ingest import reference
from ingest.catalog import Source
from ingest.model import AdapterError, Answer, Event, Observation, Place, Request, Row

SCHEME = "https://starter.invalid/"  # a name that can never be reached: these files are shipped, not fetched
PLACE = ("iso3", "region_code", "precision", "latitude", "longitude")
OBSERVATION = ("value", "value_low", "value_high", "denominator")
EVENT = (
    "deaths_best", "deaths_low", "deaths_high", "deaths_civilians", "deaths_unknown", "injured", "abducted",
    "displaced", "severity",
)  # fmt: skip
COMMON = ("key", "variable", *PLACE, "ref_start", "ref_end", "published")
OBSERVATION_COLUMNS = (*COMMON, *OBSERVATION, "projection", "dimensions")
EVENT_COLUMNS = (*COMMON, *EVENT)
AGAIN = "make data/starter again with `python -m ingest.starter`"


def requests(source: Source, since: datetime | None) -> Iterator[Request]:
    """Nothing: starter files are shipped, not asked for."""
    return iter(())


def parse(answer: Answer, source: Source) -> Iterator[Row]:
    """One row per line; the header tells observations from events."""
    try:
        body = gzip.decompress(answer.body) if answer.body[:2] == b"\x1f\x8b" else answer.body
        lines = csv.reader(io.StringIO(body.decode("utf-8"), newline=""))
        header = tuple(next(lines, ()))
        if header not in READERS:
            raise AdapterError(f"columns {header} are no starter file", AGAIN)
        for line in lines:
            yield READERS[header](dict(zip(header, line, strict=True)))
    except (ValueError, EOFError, OSError, zlib.error, csv.Error) as error:
        raise AdapterError(f"not a whole starter file: {error}", AGAIN) from None


@cache
def _names() -> dict[str, str]:
    return {region.region_id: region.name_en for region in reference.regions(reference.shipped_folder())}


def _place(row: dict[str, str]) -> Place:
    return Place(
        row["iso3"],
        region_name=_names().get(row["region_code"]),  # a code alone is not believed where codes were reused (Iran)
        region_code=row["region_code"] or None,
        latitude=_number(row["latitude"]),
        longitude=_number(row["longitude"]),
        precision=row["precision"],
    )


def _observation(row: dict[str, str]) -> Observation:
    numbers: dict[str, Any] = {name: _number(row[name]) for name in OBSERVATION}
    return Observation(
        key=row["key"],
        variable=row["variable"],
        place=_place(row),
        ref_start=date.fromisoformat(row["ref_start"]),
        ref_end=date.fromisoformat(row["ref_end"]),
        published=datetime.fromisoformat(row["published"]) if row["published"] else None,
        dimensions=json.loads(row["dimensions"] or "{}"),
        projection=row["projection"] == "1",
        **numbers,
    )


def _event(row: dict[str, str]) -> Event:
    numbers: dict[str, Any] = {name: _number(row[name]) for name in EVENT}
    return Event(
        key=row["key"],
        kind=row["variable"],
        place=_place(row),
        ref_start=date.fromisoformat(row["ref_start"]),
        ref_end=date.fromisoformat(row["ref_end"]),
        published=datetime.fromisoformat(row["published"]) if row["published"] else None,
        **numbers,
    )


def _number(text: str) -> float | None:
    return float(text) if text else None


READERS: dict[tuple[str, ...], Callable[[dict[str, str]], Row]] = {
    OBSERVATION_COLUMNS: _observation,
    EVENT_COLUMNS: _event,
}
