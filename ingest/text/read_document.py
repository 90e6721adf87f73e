"""One document read once: language, words, sentences, words of themes, places. What the rows are made of afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from .features import Reading
from .gate import Gate, load_gate
from .language import LanguageGuess, identify
from .lexicon import Found
from .rows import MentionRow, TextDocument
from .sentences import Sentence, split_sentences
from .themes import Lexicon, load_lexicon, match_themes, sentence_bounds
from .tokens import Words, words_of

LONGEST_TEXT = (
    400_000  # characters read of one document; more is a register or a mistake, and its beginning says what it is
)
MAIN_SHARE = 0.1  # a country or region with this share of what a document names is one of its main ones

PlaceTagger = Callable[..., Sequence[Any]]
MainPlacesOf = Callable[[Sequence[Any], str], Any]


@dataclass(frozen=True)
class Part:
    """The title or the text of a document, read once."""

    name: str
    text: str
    words: Words
    sentences: list[Sentence]
    bounds: list[tuple[int, int]]
    found: list[Found]


@dataclass(frozen=True)
class ReadDocument:
    """A document after reading, before its story is known. mentions: those of each part, by its name."""

    document: TextDocument
    guess: LanguageGuess
    parts: tuple[Part, ...]
    mentions: dict[str, list[MentionRow]]
    countries: tuple[tuple[str, float], ...]
    regions: tuple[tuple[str, float], ...]
    reading: Reading


class Tools:
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


def read_document(document: TextDocument, tools: Tools) -> ReadDocument:
    """Title and text apart, each with its sentences; places are tagged over both, since either explains the other."""
    title, text = (document.title.strip() and document.title) or "", document.text[:LONGEST_TEXT]
    guess = identify(f"{title}\n{text}", document.language)
    named = [("title", title)] if title and not text.startswith(title) else []
    parts = tuple(_read_part(name, content, guess.language, tools) for name, content in [*named, ("text", text)])
    whole = "\n\n".join(part.text for part in parts)
    tagged = tools.tag(whole, language=guess.language, declared_countries=document.countries, gazetteer=tools.gazetteer)
    mentions = _share_out(document.id, parts, tagged)
    main = tools.main(tagged, whole)
    return ReadDocument(
        document=document,
        guess=guess,
        parts=parts,
        mentions=mentions,
        countries=_main(main.countries) or tuple((iso3, 1.0 / len(document.countries)) for iso3 in document.countries),
        regions=_main(main.regions),
        reading=_joined(parts),
    )


def _read_part(name: str, text: str, language: str, tools: Tools) -> Part:
    sentences, words = split_sentences(text), words_of(text)
    bounds = sentence_bounds(words, sentences)
    return Part(name, text, words, sentences, bounds, match_themes(words, bounds, language, tools.lexicon))


def _joined(parts: Sequence[Part]) -> Reading:
    """Title and text as one reading for the gate: the title is the opening."""
    if len(parts) == 1:
        return Reading(parts[0].words, parts[0].found)
    folded = [word for part in parts for word in part.words.folded]
    shift = len(parts[0].words.folded)
    found = [*parts[0].found, *(m._replace(first=m.first + shift, last=m.last + shift) for m in parts[1].found)]
    return Reading(Words(folded, [], []), found)


def _share_out(document_id: str, parts: Sequence[Part], tagged: Sequence[Any]) -> dict[str, list[MentionRow]]:
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
