"""ReliefWeb: errors in an envelope, the filter that was ignored, and pages."""

import json

import pytest

from ingest import catalog
from ingest.adapters import reliefweb, reliefweb_disasters
from ingest.model import AdapterError
from tests.ingest.adapters.helpers import ANSWERS, answer, documents, manifest, problems, source

URL = "https://api.reliefweb.int/v2/reports?appname=x&filter[field]=country.iso3&filter[value]={}"
FILE = ANSWERS / "reliefweb" / "reports.json"


@pytest.mark.parametrize("adapter", [reliefweb, reliefweb_disasters])
def test_a_refusal_is_an_error_that_says_what_to_do(adapter):
    said = json.dumps({"status": 403, "error": {"type": "AccessDeniedHttpException", "message": "not approved"}})
    with pytest.raises(AdapterError, match="refuses") as refused:
        list(adapter.parse(answer(said, URL.format("SSD")), source()))
    assert "application name" in refused.value.remedy


def test_a_report_on_none_of_the_asked_countries_fails_the_answer():
    assert len(documents(reliefweb.parse(answer(FILE, URL.format("SSD")), source()))) == 2
    with pytest.raises(AdapterError, match="asked MLI, got a report on SSD, SDN"):
        list(reliefweb.parse(answer(FILE, URL.format("MLI")), source()))


def test_one_list_per_country_with_the_name_in_the_address(monkeypatch):
    monkeypatch.setenv("TEST_APPNAME", "our app")
    url = "https://api.reliefweb.int/v2/reports?appname={key}&filter[value]={iso3}&fields[include]={fields}"
    entry = source(urls=(url,), countries=("SSD", "SOM"), key_variable="TEST_APPNAME", key_help="ask")
    asked = [request.url for request in reliefweb.requests(entry, None)]
    assert [url.split("filter[value]=")[1].split("&")[0] for url in asked] == ["SSD", "SOM"]
    assert all("appname=our%20app" in url and "body-html" in url and "{" not in url for url in asked)


@pytest.mark.parametrize("adapter", [reliefweb, reliefweb_disasters])
def test_the_next_page_is_the_one_the_service_names(adapter):
    assert [r.url for r in adapter.follow(answer(FILE, URL), source())] == [
        "https://api.reliefweb.int/v2/reports?appname=x&offset=100"
    ]
    assert list(adapter.follow(answer('{"links": {"self": {"href": "x"}}, "data": []}', URL), source())) == []


def test_the_captured_disasters(real, root):
    entry = catalog.load(root / "sources.toml")["reliefweb_disasters"]
    for path, url in manifest(real, "reliefweb_disasters"):
        table = json.loads(path.read_text())["data"]
        rows = list(reliefweb_disasters.parse(answer(path, url), entry))
        assert not problems(rows)
        assert len({row.key for row in documents(rows)}) == len(table)
        for row, told in zip(documents(rows), table, strict=True):
            assert row.key == f"disaster:{told['id']}"
            named = {c["iso3"].upper() for c in told["fields"].get("country", []) if c.get("iso3")}
            assert not named or set(row.countries) == named
    assert len(table) == 1000
