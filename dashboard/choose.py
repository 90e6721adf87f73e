"""Choices that live in the URL: it is the truth, a widget only writes it. So links and mails work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import streamlit as st

from dashboard.page import Page

_DAY_FORM = {"en": "YYYY-MM-DD", "nl": "DD-MM-YYYY"}


def value(page: Page, name: str, options: Sequence[str], default: str) -> str:
    """The choice in the URL when it is one of the options, else the default."""
    found = page.state(name, default)
    return found if found in options else default


def segments(
    page: Page, name: str, label: str, options: Sequence[str], shown: Callable[[str], str], default: str
) -> str:
    """One of a few, side by side."""
    chosen, key = value(page, name, options, default), f"choose_{name}"
    st.session_state[key] = chosen
    st.segmented_control(
        label,
        options,
        format_func=shown,
        key=key,
        on_change=_write,
        args=(page, name, key, default),
        required=True,
        wrap=True,
    )
    return chosen


def one(
    page: Page, name: str, label: str, options: Sequence[str], shown: Callable[[str], str], default: str = ""
) -> str:
    """One of many, with search."""
    chosen, key = value(page, name, options, default), f"choose_{name}"
    st.session_state[key] = chosen
    st.selectbox(label, options, format_func=shown, key=key, on_change=_write, args=(page, name, key, default))
    return chosen


def many(
    page: Page, name: str, label: str, options: Sequence[str], shown: Callable[[str], str], at_most: int
) -> list[str]:
    """Several of many, in the URL as a,b,c."""
    chosen, key = split(page.state(name), options)[:at_most], f"choose_{name}"
    st.session_state[key] = chosen
    st.multiselect(
        label, options, format_func=shown, key=key, max_selections=at_most, on_change=_write, args=(page, name, key, "")
    )
    return chosen


def split(text: str, options: Sequence[str]) -> list[str]:
    """The known ids of a,b,c, each once, in the order of the text."""
    known = set(options)
    return list(dict.fromkeys(part for part in text.split(",") if part in known))


def day(page: Page, name: str, label: str, default: date, earliest: date, latest: date) -> date:
    """A day; one outside the limits counts as the nearest limit."""
    chosen, key = parse_day(page.state(name), default), f"choose_{name}"
    chosen = max(earliest, min(latest, chosen))
    st.session_state[key] = chosen
    st.date_input(
        label, key=key, min_value=earliest, max_value=latest, on_change=_write,
        args=(page, name, key, default.isoformat()), format=_DAY_FORM[page.words.language],
    )  # fmt: skip
    return chosen


def parse_day(text: str, default: date) -> date:
    """YYYY-MM-DD, else the default."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return default


def _write(page: Page, name: str, key: str, default: str) -> None:
    chosen = st.session_state[key]
    if isinstance(chosen, list):
        chosen = ",".join(chosen)
    text = chosen.isoformat() if isinstance(chosen, date) else str(chosen or "")
    page.remember(**{name: None if text == default else text})
