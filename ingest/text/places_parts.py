"""Parts of towns and the land around them: a quarter lies in the city named before it, "rural X" around X."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.text import places_words as w
from ingest.text.places_gazetteer import CURATED, PLACE, REGION, Gazetteer

if TYPE_CHECKING:
    from ingest.text.places_decode import Found
    from ingest.text.places_page import Page
    from ingest.text.places_resolve import Resolved

_CITY = 5.0  # log10 of inhabitants: large enough for its quarters to be named without it
_NEAR_CITY = 600  # characters between the name of a city and that of its quarter
_WORDS_BETWEEN = 5
_CITY_WORDS = w.words_of("city stad ville ciudad stadt مدينه")


def quarters_of_towns(
    page: Page, spans: Sequence[Found], answers: Sequence[Resolved], gazetteer: Gazetteer
) -> list[Resolved]:
    """ "Salihiya neighbourhood" after "Damascus" is a quarter of that city, not the village of that name elsewhere."""
    found: list[Resolved] = []
    before: tuple[int, Resolved] | None = None
    for i, (span, answer) in enumerate(zip(spans, answers, strict=True)):
        start = page.words.starts[span.first]
        if _is_quarter(page, span, answer, gazetteer):
            city = _named_after(page, spans, answers, i, gazetteer)
            if city is None and before and start - before[0] < _NEAR_CITY:
                city = before[1]
            if city and answer.country not in (0, city.country):
                city = None
            if city and city.region != answer.region and answer.rule != "inside":
                home = {"country": city.country, "region": city.region}
                answer = replace(answer, place=None, flag=-1, certainty=0.6, rule="quarter of city", **home)
            elif city is None and _has_namesakes(span, answer, gazetteer):
                answer = replace(answer, place=None, flag=-1, region=0, certainty=0.5, rule="quarter of a town unnamed")
        elif _is_city(page, span, answer, gazetteer):
            before = (start, answer)
        found.append(answer)
    return found


def _has_namesakes(span: Found, answer: Resolved, gazetteer: Gazetteer) -> bool:
    """Settlements of that name lie in several regions of the country: a quarter could be anywhere ("Progreso")."""
    if answer.place is None or answer.rule == "inside" or answer.flag == CURATED:
        return False
    country = gazetteer.country
    homes = {gazetteer.region[place] for place, _flag in span.postings if country[place] == answer.country}
    return len(homes) > 1


def _is_city(page: Page, span: Found, answer: Resolved, gazetteer: Gazetteer) -> bool:
    """A settlement of 100,000 and more, or a region that is named as a city ("Damascus city")."""
    if answer.place is None or not answer.region:
        return False
    if gazetteer.kind[answer.place] == REGION:
        return bool(_CITY_WORDS & set(page.words.folded[span.left : span.right]))
    return bool(gazetteer.kind[answer.place] == PLACE and gazetteer.magnitude[answer.place] >= _CITY)


def _named_after(
    page: Page, spans: Sequence[Found], answers: Sequence[Resolved], i: int, gazetteer: Gazetteer
) -> Resolved | None:
    """The city or region named a few words after span i in the same sentence ("... quarter in the south of Homs")."""
    if i + 1 >= len(spans) or spans[i + 1].first - spans[i].past > _WORDS_BETWEEN:
        return None
    signs = page.separator[spans[i].past : spans[i + 1].first + 1]
    answer = answers[i + 1]
    region = answer.place is not None and gazetteer.kind[answer.place] == REGION
    named = region or _is_city(page, spans[i + 1], answer, gazetteer)
    return answer if named and not any(sign[:1] in (".", ";", "\n", "!", "?") for sign in signs if sign) else None


def part_of_area(page: Page, span: Found, answer: Resolved, gazetteer: Gazetteer) -> Resolved:
    """ "Northern Gaza", "the central Gaza Strip": the region that is called so, where aliases.toml names one."""
    before = page.words.folded[span.left : span.first]
    if answer.place is None or not before or not set(before) <= w.DIRECTIONS:
        return answer
    for place, flag in gazetteer.lookup(" ".join([*before, *page.words.folded[span.first : span.past]])):
        same = gazetteer.country[place] == answer.country
        if flag == CURATED and gazetteer.kind[place] == REGION and same:
            region = int(gazetteer.region[place])
            return replace(answer, place=place, flag=flag, region=region, rule="part of area")
    return answer


_OF = w.words_of("of de del van")
_OUTSIDE = w.words_of("countryside suburbs outskirts platteland")


def countryside_of(page: Page, span: Found, answer: Resolved, gazetteer: Gazetteer) -> Resolved:
    """ "rural Damascus", "the countryside of Damascus": the region around the town, where one is called so."""
    first, folded = span.first, page.words.folded
    before = folded[max(0, first - 2) : first]
    outside = before[-1:] == ["rural"] or (len(before) == 2 and before[0] in _OUTSIDE and before[1] in ("of", "van"))
    if answer.place is None or not outside:
        return answer
    for place, flag in gazetteer.lookup("rural " + " ".join(folded[first : span.past])):
        if gazetteer.kind[place] == REGION and gazetteer.country[place] == answer.country:
            region = int(gazetteer.region[place])
            return replace(answer, place=place, flag=flag, region=region, rule="countryside")
    return answer


def _is_quarter(page: Page, span: Found, answer: Resolved, gazetteer: Gazetteer) -> bool:
    """The name stands with "neighbourhood" or the like, or with "district" though only a settlement has that name."""
    before = page.words.folded[max(0, span.left - 2) : span.left]
    around = {*page.words.folded[span.past : span.right], *page.words.folded[span.left : span.first]}
    if before and before[-1] in _OF:  # "barrio (de) La Ceiba"
        before = before[:-1]
    around |= set(before[-1:]) & w.QUARTER_WORDS
    if answer.place is not None and gazetteer.magnitude[answer.place] >= _CITY:
        return False
    if around & w.QUARTER_WORDS:
        return True
    kinds = {gazetteer.kind[place] for place, _flag in span.postings}
    return bool(around & {"district", "districts"}) and kinds <= {PLACE}
