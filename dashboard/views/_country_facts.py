"""Parts of the country page: positions, advice per region, routes, partners, travel advice, events without a place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard import draw, table
from dashboard.gate_words import authority
from dashboard.page import Page, escape
from dashboard.partners import partners as recorded_partners
from dashboard.views import _parts, _region_facts, _standing

Row = Mapping[str, Any]


def positions(page: Page, country: Row) -> None:
    """What authorities hold, with the words they use; then Dutch policy texts by date."""
    st.header(page.word("country.positions"))
    rows = country["positions"]
    names = _parts.place_names(page)
    if rows:
        draw.html(draw.listed(page, [_position(page, row, names) for row in rows], 6))
    else:
        draw.empty(page, page.word("country.no_positions"), page.word("country.no_positions_todo"))
    documents = country["policy_documents"]
    if documents:
        label = escape(page.word("country.policy", count=len(documents)))
        items = [_document(page, row) for row in documents]
        draw.html(f'<details class="rw-details"><summary>{label}</summary>{draw.listed(page, items, 50)}</details>')


def _position(page: Page, row: Row, names: Mapping[str, str]) -> str:
    where = names.get(row["region_id"], row["region_id"]) if row["region_id"] else page.word("country.whole")
    since = page.word("region.gate_since", day=page.words.day(row["valid_from"]))
    until = page.word("region.gate_until", day=page.words.day(row["valid_to"])) if row["valid_to"] else ""
    kind = page.word(f"position.{row['kind']}") if page.words.has(f"position.{row['kind']}") else row["kind"]
    who = escape(authority(page.words, row["authority"]))
    return (
        f'<div class="rw-line"><b>{who}</b>{draw.chip(kind, "bad")}<span>{escape(where)}</span>'
        f'<span class="rw-when">{escape(f"{since} {until}".strip())}</span></div>'
        f'<blockquote class="rw-quote">{escape(row["quote"])}</blockquote>'
        f"<div>{draw.evidence_links(page, row['evidence_ids'])} "
        f"{_parts.outside(page, row['url'], page.word('region.original'))}</div>"
    )


def _document(page: Page, row: Row) -> str:
    day = page.words.day(row["revised"] or row["published"]) if row["revised"] or row["published"] else page.word(
        "common.no_date")  # fmt: skip
    title = draw.link(page, row["title"] or row["document_id"], "evidence", document=row["document_id"])
    return f'<div>{title}</div><span class="rw-when">{escape(day)} · {escape(row["publisher"] or "")}</span>'


def advice(page: Page, regions: Sequence[Row]) -> None:
    """Per region the advice people decided, with date, role and review date, beside what the rules suggest."""
    st.header(page.word("country.advice"))
    standings = _standing.standings(page)
    if not regions:
        draw.empty(page, page.word("country.not_assessed"))
        return
    decided = [row for row in regions if row["region_id"] in standings and standings[row["region_id"]].shown]
    if not decided:
        draw.html(f'<p class="rw-note">{escape(page.word("country.no_advice"))}</p>')
    rows = [{**row, "standing": standings.get(row["region_id"])} for row in (decided or regions)]
    columns = [
        table.Column(page.word("common.region"), lambda r: page.words.of(r, "name"),
                     lambda r: draw.region_link(page, r)),
        table.Column(page.word("country.decided"), lambda r: r["standing"].shown if r["standing"] else None,
                     lambda r: draw.category_chip(page, r["standing"].shown) if r["standing"] and r["standing"].shown
                     else escape(page.word("advice_shown.none"))),
        table.Column(page.word("table.suggested"), lambda r: r["suggested_category"],
                     lambda r: draw.category_chip(page, r["suggested_category"])),
        table.Column(page.word("country.state"), lambda r: r["standing"].status if r["standing"] else "none",
                     lambda r: escape(page.word(f"advice_shown.{r['standing'].status if r['standing'] else 'none'}"))),
        table.Column(page.word("country.review"), lambda r: _due(r)),
    ]  # fmt: skip
    table.show(page, rows, columns, name="advice", caption=page.word("country.advice"), tall=len(rows) > 12,
               headed=True)  # fmt: skip


def _due(row: Row) -> Any:
    standing = row["standing"]
    return standing.decision.due if standing and standing.decision else None


def routes(page: Page, rows: Sequence[Row]) -> None:
    """The best way to every region from its arrival point."""
    st.header(page.word("country.routes"))
    best = [row for row in rows if row["rank"] == 1]
    if not best:
        draw.empty(page, page.word("region.no_route"), page.word("region.no_route_todo"))
        return
    names = _parts.place_names(page)
    columns = [
        table.Column(page.word("common.region"), lambda r: names.get(r["region_id"], r["region_id"]),
                     lambda r: _region(page, r["region_id"], names)),
        table.Column(page.word("country.way"), lambda r: page.word(f"route.{r['state']}"),
                     lambda r: _region_facts.route(page, r, names)),
    ]  # fmt: skip
    table.show(page, best, columns, name="routes", caption=page.word("country.routes"), tall=len(best) > 8,
               headed=True)  # fmt: skip


def _region(page: Page, region_id: str, names: Mapping[str, str]) -> str:
    return draw.link(page, names.get(region_id, region_id), "region", region=region_id)


def partners(page: Page, iso3: str) -> None:
    """Organisations people recorded as partners; none is made up."""
    st.header(page.word("country.partners"))
    rows = [row for row in recorded_partners() if row["iso3"] == iso3]
    if not rows:
        draw.empty(page, page.word("country.no_partners"))
        return
    items = [
        f"<b>{escape(row['name'])}</b> {escape(row['what'])} "
        f'<span class="rw-when">{escape(row["contact"])} · {escape(page.words.day(row["checked"]))}</span>'
        for row in rows
    ]
    draw.html(draw.listed(page, items, 10))


def travel(page: Page, rows: Sequence[Row]) -> None:
    """Travel advice of states: written for tourists, shown as one more sign."""
    st.header(page.word("country.travel"))
    if not rows:
        draw.empty(page, page.word("country.no_travel"))
        return
    draw.html(draw.listed(page, [_travel(page, row) for row in rows], 6))


def _travel(page: Page, row: Row) -> str:
    if row["kind"] == "document":
        return _document(page, row)
    level = page.word("country.travel_level", level=page.words.number(row["level"]))
    said = f"{row['said']} · {level}" if row["said"] else level
    return (
        f'<div class="rw-line"><b>{escape(row["publisher"])}</b><span>{escape(said)}</span>'
        f'<span class="rw-when">{escape(page.words.day(row["as_of"]))}</span>'
        f"{draw.evidence_links(page, row['evidence_ids'])}</div>"
    )


def unlocated(page: Page, row: Row) -> None:
    """Deaths no region could be named for: they count for the country and are missing from every region."""
    if not row["deaths"]:
        return
    st.header(page.word("country.unlocated"))
    said = page.word("country.unlocated_said", deaths=page.words.number(row["deaths"]),
                     events=page.words.number(row["events"]), day=page.words.day(row["from"]))  # fmt: skip
    draw.html(f"<div>{escape(said)} {draw.evidence_links(page, row['evidence_ids'])}</div>")
