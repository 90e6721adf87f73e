"""The checks of the browser tests find what they look for: a page with every fault is not let through."""

from __future__ import annotations

from collections.abc import Callable

from tests.browser.axe import barriers
from tests.browser.visit import Visit

FAULTY = """
<html><body><div data-testid="stMain" style="width: 300px; overflow: auto">
  <h1 style="color: #bbb; background: #fff">Faint</h1><img src="http://elsewhere.invalid/pixel.png">
  <div style="width: 900px">wide</div><script>window.taken = 1; console.error("loud")</script>
</div></body></html>
"""


def test_a_faulty_page_is_found_faulty(visit: Callable[..., Visit]) -> None:
    seen = visit()
    seen.page.route("http://elsewhere.invalid/**", lambda route: route.abort())
    seen.page.set_content(FAULTY)
    found = barriers(seen)
    assert [
        rule for rule in ("color-contrast", "image-alt", "html-has-lang") if not any(rule in f for f in found)
    ] == []
    assert seen.foreign() == ["http://elsewhere.invalid/pixel.png"]
    assert any("loud" in fault for fault in seen.faults)
    assert seen.overflow() == 600
    assert seen.scripts_ran()
