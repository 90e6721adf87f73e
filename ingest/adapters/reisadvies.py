"""Nederland Wereldwijd: Dutch travel advice, whose colours stand in prose only.

Forms: the XML or JSON of one country, and lists of countries. The country's colours are read from sentences that name
one ("De kleurcode van het reisadvies voor X is rood"), regional colours from the lists under headings such as
"Rood: niet reizen", airport closures from any sentence that says an airport is closed.

Traps handled: at most 200 rows per list (page on); four codes that are not ISO; `lastmodified` differs from the date
shown; white space and soft line breaks inside sentences; a list item may name parts, exceptions or a border strip: then
the words are kept as they are and no region is claimed. Advice is for Dutch travellers: a comparator, never a score.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from lxml import etree, html

from ingest.adapters import _scope
from ingest.adapters._boilerplate import without_boilerplate
from ingest.adapters._plain import line_of, text_of, web_link
from ingest.catalog import Source
from ingest.model import AdapterError, Answer, Document, Observation, Place, Problem, Request, Row

OPTIONS: dict[str, type] = {"boilerplate": list}
LEVELS = {"groen": 1, "geel": 2, "oranje": 3, "rood": 4}
COLOUR = re.compile(r"\b(groen|geel|oranje|rood|rode|gele)\b", re.IGNORECASE)
NOT_ISO = {"BQ-BO": "BES", "BQ-SA": "BES", "BQ-SE": "BES", "VATICAN": "VAT", "VAT": "VAT"}
HEADING = re.compile(r"^(groen|geel|oranje|rood)\b", re.IGNORECASE)
SHOWN = re.compile(r"gewijzigd op:\s*(\d{2}-\d{2}-\d{4}).*?(?:geldig op:\s*(\d{2}-\d{2}-\d{4}))?$", re.IGNORECASE)
WHOLE_REGION = re.compile(
    r"^(?:(?:de|het|alle)\s+)?(?:(?:hele|gehele)\s+)?"
    r"(regio|provincie|staat|deelstaat|gouvernement|departement|district|oblast)\s+(?:van\s+)?"
    r"([^\W\d_][\w’'\- ]*?)\s*[.;]?$",
    re.IGNORECASE,
)
PART = re.compile(
    r"\b(behalve|uitzondering|delen?|noorden|zuiden|oosten|westen|strook|kilometer|grens|zones?|langs|en)\b", re.I
)
AIRPORT = re.compile(
    r"[^.]*\b(?:vliegvelden|vliegveld|luchthavens|luchthaven)\b[^.]*\b(?:gesloten|dicht|sluit)\b[^.]*\.?", re.I
)
PAGE = 200


def requests(source: Source, since: datetime | None) -> Iterator[Request]:
    """One address per country of the catalog, or the list."""
    for url in source.urls:
        for address in _scope.per_country(url, source.countries):
            yield Request(address)


def follow(answer: Answer, source: Source) -> Iterator[Request]:
    """A full page of a list is followed by the next one; a list leads to its countries."""
    listed = _listed(answer)
    if listed is None or len(listed) < 2:
        return
    for row in listed:
        if row.get("dataurl"):
            yield Request(str(row["dataurl"]))
    offset = int(parse_qs(urlsplit(answer.url).query).get("offset", ["0"])[0])
    if len(listed) >= PAGE and "offset=" in answer.url:
        yield Request(re.sub(r"offset=\d+", f"offset={offset + PAGE}", answer.url))


def parse(answer: Answer, source: Source) -> Iterator[Row]:
    """The advice as a Document, the country's levels, levels per region, and closed airports as topics."""
    listed = _listed(answer)
    if listed is not None and len(listed) != 1:
        return
    advice = _from_xml(answer) if listed is None else listed[0]
    yield from _scope.each([advice], lambda page: _advice(page, answer, source))


