"""GOV.UK Content API: country policy and information notes (collection, publication, note) and foreign travel advice.

Traps handled: `public_updated_at` of a note is the publication page's last change, so a note is dated by the month in
its title; a note that was taken down is evidence too: the dated change history becomes documents, removals among them
with their day of withdrawal; `alert_status: []` means that the government gives no warning, which is not "unknown".
Option `boilerplate`: patterns of the standing notes every page holds.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from urllib.parse import urljoin

from ingest.adapters import _dates, _scope
from ingest.adapters._boilerplate import without_boilerplate
from ingest.adapters._plain import line_of, text_of, web_link
from ingest.catalog import Source
from ingest.model import Answer, Document, Observation, Place, Problem, Request, Row

OPTIONS: dict[str, type] = {"boilerplate": list}
API = "https://www.gov.uk/api/content"
LEVELS = {
    "avoid_all_travel_to_whole_country": 4,
    "avoid_all_but_essential_travel_to_whole_country": 3,
    "avoid_all_travel_to_parts": 4,
    "avoid_all_but_essential_travel_to_parts": 3,
}
MONTHS = {name: number for number, name in enumerate(calendar.month_name) if name}
DATED = re.compile(rf"\b({'|'.join(MONTHS)})\s+(\d{{4}})\b")
REMOVED = re.compile(r"\b(?:remov|withdr[ae]w|taken down)\w*", re.IGNORECASE)


def requests(source: Source, since: datetime | None) -> Iterator[Request]:
    """The collection, or the pages named in the catalog."""
    return (Request(url) for url in source.urls)


def follow(answer: Answer, source: Source) -> Iterator[Request]:
    """Collection -> publications -> notes as HTML; the index of travel advice -> countries."""
    data = _scope.json_of(answer)
    kind, links = _scope.under(data, "document_type"), _scope.under(data, "links")
    host = answer.url.split("/api/content")[0] if "/api/content" in answer.url else "https://www.gov.uk"
    if kind == "document_collection":
        yield from _linked(host, _scope.under(links, "documents"), "base_path")
    elif kind == "guidance":
        attachments = _scope.dicts(_scope.under(data, "details", "attachments"))
        yield from _linked(host, [a for a in attachments if a.get("attachment_type") == "html"], "url")
    elif kind == "travel_advice_index":
        yield from _linked(host, _scope.under(links, "children"), "base_path")


def _linked(host: str, entries: Any, name: str) -> Iterator[Request]:
    """The Content API's address of every entry that states a path on this site."""
    for entry in _scope.dicts(entries):
        if str(entry.get(name) or "").startswith("/"):
            yield Request(f"{host}/api/content{entry[name]}")


def parse(answer: Answer, source: Source) -> Iterator[Row]:
    """Rows by document type; a collection says only which notes were taken off it."""
    data = _scope.json_of(answer)
    kind = data.get("document_type") if isinstance(data, dict) else None
    if kind == "travel_advice_index":
        return
    read = READERS.get(kind) if isinstance(kind, str) else None
    if read is None:
        raise _scope.not_recognised(answer, kind)
    yield from _scope.each([data], lambda page: read(page, answer, source))


def _publication(data: dict[str, Any], answer: Answer, source: Source) -> Iterator[Row]:
    """One Document per note (its HTML or PDF attachment), and one per dated change."""
    countries = _countries(str(data.get("title", "")).split(":")[0])
    attachments = (data.get("details") or {}).get("attachments") or []
    titles: dict[str, dict[str, Any]] = {}
    for attachment in attachments:
        title = line_of(attachment.get("title")).removesuffix("(accessible)").strip()
        titles.setdefault(title, {})[attachment.get("attachment_type")] = attachment
    for title, forms in titles.items():
        month = _month(title)
        if month is None:
            yield Problem("bad_date", f"no month in the title {title!r}", title, "none; the change history dates it")
        files = [web_link(f.get("url"), "https://www.gov.uk") for f in forms.values()]
        yield Document(
            key=f"note:{data['base_path']}:{title.lower()}",
            title=title,
            url=files[0] if files else urljoin("https://www.gov.uk", data["base_path"]),
            kind="policy",
            published=month,
            language="en",
            publisher="UK Home Office",
            countries=countries,
            topics=("country policy and information note",),
            attachments=tuple(filter(None, files)),
            attributes={"content_id": data.get("content_id")},
        )
    yield from _changes(data, answer, source)


def _changes(data: dict[str, Any], answer: Answer, source: Source) -> Iterator[Row]:
    """The dated change history: what was added or removed when."""
    history = (data.get("details") or {}).get("change_history") or []
    yield from _scope.each(history, lambda change: _change(change, data, answer, source))


def _change(change: dict[str, Any], data: dict[str, Any], answer: Answer, source: Source) -> Iterator[Row]:
    """One change as a Document; a removal keeps its day as `withdrawn`."""
    note = line_of(change.get("note"), 2_000)
    moment = _dates.read(change.get("public_timestamp"), source, answer.retrieved_at, note[:60])
    if moment.problem:
        yield moment.problem
    removed = bool(REMOVED.search(note))
    of_page = data["document_type"] == "guidance"  # a publication is about one country, the collection about all
    yield Document(
        key=f"change:{data['base_path']}:{change.get('public_timestamp')}:{note[:80]}",
        title=f"{line_of(data.get('title'))}: {note}"[:500],
        url=urljoin("https://www.gov.uk", data["base_path"]),
        kind="notice",
        published=moment.value,
        language="en",
        publisher="UK Home Office",
        summary=note,
        countries=(of_page and _countries(str(data.get("title", "")).split(":")[0]))
        or _scope.names_in(note, _scope.country_names()),
        topics=("change of country policy",),
        withdrawn=moment.value.date() if removed and moment.value else None,
        attributes={"removal": removed, "page_withdrawn_at": _scope.under(data, "withdrawn_notice", "withdrawn_at")},
    )


