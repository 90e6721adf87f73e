"""What goes into the text pipeline and what comes out of it: plain rows, ready for the warehouse."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .claims import SuggestedClaim
from .quantities import Quantity
from .stories import Member, Story


@dataclass(frozen=True, slots=True)
class TextDocument:
    """What the pipeline needs of a document. `countries` are iso3 codes the source declares; `language` its own
    word. `claims` False: its sentences state no facts (rules, notes of change); all else is read all the same."""

    id: str
    source_id: str
    origin_family: str
    url: str
    title: str
    text: str
    published: datetime | None = None
    language: str | None = None
    countries: tuple[str, ...] = ()
    claims: bool = True


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """What a document is about. `themes`: (theme, probability) at or above one half, or the best one."""

    document_id: str
    language: str
    language_margin: float
    dimension: str
    relevance: float
    themes: tuple[tuple[str, float], ...]
    countries: tuple[tuple[str, float], ...]
    regions: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class MentionRow:
    """A place mention in a document's `part`, offsets in that part."""

    document_id: str
    part: str
    start: int
    end: int
    mention: Any


@dataclass(frozen=True, slots=True)
class QuantityRow:
    """A number of persons in a document's `part`, offsets in that part."""

    document_id: str
    part: str
    quantity: Quantity


@dataclass(frozen=True, slots=True)
class TriggerRow:
    """Words that may open a qualitative alert (method section 13), with their sentence. A person confirms."""

    document_id: str
    part: str
    trigger: str
    start: int
    end: int
    quote: str
    iso3: str | None


@dataclass(frozen=True)
class TextRows:
    """All rows of a run. `members` (with their fingerprints) are the next run's `previous_window`."""

    documents: list[DocumentRow] = field(default_factory=list)
    mentions: list[MentionRow] = field(default_factory=list)
    quantities: list[QuantityRow] = field(default_factory=list)
    claims: list[SuggestedClaim] = field(default_factory=list)
    triggers: list[TriggerRow] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    stories: list[Story] = field(default_factory=list)
