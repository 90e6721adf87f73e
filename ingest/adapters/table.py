r"""A plain table of figures, described in sources.toml: CSV, zipped CSV, XLSX or Parquet, long or a column per year.

Options (names of columns are the publisher's):

    iso3, country       column with a country code, column with its English name; with both, the name must agree
    not_countries       codes or names that are known and no country (patterns); "@world_bank" stands for its groupings
    apart               {code or name: [iso3, region]} for territories the table lists beside states
    region, region_code, district        columns of the place; `national`: words in `region` that mean the whole country
    time, end           column with a year, "2012-2013", 2012Q1, 2012M05 or a day; and the end of the period
    values              {column: variable} or {column: {variable, factor, least, most, low, high, filled, dimensions}}
    dimensions          {dimension: column};  codes  {dimension: {the table's word: ours}}
    only                {column: [values]} takes these rows and leaves the others by design
    expect              {column: value} of every row, or the whole answer is refused: it is about something else
    header, sheet       a cell that only the header row holds (lines above it are left out); part of the sheet's name
    ignored             columns left out by design (patterns); any other unread column is reported

A column in `values` is a name or a pattern. Its group `year` makes the column the value of that year; other named
groups become dimensions ('Factor (?P<factor>\d): .*'). `factor` multiplies; `least` and `most` bound the value as the
table writes it; `filled` names a column without which the figure is a filler and no measurement.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from ingest.adapters import _scope, _tabular
from ingest.adapters._numbers import day_of, number, span_of, whole, within, year_span
from ingest.adapters.worldbank import AGGREGATES
from ingest.catalog import Source
from ingest.model import AdapterError, Answer, Observation, Place, Problem, Request

OPTIONS: dict[str, type] = {
    "iso3": str, "country": str, "not_countries": list, "apart": dict, "region": str, "region_code": str,
    "district": str, "national": list, "time": str, "end": str, "values": dict, "dimensions": dict, "codes": dict,
    "only": dict, "expect": dict, "header": str, "sheet": str, "ignored": list,
}  # fmt: skip
PLACES = ("iso3", "country", "region", "region_code", "district")
VALUE_KEYS = ("variable", "factor", "least", "most", "low", "high", "filled", "dimensions")
GROUPS = {"@world_bank": sorted(AGGREGATES)}
YEARS = re.compile(r"(\d{4})\s*[-–/]\s*(\d{4})")


@dataclass(frozen=True, slots=True)
class Value:
    """One column of figures. Indexes are positions in a row; `span` is set where the column is a year's."""

    index: int
    variable: str
    span: tuple[date, date] | None
    dimensions: Mapping[str, str]
    factor: float = 1.0
    least: float = float("-inf")
    most: float = float("inf")
    low: int | None = None
    high: int | None = None
    filled: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The options of a source laid on one table's header."""

    at: Mapping[str, int]  # role (PLACES, time, end): position
    values: Sequence[Value]
    dimensions: Mapping[str, int]
    only: Mapping[int, frozenset[str]]
    expect: Mapping[int, str]
    options: Mapping[str, Any]
    used: set[str] = field(default_factory=set)


def requests(source: Source, since: datetime | None) -> Iterator[Request]:
    """The addresses of the catalog; none for a table that is dropped into the inbox."""
    return (Request(url) for url in source.urls)


def parse(answer: Answer, source: Source) -> Iterator[Observation | Problem]:
    """One Observation per row and filled value column; key = variable, dimensions, columns of the place, period."""
    options = source.options
    table = _tabular.read(answer, sheet=options.get("sheet"), header=options.get("header"))
    plan = _plan(table, options, source.id)
    out: list[Observation | Problem] = []
    for position, row in enumerate(table.rows, 1):
        if any(_text(row[index]) not in wanted for index, wanted in plan.only.items()):
            continue
        _assert_expected(row, plan, table.header, answer)
        where = f"row {position} {_text(row[plan.at.get('iso3', plan.at.get('country', 0))])}"
        try:
            place = _place(row, plan)
            if place is not None:
                out += _row(row, plan, place, where)
        except ValueError as error:
            out.append(Problem("bad_row", str(error), where, "compare with the publisher's table"))
    unused = [name for name in table.header if not _matches(options.get("ignored", ()), name)]
    yield from _scope.unused_fields(unused, plan.used, ())
    yield from out
    yield from table.faults


