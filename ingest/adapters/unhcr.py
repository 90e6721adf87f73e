"""UNHCR refugee statistics by country of origin and asylum: stocks, applications, decisions, returns.

Forms, told apart by their columns: the API (`{"page", "maxPages", "items"}`), tables with its column names (CSV or
parquet in the inbox), and the files on the Humanitarian Data Exchange (Year, ISO3CoO, ISO3CoA, ...). Every row is about
its country of origin; the country of asylum is a dimension.

Traps handled: the API ignores parameters it does not know and answers with the whole world, so countries and years are
checked against the address; "-" is no figure and gives no row, 0 is a measured zero; numbers come as text or number in
one row; small counts are rounded to multiples of 5 for protection; persons (P) and cases (C) are never one variable;
totals of decisions are the denominator of their parts; sex and age columns of 0 beside a total mean "not broken down".
Origins that are no country (stateless, unknown, Tibetan) give no row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from ingest.adapters import _scope, _tabular
from ingest.adapters._numbers import number, whole, within, year_span
from ingest.catalog import Source
from ingest.model import AdapterError, Answer, Observation, Place, Problem, Request

NO_COUNTRY = {"UNK", "UKN", "XXA", "XXB", "XXC", "XXX", "STA", "VAR", "TIB", "-", ""}
MOST = 2e8  # people

STOCKS = {  # column of the API | of the exchange: variable
    ("refugees", "REF"): "refugees_from",
    ("asylum_seekers", "ASY"): "asylum_seekers_from",
    ("idps", "IDP"): "idps_present",
    ("stateless", "STA"): "stateless_people",
    ("ooc", "OOC"): "others_of_concern",
    ("oip", "OIP"): "others_in_need_of_protection",
    ("hst", "HST"): "host_community",
}
SOLUTIONS = {
    ("returned_refugees", "RET"): "returned_refugees",
    ("returned_idps", "RDP"): "returned_idps",
    ("resettlement", "RST"): "resettled_refugees",
    ("naturalisation", "NAT"): "naturalised_refugees",
}
AT_HOME = {"idps_present", "returned_idps"}  # a 0 for two countries says nothing: the displaced stayed in theirs
OUTCOMES = {  # column of the API | of the exchange: outcome
    ("dec_recognized", "Recognized"): "recognized",
    ("dec_other", "RecognizedOther"): "other",
    ("dec_rejected", "Rejected"): "rejected",
    ("dec_closed", "OtherwiseClosed"): "closed",
}
ABOUT = {  # our name: (API, exchange)
    "year": ("year", "Year"),
    "origin": ("coo_iso", "ISO3CoO"),
    "asylum": ("coa_iso", "ISO3CoA"),
    "procedure": ("procedure_type", "ProcedureType"),
    "level": ("dec_level", "DecisionType"),
    "application": ("app_type", "ApplicationType"),
    "counted": ("dec_pc", "DecisionDataType"),
    "counted_applications": ("app_pc", "ApplicationDataType"),
    "applied": ("applied", "Applications"),
    "decided": ("dec_total", "TotalDecided"),
    "group": ("pop_type", "PT"),
    "total": ("total", "Total"),
    "location": ("location", "location"),
    "urban": ("urban_rural", "urbanRural"),
    "accommodation": ("accommodation", "accommodationType"),
}
SEX_AGE = re.compile(
    r"(Female|Male)_(0_4|5_11|12_17|18_59|60|Unknown|total)|(f|m)_(0_4|5_11|12_17|18_59|60|other|total)"
)
IGNORED = {
    "coo_id", "coo_name", "coo", "coa_id", "coa_name", "coa", "app_persons_per_case", "id",
    "ApplicationAveragePersonsPerCase",
    "DecisionsAveragePersonsPerCase", "dec_persons_per_case", "dec_pers_per_case",
}  # fmt: skip
FIELDS = {name for pair in (*STOCKS, *SOLUTIONS, *OUTCOMES, *ABOUT.values()) for name in pair}
Record = dict[str, Any]


def requests(source: Source, since: datetime | None) -> Iterator[Request]:
    """The first page for each country, in the place of {iso3} in the catalog's addresses."""
    for template in source.urls:
        for url in _scope.per_country(template, source.countries):
            yield Request(url)


