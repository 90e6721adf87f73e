"""WHO outbreak news: sorted here, countries from the title only when all of it is known, HTML as plain text."""

import json
from datetime import date, datetime
from urllib.parse import unquote

import pytest

from ingest.adapters import who_don
from ingest.model import AdapterError
from tests.ingest.adapters.helpers import ANSWERS, answer, compact, documents, problems, source

URL = "https://www.who.int/api/news/diseaseoutbreaknews?$filter=PublicationDate%20ge%202026-08-01&$top=100"
FILE = ANSWERS / "who_don" / "news.json"


def rows_of(body, url=URL, **facts):
    return list(who_don.parse(answer(body, url), source(**facts)))


def test_newest_first_with_countries():
    rows = rows_of(FILE)
    assert [(row.key, row.countries) for row in documents(rows)] == [
        ("2026-DON602", ("AFG", "PAK", "IRN")),
        ("2026-DON603", ()),
        ("2026-DON601", ("SDN",)),
    ]
    assert [problem.where for problem in problems(rows)] == ["2026-DON604"]


def test_the_fields_of_a_notice():
    assert compact(documents(rows_of(FILE))[2]) == {
        "row": "Document",
        "key": "2026-DON601",
        "title": "Cholera - Sudan",
        "url": "https://www.who.int/emergencies/disease-outbreak-news/item/2026-DON601",
        "kind": "notice",
        "published": "2026-08-02T15:30:00.123456",
        "revised": "2026-08-03T09:00:00",
        "language": "en",
        "publisher": "WHO",
        "summary": "Invented summary of a test notice.",
        "countries": ["SDN"],
        "topics": ["health"],
    }
    assert documents(rows_of(FILE, store_fulltext=True))[2].text == "Invented overview."


@pytest.mark.parametrize(
    ("title", "countries"),
    [
        ("Ebola virus disease - Democratic Republic of the Congo", ("COD",)),
        ("Marburg virus disease– Rwanda", ("RWA",)),
        ("Avian Influenza A(H5N1) - Cambodia", ("KHM",)),
        ("Poliovirus - Niger (the) and Erewhon", ()),  # one unknown name: none, rather than a part
        ("Dengue - Global situation", ()),
        ("Nigeria yellow fever update", ()),
        ("Cholera - Nigeria, Niger", ("NGA", "NER")),
    ],
)
def test_countries_of_a_title(title, countries):
    assert who_don.countries_of(title) == countries


def test_scope_and_form():
    with pytest.raises(AdapterError, match="asked notices since 2026-08-15, got 2026-08-02"):
        rows_of(FILE, URL.replace("08-01", "08-15"))
    with pytest.raises(AdapterError, match="unknown form"):
        rows_of('{"error": {"code": "", "message": "no"}}')


def test_requests_and_pages():
    one = source(urls=("https://www.who.int/api/news/diseaseoutbreaknews",), earliest=date(2020, 1, 1))
    (first,) = who_don.requests(one, None)
    assert "PublicationDate ge 2020-01-01" in unquote(first.url)
    (later,) = who_don.requests(one, datetime(2026, 8, 1, 5))
    assert "PublicationDate ge 2026-08-01" in unquote(later.url)
    full = json.dumps({"value": [{}] * 100})
    (second,) = who_don.follow(answer(full, URL), one)
    (third,) = who_don.follow(answer(full, second.url), one)
    assert (second.url[-10:], third.url[-10:]) == ("&$skip=100", "&$skip=200")
    assert list(who_don.follow(answer(FILE, URL), one)) == []
