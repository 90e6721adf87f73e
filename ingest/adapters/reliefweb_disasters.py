"""ReliefWeb disasters (API v1 and v2 share the shape): one Document each, with countries and GLIDE number."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from ingest.adapters import _dates, _reliefweb, _scope
from ingest.adapters._plain import line_of, text_of, web_link
from ingest.catalog import Source
from ingest.model import Answer, Document, Problem, Request, Row

follow = _reliefweb.follow


def requests(source: Source, since: datetime | None) -> Iterator[Request]:
    """The list of the catalog; the key (an approved application name) stands in the address as {key}."""
    return (Request(url.replace("{key}", source.key() or "")) for url in source.urls)


def parse(answer: Answer, source: Source) -> Iterator[Row]:
    """A list answer and a by-id answer (an array of one) alike."""
    yield from _scope.each(_reliefweb.records(answer), lambda record: _disaster(record, answer, source))


def _disaster(record: dict[str, Any], answer: Answer, source: Source) -> Iterator[Row]:
    fields = record.get("fields") or {}
    where = str(record.get("id"))
    title = line_of(fields.get("name"))
    if not title:
        yield Problem("bad_row", "disaster without a name", where, "none; it says nothing")
        return
    dates = fields.get("date") or {}
    moments = {
        name: _dates.read(dates.get(name), source, answer.retrieved_at, where)
        for name in ("event", "original", "created", "changed")
    }
    yield from (m.problem for m in moments.values() if m.problem)
    named = [c.get("iso3", "").upper() for c in fields.get("country") or []]
    glide = str(fields.get("glide") or "")
    if not named and len(glide.split("-")) == 4:
        named = [glide.split("-")[-1]]
    published = moments["created"].value or moments["original"].value or moments["event"].value
    yield Document(
        key=f"disaster:{where}",
        title=title,
        url=web_link(fields.get("url_alias") or fields.get("url")),
        kind="report",
        published=published,
        revised=moments["changed"].value,
        language="en",
        publisher="ReliefWeb",
        summary=text_of(fields.get("description"), 20_000) or None,
        countries=tuple(dict.fromkeys(iso3 for iso3 in (_scope.iso3_of(code) for code in named) if iso3)),
        topics=tuple(line_of(t.get("name")) for t in fields.get("type") or []),
        attributes={"glide": glide or None, "status": fields.get("status")},
    )
