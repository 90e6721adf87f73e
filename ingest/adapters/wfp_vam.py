"""WFP DataBridges 6.0.0 (VAM): the same market prices by API, behind an account.

Forms: `MarketPrices/PriceMonthly` (rows under `items`), and the lists of markets, commodities, currencies and countries
(no rows). The answer names the market but not where it lies, so a price is at a point without coordinates: it stands
for no region. Forecasts with price 0 are placeholders, as in the files (see wfp_prices, the source without a key).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from ingest.adapters import _scope
from ingest.adapters._numbers import day_of, month_span, number
from ingest.adapters.wfp_prices import PLACEHOLDER, is_forecast, variable_of
from ingest.catalog import Source
from ingest.model import Answer, Observation, Place, Problem, Request

USED = {
    "commodityId", "commodityName", "commodityPrice", "commodityPriceDate", "commodityPriceFlag", "commodityUnitName",
    "countryISO3", "currencyName", "marketId", "marketName", "priceTypeName",
}  # fmt: skip
IGNORED = {
    "adm0Code", "commodityDateMonth", "commodityDateWeek", "commodityDateYear", "commodityPriceObservations",
    "commodityPriceSourceName", "commodityUnitID", "countryName", "currencyID", "originalFrequency", "priceTypeID",
}  # fmt: skip

# The rows carry no category: these are the beginnings of the names in the publisher's list of category "non-food".
NON_FOOD = re.compile(
    r"wage|exchange rate|fuel|transport|electricity|charcoal|firewood|milling cost|fertilizer|arabic gum|diaper|tooth"
    r"|dishwashing|sanitary|laundry|\w+ ?soap|handwash|shampoo|disinfect|improved seed|candle|batter(y|ies)|alcohol"
    r"|bleach|surgical|hand sanitizer|plastic|internet|antib|vasodilating|antipyretic|paracetamol|kava bowl|betel"
    r"|tobacco|basin|jerrycan|exercise book|pencil|saucepan|underwear|serving spoon|wooden mingle|match box|toilet"
    r"|maize \(seed\)|mobile credit"
    r"|(water|cotton|feed|straw|rubber|broom|hoe|panga|pen|mug|plate|pole|nails|rope|torch)\b",
    re.I,
)


def requests(source: Source, since: datetime | None) -> Iterator[Request]:
    """First page for each country; the access token goes into a header."""
    headers = {"Authorization": f"Bearer {source.key()}"} if source.key() else {}
    for template in source.urls:
        for url in _scope.per_country(template, source.countries):
            yield Request(url, headers=headers)


def follow(answer: Answer, source: Source) -> Iterator[Request]:
    """The next page, while the pages so far hold fewer items than there are."""
    data = _scope.json_of(answer)
    if not isinstance(data, dict) or not data.get("items"):
        return
    page = int(_scope.query_of(answer).get("page", 1))
    if page * len(data["items"]) < int(data.get("totalItems") or 0):
        bare = re.sub(r"([?&])page=\d+&?", r"\1", answer.url).rstrip("?&")
        headers = {"Authorization": f"Bearer {source.key()}"} if source.key() else {}
        yield Request(f"{bare}{'&' if '?' in bare else '?'}page={page + 1}", headers=headers)


def parse(answer: Answer, source: Source) -> Iterator[Observation | Problem]:
    """One Observation per monthly price; key = iso3|month|market id|commodity id|unit|price type|currency."""
    data = _scope.json_of(answer)
    if "pricemonthly" not in [part.lower() for part in _scope.path_of(answer)]:
        return
    rows = _scope.rows_in(answer, data.get("items") if isinstance(data, dict) else data)
    asked = _scope.query_of(answer).get("countrycode", "").upper()
    _scope.assert_countries(answer, {asked} if asked else set(), {str(row.get("countryISO3")) for row in rows})
    yield from _scope.unused_fields((name for row in rows for name in row), USED, IGNORED)
    for row in rows:
        try:
            yield _row(row)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            where = f"{row.get('countryISO3')} {row.get('marketName')} {row.get('commodityName')}"
            yield Problem("bad_row", f"{type(error).__name__}: {error}", where, "compare with the publisher's portal")


def _row(row: dict[str, Any]) -> Observation | Problem:
    iso3, flag = _scope.iso3_of(row["countryISO3"]), row["commodityPriceFlag"]
    if iso3 is None:
        raise ValueError(f"unknown country {row['countryISO3']!r}")
    forecast = is_forecast(flag)
    value = number(row["commodityPrice"])
    if forecast and not value:
        return Problem("no_figure", PLACEHOLDER, iso3, "nothing to do: the publisher fills it or drops it")
    if value is None or value <= 0:
        raise ValueError(f"price {row['commodityPrice']!r} with flag {flag!r}")
    day = day_of(row["commodityPriceDate"])
    dimensions = {
        "commodity": row["commodityName"], "unit": row["commodityUnitName"], "flag": flag,
        "price_type": row["priceTypeName"], "currency": row["currencyName"], "market": row["marketName"],
    }  # fmt: skip
    parts = (iso3, day, row["marketId"], row["commodityId"], dimensions["unit"], dimensions["price_type"])
    key = "|".join(str(part) for part in (*parts, dimensions["currency"], *(["forecast"] if forecast else [])))
    category = "non-food" if NON_FOOD.match(row["commodityName"]) else ""
    return Observation(
        key,
        variable_of(category, row["commodityName"], row["commodityUnitName"]),
        Place(iso3, precision="country" if row["marketName"].startswith("National Average") else "point"),
        *month_span(day.year, day.month),
        value=value,
        dimensions=dimensions,
        projection=forecast,
    )
