"""The small things every page draws: chips, links, evidence, reasons, dates with sources.

Functions that give text give HTML for `st.html` in which every outside text is escaped. Tables and downloads are in
`dashboard.table`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from dashboard import bands
from dashboard.page import KEPT, Page, escape

SHOWN_LINKS = 4  # evidence links before the rest folds away


def html(*parts: str) -> None:
    """Put pieces of HTML on the page; nothing when there are none."""
    if whole := "".join(parts):
        st.html(whole)


def link(page: Page, label: str, path: str, *, title: str = "", plain: bool = False, **values: str) -> str:
    """A link inside the application; text alone when this person has no such page. plain: `label` is HTML already.

    An ordinary address that can be mailed or opened in another tab; `dashboard.router` follows it in the session.
    """
    shown = label if plain else escape(label)
    if path not in page.pages:
        return f"<span>{shown}</span>"
    named = f' title="{escape(title)}" aria-label="{escape(title)}"' if title else ""
    return f'<a class="rw-link" href="{escape(address(page, path, **values))}" target="_self"{named}>{shown}</a>'


def address(page: Page, path: str, **values: str) -> str:
    """The address of a page of the application, relative, with the language kept. The first page is the root."""
    kept = {name: page.state(name) for name in KEPT if page.state(name)}
    query = urlencode({**kept, **values})
    place = getattr(page.pages[path], "url_path", path) or "./"
    return f"{place}?{query}" if query else place


def region_link(page: Page, row: Mapping[str, Any]) -> str:
    """The name of a region (`region_id`, names) as a link to its page."""
    return link(page, page.words.of(row, "name") or row["region_id"], "region", region=row["region_id"])


def country_link(page: Page, row: Mapping[str, Any]) -> str:
    """The name of a country (`iso3`, names) as a link to its page."""
    return link(page, page.words.country(row), "country", country=row["iso3"])


def chip(text: str, kind: str, title: str = "") -> str:
    """A word in a frame. kind: a class of style.css such as plain, good, warn, bad, quiet."""
    hint = f' title="{escape(title)}"' if title else ""
    return f'<span class="rw-chip rw-chip-{escape(kind)}"{hint}>{escape(text)}</span>'


def band(page: Page, key: str, *, severe: str | None = None, short: bool = False) -> str:
    """The chip of a band key (1 … 5, U): colour, pattern and word. severe: what the known part of an unknown points to.

    short: for dense tables; the full words stand in the title.
    """
    word = bands.word(key, page.words.language)
    number = "?" if key == bands.UNKNOWN else key
    said, shown = word, page.word(f"band_short.{key}") if short else word
    if severe:
        said = page.word("common.insufficient_known", word=word, known=bands.word(severe, page.words.language))
    text = f"<span>{escape(shown)}</span>"
    return (
        f'<span class="rw-band rw-band-{key}{f" rw-known-{severe}" if severe else ""}" title="{escape(said)}">'
        f'<span class="rw-swatch" aria-hidden="true"></span><b aria-hidden="true">{number}</b>{text}</span>'
    )


def band_chip(page: Page, dimension: Mapping[str, Any], *, short: bool = False) -> str:
    """The chip of a dimension (`state`, `level`, `indicative_level`)."""
    return band(page, bands.key(dimension), severe=bands.known_severe(dimension), short=short)


def overall_chip(page: Page, region: Mapping[str, Any], *, short: bool = False) -> str:
    """The chip of a region in short: the worst of its dimensions."""
    deciding = region["dimensions"][region["reason_dimension"]]
    key = bands.overall_key(region)
    return band(page, key, severe=bands.known_severe(deciding) if key == bands.UNKNOWN else None, short=short)


def legend(page: Page) -> str:
    """All bands, for beside a map or a chart."""
    return f'<div class="rw-legend">{"".join(band(page, key) for key in bands.KEYS)}</div>'


def confidence_chip(page: Page, confidence: str) -> str:
    """How sure: high, moderate, low or very_low; bars and a word."""
    filled = {"very_low": 1, "low": 2, "moderate": 3, "high": 4}[confidence]
    bars = "".join(f'<i class="{"on" if n < filled else ""}"></i>' for n in range(4))
    said = page.word("common.confidence", word=bands.stated("confidence", confidence, page.words.language).lower())
    return f'<span class="rw-confidence"><span class="rw-bars" aria-hidden="true">{bars}</span>{escape(said)}</span>'


_STATE_KINDS = {
    "assessed": "plain", "fine": "plain", "stale": "warn", "insufficient": "warn", "quiet": "quiet", "never": "quiet",
    "disabled": "quiet", "broken": "bad",
}  # fmt: skip


def state_chip(page: Page, state: str) -> str:
    """State of a dimension (assessed, stale, insufficient) or of a source (fine, quiet, broken, disabled, never)."""
    return chip(page.word(f"state.{state}"), _STATE_KINDS[state])


def category_chip(page: Page, category: str) -> str:
    """An advice category with its words as the framework states them."""
    words = bands.stated("advice", category, page.words.language)
    return f'<span class="rw-category rw-category-{escape(category)}"><b>{escape(category)}</b> {escape(words)}</span>'


def direction_chip(page: Page, direction: str) -> str:
    """worse or better, with an arrow."""
    arrow = "▲" if direction == "worse" else "▼"
    return chip(f"{arrow} {page.word(f'common.{direction}')}", "bad" if direction == "worse" else "good")


def publisher(page: Page, source_id: str) -> str:
    """The source's publisher in short; a common word for what people entered or the catalog no longer lists."""
    if source_id == "ledger":
        return page.word("common.entered")
    return _publishers(page).get(source_id) or page.word("common.evidence")


