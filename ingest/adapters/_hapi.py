"""What the tables of the HDX Humanitarian API share: place, period, warnings and errors of a row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from ingest.adapters import _hdx, _scope, _tabular
from ingest.adapters._numbers import day_of
from ingest.catalog import Source
from ingest.model import AdapterError, Answer, Observation, Place, Problem, Request

PLACE = (
    "location_code", "provider_admin1_name", "provider_admin2_name", "admin1_code", "admin1_name", "admin2_code",
    "admin2_name", "admin_level",
)  # fmt: skip
PERIOD = ("reference_period_start", "reference_period_end")
IGNORED = frozenset({"has_hrp", "in_gho", "dataset_hdx_id", "resource_hdx_id", "warning", "error"})
RowReader = Callable[[dict[str, Any], Place, date, date], Iterator[Observation]]


def requests(source: Source, since: datetime | None) -> Iterator[Request]:
    """The dataset's record, from which `follow` takes the files of options.files."""
    for url in source.urls:
        yield Request(url)


def follow(answer: Answer, source: Source) -> Iterator[Request]:
    """The files named in the record."""
    if _hdx.is_record(answer):
        yield from _hdx.files(answer, source.options.get("files", r".*\.csv"))


def parse(answer: Answer, used: Sequence[str], read: RowReader) -> Iterator[Observation | Problem]:
    """Rows of one table; a row whose `error` is filled or that cannot be read is a Problem and nothing else."""
    if _hdx.is_record(answer):
        return
    table = read_table(answer)
    table.need(*PLACE, *PERIOD, *used)
    yield from _scope.unused_fields(table.header, {*PLACE, *PERIOD, *used}, IGNORED)
    asked = _scope.query_of(answer).get("location_code")
    found: set[str] = set()
    out: list[Observation | Problem] = []
    for row in table.records():
        area = row["admin2_code"] or row["provider_admin2_name"] or row["admin1_code"]
        where = " ".join(str(word) for word in (row["location_code"], area, row.get("event_type")) if word)
        if row.get("error"):
            out.append(Problem("source_error", f"the source flags: {row['error']}", where, "tell the publisher"))
            continue
        found.add(str(row["location_code"]))
        try:
            start, end = (day_of(row[name]) for name in PERIOD)
            out += list(read(row, place_of(row), start, end))
        except _scope.UNREADABLE as error:
            out.append(Problem("bad_row", _scope.why(error), where, "compare with the publisher's table"))
    _scope.assert_countries(answer, {asked} if asked else set(), found)
    yield from out
    yield from table.faults


def read_table(answer: Answer) -> _tabular.Table:
    """The file, or the service's answer `{"data": [...]}`, as one table."""
    if answer.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"{", b"["):
        return _tabular.read(answer)
    data = _scope.json_of(answer)
    if not isinstance(data, dict) or "data" not in data:
        raise _scope.not_recognised(answer, data)
    rows = _scope.rows_in(answer, data["data"])
    if not rows:
        raise AdapterError(f"no rows from {answer.url}", "check the parameters: this table is never empty")
    names = tuple(dict.fromkeys(name for row in rows for name in row))
    return _tabular.Table(names, ([row.get(name) for name in names] for row in rows))


def place_of(row: dict[str, Any]) -> Place:
    """The place of a row at its admin level. Raises ValueError for an unknown country or level."""
    iso3 = _scope.iso3_of(row["location_code"])
    if iso3 is None:
        raise ValueError(f"{row['location_code']!r} is no country code")
    level = str(row["admin_level"]).strip()
    if level == "0":
        return Place(iso3, precision="country")
    if level not in ("1", "2"):
        raise ValueError(f"admin_level {row['admin_level']!r} is none of 0, 1, 2")
    return Place(
        iso3,
        region_name=row["provider_admin1_name"] or row["admin1_name"] or None,
        region_code=row["admin1_code"] or None,
        district_name=(row["provider_admin2_name"] or row["admin2_name"] or None) if level == "2" else None,
        district_code=(row["admin2_code"] or None) if level == "2" else None,
        precision="region" if level == "1" else "district",
    )


def where_key(row: dict[str, Any]) -> str:
    """The place part of a key: codes and the provider's own names, for two names may share a wrong code."""
    names = ("admin1_code", "provider_admin1_name", "admin2_code", "provider_admin2_name")
    return "|".join([row["location_code"], *(str(row[name]) for name in names if row[name])])
