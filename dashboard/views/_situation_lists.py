"""Beside the map: what changed, open alerts, advice that needs a new look, sources in trouble."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import streamlit as st

from assessment.advice_state import Standing, advice_state
from assessment.ledger import Entry, LedgerError
from assessment.ledger_alerts import alert_state
from assessment.read_alerts import gathered
from dashboard import bands, draw, table
from dashboard.page import Page, escape
from dashboard.source_words import told
from dashboard.views import _alike, _parts

Row = Mapping[str, Any]
SHOWN = 6  # of each list; the rest folds away
SOON = timedelta(days=14)  # a review due within this is shown


def entries(page: Page) -> Sequence[Entry]:
    """The ledger's entries; none, and a word about it, when it cannot be opened: the rest of a page still shows."""
    try:
        return _parts.entries(page)
    except LedgerError as error:
        draw.html(f'<p class="rw-banner rw-bad">{escape(page.word("common.ledger_closed"))} {escape(error)}</p>')
        return ()


def changes(page: Page, since: date | None, iso3: str) -> None:
    """Worse and better since a day, worst changes first."""
    st.header(page.word("situation.changes"))
    rows = [row for row in page.reader.changes(since) if not iso3 or row["iso3"] == iso3]
    if since is None:
        draw.empty(page, page.word("situation.no_earlier"), page.word("situation.no_earlier_todo"))
        return
    counted = {side: sum(row["direction"] == side for row in rows) for side in ("worse", "better")}
    draw.html(f'<p class="rw-note">{escape(page.word("situation.counted", day=page.words.day(since), **counted))}</p>')
    for direction in ("worse", "better"):
        mine = [row for row in rows if row["direction"] == direction]
        draw.html(draw.listed(page, [_change(page, row) for row in mine], SHOWN))
    if rows:
        table.downloads(page, rows, _change_columns(page), "changes")


def _change(page: Page, row: Row) -> str:
    """Region, dimension, from which band to which, and the strongest reason with its evidence."""
    reason = row["reason"]
    said = (
        f"{escape(page.words.of(reason, 'text'))} {draw.evidence_links(page, reason['evidence_ids'])}" if reason else ""
    )
    return (
        f'<div class="rw-line">{draw.direction_chip(page, row["direction"])}{draw.region_link(page, row)}'
        f'<span class="rw-quiet">{escape(bands.dimension(row["dimension"], page.words.language))}</span></div>'
        f'<div class="rw-line">{draw.band_chip(page, row["before"])}<span aria-hidden="true">→</span>'
        f'<span class="rw-hidden">{escape(page.word("common.then"))}</span>{draw.band_chip(page, row["after"])}'
        f'<span class="rw-quiet">{escape(_levels(page, row))}</span></div>'
        f'<div class="rw-small">{said}</div>'
    )


def _levels(page: Page, row: Row) -> str:
    """ "counts as level 4 → 5" where the words alone do not show the change."""
    before, after = row["before"], row["after"]
    if bands.key(before) != bands.key(after):
        return ""
    return page.word("situation.counts_as", before=before["level"], after=after["level"])


def _change_columns(page: Page) -> list[table.Column]:
    def side(name: str) -> table.Column:
        return table.Column(page.word(f"table.{name}"), lambda r: bands.word(bands.key(r[name]), page.words.language))

    return [
        table.Column(page.word("common.region"), lambda r: page.words.of(r, "name")),
        table.Column("region_id", lambda r: r["region_id"]),
        table.Column(page.word("table.dimension"), lambda r: bands.dimension(r["dimension"], page.words.language)),
        table.Column(page.word("table.direction"), lambda r: page.word(f"common.{r['direction']}")),
        side("before"),
        side("after"),
        table.Column(page.word("table.reason"), lambda r: page.words.of(r["reason"] or {}, "text")),
        table.Column(page.word("table.evidence"), lambda r: r["reason"]["evidence_ids"] if r["reason"] else []),
    ]