def _note(data: dict[str, Any], answer: Answer, source: Source) -> Iterator[Row]:
    """The HTML of a note; its date is the month in the title, never the page's last change."""
    title = line_of(data.get("title")).removesuffix("(accessible)").strip()
    body = _own(text_of((data.get("details") or {}).get("body"), 2_000_000), source)
    version = re.search(r"Version\s+(\d+(?:\.\d+)?)", body)
    yield Document(
        key=f"html:{data['base_path']}",
        title=title,
        url=urljoin("https://www.gov.uk", data["base_path"]),
        kind="policy",
        published=_month(title),
        language="en",
        publisher="UK Home Office",
        summary=body[:2_000] or None,
        text=body if source.store_fulltext and body else None,
        countries=_countries(title),
        topics=("country policy and information note",),
        attributes={"version": version[1] if version else None},
    )


def _advice(data: dict[str, Any], answer: Answer, source: Source) -> Iterator[Row]:
    """The page as a Document, and the country's level now: the strictest warning, 1 when there is none."""
    details = data.get("details") or {}
    name = line_of((details.get("country") or {}).get("name")) or line_of(data.get("title")).removesuffix(
        " travel advice"
    )
    slug = str(data.get("base_path", "")).rsplit("/", 1)[-1]
    iso3 = _scope.iso3_of_name(name) or _scope.iso3_of_name(slug.replace("-", " "))
    if iso3 is None:
        yield Problem("unknown_code", f"country {name!r}", slug, "add the name to the country names")
        return
    asked = _scope.path_of(answer)[-1]
    if asked not in (slug, "full-country", "alt-country", "no-parts", "full-country-without-summary"):
        raise _scope.not_recognised(answer, f"asked {asked}, got {slug}")
    updated = _dates.read(data.get("updated_at"), source, answer.retrieved_at, slug)
    changed = _dates.read(data.get("public_updated_at"), source, answer.retrieved_at, slug)
    yield from (m.problem for m in (updated, changed) if m.problem)
    statuses = details.get("alert_status")
    day = (changed.value or updated.value or answer.retrieved_at).date()
    yield Document(
        key=f"advice:{slug}",
        title=line_of(data.get("title")),
        url=urljoin("https://www.gov.uk", data.get("base_path", "")),
        kind="advisory",
        published=changed.value,
        revised=updated.value,
        language="en",
        publisher="UK Foreign Office",
        summary=_own(text_of(details.get("summary"), 20_000), source) or line_of(data.get("description")) or None,
        text=_own(_parts(details), source) or None if source.store_fulltext else None,
        countries=(iso3,),
        attributes={"change_description": text_of(details.get("change_description"), 2_000), "alert_status": statuses},
    )
    unknown = [s for s in statuses or [] if s not in LEVELS]
    yield from (Problem("unknown_code", f"alert status {s!r}", slug, "add it to LEVELS") for s in unknown)
    if statuses is None:
        yield Problem("bad_row", "no alert_status", slug, "the level is unknown, not 'no warning'; look at the page")
    elif not unknown:
        yield from _levels(statuses, iso3, day, changed.value)


def _levels(statuses: list[str], iso3: str, day: date, published: datetime | None) -> Iterator[Observation]:
    for scope in ("whole_country", "parts"):
        inside = [LEVELS[s] for s in statuses if s.endswith(scope)]
        if scope == "parts" and not inside:
            continue
        yield Observation(
            key=f"{iso3}|{scope}",
            variable="travel_advice_level",
            place=Place(iso3, precision="country"),
            ref_start=day,
            ref_end=day,
            value=float(max(inside, default=1)),
            published=published,
            text=", ".join(s for s in statuses if s.endswith(scope)) or "no warning",
            dimensions={"publisher": "GBR", "scope": scope},
        )


def _parts(details: dict[str, Any]) -> str:
    parts = [f"{line_of(p.get('title'))}\n\n{text_of(p.get('body'), 200_000)}" for p in details.get("parts") or []]
    return "\n\n".join(parts)


def _own(text: str, source: Source) -> str:
    """What the page says of its own subject."""
    return without_boilerplate(text, source.options.get("boilerplate", ()))


def _month(title: str) -> datetime | None:
    """The first day of the last month named in a title."""
    found = DATED.findall(title)
    return datetime(int(found[-1][1]), MONTHS[found[-1][0]], 1) if found else None


def _countries(text: str) -> tuple[str, ...]:
    """Countries named at a comma's part of a title: "…: women, Afghanistan, May 2026"."""
    parts = [part.strip() for part in re.split(r"[,:()]| and ", text)]
    return tuple(dict.fromkeys(iso3 for iso3 in map(_scope.iso3_of_name, filter(None, parts)) if iso3))


READERS = {
    "document_collection": _changes,
    "guidance": _publication,
    "html_publication": _note,
    "travel_advice": _advice,
}
