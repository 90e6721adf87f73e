"""Words as the search index knows them, and passages with the found words marked."""

from __future__ import annotations

import html
from collections.abc import Sequence
from functools import lru_cache

from .tokens import WORD, fold

SNIPPET = 240  # characters of original text
SEARCHED_FOR_SNIPPET = 30_000  # characters of a text looked through for the found words
_ARTICLES = ("وال", "بال", "فال", "كال", "ال", "لل")


@lru_cache(maxsize=400_000)
def index_word(word: str) -> str:
    """The form a word is indexed and asked under: folded, an Arabic one without its article."""
    folded = fold(word)
    if folded[:1] < "\u0600":
        return folded
    for article in _ARTICLES:
        if folded.startswith(article) and len(folded) - len(article) >= 2:
            return folded[len(article) :]
    return folded


def storable(text: str) -> str:
    """SQLite stores UTF-8: lone surrogates of a damaged text become question marks."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", " ")


def indexed(text: str) -> str:
    """The words of a text as they are indexed, separated by spaces."""
    return " ".join(map(index_word, WORD.findall(storable(text))))


def tag(kind: str, value: str) -> str:
    """A filter value as one word of the column of filters."""
    return "x" + kind + "x" + "".join(c if c.isalnum() and c.isascii() else f"z{ord(c):x}" for c in value.casefold())


def snippet(text: str, words: Sequence[str], prefixes: Sequence[str] = ()) -> str:
    """The passage with the first found word, about SNIPPET characters, as HTML with every found word marked."""
    hit = next((m for m in WORD.finditer(text, 0, SEARCHED_FOR_SNIPPET) if _is_found(m.group(), words, prefixes)), None)
    start = max(0, (hit.start() if hit else 0) - SNIPPET // 3)
    if start:
        space = text.find(" ", start, start + 30)
        start = space + 1 if space != -1 else start
    end = min(len(text), start + SNIPPET)
    if end < len(text):
        space = text.rfind(" ", end - 30, end)
        end = space if space > start else end
    return ("… " if start else "") + mark(text, start, end, words, prefixes) + (" …" if end < len(text) else "")


def mark(text: str, start: int, end: int, words: Sequence[str], prefixes: Sequence[str]) -> str:
    """`text[start:end]` as HTML, found words in <mark>."""
    pieces, position = [], start
    for match in WORD.finditer(text, start, end):
        if _is_found(match.group(), words, prefixes):
            pieces += [html.escape(text[position : match.start()]), "<mark>", html.escape(match.group()), "</mark>"]
            position = match.end()
    pieces.append(html.escape(text[position:end]))
    return "".join(pieces)


def _is_found(word: str, words: Sequence[str], prefixes: Sequence[str]) -> bool:
    form = index_word(word)
    return form in words or any(form.startswith(prefix) for prefix in prefixes)
