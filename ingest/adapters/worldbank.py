"""World Bank API v2: one indicator, many countries and years, `[meta, rows]` as JSON.

Traps handled: an error comes as `[{"message": [...]}]` with status 200; an indicator that moved to another database
answers "not found" the same way (WGI ids now start with GOV_WGI_ and need source=3); rows can lack the alpha-3 code;
regional and income aggregates stand between the countries; a null value is no data and gives no row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from ingest.adapters import _scope
from ingest.adapters._numbers import number, span_of
from ingest.catalog import Source
from ingest.model import AdapterError, Answer, Observation, Place, Problem, Request

OPTIONS: dict[str, type] = {"indicators": list}

VARIABLES = {
    "FP.CPI.TOTL.ZG": "inflation_rate",
    "NY.GDP.MKTP.KD.ZG": "gdp_growth",
    "SE.SEC.ENRR": "secondary_enrolment",
    "SL.UEM.TOTL.ZS": "unemployment_rate",
}
WGI = re.compile(r"(?:GOV_WGI_)?(CC|GE|PV|RL|RQ|VA)\.EST")
# Codes of the World Bank's own groupings: known, and not countries.
AGGREGATES = {
    "AFE", "AFR", "AFW", "ARB", "CEA", "CEB", "CHI", "CLA", "CME", "CSA", "CSS", "DEA", "DEC", "DLA", "DMN", "DNS",
    "DSA", "DSF", "DSS", "EAP", "EAR", "EAS", "ECA", "ECS", "EMU", "EUU", "FCS", "FXS", "HIC", "HPC", "IBB", "IBD",
    "IBT", "IDA", "IDB", "IDX", "INX", "LAC", "LCN", "LDC", "LIC", "LMC", "LMY", "LTE", "MDE", "MEA", "MIC", "MNA",
    "NAC", "NAF", "NRS", "NXS", "OED", "OSS", "PRE", "PSS", "PST", "RRS", "SAS", "SSA", "SSF", "SST", "SXZ", "TEA",
    "TEC", "TLA", "TMN", "TSA", "TSS", "UMC", "WLD", "XZN",
}  # fmt: skip
USED = {"indicator", "country", "countryiso3code", "date", "value"}
IGNORED = {"unit", "obs_status", "decimal", "scale", "footnote"}


def requests(source: Source, since: datetime | None) -> Iterator[Request]:
    """One request per indicator of options.indicators; fills {countries} and {indicator} of the catalog's address."""
    countries = "all" if "*" in source.countries else ";".join(source.countries)
    for indicator in source.options.get("indicators", list(VARIABLES)):
        for url in source.urls:
            database = "&source=3" if indicator.startswith("GOV_WGI_") else ""
            yield Request(url.replace("{countries}", countries).replace("{indicator}", indicator) + database)


def follow(answer: Answer, source: Source) -> Iterator[Request]:
    """The next page, when the answer says there is one."""
    meta, _ = _read(answer)
    page, pages = int(meta.get("page", 1)), int(meta.get("pages", 1))
    if page < pages:
        bare = re.sub(r"([?&])page=\d+&?", r"\1", answer.url).rstrip("?&")
        yield Request(f"{bare}{'&' if '?' in bare else '?'}page={page + 1}")


def parse(answer: Answer, source: Source) -> Iterator[Observation | Problem]:
    """One Observation per country and period that has a value; key = indicator|iso3|period."""
    _, rows = _read(answer)
    indicator, countries = _asked(answer)
    first, last = _asked_years(answer)
    got = {str((row.get("indicator") or {}).get("id")) for row in rows}
    if got - {indicator}:
        raise AdapterError(f"asked {indicator}, got {', '.join(sorted(got))} from {answer.url}")
    found: set[str] = set()
    years: set[int] = set()
    out: list[Observation | Problem] = list(_scope.unused_fields((name for row in rows for name in row), USED, IGNORED))
    for row in rows:
        item = _row(row, indicator)
        if isinstance(item, Observation):
            found.add(item.place.iso3)
            years.add(item.ref_start.year)
        if item is not None:
            out.append(item)
    _scope.assert_countries(answer, countries, found)
    if first:
        _scope.assert_years(answer, first, last, years)
    yield from out


def _read(answer: Answer) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    data = _scope.json_of(answer)
    if isinstance(data, list) and data and isinstance(data[0], dict) and "message" in data[0]:
        said = "; ".join(f"{m.get('id')} {m.get('key')}: {m.get('value')}" for m in data[0]["message"])
        raise AdapterError(f"the World Bank answered an error: {said} ({answer.url})", "check the indicator id")
    if not (isinstance(data, list) and len(data) == 2 and isinstance(data[0], dict)):
        raise _scope.not_recognised(answer, type(data).__name__)
    rows = _scope.rows_in(answer, data[1] or [])
    if not all(isinstance(row.get("indicator"), dict) and isinstance(row.get("country"), dict) for row in rows):
        raise _scope.not_recognised(answer, rows[:1])
    return data[0], rows


def _asked(answer: Answer) -> tuple[str, set[str]]:
    """Indicator and countries (empty: all) from /v2/country/{countries}/indicator/{indicator}."""
    path = _scope.path_of(answer)
    try:
        names, indicator = path[path.index("country") + 1], path[path.index("indicator") + 1]
    except (ValueError, IndexError):
        raise _scope.not_recognised(answer, answer.url) from None
    if names.lower() == "all":
        return indicator, set()
    return indicator, {_scope.iso3_of(name) or name for name in names.split(";")}


def _asked_years(answer: Answer) -> tuple[int, int]:
    asked = re.findall(r"\d{4}", _scope.query_of(answer).get("date", ""))
    return (int(asked[0]), int(asked[-1])) if asked else (0, 0)


def _row(row: dict[str, Any], indicator: str) -> Observation | Problem | None:
    """None for a missing value or an aggregate, a Problem for what cannot be read."""
    code, name = row.get("countryiso3code") or "", str((row.get("country") or {}).get("value"))
    where = f"{indicator} {code or name} {row.get('date')}"
    try:
        value = number(row.get("value"))
        start, end = span_of(str(row.get("date")))
    except ValueError as error:
        return Problem("bad_row", str(error), where, "compare with the publisher's table")
    if value is None or code in AGGREGATES:
        return None
    iso3 = _scope.iso3_of(code) if code else _scope.iso3_of_name(name)
    if iso3 is None:
        return _unknown(code or name)
    variable, dimensions = _variable(indicator)
    key = f"{indicator}|{iso3}|{row['date']}"
    return Observation(key, variable, Place(iso3, precision="country"), start, end, value, dimensions=dimensions)


def _unknown(code: str) -> Problem:
    return Problem(
        "unknown_code", f"{code!r} is neither a country nor a known group", code, "add it to AGGREGATES or OTHER_CODES"
    )


def _variable(indicator: str) -> tuple[str, dict[str, str]]:
    if wgi := WGI.fullmatch(indicator):
        return "wgi_estimate", {"code": wgi[1]}
    variable = VARIABLES.get(indicator)
    return (variable, {}) if variable else ("world_bank_indicator", {"indicator": indicator})
