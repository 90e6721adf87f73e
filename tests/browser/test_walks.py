"""A policy officer from the map to the passage, a caseworker from the start to the brief; by pointer and by keys."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

import pikepdf
import pypdfium2
import pytest
from playwright.sync_api import Download, expect

from dashboard.language import Words, load
from tests.browser import by_hand
from tests.browser.visit import START, Visit

REGION, NAME = by_hand.REGION, "Balkh"
WAYS = [(1280, "nl"), (768, "en"), (360, "nl")]


def option(seen: Visit, name: str):  # type: ignore[no-untyped-def]
    """A place on the map."""
    return seen.page.get_by_role("option", name=re.compile(f"^{name}: ")).first


def heading(seen: Visit, name: str | re.Pattern[str]) -> None:
    expect(seen.page.locator("h1")).to_have_text(name, timeout=20_000)
    seen.rest()


def check_pdf(download: Download, language: str) -> None:
    """Two tagged pages in the language, about the region."""
    content = download.path().read_bytes()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert len(pdf.pages) == 2
        assert str(pdf.Root.Lang).startswith(language)
        assert pdf.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in pdf.Root
    first = pypdfium2.PdfDocument(content)[0].get_textpage().get_text_range()
    assert NAME in first


@pytest.mark.parametrize(("width", "language"), WAYS)
def test_a_policy_officer_walks_from_the_map_to_the_passage(
    visit: Callable[..., Visit], width: int, language: str
) -> None:
    words = load(language)
    seen = visit(width=width).go(START, lang=language)
    seen.click(option(seen, "Afghanistan"))
    seen.click(seen.page.get_by_role("link", name=words("situation.open_country", name="Afghanistan")))
    heading(seen, "Afghanistan")
    assert seen.overflow() == 0
    seen.click(option(seen, NAME))  # the first click from the map
    heading(seen, NAME)
    assert seen.parameters() == {"lang": language, "region": REGION}
    assert seen.overflow() == 0
    seen.click(seen.page.locator(".rw-reasons .rw-evidence a").first)  # the second
    heading(seen, re.compile("."))
    assert seen.path == "evidence"
    assert "id" in seen.parameters()
    expect(seen.page.locator('[data-testid="stMain"]')).to_contain_text(words("evidence.record.archive"))
    assert seen.overflow() == 0
    seen.page.go_back()
    heading(seen, NAME)


def test_the_passage_is_marked_in_its_document(visit: Callable[..., Visit]) -> None:
    seen = visit().go("region", lang="en", region=REGION)
    seen.click(seen.page.get_by_role("link", name="Afghanistan: fighting in Balkh drives families out").first)
    expect(seen.page.locator("mark").first).to_be_visible()
    assert "killed 14 civilians" in " ".join(seen.page.locator("mark").all_inner_texts())


@pytest.mark.parametrize(("width", "language"), WAYS[:1])
def test_a_caseworker_prints_the_brief_in_four_clicks(visit: Callable[..., Visit], width: int, language: str) -> None:
    words = load(language)
    seen = visit(width=width).go(START, lang=language)
    seen.click(seen.page.get_by_role("link", name=words("brief.title"), exact=True))  # 1
    heading(seen, words("brief.title"))
    field = seen.page.get_by_label(words("brief.pick_region"), exact=True)
    field.click()  # 2
    field.press_sequentially(NAME)
    seen.click(seen.page.get_by_role("option", name=re.compile(f"^{NAME}, ")))  # 3
    pdf(seen, words, language)  # 4


@pytest.mark.parametrize(("width", "language"), WAYS[1:])
def test_a_caseworker_with_a_small_screen_goes_by_the_map_in_four_taps(
    visit: Callable[..., Visit], width: int, language: str
) -> None:
    words = load(language)
    seen = visit(width=width, has_touch=True).go(START, lang=language)
    seen.click(option(seen, "Afghanistan"))  # 1
    seen.click(option(seen, NAME))  # 2
    heading(seen, NAME)
    seen.click(seen.page.get_by_role("link", name=words("region.to_brief"), exact=True))  # 3
    heading(seen, words("brief.title"))
    assert seen.overflow() == 0
    pdf(seen, words, language)  # 4


def pdf(seen: Visit, words: Words, language: str) -> None:
    """Press the button and look at the file."""
    with seen.page.expect_download() as waiting:
        seen.page.get_by_role("button", name=words("brief.download_pdf")).click()
    check_pdf(waiting.value, language)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_brief_is_taken_along_for_a_case_file(visit: Callable[..., Visit], language: str) -> None:
    words = load(language)
    seen = visit().go("brief", lang=language, region=REGION)
    found = {}
    for kind in ("docx", "html"):
        with seen.page.expect_download() as waiting:
            seen.page.get_by_role("button", name=words(f"brief.download_{kind}"), exact=True).click()
        assert waiting.value.suggested_filename.endswith(f".{kind}")
        found[kind] = waiting.value.path().read_bytes()
    with zipfile.ZipFile(io.BytesIO(found["docx"])) as archive:
        word = archive.read("word/document.xml").decode()
    page = found["html"].decode()
    assert f'lang="{language}"' in page
    for text in (word, page):
        assert NAME in text
        assert words("brief.section.unknowns") in text
    assert not any(part in page for part in ("<script", "<iframe", "http-equiv", "<link"))
    assert seen.faults == []


def test_the_brief_by_keys_alone(visit: Callable[..., Visit]) -> None:
    words = load("nl")
    seen = visit().go(START, lang="nl")
    seen.tab_to("a", words("brief.title")).press("Enter")
    heading(seen, words("brief.title"))
    seen.tab_to("combobox", words("brief.pick_region"))
    seen.page.keyboard.type(NAME)
    expect(seen.page.get_by_role("option", name=re.compile(f"^{NAME}, "))).to_be_visible()
    seen.press("Enter")
    expect(seen.page.locator(".rw-brief")).to_be_visible()
    seen.tab_to("button", words("brief.download_pdf"))
    with seen.page.expect_download() as waiting:
        seen.page.keyboard.press("Enter")
    check_pdf(waiting.value, "nl")


def test_the_map_by_keys_alone(visit: Callable[..., Visit]) -> None:
    """Arrows walk, a letter jumps, Enter chooses: country, then region."""
    seen = visit().go(START, lang="en")
    for name in ("Afghanistan", NAME):
        expect(option(seen, name)).to_be_attached()
        seen.tab_to("option", "")
        for _ in range(60):
            if seen.focused()[1].startswith(f"{name}: "):
                break
            seen.page.keyboard.press("ArrowDown")
        assert seen.focused()[1].startswith(f"{name}: ")
        seen.press("Enter")
    heading(seen, NAME)
