"""PDF files -> one Document: the text of every page, pages kept apart by a form feed so that a quote names its page.

Running heads and feet are dropped: they would stand in the middle of a sentence that goes on overleaf.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

import pypdfium2

from ingest.adapters import _scope
from ingest.adapters._plain import line_of, text_of
from ingest.catalog import Source
from ingest.model import AdapterError, Answer, Document, Problem, Request, Row

OPTIONS: dict[str, type] = {"kind": str}
MAX_PAGES = 1_000
PAGE_BREAK = "\f"
FEWEST_PAGES = 4  # on fewer, a line that recurs may be the author's
EDGE = 2  # lines at the top and at the foot of a page that may be running heads
LONGEST_HEAD = 120  # characters


def requests(source: Source, since: datetime | None) -> Iterator[Request]:
    """The files named in the catalog."""
    return (Request(url) for url in source.urls)


def parse(answer: Answer, source: Source) -> Iterator[Row]:
    """One Document; a scanned file without text is a Problem, not an empty report."""
    pages, title, problems = read(answer.body)
    yield from problems
    name = _scope.file_name(answer)
    if not any(pages):
        yield Problem(
            "bad_row", "no text in the PDF: pages are pictures", name, "read it by eye and enter what matters"
        )
    yield Document(
        key=answer.final_url or answer.url,
        title=title or name or answer.url,
        url=answer.final_url or answer.url,
        kind=source.options.get("kind", "report"),
        language=source.language,
        summary=next((p for p in pages if p), "")[:2_000] or None,
        text=PAGE_BREAK.join(pages) if source.store_fulltext and any(pages) else None,
        countries=source.countries if source.countries != ("*",) and len(source.countries) <= 3 else (),
        attributes={"pages": len(pages)},
    )


def read(body: bytes) -> tuple[list[str], str, list[Problem]]:
    """(plain text per page, title of the file's metadata, problems). AdapterError when it is no PDF."""
    if body[:1024].lstrip()[:5] != b"%PDF-":
        raise AdapterError(
            "no PDF in the answer", "open the address in a browser; the file moved or a page came instead"
        )
    try:
        document = pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError as error:
        raise AdapterError(
            f"damaged or locked PDF ({error})", "open it by hand; ask the publisher for an open file"
        ) from None
    problems = []
    if len(document) > MAX_PAGES:
        problems.append(Problem("bad_row", f"{len(document)} pages, {MAX_PAGES} were read", "", "split the file"))
    pages = []
    for number in range(min(len(document), MAX_PAGES)):
        page = document[number]
        text = page.get_textpage()
        pages.append(text_of(text.get_text_bounded()))
        text.close()
        page.close()
    title = line_of(document.get_metadata_dict().get("Title"))
    document.close()
    return without_running_heads(pages), title, problems


def without_running_heads(pages: list[str]) -> list[str]:
    """Pages without the first and last lines that recur on more than half of four or more pages, numbers aside."""
    filled = [page for page in pages if page]
    if len(filled) < FEWEST_PAGES:
        return pages
    seen: Counter[str] = Counter()
    for page in filled:
        seen.update({_plain(line) for line in _edges(page.split("\n"))})
    running = {line for line, count in seen.items() if count > len(filled) / 2}
    return [_trimmed(page, running) if page else page for page in pages]


def _edges(lines: list[str]) -> list[str]:
    return [line for line in (*lines[:EDGE], *lines[-EDGE:]) if line and len(line) < LONGEST_HEAD]


def _plain(line: str) -> str:
    return re.sub(r"\d+", "0", line.casefold())


def _trimmed(page: str, running: set[str]) -> str:
    lines = page.split("\n")
    inner = range(EDGE, len(lines) - EDGE)
    return "\n".join(line for i, line in enumerate(lines) if i in inner or _plain(line) not in running).strip("\n")
