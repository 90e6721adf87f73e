"""Suggested claims: one sentence, one theme, one region. A suggestion opens alerts and fills the review queue; it never
moves a score before a person has confirmed it (method section 7). No quote, no claim.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from .claim_places import MentionLike, Where, places_of, within
from .claim_scorer import LANGUAGE, OTHERS, Facts, ScorerLike
from .quantities import Quantity
from .response import Told, is_attributed, read_told
from .sentences import Sentence
from .statements import is_statement
from .themes import STRONG, Lexicon, Theme, ThemeHit
from .tokens import Words

EXTRACTOR = "text-5"
_FIGURE = re.compile(r"\d")
THEMES_A_SENTENCE = 3
LONGEST_QUOTE = 1200
LONGEST_EXPRESSION = 40  # characters; a longer match has other words between its own
_ASSUMED = 0.5  # factor on the confidence of a place that is the document's, not the sentence's
LEAST_CONFIDENCE = 0.5  # of a claim judged by rule
SUGGESTED_FROM = 0.2  # probability of a scored claim: missing evidence is worse than one more line to read
#: Drafts on the law are suggested whatever the scorer says, which then only orders them: few were labelled, and none in
#: reports on human rights, which it would halve.
ALWAYS_SUGGESTED = "legal"
MOST_A_PLACE = 20  # claims of a document on one theme and place
ALIKE = 0.5  # share of words in common from which two lines say the same
_WORDS = re.compile(r"[^\W\d_]+")
# Themes that say nothing once a more exact one of the same dimension is in the sentence.
_GENERAL = frozenset({"insecurity", "human_rights", "children", "attack_on_civilians", "armed_clash"})
_LADDERS = {
    "displaced": (1_000, 10_000, 100_000),
    "in_need": (10_000, 100_000, 1_000_000),
    "returned": (1_000, 10_000, 100_000),
}
_PERSONS = (5, 25, 100)


@dataclass(frozen=True, slots=True)
class SuggestedClaim:
    """`quote` is `text[start:end]` of the document's part (`title` or `text`). At least one of `indicator_id` and
    `profile` is given. `severity` 0-4 is a proposal, None where the theme is good news; `polarity` -1 worse, +1
    better, 0 the
    wording does not say. `region_id` None: known for the country only."""

    claim_id: str
    document_id: str
    part: str
    start: int
    end: int
    quote: str
    iso3: str
    region_id: str | None
    region_rule: str
    theme: str
    dimension: str
    indicator_id: str | None
    profile: str | None
    polarity: int
    severity: int | None
    confidence: float
    cluster_id: str | None
    extractor_version: str


@dataclass(frozen=True)
class Evidence:
    """All that is known of one part of a document when its claims are made. `document_places` are the main countries
    and
    regions with their shares; `theme_probability` and `relevance` come from the gate."""

    document_id: str
    part: str
    text: str
    sentences: Sequence[Sentence]
    hits: Sequence[ThemeHit]
    mentions: Sequence[MentionLike]
    quantities: Sequence[Quantity]
    ranges: dict[int, int]  # sentence number -> range level 0-4
    document_places: Sequence[tuple[Where, float]]
    theme_probability: dict[str, float]
    relevance: float
    cluster_id: str | None
    words: Words
    bounds: Sequence[tuple[int, int]]  # sentence number -> its word positions
    language: str
    opening: Sequence[str]  # the first words of title and text, folded


def suggest_claims(evidence: Evidence, lexicon: Lexicon, scorer: ScorerLike) -> list[SuggestedClaim]:
    """The claims of one part of a document, in reading order. Negated, possible and past statements give none, nor do
    sentences about the response alone; of lines that say nearly the same of one place the likeliest stays."""
    by_sentence: dict[int, list[ThemeHit]] = defaultdict(list)
    for hit in evidence.hits:
        theme = lexicon.themes.get(hit.theme)
        if theme is not None and theme.dimension != "none" and hit.context.is_fact():
            by_sentence[hit.sentence].append(hit)
    told = _Telling(evidence, sorted(by_sentence))
    mentions = told.events()
    scored = evidence.language == LANGUAGE and evidence.part == "text"
    claims: list[SuggestedClaim] = []
    for number in sorted(by_sentence):
        sentence = evidence.sentences[number]
        if sentence.end - sentence.start > LONGEST_QUOTE:
            continue
        if told[number].is_response:
            continue
        chosen = _choose(by_sentence[number], evidence, lexicon, told.figures(number))
        places = places_of(number, evidence.sentences, mentions, evidence.document_places) if chosen else []
        if not places or not is_statement(evidence.text[sentence.start : sentence.end], evidence.part):
            continue
        quantities = within(sentence, evidence.quantities)
        for theme, strength in chosen:
            severity = propose_severity(theme, quantities, evidence.ranges.get(number, 2))
            for where in places:
                confidence = _confidence(evidence, theme, where, strength)
                suggested = confidence >= LEAST_CONFIDENCE
                if suggested and scored:
                    confidence = scorer.probability(_facts(evidence, number, theme, where, strength, told))
                    suggested = is_suggested(confidence, theme.dimension)
                if suggested:
                    claims.append(_claim(evidence, sentence, theme, where, severity, confidence))
    return _without_repeats(claims)


def is_suggested(probability: float, dimension: str) -> bool:
    """Whether a person is to see a scored draft."""
    return probability >= SUGGESTED_FROM or dimension == ALWAYS_SUGGESTED


def _facts(evidence: Evidence, number: int, theme: Theme, where: Where, strength: float, told: _Telling) -> Facts:
    """What the scorer needs to know of a draft."""
    sentence = evidence.sentences[number]
    first, last = evidence.bounds[number]
    countries = [(place.iso3, share) for place, share in evidence.document_places if place.region_id is None]
    return Facts(
        words=evidence.words.folded[first:last],
        theme=theme.id,
        dimension=theme.dimension,
        polarity=theme.polarity,
        opening=evidence.opening,
        rule=where.rule,
        has_region=where.region_id is not None,
        share=dict(countries).get(where.iso3, 0.0),
        is_main=bool(countries) and countries[0][0] == where.iso3,
        probability=evidence.theme_probability.get(theme.id, 0.0),
        relevance=evidence.relevance,
        strength=strength,
        quantities=len(within(sentence, evidence.quantities)),
        position=number,
        deeds=told[number].deeds,
        states=told[number].states,
        others=told.others.get(number, {}),
        responses=told.responses,
        countries=len(countries),
        document_others={theme: evidence.theme_probability.get(theme, 0.0) for theme in OTHERS},
        draft=(evidence.part, sentence.start, theme.id, where.iso3, where.region_id),
    )


def _without_repeats(claims: Sequence[SuggestedClaim]) -> list[SuggestedClaim]:
    """Of claims on one theme and place whose sentences share most words (the lines of a log) the likeliest, and of one
    theme and place no more than a person reads."""
    kept: dict[tuple[str, str, str | None], list[tuple[SuggestedClaim, frozenset[str]]]] = defaultdict(list)
    for claim in sorted(claims, key=lambda claim: (-claim.confidence, claim.start)):
        words = frozenset(_WORDS.findall(claim.quote.casefold()))
        group = kept[claim.theme, claim.iso3, claim.region_id]
        if len(group) < MOST_A_PLACE and not any(
            len(words & other) >= ALIKE * len(words | other) for _, other in group
        ):
            group.append((claim, words))
    chosen = {claim.claim_id for group in kept.values() for claim, _ in group}
    return [claim for claim in claims if claim.claim_id in chosen]


class _Telling:
    """What each sentence of a text tells, read when it is asked for."""

    def __init__(self, evidence: Evidence, about: Sequence[int]) -> None:
        self._evidence, self._about = evidence, about
        self._known: dict[int, Told] = {}

    def __getitem__(self, number: int) -> Told:
        if number not in self._known:
            evidence = self._evidence
            self._known[number] = read_told(evidence.words, evidence.bounds[number], evidence.language)
        return self._known[number]

    @cached_property
    def responses(self) -> float:
        """Share of the sentences with a theme that are about the response."""
        return sum(self[number].is_response for number in self._about) / max(len(self._about), 1)

    @cached_property
    def others(self) -> dict[int, dict[str, float]]:
        """Weight of words of themes of no dimension, by sentence."""
        found: dict[int, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for hit in self._evidence.hits:
            if hit.theme in OTHERS:
                found[hit.sentence][hit.theme] += hit.weight
        return found

    def figures(self, number: int) -> bool:
        sentence = self._evidence.sentences[number]
        return _FIGURE.search(self._evidence.text, sentence.start, sentence.end) is not None

    def events(self) -> list[MentionLike]:
        """The places without those named only for who speaks or pays."""
        evidence = self._evidence
        starts = [sentence.start for sentence in evidence.sentences]
        return [
            mention
            for mention in evidence.mentions
            if not is_attributed(
                mention.start, evidence.text, evidence.words, self[max(bisect_right(starts, mention.start) - 1, 0)]
            )
        ]


def _choose(hits: Iterable[ThemeHit], evidence: Evidence, lexicon: Lexicon, figures: bool) -> list[tuple[Theme, float]]:
    """The themes a sentence is about: a strong word, or two weak ones; the general ones yield to the exact. A theme
    whose
    wording says nothing of better or worse (prices, schools) needs a figure in the sentence, or twice the words."""
    weight: dict[str, float] = defaultdict(float)
    strong: set[str] = set()
    for hit in _by_themselves(list(hits), lexicon):
        weight[hit.theme] += hit.weight
        if hit.weight >= STRONG:
            strong.add(hit.theme)
    themes = [name for name in weight if name in strong or weight[name] >= STRONG]
    themes = [n for n in themes if lexicon.themes[n].polarity or figures or weight[n] >= 2 * STRONG]
    exact = {lexicon.themes[name].dimension for name in themes if name not in _GENERAL}
    themes = [n for n in themes if n not in _GENERAL or n in strong or lexicon.themes[n].dimension not in exact]
    ranked = sorted(themes, key=lambda n: (-weight[n] * (0.5 + evidence.theme_probability.get(n, 0.0)), n))
    return [(lexicon.themes[n], weight[n] + (1.0 if n in strong else 0.0)) for n in ranked[:THEMES_A_SENTENCE]]


def _by_themselves(hits: list[ThemeHit], lexicon: Lexicon) -> list[ThemeHit]:
    """Without words that are part of an expression of another dimension: "food insecurity" tells of no insecurity."""

    def is_part(hit: ThemeHit, other: ThemeHit) -> bool:
        inside = other.start <= hit.start and hit.end <= other.end
        longer = hit.end - hit.start < other.end - other.start <= LONGEST_EXPRESSION
        return inside and longer and lexicon.themes[hit.theme].dimension != lexicon.themes[other.theme].dimension

    return [hit for hit in hits if not any(is_part(hit, other) for other in hits)]


def propose_severity(theme: Theme, quantities: Sequence[Quantity], range_level: int) -> int | None:
    """Rounded mean of scope (persons named), intensity (of the theme) and range (words), each 0-4; None for good
    news."""
    if theme.polarity > 0:
        return None
    scopes = [_scope(quantity) for quantity in quantities]
    scope = max(scopes) if scopes else 2
    return int((scope + theme.intensity + range_level) / 3 + 0.5)


def _scope(quantity: Quantity) -> int:
    steps = _LADDERS.get(quantity.unit, _PERSONS)
    return 1 + sum(quantity.value >= step for step in steps) if quantity.value > 0 else 0


def _confidence(evidence: Evidence, theme: Theme, where: Where, strength: float) -> float:
    """By rule, for titles and for languages the scorer does not know: more and stronger words, a gate that agrees, a
    place of the sentence's own."""
    probability = evidence.theme_probability.get(theme.id, 0.0)
    placed = where.confidence * (_ASSUMED if where.rule.startswith(("document", "declared")) else 1.0)
    confidence = 0.12 + 0.08 * min(strength, 4.0) + 0.2 * probability + 0.18 * evidence.relevance + 0.18 * placed
    return min(confidence, 1.0)


def _claim(
    evidence: Evidence, sentence: Sentence, theme: Theme, where: Where, severity: int | None, confidence: float
) -> SuggestedClaim:
    quote = evidence.text[sentence.start : sentence.end]
    identity = "\x1f".join(
        (evidence.document_id, evidence.part, str(sentence.start), quote, theme.id, where.iso3, where.region_id or "")
    )
    return SuggestedClaim(
        claim_id="claim:" + hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:20],
        document_id=evidence.document_id,
        part=evidence.part,
        start=sentence.start,
        end=sentence.end,
        quote=quote,
        iso3=where.iso3,
        region_id=where.region_id,
        region_rule=where.rule,
        theme=theme.id,
        dimension=theme.dimension,
        indicator_id=theme.indicator,
        profile=theme.profiles[0] if theme.profiles else None,
        polarity=theme.polarity,
        severity=severity,
        confidence=round(confidence, 3),
        cluster_id=evidence.cluster_id,
        extractor_version=EXTRACTOR,
    )
