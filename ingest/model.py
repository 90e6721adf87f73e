"""The rows an adapter may yield, and what it is given to make them from.

Everything here is frozen and knows nothing of networks, files or databases. Times are naive UTC datetimes;
days are plain dates. `None` means "the source does not say"; zero means the source measured zero.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any

PRECISIONS = ("point", "district", "region", "country", "unknown")
NOWHERE = "XXX"  # instead of an iso3 where the source puts a fact in no country: kept, and counted for none


@dataclass(frozen=True, slots=True)
class Request:
    """One question to a source. `accept_stale` requests are sent without conditional headers."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    accept_stale: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as received: the bytes after content decoding, and where and when they came from."""

    source_id: str
    url: str  # as asked: what was asked (country, period, page) is read from here
    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    retrieved_at: datetime  # naive UTC
    digest: str  # sha256 of body, hex
    final_url: str = ""  # after redirects; empty when the same

    @property
    def media_type(self) -> str:
        """The declared media type without parameters, in lower case; empty when not declared."""
        return self.headers.get("content-type", "").split(";")[0].strip().lower()


def digest_of(body: bytes) -> str:
    """SHA-256 of the bytes, as lower-case hexadecimal."""
    return hashlib.sha256(body).hexdigest()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row says it happened, in the source's own words. `ingest.places` turns it into a region_id.

    Give what the source gives and nothing more; `iso3` is ISO 3166-1 alpha-3. `precision` states how exact the
    source says the point or name is: a country-level centroid is "country" even when it has coordinates, so that it
    is never counted for a region. `code` is an admin-1 code (ISO 3166-2 or p-code), `district_code` an admin-2 one.
    """

    iso3: str
    region_name: str | None = None
    region_code: str | None = None
    district_name: str | None = None
    district_code: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    precision: str = "unknown"

    def is_subnational(self) -> bool:
        """True when the source gave something a region could be found from."""
        if self.precision == "country":
            return False
        named = (self.region_name, self.region_code, self.district_name, self.district_code)
        return any(named) or (self.latitude is not None and self.longitude is not None)


@dataclass(frozen=True, slots=True)
class Document:
    """A report, notice, article or policy text. `text` is kept only where the catalog says store_fulltext."""

    key: str  # stable within the source: guid, uuid, canonical link
    title: str
    url: str = ""
    kind: str = "report"  # report | news | policy | advisory | notice | feed_item
    published: datetime | None = None
    revised: datetime | None = None
    language: str | None = None  # as the source declares it
    publisher: str | None = None  # the original author where the source passes others on
    summary: str | None = None
    text: str | None = None
    countries: tuple[str, ...] = ()  # iso3 the source itself declares
    topics: tuple[str, ...] = ()
    withdrawn: date | None = None  # a withdrawn document is evidence too: it does not vanish
    attachments: tuple[str, ...] = ()
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at a place and time. Counts are persons; None = not stated."""

    key: str
    kind: str  # id in variables.toml, section [event]
    place: Place
    ref_start: date
    ref_end: date
    published: datetime | None = None
    deaths_best: float | None = None
    deaths_low: float | None = None
    deaths_high: float | None = None
    deaths_civilians: float | None = None
    deaths_unknown: float | None = None
    injured: float | None = None
    abducted: float | None = None
    displaced: float | None = None
    severity: float | None = None  # in the unit variables.toml states for the kind
    actors: tuple[str, ...] = ()
    title: str | None = None
    url: str | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Observation:
    """A measured or reported value for a place and period."""

    key: str
    variable: str  # id in variables.toml, section [observation]
    place: Place
    ref_start: date
    ref_end: date
    value: float | None = None
    published: datetime | None = None
    value_low: float | None = None
    value_high: float | None = None
    denominator: float | None = None  # e.g. people analysed
    text: str | None = None  # an official wording that IS the value (a colour, a level); never prose
    dimensions: Mapping[str, str] = field(default_factory=dict)  # commodity, market, sector, status ...
    projection: bool = False  # projections are not measurements


@dataclass(frozen=True, slots=True)
class Problem:
    """A row or field an adapter could not take in. It becomes an issue; the other rows go on."""

    kind: str  # bad_row | unknown_code | bad_date | out_of_scope | duplicate_key | unused_field | unplaced ...
    message: str  # what is wrong, with the value
    where: str = ""  # line, key or element in the answer
    remedy: str = ""  # what a person can do


Row = Document | Event | Observation | Problem


def compact(row: Row) -> dict[str, Any]:
    """A row as plain JSON: its type and the fields that differ from their defaults, the place flattened."""
    facts: dict[str, Any] = {"row": type(row).__name__}
    for item in fields(row):
        value = getattr(row, item.name)
        if item.name == "place":
            facts["place"] = {
                f.name: getattr(value, f.name) for f in fields(value) if getattr(value, f.name) is not None
            }
        elif value is not None and value is not False and value not in ("", (), {}):
            facts[item.name] = (
                value.isoformat() if isinstance(value, date) else list(value) if isinstance(value, tuple) else value
            )
    return facts


class AdapterError(Exception):
    """The answer as a whole cannot be trusted: wrong type, wrong country, wrong period, error in an envelope."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.remedy = remedy