def _plan(table: _tabular.Table, options: Mapping[str, Any], source_id: str) -> Plan:
    if not options.get("values"):
        raise AdapterError(f"[source.{source_id}] options.values is empty", "say which columns hold which variable")
    roles = {role: options[role] for role in (*PLACES, "time", "end") if role in options}
    if not {"iso3", "country"} & set(roles):
        raise AdapterError(f"[source.{source_id}] options name no column for the country", "write iso3 or country")
    dimensions: Mapping[str, str] = options.get("dimensions", {})
    filters = {**options.get("only", {}), **options.get("expect", {})}
    table.need(*roles.values(), *dimensions.values(), *filters)
    at = table.header.index
    plan = Plan(
        at={role: at(name) for role, name in roles.items()},
        values=[value for name, spec in options["values"].items() for value in _values(table, name, spec)],
        dimensions={name: at(column) for name, column in dimensions.items()},
        only={at(name): frozenset(map(str, wanted)) for name, wanted in options.get("only", {}).items()},
        expect={at(name): str(wanted) for name, wanted in options.get("expect", {}).items()},
        options=options,
    )
    if "time" not in roles and any(value.span is None for value in plan.values):
        raise AdapterError(f"[source.{source_id}] options.time is missing", "name the column with the year or day")
    indexes = {index for v in plan.values for index in (v.index, v.low, v.high, v.filled) if index is not None}
    plan.used.update(roles.values(), dimensions.values(), filters, (table.header[index] for index in indexes))
    return plan


def _values(table: _tabular.Table, name: str, spec: str | Mapping[str, Any]) -> Iterator[Value]:
    """The columns a key of `values` stands for. AdapterError when there is none, or several that look the same."""
    facts: dict[str, Any] = {"variable": spec} if isinstance(spec, str) else dict(spec)
    if "variable" not in facts or set(facts) - set(VALUE_KEYS):
        raise AdapterError(f"options.values of {name!r} holds {', '.join(facts)}", f"keys: {', '.join(VALUE_KEYS)}")
    facts |= {key: table.need(facts[key])[0] for key in ("low", "high", "filled") if key in facts}
    fixed = facts.pop("dimensions", {})
    exact = table.column(name)
    found = [(exact, {})] if exact is not None else _matching(table, name)
    for index, groups in found:
        year = groups.pop("year", None)
        span = year_span(int(year)) if year else None
        yield Value(index=index, span=span, dimensions={**fixed, **groups}, **facts)


def _matching(table: _tabular.Table, pattern: str) -> list[tuple[int, dict[str, str]]]:
    hits = [(index, re.fullmatch(pattern, column)) for index, column in enumerate(table.header)]
    found = [(index, hit.groupdict()) for index, hit in hits if hit]
    if not found or (len(found) > 1 and any(not groups for _, groups in found)):
        raise AdapterError(
            f"{len(found)} columns are like {pattern!r}; the table has {', '.join(table.header)[:300]}",
            "compare the archived answer with options.values in sources.toml",
        )
    return found


def _assert_expected(row: Sequence[Any], plan: Plan, header: Sequence[str], answer: Answer) -> None:
    for index, wanted in plan.expect.items():
        if _text(row[index]) != wanted:
            raise AdapterError(
                f"{header[index]} is {_text(row[index])!r}, expected {wanted!r}, in {answer.url}",
                "this is another table: put it into the inbox folder of its own source",
            )


def _row(row: Sequence[Any], plan: Plan, place: Place, where: str) -> Iterator[Observation | Problem]:
    own = _span(row, plan) if "time" in plan.at else None
    dimensions = {name: _code(name, _text(row[index]), plan) for name, index in plan.dimensions.items()}
    identity = [_text(row[plan.at[role]]) for role in PLACES if role in plan.at and role != "country"]
    if "iso3" not in plan.at:
        identity.insert(0, _text(row[plan.at["country"]]))
    for value in plan.values:
        start, end = value.span or own or (date.min, date.min)  # one of them is there: _plan has looked
        try:
            figures = _figures(row, value)
        except ValueError as error:
            yield Problem("bad_value", f"{value.variable}: {error}", f"{where} {start.year}", "compare with the table")
            continue
        if figures is None:
            continue
        whole_year = (start, end) == (date(start.year, 1, 1), date(start.year, 12, 31))
        both = {**dimensions, **value.dimensions}
        key = "|".join([value.variable, *both.values(), *filter(None, identity), *_label(start, end, whole_year)])
        best, low, high = figures
        yield Observation(key, value.variable, place, start, end, best, value_low=low, value_high=high, dimensions=both)


