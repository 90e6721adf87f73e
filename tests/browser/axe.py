"""axe-core, from the wheel: what a page has against WCAG 2.2 A and AA."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe

from tests.browser.visit import Visit

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
AXE = Axe()


def barriers(visit: Visit) -> list[str]:
    """One line per element: rule, where it is, what is wrong. Empty when there is no violation."""
    found = AXE.run(visit.page, options={"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]})
    return [
        f"{rule['id']}: {node['html'][:300]} {node['failureSummary']}"
        for rule in found.response["violations"]
        for node in rule["nodes"]
    ]


def barriers_in_both_themes(visit: Visit) -> list[str]:
    """Light as it stands, then dark: the page follows the reader's system."""
    found = barriers(visit)
    visit.page.emulate_media(color_scheme="dark")
    visit.rest().page.wait_for_timeout(200)
    return found + [f"dark: {line}" for line in barriers(visit) if line not in found]
