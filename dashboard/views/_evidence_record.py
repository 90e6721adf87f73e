"""One piece of evidence: the figure or quote, its source, its dates, the archived answer, earlier versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard import counter, draw, table
from dashboard.page import Page, escape, escape_markdown
from dashboard.views._parts import Pair, day, facts, outside, place_names

_COUNTS = ("deaths_best", "deaths_civilians", "deaths_unknown", "injured", "abducted", "displaced")


def show(page: Page, evidence_id: str) -> None:
    """Raises NotFound."""
    found = page.reader.evidence(evidence_id, day(page, "as_of"))
    source = found["source"] or {}
    st.title(escape_markdown(source.get("publisher") or page.word("evidence.title")))
    kind = page.word(f"evidence.record.{found['kind']}")
    draw.html(f'<p class="rw-lead">{escape(kind)}</p>')
    draw.html('<div class="rw-card">', _figure(page, found), _quote(found), "</div>")
    if found["kind"] == "document":
        draw.html(draw.link(page, page.word("evidence.record.read_document"), "evidence", document=evidence_id))
    draw.html(facts(_about(page, found)))
    st.header(page.word("evidence.record.archive"))
    draw.html(_archive(page, found))
    _history(page, found)
    counter.offer(page, found["row"].get("region_id") or found["row"].get("iso3") or "", f"evidence {evidence_id}")


def _figure(page: Page, found: Mapping[str, Any]) -> str:
    figure = found["figure"]
    if figure is None:
        return ""
    words, unit = page.words, figure.get("unit") or ""
    meaning = f'<p class="rw-note">{escape(figure["meaning"])}</p>' if figure.get("meaning") else ""
    if found["kind"] == "event":
        rows = [(page.word(f"evidence.record.{n}"), words.number(figure[n])) for n in _COUNTS if figure[n] is not None]
        body = facts((label, escape(value)) for label, value in rows)
        return (body if rows else f"<p>{escape(page.word('evidence.deaths_unknown'))}</p>") + meaning
    if figure["value"] is None:
        return f"<p>{escape(page.word('evidence.record.no_value'))}</p>{meaning}"
    spread = ""
    if figure["value_low"] is not None and figure["value_high"] is not None:
        low, high = words.number(figure["value_low"], 3), words.number(figure["value_high"], 3)
        spread = f'<p class="rw-quiet">{escape(page.word("evidence.record.between", low=low, high=high))}</p>'
    value = escape(words.number(figure["value"], 3))
    return f'<p class="rw-figure">{value} <span>{escape(unit)}</span></p>{spread}{meaning}'


def _quote(found: Mapping[str, Any]) -> str:
    return f'<blockquote class="rw-quote">{escape(found["quote"])}</blockquote>' if found["quote"] else ""


def _about(page: Page, found: Mapping[str, Any]) -> list[Pair | None]:
    row, source, words = found["row"], found["source"] or {}, page.words
    say = page.word

    def pair(name: str, text: str | None) -> Pair | None:
        return (say(f"evidence.record.{name}"), escape(text)) if text else None

    first, last = row.get("ref_start") or row.get("valid_from"), row.get("ref_end") or row.get("valid_to")
    period = words.day(first) if first and first == last else None
    if first and last and not period:
        period = say("evidence.record.period", first=words.day(first), last=words.day(last))
    grade = None
    if source.get("reliability"):
        grade = say("evidence.record.grade_text", reliability=source["reliability"], credibility=source["credibility"])
    return [
        pair("source", f"{source.get('publisher') or '-'} ({source.get('source_id') or '-'})"),
        pair("about", period or (words.day(first) if first else None)),
        (say("evidence.record.place"), _place(page, row)),
        pair("detail", ", ".join(f"{key} {value}" for key, value in (row.get("dimensions") or {}).items())),
        pair("published", words.day(row["published"]) if row.get("published") else None),
        pair("known", words.day(row["known_at"]) if row.get("known_at") else None),
        pair("grade", grade),
        pair("bias", source.get("known_bias")),
        pair("family", source.get("origin_family")),
        pair("licence", source.get("licence")),
        pair("id", found["evidence_id"]),
    ]


def _place(page: Page, row: Mapping[str, Any]) -> str:
    if not row.get("iso3"):
        return ""
    names = place_names(page)
    country = draw.link(page, names.get(row["iso3"], row["iso3"]), "country", country=row["iso3"])
    if row.get("region_id"):
        region = draw.link(page, names.get(row["region_id"], row["region_id"]), "region", region=row["region_id"])
        return f"{region}, {country}{_named(row)}"
    unplaced = row.get("precision") not in (None, "country")
    said = page.word("evidence.place_unknown" if unplaced else "evidence.national")
    return f'{country} <span class="rw-quiet">({escape(said)})</span>{_named(row)}'


def _named(row: Mapping[str, Any]) -> str:
    return f' <span class="rw-quiet">“{escape(row["place_name"])}”</span>' if row.get("place_name") else ""


def _archive(page: Page, found: Mapping[str, Any]) -> str:
    archive, row = found["archive"], found["row"]
    label = page.word("evidence.record.original")
    if archive is None:
        link = outside(page, row.get("url"), label) if row.get("url") else ""
        return f'<p class="rw-note">{escape(page.word("evidence.record.archive_none"))}</p>{link}'
    say = page.word
    place = say("evidence.record.warc_text", file=archive["warc_file"], record=archive["record_id"])
    shown = facts(
        [
            (say("evidence.record.address"), escape(archive["url"])),
            (say("evidence.record.retrieved"), escape(page.words.moment(archive["retrieved_at"]))),
            (say("evidence.record.digest"), f"<code>{escape(archive['digest'])}</code>"),
            (say("evidence.record.warc"), f"<code>{escape(place)}</code>"),
        ]
    )
    return shown + f"<p>{outside(page, row.get('url') or archive['final_url'] or archive['url'], label)}</p>"


def _history(page: Page, found: Mapping[str, Any]) -> None:
    st.header(page.word("evidence.record.history"))
    if not found["history"]:
        draw.html(f'<p class="rw-note">{escape(page.word("evidence.record.history_none"))}</p>')
        return

    def value(row: Mapping[str, Any]) -> Any:
        return next((row[n] for n in ("value", "deaths_best", "title") if row.get(n) is not None), None)

    columns = [
        table.Column(page.word("evidence.record.known"), lambda row: row.get("known_at")),
        table.Column(page.word("evidence.record.published"), lambda row: row.get("published")),
        table.Column(page.word("evidence.record.history_value"), value),
    ]
    table.show(page, found["history"], columns, name="versions")
