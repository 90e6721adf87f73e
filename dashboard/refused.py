"""Why a write was refused, in the reader's language; without a word for it, the sentence as it was raised."""

from __future__ import annotations

from datetime import date
from typing import Any

import streamlit as st

from dashboard.language import Words
from dashboard.page import Page, escape_markdown


def show(page: Page, error: Exception) -> None:
    """An error on the page: nothing was saved, and why."""
    st.error(f"{page.word('write.refused')}\n\n{escape_markdown(reason(page.words, error))}")


def reason(words: Words, error: Exception) -> str:
    """The reason with its dates, numbers and roles in the reader's form. Plain text."""
    found = getattr(error, "refusal", None)  # see assessment.refusal
    if found is None or not words.has(f"refused.{found.code}"):
        return words("refused.other", text=str(error))
    values = {name: _said(words, name, value) for name, value in found.values.items()}
    return words(f"refused.{found.code}", **values)


def _said(words: Words, name: str, value: Any) -> str:
    if isinstance(value, date):
        return words.day(value)
    if isinstance(value, tuple):
        return ", ".join(words(f"roles.{part}") if name == "roles" else str(part) for part in value)
    if isinstance(value, (int, float)):
        return words.number(value, 3)
    return str(value)
