"""ACAPS API v1: INFORM Severity Index and Humanitarian Access, one answer per month and page, rows keyed by labels.

Traps handled: `iso3` and `country` are lists (a regional crisis has several); the address without a month redirects to
the current one, so the month is read from the final address; the index went from a scale of 0-5 to 0-10 in February
2026 while the category stayed 1-5, so the category is the variable that is comparable over time; "People in need" is a
score here, not a number of people.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from ingest.adapters import _scope
from ingest.adapters._numbers import day_of, month_of, number, within
from ingest.catalog import Source
from ingest.model import AdapterError, Answer, Observation, Place, Problem, Request

RESCALED = date(2026, 2, 1)  # from this month on the index runs from 0 to 10
SEVERITY = {
    "INFORM Severity Index": "index",
    "Impact of the crisis": "impact",
    "Conditions of affected people": "conditions",
    "Complexity": "complexity",
}
CATEGORY = "INFORM Severity category (numeric)"
ABOUT = {"iso3", "country", "crisis_id", "crisis_name", "country_level", "individual_aggregated", "Last updated"}
# Labels, drivers and parts of the scores: sub-scores follow from the ones kept, texts are not ours to pass on.
IGNORED = {
    "regions", "drivers", "INFORM Severity category", "Reliability", "Reliability (numeric)", "People in need",
    "Trend (last 3 months)", "Geographical", "Human", "Concentration of conditions", "Concentration",
    "Society and safety", "Operating environment", "Spread of conditions", "id", "_internal_filter_date",
    "_internal_updated", "internal_updated", "start_date", "end_date", "Type of crisis", "type_of_crisis",
    "glide_number", "link", "Updated", "date", "access_category",
    *(f"{part}{n}" for part in "IP" for n in range(1, 20)),
}  # fmt: skip


def requests(source: Source, since: datetime | None) -> Iterator[Request]:
    """The current month of each address; the token goes into a header, never into the address."""
    headers = {"Authorization": f"Token {source.key()}"} if source.key() else {}
    for url in source.urls:
        yield Request(url, headers=headers)


def follow(answer: Answer, source: Source) -> Iterator[Request]:
    """The next page, when the answer names one on the same host."""
    following = _scope.json_of(answer).get("next")
    if following and str(following).startswith("https://api.acaps.org/"):
        yield Request(str(following), headers={"Authorization": f"Token {source.key()}"} if source.key() else {})


def parse(answer: Answer, source: Source) -> Iterator[Observation | Problem]:
    """Severity gives a category and four scores, access one level; key = crisis|iso3|indicator|month."""
    data = _scope.json_of(answer)
    if not isinstance(data, dict) or "results" not in data:
        raise _scope.not_recognised(answer, data)
    rows = _scope.rows_in(answer, data["results"])
    kind, month = _asked(answer)
    figures = {"ACCESS"} if kind == "humanitarian-access" else {CATEGORY, *SEVERITY}
    yield from _scope.unused_fields((name for row in rows for name in row), ABOUT | figures, IGNORED)
    asked = {iso3.upper() for iso3 in _scope.query_of(answer).get("iso3", "").split(",") if iso3}
    out: list[Observation | Problem] = []
    for row in rows:
        try:
            out += list(_row(row, kind, month))  # the whole row or none of it
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            where = f"{row.get('crisis_id')} {month[0]:%b%Y}"
            out.append(Problem("bad_row", f"{type(error).__name__}: {error}", where, "compare with the ACAPS page"))
    found = {item.place.iso3 for item in out if isinstance(item, Observation)}
    if asked and found and not asked & found:
        _scope.assert_countries(answer, asked, found)
    yield from out


def _asked(answer: Answer) -> tuple[str, tuple[date, date]]:
    """("inform-severity-index" | "humanitarian-access", first and last day of the month)."""
    for url in (answer.final_url, answer.url):
        parts = [part for part in url.split("?")[0].split("/") if part]
        for kind in ("inform-severity-index", "humanitarian-access"):
            if kind in parts and parts.index(kind) + 1 < len(parts):
                try:
                    return kind, month_of(parts[parts.index(kind) + 1])
                except ValueError:
                    continue
    raise AdapterError(
        f"no month in {answer.url} nor in where it led to", "ask .../inform-severity-index/Sep2026/ with the month"
    )


def _row(row: dict[str, Any], kind: str, month: tuple[date, date]) -> Iterator[Observation | Problem]:
    codes = row["iso3"] if isinstance(row["iso3"], list) else [row["iso3"]]
    dimensions = {"crisis": str(row["crisis_id"]), "scope": "regional" if len(codes) > 1 else "country"}
    for label in ("country_level", "individual_aggregated"):
        if row.get(label) is not None:
            dimensions[label] = str(row[label]).lower()
    updated = datetime.combine(day_of(row["Last updated"]), datetime.min.time()) if row.get("Last updated") else None
    for code in codes:
        iso3 = _scope.iso3_of(str(code))
        if iso3 is None:
            yield Problem("unknown_code", f"{code!r} is no country code", str(code), "add it to OTHER_CODES")
            continue
        for variable, name, value, extra in _figures(row, kind, month[0]):
            yield Observation(
                key=f"{row['crisis_id']}|{iso3}|{name}|{month[0]:%Y-%m}",
                variable=variable,
                place=Place(iso3, precision="country"),
                ref_start=month[0],
                ref_end=month[1],
                value=value,
                published=updated,
                dimensions={**dimensions, "indicator": name, **extra},
            )


def _figures(row: dict[str, Any], kind: str, month: date) -> Iterator[tuple[str, str, float, dict[str, str]]]:
    """(variable, indicator, value, further dimensions) of the figures the row has."""
    if kind == "humanitarian-access":
        level = within(number(row["ACCESS"]), 0, 5)
        if level is not None:
            yield "humanitarian_access", "access", level, {}
        return
    top = 10 if month >= RESCALED else 5
    category = within(number(row.get(CATEGORY)), 1, 5)
    if category is not None:
        yield "inform_severity", "category", category, {}
    for label, name in SEVERITY.items():
        value = within(number(row.get(label)), 0, top)
        if value is not None:
            yield "inform_severity_index", name, value, {"scale": f"0-{top}"}
