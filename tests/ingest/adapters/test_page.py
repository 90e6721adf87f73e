"""Web pages: the main text without navigation, and the links a pattern of the catalog allows."""

import pytest

from ingest.adapters import page
from ingest.model import AdapterError
from tests.ingest.adapters.helpers import ANSWERS, answer, documents, source

URL = "https://agency.example.org/coi/bay"
FILE = ANSWERS / "page" / "page.html"


def test_the_text_is_the_article_and_nothing_around_it():
    (document,) = page.parse(answer(FILE, URL), source(store_fulltext=True))
    assert "14 clinics" in document.text
    assert "Cookies" not in document.text
    assert "Menu" not in document.text


def test_only_links_that_match_are_followed_each_once():
    def followed(**options):
        return [request.url for request in page.follow(answer(FILE, URL), source(options=options))]

    assert followed() == []
    assert followed(follow="/coi/") == ["https://agency.example.org/coi/bakool"]
    assert followed(follow="^https") == [
        "https://agency.example.org/", "https://agency.example.org/coi/bakool", "https://elsewhere.example.org/x"
    ]  # fmt: skip


def test_a_page_is_asked_once_per_country():
    entry = source(urls=("https://agency.example.org/{iso3}",), countries=("SYR", "AFG"))
    assert [r.url.rsplit("/")[-1] for r in page.requests(entry, None)] == ["SYR", "AFG"]


@pytest.mark.parametrize(
    ("body", "media_type", "said"),
    [
        (b"", "text/html", "empty page"),
        (b"%PDF-1.7", "application/pdf", "application/pdf where a web page was expected"),
        (b"<html><body><script>go()</script></body></html>", "text/html", "no main text"),
        (b"<html><head><title>Access denied</title></head><body></body></html>", "", "no main text"),
        (b"\x00\x00\x00", "text/html", "no "),
    ],
)
def test_what_is_no_page_with_text_is_refused(body, media_type, said):
    with pytest.raises(AdapterError, match=said) as refused:
        list(page.parse(answer(body, URL, media_type=media_type), source()))
    assert refused.value.remedy


def test_a_captured_bulletin_page(real):
    path = real / "answers" / "easa_czib" / "czib-iraq-2026-10-03-trimmed.html"
    (document,) = documents(page.parse(answer(path, "https://www.easa.europa.eu/czib"), source()))
    assert "Iraq" in document.title + document.summary


@pytest.mark.parametrize("name", ["ch-afghanistan.html", "no-afghanistan.html", "kr-afghanistan.html"])
def test_captured_pages_of_other_governments_give_one_document_with_text(real, name):
    path = real / "answers" / "travel_advice_17gov" / name
    rows = documents(page.parse(answer(path, "https://advice.example.org/x"), source()))
    assert len(rows) == 1
    assert len(rows[0].summary) > 200
