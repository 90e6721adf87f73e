"""WFP market prices from the Humanitarian Data Exchange: files per country or per year, monthly, one row per price.

Forms: `wfp_food_prices_{iso3}.csv` (older ones without ids and without a country column, with an HXL row),
`wfp_food_prices_global_{year}.csv`, and the lists of markets and commodities (reference rows, no observations).

Traps handled: forecasts stand between the prices, most with price 0.0 as a placeholder (a Problem, no row; a forecast
with a figure is flagged as projection); several units and price types per commodity (in the dimensions and the key);
wages, exchange rates and other goods are variables of their own; "National Average" is the country, not a market.
Keys are made of names, not ids, because only the newer files have ids and a price must not come twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from ingest.adapters import _hdx, _scope, _tabular
from ingest.adapters._numbers import month_span, number, within
from ingest.catalog import Source
from ingest.model import AdapterError, Answer, Observation, Place, Problem, Request

OPTIONS: dict[str, type] = {"files": str}

COLUMNS = (
    "date", "admin1", "admin2", "market", "latitude", "longitude", "category", "commodity", "unit", "priceflag",
    "pricetype", "currency", "price",
)  # fmt: skip
OPTIONAL = ("countryiso3", "market_id", "commodity_id")
# The price in dollars is the publisher's conversion and changes with each release: it is not a second measurement.
IGNORED = {"usdprice"}
FLAGS = {"actual", "aggregate", "forecast"}  # may be joined by commas
LISTS = ({"market_id", "market", "countryiso3"}, {"commodity_id", "category", "commodity"})
PLACEHOLDER = "a forecast without a figure (price 0)"


def requests(source: Source, since: datetime | None) -> Iterator[Request]:
    """The datasets' records, from which `follow` takes the price files."""
    for template in source.urls:
        for url in _scope.per_country(template, source.countries):
            yield Request(url)


def follow(answer: Answer, source: Source) -> Iterator[Request]:
    """The price files of a dataset's record."""
    if _hdx.is_record(answer):
        yield from _hdx.files(answer, source.options.get("files", r"wfp_food_prices_.*\.csv"))


def parse(answer: Answer, source: Source) -> Iterator[Observation | Problem]:
    """One Observation per price; key = iso3|day|admin1|admin2|market|commodity|unit|type|currency. Lists give none."""
    if _hdx.is_record(answer):
        return
    table = _tabular.read(answer)
    if "price" not in table.header and any(columns <= set(table.header) for columns in LISTS):
        return
    need = table.need(*COLUMNS)
    yield from _scope.unused_fields(table.header, (*COLUMNS, *OPTIONAL), IGNORED)
    asked, year = _asked(answer)
    reader = _Reader(asked, year, table.column("countryiso3"), need)
    if reader.country_at is None and not asked:
        raise AdapterError(
            f"no country: no column countryiso3 and none in the name of {answer.url}",
            "name the file wfp_food_prices_xxx.csv with the country's code",
        )
    out = [reader.read(row) for row in table.rows]
    _scope.assert_countries(answer, {asked} if asked else set(), reader.countries)
    if year:
        _scope.assert_years(answer, year, year, reader.years)
    yield from out
    yield from table.faults


def _asked(answer: Answer) -> tuple[str | None, int | None]:
    """Country and year in the file's name; None for what it does not say."""
    name = _scope.file_name(answer)
    country = re.fullmatch(r"wfp_food_prices_([a-z]{3})\.csv", name)
    year = re.fullmatch(r"wfp_food_prices_global_(\d{4})\.csv", name)
    iso3 = _scope.iso3_of(country[1]) if country else None
    if country and not iso3:
        raise AdapterError(f"{country[1]!r} in {answer.url} is no country code", "correct the name of the file")
    return iso3, int(year[1]) if year else None


