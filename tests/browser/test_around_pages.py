"""What every page has around it: language, address, back, the newest publication; hostile words stay words."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from dashboard.language import Words, load
from dashboard.pipeline import publish_now
from ingest.refresh_tools import Folders
from ingest.warehouse import Warehouse
from tests.browser import by_hand, pages, server
from tests.browser.axe import barriers
from tests.browser.documents import RIGHT_TO_LEFT
from tests.browser.visit import START, Visit

NL, EN = load("nl"), load("en")
HOSTILE_PLACES = {
    START: {"country": "AFG"},
    "country": {"country": "AFG"},
    "region": {"region": by_hand.HOSTILE_REGION},
    "compare": {"regions": f"AF-BAL,{by_hand.HOSTILE_REGION}"},
    "brief": {"region": by_hand.HOSTILE_REGION},
    "advice": {"region": by_hand.HOSTILE_REGION},
    "register": {"region": by_hand.HOSTILE_REGION},
    "evidence": {"q": "press"},
    "alerts": {"alert": "browser-hostile"},
}
SHOWN = HOSTILE_PLACES.keys() - {"alerts", "register", "advice"}  # those may name the region by its id only


@pytest.mark.parametrize("path", pages.PATHS)
def test_the_language_changes_and_the_view_stays(visit: Callable[..., Visit], path: str) -> None:
    seen = visit().go(path, **pages.parameters(path, "nl"))
    before = seen.parameters()
    seen.click(seen.page.get_by_role("button", name=NL("header.switch")))
    expect(seen.page.get_by_role("button", name=EN("header.switch"))).to_be_visible()
    seen.rest()
    assert seen.page.locator("html").get_attribute("lang") == "en"
    assert seen.parameters() == {**before, "lang": "en"}
    assert seen.path == ("" if path == START else path)


@pytest.mark.parametrize("path", pages.PATHS)
def test_an_address_opens_the_same_view_for_somebody_else(visit: Callable[..., Visit], path: str) -> None:
    first = visit().go(path, **pages.parameters(path, "en"))
    second = visit()
    second.page.goto(first.page.url, wait_until="commit")
    second.rest()
    assert second.parameters() == first.parameters()
    assert second.parameters().items() >= {"lang": "en"}.items()
    assert second.words == first.words


@pytest.mark.parametrize("words", [NL, EN], ids=lambda words: words.language)
def test_pages_that_do_not_fit_stand_under_a_word_of_the_readers_language(
    visit: Callable[..., Visit], words: Words
) -> None:
    seen = visit(width=768).go("sources", lang=words.language)
    seen.page.get_by_role("button", name=words("header.more_pages"), exact=True).click()
    last = seen.page.get_by_role("menuitem", name=words("method.title"), exact=True)
    expect(last).to_be_visible()
    assert barriers(seen) == []
    last.click()
    expect(seen.page.locator("h1")).to_have_text(words("method.title"))
    assert seen.rest().path == "method"


def test_back_leads_to_the_page_before(visit: Callable[..., Visit]) -> None:
    seen = visit().go("sources", lang="en")
    title = seen.title
    seen.click(seen.page.get_by_role("link", name=EN(f"{START}.title"), exact=True))
    expect(seen.page.locator("h1")).to_have_text(EN(f"{START}.title"))
    seen.page.go_back()
    expect(seen.page.locator("h1")).to_have_text(title)
    assert seen.rest().path == "sources"


@pytest.mark.parametrize("path", [path for path in pages.PATHS if path in HOSTILE_PLACES])
def test_hostile_words_are_shown_as_words(visit: Callable[..., Visit], path: str) -> None:
    seen = visit().go(path, lang="en", **HOSTILE_PLACES[path])
    if path in SHOWN:
        assert "<script>" in seen.words
    main = seen.page.locator('[data-testid="stMain"]')
    assert main.locator("img[src='x'], [onerror]").count() == 0
    assert main.locator("a[href^='javascript']").count() == 0
    assert main.get_by_role("link", name="press here", exact=True).count() == 0
    assert not seen.scripts_ran()


def test_right_to_left_titles_are_found_and_whole(visit: Callable[..., Visit]) -> None:
    seen = visit().go("evidence", lang="en", q="بغداد")
    assert RIGHT_TO_LEFT.split()[0] in seen.words


def test_a_new_publication_appears_without_restart(
    visit: Callable[..., Visit], data: Path, clock: datetime, tmp_path: Path
) -> None:
    """The page that is open keeps its facts; the next thing done on it shows the newer ones."""
    copy = tmp_path / "data"
    shutil.copytree(data, copy, ignore=shutil.ignore_patterns("archive", "*.log"))
    later = clock + timedelta(hours=1)
    with server.serving(copy) as base:
        seen = visit(base).go("sources", lang="en")
        assert EN.moment(clock) in seen.words
        with Warehouse(Folders(copy).warehouse).writer() as connection:
            connection.execute("UPDATE source SET publisher = 'Renamed publisher' WHERE source_id = 'ipc'")
        publish_now(copy, later)
        assert EN.moment(clock) in seen.words, "nothing moves under a reader's eyes"
        seen.click(seen.page.get_by_role("button", name=EN("header.switch")))
        expect(seen.page.get_by_role("button", name=NL("header.switch"))).to_be_visible()
        assert NL.moment(later) in seen.rest().words
        assert NL.moment(clock) not in seen.words
