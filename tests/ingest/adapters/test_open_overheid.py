"""open.overheid.nl: kinds that were not asked for, the countries of Dutch titles, pages and details."""

import json

import pytest

from ingest import catalog
from ingest.adapters import open_overheid
from tests.ingest.adapters.helpers import ANSWERS, answer, documents, manifest, problems, source

ZOEK = "https://open.overheid.nl/overheid/openbaarmakingen/api/v0/zoek"
LIST = f"{ZOEK}?zoektekst=&start=0&aantalResultaten=50&documentsoort=ambtsbericht"
ENTRY = source(urls=(LIST,))


@pytest.mark.parametrize(
    ("title", "countries"),
    [
        ("Algemeen ambtsbericht Syrië", ("SYR",)),
        ("Algemeen Ambtsbericht SOMALIË mei 2026", ("SOM",)),
        ("Ambtsbericht Zuid-Soedan", ("SSD",)),
        ("Ambtsbericht Soedan en Zuid-Soedan", ("SDN", "SSD")),
        ("Thematisch ambtsbericht Democratische Republiek Congo", ("COD",)),
        ("Dienstplicht in de Republiek Congo", ("COG",)),
        ("Situatie in Guinee-Bissau", ("GNB",)),
        ("Nigeriaanse vrouwen in Niger", ("NER",)),
        ("Kaart Oudemolen 10km", ()),
        ("Beslisnota bij Kamerbrief", ()),
        ("Westelijke Jordaanoever en Palestijnse gebieden", ("PSE",)),
    ],
)
def test_the_countries_of_a_dutch_title(title, countries):
    assert open_overheid.countries_in(title) == countries


def test_a_detail_of_another_kind_than_asked_is_left_out_and_said():
    detail = json.loads((ANSWERS / "open_overheid" / "detail.json").read_text())
    detail["document"]["classificatiecollectie"]["documentsoorten"] = [{"label": "kaart"}]
    told = answer(json.dumps(detail), f"{ZOEK}/x")
    (problem,) = open_overheid.parse(told, ENTRY)
    assert (problem.kind, problem.message) == ("out_of_scope", "asked ambtsbericht, got kaart")
    (document,) = open_overheid.parse(told, source(urls=(ZOEK,)))  # where the catalog asks for no kind, any is right
    assert document.topics == ("kaart",)


def test_a_list_leads_to_its_details_and_to_the_next_page():
    listed = json.loads((ANSWERS / "open_overheid" / "list.json").read_text())
    uuids = [row["document"]["id"].split("_")[0] for row in listed["resultaten"]]
    assert [r.url for r in open_overheid.follow(answer(json.dumps(listed), LIST), ENTRY)] == [
        f"{ZOEK}/{uuid}" for uuid in uuids
    ]
    listed["totaal"] = 120
    last = [list(open_overheid.follow(answer(json.dumps(listed), LIST.replace("start=0", f"start={n}")), ENTRY))[-1].url
            for n in (0, 50, 100)]  # fmt: skip
    assert last == [LIST.replace("start=0", "start=50"), LIST.replace("start=0", "start=100"), f"{ZOEK}/{uuids[-1]}"]


def test_a_list_of_everything_is_not_walked_to_its_end():
    listed = json.loads((ANSWERS / "open_overheid" / "list.json").read_text()) | {"totaal": 663_177}
    far = LIST.replace("start=0", "start=12500")
    assert all("start=" not in r.url for r in open_overheid.follow(answer(json.dumps(listed), far), ENTRY))


def test_the_captured_list_and_detail(real, root):
    entry = catalog.load(root / "sources.toml")["nl_ambtsbericht"]
    (listed, detail) = manifest(real, "nl_ambtsbericht")
    (document,) = open_overheid.parse(answer(*listed), entry)
    assert document.revised.isoformat() == "2026-03-21T09:23:36.587000"
    assert document.countries == ()
    rows = list(open_overheid.parse(answer(*detail), entry))
    assert documents(rows) == []
    assert problems(rows)[0].message == "asked ambtsbericht, got kaart"
    (document,) = open_overheid.parse(answer(*detail), source())  # nanoseconds are read, not refused
    assert document.revised.isoformat() == "2026-03-21T09:23:36.587641"
