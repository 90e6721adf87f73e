"""Tweede Kamer: what is asked, pages, and a file that was not asked for."""

import json
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from ingest.adapters import tweede_kamer
from ingest.model import AdapterError
from tests.ingest.adapters.helpers import ANSWERS, answer, source

URL = "https://gegevensmagazijn.tweedekamer.nl/OData/v4/2.0/Document"
ENTRY = source(urls=(URL,), options={"dossier": 19637})
FILE = ANSWERS / "tweede_kamer" / "documents.json"


def test_what_changed_since_the_last_good_run_is_asked_for():
    (first,), (later,) = (list(tweede_kamer.requests(ENTRY, since)) for since in (None, datetime(2026, 11, 1, 6)))
    query = parse_qs(urlsplit(later.url).query)
    assert query["$filter"] == ["GewijzigdOp gt 2026-11-01T06:00:00Z and Kamerstukdossier/any(d: d/Nummer eq 19637)"]
    assert query["$top"] == ["250"]
    assert "2020-01-01" in first.url
    assert " " not in later.url


def test_the_next_page_is_the_one_the_server_names():
    told = json.loads(FILE.read_text())
    assert [r.url for r in tweede_kamer.follow(answer(json.dumps(told), URL), ENTRY)] == [told.pop("@odata.nextLink")]
    assert list(tweede_kamer.follow(answer(json.dumps(told), URL), ENTRY)) == []


def test_another_file_than_the_asked_one_fails_the_answer():
    with pytest.raises(AdapterError, match=r"asked file 29344, got \['19637'\]"):
        list(tweede_kamer.parse(answer(FILE, URL), source(options={"dossier": 29344})))
    assert len(list(tweede_kamer.parse(answer(FILE, URL), source()))) == 3
