"""One decision: the page as it was published, whether it can be rebuilt, and what was known then."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import streamlit as st

from assessment import register as decisions
from assessment.ledger import Entry
from dashboard import bands, counter, draw, table
from dashboard.page import Page, escape, escape_markdown
from dashboard.views._parts import facts, outside, place_names

Row = dict[str, Any]
FIELDS = {
    "category": "register.category", "suggested": "register.suggested", "as_of": "register.as_of",
    "run_id": "register.run", "framework_version": "register.framework", "rules_seq": "register.rules_changed",
    "reason_en": "advice.draft.reason_en", "reason_nl": "advice.draft.reason_nl", "sources": "register.sources",
    "review_date": "register.review", "expires": "register.expires", "author_role": "register.author",
    "reviewer_role": "register.reviewer", "jurist_role": "register.jurist",
}  # fmt: skip


def as_day(text: str | None) -> date | None:
    """A day of an entry."""
    return date.fromisoformat(text) if text else None


def value(page: Page, row: Mapping[str, Any], side: str) -> str:
    """One side of a difference in words."""
    found = row[side]
    if found in (None, "", []):
        return "-"
    if row["field"] in ("review_date", "expires", "as_of"):
        return page.words.day(date.fromisoformat(found))
    if row["field"].endswith("_role"):
        return page.word(f"roles.{found}")
    if row["field"] == "sources":
        return "; ".join(f"{draw.publisher(page, s['source_id'])} ({s['url']})" for s in found)
    if row["field"] in ("category", "suggested"):
        return f"{found}: {bands.stated('advice', found, page.words.language)}"
    return str(found)


def show(page: Page, number: str, rows: Sequence[Row], known: Sequence[Entry]) -> None:
    """The decision with this number; what is under way is not shown."""
    draw.html(draw.link(page, page.word("register.back"), "register"))
    row = next((row for row in rows if str(row["draft"]) == number), None)
    if row is None:
        draw.empty(page, page.word("register.unknown", seq=number))
        return
    names = place_names(page)
    st.header(escape_markdown(names.get(row["region_id"], row["region_id"])))
    _decision(page, row)
    if row["published_seq"]:
        _known(page, row, known)
    counter.offer(page, row["region_id"], f"decision {number}")


def _decision(page: Page, row: Row) -> None:
    say, words = page.word, page.words
    roles = {
        name: say(f"roles.{row[key]}") if row[key] else ""
        for name, key in (("author", "author_role"), ("reviewer", "reviewer_role"), ("jurist", "jurist_role"))
    }
    cited = "".join(
        f"<li>{escape(draw.publisher(page, s['source_id']))}, {escape(words.day(as_day(s['published'])))}: "
        f"{outside(page, s['url'], s['url'])}</li>"
        for s in row["sources"]
    )
    draw.html(
        f'<div class="rw-line">{draw.category_chip(page, row["category"])}'
        f"{draw.chip(say('register.stage.' + row['stage']), 'plain')}</div>",
        facts(
            [
                (say("register.suggested"), draw.category_chip(page, row["suggested"])),
                (say("register.since"), escape(words.moment(row["in_effect_since"]))),
                (say("register.review"), escape(words.day(as_day(row["review_date"])))),
                (say("register.expires"), escape(words.day(as_day(row["expires"]))) if row["expires"] else ""),
                *((say(f"register.{name}"), escape(text)) for name, text in roles.items()),
                (
                    say("advice.draft.reason_nl"),
                    f'<span lang="nl">{escape(row["reason_nl"])}</span>' if row["reason_nl"] else "",
                ),
                (
                    say("advice.draft.reason_en"),
                    f'<span lang="en">{escape(row["reason_en"])}</span>' if row["reason_en"] else "",
                ),
                (say("register.sources"), f'<ul class="rw-reasons">{cited}</ul>'),
                (
                    say("register.hash"),
                    f"<code>{escape(row['page_sha256'] or '')}</code>" if row["page_sha256"] else "",
                ),
            ]
        ),
    )


def _known(page: Page, row: Row, known: Sequence[Entry]) -> None:
    """The stored page, compared with a rebuild from the snapshot."""
    st.header(page.word("register.known.title", day=page.words.day(as_day(row["as_of"]))))
    ledger = page.open_ledger()
    stored = ledger.page(row["page_sha256"])
    found = decisions.compare_with_stored(ledger, page.reader, known, row["published_seq"])
    if found.same:
        st.success(f"{page.word('register.known.stored')} {page.word('register.known.same')}")
    elif found.same is None:
        st.info(page.word("register.known.cannot", why=escape_markdown(found.problem)))
    else:
        st.error(page.word("register.known.differs"))
    if stored is None:
        return
    then = json.loads(stored)
    st.download_button(
        page.word("register.known.download"), stored.encode(), f"returnwatch-decision-{row['draft']}.json",
        "application/json", on_click="ignore", type="tertiary", key="decision_json",
    )  # fmt: skip
    _levels(page, then["known"])
    _reasons(page, then["known"], as_day(row["as_of"]))
    _rules(page, then)
    _steps(page, then["steps"])


def _levels(page: Page, then: Row) -> None:
    st.header(page.word("register.known.levels"))
    say, words = page.word, page.words
    columns = [
        table.Column(
            say("register.known.dimension"), lambda r: bands.stated("dimension", r["dimension"], words.language)
        ),
        table.Column(say("register.known.level"), lambda r: r["level"], lambda r: draw.band_chip(page, r)),
        table.Column(say("register.known.before_gates"), lambda r: r["level_before_gates"]),
        table.Column(
            say("register.known.confidence"), lambda r: bands.stated("confidence", r["confidence"], words.language)
        ),
        table.Column(say("register.known.p20"), lambda r: round(r["p20"], 1), numeric=True),
    ]
    rows = [{**row, "indicative_level": row["level"]} for row in then["dimensions"]]
    draw.html(table.table_html(page, rows, columns))


def _reasons(page: Page, then: Row, day: date | None) -> None:
    """Reasons and gates as they stood; each piece of evidence in the vintage of that day."""
    as_of = day.isoformat() if day else ""
    lists = []
    for name in ("gates", "reasons"):
        items = [
            f"<li>{escape(page.words.of(r, 'text'))} "
            + " ".join(
                draw.link(page, draw.publisher(page, e.split(":", 1)[0]), "evidence", id=e, as_of=as_of)
                for e in r["evidence_ids"][:3]
            )
            + "</li>"
            for r in then[name]
        ]
        if items:
            title = page.word("advice.suggestion.gates" if name == "gates" else "advice.suggestion.reasons")
            lists.append(f"<p><b>{escape(title)}</b></p><ol class='rw-reasons'>{''.join(items)}</ol>")
    if lists:
        draw.html(*lists)
    st.header(page.word("register.known.evidence"))

    def source(row: Mapping[str, Any]) -> str:
        return draw.publisher(page, row["source_id"])

    def opened(row: Mapping[str, Any]) -> str:
        return draw.link(page, source(row), "evidence", id=row["evidence_id"], as_of=as_of)

    columns = [
        table.Column(page.word("evidence.source"), source, opened),
        table.Column(page.word("register.known.figure"), lambda r: r["said"] if r["figure"] is None else r["figure"]),
        table.Column(page.word("evidence.record.about"), lambda r: as_day(r["ref_end"])),
        table.Column(page.word("register.known.known_since"), lambda r: datetime.fromisoformat(r["known_at"]).date()),
        table.Column(page.word("evidence.record.digest"), lambda r: r["answer_digest"], only_files=True),
        table.Column(page.word("evidence.record.address"), lambda r: r["url"], only_files=True),
    ]
    table.show(page, then["evidence"], columns, name="evidence-then")


def _rules(page: Page, then: Row) -> None:
    changed = "; ".join(
        f"{page.word('rules.name.' + name.replace('.', '_'))}: {page.words.number(number, 2)}"
        for name, number in then["rules"]["changed"].items()
    )
    gone = ", ".join(f"{gate['gate_id']} ({gate['evidence_id']})" for gate in then["gates_removed"])
    run = then["known"]["run"]
    draw.html(
        facts(
            [
                (page.word("register.known.rules"), escape(changed or page.word("register.known.rules_none"))),
                (page.word("register.gates_removed"), escape(gone)),
                (page.word("register.run"), f"<code>{escape(run['run_id'])}</code>"),
                (
                    page.word("register.framework"),
                    escape(f"{run['framework_version']} ({run['framework_digest'][:12]})"),
                ),
            ]
        )
    )


def _steps(page: Page, steps: Sequence[Row]) -> None:
    items = "".join(
        f"<li>{escape(page.words.moment(datetime.fromisoformat(s['time'].removesuffix('Z'))))} · "
        f"{escape(page.word('roles.' + s['role']))}: {escape(page.word('register.known.step.' + s['kind']))}</li>"
        for s in steps
    )
    draw.html(f"<p><b>{escape(page.word('register.known.steps'))}</b></p><ol class='rw-reasons'>{items}</ol>")
