"""Text of sources as plain text: no markup, no control characters, one Unicode form, only web links."""

from __future__ import annotations

import html
import re
from urllib.parse import urljoin, urlsplit

from ingest.composed import composed

BLOCKS = re.compile(r"<(script|style|template|noscript|iframe|object)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
COMMENTS = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
BREAKS = re.compile(r"<(?:br|/p|/div|/li|/h[1-6]|/tr)\b[^>]*>", re.IGNORECASE)
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
    """HTML or text -> plain text with line breaks where blocks end; at most `limit` characters."""
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
    lines = (SPACES.sub(" ", line).strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line)[:limit].rstrip()


def _plainer(text: str) -> str:
    """The text with one layer of markup and escapes taken off."""
    text = composed(CONTROLS.sub("", text.replace("\xa0", " ")))
    if "<" in text:
        text = COMMENTS.sub(" ", BLOCKS.sub(" ", text)) if "<!" in text or "</" in text else text
        text = TAGS.sub("", BREAKS.sub("\n", text))
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
