"""Dated policy texts -> one Document each, headings kept as `#` lines, so that versions can be compared by paragraph.

For texts that are read in versions: the Dutch Vreemdelingencirculaire, a law, guidance. Forms: Markdown or plain text
(a file in the inbox) and HTML. The day a version begins stands in its address or file name (`2014-10-01.md`,
`…/BWBR0012289/2024-07-01`); without one it is the day of retrieval. All versions are one document: `key` in the
options, else the address without the day. Its vintages are its history.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from lxml import html

from ingest.adapters._plain import CONTROLS, line_of, web_link
from ingest.catalog import Source
from ingest.model import AdapterError, Answer, Document, Request, Row

OPTIONS: dict[str, type] = {"key": str, "kind": str, "title": str}
LONGEST = 3_000_000  # characters; the whole circular has about 400,000
DAY = re.compile(r"(?<!\d)(\d{4}-\d{2}-\d{2})(?!\d)")
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
BLOCKS = ("h1", "h2", "h3", "h4", "h5", "h6", "p", "li", "td", "dt", "dd", "blockquote", "pre")
ASIDE = ("script", "style", "nav", "header", "footer", "template", "noscript")


def requests(source: Source, since: datetime | None) -> Iterator[Request]:
    """The addresses of the catalog; a source may have none and live from the inbox."""
    return (Request(url) for url in source.urls)


def parse(answer: Answer, source: Source) -> Iterator[Row]:
    """One Document. AdapterError when the answer holds no text."""
    body = answer.body.decode("utf-8", errors="replace").lstrip("\ufeff")
    is_page = "html" in (answer.media_type or "") or re.match(r"\s*<(?:!doctype|html)\b", body, re.IGNORECASE)
    text = _of_page(body) if is_page else body
    text = CONTROLS.sub("", text.replace("\r\n", "\n")).strip()[:LONGEST]
    if len(text) < 20:
        raise AdapterError("no text in the answer", "open it: it may be an error page, or another form than text")
    days = [day for day in map(_day, DAY.findall(answer.url)) if day and day <= answer.retrieved_at]
    day = days[-1] if days else None
    yield Document(
        key=source.options.get("key") or DAY.sub("", answer.url).rstrip("/"),
        title=source.options.get("title") or _title(text) or answer.url,
        url=web_link(answer.url),
        kind=source.options.get("kind", "policy"),
        published=day or answer.retrieved_at,
        language=source.language,
        summary=line_of(text, 500),
        text=text if source.store_fulltext else None,
        countries=source.countries if source.countries != ("*",) and len(source.countries) <= 3 else (),
    )


def _day(words: str) -> datetime | None:
    try:
        return datetime.fromisoformat(words)
    except ValueError:
        return None  # 2014-13-45 is no day


def _title(text: str) -> str:
    return next((line.strip("#* \t") for line in text.splitlines() if line.startswith("#")), "")[:300]


def _of_page(body: str) -> str:
    """Headings, paragraphs and list items of a page, each a block of its own, innermost ones only."""
    try:
        tree = html.document_fromstring(body)
    except (ValueError, html.etree.ParserError):
        return ""
    for part in tree.xpath("|".join(f"//{name}" for name in ASIDE)):
        part.drop_tree()
    blocks = []
    for element in tree.iter(*BLOCKS):
        if next(element.iterdescendants(*BLOCKS), None) is not None:
            continue
        words = " ".join(element.text_content().split())
        if words:
            mark = "#" * int(element.tag[1]) + " " if element.tag in HEADINGS else "* " if element.tag == "li" else ""
            blocks.append(mark + words)
    return "\n\n".join(blocks)
