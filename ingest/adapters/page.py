"""Web pages -> one Document each: main text without navigation, and the links a catalog pattern allows to follow.

For sources without feed or API (EUAA chapters, reports of foreign ministries). Options: `follow` (a pattern a link must
match), `kind`, `title_suffix` (words to drop from titles), `boilerplate` (patterns of lines the site adds).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

import trafilatura
from lxml import html

from ingest.adapters import _dates, _scope
from ingest.adapters._boilerplate import without_boilerplate
from ingest.adapters._plain import line_of, text_of, web_link
from ingest.catalog import Source
from ingest.model import AdapterError, Answer, Document, Request, Row

OPTIONS: dict[str, type] = {"follow": str, "kind": str, "title_suffix": str, "boilerplate": list}


def requests(source: Source, since: datetime | None) -> Iterator[Request]:
    """The pages named in the catalog, once per country where the address holds {iso3}."""
    for url in source.urls:
        yield from (Request(address) for address in _scope.per_country(url, source.countries))


def follow(answer: Answer, source: Source) -> Iterator[Request]:
    """Links of the page that match the catalog's pattern, each once."""
    pattern = source.options.get("follow")
    if not pattern:
        return
    tree = _tree(answer)
    base = answer.final_url or answer.url
    links = (web_link(a.get("href"), base).split("#")[0] for a in tree.iter("a"))
    for link in dict.fromkeys(link for link in links if link and re.search(pattern, link)):
        if link != base:
            yield Request(link)


def parse(answer: Answer, source: Source) -> Iterator[Row]:
    """One Document with title, date and main text. AdapterError when there is no page or no text on it."""
    tree = _tree(answer)
    found = trafilatura.bare_extraction(
        answer.body.decode("utf-8", errors="replace"), url=answer.url, with_metadata=True
    )
    blocks = (getattr(found, "text", None) or "").replace("\n", "\n\n")  # trafilatura writes one block a line
    body = without_boilerplate(text_of(blocks, 2_000_000), source.options.get("boilerplate", ()))
    if not body:
        raise AdapterError(
            "no main text on the page", "open it in a browser: it may need scripts, or say 'access denied'"
        )
    title = line_of(getattr(found, "title", None) or tree.findtext(".//title") or "")
    title = title.removesuffix(source.options.get("title_suffix", "")).strip() or answer.url
    stated = tree.xpath("string(//meta[@property='article:published_time']/@content)") or getattr(found, "date", None)
    moment = _dates.read(str(stated or ""), source, answer.retrieved_at, answer.url)
    if moment.problem:
        yield moment.problem
    link = web_link(tree.xpath("string(//link[@rel='canonical']/@href)"), answer.url) or answer.url
    yield Document(
        key=link,
        title=title,
        url=link,
        kind=source.options.get("kind", "report"),
        published=moment.value,
        language=(tree.get("lang") or source.language or "")[:2] or None,
        summary=body[:2_000],
        text=body if source.store_fulltext else None,
        countries=source.countries if source.countries != ("*",) and len(source.countries) <= 3 else (),
        attributes={"redistribution": source.redistribution},
    )


def _tree(answer: Answer) -> html.HtmlElement:
    if answer.media_type and "html" not in answer.media_type and "xml" not in answer.media_type:
        raise AdapterError(f"{answer.media_type} where a web page was expected", "use another adapter in sources.toml")
    if not answer.body.strip():
        raise AdapterError("empty page", "try again later; if it stays empty, check the address")
    try:
        return html.document_fromstring(answer.body)
    except (ValueError, html.etree.ParserError) as error:
        raise AdapterError(f"no web page: {error}", "look at the archived answer") from None
