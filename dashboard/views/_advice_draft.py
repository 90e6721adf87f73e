"""The analyst's decision: accept or override the suggestion, with reason, sources and review date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import streamlit as st

from assessment import advice
from assessment.advice_rules import CATEGORIES, Suggestion, Wish, effect, latest_review
from assessment.advice_state import Standing
from assessment.ledger import Entry
from assessment.ledger_kinds import Cited
from assessment.rules import settings
from dashboard import bands, draw
from dashboard.page import Page, escape
from dashboard.views._parts import framework, write

Offered = dict[str, tuple[Cited, str]]  # key -> (source, what it is called in the list)


def show(page: Page, suggestion: Suggestion, standing: Standing | None, known: Sequence[Entry]) -> None:
    """The form; what follows from the chosen category is said before anything is saved."""
    st.header(page.word("advice.draft.title"))
    if standing and standing.pending:
        draw.html(f'<p class="rw-note">{escape(page.word("advice.draft.replaces"))}</p>')
    rules, _ = settings(framework(), known)
    latest = latest_review(rules, suggestion, page.today)
    category = st.radio(
        page.word("advice.draft.category"), CATEGORIES, index=CATEGORIES.index(suggestion.category),
        format_func=lambda c: f"{c}: {bands.stated('advice', c, page.words.language)}", key="draft_category",
    )  # fmt: skip
    _follows(page, suggestion, standing.shown if standing else None, category, rules)
    left, right = st.columns(2)
    hint = page.word("advice.draft.reason_help")
    reason_nl = left.text_area(page.word("advice.draft.reason_nl"), max_chars=4000, help=hint, key="draft_reason_nl")
    reason_en = right.text_area(page.word("advice.draft.reason_en"), max_chars=4000, help=hint, key="draft_reason_en")
    sources = _sources(page, suggestion)
    unknowns = _unknowns(page, suggestion)
    review = st.date_input(
        page.word("advice.draft.review"), latest, min_value=page.today + timedelta(days=1), max_value=latest,
        help=page.word("advice.draft.review_help", day=page.words.day(latest)), key="draft_review",
        format="DD-MM-YYYY" if page.words.language == "nl" else "YYYY-MM-DD",
    )  # fmt: skip
    if not st.button(page.word("advice.draft.save"), type="primary", key="draft_save"):
        return
    if not sources:
        st.warning(page.word("advice.draft.source_needed"))
    elif not (reason_en.strip() or reason_nl.strip()):
        st.warning(page.word("advice.draft.reason_needed"))
    else:
        wish = Wish(category, sources, review, reason_en, reason_nl, unknowns)
        write(
            page,
            lambda: advice.draft(page.open_ledger(), page.actor, framework(), suggestion, wish, page.now),
            page.word("advice.draft.saved"),
        )


def _follows(page: Page, suggestion: Suggestion, before: str | None, category: str, rules: dict[str, float]) -> None:
    found = effect(suggestion, category, before)
    words = []
    if found.milder_than_suggested:
        days = int(rules["review.better_override_expires"])
        words.append(page.word("advice.draft.follows.milder", days=days))
        if suggestion.gates:
            words.append(page.word("advice.draft.follows.gate"))
    elif found.at_once:
        words.append(page.word("advice.draft.follows.stricter", days=int(rules["review.worse_override_check"])))
    else:
        words.append(page.word("advice.draft.follows.same"))
    if found.needs_jurist and not found.milder_than_suggested:
        words.append(page.word("advice.draft.follows.jurist"))
    if found.milder_than_suggested:
        st.warning(" ".join(words))
    else:
        st.info(" ".join(words))


def _unknowns(page: Page, suggestion: Suggestion) -> list[str]:
    names = {row["indicator_id"]: page.words.of(row, "name") for row in page.reader.method()["indicators"]}
    codes = [code for found in suggestion.unknowns.values() for code in found]
    chosen: list[str] = st.multiselect(
        page.word("advice.draft.unknowns"), codes, default=codes, format_func=lambda c: names.get(c, c),
        key="draft_unknowns", placeholder=page.word("advice.draft.choose"),
    )  # fmt: skip
    return chosen


def _sources(page: Page, suggestion: Suggestion) -> list[Cited]:
    offered = sources_of(page, suggestion)
    keys: list[str] = st.multiselect(
        page.word("advice.draft.sources"), list(offered), format_func=lambda key: offered[key][1],
        help=page.word("advice.draft.sources_help"), key="draft_sources", placeholder=page.word("advice.draft.choose"),
    )  # fmt: skip
    return [offered[key][0] for key in keys] + _other(page, suggestion)


def sources_of(page: Page, suggestion: Suggestion) -> Offered:
    """The sources behind this region's scores: one per source and place, with the newest day it speaks about."""
    region = page.reader.region(suggestion.region_id)
    newest: dict[tuple[str, str], dict[str, Any]] = {}
    for dimension in region["dimensions"].values():
        for indicator in dimension["indicators"]:
            for item in indicator["items"]:
                key = (item["source_id"], item["geography"])
                if key not in newest or item["ref_end"] > newest[key]["ref_end"]:
                    newest[key] = item
    found: Offered = {}
    for (source_id, geography), item in sorted(newest.items(), key=lambda pair: (pair[0][1] != "own", pair[0][0])):
        url = _address(page, item["evidence_ids"])
        if url:
            place = suggestion.region_id if geography == "own" else suggestion.iso3
            cited = Cited(source_id=source_id, origin_family=item["origin_family"], region_id=place, url=url,
                          published=item["ref_end"])  # fmt: skip
            where = page.word(f"advice.draft.{geography}")
            label = f"{draw.publisher(page, source_id)}, {page.words.day(item['ref_end'])} ({where})"
            found[f"{source_id}|{geography}"] = (cited, label)
    return found


def _address(page: Page, evidence_ids: Sequence[str]) -> str | None:
    """The web address of the newest piece of evidence: the row's own, else where the answer came from."""
    for name in evidence_ids[:1]:
        found = page.reader.evidence(name)
        for url in (found["row"].get("url"), (found["archive"] or {}).get("url")):
            if isinstance(url, str) and url.startswith(("https://", "http://")) and " " not in url:
                return url
    return None


def _other(page: Page, suggestion: Suggestion) -> list[Cited]:
    """One more source by hand; PayloadError is said when the draft is saved."""
    with st.expander(page.word("advice.draft.other_source")):
        name, url, day = st.columns([1, 2, 1])
        publisher = name.text_input(page.word("advice.draft.other_id"), max_chars=60, key="other_id")
        address = url.text_input(page.word("advice.draft.other_url"), max_chars=1990, key="other_url")
        published: date | None = day.date_input(
            page.word("advice.draft.other_date"), None, max_value=page.today, key="other_date"
        )
        own = st.checkbox(page.word("advice.draft.own"), key="other_own")
    if not (publisher.strip() and address.strip() and published):
        return []
    short = "".join(c if c.isascii() and c.isalnum() else "_" for c in publisher.strip().lower()).strip("_") or "other"
    place = suggestion.region_id if own else suggestion.iso3
    try:
        return [Cited(source_id=short, origin_family=short, region_id=place, url=address.strip(), published=published)]
    except ValueError:
        st.warning(page.word("evidence.record.no_original"))
        return []
