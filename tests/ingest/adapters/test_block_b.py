"""The catalog's entries for food, prices, economy, governance and risk: complete, and fit for their adapters."""

from datetime import datetime

import pytest

from ingest import adapters, catalog, variables
from tests.ingest.adapters.helpers import answer, manifest, observations

BLOCK_B = (
    "ipc", "ipc_api", "hapi_food_security", "cadre_harmonise", "fews", "wfp_prices", "wfp_vam", "hungermap", "hapi_poverty",
    "inform_risk", "acaps", "worldbank", "ilo", "pts", "vdem", "freedom_house", "who_don",
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
