"""Which of the places of a name is meant: kind, size, declared countries, the countries of the text, the
neighbouring names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ingest.text.places_around import Surroundings, is_direction, named_after, shares_of, wanted_kind
from ingest.text.places_gazetteer import (
    ALTERNATE,
    AREA,
    COUNTRY,
    CURATED,
    DEMONYM,
    DISTRICT,
    PLACE,
    PRIMARY,
    REGION,
    RELIEF,
    SHORTENED,
    WATER,
    Gazetteer,
)
from ingest.text.places_parts import countryside_of, part_of_area, quarters_of_towns

if TYPE_CHECKING:
    from ingest.text.places_decode import Found
    from ingest.text.places_page import Page

#: Points a kind starts with; a settlement gets log10 of its inhabitants, a district half of it.
_PRIOR = {COUNTRY: 9.0, AREA: 7.5, WATER: 6.5, RELIEF: 6.5, REGION: 5.2}
#: An area of several countries gives way to the region of that name in the country the text is about (Punjab, Sahel).
_WIDE_AREA = 5.5
#: Log10 of the inhabitants from which on a place abroad is named without its country ("in Munich").
_KNOWN_ABROAD = 5.3
#: Log10 of the inhabitants below which a village is another one when the text puts it into another region; towns may
#: only have come to another region since (Al Deain in South Darfur).
_TINY = 3.3
_DECLARED, _SHARE, _REGION_SHARE, _INSIDE, _INSIDE_REGION = 4.0, 4.0, 4.0, 5.0, 8.0


def points(place: int, flag: int, around: Surroundings, gazetteer: Gazetteer) -> float:
    """How well a place fits; only the order of the points matters."""
    kind, country, region = gazetteer.kind[place], gazetteer.country[place], gazetteer.region[place]
    magnitude = gazetteer.magnitude[place]
    if kind == PLACE:
        value = magnitude or 2.0
    elif kind == REGION and magnitude:
        value = (
            4.0 + 0.25 * magnitude
        )  # Ontario the province before Ontario the suburb, Kabul the city before its province
    elif kind == DISTRICT:
        value = 1.5 + 0.4 * magnitude
    else:
        value = _PRIOR[kind] if kind != AREA or country else _WIDE_AREA
    value -= 1.0 if flag == SHORTENED else 0.5 if flag == ALTERNATE else 0.0
    if flag == DEMONYM and kind != COUNTRY:
        value -= 1.0
    if country and country in around.declared:
        value += _DECLARED
    if country:
        value += _SHARE * around.share.get(country, 0.0)
        value += _INSIDE * (country in around.inside_countries)
    if region:
        value += _REGION_SHARE * around.region_share.get(region, 0.0)
        value += _INSIDE_REGION * (region in around.inside_regions)
    if around.wanted is not None:  # "the Sahel region" may be the wide area as well as the region
        fits = kind == around.wanted or (kind == AREA and around.wanted == REGION)
        value += 2.5 * fits - 1.0 * (kind == COUNTRY)
    return value


def best_place(postings: tuple[tuple[int, int], ...], around: Surroundings, gazetteer: Gazetteer) -> tuple[int, float]:
    """The fitting place with its lead over the best one elsewhere (another country or region), in points."""
    if len(postings) == 1:
        return postings[0][0], 9.0
    scored = sorted(((points(p, f, around, gazetteer), -p) for p, f in postings), reverse=True)
    best = -scored[0][1]
    home = (gazetteer.country[best], gazetteer.region[best])
    for value, other in scored[1:]:
        if (gazetteer.country[-other], gazetteer.region[-other]) != home:
            return best, scored[0][0] - value
    return best, 9.0


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a span means: a place of the gazetteer, or None with the country (and region) it most likely lies in.

    `country`, `region`: indexes in the gazetteer, 0 unknown; `certainty`: 0-1; `wanted`: kind its designator asks for.
    """

    place: int | None
    flag: int
    country: int
    region: int
    certainty: float
    rule: str
    wanted: int | None


def resolve_all(
    page: Page, spans: Sequence[Found], declared: frozenset[int], gazetteer: Gazetteer
) -> list[tuple[Found, Resolved]]:
    """Resolves every span twice: by itself, then with the countries and regions of the whole text."""
    wanted = [wanted_kind(page, span) for span in spans]
    first = [
        _resolve(span, Surroundings(declared=declared, wanted=want), gazetteer)
        for span, want in zip(spans, wanted, strict=True)
    ]
    share, region_share = shares_of(spans, first, gazetteer)
    outright = frozenset(a.country for a in first if a.place is not None and gazetteer.kind[a.place] == COUNTRY)
    answers: list[Resolved] = []
    for i, span in enumerate(spans):
        after = named_after(page, spans, first, i, declared | outright, gazetteer)
        around = Surroundings(declared, share, region_share, *after, wanted[i], outright)
        answer = _resolve(span, around, gazetteer)
        if _out_of_the_way(answer, around, gazetteer) or _elsewhere(answer, around, gazetteer):
            answer = Resolved(None, -1, 0, 0, 0.5, "unknown name", wanted[i])
        answer = part_of_area(page, span, countryside_of(page, span, answer, gazetteer), gazetteer)
        if answer.place is None:
            answer = _by_sound(page, span, around, gazetteer) or _placed_by_context(answer, around, gazetteer)
        answers.append(answer)
    senses = quarters_of_towns(page, spans, _one_sense(page, spans, answers), gazetteer)
    return [
        (span, answer)
        for span, answer in zip(spans, senses, strict=True)
        if not _only_a_direction(page, span, answer, declared | outright)
    ]


