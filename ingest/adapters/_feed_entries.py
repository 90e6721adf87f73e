"""Entries of RSS, Atom, RDF and JSON feeds: a strict fast reader first, feedparser for everything that is not clean.

feedparser forgives much and is slow (about 0.1 s for 140 kB); most feeds are clean XML and need no forgiveness.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import feedparser
from lxml import etree

from ingest.model import AdapterError, Answer, Problem

TOLERANT_LIMIT = 8_000_000  # bytes; feedparser holds the whole tree in memory
ATOM = "{http://www.w3.org/2005/Atom}"
ENTRY = f"{ATOM}entry"
ENCODED = "{http://purl.org/rss/1.0/modules/content/}encoded"
DUBLIN = "{http://purl.org/dc/elements/1.1/}"
TWICE_ENCODED_MARK = b"\xc3\xaf\xc2\xbb\xc2\xbf"  # a byte-order mark read as Latin-1 and written as UTF-8
HTML_START = re.compile(rb"^\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
ENTITY = re.compile(rb"<\0*!\0*E\0*N\0*T\0*I\0*T\0*Y", re.IGNORECASE)  # in UTF-16 and UTF-32 too
NO_FEED = "the address answers, but not with a feed; look at it in a browser and correct urls in sources.toml"


@dataclass(slots=True)
class Entry:
    """One item in the feed's own words, before any cleaning."""

    id: str = ""
    link: str = ""
    title: str = ""
    summary: str = ""
    content: str = ""
    published: str = ""
    updated: str = ""
    authors: list[str] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    enclosures: list[str] = field(default_factory=list)
    extra: dict[str, str] = field(default_factory=dict)  # gdacs_*, georss_*, geo_* by flattened name
    base: str = ""


def entries(answer: Answer) -> Iterator[Entry | Problem]:
    """Every entry of a feed answer. AdapterError when it is no feed or tries an entity attack.

    A feed too large for the tolerant reader that breaks somewhere gives its entries before the fault, then a Problem.
    """
    body = answer.body
    if not body.strip():
        return
    start = body[:2048].lstrip(b"\xef\xbb\xbf \t\r\n")
    if HTML_START.match(start):
        raise AdapterError("a web page came where a feed was expected", NO_FEED)
    if ENTITY.search(body):
        raise AdapterError(
            "the feed declares XML entities; it is refused unread", "tell the publisher; no feed needs them"
        )
    if start[:1] == b"{":
        yield from _json_feed(body)
        return
    if len(body) <= TOLERANT_LIMIT:
        yield from _clean(body) or _tolerant(answer)
        return
    yield from _large(body)


def _large(body: bytes) -> Iterator[Entry | Problem]:
    """Entries of a feed that only the strict reader can hold, up to its first fault."""
    read = 0
    try:
        for entry in _strict(io.BytesIO(body)):
            yield entry
            read += 1
    except (etree.XMLSyntaxError, _NotClean) as error:
        fault = f"{len(body):,} bytes that are no clean feed ({error}); too large for the tolerant reader"
        if not read:
            raise AdapterError(fault, NO_FEED) from None
        where = f"after entry {read}"
        yield Problem("partly_read", fault, where, "the entries before the fault were taken in; tell the publisher")


def _clean(body: bytes) -> list[Entry]:
    """All entries of a clean feed; none when only the tolerant reader can help or tell."""
    try:
        return list(_strict(io.BytesIO(body.removeprefix(TWICE_ENCODED_MARK))))
    except (etree.XMLSyntaxError, _NotClean):
        return []


class _NotClean(Exception):
    """Well-formed, but not a feed as the standards write it."""


def _strict(stream: io.BytesIO) -> Iterator[Entry]:
    """Entries of well-formed RSS 2.0, RSS 1.0 and Atom, one at a time, so that memory does not grow with the feed."""
    root = None
    parsing = etree.iterparse(
        stream, events=("end",), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    for _, element in parsing:
        if root is None:
            root = element.getroottree().getroot()
            if _local(root.tag).lower() not in ("rss", "feed", "rdf"):
                raise _NotClean
        tag = element.tag
        if tag == ENTRY or _local(tag) == "item":
            yield _entry(element)
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]


def _local(tag: str) -> str:
    """The name without its namespace; twice as fast as QName, and this is asked of every element."""
    return tag.rpartition("}")[2]


def _entry(element: Any) -> Entry:
    entry = Entry(base=element.base or "")  # xml:base of the entry, joined to those around it
    about = element.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about")
    if about:
        entry.id = about
    for child in element:
        if isinstance(child.tag, str):
            _take(entry, child)
    return entry


def _take(entry: Entry, child: Any) -> None:
    tag = child.tag
    space, _, name = tag[1:].rpartition("}") if tag[0] == "{" else ("", "", tag)
    text = _inner(child)
    if space in ("", "http://purl.org/rss/1.0/"):
        _take_rss(entry, name, text, child)
    elif space == ATOM[1:-1]:
        _take_atom(entry, name, text, child)
    elif tag == ENCODED:
        entry.content = text
    elif space == DUBLIN[1:-1]:
        _take_dublin(entry, name, text)
    else:
        _take_extra(entry, space, name, text, child)


