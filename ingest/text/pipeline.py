"""From documents to rows: language, places, themes, claims, stories. Pure: no file but the shipped tables is read, no
clock, and a document's rows depend on that document and on the stories already known, never on its neighbours.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .claim_places import Where
from .claim_scorer import ScorerLike
from .claims import Evidence, suggest_claims
from .features import OPENING
from .fingerprints import Fingerprint, fingerprint
from .gate import DIMENSIONS, Gate
from .quantities import Quantity, find_quantities
from .read_document import MainPlacesOf, Part, PlaceTagger, ReadDocument, Tools, read_document
from .rows import DocumentRow, MentionRow, QuantityRow, TextDocument, TextRows, TriggerRow
from .stories import Member, cluster, stories
from .themes import Lexicon, ThemeHit, tag_themes

THEME_SHOWN = 0.5  # probability from which a theme is shown; the likeliest one is, whatever its probability


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
    tools = Tools(gazetteer, tagger, main, gate)
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


def _process(documents: Iterable[TextDocument], previous_window: Sequence[Member], tools: Tools) -> TextRows:
    read = [read_document(document, tools) for document in documents]
    rows = TextRows()
    if not read:
        return rows
    scores = tools.gate.score([item.reading for item in read])
    prints = [_fingerprint(item) for item in read]
    rows.members.extend(cluster(prints, previous_window))
    rows.stories.extend(stories([*previous_window, *rows.members]))
    cluster_of = {member.document_id: member.cluster_id for member in rows.members}
    for number, item in enumerate(read):
        _add_rows(
            rows,
            item,
            scores.dimension[number],
            scores.theme[number],
            cluster_of[item.document.id],
            tools.lexicon,
            tools.gate.scorer,
        )
    return rows


def _fingerprint(item: ReadDocument) -> Fingerprint:
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
    )


def _add_rows(
    rows: TextRows,
    item: ReadDocument,
    dimension: NDArray[np.float64],
    theme: NDArray[np.float64],
    cluster_id: str,
    lexicon: Lexicon,
    scorer: ScorerLike,
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
            words=part.words,
            bounds=part.bounds,
            language=item.guess.language,
            opening=item.reading.words.folded[:OPENING],
        )
        if item.document.claims:
            rows.claims.extend(suggest_claims(evidence, lexicon, scorer))
        rows.triggers.extend(_triggers(part, item, hits))


class _Shifted:
    """A mention seen from its part: the mention's own fields, with the part's start."""

    __slots__ = ("confidence", "iso3", "kind", "region_id", "role", "rule", "start")

    def __init__(self, row: MentionRow) -> None:
        mention = row.mention
        self.start, self.kind, self.iso3, self.region_id = row.start, mention.kind, mention.iso3, mention.region_id
        self.confidence, self.rule, self.role = float(mention.confidence), mention.rule, mention.role


def _document_row(
    item: ReadDocument, probability: Mapping[str, float], dimension: NDArray[np.float64], relevance: float
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


def _hits(part: Part, item: ReadDocument, lexicon: Lexicon) -> list[ThemeHit]:
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
    part: Part, language: str, lexicon: Lexicon, hits: Sequence[ThemeHit]
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


def _document_places(item: ReadDocument) -> list[tuple[Where, float]]:
    rule = "document" if item.mentions and any(item.mentions.values()) else "declared"
    places = [(Where(iso3, None, f"{rule}:country", min(share, 0.9)), share) for iso3, share in item.countries]
    if item.countries:
        main = item.countries[0][0]
        located = {row.mention.region_id: row.mention.iso3 for rows in item.mentions.values() for row in rows}
        for region, share in item.regions:
            if located.get(region) == main:
                places.append((Where(main, region, "document:region", min(share, 0.9)), share))
    return places


def _triggers(part: Part, item: ReadDocument, hits: Sequence[ThemeHit]) -> list[TriggerRow]:
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
