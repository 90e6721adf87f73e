"""open.overheid.nl: ambtsberichten and letters to parliament since 28 April 2026.

Forms: the list (`zoek?…`), a document's detail (`zoek/<uuid>`). Traps handled: timestamps with nanoseconds, no country
field (it is read from the title), records without a file, many older uploads, the `pid` is a page and not the file;
the server ignores a filter it does not know, so a detail that is of another kind than the catalog asks for is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

from babel.core import Locale

from ingest.adapters import _dates, _scope
from ingest.adapters._plain import line_of, text_of, web_link
from ingest.catalog import Source
from ingest.model import Answer, Document, Problem, Request, Row
from ingest.placenames import fold

PAGE = 50


def requests(source: Source, since: datetime | None) -> Iterator[Request]:
    """The lists of the catalog, newest first."""
    return (Request(url) for url in source.urls)


def follow(answer: Answer, source: Source) -> Iterator[Request]:
    """The next page of a list, and the detail of every document on it."""
    data = _scope.json_of(answer)
    rows = _scope.dicts(_scope.under(data, "resultaten"))
    base = answer.url.split("?")[0].rstrip("/")
    for row in rows:
        uuid = str(_scope.under(row, "document", "id") or "").rsplit("_", 1)[0]
        if re.fullmatch(r"[0-9a-f-]{36}", uuid):
            yield Request(f"{base}/{uuid}")
    query = parse_qs(urlsplit(answer.url).query)
    start = int(query.get("start", ["0"])[0])
    total = _scope.under(data, "totaal")
    more = isinstance(total, int) and start + PAGE < min(total, source.max_requests * PAGE // 2)
    if rows and more and "start=" in answer.url:
        yield Request(re.sub(r"start=\d+", f"start={start + PAGE}", answer.url))


def parse(answer: Answer, source: Source) -> Iterator[Row]:
    """One Document per record of a list (key list:uuid), and one for its detail, which knows kind and files."""
    data = _scope.json_of(answer)
    if isinstance(data, dict) and isinstance(data.get("resultaten"), list):
        yield from _scope.each(data["resultaten"], lambda row: _listed(row, answer, source))
    elif isinstance(data, dict) and "document" in data:
        yield from _scope.each([data], lambda found: _detail(found, answer, source))
    else:
        raise _scope.not_recognised(answer, data)


def _listed(row: dict[str, Any], answer: Answer, source: Source) -> Iterator[Row]:
    found = row.get("document") or {}
    uuid = str(found.get("id", "")).rsplit("_", 1)[0]
    published = _dates.read(found.get("openbaarmakingsdatum"), source, answer.retrieved_at, uuid)
    revised = _dates.read(found.get("mutatiedatumtijd"), source, answer.retrieved_at, uuid)
    yield from (m.problem for m in (published, revised) if m.problem)
    title = line_of(found.get("titel"))
    yield Document(
        key=f"list:{uuid}",
        title=title or uuid,
        url=web_link(found.get("pid")),
        kind="policy",
        published=published.value,
        revised=revised.value,
        language="nl",
        publisher=line_of(found.get("publisher")) or None,
        summary=text_of(found.get("omschrijving"), 20_000) or None,
        countries=countries_in(title),
        attributes={"pages": row.get("aantalPaginas"), "file_type": row.get("bestandsType")},
    )


def _detail(data: dict[str, Any], answer: Answer, source: Source) -> Iterator[Row]:
    found = data["document"]
    uuid = str(found.get("pid", "")).rsplit("/", 1)[-1]
    version = max(data.get("versies") or [{}], key=lambda v: v.get("nummer", 0))
    published = _dates.read(version.get("openbaarmakingsdatum"), source, answer.retrieved_at, uuid)
    revised = _dates.read(version.get("mutatiedatumtijd"), source, answer.retrieved_at, uuid)
    yield from (m.problem for m in (published, revised) if m.problem)
    classes = found.get("classificatiecollectie") or {}
    kinds = [line_of(c.get("label")) for c in classes.get("documentsoorten") or []]
    asked = {kind.lower() for url in source.urls for kind in parse_qs(urlsplit(url).query).get("documentsoort", [])}
    if asked and kinds and not any(one in kind.lower() for one in asked for kind in kinds):
        yield Problem("out_of_scope", f"asked {', '.join(asked)}, got {', '.join(kinds)}", uuid, "check the filter")
        return
    title = line_of((found.get("titelcollectie") or {}).get("officieleTitel"))
    yield Document(
        key=f"detail:{uuid}",
        title=title or uuid,
        url=web_link(found.get("pid")),
        kind="policy",
        published=published.value,
        revised=revised.value,
        language="nl",
        publisher=line_of((found.get("publisher") or {}).get("label")) or None,
        summary="\n".join(text_of(t, 5_000) for t in found.get("omschrijvingen") or []) or None,
        countries=countries_in(title),
        topics=tuple(kinds),
        attachments=tuple(filter(None, (web_link(f.get("id")) for f in version.get("bestanden") or []))),
        attributes={
            "version": version.get("nummer"),
            "file_sha1": [f.get("hash") for f in version.get("bestanden") or []],
        },
    )


@cache
def _dutch_names() -> dict[str, str]:
    names = Locale("nl").territories
    found = {fold(name): iso3 for code, name in names.items() if len(code) == 2 and (iso3 := _scope.iso3_of(code))}
    return found | {
        "syrie": "SYR", "dr congo": "COD", "congo": "COD", "democratische republiek congo": "COD",
        "republiek congo": "COG", "burma": "MMR", "birma": "MMR", "palestijnse gebieden": "PSE", "wit rusland": "BLR",
    }  # fmt: skip


def countries_in(title: str) -> tuple[str, ...]:
    """Countries a Dutch title names: "Algemeen ambtsbericht Syrië"."""
    return _scope.names_in(title, _dutch_names())