def _label(start: date, end: date, whole_year: bool) -> tuple[str, ...]:
    return (str(start.year),) if whole_year else (start.isoformat(), end.isoformat())


def _figures(row: Sequence[Any], value: Value) -> tuple[float, float | None, float | None] | None:
    """Best, low and high in our unit; None when there is no figure, or only a filler."""
    best = within(number(row[value.index]), value.least, value.most)
    if best is None or (value.filled is not None and number(row[value.filled]) is None):
        return None
    low = number(row[value.low]) if value.low is not None else None
    high = number(row[value.high]) if value.high is not None else None
    factor = value.factor
    return best * factor, None if low is None else low * factor, None if high is None else high * factor


def _code(dimension: str, word: str, plan: Plan) -> str:
    codes = plan.options.get("codes", {}).get(dimension)
    if codes is None:
        return word
    if word not in codes:
        raise ValueError(f"{dimension} {word!r} is none of {', '.join(codes)}")
    return str(codes[word])


def _place(row: Sequence[Any], plan: Plan) -> Place | None:
    """Where the row is about; None for what is known and no country. ValueError for anything else."""
    cells = {role: _text(row[plan.at[role]]) for role in PLACES if role in plan.at}
    code, name = cells.get("iso3", ""), cells.get("country", "")
    for word in filter(None, (code, name)):
        if word in plan.options.get("apart", {}):
            iso3, region = plan.options["apart"][word]
            return Place(iso3, region_name=region, precision="region")
        if _matches(plan.options.get("not_countries", ()), word):
            return None
    found = _country(code, name)
    region = cells.get("region", "")
    if region in plan.options.get("national", ()):
        region = ""
    if not any((region, cells.get("region_code"), cells.get("district"))):
        return Place(found, precision="country")
    return Place(
        found,
        region_name=region or None,
        region_code=cells.get("region_code") or None,
        district_name=cells.get("district") or None,
        precision="district" if cells.get("district") else "region",
    )


@lru_cache(maxsize=4096)
def _country(code: str, name: str) -> str:
    by_code = _scope.iso3_of(code) if code else None
    by_name = _scope.iso3_of_name(name) if name else None
    if by_code and by_name and by_code != by_name:
        raise ValueError(f"code {code!r} is {by_code}, but the name {name!r} is {by_name}")
    if code and by_code is None:
        raise ValueError(f"{code!r} ({name}) is no country code")
    if by_code is None and by_name is None:
        raise ValueError(f"{name!r} is no country we know")
    return by_code or by_name or ""


def _span(row: Sequence[Any], plan: Plan) -> tuple[date, date]:
    start, end = _period(_text(row[plan.at["time"]]))
    if "end" in plan.at:
        end = _period(_text(row[plan.at["end"]]))[1]
    if end < start:
        raise ValueError(f"the period ends {end}, before it starts {start}")
    return start, end


@lru_cache(maxsize=4096)
def _period(text: str) -> tuple[date, date]:
    if years := YEARS.fullmatch(text):
        return year_span(int(years[1]))[0], year_span(int(years[2]))[1]
    if re.fullmatch(r"\d{4}([QM]\d+)?", text):
        return span_of(text)
    day = day_of(text)
    return day, day


def _text(cell: Any) -> str:
    """A cell as text: None and NaN are empty, 2024.0 is 2024."""
    if cell is None or cell != cell:
        return ""
    if isinstance(cell, float) and cell == int(cell):
        return str(whole(cell))
    return str(cell).strip()


def _matches(patterns: Sequence[str], word: str) -> bool:
    return _matcher(tuple(patterns))(word)


@lru_cache(maxsize=256)
def _matcher(patterns: tuple[str, ...]) -> Any:
    words = [item for pattern in patterns for item in GROUPS.get(pattern, [pattern])]
    exact = frozenset(words)
    anyhow = re.compile("|".join(f"(?:{word})" for word in words if word not in GROUPS) or r"(?!)")
    return lambda word: word in exact or bool(anyhow.fullmatch(word))
