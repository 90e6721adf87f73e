"""Varieties of Democracy: a few indices per country and year, with their bounds where the file has them.

Two forms. The country-year core file of V-Dem (CSV or zip, thousands of columns) that an operator drops into the inbox:
the columns of COLUMNS are taken, the rest is left by design. And the charts of Our World in Data (Entity, Code, Year,
one value): "human-rights-index-vdem" is V-Dem's civil liberties index, which is wider than physical integrity.
Continents and states that are no more give no row; territories V-Dem rates apart are regions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from ingest.adapters import _scope, _tabular
from ingest.adapters._numbers import number, whole, within, year_span
from ingest.catalog import Source
from ingest.model import Answer, Observation, Place, Problem, Request
from ingest.placenames import fold

COLUMNS = {  # V-Dem column: (variable, divisor to 0-1). *_osp is the 0-4 answer scale; the plain name is a z-score.
    "v2x_rule": ("rule_of_law_index", 1),
    "v2x_clphy": ("physical_integrity_index", 1),
    "v2x_civlib": ("civil_liberties_index", 1),
    "v2x_jucon": ("judicial_constraints_index", 1),
    "v2cltort_osp": ("freedom_from_torture", 4),
    "v2clkill_osp": ("freedom_from_political_killings", 4),
    "v2xcl_dmove": ("freedom_of_movement_index", 1),
    "v2x_freexp_altinf": ("freedom_of_expression_index", 1),
}
CHARTS = {  # words of a chart's value column, folded: variable
    "human rights index": "civil_liberties_index",
    "civil liberties index": "civil_liberties_index",
    "civ libs vdem": "civil_liberties_index",
    "rule of law index": "rule_of_law_index",
    "rule of law vdem": "rule_of_law_index",
    "judicial constr vdem": "judicial_constraints_index",
    "physical integrity rights index": "physical_integrity_index",
    "freedom of expression and alternative sources of information index": "freedom_of_expression_index",
    "judicial constraints on the executive index": "judicial_constraints_index",
}
CHART_IGNORED = {"World region according to OWID", "owid_region", "time"}
# Rated apart from the state they belong to in ISO 3166. In V-Dem PSE is the West Bank alone, so codes count only there.
APART_CODES = {
    "PSE": ("PSE", "West Bank"),
    "PSG": ("PSE", "Gaza Strip"),
    "SML": ("SOM", "Somaliland"),
    "ZZB": ("TZA", "Zanzibar"),
}
APART_NAMES = {
    "Palestine/West Bank": ("PSE", "West Bank"),
    "Palestine/Gaza": ("PSE", "Gaza Strip"),
    "Somaliland": ("SOM", "Somaliland"),
    "Zanzibar": ("TZA", "Zanzibar"),
}
NO_COUNTRY = {
    "Africa", "Asia", "Europe", "North America", "Oceania", "South America", "World", "Baden", "Bavaria",
    "Brunswick", "Democratic Republic of Vietnam", "Duchy of Nassau", "East Germany", "German Democratic Republic",
    "Hamburg", "Hanover", "Hesse Electoral", "Hesse Grand Ducal", "Hesse-Darmstadt", "Hesse-Kassel",
    "Mecklenburg Schwerin", "Modena", "Nassau", "Oldenburg", "Orange Free State", "Palestine/British Mandate",
    "Papal States", "Parma", "Piedmont-Sardinia", "Republic of Vietnam", "Saxe-Weimar-Eisenach", "Saxony",
    "South Yemen", "Transvaal", "Tuscany", "Two Sicilies", "West Germany", "Wuerttemburg", "Wurttemberg",
    "Württemberg", "Würtemberg", "Yemen Arab Republic", "Yemen People's Republic",
}  # fmt: skip


def requests(source: Source, since: datetime | None) -> Iterator[Request]:
    """The charts; the core file is dropped into the inbox."""
    for url in source.urls:
        yield Request(url)


def parse(answer: Answer, source: Source) -> Iterator[Observation | Problem]:
    """One Observation per country, year and index that has a value; key = variable|iso3 or region|year."""
    table = _tabular.read(answer)
    core = "country_text_id" in table.header
    if core:
        columns = _core_columns(table)
        names = table.need("country_name", "country_text_id", "year")
    elif {"Entity", "Year"} <= set(table.header):
        columns = _chart_columns(table, answer)
        known = {table.header[at] for column in columns for at in column[2:] if at is not None}
        yield from _scope.unused_fields(table.header, {"Entity", "Code", "Year", *known}, CHART_IGNORED)
        names = table.need("Entity", "Code", "Year")
    else:
        raise _scope.not_recognised(answer, table.header[:8])
    for row in table.rows:
        name, code = str(row[names[0]]).strip(), str(row[names[1]] or "").strip()
        try:
            place = _place(name, code, APART_CODES if core else {})
            if isinstance(place, Place):
                yield from list(_row(row, columns, place, whole(row[names[2]])))  # the whole row or none of it
            elif place is not None:
                yield place
        except ValueError as error:
            yield Problem("bad_row", str(error), f"{name} {row[names[2]]}", "compare with the codebook")
    yield from table.faults


_Column = tuple[str, int, int, int | None, int | None]  # variable, divisor, index of value, low, high


def _core_columns(table: _tabular.Table) -> list[_Column]:
    columns: list[_Column] = []
    for name, (variable, divisor) in COLUMNS.items():
        index = table.column(name)
        if index is not None:
            bounds = table.column(f"{name}_codelow"), table.column(f"{name}_codehigh")
            columns.append((variable, divisor, index, *bounds))
    if not columns:
        table.need(*COLUMNS)
    return columns


def _chart_columns(table: _tabular.Table, answer: Answer) -> list[_Column]:
    """Value columns of a chart by their title; bounds are columns with the same title and "(lower|upper …)"."""
    found: dict[str, dict[str, int]] = {}
    for index, name in enumerate(table.header):
        if name in {"Entity", "Code", "Year"} | CHART_IGNORED:
            continue
        title = fold(name)
        variable = next((v for words, v in CHARTS.items() if title.startswith(words)), None)
        if variable is None:
            continue
        part = (
            "low"
            if re.search(r"\blow(er)?\b", title)
            else "high"
            if re.search(r"\b(high|upp)(er)?\b", title)
            else "value"
        )
        found.setdefault(variable, {})[part] = index
    missing = [variable for variable, parts in found.items() if "value" not in parts]
    if missing or not found:  # a new chart, or bounds without a value
        raise _scope.not_recognised(answer, table.header)
    return [(variable, 1, parts["value"], parts.get("low"), parts.get("high")) for variable, parts in found.items()]


def _place(name: str, code: str, apart_codes: dict[str, tuple[str, str]]) -> Place | Problem | None:
    """Where the row is about; None for what is known and no country today."""
    apart = APART_NAMES.get(name) or apart_codes.get(code)
    if apart:
        return Place(apart[0], region_name=apart[1], precision="region")
    if name in NO_COUNTRY or name.endswith("(population-weighted)"):
        return None
    iso3 = _scope.iso3_of(code) if code else None
    if iso3:
        return Place(iso3, precision="country")
    return Problem(
        "unknown_code", f"{name!r} ({code or 'no code'}) is no country we know", name, "add it to NO_COUNTRY"
    )


def _row(row: Sequence[Any], columns: list[_Column], place: Place, year: int) -> Iterator[Observation]:
    start, end = year_span(year)
    for variable, divisor, value_at, low_at, high_at in columns:
        value = within(number(row[value_at]), 0, divisor)
        if value is None:
            continue
        low = number(row[low_at]) if low_at is not None else None
        high = number(row[high_at]) if high_at is not None else None
        yield Observation(
            key=f"{variable}|{place.region_name or place.iso3}|{year}",
            variable=variable,
            place=place,
            ref_start=start,
            ref_end=end,
            value=value / divisor,
            value_low=None if low is None else low / divisor,
            value_high=None if high is None else high / divisor,
        )
