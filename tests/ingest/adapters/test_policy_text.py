"""Dated policy texts: one document in versions, headings kept, whatever form they come in."""

from datetime import datetime

import pytest

from ingest.adapters import policy_text
from ingest.model import AdapterError
from tests.ingest.adapters.helpers import answer, documents, source

MARKDOWN = "#### Het asielbeleid ten aanzien van Soedan\r\n\r\n#### Besluitmoratorium\r\n\r\nEr geldt een besluit."
PAGE = (
    "<!doctype html><html><head><title>x</title></head><body><nav>Menu</nav><h3>Het asielbeleid ten aanzien van Soedan"
    "</h3><h4>Risicogroepen</h4><div><p>Als risicogroep gelden:</p><ul><li>journalisten;</li><li><p>advocaten.</p></li>"
    "</ul></div><script>steal()</script></body></html>"
)
OPTIONS = {"key": "vc2000c", "title": "Circulaire"}


def test_a_file_of_the_inbox_is_a_version_of_one_text():
    found = [
        documents(policy_text.parse(answer(MARKDOWN, url), source(options=OPTIONS, store_fulltext=True)))[0]
        for url in ("inbox:///nl/2014-02-13.md", "inbox:///nl/2014-10-01.md")
    ]
    assert [row.key for row in found] == ["vc2000c", "vc2000c"]
    assert [row.published for row in found] == [datetime(2014, 2, 13), datetime(2014, 10, 1)]
    assert found[0].text.splitlines()[0] == "#### Het asielbeleid ten aanzien van Soedan"
    assert found[0].url == "", "an address of the inbox is no link"


def test_headings_and_items_of_a_page_are_kept_and_its_menu_is_not():
    (row,) = documents(
        policy_text.parse(answer(PAGE, "https://law.example/nl/2024-07-01/"), source(store_fulltext=True))
    )
    assert row.text == (
        "### Het asielbeleid ten aanzien van Soedan\n\n#### Risicogroepen\n\nAls risicogroep gelden:\n\n* journalisten;"
        "\n\nadvocaten."
    )
    assert (row.key, row.title) == ("https://law.example/nl", "Het asielbeleid ten aanzien van Soedan")
    assert row.published == datetime(2024, 7, 1)


def test_a_day_to_come_or_no_day_is_the_day_of_retrieval():
    for url in ("https://law.example/nl/2099-01-01", "https://law.example/nl/2014-13-45", "https://law.example/nl"):
        asked = answer(MARKDOWN, url)
        (row,) = documents(policy_text.parse(asked, source()))
        assert (row.published, row.text) == (asked.retrieved_at, None), "text is kept only where the catalog says so"


@pytest.mark.parametrize("body", ["", "  \n", "<html><body></body></html>", "<html", "\x00\x00\x00"])
def test_an_answer_without_text_is_refused(body):
    with pytest.raises(AdapterError, match="no text in the answer"):
        list(policy_text.parse(answer(body, "inbox:///nl/2014-10-01.md"), source()))
