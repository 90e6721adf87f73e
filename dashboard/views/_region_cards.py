"""The upper part of the region page: gates, and one card per dimension."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from assessment.framework import DIMENSIONS
from dashboard import bands, draw
from dashboard.gate_words import authority, sentence
from dashboard.page import Page, escape
from dashboard.views import _parts

Row = Mapping[str, Any]


def gates(page: Page, rows: Sequence[Row]) -> None:
    """Every rule that holds the category, with its document; those that change it first."""
    if not rows:
        return
    st.header(page.word("region.gates"))
    ordered = sorted(rows, key=lambda row: (row["effect"] == "note", row["gate_id"]))
    draw.html(draw.listed(page, [_gate(page, row) for row in ordered], 6))


def _gate(page: Page, row: Row) -> str:
    kind = "quiet" if row["effect"] == "note" else "bad"
    label = page.word("region.gate_note" if row["effect"] == "note" else "region.gate_holds")
    since = page.word("region.gate_since", day=page.words.day(row["since"])) if row["since"] else ""
    until = page.word("region.gate_until", day=page.words.day(row["expires"])) if row["expires"] else ""
    when = f'<span class="rw-when">{escape(" ".join(part for part in (since, until) if part))}</span>'
    return (
        f'<div class="rw-line">{draw.chip(label, kind)}{when}</div><div class="rw-small">{gate_said(page, row)}</div>'
    )


def gate_said(page: Page, row: Row) -> str:
    """What a gate says, with a link to the document it cites and one to the evidence."""
    said = sentence(page.words, row)
    source = f" {_parts.outside(page, row['url'], authority(page.words, row['authority']))}" if row["url"] else ""
    return f"{escape(said)}{source} {draw.evidence_links(page, row['evidence_ids'])}"


def dimensions(page: Page, region: Row) -> None:
    """The three cards side by side."""
    st.header(page.word("region.dimensions"))
    cards = "".join(_card(page, name, region["dimensions"][name]) for name in DIMENSIONS)
    draw.html(f'<div class="rw-cards">{cards}</div><p class="rw-note">{escape(page.word("region.scale"))}</p>')


def _card(page: Page, name: str, row: Row) -> str:
    """Band, confidence, interval, freshness, the strongest reasons, what is not known."""
    title = escape(bands.dimension(name, page.words.language))
    newest = page.word("region.newest", day=page.words.day(row["freshness"])) if row["freshness"] else page.word(
        "common.no_date")  # fmt: skip
    return (
        f'<section class="rw-card"><h3>{title}</h3><div class="rw-line">{draw.band_chip(page, row)}'
        f"{draw.state_chip(page, row['state']) if row['state'] == 'stale' else ''}</div>{_conclusion(page, row)}"
        f'<div class="rw-line">{draw.confidence_chip(page, row["confidence"])}</div>'
        f'<p class="rw-quiet">{escape(_interval(page, row))} {escape(newest)}.</p>'
        f"<h4>{escape(page.word('region.why'))}</h4>{draw.reasons(page, row['reasons'])}{_more(page, row)}</section>"
    )


def _conclusion(page: Page, row: Row) -> str:
    """What an unknown counts as, what the known part points to, what a gate did."""
    said = []
    language = page.words.language
    if row["state"] == "insufficient":
        counted = bands.word(str(row["level"]), language).lower()
        said.append(page.word("region.treated_as", level=row["level"], word=counted))
        severe = bands.known_severe(row)
        if severe:
            said.append(page.word("region.points_to", word=bands.word(severe, language).lower(), level=severe))
    elif row["level_before_gates"] < row["level"]:
        before = bands.word(str(row["level_before_gates"]), language).lower()
        said.append(page.word("region.before_gates", word=before))
    return "".join(f"<p>{escape(text)}</p>" for text in said)


def _interval(page: Page, row: Row) -> str:
    """The cautious score with its interval, in the reader's numbers."""
    number = page.words.number
    return page.word("region.interval", low=number(row["p10"]), high=number(row["p90"]), careful=number(row["p20"]))


def _more(page: Page, row: Row) -> str:
    """Folds: further reasons, why so unsure, what nobody measured."""
    folds = []
    if len(row["reasons"]) > 3:
        rest = "".join(
            f"<li>{escape(page.words.of(r, 'text'))} {draw.evidence_links(page, r['evidence_ids'])}</li>"
            for r in row["reasons"][3:]
        )
        folds.append(_fold(page.word("region.more_reasons"), f'<ul class="rw-reasons">{rest}</ul>'))
    named = {indicator["indicator_id"]: indicator for indicator in row["indicators"]}
    unknown = sorted((named[i] for i in row["unknowns"] if i in named), key=lambda i: not i["core"])
    if unknown:
        items = "".join(f"<li>{escape(page.words.of(i, 'name'))}{_core(page, i)}</li>" for i in unknown)
        folds.append(_fold(page.word("region.unknowns", count=len(unknown)), f'<ul class="rw-reasons">{items}</ul>'))
    doubts = [page.word(f"doubt.{step}") for step in row["confidence_steps"]]
    if doubts:
        items = "".join(f"<li>{escape(doubt)}</li>" for doubt in doubts)
        folds.append(_fold(page.word("region.doubts"), f'<ul class="rw-reasons">{items}</ul>'))
    return "".join(folds)


def _core(page: Page, indicator: Row) -> str:
    return f" {draw.chip(page.word('region.core'), 'warn')}" if indicator["core"] else ""


def _fold(label: str, body: str) -> str:
    return f'<details class="rw-details"><summary>{escape(label)}</summary>{body}</details>'
