"""What holds for every page: nothing leaves the machine, no fault, no barrier, no sideways scrolling."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser import pages, scene
from tests.browser.axe import barriers_in_both_themes
from tests.browser.visit import Visit


def test_the_scene_fills_what_pages_show(data: Path) -> None:
    filled = scene.filled(data)
    for table in ("dimension_score", "reason", "gate_hit", "route", "alert", "official_position", "perspective"):
        assert filled[f"assessment.{table}"] > 0, table
    for table in ("document", "claim", "mention", "member"):
        assert filled[f"evidence.{table}"] > 0, table


@pytest.mark.parametrize("language", pages.LANGUAGES)
@pytest.mark.parametrize("path", pages.PATHS)
def test_a_page_has_no_barrier_no_fault_and_asks_only_its_own_origin(
    visit: Callable[..., Visit], path: str, language: str
) -> None:
    seen = visit(color_scheme="light").go(path, **pages.parameters(path, language))
    assert seen.page.locator("html").get_attribute("lang") == language
    assert seen.page.locator("h1").count() == 1
    assert "\n".join(barriers_in_both_themes(seen)) == ""
    assert seen.foreign() == []
    assert seen.faults == []
    assert not seen.scripts_ran()


@pytest.mark.parametrize("width", [768, 360])
def test_no_page_scrolls_sideways(visit: Callable[..., Visit], width: int) -> None:
    seen = visit(width=width)
    wide = {path: seen.go(path, **pages.parameters(path, "nl")).overflow() for path in pages.PATHS}
    assert {path: pixels for path, pixels in wide.items() if pixels > 0} == {}
