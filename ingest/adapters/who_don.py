"""WHO Disease Outbreak News: one Document per notice, from the OData answer of who.int.

Traps handled: the service may ignore `$orderby` and returns at most 100 notices in no order, so pages are walked with
`$skip` and the notices sorted here; the country stands only in the title ("Cholera - Sudan"), so a title without a
country we know gets none rather than a guess; texts are HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from ingest.adapters import _scope
from ingest.adapters._plain import line_of, text_of
from ingest.catalog import Source
from ingest.model import AdapterError, Answer, Document, Problem, Request

PAGE = 100  # the most the service gives at once, whatever $top says
SITE = "https://www.who.int/emergencies/disease-outbreak-news/item/"
TEXTS = ("Overview", "Epidemiology", "Assessment", "Response", "Advice", "FurtherInformation")
USED = {"Id", "DonId", "UrlName", "Title", "OverrideTitle", "Summary", "PublicationDate", "PublicationDateAndTime",
        "LastModified", "ItemDefaultUrl", *TEXTS}  # fmt: skip
IGNORED = {
    "@odata.id", "@odata.type", "@odata.editLink", "@odata.context", "IncludeInSitemap", "SystemSourceKey",
    "DateCreated", "Provider", "TitleSuffix", "UseOverrideTitle", "FormattedDate", "PublicationDateOverride",
    "EmergencyEvent", "regionscountries", "healthtopics", "topics", "ThumbnailUrl", "Image", "Tags", "Lang",
    "Language",
}  # fmt: skip


def requests(source: Source, since: datetime | None) -> Iterator[Request]:
    """Notices published since `since`, or since the source's earliest day."""
    day = since.date() if since else source.earliest
    for url in source.urls:
        yield Request(f"{url}?$filter={quote(f'PublicationDate ge {day}')}&$top={PAGE}")


def follow(answer: Answer, source: Source) -> Iterator[Request]:
    """The next page when this one is full."""
    if len(_rows(answer)) < PAGE:
        return
    skip = re.search(r"[?&]\$skip=(\d+)", answer.url)
    bare = re.sub(r"[?&]\$skip=\d+", "", answer.url)
    yield Request(f"{bare}&$skip={int(skip[1]) + PAGE if skip else PAGE}")


def parse(answer: Answer, source: Source) -> Iterator[Document | Problem]:
    """One Document per notice, newest first; key = DON number, or the item's id where it has none."""
    rows = _rows(answer)
    yield from _scope.unused_fields((name for row in rows for name in row), USED, IGNORED)
    found: list[Document] = []
    for row in rows:
        try:
            found.append(_document(row, source.store_fulltext))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            where = str(row.get("UrlName") or row.get("Id"))
            yield Problem("bad_row", f"{type(error).__name__}: {error}", where, "look at the notice on who.int")
    asked = re.search(r"PublicationDate ge (\d{4}-\d{2}-\d{2})", _scope.query_of(answer).get("$filter", ""))
    early = min((d.published for d in found if d.published), default=None)
    if asked and early and early.date().isoformat() < asked[1]:
        raise AdapterError(f"asked notices since {asked[1]}, got {early.date()}", "the service ignores $filter")
    yield from sorted(found, key=lambda d: (d.published or datetime.min, d.key), reverse=True)


def _rows(answer: Answer) -> list[dict[str, Any]]:
    data = _scope.json_of(answer)
    if not isinstance(data, dict) or "value" not in data:
        raise _scope.not_recognised(answer, data)
    return _scope.rows_in(answer, data["value"])


def _document(row: dict[str, Any], fulltext: bool) -> Document:
    title = line_of(row.get("OverrideTitle") or row["Title"])
    name = row.get("UrlName") or str(row.get("ItemDefaultUrl") or "").strip("/").rsplit("/", 1)[-1]
    text = "\n\n".join(part for part in (text_of(row.get(field)) for field in TEXTS) if part)
    return Document(
        key=str(row.get("DonId") or name or row["Id"]),
        title=title,
        url=f"{SITE}{name}" if name else "",
        kind="notice",
        published=instant(row.get("PublicationDateAndTime") or row["PublicationDate"]),
        revised=instant(row["LastModified"]) if row.get("LastModified") else None,
        language="en",
        publisher="WHO",
        summary=text_of(row.get("Summary") or row.get("Overview"), 20_000) or None,
        text=text if fulltext and text else None,
        countries=countries_of(title),
        topics=("health",),
    )


def instant(text: str) -> datetime:
    """An ISO date-time with any number of second decimals, as naive UTC; without a zone it is taken as UTC."""
    trimmed = re.sub(r"(\.\d{6})\d+", r"\1", text.strip()).replace("Z", "+00:00")
    found = datetime.fromisoformat(trimmed)
    return found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found


def countries_of(title: str) -> tuple[str, ...]:
    """Countries named after the last dash of a title, in its order; () when that part names none we know."""
    part = re.split(r"\s[-–—]\s|\s[-–—]|[-–—]\s", title)[-1].strip(" .")
    part = re.sub(r"\s*\((?:update|ex-|situation|\d).*?\)\s*$", "", part, flags=re.I)
    if whole := _scope.iso3_of_name(part):
        return (whole,)
    names = [name for name in re.split(r",\s*(?:and\s+)?|\s+and\s+|\s*&\s*|;\s*", part) if name]
    found = [_scope.iso3_of_name(re.sub(r"^(the|in)\s+", "", name.strip(), flags=re.I)) for name in names]
    return tuple(dict.fromkeys(iso3 for iso3 in found if iso3)) if all(found) else ()
