"""Search in documents and claims, and one document with its passages, places, story and archive record.

Search asks the full-text file beside the snapshot: ranked, words in every spelling, filters by what the text stages
found. A snapshot without that file (`full_text` is False then) is scanned: words as they stand in title, summary and
text, accents and case aside, themes as the publisher's own topics, a region by its names, no claims.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from assessment import read_claims, read_evidence
from assessment.read_query import NotFound, Query, Row
from ingest.text import search as full_text

FILTERS = ("country", "region", "theme", "language", "source", "since", "until", "kind", "what")
WHAT = {"documents": "document", "claims": "claim", "all": None}
SNIPPET = 240  # characters of text around the first hit
_WORDS = re.compile(r'"([^"]+)"|(\S+)')
_TEXT = "lower(strip_accents(concat_ws(' ', d.title, d.summary, d.text)))"


def search(
    query: Query, text: str = "", filters: Mapping[str, Any] | None = None, limit: int = 20, offset: int = 0
) -> dict[str, Any]:
    """{"total", "hits", "full_text"}: what holds every word ("…" keeps words together, -word must not occur, word*
    begins so), best first. Without words: everything that fits the filters, newest first.

    filters: country (iso3), region (region_id), theme, language, source, since and until (dates, `until` included),
    kind (of document), what (documents, the default; claims; all). A hit: what (document | claim), document_id,
    claim_id (None: a document), title, title_html, snippet_html (escaped, found words in <mark>), url, source_id,
    publisher, kind, language, published, countries, regions, themes, cluster_id, n_origins, evidence_ids.
    Raises NotFound for a filter or region nobody knows.
    """
    chosen = {name: value for name, value in (filters or {}).items() if value not in (None, "")}
    stray = [name for name in chosen if name not in FILTERS]
    if stray:
        raise NotFound("filter", stray[0], f"use {', '.join(FILTERS)}")
    if chosen.get("what", "documents") not in WHAT:
        raise NotFound("filter value", str(chosen["what"]), f"`what` is one of {', '.join(WHAT)}")
    names = _names(query, chosen["region"]) if "region" in chosen else None
    if query.search_file is not None and query.search_file.exists():
        return _full_text(query.search_file, text, chosen, limit, offset)
    return _scan(query, text, chosen, names, limit, offset)


def _full_text(path: Path, text: str, chosen: Mapping[str, Any], limit: int, offset: int) -> dict[str, Any]:
    def one(name: str) -> tuple[str, ...]:
        return (str(chosen[name]),) if name in chosen else ()

    filters = full_text.Filters(
        one("country"), one("region"), one("theme"), one("language"), one("source"), one("kind"),
        WHAT[chosen.get("what", "documents")], _day(chosen.get("since")), _day(chosen.get("until")),
    )  # fmt: skip
    page = full_text.search(path, text, filters, limit, offset)
    return {"total": page.total, "hits": [_hit(found) for found in page.hits], "full_text": True}


def _day(value: Any) -> date | None:
    return value.date() if isinstance(value, datetime) else value


def _hit(found: full_text.Result) -> Row:
    about = found.about
    return {
        **about,
        "published": datetime.fromisoformat(about["published"]) if about["published"] else None,
        "what": found.kind,
        "claim_id": found.id if found.kind == "claim" else None,
        "title_html": found.title,
        "snippet_html": found.snippet,
        "url": found.url,
        "source_id": found.source_id,
        "language": found.language,
        "evidence_ids": [found.id],
    }


def _scan(
    query: Query, text: str, chosen: Mapping[str, Any], names: list[str] | None, limit: int, offset: int
) -> dict[str, Any]:
    """The documents that hold every word, title hits first, then newest; no claims."""
    if chosen.get("what") == "claims":
        return {"total": 0, "hits": [], "full_text": False}
    needles = [plain(a or b) for a, b in _WORDS.findall(text)]
    values: dict[str, Any] = {**dict.fromkeys(FILTERS), **chosen, "needles": needles}
    values["names"] = names
    values.pop("region"), values.pop("what")
    found = query.rows(
        f"""
        SELECT d.document_id, d.source_id, d.title, d.url, d.kind, d.published, d.language, d.publisher, d.countries,
               d.topics AS themes, len(list_filter($needles::VARCHAR[], lambda n: contains(
                   lower(strip_accents(d.title)), n))) AS in_title,
               count(*) OVER () AS total
        FROM document AS d
        WHERE d.superseded_at IS NULL
          AND len(list_filter($needles::VARCHAR[], lambda n: NOT contains({_TEXT}, n))) = 0
          AND ($names::VARCHAR[] IS NULL
               OR len(list_filter($names::VARCHAR[], lambda n: contains({_TEXT}, n))) > 0)
          AND ($country::VARCHAR IS NULL OR list_contains(d.countries, $country))
          AND ($theme::VARCHAR IS NULL OR list_contains(d.topics, $theme))
          AND ($language::VARCHAR IS NULL OR d.language = $language)
          AND ($source::VARCHAR IS NULL OR d.source_id = $source)
          AND ($kind::VARCHAR IS NULL OR d.kind = $kind)
          AND ($since::DATE IS NULL OR d.published::DATE >= $since)
          AND ($until::DATE IS NULL OR d.published::DATE <= $until)
        ORDER BY in_title DESC, d.published DESC NULLS LAST, d.document_id
        LIMIT $limit OFFSET $offset
        """,
        **values,
        limit=limit,
        offset=offset,
    )
    if not found and offset:  # past the end: the total is still known
        return {"total": _scan(query, text, chosen, names, 1, 0)["total"], "hits": [], "full_text": False}
    total = found[0]["total"] if found else 0
    return {"total": total, "hits": _hits(query, found, needles), "full_text": False}


def _hits(query: Query, found: Sequence[Row], needles: Sequence[str]) -> list[Row]:
    """Only the page's documents have their text read."""
    texts = {
        row["document_id"]: row["words"]
        for row in query.rows(
            """
            SELECT document_id, coalesce(text, summary, title) AS words
            FROM document
            WHERE superseded_at IS NULL AND list_contains($ids::VARCHAR[], document_id)
            """,
            ids=[row["document_id"] for row in found],
        )
    }
    for row in found:
        del row["total"], row["in_title"]
        row |= {
            "what": "document",
            "claim_id": None,
            "title_html": snippet(row["title"], needles, len(row["title"]) or 1),
            "snippet_html": snippet(texts[row["document_id"]], needles),
            "regions": [],
            "cluster_id": None,
            "n_origins": None,
            "evidence_ids": [row["document_id"]],
        }
    return list(found)


