"""Register: every decision with its reasons, what was known then, differences, exports; reports and public answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from assessment import register as decisions
from assessment.ledger import Entry
from dashboard import bands, choose, counter, draw, register_files, table
from dashboard.page import Page, escape
from dashboard.views import EVERYBODY, _register_cases, _register_decision
from dashboard.views._parts import entries, place_names, told

PATH, ORDER, ROLES = "register", 80, EVERYBODY
UNDER_WAY = ("drafted", "approved")
Row = dict[str, Any]


def show(page: Page) -> None:
    """?decision= one decision; ?report= the form to report an error; else the history with its filters."""
    st.title(page.word("register.title"))
    told(page)
    known = entries(page)
    if page.state("report"):  # where a brief's version hash leads to
        place = page.state("region")
        counter.form(page, place if place in place_names(page) else "", page.state("report"))
        return
    rows = decisions.history(known)
    if page.state("decision"):
        _register_decision.show(page, page.state("decision"), visible(rows), known)
        return
    draw.html(f'<p class="rw-lead">{escape(page.word("register.lead"))}</p>')
    shown = _filtered(page, rows)
    st.header(page.word("register.decisions"))
    if shown:
        table.show(page, shown, columns(page), name="register")
    else:
        draw.empty(page, page.word("register.none"))
    waiting = len(rows) - len(visible(rows))
    if waiting:
        draw.html(f'<p class="rw-note">{escape(page.word("register.under_way", count=waiting))}</p>')
    if len(shown) > 1:
        _compare(page, shown)
    _register_cases.show(page, known)
    _export(page, shown, known)


def visible(rows: Sequence[Row]) -> list[Row]:
    """Without drafts under way: who judges next must not read a conclusion here. What took effect at once is shown."""
    return [row for row in rows if row["stage"] not in UNDER_WAY or row["in_effect_since"]]


def _filtered(page: Page, rows: Sequence[Row]) -> list[Row]:
    names, found = place_names(page), visible(rows)
    left, right = st.columns(2)

    def said(name: str) -> str:
        return names.get(name, name) if name else page.word("register.any")

    with left:
        countries = sorted({row["iso3"] for row in found} | ({page.state("country")} - {""}), key=said)
        country = choose.one(page, "country", page.word("register.country"), ["", *countries], said)
    with right:
        regions = {row["region_id"] for row in found if country in ("", row["iso3"])} | ({page.state("region")} - {""})
        region = choose.one(page, "region", page.word("register.region"), ["", *sorted(regions, key=said)], said)
    return [row for row in found if country in ("", row["iso3"]) and region in ("", row["region_id"])]


def columns(page: Page) -> list[table.Column]:
    """Of the history, on the page and in the files."""
    say, names = page.word, place_names(page)

    def number(row: Any) -> str:
        return draw.link(page, str(row["draft"]), "register", decision=str(row["draft"]))

    def where(row: Any) -> str:
        return f"{names.get(row['region_id'], row['region_id'])}, {names.get(row['iso3'], row['iso3'])}"

    def reason(row: Any) -> str:
        return page.words.of({"reason_en": row["reason_en"], "reason_nl": row["reason_nl"]}, "reason")

    def category(key: str) -> Callable[[Any], str]:
        return lambda row: f"{row[key]}: {bands.stated('advice', row[key], page.words.language)}"

    def role(key: str) -> Callable[[Any], str | None]:
        return lambda row: say(f"roles.{row[key]}") if row[key] else None

    def plain(key: str) -> Callable[[Any], Any]:
        return lambda row: row[key]

    def day(key: str) -> Callable[[Any], Any]:
        return lambda row: _register_decision.as_day(row[key])

    hidden = [
        table.Column(say(f"register.{label}"), value, only_files=True)
        for label, value in (
            ("expires", day("expires")), ("author", role("author_role")), ("reviewer", role("reviewer_role")),
            ("jurist", role("jurist_role")), ("as_of", day("as_of")), ("run", plain("run_id")),
            ("framework", plain("framework_version")), ("sources", plain("sources")), ("hash", plain("page_sha256")),
        )
    ]  # fmt: skip
    return [
        table.Column(say("register.number"), lambda row: row["draft"], number),
        table.Column(say("register.region"), where),
        table.Column(
            say("register.category"), category("category"), lambda row: draw.category_chip(page, row["category"])
        ),
        table.Column(say("register.suggested"), category("suggested"), lambda row: escape(row["suggested"])),
        table.Column(say("register.stage_label"), lambda row: say(f"register.stage.{row['stage']}")),
        table.Column(say("register.since"), lambda row: row["in_effect_since"] and row["in_effect_since"].date()),
        table.Column(say("register.review"), day("review_date")),
        table.Column(say("register.reasons"), reason),
        *hidden,
    ]


def _compare(page: Page, rows: Sequence[Row]) -> None:
    st.header(page.word("register.compare"))
    by_number = {str(row["draft"]): row for row in rows}
    names, numbers = place_names(page), list(by_number)

    def said(number: str) -> str:
        row = by_number[number]
        where = names.get(row["region_id"], row["region_id"])
        return f"{number}: {where}, {row['category']}, {page.words.day(row['drafted'])}"

    left, right = st.columns(2)
    with left:
        first = choose.one(page, "a", page.word("register.first"), numbers, said, numbers[1])
    with right:
        second = choose.one(page, "b", page.word("register.second"), numbers, said, numbers[0])
    found = decisions.difference(by_number[first], by_number[second])
    if not found:
        draw.html(f'<p class="rw-note">{escape(page.word("register.same"))}</p>')
        return
    shown = [
        table.Column(page.word("register.field"), lambda row: page.word(_register_decision.FIELDS[row["field"]])),
        table.Column(
            f"{page.word('register.first')} ({first})", lambda row: _register_decision.value(page, row, "before")
        ),
        table.Column(
            f"{page.word('register.second')} ({second})", lambda row: _register_decision.value(page, row, "after")
        ),
    ]
    table.show(page, found, shown, name="register-difference")


def _export(page: Page, rows: Sequence[Row], known: Sequence[Entry]) -> None:
    seq, sha = page.open_ledger().head()
    if not seq:  # nothing was ever written down: there is nothing to export and no digest worth keeping
        return
    st.header(page.word("register.export"))
    draw.html(
        f'<p class="rw-note">{escape(page.word("register.head", seq=seq))} <code>{escape(sha)}</code></p>'
        f'<p class="rw-note">{escape(page.word("register.head_keep"))} '
        "<code>returnwatch ledger verify --head</code></p>"
    )
    name = f"returnwatch-register-{page.today}"
    wide = columns(page)
    files = {
        "xlsx": (table.XLSX, lambda: table.as_xlsx(rows, wide)),
        "json": ("application/json", lambda: register_files.as_json(rows, known, (seq, sha))),
        "pdf": ("application/pdf", lambda: register_files.as_pdf(page, rows, wide, (seq, sha))),
    }
    for place, (kind, (mime, make)) in zip(st.columns(6), files.items(), strict=False):
        place.download_button(
            kind.upper(), make, f"{name}.{kind}", mime, on_click="ignore", key=f"register_{kind}",
            disabled=not rows or (kind == "pdf" and not register_files.pdf_possible()),
        )  # fmt: skip
