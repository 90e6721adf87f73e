"""RSS, Atom and JSON feeds -> one Document per entry, with stable identity and dates that passed the guard."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime

from ingest.adapters import _dates
from ingest.adapters._boilerplate import without_boilerplate
from ingest.adapters._feed_entries import Entry, entries
from ingest.adapters._plain import line_of, text_of, web_link
from ingest.catalog import Source
from ingest.model import Answer, Document, Problem, Request, Row

OPTIONS: dict[str, type] = {"kind": str, "title_from_description": bool, "boilerplate": list}


def requests(source: Source, since: datetime | None) -> Iterable[Request]:
    """The feeds named in the catalog; they have no other way to be asked."""
    return (Request(url) for url in source.urls)


def parse(answer: Answer, source: Source) -> Iterator[Row]:
    """One Document per entry. An empty feed has no rows; an entry without title and link is a Problem."""
    for number, entry in enumerate(entries(answer), 1):
        yield from (entry,) if isinstance(entry, Problem) else document(entry, answer, source, number)


def document(entry: Entry, answer: Answer, source: Source, number: int) -> Iterator[Row]:
    """A Document, and the Problems met on the way."""
    origin = answer.final_url or answer.url
    base = (web_link(entry.base, origin) or origin) if entry.base else origin
    link = web_link(entry.link, base)
    title = line_of(entry.title)
    own = source.options.get("boilerplate", ())
    summary = without_boilerplate(text_of(entry.summary, 20_000), own) if entry.summary else ""
    if source.options.get("title_from_description") and summary:
        title = f"{line_of(summary, 500)} ({title})" if title else line_of(summary, 500)
    if not title and not link:
        yield Problem("bad_row", "entry without title and without link", f"entry {number}", "none; it says nothing")
        return
    where = link or f"entry {number}"
    published = _dates.read(entry.published, source, answer.retrieved_at, where)
    updated = _dates.read(entry.updated, source, answer.retrieved_at, where) if entry.updated else _dates.UNSAID
    for problem in (published.problem, updated.problem):
        if problem:
            yield problem
    raw = {k: v for k, v in (("published", entry.published), ("updated", entry.updated)) if v}
    content = without_boilerplate(text_of(entry.content), own)
    yield Document(
        key=identity(entry, link, title),
        title=title or link,
        url=link,
        kind=source.options.get("kind", "feed_item"),
        published=published.value or updated.value,
        revised=updated.value if published.value and updated.value != published.value else None,
        language=source.language,
        publisher=line_of(entry.authors[0], 200) if entry.authors else None,
        summary=summary or content[:2_000] or None,
        text=(content or None) if source.store_fulltext else None,
        countries=source.countries if source.countries != ("*",) and len(source.countries) <= 3 else (),
        topics=tuple(dict.fromkeys(filter(None, (line_of(c, 200) for c in entry.categories)))),
        attachments=tuple(filter(None, (web_link(e, base) for e in entry.enclosures))),
        attributes={**{k: line_of(v, 500) for k, v in entry.extra.items()}, "dates_as_written": raw},
    )


def identity(entry: Entry, link: str, title: str) -> str:
    """The guid, else the link, else a digest of title and date as written: stable from one fetch to the next."""
    if entry.id.strip():
        return entry.id.strip()[:500]
    if link:
        return link
    return hashlib.sha256(f"{title}\x1f{entry.published}".encode()).hexdigest()[:32]
