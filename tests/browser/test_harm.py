"""Harm after return, by signed-in people: a caseworker reports, the reporter cannot judge, a second person lifts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect

from assessment.ledger import Ledger
from assessment.ledger_check import verify
from tests import oidc_kit, policy_scene
from tests.browser import people, server
from tests.browser.axe import barriers
from tests.browser.people import WORDS, button, offers, says, write
from tests.browser.visit import Visit

REGION = "AF-BAL"
NOTE = "Held at the airport; written for the tests."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, clock: datetime) -> Path:
    """A small published run."""
    found = tmp_path_factory.mktemp("harm")
    policy_scene.prepare(found, [policy_scene.Run("run-1", clock.date())], clock)
    return found


@pytest.fixture(scope="module")
def office(folder: Path) -> Iterator[str]:
    """Address of a server that asks for a sign-in."""
    port = server.free_port()
    with oidc_kit.provider() as provider:
        file = oidc_kit.settings(folder, provider, port)
        with server.serving(folder, "--sign-in", str(file), port=port) as base:
            yield base


def choose(seen: Visit, key: str, said: str) -> Visit:
    """One of a list of the form."""
    seen.page.get_by_label(WORDS(key), exact=True).click()
    return seen.click(seen.page.get_by_role("option", name=said, exact=True))


def report(seen: Visit, note: str) -> Visit:
    """From the page of the region to the form, filled in and sent."""
    seen.go("region", lang="en", region=REGION)
    seen.click(seen.page.get_by_role("link", name=WORDS("region.to_harm")))
    choose(seen, "harm.what_label", WORDS("harm.what.detention"))
    choose(seen, "harm.heard_label", WORDS("harm.heard.family"))
    write(seen, "harm.note", note)
    seen.click(seen.page.get_by_text(WORDS("harm.read_over"), exact=True))
    return button(seen, "harm.send")


def test_from_the_caseworkers_report_to_the_second_person(
    visit: Callable[..., Visit], folder: Path, office: str
) -> None:
    vera = report(people.enter(visit(office), "vera"), "Name: Somebody")
    says(vera, "refused.recognisable")
    assert barriers(vera) == []
    write(vera, "harm.note", NOTE)
    button(vera, "harm.send")
    says(vera, "harm.sent")
    assert "Balkh (Afghanistan)" in vera.words

    boris = report(people.enter(visit(office), "boris"), NOTE)
    says(boris, "harm.sent")
    boris.go("harm", lang="en", report="harm:2")
    says(boris, "harm.own")
    assert not offers(boris, "harm.judge"), "nobody judges an own report"

    boris.go("harm", lang="en", report="harm:1")
    assert NOTE in boris.words
    boris.click(boris.page.get_by_text(WORDS("harm.judgement.not_confirmed"), exact=True))
    write(boris, "harm.reason_label", "The partner says that it was somebody else.")
    button(boris, "harm.judge")
    says(boris, "harm.saved.not_confirmed")
    assert barriers(boris) == []

    vera.go("harm", lang="nl", state="all")
    expect(vera.page.get_by_text("niet bevestigd; telt niet meer mee").first).to_be_visible()
    ledger = Ledger.open(str(folder / "ledger.sqlite"))
    entries = ledger.entries()
    assert [(e.kind, e.object) for e in entries] == [
        ("harm_reported", "harm:1"), ("harm_reported", "harm:2"), ("harm_judged", "harm:1"),
    ]  # fmt: skip
    assert len({e.actor for e in entries}) == 2
    assert verify(ledger).holds
    ledger.close()
