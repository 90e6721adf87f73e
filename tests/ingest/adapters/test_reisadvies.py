"""Dutch travel advice: colours in prose, regions that are whole and parts that are not, lists, and closed airports."""

import json

import pytest
from lxml import etree

from ingest import catalog
from ingest.adapters import reisadvies
from ingest.model import AdapterError
from tests.ingest.adapters.helpers import (
    ANSWERS,
    answer,
    compact,
    documents,
    manifest,
    observations,
    problems,
    source,
)

BASE = "https://opendata.nederlandwereldwijd.nl/v2/sources/nederlandwereldwijd/infotypes"
URL = f"{BASE}/countries/mli/traveladvice"
FILE = ANSWERS / "reisadvies" / "advice.xml"


def rows_of(body, url=URL):
    return list(reisadvies.parse(answer(body, url), source(store_fulltext=True)))


def as_json(path):
    """The same advice as the service gives it with output=json."""
    root = etree.fromstring(path.read_bytes())
    record = {child.tag: child.text for child in root if not len(child)}
    blocks = [{e.tag: e.text for e in block} for block in root.iter("contentblock")]
    return record | {"content": {"category": [{"name": "n", "contentblock": blocks}]}}


def regional(items, heading="Rood: niet reizen", title="Regionale risico’s"):
    body = f"<h4>{heading}</h4><ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"
    record = {"isocode": "MLI", "title": "Reisadvies", "introduction": "<p>De kleurcode is rood.</p>"}
    record |= {"modificationdate": "Laatst gewijzigd op: 03-11-2026", "content": {
        "category": {"contentblock": {"paragraphtitle": title, "paragraph": body}}}}  # fmt: skip
    return json.dumps(record)


def test_json_as_an_object_or_a_list_of_one_gives_the_rows_of_the_xml():
    record = as_json(FILE)
    rows = [compact(row) for row in rows_of(FILE)]
    for body in (record, [record], record | {"content": record["content"]["category"]}):
        assert [compact(row) for row in rows_of(json.dumps(body))] == rows
    wrapped = b"<documents>" + FILE.read_bytes().split(b"?>", 1)[1] + b"</documents>"
    assert [compact(row) for row in rows_of(wrapped)] == rows


@pytest.mark.parametrize(
    ("item", "region"),
    [
        ("de regio Kidal", "Kidal"),
        ("De provincie Al Hasakah.", "Al Hasakah"),
        ("de hele deelstaat Borno", "Borno"),
        ("het departement Norte de Santander;", "Norte de Santander"),
        ("gouvernement Deir ez-Zor", "Deir ez-Zor"),
        ("de regio N’Djamena", "N’Djamena"),
        ("De regio Kayes. In het noorden is kans op overvallen.", "Kayes"),
        ("het noorden van de regio Kidal", None),
        ("de regio Gao (behalve de stad Gao)", None),
        ("de regio Gao, met uitzondering van de stad Gao", None),
        ("delen van de regio Mopti", None),
        ("de regio Kidal en de regio Gao", None),
        ("alle gebieden binnen 10 kilometer van de grens", None),
        ("de stad Gao", None),
        ("de zones Guji en Wellega in de regio Oromia", None),
    ],
)
def test_a_region_is_claimed_only_when_all_of_it_is_meant(item, region):
    rows = rows_of(regional([item]))
    (row,) = [row for row in observations(rows) if row.dimensions["scope"] == "region"]
    assert (row.place.region_name, row.place.precision) == (region, "region" if region else "country")
    assert row.value == 4.0
    assert len(problems(rows, "unplaced")) == (region is None)


@pytest.mark.parametrize("title", ["Regionale risico’s", "Regionale risico's", "Regionale risico’s in Mali"])
def test_both_apostrophes_open_the_regional_block(title):
    assert any(
        row.dimensions["scope"] == "region" for row in observations(rows_of(regional(["de regio Gao"], title=title)))
    )


def test_a_colour_holds_until_the_next_heading_and_the_key_outlives_its_prose():
    first = observations(rows_of(regional(["de regio Gao. Er is geweld."])))
    later = observations(
        rows_of(regional(["De regio Gao. Er is minder geweld."], heading="Oranje: alleen noodzakelijk"))
    )
    assert first[-1].key == later[-1].key == "MLI|region:de regio gao"
    assert (first[-1].value, later[-1].value) == (4.0, 3.0)
    doubled = observations(rows_of(regional(["de stad Gao", "de stad Gao"])))
    assert len({row.key for row in doubled}) == len(doubled)