def _take_rss(entry: Entry, name: str, text: str, child: Any) -> None:
    if name in ("title", "link", "guid", "description", "pubDate", "author", "category", "enclosure"):
        if name == "guid":
            entry.id = text
            if not entry.link and child.get("isPermaLink", "true").lower() == "true" and text.startswith("http"):
                entry.link = text
        elif name == "link":
            entry.link = text or entry.link
        elif name == "description":
            entry.summary = text
        elif name == "pubDate":
            entry.published = text
        elif name == "author":
            entry.authors.append(text)
        elif name == "category":
            entry.categories.append(text)
        elif name == "enclosure":
            entry.enclosures.append(child.get("url", ""))
        else:
            entry.title = text


def _take_atom(entry: Entry, name: str, text: str, child: Any) -> None:
    if name == "link":
        relation = child.get("rel", "alternate")
        if relation == "alternate" and not entry.link:
            entry.link = child.get("href", "")
        elif relation == "enclosure":
            entry.enclosures.append(child.get("href", ""))
    elif name == "category":
        entry.categories.append(child.get("label") or child.get("term", ""))
    elif name == "author":
        entry.authors.append("".join(child.itertext(f"{ATOM}name")).strip())
    elif name in ("id", "title", "summary", "content", "published", "updated"):
        setattr(entry, name, text)


def _take_dublin(entry: Entry, name: str, text: str) -> None:
    if name == "date" and not entry.published:
        entry.published = text
    elif name == "creator":
        entry.authors.append(text)
    elif name == "subject":
        entry.categories.append(text)
    elif name == "identifier" and not entry.id:
        entry.id = text


def _take_extra(entry: Entry, space: str, name: str, text: str, child: Any) -> None:
    prefix = next((p for p in ("gdacs", "georss", "geo", "glide") if p in space), None)
    if prefix is None:
        return
    entry.extra[f"{prefix}_{name.lower()}"] = text
    for key, value in child.attrib.items():
        entry.extra[f"{prefix}_{name.lower()}_{key}"] = value
    for inner in child:
        if isinstance(inner.tag, str) and not len(inner):
            entry.extra[f"{prefix}_{etree.QName(inner).localname.lower()}"] = _inner(inner)


def _inner(element: Any) -> str:
    """Text of an element; inner XML where markup was not escaped (Atom type xhtml)."""
    if not len(element):
        return (element.text or "").strip()
    return (element.text or "") + "".join(etree.tostring(child, encoding="unicode") for child in element)


def _json_feed(body: bytes) -> Iterator[Entry]:
    try:
        data = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise AdapterError(f"not a feed: broken JSON ({error})", NO_FEED) from None
    if not isinstance(data, dict) or "jsonfeed.org" not in str(data.get("version", "")):
        raise AdapterError("JSON, but not a JSON Feed", NO_FEED)
    for item in _dicts(data.get("items")):
        authors = _dicts(item.get("authors")) or _dicts([item.get("author")])
        yield Entry(
            id=str(item.get("id") or ""),
            link=str(item.get("url") or item.get("external_url") or ""),
            title=str(item.get("title") or ""),
            summary=str(item.get("summary") or ""),
            content=str(item.get("content_html") or item.get("content_text") or ""),
            published=str(item.get("date_published") or ""),
            updated=str(item.get("date_modified") or ""),
            authors=[str(a.get("name") or "") for a in authors],
            categories=[str(tag) for tag in item.get("tags") or []] if isinstance(item.get("tags"), list) else [],
            enclosures=[str(a.get("url") or "") for a in _dicts(item.get("attachments"))],
        )


def _dicts(value: Any) -> list[dict[str, Any]]:
    """The objects of a JSON list; anything else in it says nothing a feed says."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _tolerant(answer: Answer) -> Iterator[Entry]:
    """feedparser on the bytes; a page that is not a feed gives version '' and is refused."""
    parsed = feedparser.parse(answer.body, response_headers={"content-type": answer.headers.get("content-type", "")})
    if not parsed.version and not parsed.entries:
        raise AdapterError("no feed in the answer", NO_FEED)
    for found in parsed.entries:
        extra: dict[str, str] = {}
        for name in (n for n in found if n.startswith(("gdacs_", "georss_", "geo_", "glide_"))):
            value = found[name]
            if isinstance(value, dict):  # an element with attributes
                extra |= {f"{name}_{key}": str(inner) for key, inner in value.items()}
            else:
                extra[name] = str(value)
        where = found.get("where") or {}
        if where.get("type") == "Point":
            longitude, latitude = where["coordinates"][:2]
            extra["georss_point"] = f"{latitude} {longitude}"
        yield Entry(
            id=found.get("id", ""),
            link=found.get("link", ""),
            title=found.get("title", ""),
            summary=found.get("summary", ""),
            content=(found.get("content") or [{}])[0].get("value", ""),
            published=found.get("published", ""),
            updated=dict.get(found, "updated", ""),  # its own get() answers with published where there is none
            authors=[found["author"]] if found.get("author") else [],
            categories=[tag.get("label") or tag.get("term") or "" for tag in found.get("tags", [])],
            enclosures=[e.get("href", "") for e in found.get("enclosures", [])],
            extra=extra,
        )
