"""GDACS and USGS: every country a disaster affects, one point for one country, and words that are no country."""

import json
from collections import Counter
from xml.etree import ElementTree

import pytest

from ingest import catalog
from ingest.adapters import _scope, gdacs, usgs
from ingest.model import NOWHERE
from tests.ingest.adapters.helpers import ANSWERS, answer, events, manifest, problems, source

SPACE = "{http://www.gdacs.org}"


def test_the_list_and_the_feed_give_one_key_for_one_event():
    feed, listed = (
        events(gdacs.parse(answer(ANSWERS / "gdacs" / name, "https://www.gdacs.org/x"), source()))
        for name in ("feed.xml", "list.json")
    )
    assert {event.key for event in feed} & {event.key for event in listed} == {"DR12|ETH", "DR12|KEN"}


def test_a_point_is_kept_only_where_one_country_holds_it():
    for name in ("feed.xml", "list.json"):
        rows = events(gdacs.parse(answer(ANSWERS / "gdacs" / name, "https://www.gdacs.org/x"), source()))
        shared = Counter(event.key.split("|")[0] for event in rows)
        for event in rows:
            alone = shared[event.key.split("|")[0]] == 1 and event.place.iso3 != NOWHERE
            assert (event.place.precision == "point") == alone == (event.place.latitude is not None)


@pytest.mark.parametrize("name", ["gdacs-rss-24h.xml", "gdacs-rss-7d.xml", "gdacs-rss.xml", "gdacs-1.xml"])
def test_the_captured_feeds_lose_no_disaster_and_no_country(real, root, name):
    path = real / "answers" / "gdacs" / name
    items = ElementTree.fromstring(path.read_bytes()).findall(".//item")
    rows = list(
        gdacs.parse(answer(path, "https://www.gdacs.org/xml/rss.xml"), catalog.load(root / "sources.toml")["gdacs"])
    )
    stated = {item.findtext(f"{SPACE}eventtype") + item.findtext(f"{SPACE}eventid"): item for item in items}
    found = Counter(event.key.split("|")[0] for event in events(rows))
    assert found.keys() == stated.keys()
    for key, item in stated.items():
        names = (item.findtext(f"{SPACE}country") or "").split(",")
        countries = {iso3 for name in names if (iso3 := _scope.iso3_of_name(name.strip()))}
        assert found[key] == max(1, len(countries))
    assert not problems(rows)
    levels = Counter(event.key.split("|")[0] for event in events(rows) if event.attributes["alert_level"] is None)
    assert not levels


def test_the_captured_feed_with_a_doubled_byte_order_mark(real):
    ((path, url), *_) = [pair for pair in manifest(real, "gdacs") if pair[0].name == "rss.xml"]
    rows = list(gdacs.parse(answer(path, url), source()))
    assert [(event.key, event.severity, event.attributes["severity_unit"]) for event in events(rows)] == [
        ("EQ1457082|USA", 5.8, "M"), ("EQ1456937|USA", 5.8, "M")
    ]  # fmt: skip


def test_the_captured_event_list(real):
    path = real / "answers" / "gdacs" / "geteventlist-2026-09-30-trimmed.json"
    features = json.loads(path.read_text())["features"]
    rows = list(gdacs.parse(answer(path, "https://www.gdacs.org/gdacsapi/api/events/geteventlist/SEARCH"), source()))
    assert len(events(rows)) == sum(len(f["properties"]["affectedcountries"]) or 1 for f in features)
    assert max(Counter(event.key.split("|")[0] for event in events(rows)).values()) == 13  # one drought, one code
    assert not problems(rows)


def test_the_captured_earthquakes(real):
    ((path, url),) = manifest(real, "usgs")
    rows = list(usgs.parse(answer(path, url), source()))
    told = [f["properties"]["mag"] for f in json.loads(path.read_text())["features"]]
    assert [event.severity for event in events(rows)] == [magnitude for magnitude in told if magnitude is not None]
    assert {event.place.iso3 for event in events(rows)} == {NOWHERE}
    assert len(problems(rows)) == told.count(None) == 1


@pytest.mark.parametrize(
    ("words", "longitude", "iso3"),
    [
        ("12 km NW of Herat, Afghanistan", 62.0, "AFG"),
        ("Afghanistan", 66.0, "AFG"),
        ("south of the Fiji Islands", 178.0, None),
        ("Iran-Iraq border region", 45.0, None),
        ("3 km E of Lebanon, Pennsylvania", -76.0, None),
        ("5 km N of Tbilisi, Georgia", 44.8, "GEO"),
        ("5 km N of Macon, Georgia", -83.6, None),
        ("", 0.0, None),
    ],
)
def test_the_country_that_place_words_end_in(words, longitude, iso3):
    assert usgs._country(words, longitude) == iso3