@pytest.mark.parametrize(
    ("introduction", "levels"),
    [
        ("De kleurcode van het reisadvies voor X is groen.", {"whole_country_strictest": 1.0}),
        ("De kleurcode\n van het reisadvies is   oranje.", {"whole_country_strictest": 3.0}),
        ("Kleurcode geel geldt in het zuiden. Voor de rest van X geldt kleurcode groen.",
         {"whole_country_strictest": 2.0, "rest_of_country": 1.0}),
        ("De kleurcode voor de rest van Mali is geel. De kleurcode is rood bij de grens.",
         {"whole_country_strictest": 4.0, "rest_of_country": 2.0}),
        ("De rode loper ligt uit.", {}),
    ],
)  # fmt: skip
def test_colours_are_read_from_sentences_that_name_a_colour_code(introduction, levels):
    body = {
        "isocode": "MLI",
        "introduction": f"<p>{introduction}</p>",
        "modificationdate": "Laatst gewijzigd op: 03-11-2026",
    }
    rows = rows_of(json.dumps(body))
    assert {row.dimensions["scope"]: row.value for row in observations(rows)} == levels
    assert bool(problems(rows, "bad_row")) == (not levels)


def test_another_country_than_the_asked_one_fails_the_answer():
    with pytest.raises(AdapterError, match="asked ETH, got 1 countries"):
        rows_of(FILE, URL.replace("mli", "eth"))


@pytest.mark.parametrize("code", ["", "QQQ", "Atlantis"])
def test_an_unknown_country_fails_the_answer(code):
    with pytest.raises(AdapterError, match="no country we know"):
        rows_of(FILE.read_text().replace(">MLI<", f">{code}<"))


def test_a_territory_without_a_code_of_its_own_is_known():
    (document,) = documents(rows_of(FILE.read_text().replace("<isocode>MLI<", "<isocode>BQ-BO<"), f"{BASE}/x"))
    assert document.countries == ("BES",)


@pytest.mark.parametrize("shown", ["", "onbekend", "Laatst gewijzigd op: 31-02-2026"])
def test_a_day_that_is_none_is_a_problem_and_retrieval_counts(shown):
    rows = rows_of(
        FILE.read_text().replace("Laatst gewijzigd op: 03-11-2026 | Nog steeds geldig op: 20-11-2026", shown)
    )
    assert [problem.kind for problem in problems(rows, "bad_date")] == ["bad_date"]
    assert {row.ref_start.isoformat() for row in observations(rows)} == {"2026-11-23"}


def test_a_full_list_is_followed_and_leads_to_its_countries():
    rows = [{"isocode": "MLI", "dataurl": f"{BASE}/countries/{n}/traveladvice"} for n in range(200)]
    url = f"{BASE}/traveladvice?output=json&rows=200&offset=0"
    followed = [request.url for request in reisadvies.follow(answer(json.dumps(rows), url), source())]
    assert followed == [*(row["dataurl"] for row in rows), url.replace("offset=0", "offset=200")]
    last = [r.url for r in reisadvies.follow(answer(json.dumps(rows[:26]), followed[-1]), source())]
    assert last == [row["dataurl"] for row in rows[:26]]
    assert rows_of(json.dumps(rows), url) == []
    assert list(reisadvies.follow(answer(FILE, URL), source())) == []


def test_the_captured_advice(real, root):
    entry = catalog.load(root / "sources.toml")["nl_reisadvies"]
    found = {}
    for path, url in manifest(real, "nl_reisadvies"):
        rows = list(reisadvies.parse(answer(path, url), entry))
        found[documents(rows)[0].key] = rows
        root_element = etree.fromstring(path.read_bytes())
        body = "".join(b.findtext("paragraph") for b in root_element.iter("contentblock")
                       if b.findtext("paragraphtitle").startswith("Regionale"))  # fmt: skip
        regions = [row for row in observations(rows) if row.dimensions["scope"] == "region"]
        assert len(regions) == body.count("<li>")
    scopes = {row.dimensions["scope"]: row.value for row in observations(found["AFG"])}
    assert scopes == {"whole_country_strictest": 4.0}
    ethiopia = observations(found["ETH"])
    assert [row.value for row in ethiopia if row.dimensions["scope"] != "region"] == [4.0, 2.0]
    assert [row.place.region_name for row in ethiopia if row.place.region_name] == ["Tigray", "Amhara", "Gambella"]
    (document,) = documents(found["ETH"])
    assert document.published.isoformat() == "2026-10-05T00:00:00"
    assert document.attributes["still_valid_on"] == "2026-10-07"
    assert document.topics == ("airport_closed",)
