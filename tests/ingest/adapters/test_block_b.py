"""The catalog's entries for food, prices, economy, governance and risk: complete, and fit for their adapters."""

from datetime import datetime

import pytest

from ingest import adapters, catalog, variables
from ingest.model import AdapterError
from tests.ingest.adapters.helpers import answer, manifest, observations, source

BLOCK_B = (
    "ipc", "ipc_api", "hapi_food_security", "cadre_harmonise", "fews", "wfp_prices", "wfp_vam", "hungermap",
    "hapi_poverty", "inform_risk", "acaps", "worldbank", "ilo", "pts", "vdem", "freedom_house", "who_don",
)  # fmt: skip


@pytest.fixture(scope="module")
def sources(root):
    return catalog.load(root / "sources.toml")


@pytest.mark.parametrize("source_id", BLOCK_B)
def test_the_addresses_asked_are_whole(sources, source_id):
    one = sources[source_id]
    for since in (None, datetime(2026, 11, 1)):
        asked = list(adapters.load(one.adapter).requests(one, since))
        assert asked
        assert len(asked) <= one.max_requests
        for request in asked:
            assert request.url.startswith("https://")
            assert "{" not in request.url
            assert one.hosts() & {request.url.split("/")[2]}


def test_what_needs_a_key_is_off_and_has_a_substitute(sources, monkeypatch):
    for source_id in ("ipc_api", "wfp_vam", "acaps"):
        monkeypatch.delenv(sources[source_id].key_variable, raising=False)
        assert sources[source_id].key_variable in sources[source_id].why_off()
        assert all(sources[other].why_off() is None for other in sources[source_id].substitutes)


HOSTILE = [
    b"", b"\x00\x01\x02", b"<html></html>", b"null", b"1", b"[]", b"{}", b"[null]", b"[1, 2]", b'[{"a": 1}]',
    b'{"a": [1]}', b'{"results": [1]}', b'{"items": [null]}', b'{"value": [3]}', b'{"statusCode": "200", "body": [7]}',
    b"a,b\n1,2\n",
    b"[{}, [null]]", b'[{"page": 1}, [{"indicator": "x"}]]', b'{"type": "FeatureCollection", "features": [3]}',
    b'[{"analysis_date": 5}]', b"PK\x03\x04garbage", b"\xff\xfe\xfa", b'{"results": [{"iso3": null}]}', b'"text"',
    b'[{"analysis_date": "May 2025", "country": "YE", "areas": [4]}]', b'{"body": {"countries": [{"metrics": 3}]}}',
]  # fmt: skip
ADDRESSES = {
    "worldbank": "https://api.worldbank.org/v2/country/all/indicator/X?format=json",
    "wfp_vam": "https://api.wfp.org/vam-data-bridges/6.0.0/MarketPrices/PriceMonthly",
    "inform_risk": "https://drmkc.jrc.ec.europa.eu/inform-index/API/InformAPI/countries/trends/?WorkflowId=0",
    "acaps": "https://api.acaps.org/api/v1/inform-severity-index/Sep2026/",
}


@pytest.mark.parametrize("name", sorted({"ipc", "fews", "wfp_prices", "hungermap", "hapi_poverty", "ilo", "pts", "vdem",
                                         "freedom_house", "who_don", *ADDRESSES}))  # fmt: skip
@pytest.mark.parametrize("body", HOSTILE)
def test_a_strange_answer_is_refused_or_reported_and_never_a_crash(name, body):
    url = ADDRESSES.get(name, "https://a.example.org/wfp_food_prices_afg.csv")
    module = adapters.load(name)
    try:
        found = list(module.parse(answer(body, url), source()))
    except AdapterError:
        return
    assert observations(found) == []


def test_captured_answers_use_known_variables_and_fit_the_limits(sources, real):
    known = variables.load()
    for source_id in BLOCK_B:
        one = sources[source_id]
        module = adapters.load(one.adapter)
        for path, url in manifest(real, source_id):
            if path.stat().st_size > 1_200_000:  # the large ones are read in their own tests
                continue
            found = observations(module.parse(answer(path, url, source_id=source_id), one))
            assert {row.variable for row in found} <= {
                key for key, item in known.items() if item.family == "observation"
            }
            assert all(row.ref_start >= one.earliest for row in found)
            assert len(found) <= one.max_rows
