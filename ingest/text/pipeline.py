"""From documents to rows: language, places, themes, claims, stories. Pure: no file but the shipped tables is read, no
clock, and a document's rows depend on that document and on the stories already known, never on its neighbours.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .claims import Evidence, Where, suggest_claims
from .features import Reading
from .fingerprints import Fingerprint, fingerprint, story_weights
from .gate import DIMENSIONS, Gate, load_gate
from .language import LanguageGuess, identify
from .lexicon import Found
from .quantities import Quantity, find_quantities
from .rows import DocumentRow, MentionRow, QuantityRow, TextDocument, TextRows, TriggerRow
from .sentences import Sentence, split_sentences
from .stories import Member, cluster, stories
from .themes import Lexicon, ThemeHit, load_lexicon, match_themes, sentence_bounds, tag_themes
from .tokens import Words, words_of

LONGEST_TEXT = (
    400_000  # characters read of one document; more is a register or a mistake, and its beginning says what it is
)
MAIN_SHARE = 0.1  # a country or region with this share of what a document names is one of its main ones
THEME_SHOWN = 0.5

PlaceTagger = Callable[..., Sequence[Any]]
MainPlacesOf = Callable[[Sequence[Any], str], Any]


@dataclass(frozen=True)
class _Part:
    """The title or the text of a document, read once."""

    name: str
    text: str
    words: Words
    sentences: list[Sentence]
    bounds: list[tuple[int, int]]
    found: list[Found]


@dataclass(frozen=True)
class _Read:
    """A document after reading, before its story is known."""

    document: TextDocument
    guess: LanguageGuess
    parts: tuple[_Part, ...]
    mentions: dict[str, list[MentionRow]]
    countries: tuple[tuple[str, float], ...]
    regions: tuple[tuple[str, float], ...]
    reading: Reading


class _Tools:
    """The tables and functions a run uses, loaded once."""

    def __init__(
        self, gazetteer: Any, tagger: PlaceTagger | None, main: MainPlacesOf | None, gate: Gate | None
    ) -> None:
        if tagger is None or main is None:
            from .places import load_gazetteer, main_places, tag_places  # loads megabytes: only when it is used

            gazetteer = gazetteer or load_gazetteer()
            tagger, main = tagger or tag_places, main or main_places
        self.lexicon: Lexicon = load_lexicon()
        self.gate = gate or load_gate()
        self.gazetteer, self.tag, self.main = gazetteer, tagger, main
        self.word_weights: NDArray[np.float32] = story_weights(self.gate.idf)


def process_documents(
    documents: Iterable[TextDocument],
    previous_window: Sequence[Member] = (),
    gazetteer: Any = None,
    *,
    tagger: PlaceTagger | None = None,
    main: MainPlacesOf | None = None,
    gate: Gate | None = None,
) -> TextRows:
    """Rows of documents. `previous_window`: members of the last 30 days; `gazetteer`, `tagger`, `main`, `gate`: the
    shipped ones unless given. Documents with the same id as a remembered member are revisions of it."""
    tools = _Tools(gazetteer, tagger, main, gate)
    with _without_collector():
        return _process(documents, previous_window, tools)


@contextmanager
def _without_collector() -> Iterator[None]:
    """No garbage collection meanwhile: reading makes millions of small lists and no cycles, so that every look through
    them frees nothing and costs a twelfth of the time."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _process(documents: Iterable[TextDocument], previous_window: Sequence[Member], tools: _Tools) -> TextRows:
    read = [_read(document, tools) for document in documents]
    rows = TextRows()
    if not read:
        return rows
    scores = tools.gate.score([item.reading for item in read])
    prints = [_fingerprint(item, tools) for item in read]
    rows.members.extend(cluster(prints, previous_window))
    rows.stories.extend(stories([*previous_window, *rows.members]))
    cluster_of = {member.document_id: member.cluster_id for member in rows.members}
    for number, item in enumerate(read):
        _add_rows(
            rows, item, scores.dimension[number], scores.theme[number], cluster_of[item.document.id], tools.lexicon
        )
    return rows


