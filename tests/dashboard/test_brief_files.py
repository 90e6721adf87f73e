"""The brief as files: two tagged pages, the same bytes twice, hostile text stays text, every script has letters."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import pikepdf
import pypdfium2
import pytest
from docx import Document

from assessment.read import NotFound
from dashboard import brief, brief_pdf
from dashboard.brief_content import content
from dashboard.brief_facts import Facts
from dashboard.language import LANGUAGES, load
from tests.dashboard import brief_kit as kit

A4 = (595, 842)  # points
NATIVE = {
    "Arabic": "بلخ", "Ethiopic": "ማእከል", "Armenian": "Երևան", "Georgian": "თბილისი", "Bengali": "ঢাকা",
    "Myanmar": "ရန်ကုန်", "Sinhala": "කොළඹ", "Cyrillic": "Грозный", "Latin": "Çorum Ðặng Łódź ʻO",
}  # fmt: skip


class Shapes:
    """A reader that knows the outline of one square country."""

    def shapes(self, iso3: str) -> dict[str, Any]:
        if iso3 != "AFG":
            raise NotFound("country", iso3)
        square = [[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.0, 0.0]]]
        regions = [{"region_id": "AF-BAL", "polygons": [square], "point": [0.5, 0.5], "approximate": False}]
        return {"iso3": iso3, "bounds": (0.0, 0.0, 1.0, 1.0), "regions": regions, "around": []}


def made(facts: Facts, language: str = "nl", kind: str = "pdf") -> bytes:
    reader: Any = Shapes()
    return brief.render(reader, facts, language, kind)


def placed(facts: Facts) -> Facts:
    """Facts whose names on the map carry a band."""
    return replace(facts, names={"AF-BAL": facts.region})


def full() -> Facts:
    return placed(
        kit.with_region(
            kit.facts(standing=kit.standing()), gates=[kit.gate()], routes=[kit.route()], profile_cards=[kit.card("W")]
        )
    )


def pages(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()


def tags(element: Any, found: list[str] | None = None) -> list[str]:
    """Types of the structure tree, in reading order."""
    found = [] if found is None else found
    if isinstance(element, pikepdf.Dictionary) and "/S" in element:
        found.append(str(element["/S"]))
    children = element.get("/K") if isinstance(element, pikepdf.Dictionary) else None
    for child in children if isinstance(children, pikepdf.Array) else [children] if children is not None else []:
        if isinstance(child, pikepdf.Dictionary):
            tags(child, found)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_is_tagged_titled_and_in_its_language(language: str) -> None:
    with pikepdf.open(io.BytesIO(made(full(), language))) as pdf:
        assert len(pdf.pages) == 2
        assert [round(float(n)) for n in pdf.pages[0].MediaBox][2:] == list(A4)
        assert str(pdf.Root.Lang).split("-")[0] == language
        assert bool(pdf.Root.MarkInfo.Marked)
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        with pdf.open_metadata() as about:
            assert about["pdfuaid:part"] == "1"
            assert "Balkh, Afghanistan" in str(about["dc:title"])
        found = tags(pdf.Root.StructTreeRoot)
        assert {"/H1", "/H2", "/H3", "/L", "/LI", "/P", "/Figure"} <= set(found)
        assert found.index("/H1") < found.index("/H2")
        with pdf.open_outline() as outline:
            assert outline.root[0].title == "Balkh, Afghanistan"
            assert len(outline.root[0].children) == 8
        assert "/CreationDate" not in pdf.docinfo, "no clock in the file"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [kit.HOSTILE, kit.LONG, "", "ከተማ " * 500, "مدينة " * 500], ids=str.__len__)
def test_whatever_the_texts_hold_it_is_two_pages_and_stays_text(language: str, size: str) -> None:
    first, second = pages(made(placed(kit.hostile(size)), language))
    assert load(language)("brief.section.route") in first
    assert load(language)("brief.section.cards") in second
    assert load(language)("brief.section.sources") in second
    if size == kit.HOSTILE:
        assert "#panic() *bold* $x$ <script>" in first.replace("\u200b", "")


def test_no_text_runs_over_the_edge_of_the_paper() -> None:
    document = pypdfium2.PdfDocument(made(placed(kit.hostile(kit.LONG))))
    for page in document:
        text = page.get_textpage()
        boxes = [text.get_charbox(i) for i in range(text.count_chars())]
        assert min(box[0] for box in boxes if box[2] > box[0]) >= 30
        assert max(box[2] for box in boxes) <= A4[0] - 30
        assert min(box[1] for box in boxes if box[3] > box[1]) >= 20
    document.close()


@pytest.mark.parametrize("script", NATIVE)
def test_names_in_every_script_of_the_reference_have_letters(script: str) -> None:
    facts = kit.with_region(kit.facts(), name_native=NATIVE[script])
    with pikepdf.open(io.BytesIO(made(placed(facts)))) as pdf:
        fonts = {str(font.BaseFont) for font in pdf.pages[0].Resources.Font.values()}
    expected = "NotoSans-" if script in ("Latin", "Cyrillic") else f"NotoSans{script}"
    assert any(expected in name for name in fonts), fonts
    assert all("NotoSans" in name for name in fonts), "no font of the machine is used"


@pytest.mark.parametrize("kind", brief.FORMATS)
def test_the_same_facts_give_the_same_bytes(kind: str) -> None:
    first = made(full(), "nl", kind)
    brief._kept.clear()  # made again, not remembered
    assert made(full(), "nl", kind) == first
    assert made(full(), "nl", kind) != made(full(), "en", kind)


class Reader(HTMLParser):
    """Tags and text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not [name for name, _ in attrs if name.startswith("on")]
        assert not [value for name, value in attrs if name == "href" and not (value or "").startswith("https://")]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_web_page_has_no_script_and_the_same_words() -> None:
    page = Reader()
    page.feed(made(placed(kit.hostile()), "en", "html").decode())
    assert "script" not in page.tags
    assert "<script>alert(1)</script>" in page.text, "hostile text is shown as written"
    assert page.tags.count("h1") == 1
    assert {"h2", "h3", "svg", "main"} <= set(page.tags)
    plain = made(full(), "nl", "html").decode()
    assert plain.startswith('<!doctype html>\n<html lang="nl">')
    assert full().version in plain