@dataclass(slots=True)
class _Reader:
    """Turns rows into observations; places, dates and dimensions that come back are made once."""

    asked: str | None
    year: int | None
    country_at: int | None
    at: Sequence[int]
    countries: set[str] = field(default_factory=set)
    years: set[int] = field(default_factory=set)
    _places: dict[tuple[str, ...], Place] = field(default_factory=dict)
    _spans: dict[str, tuple[date, date]] = field(default_factory=dict)
    _goods: dict[tuple[str, ...], tuple[str, dict[str, str]]] = field(default_factory=dict)

    def read(self, row: Sequence[Any]) -> Observation | Problem:
        """One price, or what is wrong with the row."""
        day, admin1, admin2, market, lat, lon, category, commodity, unit, flag, kind, currency, price = (
            row[column] for column in self.at
        )
        iso3 = row[self.country_at] if self.country_at is not None else self.asked or ""
        try:
            value = number(price)
            forecast = is_forecast(flag)
            if forecast and not value:
                return Problem("no_figure", PLACEHOLDER, iso3, "nothing to do: the publisher fills it or drops it")
            if value is None or value <= 0:
                raise ValueError(f"price {price!r} with flag {flag!r}")
            span = self._spans.get(day) or self._span(day)
            place = self._places.get((iso3, admin1, admin2, market, lat, lon)) or self._place(
                iso3, admin1, admin2, market, lat, lon
            )
            good = (category, commodity, unit, flag, kind, currency, market)
            variable, dimensions = self._goods.get(good) or self._good(good)
        except ValueError as error:
            return Problem(
                "bad_row", str(error), f"{iso3} {market} {commodity} {day}", "compare with the publisher's file"
            )
        key = f"{place.iso3}|{day}|{admin1}|{admin2}|{market}|{commodity}|{unit}|{kind}|{currency}"
        if forecast:
            key += "|forecast"
        return Observation(
            key, variable, place, span[0], span[1], value, dimensions=dimensions, projection=forecast
        )  # fmt: skip

    def _span(self, day: str) -> tuple[date, date]:
        """The month of a date on the 15th (their sign for a monthly price), else the day itself."""
        found = date.fromisoformat(day)
        span = month_span(found.year, found.month) if found.day == 15 else (found, found)
        self._spans[day] = span
        self.years.add(found.year)
        return span

    def _place(self, iso3: str, admin1: str, admin2: str, market: str, lat: str, lon: str) -> Place:
        code = _scope.iso3_of(iso3)
        if code is None:
            raise ValueError(f"{iso3!r} is no country code")
        self.countries.add(code)
        latitude, longitude = within(number(lat), -90, 90), within(number(lon), -180, 180)
        if market.startswith("National Average"):
            place = Place(code, precision="country")
        else:
            place = Place(
                code, admin1 or None, None, admin2 or None, None, latitude, longitude,
                "point" if latitude is not None or not admin1 else "region",
            )  # fmt: skip
        self._places[iso3, admin1, admin2, market, lat, lon] = place
        return place

    def _good(self, good: tuple[str, ...]) -> tuple[str, dict[str, str]]:
        category, commodity, unit, flag, kind, currency, market = good
        dimensions = {
            "category": category, "commodity": commodity, "unit": unit, "flag": flag, "price_type": kind,
            "currency": currency, "market": market,
        }  # fmt: skip
        self._goods[good] = variable_of(category, commodity, unit), dimensions
        return self._goods[good]


def is_forecast(flag: str) -> bool:
    """True for a price that is forecast and not also observed; ValueError for a flag we do not know."""
    parts = {part.strip() for part in flag.split(",")}
    if not parts <= FLAGS:
        raise ValueError(f"unknown price flag {flag!r}")
    return "forecast" in parts and "actual" not in parts


def variable_of(category: str, commodity: str, unit: str) -> str:
    """Variable of a commodity; ValueError for a wage or an exchange rate in a unit we do not know."""
    if category.strip().lower() != "non-food":
        return "food_price"
    name = commodity.strip().lower()
    for word, known, variable in (("wage", "Day", "wage_day"), ("exchange rate", "USD/LCU", "exchange_rate")):
        if name.startswith(word):
            if unit.strip() != known:
                raise ValueError(f"{commodity} per {unit!r}: only {known!r} is known")
            return variable
    return "nonfood_price"
