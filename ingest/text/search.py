"""Full-text search over documents and claims: an SQLite FTS5 file derived beside each snapshot.

Words are folded as everywhere else (tokens.py), Arabic words also without their article, so a query finds every
spelling. The index keeps no text; snippets are cut from the stored originals, escaped, with the found words marked.
Filters (country, region, theme, language, source) are words of a column of their own, and rows lie in order of date, so
a filter narrows the search instead of following it.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from .search_words import index_word, mark, snippet
from .tokens import WORD

MANY = 4_000  # rows that relevance is worked out for; of words in more rows than that, the newest are shown
NEWEST = 300  # rows looked at then: those with a found word in the title come first
_SCHEMA = """
CREATE TABLE item (           -- one row a document or claim, in order of date
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  kind TEXT NOT NULL,         -- document | claim
  title TEXT NOT NULL,
  body TEXT NOT NULL,         -- original text, for snippets
  url TEXT NOT NULL,
  source_id TEXT NOT NULL,
  language TEXT NOT NULL,
  day TEXT                    -- ISO date; NULL: the source gives none (such rows come first)
);
CREATE INDEX item_day ON item (day);
CREATE VIRTUAL TABLE word USING fts5(
  title, body, tags, content='', prefix='3 4', tokenize="unicode61 remove_diacritics 0 categories 'L* N* Co Mn Mc'"
);
CREATE VIRTUAL TABLE known USING fts5vocab(word, 'row');
CREATE TABLE common (         -- words of more than MANY rows: counting them for each query takes too long
  word TEXT PRIMARY KEY
) WITHOUT ROWID;
"""
_TERM = re.compile(r'(-?)"([^"]*)"|(-?)(\S+)')


class SearchError(ValueError):
    """The index is missing or not ours; the message says what to run."""


@dataclass(frozen=True, slots=True)
class Item:
    """What is indexed. `kind` is document or claim; a claim's `body` is its quote."""

    id: str
    kind: str
    title: str
    body: str
    url: str = ""
    source_id: str = ""
    language: str = "und"
    day: date | None = None
    countries: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Filters:
    """Each list narrows: any of its values. Empty: no narrowing. Days are inclusive."""

    countries: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
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


def build(items: Iterable[Item], path: Path) -> int:
    """Write a new index at `path` (first beside it, then in its place). Returns the number of rows."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    ordered = sorted(items, key=lambda item: (item.day or date.min, item.kind, item.id))
    with closing(sqlite3.connect(draft)) as connection:
        connection.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + _SCHEMA)
        connection.execute("INSERT INTO word(word, rank) VALUES ('rank', 'bm25(6.0, 1.0, 0.0)')")
        connection.executemany("INSERT INTO item VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", _item_rows(ordered))
        connection.executemany("INSERT INTO word(rowid, title, body, tags) VALUES (?, ?, ?, ?)", _word_rows(ordered))
        connection.execute("INSERT INTO word(word) VALUES ('optimize')")
        connection.execute("INSERT INTO common SELECT term FROM known WHERE doc > :many", {"many": MANY})
        connection.commit()
    draft.replace(path)
    return len(ordered)


def _item_rows(items: Sequence[Item]) -> Iterator[tuple[object, ...]]:
    for number, item in enumerate(items, 1):
        day = item.day.isoformat() if item.day else None
        texts = (_storable(item.title), _storable(item.body))
        yield number, item.id, item.kind, *texts, item.url, item.source_id, item.language, day


def _word_rows(items: Sequence[Item]) -> Iterator[tuple[int, str, str, str]]:
    for number, item in enumerate(items, 1):
        yield number, _indexed(item.title), _indexed(item.body), " ".join(_tags(item))


def _storable(text: str) -> str:
    """SQLite stores UTF-8: lone surrogates of a damaged text become question marks."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", " ")


def _indexed(text: str) -> str:
    return " ".join(index_word(match.group()) for match in WORD.finditer(_storable(text)))


def _tag(kind: str, value: str) -> str:
    return "x" + kind + "x" + "".join(c if c.isalnum() and c.isascii() else f"z{ord(c):x}" for c in value.casefold())


def _tags(item: Item) -> Iterator[str]:
    yield _tag("kind", item.kind)
    yield _tag("language", item.language)
    yield _tag("source", item.source_id)
    for kind, values in (("country", item.countries), ("region", item.regions), ("theme", item.themes)):
        for value in values:
            yield _tag(kind, value)


