"""Ask the full-text file beside a snapshot (search_build.py makes it).

Words are folded as everywhere else (tokens.py), Arabic words also without their article, so a query finds every
spelling. Snippets are cut from the stored originals, escaped, with the found words marked. Filters (country, region,
theme, language, source, form) are words of a column of their own, and rows lie in order of date, so a filter narrows
the search instead of following it.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from .search_words import indexed, mark, snippet, tag

SUFFIX = ".search.sqlite"
NEWEST = 300  # rows looked at when a word is in very many: those with a found word in the title come first
_TERM = re.compile(r'(-?)"([^"]*)"|(-?)(\S+)')


def beside(snapshot: Path) -> Path:
    """The search file of a snapshot; it may not exist."""
    return snapshot.with_name(snapshot.stem + SUFFIX)


class SearchError(ValueError):
    """The index is missing or not ours; the message says what to run."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Each list narrows: any of its values. Empty: no narrowing. Days are inclusive."""

    countries: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    kind: str | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """One hit. `snippet` and `title` are HTML: escaped, found words in <mark>. Lower `rank` is better."""

    id: str
    kind: str
    title: str
    snippet: str
    url: str
    source_id: str
    language: str
    day: date | None
    rank: float
    about: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """Hits from `offset` on, and how many rows match in all."""

    total: int
    hits: list[Result]


def query(path: Path, text: str, filters: Filters = Filters(), limit: int = 20, offset: int = 0) -> list[Result]:
    """The hits of `search`, without the total."""
    return search(path, text, filters, limit, offset, count=False).hits


def search(
    path: Path, text: str, filters: Filters = Filters(), limit: int = 20, offset: int = 0, *, count: bool = True
) -> Page:
    """The best rows for a query: all words must occur; "a phrase", word* and -word are understood; an empty text
    lists the newest rows that pass the filters. Any text is safe: it is never read as FTS syntax. With `count` False
    the total is that of the hits."""
    if not path.exists():
        raise SearchError(f"no search index {path.name}; publish a snapshot first: returnwatch assess")
    wanted, unwanted = _parse(text)
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        try:
            plan = _plan(connection, wanted, unwanted, filters)
            if wanted and not plan.expression:
                return Page(0, [])
            rows = _select(connection, plan, limit, offset)
            total = _count(connection, plan) if count and (offset or len(rows) == limit) else offset + len(rows)
        except sqlite3.DatabaseError as error:
            raise SearchError(
                f"{path.name} is not a search index ({error}); publish again: returnwatch assess"
            ) from error
    words = [word for term in wanted for word in term.rstrip("*").split()]
    prefixes = [term.rstrip("*").split()[-1] for term in wanted if term.endswith("*")]
    return Page(total, [_result(row, words, prefixes) for row in rows])


@dataclass(frozen=True, slots=True)
class _Plan:
    """A query as SQLite is asked it: FTS expression (empty: every row), row numbers, words."""

    expression: str
    low: int
    high: int
    wanted: list[str]


def _plan(connection: sqlite3.Connection, wanted: list[str], unwanted: list[str], filters: Filters) -> _Plan:
    tags = list(_tag_clauses(filters))
    expression = " AND ".join([*(f"{{title body}} : {_quoted(term)}" for term in wanted), *tags])
    if expression and unwanted:
        expression = f"({expression}) NOT ({' OR '.join(f'{{title body}} : {_quoted(term)}' for term in unwanted)})"
    return _Plan(expression, *_range(connection, filters), wanted)


def _count(connection: sqlite3.Connection, plan: _Plan) -> int:
    if not plan.expression:
        return max(0, plan.high - plan.low + 1)
    statement = "SELECT count(*) FROM word WHERE word MATCH :expression AND word.rowid BETWEEN :low AND :high"
    values = {"expression": plan.expression, "low": plan.low, "high": plan.high}
    return int(connection.execute(statement, values).fetchone()[0])


def _parse(text: str) -> tuple[list[str], list[str]]:
    """Folded phrases that must and must not occur; a trailing `*` is kept as "begins with"."""
    wanted: list[str] = []
    unwanted: list[str] = []
    for minus, phrase, other_minus, word in _TERM.findall(text[:500]):
        folded = indexed(phrase or word).strip()
        if not folded:
            continue
        if word.endswith("*") and len(folded) > 1:
            folded += "*"
        (unwanted if minus or other_minus else wanted).append(folded)
    return wanted[:12], unwanted[:12]


def _select(connection: sqlite3.Connection, plan: _Plan, limit: int, offset: int) -> list[tuple[object, ...]]:
    if not plan.expression:
        return _newest(connection, plan, limit, offset)
    if plan.wanted and not _is_common(connection, plan.wanted):
        return _ranked(connection, plan, limit, offset)
    return _newest_matching(connection, plan, limit, offset)


_ITEM = "item.id, item.kind, item.title, item.body, item.url, item.source_id, item.language, item.day, item.about"


