"""What stands around a name and says which place it is: the regions and countries named right after it, the kind its
designator asks for, and what the whole text names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from ingest.text import places_words as w
from ingest.text.places_gazetteer import AREA, COUNTRY, DEMONYM, DISTRICT, PLACE, REGION, Gazetteer

if TYPE_CHECKING:
    from ingest.text.places_decode import Found
    from ingest.text.places_page import Page
    from ingest.text.places_resolve import Resolved


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known around a name; places are indexes of the gazetteer.

    `declared`: countries the source declares; `share`, `region_share`: share of the text by country and region;
    `inside_…`: countries and regions named right after it ("Aleppo, Syria"), `firm_regions` those of them that cannot
    be the next item of a list ("Rastan in Homs", "Rastan, Homs province"); `wanted`: kind its designator asks for, or
    None; `outright`: countries that the text names somewhere.
    """

    declared: frozenset[int] = frozenset()
    share: Mapping[int, float] = field(default_factory=dict)
    region_share: Mapping[int, float] = field(default_factory=dict)
    inside_countries: frozenset[int] = frozenset()
    inside_regions: frozenset[int] = frozenset()
    firm_regions: frozenset[int] = frozenset()
    wanted: int | None = None
    outright: frozenset[int] = frozenset()

    def likely_countries(self) -> list[tuple[float, int]]:
        """(share, country), the largest first: where the source declares countries, those and the ones named outright
        alone, since one misread name would otherwise stand for a country."""
        known = self.declared | self.outright
        shares = [(share, country) for country, share in self.share.items() if not self.declared or country in known]
        return sorted(shares, key=lambda pair: (-pair[0], pair[1]))


NOTHING = Surroundings()
#: French "est" is a verb besides, so that elsewhere it is no part of a name.
_DIRECTIONS = w.DIRECTIONS | {"est", "este"}
_OF_WORDS = w.words_of("in of de du des van te en في the la l le het d s")
_DESCRIBING = w.DESIGNATORS | w.DIRECTIONS


def is_direction(page: Page, span: Found) -> bool:
    """The name is a direction alone: "the East", "Northern Province"."""
    words = [word for word in page.words.folded[span.first : span.past] if word not in w.ARTICLES]
    return all(word in _DIRECTIONS or word in w.REGION_WORDS for word in words)


def shares_of(
    spans: Sequence[Found], answers: Sequence[Resolved], gazetteer: Gazetteer
) -> tuple[dict[int, float], dict[int, float]]:
    """Shares of countries and regions among the certain mentions; countries named outright count double."""
    countries: dict[int, float] = defaultdict(float)
    regions: dict[int, float] = defaultdict(float)
    for span, answer in zip(spans, answers, strict=True):
        if answer.place is None or not answer.country:
            continue
        outright = gazetteer.kind[answer.place] == COUNTRY
        countries[answer.country] += (
            (2.0 if outright else 1.0) * span.probability * (answer.certainty if not outright else 1.0)
        )
        if answer.region:
            regions[answer.region] += span.probability * answer.certainty
    return _normal(countries), _normal(regions)


def _normal(weights: Mapping[int, float]) -> dict[int, float]:
    total = sum(weights.values()) or 1.0
    return {key: value / total for key, value in weights.items()}


class NamedAfter(NamedTuple):
    """Countries and regions named right after a name; `firm`: the regions that cannot be the next item of a list."""

    countries: frozenset[int]
    regions: frozenset[int]
    firm: frozenset[int]


def named_after(
    page: Page, spans: Sequence[Found], answers: Sequence[Resolved], i: int, known: frozenset[int], gazetteer: Gazetteer
) -> NamedAfter:
    """What is named right after span i, as in "X, Y", "X (Y)", "X in Y", "X district of Y". `known`: countries declared
    or named outright."""
    countries, regions, firm = set(), set(), set()
    own_country = any(gazetteer.kind[place] == COUNTRY and flag != DEMONYM for place, flag in spans[i].postings)
    for j in range(i + 1, min(i + 4, len(spans))):
        gap = range(spans[j - 1].past, spans[j].first)
        words = [page.words.folded[k] for k in gap if page.words.folded[k] not in _DESCRIBING]
        signs = [page.separator[k] for k in range(spans[j - 1].past, spans[j].first + 1)]
        if (
            len(words) > 2
            or any(word not in _OF_WORDS for word in words)
            or any(sign[:1] in (".", ";", "\n", ")") for sign in signs if sign)
        ):
            break
        if not words and not any(sign[:1] in (",", "(", "،", "-", "–", "/") for sign in signs if sign):
            break
        answer = answers[j]
        if answer.place is None:
            continue
        kind = int(gazetteer.kind[answer.place])
        if is_direction(page, spans[j]) and answer.country not in known:
            continue  # "East Shaggar region": not the Eastern Province of Sri Lanka
        if kind in (COUNTRY, AREA) and own_country:
            break  # "Niger, Nigeria" is a list of countries, not the state of Niger
        if kind == COUNTRY and answer.flag != DEMONYM:
            countries.add(answer.country)
        elif answer.region and (kind == REGION or not spans[i].postings):
            regions.add(answer.region)
            if j == i + 1 and kind == REGION and (words or wanted_kind(page, spans[j]) == REGION):
                firm.add(answer.region)
        elif kind == AREA and answer.country:
            countries.add(answer.country)
    return NamedAfter(frozenset(countries), frozenset(regions), frozenset(firm))


def wanted_kind(page: Page, span: Found) -> int | None:
    """Kind that a designator of the span asks for."""
    folded = page.words.folded
    around = [*folded[span.past : span.right], *folded[span.left : span.first]]
    if any(word in ("city", "town", "stad", "ville", "ciudad", "stadt", "مدينه") for word in around):
        return PLACE
    if any(word in w.REGION_WORDS for word in around) or any(
        word in w.REGION_WORDS for word in folded[max(0, span.first - 1) : span.first]
    ):
        return REGION
    if any(word in w.DISTRICT_WORDS for word in around):
        return DISTRICT
    if any(word in w.PLACE_WORDS for word in around):
        return PLACE
    return None
