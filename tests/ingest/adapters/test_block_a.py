"""The catalog's entries for violence, displacement and needs, and their adapters on answers that went wrong."""

import csv
import io
import json
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest import adapters, catalog, parse_world
from ingest.model import AdapterError, Event, Observation, Problem
from ingest.parse import parse_answer
from tests.ingest.adapters.helpers import ANSWERS, answer, manifest, source

BLOCK_A = (
    "ucdp_ged", "ucdp_candidate", "ucdp_cy", "awsd", "insecurity_insight", "hapi_conflict", "hapi_idps",
    "hapi_returnees", "presence", "hno", "cod_population", "pcodes", "unhcr", "dtm", "idmc_idu", "idmc_gidd", "acled",
)  # fmt: skip
KEYED = ("dtm", "idmc_idu", "idmc_gidd", "acled")


@pytest.fixture(scope="module")
def sources(root):
    return catalog.load(root / "sources.toml")


@pytest.mark.parametrize("source_id", BLOCK_A)
def test_the_addresses_asked_are_whole(sources, source_id):
    one = sources[source_id]
    for since in (None, datetime(2027, 2, 1)):
        asked = [request.url for request in adapters.load(one.adapter).requests(one, since)]
        assert len(set(asked)) == len(asked)
        assert 0 < len(asked) <= one.max_requests
        assert all(url.startswith("https://") and "{" not in url for url in asked)
        assert {url.split("/")[2] for url in asked} <= one.hosts()


def test_what_needs_a_key_is_off_hides_it_and_has_a_substitute(sources, monkeypatch):
    for source_id in KEYED:
        one = sources[source_id]
        monkeypatch.delenv(one.key_variable, raising=False)
        assert one.key_variable in one.why_off()
        assert one.substitutes
        assert all(sources[other].why_off() is None for other in one.substitutes)
        monkeypatch.setenv(one.key_variable, "a-secret")
        (asked, *_) = adapters.load(one.adapter).requests(one, None)
        assert "a-secret" in asked.url + str(dict(asked.headers))


# -- answers that went wrong ----------------------------------------------------------------------------------------

URLS = {
    "hno": "https://data.humdata.org/dataset/hno/hpc_hno_2025.csv",
    "unhcr": "https://api.unhcr.org/population/v1/population/?coo_all=true",
    "dtm": "https://dtmapi.iom.int/v3/displacement/admin1",
    "acled": "https://acleddata.com/api/acled/read?_format=json",
}
FORMS = {
    "ucdp_ged": "events.csv", "ucdp_cy": "years.csv", "awsd": "incidents.csv", "insecurity_insight": "education.json",
    "hno": "hpc_hno_2025.csv", "cod_population": "cod_population_admin1.csv", "pcodes": "codes.csv",
    "unhcr": "decisions.json", "dtm": "admin1.json", "idmc_idu": "list.json", "idmc_gidd": "disasters.json",
    "acled": "read.json",
}  # fmt: skip
HOSTILE = [
    b"", b"\x00\x01\x02", b"<html></html>", b"null", b"1", b"[]", b"{}", b"[null]", b"[1, 2]", b'[{"a": 1}]', b'"text"',
    b'{"a": [1]}', b'{"results": [1]}', b'{"items": [null]}', b'{"items": {}}', b'{"items": [{"a": 1}]}', b"a,b\n1,2\n",
    b'{"isSuccess": true}', b'{"isSuccess": true, "result": [3]}', b'{"data": [7]}', b'{"Result": [7]}',
    b'{"Result": [{"id": 1}]}', b'{"isSuccess": true, "result": [{}]}', b'{"data": [{"event_id_cnty": 1}]}', b"{",
    b'{"results": [{"iso3": null}]}', b"PK\x03\x04garbage", b"PAR1garbage", b"\xff\xfe\xfa", b"Year,ISO3CoO,ISO3CoA\n",
]  # fmt: skip
STRANGE = [
    None,
    "",
    "-",
    "x",
    -1,
    1e400,
    "1e999",
    [],
    {},
    [1],
    True,
    "99999999999999999999",
    "0000-00-00",
    "12/31/2024",
]


@pytest.mark.parametrize("name", [*FORMS, "hapi_conflict", "hapi_idps", "hapi_returnees", "presence"])
@pytest.mark.parametrize("body", HOSTILE)
def test_a_strange_answer_is_refused_or_reported_and_never_a_crash(name, body):
    module = adapters.load(name)
    given_answer = answer(body, URLS.get(name, "https://a.example.org/table.csv"))
    for function in (module.parse, getattr(module, "follow", None)):
        if function is not None:
            try:
                found = list(function(given_answer, source()))
            except AdapterError:
                continue
            assert not any(isinstance(row, Event | Observation) for row in found)


@pytest.mark.parametrize("name", FORMS)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_strange_cell_spoils_its_row_and_nothing_else(name, data):
    """One cell of a good answer is replaced: the adapter still answers, and the other rows stay as they were."""
    body = (ANSWERS / name / FORMS[name]).read_bytes()
    changed = _json_changed(body, data) if FORMS[name].endswith("json") else _csv_changed(body, data)
    module, url = adapters.load(name), URLS.get(name, "https://a.example.org/table.csv")
    try:
        rows = list(module.parse(answer(changed, url), source()))
    except AdapterError:
        return
    assert all(isinstance(row, Event | Observation | Problem) for row in rows)


def _json_changed(body, data):
    document = json.loads(body)
    names = ("items", "result", "results", "data", "Result")
    rows = document if isinstance(document, list) else next(document[name] for name in names if name in document)
    row = data.draw(st.sampled_from(rows))
    row[data.draw(st.sampled_from(sorted(row)))] = data.draw(st.sampled_from(STRANGE))
    if data.draw(st.booleans()):
        row.pop(data.draw(st.sampled_from(sorted(row))))
    return json.dumps(document).encode()


def _csv_changed(body, data):
    lines = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))
    line = data.draw(st.sampled_from(lines[1:]))
    cell = data.draw(st.sampled_from([item for item in STRANGE if isinstance(item, str | int)]))
    line[data.draw(st.integers(0, len(line) - 1))] = str(cell)
    out = io.StringIO()
    csv.writer(out).writerows(lines)
    return out.getvalue().encode()


# -- the captured answers through the border ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def world():
    return parse_world.load_world(parse_world.default_reference_dir())


@pytest.mark.parametrize("source_id", BLOCK_A)
def test_captured_answers_pass_the_border_and_find_their_regions(sources, world, real, source_id):
    """No row is lost at the border, every variable is known, and what lies inside a country finds its region."""
    one = sources[source_id]
    module = adapters.load(one.adapter)
    placed = named = 0
    for path, url in manifest(real, source_id):
        given_answer = answer(path, url, source_id=source_id)
        yielded = [row for row in module.parse(given_answer, one) if isinstance(row, Event | Observation)]
        parsed = parse_answer(given_answer, one, module, world)
        assert parsed.state == ("good" if yielded else "empty")
        assert parsed.rows == len(yielded)
        table = {issue.kind for issue in parsed.issues} - {"unplaced", "duplicate_key", "source_error", "bad_date"}
        assert not table, [issue for issue in parsed.issues if issue.kind in table][:3]
        for batch in parsed.tables.values():
            regions, keys = batch.column("region_id").to_pylist(), batch.column("precision").to_pylist()
            inside = [region for region, precision in zip(regions, keys, strict=True) if precision != "country"]
            placed, named = placed + sum(region is not None for region in inside), named + len(inside)
    assert placed >= 0.95 * named