def _ranked(connection: sqlite3.Connection, plan: _Plan, limit: int, offset: int) -> list[tuple[object, ...]]:
    """By relevance (BM25, the title six times), then the newest."""
    statement = f"""
        SELECT {_ITEM}, found.score
        FROM (
            SELECT word.rowid AS number, word.rank AS score
            FROM word
            WHERE word MATCH :expression AND word.rowid BETWEEN :low AND :high
            ORDER BY word.rank
            LIMIT :limit OFFSET :offset
        ) AS found
        JOIN item ON item.number = found.number
        ORDER BY found.score, item.number DESC
    """
    values = {"expression": plan.expression, "low": plan.low, "high": plan.high, "limit": limit, "offset": offset}
    return connection.execute(statement, values).fetchall()


def _newest_matching(connection: sqlite3.Connection, plan: _Plan, limit: int, offset: int) -> list[tuple[object, ...]]:
    """The newest rows that match; of the newest NEWEST those with found words in the title first."""
    statement = """
        SELECT item.number, item.title
        FROM (
            SELECT word.rowid AS number
            FROM word
            WHERE word MATCH :expression AND word.rowid BETWEEN :low AND :high
            ORDER BY word.rowid DESC
            LIMIT :newest
        ) AS found
        JOIN item ON item.number = found.number
        ORDER BY item.number DESC
    """
    newest = max(NEWEST, offset + limit) if plan.wanted else offset + limit
    values = {"expression": plan.expression, "low": plan.low, "high": plan.high, "newest": newest}
    asked = {word for term in plan.wanted for word in term.rstrip("*").split()}
    scored = [
        (-len(asked & set(indexed(str(title)).split())) if place < NEWEST else 1, -int(number), int(number))
        for place, (number, title) in enumerate(connection.execute(statement, values))
    ]
    rows = []
    for score, _, number in sorted(scored)[offset : offset + limit]:
        row = connection.execute(f"SELECT {_ITEM} FROM item WHERE number = :number", {"number": number}).fetchone()
        rows.append((*row, float(score)))
    return rows


def _newest(connection: sqlite3.Connection, plan: _Plan, limit: int, offset: int) -> list[tuple[object, ...]]:
    statement = f"""
        SELECT {_ITEM}, 0.0
        FROM item
        WHERE number BETWEEN :low AND :high
        ORDER BY number DESC
        LIMIT :limit OFFSET :offset
    """
    values = {"low": plan.low, "high": plan.high, "limit": limit, "offset": offset}
    return connection.execute(statement, values).fetchall()


def _quoted(term: str) -> str:
    return f'"{term[:-1]}"*' if term.endswith("*") else f'"{term}"'


def _tag_clauses(filters: Filters) -> Iterator[str]:
    for kind, values in (
        ("country", filters.countries),
        ("region", filters.regions),
        ("theme", filters.themes),
        ("language", filters.languages),
        ("source", filters.sources),
        ("form", filters.forms),
        ("kind", (filters.kind,) if filters.kind else ()),
    ):
        if values:
            yield "tags : (" + " OR ".join(f'"{tag(kind, value)}"' for value in values) + ")"


def _range(connection: sqlite3.Connection, filters: Filters) -> tuple[int, int]:
    """Row numbers of the days asked for: rows lie in order of day."""
    low, high = 1, int(connection.execute("SELECT coalesce(max(number), 0) FROM item").fetchone()[0])
    if filters.since:
        statement = "SELECT min(number) FROM item WHERE day = (SELECT min(day) FROM item WHERE day >= :day)"
        first = connection.execute(statement, {"day": filters.since.isoformat()}).fetchone()[0]
        low = int(first) if first is not None else high + 1
    if filters.until:
        statement = "SELECT max(number) FROM item WHERE day = (SELECT max(day) FROM item WHERE day <= :day)"
        last = connection.execute(statement, {"day": filters.until.isoformat()}).fetchone()[0]
        high = int(last) if last is not None else 0
    return low, high


def _is_common(connection: sqlite3.Connection, wanted: Sequence[str]) -> bool:
    """True when a word asked for is in more than MANY rows, or may be (a beginning): ranking would count them all."""
    words = [word for term in wanted if not term.endswith("*") for word in term.split()]
    if not words or any(term.endswith("*") for term in wanted):
        return True
    statement = "SELECT 1 FROM common WHERE word = :word"
    return any(connection.execute(statement, {"word": word}).fetchone() for word in words)


def _result(row: tuple[object, ...], words: Sequence[str], prefixes: Sequence[str]) -> Result:
    identifier, kind, title, body, url, source_id, language, day, about, score = row
    return Result(
        id=str(identifier),
        kind=str(kind),
        title=mark(str(title), 0, len(str(title)), words, prefixes),
        snippet=snippet(str(body), words, prefixes),
        url=str(url),
        source_id=str(source_id),
        language=str(language),
        day=date.fromisoformat(str(day)) if day else None,
        rank=float(str(score)),
        about=json.loads(str(about)),
    )
