"""Reports, policy, travel and hazards: every form gives the rows written down beside it, and a strange one no crash."""

import contextlib
import copy
import json
import re

import pytest

from ingest import adapters, catalog
from ingest.adapters import gdacs
from ingest.model import AdapterError
from tests.ingest.adapters.helpers import (
    ANSWERS,
    answer,
    compact,
    documents,
    events,
    expected,
    manifest,
    observations,
    problems,
    source,
)

GOVUK = "https://www.gov.uk/api/content"
LIST = "https://open.overheid.nl/overheid/openbaarmakingen/api/v0/zoek?start=0&documentsoort=ambtsbericht"
NLWW = "https://opendata.nederlandwereldwijd.nl/v2/sources/nederlandwereldwijd/infotypes/countries"
CASES = [  # adapter, folder, file, address asked, facts of the catalog
    ("govuk", "govuk", "publication.json", f"{GOVUK}/government/publications/atland-notes", {}),
    ("govuk", "govuk", "collection.json", f"{GOVUK}/government/collections/notes", {}),
    ("govuk", "govuk", "note.json", f"{GOVUK}/government/publications/atland-notes/service-accessible",
     {"store_fulltext": True}),
    ("govuk", "govuk", "advice.json", f"{GOVUK}/foreign-travel-advice/mali", {"store_fulltext": True}),
    ("open_overheid", "open_overheid", "list.json", LIST, {"urls": (LIST,)}),
    ("open_overheid", "open_overheid", "detail.json",
     f"{LIST.split('?')[0]}/0a1b2c3d-0000-4000-8000-000000000001", {"urls": (LIST,)}),
    ("tweede_kamer", "tweede_kamer", "documents.json", "https://gegevensmagazijn.tweedekamer.nl/OData/v4/2.0/Document",
     {"options": {"dossier": 19637}, "timezone": "Europe/Amsterdam"}),
    ("easa_czib", "easa_czib", "export.json", "https://www.easa.europa.eu/export-json", {}),
    ("advisories", "advisories", "canada.json", "https://data.international.gc.ca/index.json", {}),
    ("advisories", "advisories", "us.xml", "https://travel.state.gov/TAsTWs.xml", {}),
    ("advisories", "advisories", "australia.json", "https://www.smartraveller.gov.au/destinations-export", {}),
    ("advisories", "advisories", "germany.json", "https://www.auswaertiges-amt.de/opendata/travelwarning", {}),
    ("gdacs", "gdacs", "feed.xml", "https://www.gdacs.org/xml/rss.xml", {}),
    ("gdacs", "gdacs", "list.json", "https://www.gdacs.org/gdacsapi/api/events/geteventlist/SEARCH", {}),
    ("usgs", "usgs", "week.geojson", "https://earthquake.usgs.gov/4.5_week.geojson", {}),
    ("reisadvies", "reisadvies", "advice.xml", f"{NLWW}/mli/traveladvice", {"store_fulltext": True}),
    ("reliefweb", "reliefweb", "reports.json",
     "https://api.reliefweb.int/v2/reports?filter[field]=country.iso3&filter[value]=SSD", {"store_fulltext": True}),
    ("reliefweb_disasters", "reliefweb_disasters", "disasters.json", "https://api.reliefweb.int/v2/disasters", {}),
    ("page", "page", "page.html", "https://agency.example.org/coi/bay?utm=1",
     {"options": {"title_suffix": " | Agency"}}),
    ("starter", "starter", "observations.csv", "https://starter.invalid/dtm/observations.csv", {}),
    ("starter", "starter", "events.csv", "https://starter.invalid/ucdp_ged/events.csv", {}),
]  # fmt: skip
NAMES = [f"{folder}/{name}" for _, folder, name, _, _ in CASES]


@pytest.mark.parametrize(("adapter", "folder", "name", "url", "facts"), CASES, ids=NAMES)
def test_the_rows_written_down_beside_the_answer(adapter, folder, name, url, facts):
    rows = adapters.load(adapter).parse(answer(ANSWERS / folder / name, url), source(**facts))
    assert [compact(row) for row in rows] == expected(folder, f"{name.split('.')[0]}.expected.json")


# -- strange answers ----------------------------------------------------------------------------------------------

STRANGE = [None, 3, -1e30, "x", "", "<", [], {}, [1], True, [None], {"a": 1}, [[]], "2026-02-31", "GONE"]
MANY_RECORDS = ("easa_czib", "usgs", "reliefweb", "reliefweb_disasters", "open_overheid", "tweede_kamer")
JSON_CASES = [case for case in CASES if case[2].endswith("json")]


