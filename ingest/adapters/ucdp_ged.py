"""UCDP Georeferenced Event Dataset: final (yearly, CSV zip) and candidate (monthly, CSV or XLSX) events, and the API.

Traps handled: where_prec 5 to 7 means the point is a region-less or country-level stand-in, so such an event counts for
the country only; country_id is a Gleditsch-Ward number; the file in the zip may carry an older name; candidate rows
write "true" for 1 and typed dates; the API answers 401 without a token and puts the newest rows on its last page.
Texts of source articles are not kept, only their number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from functools import cache
from typing import Any

from ingest.adapters import _scope, _tabular
from ingest.adapters._numbers import day_of, month_span, number, within
from ingest.adapters._plain import line_of
from ingest.catalog import Source
from ingest.model import AdapterError, Answer, Event, Place, Problem, Request
from ingest.reference import countries, shipped_folder

OPTIONS: dict[str, type] = {}
MONTHLY = re.compile(r"_v(\d\d)_0_(\d\d?)\.")  # the candidate file of a month comes out some three weeks after it
MONTH_LAG = timedelta(days=28)
YEARLY = re.compile(r"(?<=ged)(\d\d)1-")  # release 25.1 comes out in June 2025 and holds the years to 2024
YEAR_OUT = (7, 15)  # month and day by which a year's release has been out
KINDS = {1: "state_based", 2: "non_state", 3: "one_sided"}
PRECISION = {1: "point", 2: "point", 3: "district", 4: "region"}  # anything else is the country
USED = {
    "id", "type_of_violence", "dyad_name", "side_a", "side_b", "number_of_sources", "where_prec", "where_coordinates",
    "adm_1", "adm_2", "latitude", "longitude", "country", "country_id", "date_prec", "date_start", "date_end",
    "deaths_civilians", "deaths_unknown", "low", "best", "high", "year", "event_clarity", "code_status",
}  # fmt: skip
IGNORED = {
    "active_year", "conflict_new_id", "conflict_name", "dyad_new_id", "side_a_new_id", "gwnoa", "side_b_new_id",
    "gwnob", "source_article", "source_office", "source_date", "source_headline", "source_original", "geom_wkt",
    "priogrid_gid", "region", "deaths_a", "deaths_b", "relid", "conflict_dset_id", "dyad_dset_id", "side_a_dset_id",
    "side_b_dset_id", "where_description",
}  # fmt: skip


def requests(source: Source, since: datetime | None) -> Iterator[Request]:
    """The files of the catalog, and what has come out after the newest of them by the time of the last good run."""
    for url in source.urls:
        yield Request(url.replace("{key}", source.key() or ""))
    if since is not None and source.urls:
        yield from (Request(url) for url in _released_since(source.urls, since))


def _released_since(urls: Sequence[str], since: datetime) -> Iterator[str]:
    """Addresses of later monthly (GEDEvent_v26_0_10) and yearly (ged251) files that were due before `since`."""
    monthly = [(int(hit[1]), int(hit[2]), url) for url in urls if (hit := MONTHLY.search(url))]
    if monthly:
        year, month, url = max(monthly)
        while True:
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
            if datetime.combine(month_span(2000 + year, month)[1], time()) + MONTH_LAG > since:
                break
            yield MONTHLY.sub(f"_v{year}_0_{month}.", url)
    yearly = [(int(hit[1]), url) for url in urls if (hit := YEARLY.search(url))]
    if yearly:
        year, url = max(yearly)
        while since >= datetime(2000 + year + 1, *YEAR_OUT):
            year += 1
            yield YEARLY.sub(f"{year}1-", url, count=1)


def parse(answer: Answer, source: Source) -> Iterator[Event | Problem]:
    """One Event per row, key = the event's id."""
    if answer.body[:64].lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"{":
        yield from rows(_api_rows(answer))
        return
    table = _tabular.read(answer, header="id")
    table.need("id", "type_of_violence", "where_prec", "country_id", "date_start", "date_end", "best")
    yield from _scope.unused_fields(table.header, USED, IGNORED)
    yield from rows(table.records())
    yield from table.faults


def _api_rows(answer: Answer) -> list[dict[str, Any]]:
    data = _scope.json_of(answer)
    if not isinstance(data, dict) or not isinstance(data.get("Result"), list):
        raise AdapterError("no Result in the answer", "without a token the API refuses; set the key of this source")
    return _scope.rows_in(answer, data["Result"])


def rows(found: Iterable[Mapping[str, Any]]) -> Iterator[Event | Problem]:
    """Events of GED rows, whatever file they come from."""
    for row in found:
        try:
            yield _event(row)
        except _scope.UNREADABLE as error:
            yield Problem("bad_row", _scope.why(error), f"id {row.get('id')}", "compare with the publisher's file")


def _event(row: Mapping[str, Any]) -> Event:
    kind = KINDS.get(int(number(row["type_of_violence"]) or 0))
    if kind is None:
        raise ValueError(f"type_of_violence {row['type_of_violence']!r} is none of 1, 2, 3")
    start, end = day_of(row["date_start"]), day_of(row["date_end"])
    deaths: dict[str, Any] = {
        f"deaths_{name}": within(number(row.get(column)), 0, 5e6)
        for name, column in (
            ("best", "best"), ("low", "low"), ("high", "high"), ("civilians", "deaths_civilians"),
            ("unknown", "deaths_unknown"),
        )
    }  # fmt: skip
    return Event(
        key=str(int(number(row["id"]) or 0)),
        kind=kind,
        place=_place(row),
        ref_start=start,
        ref_end=max(start, end),
        actors=tuple(filter(None, (line_of(str(row.get(side) or "")) for side in ("side_a", "side_b")))),
        attributes={
            "where_prec": int(number(row["where_prec"]) or 0),
            "date_prec": int(number(row.get("date_prec")) or 0) or None,
            "clarity": int(number(row.get("event_clarity")) or 0) or None,
            "sources": int(number(row.get("number_of_sources")) or 0) or None,
            "status": row.get("code_status") or None,
            "where": line_of(str(row.get("where_coordinates") or "")) or None,
        },
        **deaths,
    )


def _place(row: Mapping[str, Any]) -> Place:
    iso3 = country_of(int(number(row["country_id"]) or 0), str(row.get("country") or ""))
    precision = PRECISION.get(int(number(row["where_prec"]) or 0), "country")
    if precision == "country":
        return Place(iso3, precision="country")
    return Place(
        iso3,
        region_name=line_of(str(row.get("adm_1") or "")) or None,
        district_name=line_of(str(row.get("adm_2") or "")) or None,
        latitude=number(row.get("latitude")),
        longitude=number(row.get("longitude")),
        precision=precision,
    )


@cache
def _gleditsch_ward() -> dict[int, str]:
    """{Gleditsch-Ward number: iso3}; a reference table shipped with the code, so parsing stays free of surprises."""
    return {country.gw: country.iso3 for country in countries(shipped_folder()) if country.gw is not None}


@cache
def country_of(code: int, name: str) -> str:
    """ISO alpha-3 for a Gleditsch-Ward number; the name decides where the number is new. ValueError for neither."""
    iso3 = _gleditsch_ward().get(code) or _scope.iso3_of_name(name.split("(")[0].strip())
    if iso3 is None:
        raise ValueError(f"country {code} ({name}) is unknown")
    return iso3
