"""Milder than suggested, by signed-in people; what its end and a passed review date look like with the clock moved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect

from assessment import advice, register
from assessment.advice_read import suggested
from assessment.advice_rules import Wish, latest_review
from assessment.framework import load as framework
from assessment.ledger import Ledger
from assessment.ledger_kinds import Cited
from assessment.read import Reader
from assessment.rules import settings
from dashboard.language import load
from tests import oidc_kit, policy_scene
from tests.assessment.ledger_kit import person
from tests.browser import people, server
from tests.browser.axe import barriers
from tests.browser.people import WORDS, button, offers, says
from tests.browser.visit import Visit

REGION, OTHER = "AF-HER", "AF-BAL"  # nothing holds the first one back; the second has an open alert
REASON, DUTCH = "It has been quiet since May; written for the tests.", "Sinds mei is het rustig; voor de tests."
SIX_MONTHS = 24 * 180  # hours a sign-in lasts: it must outlive the moved clock


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, clock: datetime) -> Path:
    """A small published run that suggests A2 everywhere."""
    found = tmp_path_factory.mktemp("milder")
    policy_scene.prepare(found, [policy_scene.Run("run-1", clock.date(), alerts=(OTHER,), gates=("SO-BY",))], clock)
    return found


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    with oidc_kit.provider() as address:
        yield address


def _office(folder: Path, provider: str, days: int = 0) -> Iterator[str]:
    port = server.free_port()
    own = folder / f"sign-in-{port}"
    own.mkdir()
    file = oidc_kit.settings(own, provider, port, session_hours=SIX_MONTHS)
    with server.serving(folder, "--sign-in", str(file), port=port, days=days) as base:
        yield base


@pytest.fixture(scope="module")
def today(folder: Path, provider: str) -> Iterator[str]:
    """Address of the server."""
    yield from _office(folder, provider)


@pytest.fixture(scope="module")
def later(folder: Path, provider: str) -> Iterator[str]:
    """Address of a server over the same store, 91 days later."""
    yield from _office(folder, provider, days=91)


def shown(seen: Visit) -> str:
    """The category that counts, as the advice page says it."""
    card = seen.page.locator(".rw-card").filter(has_text=WORDS("advice.now"))
    return str(card.locator(".rw-category b").first.inner_text())


def kinds(folder: Path) -> list[str]:
    ledger = Ledger.open(str(folder / "ledger.sqlite"))
    try:
        return [entry.kind for entry in ledger.entries(REGION)]
    finally:
        ledger.close()


def test_milder_needs_two_sources_a_second_person_and_the_jurist_and_ends_after_ninety_days(
    visit: Callable[..., Visit], folder: Path, today: str, later: str
) -> None:
    anna = people.draft(people.enter(visit(today), "anna"), REGION, REASON, "A3", ["Publisher ipc"])
    expect(anna.page.get_by_text(WORDS("advice.draft.follows.milder", days=90))).to_be_visible()
    says(anna, "write.refused")
    assert kinds(folder) == [], "one source is not enough"
    people.cite(anna, ["Publisher pts"])
    button(anna, "advice.draft.save")
    says(anna, "advice.draft.saved")

    boris = people.approve(people.record(people.enter(visit(today), "boris"), REGION, "A3"))
    says(boris, "advice.review.needs_sign")
    assert not offers(boris, "advice.review.publish"), "two analysts alone publish nothing milder"
    assert not offers(boris, "advice.review.sign"), "a reviewer is no jurist"
    assert barriers(boris) == []
    vera = people.enter(visit(today), "vera").go("brief", lang="en", region=REGION)
    assert WORDS("brief.advice.in_force") not in vera.words

    people.sign(people.enter(visit(today), "judith"), REGION)
    people.publish(boris, REGION, DUTCH)
    assert shown(boris) == "A3"
    vera.go("brief", lang="en", region=REGION)
    assert WORDS("brief.advice.in_force") in vera.words
    assert REASON in vera.words
    assert kinds(folder) == [
        "advice_drafted", "evidence_read", "advice_reviewed", "advice_signed", "advice_published",
    ]  # fmt: skip
    _time_is_over(visit, later)


def _time_is_over(visit: Callable[..., Visit], later: str) -> None:
    """Everybody sees the suggested category again, and that the milder one ended."""
    anna = people.enter(visit(later), "anna").go("advice", lang="en", region=REGION)
    assert WORDS("advice.standing.override_expired") in anna.words
    assert shown(anna) == "A2"
    assert barriers(anna) == []
    vera = people.enter(visit(later), "vera").go("brief", lang="en", region=REGION)
    assert WORDS("brief.advice.override_expired") in vera.words
    assert WORDS("brief.advice.in_force") not in vera.words
    for path, parameter in (("brief", "region"), ("region", "region"), ("country", "country")):
        vera.go(path, lang="nl", **{parameter: REGION if parameter == "region" else "AFG"})
        assert vera.page.locator(".rw-category-A3, .rw-category-A4").count() == 0, path


def test_past_its_review_date_advice_is_shown_as_lapsed_and_never_as_good(
    visit: Callable[..., Visit], folder: Path, later: str, clock: datetime
) -> None:
    published(folder, OTHER, clock)
    vera = people.enter(visit(later), "vera").go("brief", lang="nl", region=OTHER)
    dutch = load("nl")
    assert dutch("brief.advice.lapsed") in vera.words
    assert dutch("brief.advice.in_force") not in vera.words
    vera.go("region", lang="nl", region=OTHER)
    assert dutch("advice_shown.lapsed") in vera.words
    assert vera.page.locator(".rw-category-A3, .rw-category-A4").count() == 0
    anna = people.enter(visit(later), "anna").go("advice", lang="en", region=OTHER)
    assert WORDS("advice.standing.lapsed") in anna.words
    assert shown(anna) == "A2"
    anna.go("advice", lang="en")
    row = anna.page.get_by_role("row").filter(has_text="Balkh")
    expect(row.last).to_contain_text(WORDS("advice.chip.lapsed"))


def published(folder: Path, region: str, now: datetime) -> None:
    """A decision as suggested, through all steps, without the pages."""
    ledger, reader = Ledger.open(str(folder / "ledger.sqlite")), Reader.open(folder / "published")
    try:
        entries = ledger.entries()
        suggestion = suggested(reader, region, entries)
        rules, _ = settings(framework(), entries)
        source = Cited(source_id="ipc", origin_family="ipc", region_id=region, url="https://ipc.example/1",
                       published=now.date())  # fmt: skip
        wish = Wish(suggestion.category, [source], latest_review(rules, suggestion, now.date()), REASON, DUTCH)
        first, second = person("anna", "analyst", at=now), person("boris", "reviewer", at=now)
        seq = advice.draft(ledger, first, framework(), suggestion, wish, now).seq
        advice.read_evidence(ledger, second, region, seq, suggestion.category, now)
        advice.approve(ledger, second, region, seq, now)
        register.publish(ledger, second, reader, region, seq, now)
    finally:
        reader.close()
        ledger.close()