def follow(answer: Answer, source: Source) -> Iterator[Request]:
    """The next page of an API answer."""
    if answer.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] != b"{":
        return
    data = _scope.json_of(answer)
    page, pages = int(number(data.get("page")) or 1), int(number(data.get("maxPages")) or 1)
    if page < pages:
        bare = re.sub(r"([?&])page=\d+&?", r"\1", answer.url).rstrip("?&")
        yield Request(f"{bare}{'&' if '?' in bare else '?'}page={page + 1}")


def parse(answer: Answer, source: Source) -> Iterator[Observation | Problem]:
    """One Observation per figure, placed in the country of origin; key = variable|origin|asylum|details|year."""
    names, records, faults = _records(answer)
    read = _reader(answer, names)
    used = FIELDS | {name for name in names if SEX_AGE.fullmatch(name)}
    yield from _scope.unused_fields(names, used, IGNORED)
    found: list[tuple[str, str, int]] = []
    out: list[Observation | Problem] = []
    for record in records:
        about = {ours: record.get(api, record.get(exchange)) for ours, (api, exchange) in ABOUT.items()}
        where = f"{about['origin']} {about['asylum']} {about['year']}"
        try:
            year = whole(about["year"])
            origin, asylum = str(about["origin"] or ""), str(about["asylum"] or "")
            found.append((origin, asylum, year))
            if origin in NO_COUNTRY:
                continue
            out += list(read(record, about, _country(origin), _known(asylum), *year_span(year)))
        except _scope.UNREADABLE as error:
            out.append(Problem("bad_row", _scope.why(error), where, "compare with the publisher's table"))
    _assert_scope(answer, found)
    yield from out
    yield from faults


def _records(answer: Answer) -> tuple[list[str], Iterable[Record], list[Problem]]:
    if answer.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        data = _scope.json_of(answer)
        if "items" not in data:
            raise _scope.not_recognised(answer, data)
        items = _scope.rows_in(answer, data["items"])
        return list(dict.fromkeys(name for item in items for name in item)), items, []
    table = _tabular.read(answer)
    return list(table.header), table.records(), table.faults


def _reader(answer: Answer, names: list[str]) -> Any:
    """Which kind of table this is, by the columns it has. An answer without rows is read as any."""
    present = set(names)

    def has(*pairs: tuple[str, str]) -> bool:
        return any(present & set(pair) for pair in pairs)

    if not names:
        return _stocks
    if not (has(ABOUT["year"]) and has(ABOUT["origin"]) and has(ABOUT["asylum"])):
        raise _scope.not_recognised(answer, names)
    if has(*OUTCOMES):
        return _decisions
    if has(ABOUT["applied"]):
        return _applications
    if has(ABOUT["group"]) or any(SEX_AGE.fullmatch(name) for name in names):
        return _demographics
    if has(*SOLUTIONS) or has(*STOCKS):
        return _stocks
    raise _scope.not_recognised(answer, names)


def _country(code: str) -> str:
    iso3 = _scope.iso3_of(code)
    if iso3 is None:
        raise ValueError(f"{code!r} is no country code")
    return iso3


def _known(code: str) -> str:
    return "unknown" if code in NO_COUNTRY else _country(code)


def _figure(record: Record, pair: tuple[str, str]) -> float | None:
    return within(number(next((record[name] for name in pair if name in record), None)), 0, MOST)


def _stocks(record: Record, about: Record, origin: str, asylum: str, start: date, end: date) -> Iterator[Observation]:
    """End-of-year populations, and the solutions of a year."""
    place = Place(origin, precision="country")
    for pair, variable in (STOCKS | SOLUTIONS).items():
        value = _figure(record, pair)
        if value == 0 and variable in AT_HOME and origin != asylum:
            continue
        if value is not None:
            key = f"{variable}|{origin}|{asylum}|{start.year}"
            yield Observation(key, variable, place, start, end, value, dimensions={"country_of_asylum": asylum})


