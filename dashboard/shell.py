"""What every page has around it: the snapshot opened once per process, the sign-in, the header and the footer."""

from __future__ import annotations

import functools
import logging
import os
from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from assessment.ledger import Ledger
from assessment.read import Reader
from assessment.roles import Actor
from dashboard import bands, counter, current, draw, router, sign_in
from dashboard.language import DEFAULT, LANGUAGES, Words, load
from dashboard.page import Page, escape

LOG = logging.getLogger("returnwatch.dashboard")
STYLE = Path(__file__).with_name("static") / "style.css"


def utc_now() -> datetime:
    """The clock of the pages: read once per run, naive UTC."""
    return datetime.now(UTC).replace(tzinfo=None)


def data_dir() -> Path:
    """Where the stores lie; `returnwatch serve` says so."""
    return Path(os.environ.get("RETURNWATCH_DATA") or "data").resolve()


def reader() -> Reader:
    """The reader of the newest publication. One run of a page keeps the reader it began with. Raises NoSnapshot."""
    return current.reader(data_dir() / "published", os.environ.get("RETURNWATCH_SOURCES", ""))


@st.cache_resource(show_spinner=False)
def _ledger(place: str) -> Ledger:
    return Ledger.open(place)


def open_ledger() -> Ledger:
    """The record of decisions: RETURNWATCH_LEDGER, else the file in the data folder. Raises LedgerError."""
    return _ledger(os.environ.get("RETURNWATCH_LEDGER") or str(data_dir() / "ledger.sqlite"))


def actor(now: datetime) -> Actor:
    """Who is asking. Raises sign_in.SignedOut when nobody may see a page."""
    return sign_in.actor(now)


def language() -> Words:
    """The language of the URL, else the last one chosen in this session, else Dutch."""
    chosen = st.query_params.get("lang") or st.session_state.get("language", DEFAULT)
    st.session_state["language"] = chosen if chosen in LANGUAGES else DEFAULT
    return load(st.session_state["language"])


@functools.cache
def _style_text() -> str:
    """Band colours and the style sheet: one element on the page."""
    return bands.css() + STYLE.read_text(encoding="utf-8")


def style(words: Words) -> None:
    """The look of the product and the language of the page for screen readers."""
    more = f':root {{ --rw-more: "{escape(words("header.more_pages"))}"; }}'  # Streamlit's own "2 more" is English
    st.html(f"<style>{more}{_style_text()}</style>")
    st.html(f"<script>document.documentElement.lang = '{words.language}';</script>", unsafe_allow_javascript=True)


def header(page: Page) -> None:
    """The name, data as of, refreshed when, sources broken, starter data, language; follows links inside the page."""
    router.follow(page)
    about = page.reader.snapshot
    facts = [
        page.word("header.as_of", day=page.words.day(about["as_of"])),
        page.word("header.refreshed", moment=page.words.moment(about["made_at"])),
        page.word("header.broken", count=about["sources_broken"]),
        page.word("header.stale", count=about["sources_stale"]),
    ]
    left, right = st.columns([5, 1], vertical_alignment="center")
    with left:
        shown = "".join(f"<span>{escape(fact)}</span>" for fact in facts)
        st.html(
            f'<div class="rw-top"><span class="rw-brand">ReturnWatch</span><span class="rw-facts">{shown}</span></div>'
        )
    with right:
        other = next(name for name in LANGUAGES if name != page.words.language)
        st.button(page.word("header.switch"), on_click=_switch, args=(other,), key="language_switch", type="tertiary")
    if about["starter"]:
        st.html(f'<p class="rw-banner">{draw.commands(page.word("header.starter"))}</p>')


def _switch(language: str) -> None:
    st.query_params["lang"] = language
    st.session_state["language"] = language


def fault(page: Page, path: str) -> None:
    """What a reader sees when a view fails; the log of the server has the whole story under the same number."""
    number = f"{page.now:%Y%m%d-%H%M%S}"
    LOG.exception("view_failed view=%s number=%s snapshot=%s", path, number, page.reader.snapshot["snapshot_id"])
    said = page.word("state.fault", number=number)
    st.html(f'<p class="rw-banner rw-bad" role="alert">{escape(said)}</p>')


def footer(page: Page) -> None:
    """What stands under every page."""
    said = f"{page.word('footer.not_a_judgement')} {page.word('footer.refoulement')}"
    st.html(f'<p class="rw-footer">{escape(said)} {counter.link(page)}</p>')
