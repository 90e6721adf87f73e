"""Make the full-text search file over documents and claims: SQLite FTS5, derived beside each snapshot.

Words are folded as everywhere else (tokens.py), Arabic words also without their article, so a query finds every
spelling. Filters (country, region, theme, language, source, form) are words of a column of their own, and rows lie in
order of date, so a filter narrows the search instead of following it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from .search_words import indexed, storable, tag

MANY = 4_000  # rows that relevance is worked out for; of words in more rows than that, the newest are shown
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
  day TEXT,                   -- ISO date; NULL: the source gives none (such rows come first)
  about TEXT NOT NULL         -- JSON: what a list of results shows beside these
);
CREATE INDEX item_day ON item (day);
CREATE VIRTUAL TABLE word USING fts5(
  title, body, tags, content='', prefix='3 4', tokenize="unicode61 remove_diacritics 0 categories 'L* N* Co Mn Mc'"
);
CREATE VIRTUAL TABLE known USING fts5vocab(word, 'row');
CREATE TABLE common (         -- words of more than MANY rows: counting them for each query takes too long
  word TEXT PRIMARY KEY
) WITHOUT ROWID;
CREATE TABLE made (state TEXT NOT NULL);   -- what the file was made from
"""


@dataclass(frozen=True, slots=True)
class Item:
    """What is indexed. `kind` is document or claim; a claim's `body` is its quote. `form` is the document's kind
    (report, news, policy …); `about` comes back with each hit as it is."""

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
    form: str = ""
    about: Mapping[str, Any] = field(default_factory=dict)


def order(item: Item) -> tuple[date, str, str]:
    """How rows lie in the file: by day, so that a filter by days is a range of row numbers."""
    return (item.day or date.min, item.kind, item.id)


def build(items: Iterable[Item], path: Path, state: str = "", *, ordered: bool = False) -> int:
    """Write a new index at `path` (first beside it, then in its place). Returns the number of rows.

    state: what it was made from, kept in it. ordered: the items come in `order`; else they are sorted here, all of
    them in memory.
    """
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    number = 0
    with closing(sqlite3.connect(draft)) as connection:
        connection.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + _SCHEMA)
        connection.execute("INSERT INTO word(word, rank) VALUES ('rank', 'bm25(6.0, 1.0, 0.0)')")
        for number, item in enumerate(items if ordered else sorted(items, key=order), 1):
            connection.execute("INSERT INTO item VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", _item_row(number, item))
            words = (number, indexed(item.title), indexed(item.body), " ".join(_tags(item)))
            connection.execute("INSERT INTO word(rowid, title, body, tags) VALUES (?, ?, ?, ?)", words)
        connection.execute("INSERT INTO word(word) VALUES ('optimize')")
        connection.execute("INSERT INTO common SELECT term FROM known WHERE doc > :many", {"many": MANY})
        connection.execute("INSERT INTO made VALUES (:state)", {"state": state})
        connection.commit()
    draft.replace(path)
    return number


def _item_row(number: int, item: Item) -> tuple[object, ...]:
    day = item.day.isoformat() if item.day else None
    texts = (storable(item.title), storable(item.body))
    about = json.dumps(dict(item.about), ensure_ascii=True)
    return number, item.id, item.kind, *texts, storable(item.url), item.source_id, item.language, day, about


def _tags(item: Item) -> Iterator[str]:
    yield tag("kind", item.kind)
    yield tag("language", item.language)
    yield tag("source", item.source_id)
    if item.form:
        yield tag("form", item.form)
    for kind, values in (("country", item.countries), ("region", item.regions), ("theme", item.themes)):
        for value in values:
            yield tag(kind, value)