def _applications(
    record: Record, about: Record, origin: str, asylum: str, start: date, end: date
) -> Iterator[Observation]:
    value = _figure(record, ABOUT["applied"])
    if value is None:
        return
    variable = "asylum_applications" + _suffix(about["counted_applications"])
    kind = {"procedure": str(about["procedure"] or ""), "application": str(about["application"] or "")}
    key = f"{variable}|{origin}|{asylum}|{kind['procedure']}|{kind['application']}|{start.year}"
    dimensions = {"country_of_asylum": asylum, **kind}
    yield Observation(key, variable, Place(origin, precision="country"), start, end, value, dimensions=dimensions)


def _decisions(
    record: Record, about: Record, origin: str, asylum: str, start: date, end: date
) -> Iterator[Observation]:
    variable = "asylum_decisions" + _suffix(about["counted"])
    place, decided = Place(origin, precision="country"), _figure(record, ABOUT["decided"])
    kind = {"procedure": str(about["procedure"] or ""), "level": str(about["level"] or "")}
    for pair, outcome in OUTCOMES.items():
        value = _figure(record, pair)
        if value is not None:
            key = f"{variable}|{outcome}|{origin}|{asylum}|{kind['procedure']}|{kind['level']}|{start.year}"
            dimensions = {"country_of_asylum": asylum, "outcome": outcome, **kind}
            yield Observation(key, variable, place, start, end, value, denominator=decided, dimensions=dimensions)


def _suffix(counted: Any) -> str:
    """Persons have the plain name; cases are another variable. ValueError for anything else."""
    code = str(counted or "P").strip().upper()
    if code not in ("P", "C"):
        raise ValueError(f"{counted!r} is neither P (persons) nor C (cases)")
    return "" if code == "P" else "_cases"


def _demographics(
    record: Record, about: Record, origin: str, asylum: str, start: date, end: date
) -> Iterator[Observation]:
    """The total, and the sex and age bands when the source has them (when they are not all 0 beside a total)."""
    place, group = Place(origin, precision="country"), str(about["group"] or "")
    site = {name: str(about[name]) for name in ("location", "urban", "accommodation") if about[name]}
    base = {"country_of_asylum": asylum, "group": group, **site}
    stem = "|".join([origin, asylum, group, *site.values(), str(start.year)])
    total = _figure(record, ABOUT["total"])
    if total is not None:
        yield Observation(f"total|{stem}", "people_of_concern", place, start, end, total, dimensions=base)
    bands = {name: _figure(record, (name, name)) for name in record if SEX_AGE.fullmatch(name)}
    if not any(bands.values()):
        return
    for name, value in bands.items():
        if value is not None:
            sex, age = name.split("_", 1)
            dimensions = base | {"sex": sex[0].lower(), "age": age.lower()}
            yield Observation(
                f"{name}|{stem}", "people_of_concern_by_group", place, start, end, value, dimensions=dimensions
            )


def _assert_scope(answer: Answer, found: list[tuple[str, str, int]]) -> None:
    """AdapterError when rows are about origins, asylum countries or years that were not asked for."""
    asked = _scope.query_of(answer)
    for parameter, index in (("coo", 0), ("coa", 1)):
        codes = {code.strip().upper() for code in asked.get(parameter, "").split(",") if code.strip()}
        if codes:
            _scope.assert_countries(answer, codes, {str(row[index]) for row in found})
    if asked.get("coo_all", "").lower() == "true" and asked.get("coo"):
        raise AdapterError("coo_all=true overrides coo: the whole world is asked", "remove coo_all from `urls`")
    first, last = asked.get("yearfrom", ""), asked.get("yearto", "")
    if first.isdigit() and last.isdigit():
        _scope.assert_years(answer, int(first), int(last), {row[2] for row in found})
