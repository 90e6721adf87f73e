"""People at a server that asks for a sign-in, and what their hands do on the pages of the policy loop."""

from __future__ import annotations

import re
from collections.abc import Sequence

from playwright.sync_api import expect

from dashboard.language import LANGUAGES, Words, load
from tests.browser.visit import START, Visit

WORDS = load("en")


def sign_in(seen: Visit, name: str, words: Words = WORDS) -> Visit:
    """From the page that asks for it, as somebody the provider knows, back to a page."""
    seen.page.get_by_role("button", name=words("sign_in.button")).click()
    seen.page.get_by_role("button", name=name, exact=True).click()
    # The way back passes the start page, which is there in the first language for a moment.
    out = re.compile("|".join(load(language)("sign_in.out") for language in LANGUAGES))
    expect(seen.page.get_by_role("button", name=out)).to_be_visible(timeout=20_000)
    return seen.rest()


def enter(seen: Visit, name: str) -> Visit:
    """Sign in and be on the start page, in English."""
    return sign_in(seen.go(START, lang="en"), name).go(START, lang="en")


def button(seen: Visit, key: str) -> Visit:
    return seen.click(seen.page.get_by_role("button", name=WORDS(key), exact=True))


def write(seen: Visit, key: str, text: str) -> Visit:
    """Type into a field and leave it."""
    field = seen.page.get_by_label(WORDS(key), exact=True).first
    field.fill(text)
    field.press("Tab")
    seen.page.wait_for_timeout(50)
    return seen.rest()


def says(seen: Visit, key: str) -> None:
    expect(seen.page.get_by_text(WORDS(key)).first).to_be_visible(timeout=20_000)
    seen.rest()


def offers(seen: Visit, key: str) -> bool:
    """There is a button with these words."""
    return bool(seen.page.get_by_role("button", name=WORDS(key), exact=True).count())


def category(seen: Visit, code: str) -> Visit:
    """Choose a category where a person decides one: the last such choice on the page."""
    return seen.click(seen.page.get_by_text(f"{code}: ", exact=False).last)


def cite(seen: Visit, names: Sequence[str] = ("",)) -> Visit:
    """Choose sources in the list whose names begin so."""
    for name in names:
        seen.page.get_by_label(WORDS("advice.draft.sources"), exact=True).click()
        seen.click(seen.page.get_by_role("option", name=re.compile(f"^{re.escape(name)}")).first)
        seen.page.keyboard.press("Escape")
    return seen


def record(seen: Visit, region: str, code: str) -> Visit:
    """The second person reads the evidence and says what it says to them."""
    category(seen.go("advice", lang="en", region=region), code)
    button(seen, "advice.review.record")
    says(seen, "advice.review.recorded")
    return seen


def approve(seen: Visit) -> Visit:
    """The second person agrees; what the page says then is for the test."""
    return button(seen, "advice.review.approve")


def sign(seen: Visit, region: str) -> Visit:
    """The jurist."""
    button(seen.go("advice", lang="en", region=region), "advice.review.sign")
    says(seen, "advice.review.signed")
    return seen


def publish(seen: Visit, region: str, reason_nl: str) -> Visit:
    """The reviewer, with the reason in the language the draft lacks."""
    write(seen.go("advice", lang="en", region=region), "advice.draft.reason_nl", reason_nl)
    button(seen, "advice.review.publish")
    says(seen, "advice.review.published")
    return seen


def draft(seen: Visit, region: str, reason: str, decided: str | None = None, sources: Sequence[str] = ("",)) -> Visit:
    """The analyst's decision, as suggested or another one."""
    seen.go("advice", lang="en", region=region)
    if decided:
        category(seen, decided)
    write(seen, "advice.draft.reason_en", reason)
    return button(cite(seen, sources), "advice.draft.save")
