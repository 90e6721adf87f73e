"""The policy loop by three signed-in people: alert, draft, second person, jurist, publication; the brief shows it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from assessment.ledger import Ledger
from assessment.ledger_check import verify
from dashboard.language import DEFAULT, load
from tests import oidc_kit
from tests.browser import by_hand, people, server
from tests.browser.axe import barriers
from tests.browser.people import WORDS, button, cite, draft, offers, says, write
from tests.browser.visit import Visit

REASON, DUTCH = "The fighting goes on; written for the tests.", "Er wordt nog gevochten; geschreven voor de tests."


@pytest.fixture(scope="module")
def office(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """(address of a server that asks for a sign-in, its data folder)."""
    folder = tmp_path_factory.mktemp("office") / "data"
    shutil.copytree(data, folder, ignore=shutil.ignore_patterns("archive", "*.log", "ledger*"))
    port = server.free_port()
    with oidc_kit.provider() as provider:
        file = oidc_kit.settings(folder, provider, port)
        with server.serving(folder, "--sign-in", str(file), port=port) as base:
            yield base, folder


@pytest.fixture
def enter(visit: Callable[..., Visit], office: tuple[str, Path]) -> Callable[[str], Visit]:
    """Sign in as somebody the provider knows."""
    return lambda name: people.enter(visit(office[0]), name)


def test_nobody_sees_a_page_before_signing_in(visit: Callable[..., Visit], office: tuple[str, Path]) -> None:
    for path in ("", "brief", "advice"):
        seen = visit(office[0]).go(path, lang="en")
        expect(seen.page.get_by_role("button", name=WORDS("sign_in.button"))).to_be_visible()
        assert "Afghanistan" not in seen.page.inner_text("body")
    assert barriers(seen) == []


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_mailed_link_survives_the_sign_in(
    visit: Callable[..., Visit], office: tuple[str, Path], language: str
) -> None:
    words = load(language)
    seen = visit(office[0]).go("region", lang=language, region="SO-BY")
    expect(seen.page.get_by_role("button", name=words("sign_in.button"))).to_be_visible()
    seen.go()  # as after a sign-in that did not succeed
    assert "SO-BY" not in seen.page.url
    people.sign_in(seen, "vera", load(DEFAULT))
    seen.page.wait_for_url(re.compile("region=SO-BY"), timeout=20_000)
    seen.rest()
    assert (seen.path, seen.parameters()) == ("region", {"lang": language, "region": "SO-BY"})
    expect(seen.page.locator("h1")).to_have_text("Bay", timeout=20_000)
    expect(seen.page.get_by_role("button", name=words("sign_in.out"))).to_be_visible()


def test_from_the_alert_to_the_brief(enter: Callable[[str], Visit], office: tuple[str, Path]) -> None:
    region = by_hand.REGION
    anna = enter("anna")
    anna.go("alerts", lang="en", alert="browser-worse")
    button(anna, "alerts.take")
    says(anna, "alerts.taken")
    anna.click(anna.page.get_by_text(WORDS("alerts.disposition.real"), exact=True))
    write(anna, "alerts.reason", "Two sources say the same.")
    button(anna, "alerts.decide")
    anna.click(anna.page.get_by_role("link", name=WORDS("alerts.draft")))
    says(anna, "advice.draft.title")
    draft(anna, region, REASON)
    says(anna, "advice.draft.saved")
    assert barriers(anna) == []

    boris = enter("boris").go("advice", lang="en", region=region)
    says(boris, "advice.suggestion.hidden")
    assert REASON not in boris.words, "the second person reads the evidence before the first one's conclusion"
    people.record(boris, region, "A0")
    assert REASON in boris.words
    people.approve(boris)
    says(boris, "advice.review.needs_sign")
    assert not offers(boris, "advice.review.publish")

    people.sign(enter("judith"), region)
    people.publish(boris, region, DUTCH)

    vera = enter("vera")
    vera.go("brief", lang="nl", region=region)
    assert DUTCH in vera.words
    assert load("nl")("brief.advice.in_force") in vera.words
    vera.go("register", lang="nl", region=region)
    assert DUTCH in vera.words or load("nl")("advice.chip.in_force") in vera.words
    ledger = Ledger.open(str(office[1] / "ledger.sqlite"))
    kinds = [entry.kind for entry in ledger.entries()]
    assert kinds == [
        "alert_taken", "alert_decided", "advice_drafted", "evidence_read", "advice_reviewed", "advice_signed",
        "advice_published",
    ]  # fmt: skip
    assert verify(ledger).holds
    ledger.close()


def test_nobody_judges_an_own_draft(enter: Callable[[str], Visit]) -> None:
    boris = draft(enter("boris"), "AF-HER", REASON)
    says(boris, "advice.review.own_draft")
    for key in ("record", "approve", "publish"):
        assert not offers(boris, f"advice.review.{key}")


def test_milder_than_a_gate_allows_is_refused(enter: Callable[[str], Visit]) -> None:
    anna = enter("anna").go("advice", lang="en", region="AF-BAM")
    anna.click(anna.page.get_by_text("A3: ", exact=False).first)
    says(anna, "advice.draft.follows.gate")
    write(anna, "advice.draft.reason_en", REASON)
    button(cite(anna), "advice.draft.save")
    says(anna, "write.refused")


def test_a_caseworker_has_no_page_of_the_staff_and_signs_out(enter: Callable[[str], Visit]) -> None:
    vera = enter("vera")
    for path in ("alerts", "advice"):
        assert vera.page.get_by_role("link", name=WORDS(f"{path}.title"), exact=True).count() == 0
    vera.page.get_by_role("button", name=WORDS("sign_in.out")).click()
    vera.page.get_by_role("button", name="End session").click()  # the provider asks
    vera.page.wait_for_load_state()
    vera.go("brief", lang="en")
    expect(vera.page.get_by_role("button", name=WORDS("sign_in.button"))).to_be_visible(timeout=20_000)
