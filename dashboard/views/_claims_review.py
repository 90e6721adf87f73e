"""Suggested claims, one at a time: confirm, reject or re-code with one key; a fifth is coded twice, blind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from assessment.claims_review import SCALES, agreement, claim_state, code, in_second_sample, queue
from assessment.ledger import Entry
from dashboard import draw, keys, table
from dashboard.page import Page, escape, escape_markdown
from dashboard.views._parts import entries, place_names, theme_word, write

CODES = (0, 1, 2, 3, 4)
ENOUGH = 0.67  # Krippendorff's alpha asked for
WHY = ("not_said", "other_place", "old", "opinion", "duplicate")
SHOWN = 2000  # suggestions looked through for this person's queue


def show(page: Page) -> None:
    """The claim at the head of this person's queue, then how far the coders agree."""
    draw.html(f'<p class="rw-note">{escape(page.word("claims.lead"))}</p>')
    known = entries(page)
    if "analyst" in page.actor.roles:
        _next(page, known)
    else:
        draw.empty(page, page.word("claims.not_analyst"))
    _agreement(page, known)


def _next(page: Page, known: Sequence[Entry]) -> None:
    found = page.reader.claims(
        status="suggested", theme=page.state("theme") or None, iso3=page.state("country") or None, limit=SHOWN
    )
    claims = {row["claim_id"]: row for row in found["hits"]}
    passed: set[str] = st.session_state.setdefault("rw_claims_passed", set())
    waiting = queue(claims, known, page.actor)
    asked = page.state("claim")
    order = [c for c in waiting if c not in passed] or waiting
    st.markdown(f"**{page.word('claims.queue', count=len(waiting))}**")
    if not waiting:
        draw.empty(page, page.word("claims.queue_empty"), page.word("claims.queue_empty_hint"))
    else:
        _card(page, claims[asked if asked in waiting else order[0]], claims)


def _card(page: Page, claim: Mapping[str, Any], claims: Mapping[str, Any]) -> None:
    name = claim["claim_id"]
    names = place_names(page)
    place = claim.get("region_id") or claim.get("iso3") or ""
    direction = {-1: "worse", 1: "better"}.get(claim.get("polarity") or 0, "unclear")
    proposed = page.word("claims.proposed", theme=theme_word(page, claim["theme"]), place=names.get(place, place))
    chips = [draw.chip(proposed, "plain"), draw.chip(page.word(f"claims.{direction}"), "quiet")]
    if claim.get("confidence") is not None:
        share = page.words.share(claim["confidence"])
        chips.append(draw.chip(page.word("claims.confidence", share=share), "quiet"))
    document = claim.get("document_id") or ""
    draw.html(
        f'<div class="rw-card"><blockquote class="rw-quote rw-claim">{escape(claim["quote"])}</blockquote>'
        f'<div class="rw-line">{"".join(chips)}</div>'
        f"{draw.link(page, page.word('claims.document'), 'evidence', document=document) if document else ''}</div>"
    )
    if in_second_sample(name):
        draw.html(f'<p class="rw-note">{escape(page.word("claims.second"))}</p>')
    codes = _codes(page, name, claim.get("severity"))
    content = _recoded(page, claim, claims) if st.session_state.get("rw_recode") == name else _as_proposed(claim)
    why = st.selectbox(
        page.word("claims.reason"), WHY, format_func=lambda w: page.word(f"claims.why.{w}"), key=f"why_{name}"
    )
    _buttons(page, name, codes, content, why)


def _codes(page: Page, name: str, proposed: int | None) -> dict[str, int | None]:
    """scope, intensity and range; only the intensity has a proposal of the machine."""
    columns = st.columns(3)
    return {
        scale: column.segmented_control(
            page.word(f"claims.{scale}"), CODES, default=proposed if scale == "intensity" else None,
            help="  \n".join(page.word(f"claims.code.{c}") for c in CODES), key=f"code_{scale}_{name}",
        )
        for scale, column in zip(SCALES, columns, strict=True)
    }  # fmt: skip


def _as_proposed(claim: Mapping[str, Any]) -> dict[str, Any]:
    return {"theme": claim["theme"], "region_id": claim.get("region_id")}


def _recoded(page: Page, claim: Mapping[str, Any], claims: Mapping[str, Any]) -> dict[str, Any]:
    names = place_names(page)
    themes = sorted({row["theme"] for row in claims.values()} | {claim["theme"]})
    iso3 = claim.get("iso3") or ""
    places = [iso3, *(row["region_id"] for row in page.reader.regions(iso3 or None))]
    now = claim.get("region_id") or iso3
    left, right = st.columns(2)
    theme = left.selectbox(
        page.word("claims.theme"),
        themes,
        index=themes.index(claim["theme"]),
        key="recode_theme",
        format_func=lambda t: theme_word(page, t),
    )
    region = right.selectbox(
        page.word("claims.region"), places, index=places.index(now) if now in places else 0,
        format_func=lambda p: names.get(p, p), key="recode_region",
    )  # fmt: skip
    note = st.text_input(page.word("claims.note"), max_chars=300, key="recode_note")
    return {"theme": theme, "region_id": region or None, "reason": note}


