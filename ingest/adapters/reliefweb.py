"""ReliefWeb reports, API v2 (needs an approved application name): reports with country, theme, source and body.

The application name is always in the address; `totalCount` and `links.next` page on. Unapproved names answer 403, the
old v1 410. A date has three forms: original (of the publisher), created and changed (of ReliefWeb).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import quote

from ingest.adapters import _dates, _reliefweb, _scope
from ingest.adapters._boilerplate import without_boilerplate
from ingest.adapters._plain import line_of, text_of, web_link
from ingest.catalog import Source
from ingest.model import AdapterError, Answer, Document, Problem, Request, Row

OPTIONS: dict[str, type] = {"boilerplate": list}
FIELDS = (
    "title,date,country.iso3,primary_country.iso3,source.shortname,source.name,theme.name,format.name,language.code,"
    "url,file.url,body-html"
)


follow = _reliefweb.follow


def requests(source: Source, since: datetime | None) -> Iterator[Request]:
    """One list per country of the catalog, newest first."""
    for url in source.urls:
        for address in _scope.per_country(url, source.countries):
            yield Request(address.replace("{key}", quote(source.key() or "")).replace("{fields}", FIELDS))


def parse(answer: Answer, source: Source) -> Iterator[Row]:
    """One Document per report; a country asked for that no report names is silent scope loss."""
    asked = {v.upper() for k, v in _scope.query_of(answer).items() if k == "filter[value]" and len(v) == 3}
    yield from _scope.each(_reliefweb.records(answer), lambda record: _report(record, asked, answer, source))


def _report(record: dict[str, Any], asked: set[str], answer: Answer, source: Source) -> Iterator[Row]:
    where = str(record["id"])
    fields = record.get("fields") or {}
    countries = [str(c.get("iso3") or "").upper() for c in fields.get("country") or []]
    if asked and countries and not asked & set(countries):
        raise AdapterError(
            f"asked {', '.join(asked)}, got a report on {', '.join(countries)}", "the filter was ignored; check it"
        )
    dates = fields.get("date") or {}
    original, created, changed = (
        _dates.read(dates.get(n), source, answer.retrieved_at, where) for n in ("original", "created", "changed")
    )
    yield from (m.problem for m in (original, created, changed) if m.problem)
    title = line_of(fields.get("title"))
    if not title:
        yield Problem("bad_row", "report without a title", where, "none; it says nothing")
        return
    body = without_boilerplate(
        text_of(fields.get("body-html") or fields.get("body"), 500_000), source.options.get("boilerplate", ())
    )
    authors = [line_of(s.get("shortname") or s.get("name")) for s in fields.get("source") or []]
    languages = [str(entry.get("code")) for entry in fields.get("language") or []]
    yield Document(
        key=f"report:{where}",
        title=title,
        url=web_link(fields.get("url") or record.get("href")),
        kind="report",
        published=original.value or created.value,
        revised=changed.value,
        language=languages[0] if languages else None,
        publisher=", ".join(authors) or None,
        summary=body[:2_000] or None,
        text=body if source.store_fulltext and body else None,
        countries=tuple(dict.fromkeys(iso3 for iso3 in map(_scope.iso3_of, countries) if iso3)),
        topics=tuple(line_of(t.get("name")) for part in ("theme", "format") for t in _list(fields.get(part))),
        attachments=tuple(filter(None, (web_link(f.get("url")) for f in fields.get("file") or []))),
        attributes={"reliefweb_created": created.value.isoformat() if created.value else None},
    )


def _list(value: Any) -> list[dict[str, Any]]:
    return value if isinstance(value, list) else [value] if value else []