def _names(query: Query, region_id: str) -> list[str]:
    """The region's names as they are looked for."""
    found = query.rows(
        "SELECT name_en, name_nl, name_native FROM region WHERE region_id = $region_id", region_id=region_id
    )
    if not found:
        raise NotFound("region", region_id, "region ids are ISO 3166-2 codes such as AF-BAL")
    return sorted({plain(name) for name in found[0].values() if name})


def plain(text: str) -> str:
    """Lower case without accents, as the statement makes it."""
    return _plain_with_places(text)[0]


def _plain_with_places(text: str) -> tuple[str, list[int]]:
    """(lower case without accents, for each of its characters the place in `text`)."""
    letters, places = [], []
    for place, letter in enumerate(text):
        for part in unicodedata.normalize("NFD", letter):
            if not unicodedata.combining(part):
                small = part.lower()
                letters.append(small)
                places += [place] * len(small)
    return "".join(letters), places


def snippet(text: str, needles: Sequence[str], length: int = SNIPPET) -> str:
    """A piece of the text around the first hit, escaped for HTML; hits between <mark> and </mark>, nothing else.

    needles: as `plain` makes them.
    """
    flat, places = _plain_with_places(text)
    spans = []
    for needle in filter(None, needles):
        start = flat.find(needle)
        while start >= 0:
            spans.append((places[start], places[start + len(needle) - 1] + 1))
            start = flat.find(needle, start + len(needle))
    spans.sort()
    begin = max(0, spans[0][0] - length // 3) if spans else 0
    end = min(len(text), begin + length)
    pieces, at = ["…" if begin else ""], begin
    for start, stop in spans:
        if start < at or stop > end:
            continue
        pieces += [html.escape(text[at:start]), "<mark>", html.escape(text[start:stop]), "</mark>"]
        at = stop
    pieces += [html.escape(text[at:end]), "…" if end < len(text) else ""]
    return "".join(pieces)


def document(query: Query, document_id: str) -> Row:
    """One document in its newest vintage: the row, text (None: not stored), archive record, source and history.

    passages: the claims it makes, each with part (title | text), start_at, end_at and quote, characters of `title` and
    of `text` (of `summary` where no text is stored). mentions: places it names, with region and role. duplicates: other
    documents of its story, or with the same address, or the same title published within a day of it. Also dimension,
    relevance, themes, main_countries, main_regions, triggers, quantities (persons), cluster_id and n_origins, the
    independent origins of its story. Raises NotFound.
    """
    found = read_evidence.collected(query, document_id, only="document")
    if found is None:
        raise NotFound("document", document_id)
    row = found["row"]
    duplicates = query.rows(
        """
        SELECT document_id, source_id, title, url, published
        FROM document
        WHERE superseded_at IS NULL
          AND document_id <> $document_id
          AND (url = $url OR (
              lower(title) = lower($title)
              AND abs(date_diff('hour', published, $published::TIMESTAMP)) <= 24
          ))
        ORDER BY published, document_id
        """,
        document_id=document_id,
        url=row["url"],
        title=row["title"],
        published=row["published"],
    )
    read = read_claims.reading(query, document_id)
    told = read.pop("story")
    others = {other["document_id"]: {"relation": None, **other} for other in (*duplicates, *told)}
    return {
        **row,
        **read,
        "passages": read_claims.passages(query, document_id),
        "mentions": read_claims.mentions(query, document_id),
        "duplicates": sorted(others.values(), key=lambda other: (str(other["published"]), other["document_id"])),
        "archive": found["archive"],
        "source": found["source"],
        "history": found["history"],
        "evidence_ids": [document_id],
    }
