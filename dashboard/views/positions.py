"""Official positions: what holds, what changed in watched texts, enter and end one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import streamlit as st

from assessment import policy_tasks
from assessment.ledger import Entry
from assessment.ledger_state import position_state
from assessment.policy_tasks import Task
from assessment.positions import AUTHORITIES, IN_PART, KINDS, LEVELS
from dashboard import choose, draw, table
from dashboard.gate_words import authority
from dashboard.page import Page, escape, escape_markdown
from dashboard.views import STAFF
from dashboard.views._parts import entries, outside, place_names, told, write

PATH, ORDER, ROLES = "positions", 70, STAFF
Row = dict[str, Any]


def show(page: Page) -> None:
    """Tasks, the list, and for analysts and jurists the two forms."""
    st.title(page.word("positions.title"))
    told(page)
    draw.html(f'<p class="rw-lead">{escape(page.word("positions.lead"))}</p>')
    known = entries(page)
    st.header(page.word("positions.tasks"))
    _tasks(page, policy_tasks.tasks(known))
    st.header(page.word("positions.list"))
    rows = merged(page.reader.positions(), known, page.today)
    _list(page, rows)
    if page.actor.roles & {"analyst", "jurist"}:
        _add(page)
        _end(page, [row for row in rows if row["valid_to"] is None or row["valid_to"] >= page.today])
    else:
        st.info(page.word("positions.only"))


def merged(published: Sequence[Row], known: Sequence[Entry], today: date) -> list[Row]:
    """Published positions with what people entered or ended since; `waiting`: the next assessment takes it in."""
    found = {row["position_id"]: {**row, "waiting": False} for row in published}
    for row in position_state(known, today):
        days = {key: date.fromisoformat(row[key]) if isinstance(row[key], str) else row[key]
                for key in ("valid_from", "valid_to")}  # fmt: skip
        new = row["position_id"] not in found
        found[row["position_id"]] = {
            **found.get(row["position_id"], {"evidence_ids": []}),
            **row,
            **days,
            "waiting": new,
        }
    for entry in known:
        if entry.kind == "position_ended" and entry.object in found:
            found[entry.object]["valid_to"] = date.fromisoformat(entry.payload["valid_to"])
    return sorted(found.values(), key=lambda row: (row["valid_from"], row["position_id"]), reverse=True)


def _list(page: Page, rows: Sequence[Row]) -> None:
    names = place_names(page)
    left, right = st.columns(2)
    with left:
        countries = sorted({row["iso3"] for row in rows}, key=lambda c: names.get(c, c))
        country = choose.one(
            page, "country", page.word("positions.country"), ["", *countries],
            lambda c: names.get(c, c) if c else page.word("alerts.any"),
        )  # fmt: skip
    with right:
        state = choose.segments(
            page, "state", page.word("positions.state_label"), ["now", "all"],
            lambda s: page.word(f"positions.state.{s}"), "now",
        )  # fmt: skip
    shown = [row for row in rows if country in ("", row["iso3"]) and (state == "all" or holds(row, page.today))]
    if not shown:
        draw.empty(page, page.word("positions.list_none"))
        return
    table.show(page, shown, _columns(page), name="positions")


def holds(row: Mapping[str, Any], today: date) -> bool:
    """In force on the day."""
    return row["valid_from"] <= today and (row["valid_to"] is None or row["valid_to"] >= today)


def _columns(page: Page) -> list[table.Column]:
    names = place_names(page)

    def where(row: Mapping[str, Any]) -> str:
        country = names.get(row["iso3"], row["iso3"])
        return f"{names.get(row['region_id'], row['region_id'])}, {country}" if row["region_id"] else country

    def until(row: Mapping[str, Any]) -> str:
        return page.words.day(row["valid_to"]) if row["valid_to"] else page.word("positions.open_end")

    def said(row: Mapping[str, Any]) -> str:
        waiting = draw.chip(page.word("positions.waiting"), "warn") if row["waiting"] else ""
        link = outside(page, row["url"], page.word("positions.url"))
        return f'<blockquote class="rw-quote">{escape(row["quote"])}</blockquote>{link} {waiting}'

    return [
        table.Column(page.word("positions.authority"), lambda row: authority(page.words, row["authority"])),
        table.Column(page.word("positions.country"), where),
        table.Column(page.word("positions.kind"), lambda row: page.word(f"positions.kinds.{row['kind']}")),
        table.Column(page.word("positions.level"), lambda row: level(page, row["level"])),
        table.Column(page.word("positions.quote"), lambda row: row["quote"], said),
        table.Column(page.word("positions.from"), lambda row: row["valid_from"]),
        table.Column(page.word("positions.to"), until),
        table.Column(page.word("positions.role"), lambda row: page.word(f"roles.{row['verified_by']}")),
        table.Column(page.word("positions.url"), lambda row: row["url"], only_files=True),
    ]


def level(page: Page, name: str | None) -> str:
    """A level in words; `-` for none."""
    stem = (name or "").removesuffix(IN_PART)
    return page.word(f"positions.levels.{stem}") if page.words.has(f"positions.levels.{stem}") else stem or "-"


def _tasks(page: Page, found: Sequence[Task]) -> None:
    if not found:
        draw.empty(page, page.word("positions.tasks_none"))
        return
    names = place_names(page)
    for task in found:
        place = f"{names.get(task.iso3, task.iso3)}: " if task.iso3 else ""
        with st.expander(escape_markdown(f"{place}{task.title}"), expanded=task.done is None):
            draw.html(
                f'<p class="rw-note">{escape(page.words.moment(task.opened))}</p>{diff_html(task.diff)}'
                f'<div class="rw-line">{draw.evidence_links(page, [task.evidence_id])}'
                f"{outside(page, task.url, page.word('evidence.record.original')) if task.url else ''}</div>"
            )
            if task.done is not None:
                st.markdown(page.word("positions.task_closed", text=escape_markdown(task.done)))
            elif page.actor.roles & {"analyst", "reviewer", "jurist"}:
                _close(page, task)


def diff_html(diff: str) -> str:
    """Lines of a diff as <ins> and <del>, escaped."""
    items = []
    for line in diff.splitlines():
        tag = {"+": "ins", "-": "del"}.get(line[:1])
        text = escape(line[2:] if tag else line)
        items.append(f"<p><{tag}>{text}</{tag}></p>" if tag else f"<p><b>{text.removeprefix('# ')}</b></p>")
    return f'<div class="rw-diff">{"".join(items)}</div>'


def _close(page: Page, task: Task) -> None:
    with st.form(f"close_{task.task_id}", border=False):
        text = st.text_input(page.word("positions.task_close"), max_chars=1000)
        if st.form_submit_button(page.word("positions.task_close_button")) and text.strip():
            write(
                page,
                lambda: policy_tasks.close(page.open_ledger(), page.actor, task.task_id, text, page.now),
                page.word("positions.task_saved"),
            )


def _add(page: Page) -> None:
    names = place_names(page)
    with st.expander(page.word("positions.add")):
        one, two, three = st.columns(3)
        who = one.selectbox(
            page.word("positions.authority"), AUTHORITIES, key="position_authority",
            format_func=lambda name: authority(page.words, name),
        )  # fmt: skip
        kind = two.selectbox(
            page.word("positions.kind"),
            KINDS,
            format_func=lambda k: page.word(f"positions.kinds.{k}"),
            key="position_kind",
        )
        levels = LEVELS.get((who, kind), ())
        choices = levels if kind == "15c" else ("", *levels)
        chosen = three.selectbox(
            page.word("positions.level"), choices or ("",), key="position_level",
            format_func=lambda name: level(page, name) if name else page.word("positions.no_level"),
        )  # fmt: skip
        countries = sorted((row["iso3"] for row in page.reader.countries()), key=lambda c: names.get(c, c))
        iso3 = one.selectbox(
            page.word("positions.country"), countries, format_func=lambda c: names.get(c, c), key="position_country"
        )
        regions = ["", *(row["region_id"] for row in page.reader.regions(iso3))]
        region = two.selectbox(
            page.word("positions.region"), regions, key="position_region",
            format_func=lambda r: names.get(r, r) if r else page.word("positions.whole"),
        )  # fmt: skip
        begins = three.date_input(page.word("positions.from"), page.today, key="position_from")
        quote = st.text_area(page.word("positions.quote"), max_chars=4000, key="position_quote")
        url = st.text_input(page.word("positions.url"), max_chars=1990, key="position_url")
        if st.button(page.word("positions.add"), type="primary", key="position_add"):
            content = {
                "authority": who, "iso3": iso3, "region_id": region or None, "kind": kind,
                "level": chosen or None, "quote": quote, "url": url.strip(), "valid_from": begins.isoformat(),
            }  # fmt: skip
            _save(page, content)


def _save(page: Page, content: Mapping[str, Any]) -> None:
    if not str(content["quote"]).strip() or not content["url"]:
        st.warning(page.word("positions.needed"))
        return
    name = hashlib.sha256(repr(sorted(content.items())).encode()).hexdigest()[:12]
    write(
        page,
        lambda: page.open_ledger().append(page.actor, "position_added", f"position:{name}", content, page.now),
        page.word("positions.added"),
    )


def _end(page: Page, rows: Sequence[Row]) -> None:
    if not rows:
        return
    names, found = place_names(page), {row["position_id"]: row for row in rows}

    def said(name: str) -> str:
        row = found[name]
        where = names.get(row["region_id"] or row["iso3"], row["iso3"])
        kind = page.word(f"positions.kinds.{row['kind']}")
        return f"{authority(page.words, row['authority'])}, {where}: {kind}, {page.words.day(row['valid_from'])}"

    with st.expander(page.word("positions.end")), st.form("position_end", border=False):
        name = st.selectbox(page.word("positions.which"), list(found), format_func=said)
        last = st.date_input(page.word("positions.to"), page.today)
        reason = st.text_input(page.word("positions.reason"), max_chars=300)
        url = st.text_input(page.word("positions.url"), max_chars=1990)
        if st.form_submit_button(page.word("positions.end")):
            content = {"valid_to": last.isoformat(), "reason": reason, "url": url.strip()}
            write(
                page,
                lambda: page.open_ledger().append(page.actor, "position_ended", name, content, page.now),
                page.word("positions.ended"),
            )