def alerts(page: Page, iso3: str) -> None:
    """Alerts of this run that nobody has decided."""
    st.header(page.word("situation.alerts"))
    decided = {name for name, standing in alert_state(entries(page)).items() if standing.state == "decided"}
    rows = [row for row in page.reader.alerts(iso3=iso3 or None) if row["alert_id"] not in decided]
    if not rows:
        draw.empty(page, page.word("situation.no_alerts"))
        return
    names = _parts.place_names(page)
    order = {"worse": 0, "better": 1}
    rows.sort(key=lambda row: order.get(row["direction"], 2))
    label = page.word("situation.all_alerts", count=len(rows))
    more = draw.link(page, label, "alerts", country=iso3) if iso3 else draw.link(page, label, "alerts")
    lines = gathered(rows)[: SHOWN + 1]
    draw.html(draw.listed(page, [_alert(page, row, names) for row in lines], SHOWN, rest_on=more))


def _alert(page: Page, row: Row, names: Mapping[str, str]) -> str:
    where = row["region_id"]
    place = draw.publisher(page, where) if where.islower() else names.get(where, where)  # places are upper case
    kind = {"worse": "bad", "better": "good"}.get(row["direction"], "quiet")
    due = page.word("situation.alert_due", day=page.words.day(row["deadline"]))
    late = draw.chip(due, "bad" if row["deadline"] < page.today else "plain")
    rule = draw.chip(page.word(f"rule.{row['rule']}"), kind)
    if len(row["alike"]) > 1:
        place = draw.link(page, names.get(row["iso3"], ""), "alerts", cause=row["cause"])
        said = escape(page.words.of(row, "text")) + _alike.regions(page, row["alike"], names)
    else:
        place = draw.link(page, place, "alerts", alert=row["alert_id"])
        said = f"{escape(page.words.of(row, 'text'))} {draw.evidence_links(page, row['evidence_ids'])}"
    return f'<div class="rw-line">{rule}{place}{late}</div><div class="rw-small">{said}</div>'


def reviews(page: Page, iso3: str) -> None:
    """Advice whose review date is near or past, or whose check by a second person is late."""
    st.header(page.word("situation.reviews"))
    waiting = [s for s in advice_state(entries(page), page.now).values() if _needs_a_look(s, page.today)]
    mine = [s for s in waiting if s.decision and (not iso3 or s.decision.content["iso3"] == iso3)]
    if not mine:
        draw.empty(page, page.word("situation.no_reviews"))
        return
    names = _parts.place_names(page)
    draw.html(draw.listed(page, [_review(page, s, names) for s in sorted(mine, key=_due)], SHOWN))


def _needs_a_look(standing: Standing, today: date) -> bool:
    return standing.decision is not None and (standing.check_overdue or standing.decision.due <= today + SOON)


def _due(standing: Standing) -> date:
    return standing.decision.due if standing.decision else date.max


def _review(page: Page, standing: Standing, names: Mapping[str, str]) -> str:
    assert standing.decision is not None  # `_needs_a_look`
    due = standing.decision.due
    said = page.word("situation.check_late") if standing.check_overdue else page.word(
        "situation.review_due", day=page.words.day(due))  # fmt: skip
    late = draw.chip(said, "bad" if standing.check_overdue or due < page.today else "warn")
    name = names.get(standing.region_id, standing.region_id)
    category = draw.category_chip(page, standing.shown) if standing.shown else ""
    return f'<div class="rw-line">{draw.link(page, name, "advice", region=standing.region_id)}{late}</div>{category}'


def sources(page: Page) -> None:
    """Sources that are broken or stale now, with what to do."""
    st.header(page.word("situation.sources"))
    rows = [row for row in page.reader.sources() if row["state"] in ("broken", "stale")]
    if not rows:
        draw.empty(page, page.word("situation.no_sources"))
        return
    rows.sort(key=lambda row: row["state"] != "broken")
    draw.html(draw.listed(page, [_source(page, row) for row in rows], SHOWN))


def _source(page: Page, row: Row) -> str:
    message, remedy = (draw.commands(told(page.words, row[name])) for name in ("message", "remedy"))
    return (
        f'<div class="rw-line">{draw.state_chip(page, row["state"])}'
        f"{draw.link(page, row['publisher'], 'sources', source=row['source_id'])}</div>"
        f'<div class="rw-small">{message}<br><b>{remedy}</b></div>'
    )
