"""IOM Displacement Tracking Matrix v3: people displaced within their country, per area and round.

Envelope `{result, isSuccess, statusCode, errorMessages, totalRecordsCount}`; `isSuccess` false comes with HTTP 200.
Rows are parts: one per reason and area of origin. They are added up per operation, assessment type, round, day and
area; sex figures are added only where every part has them. Rounds are readings of a stock: never add them. Two
assessment types (baseline BA, site SA) of one round measure the same people differently: never add those either.
Lists of countries and operations hold no figures and give no row.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from ingest.adapters import _scope
from ingest.adapters._numbers import day_of, number, within
from ingest.catalog import Source
from ingest.model import AdapterError, Answer, Observation, Place, Problem, Request

LISTS = {"country-list", "operation-list"}
LEVELS = {"admin0": ("country", 0), "admin1": ("region", 1), "admin2": ("district", 2)}
AREA = {f"admin{level}{what}" for level in (0, 1, 2) for what in ("Name", "Pcode")}
USED = AREA | {
    "operation", "assessmentType", "roundNumber", "reportingDate", "displacementReason", "numPresentIdpInd",
    "numberMales", "numberFemales",
}  # fmt: skip
IGNORED = {
    "id", "yearReportingDate", "monthReportingDate", "idpOriginAdmin1Name", "idpOriginAdmin1Pcode", "operationStatus",
}  # fmt: skip
Group = tuple[str, str, str, str, date]  # operation, assessment, round, area, day


def requests(source: Source, since: datetime | None) -> Iterator[Request]:
    """Each address for each country; the subscription key goes into a header."""
    headers = {"Ocp-Apim-Subscription-Key": source.key() or ""} if source.key() else {}
    for template in source.urls:
        for url in _scope.per_country(template, source.countries):
            yield Request(url, headers=headers)


def parse(answer: Answer, source: Source) -> Iterator[Observation | Problem]:
    """idps_present per area and round; key = level|area|operation|assessment|round|day."""
    rows = _rows(answer)
    kind = next((part for part in reversed(_scope.path_of(answer)) if part in LEVELS or part in LISTS), "")
    if kind in LISTS:
        return
    if kind not in LEVELS:
        raise _scope.not_recognised(answer, _scope.path_of(answer))
    yield from _scope.unused_fields((name for row in rows for name in row), USED, IGNORED)
    asked = _scope.query_of(answer).get("admin0pcode", "")
    countries = {iso3} if (iso3 := _scope.iso3_of(asked)) else set()
    _scope.assert_countries(answer, countries, {_scope.iso3_of(str(row.get("admin0Pcode"))) or "?" for row in rows})
    groups: dict[Group, list[dict[str, Any]]] = {}
    level = LEVELS[kind][1]
    for row in rows:
        try:
            groups.setdefault(_group(row, level), []).append(row)
        except _scope.UNREADABLE as error:
            where = f"{row.get(f'admin{level}Pcode')} round {row.get('roundNumber')}"
            yield Problem("bad_row", _scope.why(error), where, "compare with the publisher's portal")
    for group, parts in groups.items():
        try:
            yield _total(group, parts, *LEVELS[kind])
        except _scope.UNREADABLE as error:
            where = f"{group[3]} round {group[2]} of {group[0]}"
            yield Problem("bad_row", _scope.why(error), where, "compare with the publisher's portal")


def _rows(answer: Answer) -> list[dict[str, Any]]:
    data = _scope.json_of(answer)
    if not isinstance(data, dict) or "isSuccess" not in data:
        raise _scope.not_recognised(answer, data)
    if not data["isSuccess"]:
        said = "; ".join(map(str, data.get("errorMessages") or ())) or data.get("statusCode")
        raise AdapterError(f"the service refused {answer.url}: {said}", "check the key and the parameters")
    rows = _scope.rows_in(answer, data.get("result"))
    stated = data.get("totalRecordsCount")
    if isinstance(stated, int) and stated != len(rows):
        raise AdapterError(f"{stated} records announced, {len(rows)} received from {answer.url}", "fetch it again")
    return rows


def _group(row: dict[str, Any], level: int) -> Group:
    area = str(row.get(f"admin{level}Pcode") or row.get(f"admin{level}Name") or "").strip()
    if not area:
        raise ValueError(f"a row without an area of level {level}")
    return (
        str(row.get("operation") or ""),
        str(row.get("assessmentType") or ""),
        str(row.get("roundNumber") or ""),
        area,
        day_of(row.get("reportingDate")),
    )


def _total(group: Group, parts: list[dict[str, Any]], precision: str, level: int) -> Observation:
    operation, assessment, number_of_round, area, day = group
    first = parts[0]
    iso3 = _scope.iso3_of(str(first.get("admin0Pcode")))
    if iso3 is None:
        raise ValueError(f"{first.get('admin0Pcode')!r} is no country code")
    place = Place(
        iso3,
        region_name=_word(first.get("admin1Name")) if level >= 1 else None,
        region_code=_word(first.get("admin1Pcode")) if level >= 1 else None,
        district_name=_word(first.get("admin2Name")) if level == 2 else None,
        district_code=_word(first.get("admin2Pcode")) if level == 2 else None,
        precision=precision,
    )
    value = _sum(parts, "numPresentIdpInd")
    if value is None:
        raise ValueError("a part without a number of people: the total would be too small")
    reasons = sorted({reason for part in parts for reason in _reasons(part)})
    dimensions = {
        "operation": operation, "assessment": assessment, "round": number_of_round, "reasons": "; ".join(reasons),
    }  # fmt: skip
    for name, column in (("males", "numberMales"), ("females", "numberFemales")):
        count = _sum(parts, column)
        if count is not None:
            dimensions[name] = f"{count:.0f}"
    key = f"admin{level}|{iso3}|{area}|{operation}|{assessment}|{number_of_round}|{day}"
    return Observation(key, "idps_present", place, day, day, value, dimensions=dimensions)


def _sum(parts: list[dict[str, Any]], column: str) -> float | None:
    """The sum of a column; None when any part lacks it."""
    values = [within(number(part.get(column)), 0, 1e8) for part in parts]
    return None if None in values else sum(value for value in values if value is not None)


def _reasons(part: dict[str, Any]) -> list[str]:
    return [word.strip().lower() for word in str(part.get("displacementReason") or "").split(";") if word.strip()]


def _word(value: Any) -> str | None:
    text = str(value or "").strip()
    return None if text.lower() in ("", "not available", "none") else text
