"""EASA bulletins: every bulletin of the export and of the feed, what lapsed, and fields that are new."""

import json
from collections import Counter
from datetime import date, datetime

from ingest import catalog
from ingest.adapters import _scope, easa_czib
from tests.ingest.adapters.helpers import ANSWERS, answer, documents, events, manifest, problems, source

URL = "https://www.easa.europa.eu/en/domains/air-operations/czibs/export-json?page&_format=json"


def test_a_bulletin_lapses_the_day_after_its_last():
    file = ANSWERS / "easa_czib" / "export.json"
    for now, lapsed in ((datetime(2026, 9, 30, 23), False), (datetime(2026, 10, 1), True)):
        rows = easa_czib.parse(answer(file, URL, retrieved_at=now), source())
        assert {e.attributes["lapsed"] for e in events(rows) if e.key.startswith("2|")} == {lapsed}


def test_the_captured_export(real, root):
    entry = catalog.load(root / "sources.toml")["easa_czib"]
    path, url = next(pair for pair in manifest(real, "easa_czib") if pair[0].suffix == ".json")
    table = json.loads(path.read_text())["conflict_zones"]
    rows = list(easa_czib.parse(answer(path, url, retrieved_at=datetime(2026, 10, 3, 12)), entry))
    assert not problems(rows)
    assert len(documents(rows)) == len(table) == 34
    assert Counter(row.attributes["status"] for row in documents(rows)) == Counter(row["status"] for row in table)
    assert sum(row.attributes["status"] == "Active" for row in documents(rows)) == 16
    assert len(events(rows)) == sum(len(row["country"].split(",")) for row in table if row["country"])
    active = {event.place.iso3 for event in events(rows) if event.severity == 1}
    assert {"SYR", "SOM", "MLI", "YEM", "IRN", "IRQ", "LBN", "LBY", "AFG", "PAK", "UKR", "SDN", "RUS"} <= active
    assert not {"SSD", "ETH", "KEN"} & active
    for row in documents(rows):
        stated = next(one for one in table if f"czib:{one['Nid']}" == row.key)
        assert row.published.date().isoformat() == stated["issued_date"][:10]  # the calendar day, in whatever zone
        assert (row.withdrawn is not None) == (stated["status"] == "Withdrawn")
    assert all(event.ref_start <= event.ref_end for event in events(rows))
    assert all(_scope.iso3_of(event.place.iso3) for event in events(rows))


def test_the_captured_feed(real, root):
    entry = catalog.load(root / "sources.toml")["easa_czib"]
    path, url = next(pair for pair in manifest(real, "easa_czib") if pair[0].suffix == ".xml")
    rows = list(easa_czib.parse(answer(path, url), entry))
    assert len(documents(rows)) == len(rows) == path.read_bytes().count(b"<item>") == 34
    assert max(row.published.date() for row in rows) == date(2026, 9, 30)  # not 29 September, as in UTC
