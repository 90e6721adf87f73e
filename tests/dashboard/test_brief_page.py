"""The page Brief in every state, and the files a click gives."""

from __future__ import annotations

import base64
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from assessment.read import Reader
from dashboard.language import LANGUAGES, load
from dashboard.page import escape
from dashboard.views import brief
from tests.dashboard.view_scene import HOSTILE, look

ALLOWED = {"article", "section", "div", "span", "p", "small", "strong", "em", "b", "a", "ul", "li", "h2", "h3", "h4"}
ALLOWED |= {"dl", "dt", "dd", "bdi", "br", "img", "details", "summary"}
IMAGE = re.compile(r'<img src="data:image/svg\+xml;base64,([^"]+)" alt="[^"<>]*">')


class Watched(HTMLParser):
    """Every element of a page; none may act by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        assert not [name for name, _ in attrs if name.startswith("on")]
        for name, value in attrs:
            if name == "href":
                assert (value or "").startswith(("evidence?", "https://")), value


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_whole_brief_is_on_screen_with_its_evidence(reader: Reader, ledger: Path, language: str) -> None:
    seen = look(reader, brief, ledger, language, region="AF-KAB")
    words = load(language)
    for name in ("gates", "bands", "unknowns", "route", "cards", "perspective", "contacts", "sources"):
        assert words(f"brief.section.{name}") in seen.html
    assert escape(words("brief.notice.judgement")) in seen.html
    assert 'href="evidence?' in seen.html
    assert re.search(r"AF-KAB\.[0-9a-f]{16}\.[0-9a-f]{12}", seen.html)


@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_text_is_shown_as_written(reader: Reader, ledger: Path, language: str) -> None:
    html = look(reader, brief, ledger, language, region="AF-BAL").html
    picture = IMAGE.search(html)
    assert picture
    assert "<script" not in base64.b64decode(picture[1]).decode()
    watched = Watched()
    watched.feed(html)
    assert watched.seen <= ALLOWED
    assert HOSTILE[:25] not in html


def test_the_language_of_the_paper_may_differ_from_the_pages(reader: Reader, ledger: Path) -> None:
    html = look(reader, brief, ledger, "en", region="AF-KAB", **{"in": "nl"}).html
    assert '<article class="rw-brief" lang="nl">' in html
    assert load("nl")("brief.section.unknowns") in html
    assert load("en")("brief.section.unknowns") not in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_an_assessment_and_with_an_unknown_region_it_says_so(
    bare: Reader, reader: Reader, ledger: Path, language: str
) -> None:
    words = load(language)
    assert words("brief.nothing_assessed") in look(bare, brief, ledger, language).html
    assert words("brief.unknown_region", region="XX-1") in look(reader, brief, ledger, language, region="XX-1").html
    assert words("brief.choose") in look(reader, brief, ledger, language).html


@pytest.mark.parametrize("language", LANGUAGES)
def test_when_decisions_cannot_be_read_the_brief_itself_says_so(reader: Reader, language: str) -> None:
    html = look(reader, brief, None, language, region="AF-KAB").html
    words = load(language)
    assert escape(words("brief.advice.unread")) in html
    assert escape(words("brief.advice.suggestion")) not in html
    paper = html[html.index("<article") :]
    assert escape(words("brief.warn.ledger")) in paper