def _buttons(page: Page, name: str, codes: Mapping[str, int | None], content: Mapping[str, Any], why: str) -> None:
    listening = st.toggle(page.word("claims.keys_on"), True, key="claim_keys_on", help=page.word("claims.keys"))
    key = keys.pressed("cren", "claims") if listening else None
    one, two, three, four = st.columns(4)
    confirm = one.button(page.word("claims.confirm"), type="primary", width="stretch", key="claim_c") or key == "c"
    reject = two.button(page.word("claims.reject"), width="stretch", key="claim_r") or key == "r"
    recode = three.button(page.word("claims.recode"), width="stretch", key="claim_e") or key == "e"
    skip = four.button(page.word("claims.skip"), width="stretch", key="claim_n") or key == "n"
    if confirm and None in codes.values():
        st.warning(page.word("claims.codes_first"))
    elif confirm:
        _code(page, name, "claim_confirmed", {**content, **codes})
    elif reject:
        reason = page.word(f"claims.why.{why}")
        _code(page, name, "claim_rejected", {"theme": content["theme"], "reason": reason})
    elif recode:
        st.session_state["rw_recode"] = None if st.session_state.get("rw_recode") == name else name
        st.rerun()
    elif skip:
        st.session_state["rw_claims_passed"].add(name)
        page.remember(claim=None)
        st.rerun()


def _code(page: Page, name: str, answer: str, content: Mapping[str, Any]) -> None:
    page.remember(claim=None)
    write(
        page, lambda: code(page.open_ledger(), page.actor, name, answer, content, page.now), page.word("claims.saved")
    )


def _agreement(page: Page, known: Sequence[Entry]) -> None:
    st.header(page.word("claims.agreement"))
    draw.html(f'<p class="rw-note">{escape(page.word("claims.agreement_lead"))}</p>')
    rows = agreement(known)
    if not rows:
        draw.empty(page, page.word("claims.agreement_none"))
    else:
        columns = [
            table.Column(page.word("claims.theme"), lambda row: theme_word(page, row["theme"])),
            table.Column(page.word("claims.coded_twice"), lambda row: row["claims"], numeric=True),
            *(_alpha(page, name) for name in ("answer", *SCALES)),
        ]
        table.show(page, rows, columns, name="agreement")
    _mine(page, known)


def _alpha(page: Page, name: str) -> table.Column:
    def cell(row: Mapping[str, Any]) -> str:
        value = row[name]
        if value is None:
            return "-"
        return draw.chip(page.words.number(value, 2), "plain" if value >= ENOUGH else "warn")

    return table.Column(page.word(f"claims.{name}"), lambda row: row[name], cell, numeric=True)


def _mine(page: Page, known: Sequence[Entry]) -> None:
    """What this person coded, to be coded anew; others' words are not shown."""
    coded = [
        (name, [word for word in standing.first if word.coder == page.actor.subject])
        for name, standing in claim_state(known).items()
    ]
    mine = [(name, words[0]) for name, words in coded if words][-50:]
    if not mine:
        return
    with st.expander(f"{page.word('claims.mine')} ({len(mine)})"):
        for name, word in reversed(mine):
            said = "-" if word.codes is None else " / ".join(map(str, word.codes))
            left, right = st.columns([4, 1])
            answer = page.word(f"claims.status.{word.answer}")
            left.markdown(
                escape_markdown(f"{theme_word(page, word.theme)}: {answer}, {said} ({page.words.day(word.time)})")
            )
            if right.button(page.word("claims.recode"), key=f"again_{name}"):
                st.session_state["rw_again"] = name
        _again(page, dict(mine))


def _again(page: Page, mine: Mapping[str, Any]) -> None:
    name = str(st.session_state.get("rw_again"))
    if name not in mine:
        return
    with st.form("recode_mine"):
        codes = _codes(page, f"again_{name}", None)
        note = st.text_input(page.word("claims.note"), max_chars=300)
        sent = st.form_submit_button(page.word("claims.recode"))
    if sent and None in codes.values():
        st.warning(page.word("claims.codes_first"))
    elif sent:
        st.session_state.pop("rw_again")
        word = mine[name]
        _code(page, name, "claim_recoded", {"theme": word.theme, "region_id": word.region_id, **codes, "reason": note})
