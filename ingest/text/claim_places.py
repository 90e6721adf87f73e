"""Where a sentence happens: its own places, those of the sentence before, or the document's."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from .sentences import Sentence

REGIONS_A_SENTENCE = 5
DOCUMENT_REGION_SHARE = (
    0.6  # a region with this share of what a document names may stand for a sentence without a place
)
_NOT_WHERE = frozenset({"embassy", "destination", "dateline"})


class MentionLike(Protocol):
    """What is needed of a place mention (ingest.text.places.Mention has it)."""

    @property
    def start(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def iso3(self) -> str | None: ...
    @property
    def region_id(self) -> str | None: ...
    @property
    def confidence(self) -> float: ...
    @property
    def rule(self) -> str: ...
    @property
    def role(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Where:
    """A place a claim may be about, and the rule that says so."""

    iso3: str
    region_id: str | None
    rule: str
    confidence: float


def places_of(
    number: int,
    sentences: Sequence[Sentence],
    mentions: Sequence[MentionLike],
    document_places: Sequence[tuple[Where, float]],
) -> list[Where]:
    """Where a sentence happens: its own places, else those of the sentence before in the paragraph, else the
    document's."""
    own = _mentioned(sentences[number], mentions, "sentence")
    if own:
        return own
    previous = number - 1
    while previous >= 0 and sentences[previous].paragraph == sentences[number].paragraph and number - previous <= 3:
        before = _mentioned(sentences[previous], mentions, "paragraph")
        if before:
            return before[:1]
        previous -= 1
    regions = [where for where, share in document_places if where.region_id and share >= DOCUMENT_REGION_SHARE]
    countries = [where for where, _ in document_places if where.region_id is None]
    if regions and countries and regions[0].iso3 == countries[0].iso3:
        return regions[:1]
    return countries[:1]


def _mentioned(sentence: Sentence, mentions: Sequence[MentionLike], prefix: str) -> list[Where]:
    inside = [m for m in within(sentence, mentions) if m.iso3 and m.role not in _NOT_WHERE]
    placed = [m for m in inside if m.region_id]
    placed = [m for m in placed if m.role == "event_place"] or placed
    countries = [m for m in inside if not m.region_id and m.kind != "demonym"] or [m for m in inside if not m.region_id]
    countries = [m for m in countries if m.role == "event_place"] or countries
    found: dict[tuple[str, str | None], Where] = {}
    for mention in placed or countries[:1]:
        key = (str(mention.iso3), mention.region_id)
        if key not in found:
            found[key] = Where(key[0], key[1], f"{prefix}:{mention.rule}", mention.confidence)
    return list(found.values())[:REGIONS_A_SENTENCE]


class _Starts(Protocol):
    @property
    def start(self) -> int: ...


_Placed = TypeVar("_Placed", bound=_Starts)


def within(sentence: Sentence, things: Sequence[_Placed]) -> Sequence[_Placed]:
    """Those that begin in a sentence; `things` are in the order of their sentences."""
    first = bisect_left(things, sentence.start, key=lambda thing: thing.start)
    return things[first : bisect_left(things, sentence.end, lo=first, key=lambda thing: thing.start)]