def _advice(advice: dict[str, Any], answer: Answer, source: Source) -> Iterator[Row]:
    code = str(advice.get("isocode") or advice.get("id") or "").upper()
    iso3 = NOT_ISO.get(code) or _scope.iso3_of(code)
    if iso3 is None:
        raise AdapterError(f"no country we know in isocode {code!r}", "add the code to NOT_ISO")
    asked = {iso3_asked for part in _scope.path_of(answer) if len(part) == 3 and (iso3_asked := _scope.iso3_of(part))}
    _scope.assert_countries(answer, asked, {iso3})
    changed, checked = _shown(str(advice.get("modificationdate") or ""))
    if changed is None:
        yield Problem("bad_date", f"no date in {advice.get('modificationdate')!r}", iso3, "retrieval counts instead")
    day = changed or answer.retrieved_at.date()
    introduction = text_of(advice.get("introduction"), 50_000)
    blocks = [(line_of(t), str(p or "")) for t, p in advice["blocks"] if t or p]
    own = source.options.get("boilerplate", ())
    plain = "\n\n".join([introduction, *(f"{title}\n\n{text_of(body, 100_000)}" for title, body in blocks)])
    closed = [" ".join(m.group(0).split()) for m in AIRPORT.finditer(" ".join(plain.split()))]
    yield Document(
        key=iso3,
        title=line_of(advice.get("title")) or f"Reisadvies {iso3}",
        url=web_link(advice.get("canonical")),
        kind="advisory",
        published=datetime.combine(day, datetime.min.time()),
        language="nl",
        publisher="Ministerie van Buitenlandse Zaken",
        summary=without_boilerplate(introduction, own) or None,
        text=without_boilerplate(plain, own) if source.store_fulltext else None,
        countries=(iso3,),
        topics=("airport_closed",) if closed else (),
        attributes={"still_valid_on": checked, "airports_closed": list(dict.fromkeys(closed))},
    )
    yield from _country_levels(iso3, introduction, blocks, day)
    for title, body in blocks:
        if title.lower().replace("'", "’").startswith("regionale risico"):
            yield from _regions(iso3, body, day)


def _country_levels(iso3: str, introduction: str, blocks: list[tuple[str, str]], day: date) -> Iterator[Row]:
    """The strictest colour anywhere, and the colour of the rest of the country where the text names one."""
    text = " ".join(introduction.split())
    colours = [
        _level(m.group(1))
        for s in re.split(r"(?<=[.!?])\s+", text)
        if "kleurcode" in s.lower()
        for m in COLOUR.finditer(s)
    ]
    prose = " ".join(text_of(body, 100_000) for _, body in blocks)
    headings = [_level(h) for _, body in blocks for h in _headings(body)]
    if not colours and not headings:
        yield Problem("bad_row", "no colour in the introduction", iso3, "read the page; the wording may have changed")
        return
    strictest = max(colours + headings)
    yield _observation(iso3, "whole_country_strictest", strictest, day, Place(iso3, precision="country"))
    rest = re.search(
        r"rest van [^.]{2,60}?kleurcode\s+(\w+)|kleurcode[^.]{0,40}rest van [^.]{2,60}? is (\w+)", f"{text} {prose}"
    )
    named = next((g for g in rest.groups() if g), "") if rest else ""
    if named.lower() in LEVELS:
        yield _observation(iso3, "rest_of_country", LEVELS[named.lower()], day, Place(iso3, precision="country"))


