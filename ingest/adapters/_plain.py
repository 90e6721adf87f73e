"""Text of sources as plain text: no markup, no control characters, one Unicode form, only web links.

What is stored is what every quote is cut from, so the shape of the source stays visible in it: a blank line ends a
paragraph, heading, list item or table row, a single line break is a line break (sentences.py reads both).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from itertools import groupby
from urllib.parse import urljoin, urlsplit

from ingest.composed import composed

BLOCKS = re.compile(r"<(script|style|template|noscript|iframe|object)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
COMMENTS = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
PARAGRAPH, LINE = "\u2029", "\u2028"  # Unicode's own marks: what a tag meant, until no markup is left
LINES = re.compile(r"<br\b[^<>]*>", re.IGNORECASE)
PARAGRAPHS = re.compile(
    r"</?(?:p|div|[uod]l|li|d[td]|h[1-6]|hr|tr|table|caption|blockquote|pre|section|article|aside|header|footer|figure"
    r"|figcaption|title)\b[^<>]*>",
    re.IGNORECASE,
)
CELLS = re.compile(r"</t[dh]\b[^<>]*>", re.IGNORECASE)
TAGS = re.compile(r"</?[A-Za-z!?][^<>]*>?")  # a tag never closed is a tag for a browser too
# Control characters and bidirectional overrides; joiners (U+200C, U+200D) stay, Persian and emoji need them.
CONTROLS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ud800-\udfff\ufeff]"
)
NESTED = re.compile(r"&(?:(?:amp|AMP|#0*38|#[xX]0*26);)+")  # "&amp;amp;lt;" is "&lt;" however often it was escaped
WHOLE = re.compile(r"https?://[A-Za-z0-9][A-Za-z0-9.-]*(?::[0-9]{1,5})?/[!#$%&'()*+,./0-9:;=?@A-Z_a-z~-]*")
ROUNDS = 6
SPACES = re.compile(r"[^\S\n]+")


def text_of(markup: str | None, limit: int = 100_000) -> str:
    """HTML or text -> plain text with a blank line where blocks end; at most `limit` characters."""
    if not markup:
        return ""
    text = markup[: limit * 4]
    # Feeds escape markup once or twice, and a tag or a control character taken out may join two halves of another.
    for _ in range(ROUNDS):
        before, text = text, _plainer(text)
        if text == before:
            break
    else:
        text = text.replace("<", "").replace("&", "")  # nobody writes so by accident
    lines = [SPACES.sub(" ", line).strip() for line in text.replace(PARAGRAPH, "\n\n").strip().splitlines()]
    whole = lines[0] if len(lines) == 1 else _paragraphs(lines, "\n", "\n\n")
    return composed(whole)[:limit].rstrip()


def _paragraphs(lines: Iterable[str], line_end: str, paragraph_end: str) -> str:
    """Lines put together again, any number of empty ones as one end of a paragraph."""
    return paragraph_end.join(line_end.join(lines) for filled, lines in groupby(lines, key=bool) if filled)


def _plainer(text: str) -> str:
    """The text with one layer of markup and escapes taken off."""
    text = CONTROLS.sub("", text.replace("\xa0", " "))
    if "<" in text:
        text = COMMENTS.sub(" ", BLOCKS.sub(" ", text)) if "<!" in text or "</" in text else text
        if "\n" in text and PARAGRAPHS.search(
            text
        ):  # with such tags a line break of the source is a space, an empty line seldom
            text = _paragraphs((line.strip() for line in text.split("\n")), " ", PARAGRAPH)
        text = TAGS.sub("", CELLS.sub(" ", LINES.sub(LINE, PARAGRAPHS.sub(PARAGRAPH, text))))
    return html.unescape(NESTED.sub("&", text)) if "&" in text else text


def line_of(markup: str | None, limit: int = 1_000) -> str:
    """The same on one line: titles and names."""
    return " ".join(text_of(markup, limit).split())


def web_link(link: str | None, base: str = "") -> str:
    """An absolute http(s) address, or nothing: `javascript:` and friends are dropped."""
    words = (link or "").strip()
    if not words:
        return ""
    if not WHOLE.fullmatch(words):
        words = CONTROLS.sub("", words).strip()
    elif "#" not in words and "?" not in words and ";" not in words:
        return words  # joining would give the same words: most links of most feeds
    try:
        address = urljoin(base, words) if words else ""
        parts = urlsplit(address)
    except ValueError:  # "http://[": half an IPv6 address
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return ""
    return re.sub(r"\s", "%20", address)
