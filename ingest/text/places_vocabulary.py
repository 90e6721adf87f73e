"""What places_words.toml says of a language: prepositions, verbs of leaving and arriving, the forms names take."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ingest.text.places_tokens import fold_word

TABLES = Path(__file__).with_name("places_words.toml")
#: Languages whose words count in every text, since reports quote one another; the others' short words would mislead.
SHARED = ("en", "nl", "fr", "es", "de", "ar")
#: Kinds of words that are no names of places.
_ORDINARY = (
    *("in", "from", "to", "leaving", "arriving", "moving", "people", "and", "embassy", "inhabitants"),
    *("starters", "between", "region", "district", "place"),
)
_GUIDING = ("in", "from", "to", "either")


@dataclass(frozen=True, slots=True)
class Forms:
    """How names are inflected: pairs (ending, base ending), prefixes, and what else the table describes."""

    endings: tuple[tuple[str, str], ...] = ()
    people_endings: tuple[tuple[str, str], ...] = ()
    prefixes: tuple[str, ...] = ()
    apostrophe: bool = False
    short_vowels: bool = False

    def __bool__(self) -> bool:
        return bool(self.endings or self.people_endings or self.prefixes or self.apostrophe or self.short_vowels)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Folded words by what they say about a place next to them; see places_words.toml.

    `from_words` and `to_words`: prepositions with the verbs of leaving and arriving, which take the place of one
    ("fled Homs"); `motion`: every word that tells of somebody moving; `ordinary`: words of the language itself that are
    no names, even with a capital; `guiding`: its own prepositions, empty for the languages the model has learned from;
    `resting`, `carried`: endings (`carried` also beginnings) with the role they stand for.
    """

    in_words: frozenset[str]
    from_words: frozenset[str]
    to_words: frozenset[str]
    either: frozenset[str]
    leaving: frozenset[str]
    arriving: frozenset[str]
    motion: frozenset[str]
    people: frozenset[str]
    ordinary: frozenset[str]
    guiding: frozenset[str]
    and_words: frozenset[str]
    and_suffix: tuple[str, ...]
    between: frozenset[str]
    after: tuple[tuple[str, frozenset[str]], ...]
    resting: tuple[str, ...]
    carried: tuple[tuple[str, tuple[str, ...]], ...]
    verb_last: bool
    forms: Forms


@cache
def _tables() -> dict[str, dict[str, Any]]:
    return tomllib.loads(TABLES.read_text(encoding="utf-8"))


@cache
def listed(kind: str, *languages: str) -> frozenset[str]:
    """Folded words of one kind ("region", "leaving" …) in the languages given, else in all."""
    tables = _tables()
    return frozenset(
        fold_word(word) for language in languages or tables for word in tables.get(language, {}).get(kind, "").split()
    )


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    """Pairs of "ending:base" items, folded, the longest ending first."""
    pairs = {(fold_word(ending), fold_word(base)) for ending, _, base in (item.partition(":") for item in text.split())}
    return tuple(sorted(pairs, key=lambda pair: (-len(pair[0]), pair)))


@cache
def vocabulary(language: str) -> Vocabulary:
    """The words of a language with those of the shared ones; for an unknown language the shared ones alone."""
    own = _tables().get(language, {})
    languages = (*SHARED, *({language} - set(SHARED)))

    def words(kind: str) -> frozenset[str]:
        return listed(kind, *languages)

    leaving, arriving = words("leaving"), words("arriving")
    roles = (("event_place", "in"), ("origin", "from"), ("destination", "to"))
    return Vocabulary(
        in_words=words("in"),
        from_words=words("from") | leaving,
        to_words=words("to") | arriving,
        either=words("either"),
        leaving=leaving,
        arriving=arriving,
        motion=leaving | arriving | words("moving"),
        people=words("people"),
        ordinary=frozenset().union(*(listed(kind, language) for kind in _ORDINARY)),
        guiding=frozenset().union(*(listed(kind, language) for kind in (() if language in SHARED else _GUIDING))),
        and_words=words("and"),
        and_suffix=tuple(listed("and_suffix", language)),
        between=words("between"),
        after=tuple((role, listed(f"{kind}_after", language)) for role, kind in roles),
        resting=tuple(listed("resting", language)),
        carried=tuple((role, tuple(sorted(listed(f"carried_{kind}", language)))) for role, kind in roles),
        verb_last=own.get("verb_last", False),
        forms=Forms(
            _pairs(own.get("endings", "")),
            _pairs(own.get("people_endings", "")),
            tuple(sorted(listed("prefixes", language), key=lambda prefix: (-len(prefix), prefix))),
            own.get("apostrophe", False),
            own.get("short_vowels", False),
        ),
    )
