"""WFP DataBridges: prices without a place, pages, and lists that hold no prices."""

import json

import pytest

from ingest.adapters import wfp_vam
from ingest.model import AdapterError
from tests.ingest.adapters.helpers import ANSWERS, answer, compact, manifest, observations, problems, source

URL = "https://api.wfp.org/vam-data-bridges/6.0.0/MarketPrices/PriceMonthly?CountryCode=COG&page=1"
FILE = ANSWERS / "wfp_vam" / "prices.json"


def test_a_price_is_at_a_point_that_is_not_told():
    rows = list(wfp_vam.parse(answer(FILE, URL), source()))
    assert compact(rows[0]) == {
        "row": "Observation",
        "key": "COG|2024-01-15|704|55|KG|Retail|XAF",
        "variable": "food_price",
        "place": {"iso3": "COG", "precision": "point"},
        "ref_start": "2024-01-01",
        "ref_end": "2024-01-31",
        "value": 2250.0,
        "dimensions": {
            "commodity": "Bread", "unit": "KG", "flag": "actual", "price_type": "Retail", "currency": "XAF",
            "market": "Bakandi",
        },
    }  # fmt: skip
    assert not rows[0].place.is_subnational()
    assert [problem.kind for problem in problems(rows)] == ["no_figure"]


def test_pages_go_on_until_all_items_are_there():
    (second,) = wfp_vam.follow(answer(FILE, URL), source())
    assert second.url.endswith("PriceMonthly?CountryCode=COG&page=2")
    assert list(wfp_vam.follow(answer(FILE, URL.replace("page=1", "page=3")), source())) == []


def test_scope_and_lists():
    with pytest.raises(AdapterError, match="asked SYR"):
        list(wfp_vam.parse(answer(FILE, URL.replace("COG", "SYR")), source()))
    listing = URL.replace("MarketPrices/PriceMonthly", "Markets/List")
    assert list(wfp_vam.parse(answer('{"items": [{"marketId": 1}], "totalItems": 1}', listing), source())) == []


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("Wage (casual labour)", "wage_day"),
        ("Straw (rice)", "nonfood_price"),
        ("Strawberries", "food_price"),
        ("Polenta", "food_price"),
    ],
)
def test_the_variable_follows_from_the_name_alone(name, variable):
    item = {**json.loads(FILE.read_text())["items"][0], "commodityName": name, "commodityUnitName": "Day"}
    (row,) = wfp_vam.parse(answer(json.dumps({"items": [item], "totalItems": 1}), URL), source())
    assert row.variable == variable


def test_the_captured_answer(real):
    ((path, url),) = manifest(real, "wfp_vam")
    items = json.loads(path.read_text())["items"]
    rows = list(wfp_vam.parse(answer(path, url), source()))
    filled = sum(item["commodityPrice"] > 0 for item in items)
    assert (len(observations(rows)), len(problems(rows))) == (filled, len(items) - filled)
