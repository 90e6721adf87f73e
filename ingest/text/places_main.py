"""The countries and regions a text is mainly about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.text.places import Mention

#: How much a mention says about what the text is about, by role; a people says less than a place.
_ROLE_WEIGHT = {"event_place": 1.5, "mention": 1.0, "origin": 0.7, "destination": 0.6, "dateline": 0.4, "embassy": 0.1}
_KIND_WEIGHT = {"demonym": 0.5, "cross_country": 0.5}
_EARLY, _BEGINNING = 4.0, 1000  # extra weight at the first character, falling to none (characters)
_FOREIGN = 0.1


@dataclass(frozen=True, slots=True)
class Share:
    """One country (ISO alpha-3) or region (ISO 3166-2) and its part (0-1) of what the text names."""

    id: str
    share: float


@dataclass(frozen=True, slots=True)
class MainPlaces:
    """Ranked, largest share first; empty when the text names none."""

    countries: tuple[Share, ...]
    regions: tuple[Share, ...]


def main_places(mentions: Sequence[Mention], text: str) -> MainPlaces:
    """What a text is about: mentions weighed by role and kind, the title and the first sentences counting up to five times.

    Regions of another country than the main one count by that country's share, so that the capitals of those who comment on a war
    do not outrank the towns it is fought in. Weights were set on the tuning part of one labelled file; see docs of `evaluate regions`.
    """
    countries: dict[str, float] = defaultdict(float)
    weighed = []
    length = max(len(text), 1)
    for mention in mentions:
        early = 1.0 + _EARLY * max(0.0, 1.0 - mention.start / min(length, _BEGINNING))
        weight = early * mention.confidence * _ROLE_WEIGHT[mention.role] * _KIND_WEIGHT.get(mention.kind, 1.0)
        weighed.append((mention, weight))
        if mention.iso3:
            countries[mention.iso3] += weight
    regions: dict[str, float] = defaultdict(float)
    largest = max(countries.values(), default=1.0)
    for mention, weight in weighed:
        if mention.region_id and mention.iso3:
            regions[mention.region_id] += weight * (_FOREIGN + (1.0 - _FOREIGN) * countries[mention.iso3] / largest)
    return MainPlaces(_ranked(countries), _ranked(regions))


def _ranked(weights: dict[str, float]) -> tuple[Share, ...]:
    total = sum(weights.values())
    ranked = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Share(key, round(value / total, 4)) for key, value in ranked if total > 0)