def _regions(iso3: str, body: str, day: date) -> Iterator[Row]:
    """One observation per list item under a coloured heading; a colour holds until the next heading."""
    level: int | None = None
    seen: dict[str, int] = {}
    for element in html.fragment_fromstring(body, create_parent=True).iter("h2", "h3", "h4", "li"):
        words = " ".join(line_of(etree.tostring(element, encoding="unicode", with_tail=False), 2_000).split())
        if element.tag != "li":
            found = HEADING.match(words)
            level = LEVELS[found[1].lower()] if found else None
            continue
        if level is None or not words:
            continue
        first = words.split(". ")[0]
        match = None if PART.search(first) else WHOLE_REGION.match(first)
        name = first.lower().rstrip(".")[:200]  # what follows the first sentence is prose that changes
        seen[name] = seen.get(name, 0) + 1
        place = (
            Place(iso3, region_name=match[2].strip(), precision="region") if match else Place(iso3, precision="country")
        )
        scope = f"region:{name}" if seen[name] == 1 else f"region:{name}#{seen[name]}"
        yield _observation(iso3, scope, level, day, place, words[:300])
        if match is None:
            yield Problem(
                "unplaced", f"no single region in {words[:120]!r}", iso3, "kept with its words for the country"
            )


def _observation(iso3: str, scope: str, level: int, day: date, place: Place, words: str = "") -> Observation:
    colour = next(name for name, value in LEVELS.items() if value == level)
    return Observation(
        key=f"{iso3}|{scope}",
        variable="travel_advice_level",
        place=place,
        ref_start=day,
        ref_end=day,
        value=float(level),
        published=datetime.combine(day, datetime.min.time()),
        text=colour,
        dimensions={"publisher": "NLD", "scope": scope.split(":")[0], **({"area": words} if words else {})},
    )


def _headings(body: str) -> list[str]:
    found = (HEADING.match(line_of(h)) for h in re.findall(r"<h[234][^>]*>(.*?)</h[234]>", body, re.DOTALL | re.I))
    return [match[1] for match in found if match]


def _level(word: str) -> int:
    return LEVELS[{"rode": "rood", "gele": "geel"}.get(word.lower(), word.lower())]


def _shown(text: str) -> tuple[date | None, str | None]:
    """(day of the last change, day still valid) as the page shows them, dd-mm-yyyy."""
    found = SHOWN.search(text.replace("|", " ").strip())
    if not found:
        return None, None
    try:
        days = [datetime.strptime(d, "%d-%m-%Y").date() if d else None for d in found.groups()]
    except ValueError:  # 31-02-2026
        return None, None
    return days[0], days[1].isoformat() if days[1] else None


def _listed(answer: Answer) -> list[dict[str, Any]] | None:
    """Records of a JSON answer (an object or a list) or of an XML list; None for one advice in XML."""
    if answer.body[:200].lstrip(b"\xef\xbb\xbf \r\n\t")[:1] not in (b"[", b"{"):
        root = _root(answer)
        found = list(root.iter("document")) if root.tag == "documents" else []
        return [{e.tag: e.text for e in doc} for doc in found] if len(found) > 1 else None
    data = _scope.json_of(answer)
    rows = _scope.rows_in(answer, data if isinstance(data, list) else [data])
    return [row | {"blocks": _blocks(row)} for row in rows]


def _blocks(row: dict[str, Any]) -> list[tuple[Any, Any]]:
    """(title, text) of the blocks of a JSON record; its content is a category, a list of them, or holds them."""
    content = row.get("content")
    categories = _as_list(content.get("category") if isinstance(content, dict) else content)
    found = [b for c in categories for b in _as_list(c.get("contentblock") or c.get("contentblocks"))]
    return [(block.get("paragraphtitle"), block.get("paragraph")) for block in found]


def _as_list(value: Any) -> list[dict[str, Any]]:
    return _scope.dicts(value if isinstance(value, list) else [value])


def _root(answer: Answer) -> Any:
    try:
        return etree.fromstring(_scope.data_of(answer), etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise AdapterError(f"no XML: {error}", "look at the archived answer; the service may have moved") from None


def _from_xml(answer: Answer) -> dict[str, Any]:
    root = _root(answer)
    document = root if root.tag == "document" else root.find(".//document")
    if document is None:
        raise _scope.not_recognised(answer, root.tag)
    advice: dict[str, Any] = {child.tag: child.text for child in document if not len(child)}
    advice["blocks"] = [(b.findtext("paragraphtitle"), b.findtext("paragraph")) for b in document.iter("contentblock")]
    return advice
