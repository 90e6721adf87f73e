"""What country and region pages share: names, warnings about the assessment, and the advice people decided."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from assessment.advice_state import Standing, advice_state
from dashboard import draw
from dashboard.page import Page, escape
from dashboard.views import _situation_lists

Row = Mapping[str, Any]


def country_row(page: Page, iso3: str) -> Row:
    """The country's row; with its code alone when the reference has no such country."""
    found = (row for row in page.reader.countries() if row["iso3"] == iso3)
    return next(found, {"iso3": iso3, "name_en": iso3, "name_nl": iso3, "monitored": False})


def banners(page: Page, region: Row) -> None:
    """Silence and a frozen category are said before anything else."""
    said = [page.word(f"region.{name}") for name in ("blackout", "frozen") if region[name]]
    draw.html(*(f'<p class="rw-banner rw-bad">{escape(text)}</p>' for text in said))


def standings(page: Page) -> dict[str, Standing]:
    """{region_id: where its advice stands}; empty, and said so, when the record cannot be opened."""
    return advice_state(_situation_lists.entries(page), page.now)


def advice(page: Page, region_id: str, suggested: str) -> None:
    """The advice in force with its reasons and dates, and what the rules suggest now."""
    st.header(page.word("advice_shown.title"))
    standing = standings(page).get(region_id)
    if standing is not None and standing.shown and standing.decision is not None:
        draw.html(_decided(page, standing))
    else:
        draw.html(f'<p class="rw-note">{escape(page.word("advice_shown.nobody"))}</p>')
    chip = draw.category_chip(page, suggested)
    draw.html(f'<div class="rw-line"><span>{escape(page.word("advice_shown.suggested"))}</span>{chip}</div>')


def _decided(page: Page, standing: Standing) -> str:
    """Category, status, dates, roles (never names) and the written reason."""
    decision = standing.decision
    assert decision is not None
    assert standing.shown is not None
    reason = decision.texts[0 if page.words.language == "en" else 1]
    kind = "plain" if standing.status == "in_force" else "warn"
    steps = [page.word("advice_shown.by_analyst")]
    steps += [page.word("advice_shown.checked")] if decision.reviewer else []
    steps += [page.word("advice_shown.signed")] if decision.jurist else []
    dates = [page.word("advice_shown.review", day=page.words.day(decision.due))]
    if decision.in_effect_since:
        dates.insert(0, page.word("advice_shown.since", day=page.words.day(decision.in_effect_since)))
    late = draw.chip(page.word("situation.check_late"), "bad") if standing.check_overdue else ""
    sources = [entry["evidence_id"] for entry in decision.content["sources"] if entry.get("evidence_id")]
    return (
        f'<div class="rw-card"><div class="rw-line">{draw.category_chip(page, standing.shown)}'
        f"{draw.chip(page.word(f'advice_shown.{standing.status}'), kind)}{late}</div>"
        f"<div>{escape(reason)} {draw.evidence_links(page, sources)}</div>"
        f'<p class="rw-quiet">{escape(". ".join(dates))}. {escape(", ".join(steps))}.</p></div>'
    )
