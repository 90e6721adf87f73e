"""What the rules suggest for a region: category, gates, reasons and unknowns per dimension, what changed since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from assessment.advice_rules import Suggestion
from assessment.advice_state import Standing
from assessment.ledger import Entry
from assessment.ledger_state import removed_gates
from assessment.read import NotFound
from dashboard import bands, draw, table
from dashboard.page import Page, escape
from dashboard.views import _region_cards

STRONGEST = 3


def show(page: Page, suggestion: Suggestion, standing: Standing | None, known: Sequence[Entry], *, blind: bool) -> None:
    """blind: for a second person who has not recorded a reading yet; what was suggested stays hidden."""
    st.header(page.word("advice.suggestion.title"))
    said = page.word(
        "advice.suggestion.run", run=suggestion.run_id[:8], day=page.words.day(suggestion.as_of),
        version=suggestion.framework_version,
    )  # fmt: skip
    draw.html(f'<p class="rw-note">{escape(said)}</p>')
    region = page.reader.region(suggestion.region_id)
    if blind:
        draw.html(f'<p class="rw-banner">{escape(page.word("advice.suggestion.hidden"))}</p>')
    else:
        _category(page, suggestion)
    _gates(page, region, suggestion, known)
    cards = "".join(_dimension(page, name, found) for name, found in region["dimensions"].items())
    draw.html(f'<div class="rw-cards">{cards}</div>')
    _changed(page, suggestion, standing)


def _category(page: Page, suggestion: Suggestion) -> None:
    chips = [draw.category_chip(page, suggestion.category)]
    if suggestion.before_gates != suggestion.category:
        chips += [
            escape(page.word("advice.suggestion.before_gates")),
            draw.category_chip(page, suggestion.before_gates),
        ]
    draw.html(f'<div class="rw-line">{" ".join(chips)}</div>')
    for name in ("frozen", "open_alert"):
        if getattr(suggestion, name):
            draw.html(f'<p class="rw-banner">{escape(page.word(f"advice.suggestion.{name}"))}</p>')


def _gates(page: Page, region: Mapping[str, Any], suggestion: Suggestion, known: Sequence[Entry]) -> None:
    if not region["gates"]:
        return
    gone = removed_gates(known).get(suggestion.region_id, set())
    items = []
    for gate in region["gates"]:
        removed = bool(gate["evidence_ids"]) and all((gate["gate_id"], e) in gone for e in gate["evidence_ids"])
        chip = " " + draw.chip(page.word("advice.suggestion.gate_removed"), "quiet") if removed else ""
        items.append(f"<li><b>{escape(gate['gate_id'])}</b> {_region_cards.gate_said(page, gate)}{chip}</li>")
    title = escape(page.word("advice.suggestion.gates"))
    draw.html(f'<div class="rw-card"><h3>{title}</h3><ul class="rw-list">{"".join(items)}</ul></div>')


def _dimension(page: Page, name: str, found: Mapping[str, Any]) -> str:
    names = {row["indicator_id"]: page.words.of(row, "name") for row in found["indicators"]}
    unknown = [names.get(indicator, indicator) for indicator in found["unknowns"]]
    listed = "".join(f"<li>{escape(text)}</li>" for text in unknown[:STRONGEST])
    if len(unknown) > STRONGEST:
        listed += f"<li>{escape(page.word('advice.suggestion.more_unknown', count=len(unknown) - STRONGEST))}</li>"
    body = f"<ul class='rw-reasons'>{listed}</ul>" if unknown else _note(page.word("advice.suggestion.unknowns_none"))
    return (
        f'<section class="rw-card"><h3>{escape(bands.stated("dimension", name, page.words.language))}</h3>'
        f'<div class="rw-line">{draw.band_chip(page, found)}{draw.confidence_chip(page, found["confidence"])}</div>'
        f"<p><b>{escape(page.word('advice.suggestion.unknowns'))}</b></p>{body}"
        f"<p><b>{escape(page.word('advice.suggestion.reasons'))}</b></p>"
        f"{draw.reasons(page, found['reasons'], STRONGEST)}"
        "</section>"
    )


def _note(text: str) -> str:
    return f'<p class="rw-note">{escape(text)}</p>'


def _changed(page: Page, suggestion: Suggestion, standing: Standing | None) -> None:
    if standing is None or standing.decision is None:
        return
    st.header(page.word("advice.suggestion.changed"))
    try:
        found = page.reader.diff(standing.decision.content["run_id"], suggestion.run_id, suggestion.region_id)
    except NotFound:
        draw.empty(page, page.word("advice.suggestion.changed_gone"))
        return
    names = {row["indicator_id"]: page.words.of(row, "name") for row in page.reader.method()["indicators"]}
    rows = [
        {**part, "dimension": name}
        for name, dimension in found["dimensions"].items()
        for part in dimension["parts"]
        if part["indicator_id"]
    ]
    rows.sort(key=lambda row: -abs(row["contribution"]))
    if not rows:
        draw.empty(page, page.word("advice.suggestion.changed_none"))
        return

    def side(row: Mapping[str, Any], which: str) -> Any:
        return row[which]["raw_value"] if row[which] else None

    say = page.word
    columns = [
        table.Column(say("advice.suggestion.indicator"), lambda r: names.get(r["indicator_id"], r["indicator_id"])),
        table.Column(
            say("advice.suggestion.dimension"), lambda r: bands.stated("dimension", r["dimension"], page.words.language)
        ),
        table.Column(say("advice.suggestion.before"), lambda r: side(r, "before"), numeric=True),
        table.Column(say("advice.suggestion.after"), lambda r: side(r, "after"), numeric=True),
        table.Column(say("advice.suggestion.effect"), lambda r: round(r["contribution"], 1), numeric=True),
        table.Column(
            say("alerts.evidence"), lambda r: r["evidence_ids"], lambda r: draw.evidence_links(page, r["evidence_ids"])
        ),
    ]
    table.show(page, rows, columns, name="changed")
