"""From an answer as it is archived (feed, page, PDF) to the sentence a claim quotes: one way, and its offsets hold.

The adapter stores the text, the sentences are cut in what is stored, and the evidence page marks the same offsets.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.adapters import feed, page, pdf
from ingest.adapters._plain import text_of
from ingest.model import Document
from ingest.text.pipeline import TextDocument, TextRows, process_documents
from ingest.text.sentences import split_sentences
from tests.ingest.adapters.helpers import answer, documents, source
from tests.ingest.adapters.test_pdf import made

from .fakes import main, tag

URL = "https://news.example.org/item"
BLOCKS = (
    "<h2>Security in the north</h2>"
    "<p>At least 14 civilians were killed by shelling\n  in Aleppo &amp; around it. Families fled.</p>"
    "<ul><li>25 activists were arbitrarily arrested in Idlib</li>"
    "<li>Schools in the governorate stayed closed for a third week because of the fighting nearby</li></ul>"
    "<table><tr><td>Idlib</td><td>12 people displaced</td></tr></table>"
    "<p>Read more at the site</p>"
)
SENTENCES = [
    "Security in the north",
    "At least 14 civilians were killed by shelling in Aleppo & around it.",
    "Families fled.",
    "25 activists were arbitrarily arrested in Idlib",
    "Schools in the governorate stayed closed for a third week because of the fighting nearby",
    "Idlib 12 people displaced",
]


def of_feed(markup: str, **options: object) -> Document:
    item = f"<title>News</title><link>{URL}</link><description>{escape(markup)}</description>"
    body = f"<rss version='2.0'><channel><item>{item}</item></channel></rss>"
    return documents(feed.parse(answer(body, URL), source(options=options, language="en")))[0]


def stored(document: Document) -> str:
    return document.text or document.summary or ""


def cut(text: str) -> list[str]:
    return [text[s.start : s.end] for s in split_sentences(text)]


def read(document: Document) -> TextRows:
    told = TextDocument(
        "d", "test", "test", document.url, document.title, stored(document), datetime(2026, 11, 20), document.language
    )
    return process_documents([told], tagger=tag, main=main)


def test_a_feed_summary() -> None:
    document = of_feed(BLOCKS)
    assert cut(stored(document)) == SENTENCES
    claims = read(document).claims
    assert {(c.theme, c.region_id) for c in claims} >= {
        ("shelling_airstrike", "SY-HL"), ("arbitrary_detention", "SY-ID")
    }  # fmt: skip
    for claim in claims:
        assert stored(document)[claim.start : claim.end] == claim.quote
        assert claim.quote in SENTENCES


def test_what_one_feed_adds_to_every_item_is_named_in_the_catalog() -> None:
    added = BLOCKS + "<p>The Daily Wire needs your help. Give now.</p>"
    assert "Give now." in cut(stored(of_feed(added)))
    assert cut(stored(of_feed(added, boilerplate=["the daily wire needs .*"]))) == SENTENCES


def test_a_page() -> None:
    long = "The governor said that the road to the border stays closed until the bridge is repaired, which takes weeks."
    body = (
        "<html><head><title>Report</title></head><body><nav><a href='/'>Home</a></nav><article><h1>Report</h1>"
        f"<p>{long}</p>{BLOCKS}<p>{long}</p></article><footer>Imprint</footer></body></html>"
    )
    document = documents(
        page.parse(answer(body, URL, media_type="text/html"), source(store_fulltext=True, language="en"))
    )[0]
    sentences = cut(stored(document))
    assert long in sentences
    assert not any("Home" in s or "Imprint" in s or "Read more" in s for s in sentences)
    assert any(s.endswith("25 activists were arbitrarily arrested in Idlib") for s in sentences), "a list item ends"
    claims = read(document).claims
    assert "arbitrary_detention" in {c.theme for c in claims}
    assert all(stored(document)[c.start : c.end] == c.quote for c in claims)


def test_the_pages_of_a_pdf() -> None:
    pages = [
        f"Country report\n{words}\nPage {number}"
        for number, words in enumerate(
            (
                "SECURITY\nAt least 14 civilians were killed by shelling in the\ncity of Aleppo on Tuesday.",
                "- 25 activists were arbitrarily arrested in Idlib\n- 40 families were displaced from Aleppo",
                "No other events were seen.",
                "Nothing else is known.",
            ),
            1,
        )
    ]
    document = documents(pdf.parse(answer(made(*pages), URL), source(store_fulltext=True, language="en")))[0]
    assert cut(stored(document)) == [
        "SECURITY",
        "At least 14 civilians were killed by shelling in the\ncity of Aleppo on Tuesday.",
        "- 25 activists were arbitrarily arrested in Idlib",
        "- 40 families were displaced from Aleppo",
        "No other events were seen.",
        "Nothing else is known.",
    ]
    claims = read(document).claims
    assert {c.theme for c in claims} >= {"shelling_airstrike", "arbitrary_detention", "displacement"}
    for claim in claims:
        assert stored(document)[claim.start : claim.end] == claim.quote
        assert pdf.PAGE_BREAK not in claim.quote


def test_right_to_left_text_keeps_its_letters_in_their_order() -> None:
    words = "قُتل 12 مدنيا في قصف على حلب."
    document = of_feed(f"<div dir='rtl'><p>\u202b{words}\u202c</p><p>اقرأ المزيد</p></div>")
    assert stored(document) == unicodedata.normalize("NFC", words)
    assert cut(stored(document)) == [stored(document)]


TAGS = st.sampled_from(["<p>", "</p>", "<li>", "<br>", "<h2>", "</tr>", "<td>", "\n", "\n\n", " "])
WORDS = st.sampled_from(["Fighting ", "in Aleppo. ", "e\u0301t\u00e9 ", "حلب ", "• ", "1. ", "&amp;"])


@given(st.lists(TAGS | WORDS, max_size=40).map("".join))
def test_no_sentence_reaches_over_the_end_of_a_block(markup: str) -> None:
    text = text_of(markup)
    assert text == unicodedata.normalize("NFC", text)
    for sentence in cut(text):
        assert "\n\n" not in sentence
        assert "<" not in sentence


@pytest.mark.parametrize("line", ["Read more about this", "Lees verder", "© 2026 The Wire", "اقرأ المزيد"])
def test_known_boilerplate_goes_only_as_a_whole_line(line: str) -> None:
    assert stored(of_feed(f"<p>Rain fell.</p><p>{line}</p>")) == "Rain fell."
    assert line in stored(of_feed(f"<p>He said: {line}</p>"))
