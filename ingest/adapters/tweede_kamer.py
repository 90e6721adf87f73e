"""Tweede Kamer (OData 4): documents of a file, e.g. 19637 (Vreemdelingenbeleid): letters, motions, decisions.

Traps handled: at most 250 rows per page, the next page in @odata.nextLink; soft deletes (`Verwijderd`) stay as rows
that say so; a filter the server does not know answers with everything, so the file's number is
compared where it is stated.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import quote

from ingest.adapters import _dates, _scope
from ingest.adapters._plain import line_of
from ingest.adapters.open_overheid import countries_in
from ingest.catalog import Source
from ingest.model import AdapterError, Answer, Document, Request, Row

OPTIONS: dict[str, type] = {"dossier": int}


def requests(source: Source, since: datetime | None) -> Iterator[Request]:
    """Documents changed since the last good run, oldest first."""
    for url in source.urls:
        moment = (since or datetime(2020, 1, 1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        file = (
            f" and Kamerstukdossier/any(d: d/Nummer eq {source.options['dossier']})"
            if "dossier" in source.options
            else ""
        )
        condition = quote(f"GewijzigdOp gt {moment}{file}", safe="")
        order = quote("GewijzigdOp asc", safe="")
        yield Request(f"{url}?$filter={condition}&$orderby={order}&$top=250&$expand=Kamerstukdossier&$count=true")


def follow(answer: Answer, source: Source) -> Iterator[Request]:
    """The next page."""
    following = _scope.under(_scope.json_of(answer), "@odata.nextLink")
    if following:
        yield Request(str(following))


def parse(answer: Answer, source: Source) -> Iterator[Row]:
    """One Document per row; a document of another file than the one asked for fails the answer."""
    data = _scope.json_of(answer)
    if not isinstance(data, dict) or not isinstance(data.get("value"), list):
        raise _scope.not_recognised(answer, data)
    yield from _scope.each(data["value"], lambda row: _document(row, answer, source))


def _document(row: dict[str, Any], answer: Answer, source: Source) -> Iterator[Row]:
    dossier, files = source.options.get("dossier"), _numbers(row)
    if dossier and files and dossier not in files:
        raise AdapterError(f"asked file {dossier}, got {sorted(map(str, files))}", "the filter was ignored; check it")
    where = str(row.get("DocumentNummer") or row.get("Id"))
    published = _dates.read(row.get("Datum"), source, answer.retrieved_at, where)
    revised = _dates.read(row.get("GewijzigdOp"), source, answer.retrieved_at, where)
    yield from (m.problem for m in (published, revised) if m.problem)
    title = line_of(row.get("Onderwerp")) or line_of(row.get("Titel")) or where
    deleted = bool(row.get("Verwijderd"))
    yield Document(
        key=str(row["Id"]),
        title=title,
        url=f"https://www.tweedekamer.nl/kamerstukken/detail?id={quote(where)}&did={quote(where)}",
        kind="policy",
        published=published.value,
        revised=revised.value,
        language="nl",
        publisher="Tweede Kamer",
        summary=line_of(row.get("Titel")) or None,
        countries=countries_in(title),
        topics=tuple(filter(None, (line_of(row.get("Soort")),))),
        withdrawn=revised.value.date() if deleted and revised.value else None,
        attributes={"number": where, "deleted": deleted, "file_numbers": sorted(map(str, files))},
    )


def _numbers(row: dict[str, Any]) -> list[Any]:
    return [f.get("Nummer") for f in row.get("Kamerstukdossier") or [] if f.get("Nummer")]