def _read(document: TextDocument, tools: _Tools) -> _Read:
    title, text = (document.title.strip() and document.title) or "", document.text[:LONGEST_TEXT]
    guess = identify(f"{title}\n{text}", document.language)
    named = [("title", title)] if title and not text.startswith(title) else []
    parts = tuple(_read_part(name, content, guess.language, tools) for name, content in [*named, ("text", text)])
    whole = "\n\n".join(part.text for part in parts)
    tagged = tools.tag(whole, language=guess.language, declared_countries=document.countries, gazetteer=tools.gazetteer)
    mentions = _share_out(document.id, parts, tagged)
    main = tools.main(tagged, whole)
    return _Read(
        document=document,
        guess=guess,
        parts=parts,
        mentions=mentions,
        countries=_main(main.countries) or tuple((iso3, 1.0 / len(document.countries)) for iso3 in document.countries),
        regions=_main(main.regions),
        reading=_joined(parts),
    )


def _read_part(name: str, text: str, language: str, tools: _Tools) -> _Part:
    sentences, words = split_sentences(text), words_of(text)
    bounds = sentence_bounds(words, sentences)
    return _Part(name, text, words, sentences, bounds, match_themes(words, bounds, language, tools.lexicon))


def _joined(parts: Sequence[_Part]) -> Reading:
    """Title and text as one reading for the gate: the title is the opening."""
    if len(parts) == 1:
        return Reading(parts[0].words, parts[0].found)
    folded = [word for part in parts for word in part.words.folded]
    shift = len(parts[0].words.folded)
    found = [*parts[0].found, *(m._replace(first=m.first + shift, last=m.last + shift) for m in parts[1].found)]
    return Reading(Words(folded, [], []), found)


def _share_out(document_id: str, parts: Sequence[_Part], tagged: Sequence[Any]) -> dict[str, list[MentionRow]]:
    """Mentions of the joined text, each in the part it stands in."""
    rows: dict[str, list[MentionRow]] = {part.name: [] for part in parts}
    offset = 0
    for part in parts:
        for mention in tagged:
            if offset <= mention.start and mention.end <= offset + len(part.text):
                rows[part.name].append(
                    MentionRow(document_id, part.name, mention.start - offset, mention.end - offset, mention)
                )
        offset += len(part.text) + 2
    return rows


def _main(shares: Sequence[Any]) -> tuple[tuple[str, float], ...]:
    return tuple((share.id, round(float(share.share), 4)) for share in shares if share.share >= MAIN_SHARE)


def _fingerprint(item: _Read, tools: _Tools) -> Fingerprint:
    document, body = item.document, item.parts[-1]
    return fingerprint(
        document_id=document.id,
        title=document.title,
        text=body.text,
        words=body.words,
        source_id=document.source_id,
        origin_family=document.origin_family,
        url=document.url,
        published=document.published,
        places=[place for place, _ in (*item.countries, *item.regions)],
        word_weights=tools.word_weights,
    )


def _add_rows(
    rows: TextRows,
    item: _Read,
    dimension: NDArray[np.float64],
    theme: NDArray[np.float64],
    cluster_id: str,
    lexicon: Lexicon,
) -> None:
    probability = dict(zip(lexicon.themes, (round(float(p), 4) for p in theme), strict=True))
    relevance = round(float(1.0 - dimension[DIMENSIONS.index("none")]), 4)
    rows.documents.append(_document_row(item, probability, dimension, relevance))
    for part in item.parts:
        mentions = item.mentions[part.name]
        rows.mentions.extend(mentions)
        hits = _hits(part, item, lexicon)
        quantities, ranges = _counts(part, item.guess.language, lexicon, hits)
        rows.quantities.extend(QuantityRow(item.document.id, part.name, quantity) for quantity in quantities)
        evidence = Evidence(
            document_id=item.document.id,
            part=part.name,
            text=part.text,
            sentences=part.sentences,
            hits=hits,
            mentions=[_Shifted(row) for row in mentions],
            quantities=quantities,
            ranges=ranges,
            document_places=_document_places(item),
            theme_probability=probability,
            relevance=relevance,
            cluster_id=cluster_id,
        )
        if item.document.claims:
            rows.claims.extend(suggest_claims(evidence, lexicon))
        rows.triggers.extend(_triggers(part, item, hits))