def query(path: Path, text: str, filters: Filters = Filters(), limit: int = 20) -> list[Result]:
    """The best rows for a query: all words must occur; "a phrase", word* and -word are understood; an empty text
    lists the newest rows that pass the filters. Any text is safe: it is never read as FTS syntax."""
    if not path.exists():
        raise SearchError(f"no search index {path.name}; publish a snapshot first: returnwatch assess")
    wanted, unwanted = _parse(text)
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        try:
            rows = _select(connection, wanted, unwanted, filters, limit)
        except sqlite3.DatabaseError as error:
            raise SearchError(
                f"{path.name} is not a search index ({error}); publish again: returnwatch assess"
            ) from error
    words = [word for term in wanted for word in term.rstrip("*").split()]
    prefixes = [term.rstrip("*").split()[-1] for term in wanted if term.endswith("*")]
    return [_result(row, words, prefixes) for row in rows]


def _parse(text: str) -> tuple[list[str], list[str]]:
    """Folded phrases that must and must not occur; a trailing `*` is kept as "begins with"."""
    wanted: list[str] = []
    unwanted: list[str] = []
    for minus, phrase, other_minus, word in _TERM.findall(text[:500]):
        folded = _indexed(phrase or word).strip()
        if not folded:
            continue
        if word.endswith("*") and len(folded) > 1:
            folded += "*"
        (unwanted if minus or other_minus else wanted).append(folded)
    return wanted[:12], unwanted[:12]


def _select(
    connection: sqlite3.Connection, wanted: list[str], unwanted: list[str], filters: Filters, limit: int
) -> list[tuple[object, ...]]:
    tags = list(_tag_clauses(filters))
    expression = " AND ".join([*(f"{{title body}} : {_quoted(term)}" for term in wanted), *tags])
    if not expression:
        return _newest(connection, filters, limit)
    if unwanted:
        expression = f"({expression}) NOT ({' OR '.join(f'{{title body}} : {_quoted(term)}' for term in unwanted)})"
    low, high = _range(connection, filters)
    if wanted and not _is_common(connection, wanted):
        return _ranked(connection, expression, low, high, limit)
    return _newest_matching(connection, expression, low, high, limit, wanted)


_ITEM = "item.id, item.kind, item.title, item.body, item.url, item.source_id, item.language, item.day"


def _ranked(
    connection: sqlite3.Connection, expression: str, low: int, high: int, limit: int
) -> list[tuple[object, ...]]:
    """By relevance (BM25, the title six times), then the newest."""
    statement = f"""
        SELECT {_ITEM}, found.score
        FROM (
            SELECT word.rowid AS number, word.rank AS score
            FROM word
            WHERE word MATCH :expression AND word.rowid BETWEEN :low AND :high
            ORDER BY word.rank
            LIMIT :limit
        ) AS found
        JOIN item ON item.number = found.number
        ORDER BY found.score, item.number DESC
    """
    values = {"expression": expression, "low": low, "high": high, "limit": limit}
    return connection.execute(statement, values).fetchall()


def _newest_matching(
    connection: sqlite3.Connection, expression: str, low: int, high: int, limit: int, wanted: Sequence[str]
) -> list[tuple[object, ...]]:
    """The newest rows that match, those with found words in the title first."""
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
    newest = NEWEST if wanted else limit
    values = {"expression": expression, "low": low, "high": high, "newest": newest}
    asked = {word for term in wanted for word in term.rstrip("*").split()}
    scored = [
        (-len(asked & set(_indexed(str(title)).split())), -int(number), int(number))
        for number, title in connection.execute(statement, values)
    ]
    rows = []
    for score, _, number in sorted(scored)[:limit]:
        row = connection.execute(f"SELECT {_ITEM} FROM item WHERE number = :number", {"number": number}).fetchone()
        rows.append((*row, float(score)))
    return rows


def _newest(connection: sqlite3.Connection, filters: Filters, limit: int) -> list[tuple[object, ...]]:
    low, high = _range(connection, filters)
    statement = """
        SELECT id, kind, title, body, url, source_id, language, day, 0.0
        FROM item
        WHERE number BETWEEN :low AND :high
        ORDER BY number DESC
        LIMIT :limit
    """
    return connection.execute(statement, {"low": low, "high": high, "limit": limit}).fetchall()


def _quoted(term: str) -> str:
    return f'"{term[:-1]}"*' if term.endswith("*") else f'"{term}"'


def _tag_clauses(filters: Filters) -> Iterator[str]:
    for kind, values in (
        ("country", filters.countries),
        ("region", filters.regions),
        ("theme", filters.themes),
        ("language", filters.languages),
        ("source", filters.sources),
        ("kind", (filters.kind,) if filters.kind else ()),
    ):
        if values:
            yield "tags : (" + " OR ".join(f'"{_tag(kind, value)}"' for value in values) + ")"


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
    identifier, kind, title, body, url, source_id, language, day, score = row
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
    )
