"""INFORM Risk (JRC): the index and its dimensions, and the indicators below them.

Forms: `countries/trends` and `countries/Scores` (JSON rows, 0-10), `Workflows/...` (the list of releases, no rows), and
the file on the Humanitarian Data Exchange (raw indicators in their own units).

Traps handled: Scores rows carry no year, so the request built from the workflow puts GNAYear into the address; the list
of workflows is empty in spring; in the HDX file a fifth of the rows has no indicator name (Problems), and a raw value
and its 0-10 score often share one name and unit, so each row keeps its place in the file as dimension `occurrence`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from ingest.adapters import _hdx, _scope, _tabular
from ingest.adapters._numbers import number, whole, within, year_span
from ingest.catalog import Source
from ingest.model import AdapterError, Answer, Observation, Place, Problem, Request

OPTIONS: dict[str, type] = {"files": str, "indicators": str}

USED = {"IndicatorId", "Iso3", "GNAYear", "ValidityYear", "IndicatorScore", "WorkflowId"}
IGNORED = {
    "FullName", "CountryName", "MethodologyId", "ShortDescription", "ParentLevel", "StepNumber", "Ranking",
    "NodeLevel", "IndicatorName", "VersionNumber", "IndicatorDescription", "Unit", "Country", "Note",
}  # fmt: skip
FILE_USED = {"Iso3", "ValidityYear", "IndicatorName", "IndicatorScore", "Unit"}
FILE_IGNORED = {"CountryName"}


def requests(source: Source, since: datetime | None) -> Iterator[Request]:
    """The list of releases and the other addresses of the catalog."""
    for url in source.urls:
        yield Request(url)


def follow(answer: Answer, source: Source) -> Iterator[Request]:
    """The scores of the newest INFORM Risk release; the files of a dataset record."""
    if _hdx.is_record(answer):
        yield from _hdx.files(answer, source.options.get("files", r"inform.*risk.*\.csv"))
    elif "workflows" in [part.lower() for part in _scope.path_of(answer)]:
        releases = [
            w for w in _rows(answer) if w.get("System") == "INFORM" and "inform risk" in str(w.get("Name")).lower()
        ]
        if not releases:
            raise AdapterError(f"no INFORM Risk release in {answer.url}", "in spring ask the year before")
        newest = max(releases, key=lambda w: (str(w.get("WorkflowDate")), int(w["WorkflowId"])))
        base = answer.url.lower().split("/workflows/")[0]
        base = answer.url[: len(base)]
        ids = source.options.get("indicators", "INFORM,HA,VU,CC")
        year = newest["GNAYear"]
        yield Request(f"{base}/countries/Scores/?WorkflowId={newest['WorkflowId']}&IndicatorId={ids}&GNAYear={year}")


def parse(answer: Answer, source: Source) -> Iterator[Observation | Problem]:
    """inform_risk: key = indicator|iso3|year. inform_indicator: key = name|iso3|year|occurrence. Lists give none."""
    path = [part.lower() for part in _scope.path_of(answer)]
    if _hdx.is_record(answer) or "workflows" in path:
        return
    if "trends" in path or "scores" in path:
        yield from _scores(answer)
    else:
        yield from _file(answer)


def _rows(answer: Answer) -> list[dict[str, Any]]:
    return _scope.rows_in(answer, _scope.json_of(answer))


def _scores(answer: Answer) -> Iterator[Observation | Problem]:
    rows, query = _rows(answer), _scope.query_of(answer)
    if not rows:
        raise AdapterError(f"no scores from {answer.url}", "the release may not be out yet; ask the one before")
    yield from _scope.unused_fields((name for row in rows for name in row), USED, IGNORED)
    asked = {part.upper() for part in query.get("indicatorid", "").split(",") if part}
    stray = {str(row.get("IndicatorId")).upper() for row in rows} - asked
    if asked and stray:
        raise AdapterError(f"asked {', '.join(sorted(asked))}, got {', '.join(sorted(stray)[:5])} from {answer.url}")
    releases = {str(row["WorkflowId"]) for row in rows if row.get("WorkflowId")}
    if query.get("workflowid", "0") != "0" and releases - {query["workflowid"]}:
        raise AdapterError(f"asked release {query['workflowid']}, got {', '.join(sorted(releases))} from {answer.url}")
    for row in rows:
        where = f"{row.get('IndicatorId')} {row.get('Iso3')}"
        try:
            year = whole(row.get("GNAYear") or row.get("ValidityYear") or query.get("gnayear"))
            iso3 = _country(row.get("Iso3"))
            value = within(number(row.get("IndicatorScore")), 0, 10)
        except ValueError as error:
            yield Problem("bad_row", str(error), where, "compare with the INFORM spreadsheet")
            continue
        if value is not None:
            name = str(row["IndicatorId"])
            yield Observation(
                f"{name}|{iso3}|{year}", "inform_risk", Place(iso3, precision="country"), *year_span(year), value=value,
                dimensions={"indicator": name},
            )  # fmt: skip


def _country(code: Any) -> str:
    iso3 = _scope.iso3_of(str(code or ""))
    if iso3 is None:
        raise ValueError(f"{code!r} is no country code")
    return iso3


def _file(answer: Answer) -> Iterator[Observation | Problem]:
    table = _tabular.read(answer)
    columns = table.need("Iso3", "ValidityYear", "IndicatorName", "IndicatorScore", "Unit")
    yield from _scope.unused_fields(table.header, FILE_USED, FILE_IGNORED)
    seen: Counter[tuple[str, int, str]] = Counter()
    for row in table.rows:
        code, year_text, name, score, unit = (row[column] for column in columns)
        name = " ".join(str(name or "").split())
        if not name:
            yield Problem(
                "bad_row", "no indicator name: the value could be anything", f"{year_text}", "tell the publisher"
            )
            continue
        try:
            iso3, year, value = _country(code), whole(year_text), number(score)
        except ValueError as error:
            yield Problem("bad_row", str(error), f"{code} {year_text} {name}", "compare with the INFORM spreadsheet")
            continue
        seen[iso3, year, name] += 1
        nth = seen[iso3, year, name]
        if value is not None:
            yield Observation(
                f"{name}|{iso3}|{year}|{nth}", "inform_indicator", Place(iso3, precision="country"), *year_span(year),
                value=value, dimensions={"indicator": name, "unit": str(unit or ""), "occurrence": str(nth)},
            )  # fmt: skip
    yield from table.faults
