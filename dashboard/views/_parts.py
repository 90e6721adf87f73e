"""What the pages of the policy loop share: facts as a list, ways out, writing that says what came of it, entries."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from assessment import framework as frameworks
from assessment.framework import Framework
from assessment.ledger import Entry, LedgerError
from assessment.ledger_kinds import PayloadError
from assessment.read import ReadError
from assessment.roles import RoleError
from dashboard import refused
from dashboard.page import Page, escape, escape_markdown

PER_PAGE = 20
SHOWN_FOR = timedelta(seconds=10)  # a component may run the page again by itself: once is not enough to be read
Pair = tuple[str, str]  # (label, HTML)


def facts(pairs: Iterable[Pair | None]) -> str:
    """A list of labels with their HTML; pairs without content are left out."""
    rows = "".join(f"<dt>{escape(p[0])}</dt><dd>{p[1]}</dd>" for p in pairs if p and p[1])
    return f'<dl class="rw-pairs">{rows}</dl>'


def outside(page: Page, url: str | None, label: str) -> str:
    """A link that leaves the application, for http(s) addresses only; else why there is none."""
    host = urlsplit(url).hostname if url and url.startswith(("https://", "http://")) else None
    if not url or not host or host.endswith(".invalid"):  # shipped figures have no address of their own
        return f'<span class="rw-quiet">{escape(page.word("evidence.record.no_original"))}</span>'
    return f'<a class="rw-out" href="{escape(url)}" target="_blank" rel="noopener noreferrer">{escape(label)} ↗</a>'


def entries(page: Page) -> Sequence[Entry]:
    """All entries of the ledger, read once per new entry and process."""
    ledger = page.open_ledger()
    cell: dict[str, Any] = _kept(str(ledger.engine.url))
    head = ledger.head()
    if cell.get("head") != head:
        found = ledger.entries()
        cell["entries"], cell["head"] = found, (found[-1].seq, found[-1].hash) if found else head
    kept: Sequence[Entry] = cell["entries"]
    return kept


@st.cache_resource(show_spinner=False)
def _kept(place: str) -> dict[str, Any]:
    """A cell per ledger; entries are frozen, so sessions may share them."""
    return {}


def write(page: Page, work: Callable[[], Any], said: str) -> None:
    """Do what a person asked, say so and run the page again; what was refused is said right here, with its reason."""
    try:
        work()
    except (LedgerError, RoleError, PayloadError, ReadError) as error:
        refused.show(page, error)
        return
    st.session_state["rw_said"] = (said, page.now)
    st.toast(page.word("write.saved"))  # the message at the top may be out of sight; a long toast folds in English
    st.rerun()


def told(page: Page) -> None:
    """What was saved last in this session; at the top of a page, for some seconds and reruns."""
    text, at = st.session_state.get("rw_said", ("", page.now))
    if text and page.now - at <= SHOWN_FOR:
        st.success(text)


def theme_word(page: Page, theme: str) -> str:
    """A theme of the text stages in words; one without words as it stands."""
    return page.word(f"themes.{theme}") if page.words.has(f"themes.{theme}") else theme.replace("_", " ")


def day(page: Page, name: str) -> date | None:
    """A day from the URL; what is no day is said and left out."""
    text = page.state(name)
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        st.warning(page.word("evidence.day_wrong", text=escape_markdown(text)))
        return None


def place_names(page: Page) -> dict[str, str]:
    """{region_id or iso3: name in the reader's language}."""
    return _names(page.reader.snapshot["snapshot_id"], page.words.language, page)


@st.cache_data(show_spinner=False, max_entries=8)
def _names(snapshot_id: str, language: str, _page: Page) -> dict[str, str]:
    found = {row["region_id"]: _page.words.of(row, "name") or row["region_id"] for row in _page.reader.regions()}
    return found | {row["iso3"]: _page.words.country(row) for row in _page.reader.countries()}


@functools.cache
def framework() -> Framework:
    """The shipped framework, read once."""
    return frameworks.load()


def pager(page: Page, total: int, per_page: int = PER_PAGE) -> None:
    """Previous and next; the page number is in the URL as `page`."""
    pages = max(1, -(-total // per_page))
    now = page_number(page)
    if pages == 1:
        return
    left, middle, right = st.columns([1, 2, 1])
    if now > 1 and left.button(page.word("evidence.previous"), key="page_before"):
        page.remember(page=str(now - 1))
        st.rerun()
    middle.markdown(page.word("evidence.page", page=page.words.number(now), pages=page.words.number(pages)))
    if now < pages and right.button(page.word("evidence.next"), key="page_after"):
        page.remember(page=str(now + 1))
        st.rerun()


def page_number(page: Page) -> int:
    """The page of the list in the URL, from 1."""
    text = page.state("page", "1")
    return max(1, int(text)) if text.isdecimal() and len(text) < 7 else 1