def commands(text: str) -> str:
    """A sentence with `commands` in it, as HTML."""
    parts = escape(text).split("`")
    if len(parts) % 2 == 0:  # a backtick that closes nothing is text
        return escape(text)
    return "".join(f"<code>{part}</code>" if number % 2 else part for number, part in enumerate(parts))


def _publishers(page: Page) -> dict[str, str]:
    return _publishers_of(page.reader.snapshot["snapshot_id"], page.reader)


@st.cache_data(show_spinner=False, max_entries=4)
def _publishers_of(snapshot_id: str, _reader: Any) -> dict[str, str]:
    """{source_id: publisher before the first comma or bracket}."""
    return {row["source_id"]: row["publisher"].split(",")[0].split(" (")[0] for row in _reader.sources()}


def date_source(page: Page, day: date | datetime | None, source_id: str | None) -> str:
    """ "31 December 2025 · V-Dem": a small line under a value."""
    parts = [page.words.day(day) if day else page.word("common.no_date")]
    if source_id:
        parts.append(publisher(page, source_id))
    return f'<span class="rw-when">{escape(" · ".join(parts))}</span>'


def evidence_links(page: Page, ids: Iterable[str], limit: int = SHOWN_LINKS) -> str:
    """Links to the evidence page, grouped by source; after `limit` the rest folds away. "" without ids.

    Somebody without that page sees the names of the sources as text.
    """
    groups: dict[str, list[str]] = {}
    for name in ids:
        groups.setdefault(name.split(":", 1)[0], []).append(name)
    pieces = []
    for source_id, names in groups.items():
        said = publisher(page, source_id)
        first = link(page, said, "evidence", title=page.word("common.evidence_of", source=said), id=names[0])
        others = "".join(
            " " + link(page, str(n), "evidence", title=page.word("common.evidence_nth", source=said, n=n), id=name)
            for n, name in enumerate(names[1:], start=2)
        ) if "evidence" in page.pages else ""  # fmt: skip
        shown = _folded(page, others, len(names) - 1) if len(names) - 1 > limit else others
        pieces.append(f'<span class="rw-evidence-group">{first}{shown}</span>')
    if not pieces:
        return ""
    return f'<span class="rw-evidence">{"".join(pieces)}</span>'


def _folded(page: Page, body: str, count: int) -> str:
    if not body:
        return ""
    return (
        f'<details class="rw-fold"><summary>{escape(page.word("common.more", count=count))}</summary>{body}</details>'
    )


def reasons(page: Page, rows: Sequence[Mapping[str, Any]], limit: int | None = 3) -> str:
    """Reasons (`text_en`, `text_nl`, `evidence_ids`), strongest first, each with its evidence."""
    if not rows:
        return f'<p class="rw-quiet">{escape(page.word("common.no_reasons"))}</p>'
    items = "".join(
        f"<li>{escape(page.words.of(row, 'text'))} {evidence_links(page, row['evidence_ids'])}</li>"
        for row in rows[:limit]
    )
    return f'<ol class="rw-reasons">{items}</ol>'


FOLDED = 60  # items of a list at most; what goes beyond belongs on a page of its own


def listed(page: Page, items: Sequence[str], limit: int, rest_on: str = "") -> str:
    """A list of HTML pieces; those after `limit` fold away. rest_on: a link instead of the fold. "" without items."""
    if not items:
        return ""
    if rest_on and len(items) > limit:
        head = "</li><li>".join(items[:limit])
        return f'<ul class="rw-list"><li>{head}</li></ul><p class="rw-small">{rest_on}</p>'
    items = items[: limit + FOLDED]
    head, rest = (f"<li>{'</li><li>'.join(part)}</li>" if part else "" for part in (items[:limit], items[limit:]))
    if not rest:
        return f'<ul class="rw-list">{head}</ul>'
    said = escape(page.word("common.more", count=len(items) - limit))
    return (
        f'<ul class="rw-list">{head}</ul>'
        f'<details class="rw-details"><summary>{said}</summary><ul class="rw-list">{rest}</ul></details>'
    )


def empty(page: Page, said: str, todo: str = "") -> None:
    """The empty state of a part of a page: what is not there and what to do about it."""
    more = f"<span>{commands(todo)}</span>" if todo else ""
    html(f'<p class="rw-empty">{commands(said)} {more}</p>')
