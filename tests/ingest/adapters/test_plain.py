"""Plain text of other people's markup: no tags, no scripts, no control characters, only web links, always an end."""

import re
import unicodedata
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.adapters._plain import CONTROLS, line_of, text_of, web_link
from tests.growth import assert_grows_gently

FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ud800-\udfff\ufeff]")


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (None, ""),
        ("", ""),
        ("plain words", "plain words"),
        ("<p>One</p><p>Two<br>three</p>", "One\n\nTwo\nthree"),
        ("<ul><li>a</li>  <li>b</li></ul>", "a\n\nb"),
        ("<h2>A heading</h2>\n<p>a line of\n  the source</p>", "A heading\n\na line of the source"),
        ("<tr><td>Aleppo</td><td>12</td></tr><tr><td>Idlib</td><td>7</td></tr>", "Aleppo 12\n\nIdlib 7"),
        ("<p>a</p>&lt;p&gt;b\nc&lt;br&gt;d&lt;/p&gt;", "a\n\nb c\nd"),
        ("one\n\n\n two \nthree", "one\n\ntwo\nthree"),
        ("Fish &amp; chips", "Fish & chips"),
        ("&lt;p&gt;escaped once&lt;/p&gt;", "escaped once"),
        ("&amp;lt;b&amp;gt;escaped twice&amp;lt;/b&amp;gt;", "escaped twice"),
        ("5 < 6 and 7 > 3", "5 < 6 and 7 > 3"),
        ("a<script>steal()</script>b", "a b"),
        ("a<script>never closed", "anever closed"),
        ("a<style>p{}</style><iframe src=x></iframe>b", "a b"),
        ("a<!-- hidden <b>words</b> -->b", "a b"),
        ("x &lt;script&gt;alert(1)&lt;/script&gt; y", "x y"),
        ("a<<b>script>alert(1)<</b>/script>b", "a b"),
        ("<\x00b>halves joined", "halves joined"),
        ("non\xa0breaking", "non breaking"),
        ("e\u0301t\u00e9", "\u00e9t\u00e9"),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
        ("right\u202eto left\u202c", "rightto left"),
        ("half a pair \ud800", "half a pair"),
        ("<a href='x", ""),
    ],
)
def test_markup_and_the_text_of_it(markup, text):
    assert text_of(markup) == text


def test_a_title_is_one_line():
    assert line_of(" A\n title <br> of\ttwo   lines ") == "A title of two lines"
    assert line_of("x" * 2_000) == "x" * 1_000


MARKUP = st.text(alphabet=st.sampled_from(list("<>/&;!-#x3abpltgm \n\x00\x1b\u200b\u202e\u0301\u037e")), max_size=40)


@given(markup=st.text(max_size=80) | MARKUP)
def test_text_is_clean_and_cleaning_it_again_changes_nothing(markup):
    text = text_of(markup)
    assert not FORBIDDEN.search(text)
    assert not re.search(r"</?[A-Za-z]", text)
    assert text == unicodedata.normalize("NFC", text)
    assert text_of(text) == text
    line = line_of(markup)
    assert "\n" not in line
    assert line_of(line) == line


@pytest.mark.parametrize(
    "markup",
    [
        "<" * 400_000,
        "<a" * 200_000,
        "<!--" * 100_000,
        "<script>" * 50_000,
        "&amp;" * 80_000,
        "&lt;" * 100_000,
        "<" + "<b>" * 100_000 + "b>",
        "<<b>b>" * 60_000,
        "\n" * 400_000,
        "<p>" + " \n" * 200_000,
        "</p" * 150_000,
        "<br" * 150_000,
    ],
)
def test_hostile_markup_costs_in_proportion_to_its_length(markup):
    assert_grows_gently(text_of, markup[: len(markup) // 4], markup)


@pytest.mark.parametrize(
    ("link", "base", "address"),
    [
        ("https://a.example.org/x?y=1&z=2", "", "https://a.example.org/x?y=1&z=2"),
        (" /report 1.pdf ", "https://a.example.org/feed", "https://a.example.org/report%201.pdf"),
        ("../x", "https://a.example.org/b/c/feed.xml", "https://a.example.org/b/x"),
        ("//cdn.example.org/x", "https://a.example.org/", "https://cdn.example.org/x"),
        ("", "https://a.example.org/", ""),
        (None, "https://a.example.org/", ""),
        ("/alone", "", ""),
        ("javascript:alert(1)", "https://a.example.org/", ""),
        (" JavaScript:alert(1)", "https://a.example.org/", ""),
        ("java\tscript:alert(1)", "https://a.example.org/", ""),
        ("\x01javascript:alert(1)", "https://a.example.org/", ""),
        ("data:text/html,<b>", "", ""),
        ("file:///etc/passwd", "", ""),
        ("ftp://a.example.org/x", "", ""),
        ("http://[", "", ""),
        ("http://", "", ""),
    ],
)
def test_only_web_addresses_are_kept(link, base, address):
    assert web_link(link, base) == address


@given(link=st.text(max_size=40) | st.from_regex(r"(https?|javascript|//)[:/\[\]@ a-z.\t]{0,20}", fullmatch=True))
def test_no_link_makes_it_raise_and_a_kept_one_stays(link):
    address = web_link(link, "https://a.example.org/feed")
    assert address == "" or re.match(r"https?://", address)
    assert not FORBIDDEN.search(address)
    assert web_link(address) == address


LINK_PARTS = st.sampled_from(
    ["http://", "https://", "HTTP://", "a.example", "/", "//", "?", "#", ";", "x=1", "%20", " ", "\t", "..", "./",
     ":80", ":", "[::1]", "@", "é", "\u200b", "javascript:", "-", "_", "~", "&"]
)  # fmt: skip


@given(st.lists(LINK_PARTS, max_size=9).map("".join), st.sampled_from(["", "http://b.example/x/y?z"]))
def test_a_link_taken_as_it_is_is_the_one_joining_would_make(link, base):
    words = CONTROLS.sub("", link).strip()
    try:
        joined = urljoin(base, words) if words else ""
        parts = urlsplit(joined)
        wanted = re.sub(r"\s", "%20", joined) if parts.scheme in ("http", "https") and parts.hostname else ""
    except ValueError:
        wanted = ""
    assert web_link(link, base) == wanted
