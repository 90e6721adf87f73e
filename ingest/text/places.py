"""Finds the places a text names and says which ones they are.

`tag_places` is a pure function of its arguments. A mention keeps its span in the text as given, so that
`text[mention.start:mention.end] == mention.text` always holds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingest.text.places_decode import Found, accept_spans
from ingest.text.places_gazetteer import (
    AREA,
    COUNTRY,
    DEMONYM,
    DISTRICT,
    KINDS,
    PLACE,
    RELIEF,
    WATER,
    Gazetteer,
    load_gazetteer,
)
from ingest.text.places_main import MainPlaces, Share, main_places
from ingest.text.places_model import AcceptModel, load_model
from ingest.text.places_page import Page
from ingest.text.places_resolve import Resolved, resolve_all
from ingest.text.places_roles import role_of

__all__ = ["Gazetteer", "MainPlaces", "Mention", "Share", "load_gazetteer", "main_places", "tag_places"]

#: Longer texts are tagged up to here (characters); with `places_decode.MOST_CANDIDATES` it bounds the time of a
#: hostile text.
LONGEST_TEXT = 300_000


@dataclass(frozen=True, slots=True)
class Mention:
    """One place name in a text.

    `start`, `end`: characters; `kind`: country | region | place | district | demonym | cross_country; `name`: main
    name of the
    place; `iso3`, `region_id`: ISO 3166-1 alpha-3 and ISO 3166-2, None where unknown or not one; `latitude`,
    `longitude`:
    degrees, None unknown (hundredths of a degree, a representative point); `geonameid`: None if not in GeoNames;
    `confidence`: 0-1, that this is a place and this one; `rule`: how it was found; `role`: what it does in the
    sentence.
    """

    start: int
    end: int
    text: str
    kind: str
    name: str
    iso3: str | None
    region_id: str | None
    latitude: float | None
    longitude: float | None
    geonameid: int | None
    confidence: float
    rule: str
    role: str


def tag_places(
    text: str,
    *,
    language: str = "en",
    declared_countries: Iterable[str] = (),
    gazetteer: Gazetteer | None = None,
    model: AcceptModel | None = None,
) -> list[Mention]:
    """The places named in a text, in order of appearance, without overlaps.

    Texts over `LONGEST_TEXT` characters are tagged up to there: hand longer ones in by page or section.
    `language`: ISO 639 code of the text; all languages share one gazetteer, other ones than English a lower bar
    (`places_decode`), `und` gives nothing (an unknown language
    is kept and searched, not tagged). `declared_countries`: ISO alpha-3 codes the source declares. Deterministic; no
    I/O beyond
    reading the committed gazetteer once.
    """
    if language == "und" or not text:
        return []
    gazetteer = gazetteer or load_gazetteer()
    declared = frozenset(gazetteer.iso3s.index(iso3) for iso3 in declared_countries if iso3 in gazetteer.iso3s)
    page, spans = accept_spans(text[:LONGEST_TEXT], declared, gazetteer, model or load_model(), language)
    resolved = resolve_all(page, spans, declared, gazetteer)
    return _with_roles(page, resolved, gazetteer)


def _with_roles(page: Page, resolved: Sequence[tuple[Found, Resolved]], gazetteer: Gazetteer) -> list[Mention]:
    mentions: list[Mention] = []
    previous: tuple[int, str] | None = None
    for span, answer in resolved:
        kind = _kind(span, answer, gazetteer)
        role = role_of(page, span.first, span.past, kind, previous, span.rule == "inflected")
        previous = (span.past - 1, role)
        mentions.append(_mention(page, span, answer, kind, role, gazetteer))
    return mentions


def _kind(span: Found, answer: Resolved, gazetteer: Gazetteer) -> str:
    if answer.place is None:
        return "district" if answer.wanted == DISTRICT else "place"
    if answer.flag == DEMONYM:
        return "demonym"
    code = int(gazetteer.kind[answer.place])
    if code in (AREA, WATER, RELIEF):
        return "cross_country"
    if answer.wanted == PLACE and code == DISTRICT:
        return "place"
    return KINDS[code]


def _mention(page: Page, span: Found, answer: Resolved, kind: str, role: str, gazetteer: Gazetteer) -> Mention:
    words, place = page.words, answer.place
    start, end = words.starts[span.left], words.ends[span.right - 1]
    iso3 = gazetteer.iso3s[answer.country] or None
    region_id = gazetteer.regions[answer.region] or None
    latitude = longitude = geonameid = None
    name = words.text[words.starts[span.first] : words.ends[span.past - 1]]
    if place is not None:
        name = gazetteer.name(place)
        geonameid = int(gazetteer.geonameid[place]) or None
        if gazetteer.latitude[place] == gazetteer.latitude[place]:  # not NaN
            latitude = round(float(gazetteer.latitude[place]), 2)
            longitude = round(float(gazetteer.longitude[place]), 2)
        if gazetteer.kind[place] == COUNTRY:
            region_id = None
    confidence = round(min(1.0, span.probability * answer.certainty), 3)
    return Mention(
        start,
        end,
        words.text[start:end],
        kind,
        name,
        iso3,
        region_id,
        latitude,
        longitude,
        geonameid,
        confidence,
        answer.rule,
        role,
    )