def _only_a_direction(page: Page, span: Found, answer: Resolved, countries: frozenset[int]) -> bool:
    """ "Eastern" or "Northern Province" names a region only in a text about its country."""
    return is_direction(page, span) and answer.country not in countries


def _one_sense(page: Page, spans: Sequence[Found], answers: Sequence[Resolved]) -> list[Resolved]:
    """A name that is once explained ("London, Ontario") means that place in the whole text."""
    names = [" ".join(page.words.folded[span.first : span.past]) for span in spans]
    explained = {
        name: answer
        for name, answer in zip(names, answers, strict=True)
        if answer.rule == "inside" and answer.place is not None
    }
    return [
        replace(explained[name], rule="explained elsewhere", wanted=answer.wanted)
        if name in explained and answer.rule != "inside" and answer.flag != DEMONYM
        else answer
        for name, answer in zip(names, answers, strict=True)
    ]


def _resolve(span: Found, around: Surroundings, gazetteer: Gazetteer) -> Resolved:
    if not span.postings:
        return Resolved(None, -1, 0, 0, 0.5, "unknown name", around.wanted)
    place, lead = best_place(span.postings, around, gazetteer)
    flag = min(f for p, f in span.postings if p == place)
    country, region = int(gazetteer.country[place]), int(gazetteer.region[place])
    rule = span.rule
    if (region and region in around.inside_regions) or (country and country in around.inside_countries):
        rule = "inside"
    elif country in around.declared:
        rule = "declared country"
    elif len(span.postings) > 1 and around.share.get(country, 0.0) > 0.3:
        rule = "country of text"
    return Resolved(place, flag, country, region, 0.6 + 0.4 * min(1.0, lead / 3.0), rule, around.wanted)


def _out_of_the_way(answer: Resolved, around: Surroundings, gazetteer: Gazetteer) -> bool:
    """A small place in a country that the text names nowhere else, when the text is clearly about another country."""
    if answer.place is None or not answer.country or gazetteer.kind[answer.place] not in (REGION, DISTRICT, PLACE):
        return False
    if (
        answer.country in around.declared | around.outright | around.inside_countries
        or answer.region in around.inside_regions
    ):
        return False
    strongest = max(around.share.values(), default=0.0)
    own = around.share.get(answer.country, 0.0)
    small = gazetteer.magnitude[answer.place] < _KNOWN_ABROAD
    if around.declared and around.wanted is not None and answer.flag != PRIMARY:
        small = True  # "Minga payam" in South Sudan is not Munich under its Bavarian name
    return bool(small and (around.declared or (own < 0.08 and strongest > 0.6)))


def _elsewhere(answer: Resolved, around: Surroundings, gazetteer: Gazetteer) -> bool:
    """A small place that does not lie in the region named right after it ("Al Jadida village, Raqqa")."""
    if answer.place is None or not around.inside_regions or gazetteer.magnitude[answer.place] >= _KNOWN_ABROAD:
        return False
    if gazetteer.kind[answer.place] not in (DISTRICT, PLACE) or answer.region in around.inside_regions:
        return False
    tiny = gazetteer.magnitude[answer.place] < _TINY and answer.flag not in (PRIMARY, CURATED)
    if tiny and any(gazetteer.country_of_region(region) == answer.country for region in around.firm_regions):
        return True
    homes = {gazetteer.country_of_region(region) for region in around.inside_regions}
    known = around.declared | around.outright
    return answer.country not in homes | known and bool(homes & known)


def _main(around: Surroundings) -> list[int]:
    """Countries to which three tenths of the text and more belong."""
    return [country for share, country in around.likely_countries() if share >= 0.3]


def _by_sound(page: Page, span: Found, around: Surroundings, gazetteer: Gazetteer) -> Resolved | None:
    """Another transliteration of a name in a country the text is about: same consonants, and the region named after
    it agrees."""
    countries = [*sorted(around.inside_countries), *sorted(around.declared), *_main(around)]
    place = gazetteer.by_sound(
        page.words.text[page.words.starts[span.first] : page.words.ends[span.past - 1]], countries
    )
    if place is None:
        return None
    country, region = int(gazetteer.country[place]), int(gazetteer.region[place])
    if around.inside_regions and region not in around.inside_regions:
        return None
    return Resolved(place, ALTERNATE, country, region, 0.6, "transliteration", around.wanted)


def _placed_by_context(answer: Resolved, around: Surroundings, gazetteer: Gazetteer) -> Resolved:
    """An unknown name lies in the region named after it, else in the country most of the text is about."""
    if len(around.inside_regions) == 1:
        region = next(iter(around.inside_regions))
        country = gazetteer.country_of_region(region)
        return Resolved(None, -1, country, region, 0.6, "unknown name in region", answer.wanted)
    if len(around.inside_countries) == 1:
        return Resolved(None, -1, next(iter(around.inside_countries)), 0, 0.6, "unknown name in country", answer.wanted)
    for share, country in around.likely_countries()[:1]:
        if share >= 0.5 or country in around.declared:
            return Resolved(None, -1, country, 0, 0.3 + 0.3 * share, "unknown name, country of text", answer.wanted)
    if len(around.declared) == 1:
        return Resolved(None, -1, next(iter(around.declared)), 0, 0.5, "unknown name, declared country", answer.wanted)
    return answer
