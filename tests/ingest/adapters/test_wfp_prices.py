"""WFP prices: both layouts, placeholders, wages and exchange rates apart, and the speed a yearly file needs."""

import csv
import json

import pytest

from ingest.adapters import wfp_prices
from ingest.model import AdapterError
from tests.ingest.adapters.helpers import ANSWERS, answer, compact, expected, manifest, observations, problems, source

FOLDER = "https://data.humdata.org/dataset/wfp-food-prices"
FILE = ANSWERS / "wfp_prices" / "wfp_food_prices_som.csv"
NEW = (
    "countryiso3,date,admin1,admin2,market,market_id,latitude,longitude,category,commodity,commodity_id,unit,priceflag,"
    "pricetype,currency,price,usdprice\n"
    "SOM,2023-01-15,Bay,Baidoa,Baidoa,269,3.12,43.65,cereals and tubers,Sorghum (red),65,KG,actual,Retail,SOS,15000,1\n"
)


def rows_of(body, name):
    return list(wfp_prices.parse(answer(body, f"{FOLDER}/{name}"), source()))


def test_the_rows_written_down_beside_the_answer():
    assert [compact(row) for row in rows_of(FILE, FILE.name)] == expected("wfp_prices", "som.expected.json")


def test_the_newer_layout_gives_the_same_row():
    (new,) = rows_of(NEW, "wfp_food_prices_global_2023.csv")
    assert new == rows_of(FILE, FILE.name)[0]


def test_scope_by_the_name_of_the_file():
    with pytest.raises(AdapterError, match="asked AFG, got 1 countries"):
        rows_of(NEW, "wfp_food_prices_afg.csv")
    with pytest.raises(AdapterError, match="asked 2022-2022, got 2023"):
        rows_of(NEW, "wfp_food_prices_global_2022.csv")
    with pytest.raises(AdapterError, match="no country"):
        rows_of(FILE, "prices.csv")
    with pytest.raises(AdapterError, match="no country code"):
        rows_of(FILE, "wfp_food_prices_qqq.csv")


@pytest.mark.parametrize(
    ("flag", "forecast"),
    [("actual", False), ("aggregate", False), ("forecast", True), ("actual,forecast,aggregate", False)],
)
def test_flags(flag, forecast):
    (row,) = rows_of(NEW.replace(",actual,", f',"{flag}",'), "wfp_food_prices_global_2023.csv")
    assert row.projection is forecast
    assert row.key.endswith("|forecast") is forecast


def test_an_unknown_flag_is_a_problem():
    (row,) = rows_of(NEW.replace(",actual,", ",estimated,"), "wfp_food_prices_global_2023.csv")
    assert (row.kind, row.message) == ("bad_row", "unknown price flag 'estimated'")


def test_lists_and_dataset_records_hold_no_prices():
    assert (
        rows_of(
            "market_id,market,countryiso3,admin1,admin2,latitude,longitude\n1,A,SOM,Bay,,1,2\n",
            "wfp_markets_global.csv",
        )
        == []
    )
    assert (
        rows_of("commodity_id,category,commodity\n65,cereals and tubers,Sorghum\n", "wfp_commodities_global.csv") == []
    )
    record = {"success": True, "result": {"resources": [
        {"download_url": "https://data.humdata.org/dataset/a/resource/b/download/wfp_food_prices_global_2025.csv"},
        {"download_url": "https://data.humdata.org/dataset/a/resource/c/download/wfp_markets_global.csv"},
    ]}}  # fmt: skip
    asked = answer(json.dumps(record), "https://data.humdata.org/api/3/action/package_show?id=global-wfp-food-prices")
    assert list(wfp_prices.parse(asked, source())) == []
    assert [request.url.rsplit("/")[-1] for request in wfp_prices.follow(asked, source())] == [
        "wfp_food_prices_global_2025.csv"
    ]
    with pytest.raises(AdapterError, match="no file like"):
        list(wfp_prices.follow(asked, source(adapter="wfp_prices", options={"files": "prices_.*"})))


def test_the_captured_files(real):
    for path, url in manifest(real, "wfp_prices"):
        with path.open(encoding="utf-8-sig", newline="") as lines:
            table = [row for row in csv.DictReader(lines) if "price" in row and not row["date"].startswith("#")]
        placeholders = sum(row["priceflag"] == "forecast" and float(row["price"]) == 0 for row in table)
        rows = list(wfp_prices.parse(answer(path, url), source()))
        assert len(observations(rows)) == len(table) - placeholders, path.name
        assert len(problems(rows)) == placeholders, path.name
        assert len({row.key for row in observations(rows)}) == len(observations(rows)), path.name


def test_syria_2019_to_2023(real):
    found = [
        row
        for path, url in manifest(real, "wfp_prices")
        if "global_20" in path.name
        for row in observations(wfp_prices.parse(answer(path, url), source()))
        if row.place.iso3 == "SYR"
    ]
    assert len(found) == 12713 + 20951 + 27084 + 27864 + 25805  # rows in Syrian pounds, counted file by file
    assert len({row.key for row in found}) == len(found)