def _spots(value, path=()):
    """The path of every part of a JSON value; of lists only the first two items."""
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value[:2]) if isinstance(value, list) else ()
    for name, child in children:
        yield from _spots(child, (*path, name))


def _changed(data, path, value):
    """A copy of `data` with `value` at `path`, or without that part."""
    if not path:
        return value
    data = copy.deepcopy(data)
    inner = data
    for name in path[:-1]:
        inner = inner[name]
    if value == "GONE":
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return data


@pytest.mark.parametrize(
    ("adapter", "folder", "name", "url", "facts"), JSON_CASES, ids=[f"{c[1]}/{c[2]}" for c in JSON_CASES]
)
def test_one_strange_field_is_refused_or_reported_and_never_a_crash(adapter, folder, name, url, facts):
    """Every field of the answer in turn holds something of another kind; each lost row leaves a Problem behind."""
    module, entry = adapters.load(adapter), source(**facts)
    data = json.loads((ANSWERS / folder / name).read_text())
    for path in _spots(data):
        for value in STRANGE:
            told = answer(json.dumps(_changed(data, path, value)), url)
            for ask in filter(None, (module.parse, getattr(module, "follow", None))):
                with contextlib.suppress(AdapterError):
                    list(ask(told, entry))


@pytest.mark.parametrize(
    ("adapter", "folder", "name", "url", "facts"),
    [case for case in JSON_CASES if case[1] in MANY_RECORDS and case[2] != "detail.json"],
)
def test_a_strange_record_spoils_no_other(adapter, folder, name, url, facts):
    module, entry = adapters.load(adapter), source(**facts)
    data = json.loads((ANSWERS / folder / name).read_text())
    (records,) = [value for value in data.values() if isinstance(value, list)]
    plain = [compact(row) for row in module.parse(answer(json.dumps(data), url), entry)]
    records.insert(1, 17)
    spoiled = list(module.parse(answer(json.dumps(data), url), entry))
    extra = [row for row in map(compact, spoiled) if row not in plain]
    assert [row["kind"] for row in extra] == ["bad_row"]
    assert len(spoiled) == len(plain) + 1


PAGES = [b"<!DOCTYPE html><html><body>Please wait</body></html>", b"\xef\xbb\xbf\n<html></html>", b"", b"  "]
NO_PAGES = [name for name in dict.fromkeys(case[0] for case in CASES) if name not in ("page", "starter")]


@pytest.mark.parametrize("adapter", NO_PAGES)
@pytest.mark.parametrize(
    "body", [*PAGES, b"\x00\x01\x02", b"null", b"7", b'"x"', b"[7]", b"{}", b"PK\x03\x04x", b"[" * 100_000]
)
def test_what_is_no_answer_at_all_is_refused(adapter, body):
    url = next(case[3] for case in CASES if case[0] == adapter)
    told = answer(body, url)
    if adapter == "gdacs" and not body.strip():  # an empty feed says that nothing happened; it is no fault
        assert list(gdacs.parse(told, source())) == []
        return
    with pytest.raises(AdapterError) as refused:
        list(adapters.load(adapter).parse(told, source()))
    assert refused.value.remedy


# -- captured answers ---------------------------------------------------------------------------------------------

BLOCK_C = (
    "nl_reisadvies", "nl_ambtsbericht", "nl_bekendmakingen", "uk_cpin", "uk_travel", "easa_czib", "gdacs", "usgs",
    "un_news", "reliefweb_disasters",
)  # fmt: skip


@pytest.fixture(scope="module")
def sources(root):
    return catalog.load(root / "sources.toml")


@pytest.mark.parametrize("source_id", BLOCK_C)
def test_captured_answers_are_read_without_a_crash_or_a_doubled_key(sources, real, source_id):
    entry = sources[source_id]
    module = adapters.load(entry.adapter)
    for path, url in manifest(real, source_id):
        rows = list(module.parse(answer(path, url, source_id=source_id), entry))
        for family in (documents(rows), events(rows), observations(rows)):
            assert len({row.key for row in family}) == len(family)
        assert not problems(rows, "unused_field")
        for row in documents(rows):
            assert row.title
            assert not re.search(r"[\x00-\x1f\u202a-\u202e]", row.title)
            assert re.match(r"https?://|$", row.url)


@pytest.mark.parametrize("source_id", [*BLOCK_C, "ca_travel", "us_travel", "au_travel", "de_travel", "nl_tweede_kamer"])
def test_the_addresses_asked_are_whole(sources, source_id):
    entry = sources[source_id]
    asked = list(adapters.load(entry.adapter).requests(entry, None))
    assert 0 < len(asked) <= entry.max_requests
    for request in asked:
        assert request.url.startswith("https://")
        assert "{" not in request.url