def test_the_word_file_opens_and_holds_every_section() -> None:
    document = Document(io.BytesIO(made(placed(kit.hostile()), "en", "docx")))
    headings = [p.text for p in document.paragraphs if p.style.name.startswith("Heading 2")]
    words = load("en")
    assert headings == [
        words(f"brief.section.{name}")
        for name in ("gates", "bands", "unknowns", "route", "cards", "perspective", "contacts", "sources")
    ]
    assert document.core_properties.created == datetime(2026, 11, 23, tzinfo=UTC)
    dates = {info.date_time for info in zipfile.ZipFile(io.BytesIO(made(full(), "en", "docx"))).infolist()}
    assert dates == {(1980, 1, 1, 0, 0, 0)}


def test_the_version_can_be_copied_from_both_pages() -> None:
    facts = full()
    for page in pages(made(facts)):
        assert f"Versie {facts.version}." in page


def test_screen_and_paper_say_the_same() -> None:
    whole = content(full(), load("nl"))
    paper = " ".join(" ".join(pages(made(full(), "nl"))).split())
    for text in (whole["heading"], whole["advice"]["words"], *(band["word"] for band in whole["bands"]["three"])):
        assert text in paper


def test_without_a_shape_there_is_no_map_and_still_a_brief() -> None:
    facts = replace(full(), region={**full().region, "iso3": "XXX"})
    reader: Any = Shapes()
    assert brief.map_svg(reader, facts, "nl") is None
    assert len(pages(made(facts))) == 2


def test_an_unknown_language_or_format_says_what_there_is() -> None:
    with pytest.raises(brief.BriefError, match="use one of nl, en"):
        made(full(), "fr")
    with pytest.raises(brief.BriefError, match="use one of pdf, html, docx"):
        made(full(), "nl", "odt")


def test_only_the_files_made_last_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(brief, "KEPT", 2)
    brief._kept.clear()
    for number in range(3):
        made(kit.with_region(full(), name_native=f"name {number}"))
    assert len(brief._kept) == 2


def test_a_brief_that_can_never_fit_is_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    brief._kept.clear()
    monkeypatch.setattr(brief_pdf, "PAGES", 1)
    with pytest.raises(brief.BriefError, match="does not fit on two pages; shorten the decision's reason"):
        made(full())
