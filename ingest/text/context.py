"""Is it said that it happened? Negation, modality and past reference around a theme hit.

A hit is *negated* when a negation reaches it ("no clashes were reported"), *modal* when it is possible, feared,
conditional or demanded ("risk of torture", "could resume"), *past* when its sentence speaks of a time well before
publication ("in the 1990s", "in 2003") and nothing in it says that this goes on. None of the three makes a claim.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from .lexicon import Found, Matcher

BEFORE_NEGATION = 6  # words a negation reaches forwards
AFTER_NEGATION = 5  # words behind a hit in which it can be negated ("clashes did not occur")
BEFORE_MODALITY = 10
AFTER_MODALITY = 2
PAST_YEARS = 2  # a sentence whose newest year is more than this before publication speaks of the past
_YEAR = re.compile(r"(?<![\d.,])(1[89]\d\d|20\d\d)(?:s)?(?![\d.,]*\d)")
_KINDS = ("negation", "negation_after", "plain", "modality", "modality_after", "past", "present", "clause")
_SINCE = re.compile(r"(?:since|sinds|depuis|desde|منذ|from|vanaf|dès|a partir de)\s+(?:\w+\s+){0,2}$", re.IGNORECASE)
_MAY = re.compile(r"\bMay\b")
_MONTH_BEFORE = re.compile(
    r"(?:\d(?:st|nd|rd|th)?|[Ii]n|[Oo]f|[Ss]ince|[Bb]y|[Uu]ntil|[Dd]uring|[Ll]ast|[Ll]ate|[Ee]arly|to|from|and|–|-|,|April)\s*$"
)


@dataclass(frozen=True, slots=True)
class Context:
    """How a theme word is meant. All false: reported as a present fact."""

    negated: bool = False
    modal: bool = False
    past: bool = False

    def is_fact(self) -> bool:
        """True when nothing takes the statement back."""
        return not (self.negated or self.modal or self.past)


@dataclass(frozen=True, slots=True)
class SentenceCues:
    """Word positions of the cues of one sentence."""

    negation: tuple[tuple[int, int], ...]
    negation_after: tuple[int, ...]
    modality: tuple[tuple[int, int], ...]
    modality_after: tuple[int, ...]
    clause: tuple[int, ...]
    past: bool


def build_matcher(tables: Mapping[str, str], language: str) -> Matcher:
    """The cue matcher of one language from its [context.*] table."""
    matcher = Matcher(language)
    for kind in _KINDS:
        matcher.add(tables.get(kind, ""), kind)
    return matcher


def read_cues(
    found: Sequence[Found], text: str, span: tuple[int, int], starts: Sequence[int], year: int | None
) -> SentenceCues:
    """The cues of one sentence from the matches inside it. `year` is the year of publication, if known."""
    plain = {position for match in found if match.label == "plain" for position in range(match.first, match.last + 1)}
    spans: dict[str, list[tuple[int, int]]] = {kind: [] for kind in _KINDS}
    for match in found:
        if match.first in plain and match.label != "plain":
            continue
        if match.label == "modality" and _is_month(text, starts[match.first]):
            continue
        spans[match.label].append((match.first, match.last))
    covered = {position for first, last in spans["modality"] for position in range(first, last + 1)}
    return SentenceCues(
        negation=tuple(spans["negation"]),
        negation_after=tuple(first for first, _ in spans["negation_after"]),
        modality=tuple(spans["modality"]),
        modality_after=tuple(first for first, _ in spans["modality_after"]),
        clause=tuple(first for first, _ in spans["clause"] if first not in covered),
        past=_is_past(text[span[0] : span[1]], bool(spans["past"]), bool(spans["present"]), year),
    )


def context_of(first: int, last: int, cues: SentenceCues, negatable: bool, breaks: Sequence[int] = ()) -> Context:
    """The context of the hit on words `first` to `last`. `breaks` are word positions after a comma or semicolon."""
    return Context(
        negated=negatable and _is_negated(first, last, cues),
        modal=_is_modal(first, last, cues, breaks),
        past=cues.past,
    )


def _is_negated(first: int, last: int, cues: SentenceCues) -> bool:
    for start, end in cues.negation:
        if start >= first and end <= last:
            continue  # the negation is part of the theme ("detained without charge")
        if end < first and first - end <= BEFORE_NEGATION and not _between(cues.clause, end, first):
            return True
    return any(_is_behind(start, last, cues) for start in cues.negation_after)


def _is_behind(start: int, last: int, cues: SentenceCues) -> bool:
    """A cue that follows the hit within reach and in the same clause."""
    return last < start <= last + AFTER_NEGATION and not _between(cues.clause, last, start)


def _is_modal(first: int, last: int, cues: SentenceCues, breaks: Sequence[int]) -> bool:
    for start, end in cues.modality:
        if end < first and first - end <= BEFORE_MODALITY and not _between(_hard(cues.clause, first, end), end, first):
            return True
        if (
            last < start <= last + AFTER_MODALITY
            and not _between(cues.clause, last, start)
            and not _between(breaks, last, start + 1)
        ):
            return True
    return any(_is_behind(start, last, cues) for start in cues.modality_after)


def _hard(clause: Sequence[int], first: int, end: int) -> Sequence[int]:
    """A demand or fear reaches through one 'that'/'and'; it does not reach through two clauses."""
    inside = clause[bisect_right(clause, end) : bisect_left(clause, first)]
    return inside[1:]


def _between(positions: Sequence[int], low: int, high: int) -> bool:
    return any(low < position < high for position in positions)


def _is_month(text: str, start: int) -> bool:
    """'May' is the month when it is capitalised after a digit, preposition or comma, or before a year or day."""
    if not _MAY.match(text, start):
        return False
    following = text[start + 3 : start + 8].lstrip()[:1]
    return following.isdigit() or bool(_MONTH_BEFORE.search(text[max(0, start - 12) : start]))


@lru_cache(maxsize=50_000)
def _years(sentence: str) -> tuple[tuple[int, bool], ...]:
    """Years named in a sentence, each with whether it opens a period that goes on ("since 2012")."""
    return tuple(
        (int(match.group(1)), bool(_SINCE.search(sentence[max(0, match.start() - 40) : match.start()])))
        for match in _YEAR.finditer(sentence)
    )


def _is_past(sentence: str, past_cue: bool, present_cue: bool, year: int | None) -> bool:
    if present_cue:
        return False
    if past_cue:
        return True
    years = _years(sentence)
    if not years or any(ongoing for _, ongoing in years):
        return False
    if year is None:
        return max(value for value, _ in years) < 2000
    return max(value for value, _ in years) < year - PAST_YEARS