class _Shifted:
    """A mention seen from its part: the mention's own fields, with the part's start."""

    __slots__ = ("confidence", "iso3", "kind", "region_id", "role", "rule", "start")

    def __init__(self, row: MentionRow) -> None:
        mention = row.mention
        self.start, self.kind, self.iso3, self.region_id = row.start, mention.kind, mention.iso3, mention.region_id
        self.confidence, self.rule, self.role = float(mention.confidence), mention.rule, mention.role


def _document_row(
    item: _Read, probability: Mapping[str, float], dimension: NDArray[np.float64], relevance: float
) -> DocumentRow:
    ranked = sorted(probability.items(), key=lambda pair: (-pair[1], pair[0]))
    shown = [pair for pair in ranked if pair[1] >= THEME_SHOWN] or ranked[:1]
    tagged = item.guess.language != "und"
    return DocumentRow(
        document_id=item.document.id,
        language=item.guess.language,
        language_margin=item.guess.margin,
        dimension=DIMENSIONS[int(dimension.argmax())] if tagged else "none",
        relevance=relevance if tagged else 0.0,
        themes=tuple(shown) if tagged else (),
        countries=item.countries,
        regions=item.regions,
    )


def _hits(part: _Part, item: _Read, lexicon: Lexicon) -> list[ThemeHit]:
    year = item.document.published.year if item.document.published else None
    return tag_themes(
        part.text,
        part.words,
        part.sentences,
        language=item.guess.language,
        year=year,
        lexicon=lexicon,
        found=part.found,
    )


def _counts(
    part: _Part, language: str, lexicon: Lexicon, hits: Sequence[ThemeHit]
) -> tuple[list[Quantity], dict[int, int]]:
    """Quantities and range levels of the sentences that hold a theme."""
    matcher = lexicon.counts.get(language)
    if matcher is None:
        return [], {}
    quantities: list[Quantity] = []
    ranges: dict[int, int] = {}
    for number in sorted({hit.sentence for hit in hits}):
        found = matcher.find(part.words.folded, [part.bounds[number]])
        levels = [int(match.label[6:]) for match in found if match.label.startswith("range:")]
        if levels:
            ranges[number] = max(levels) if max(levels) > 2 else min(levels)
        quantities.extend(find_quantities(part.text, part.words, part.bounds[number], found))
    return quantities, ranges


def _document_places(item: _Read) -> list[tuple[Where, float]]:
    rule = "document" if item.mentions and any(item.mentions.values()) else "declared"
    places = [(Where(iso3, None, f"{rule}:country", min(share, 0.9)), share) for iso3, share in item.countries]
    if item.countries:
        main = item.countries[0][0]
        located = {row.mention.region_id: row.mention.iso3 for rows in item.mentions.values() for row in rows}
        for region, share in item.regions:
            if located.get(region) == main:
                places.append((Where(main, region, "document:region", min(share, 0.9)), share))
    return places


def _triggers(part: _Part, item: _Read, hits: Sequence[ThemeHit]) -> list[TriggerRow]:
    country = item.countries[0][0] if item.countries else None
    seen: set[tuple[str, int]] = set()
    rows = []
    for hit in hits:
        name = hit.theme.removeprefix("trigger:")
        if name == hit.theme or hit.context.negated or hit.context.past or (name, hit.sentence) in seen:
            continue
        seen.add((name, hit.sentence))
        sentence = part.sentences[hit.sentence]
        quote = part.text[sentence.start : sentence.end]
        rows.append(TriggerRow(item.document.id, part.name, name, sentence.start, sentence.end, quote, country))
    return rows


__all__ = ["DocumentRow", "MentionRow", "QuantityRow", "TextDocument", "TextRows", "TriggerRow", "process_documents"]
