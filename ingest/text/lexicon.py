"""Word patterns as written in themes.toml, compiled once and matched in one pass over the words of a text.

A pattern is words separated by spaces. In a word: `arrest*` begins with, `*aanslag` ends with, `*moord*` contains,
`a|b*` either; `...` is a gap of up to three words. Every distinct word of a text is looked up once and remembered, so
the cost of a text is one dictionary look-up a word, however many patterns there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import NamedTuple

from .tokens import arabic_forms, fold, without_article, words_of

GAP = 3  # words that "..." may stand for
_MEMORY = 200_000  # distinct words remembered per matcher before the memory is emptied


class LexiconError(ValueError):
    """A pattern that cannot be compiled; the message says which and what to write instead."""


class Found(NamedTuple):
    """Words `first` to `last` (inclusive) of the text matched a pattern carrying `label` and `weight`."""

    first: int
    last: int
    label: str
    weight: float


@dataclass(slots=True)
class _Node:
    """One step of compiled patterns: what may follow directly, what may follow after a gap, what ends here."""

    direct: dict[int, _Node] = field(default_factory=dict)
    gapped: dict[int, _Node] = field(default_factory=dict)
    ends: list[tuple[str, float]] = field(default_factory=list)


class Matcher:
    """Patterns of one language. `add` all, then `find`."""

    def __init__(self, language: str) -> None:
        self._fold: Callable[[str], str] = without_article if language == "ar" else str
        self._forms: Callable[[str], tuple[str, ...]] | None = arabic_forms if language == "ar" else None
        self._exact: dict[str, int] = {}
        self._prefix: dict[str, int] = {}
        self._suffix: dict[str, int] = {}
        self._infix: dict[str, int] = {}
        self._atoms = 0
        self._root = _Node()
        self._known: dict[str, tuple[int, ...]] = {}
        self._lengths: tuple[tuple[int, ...], tuple[int, ...]] | None = None

    def add(self, text: str, label: str) -> None:
        """Add all patterns of a `;`-separated text. A leading `~` gives weight 1 in place of 2."""
        for raw in text.split(";"):
            pattern = " ".join(raw.split())
            if not pattern:
                continue
            weight = 1.0 if pattern.startswith("~") else 2.0
            for steps in self._expand(pattern.lstrip("~ ")):
                self._insert(steps, label, weight)
        self._known.clear()
        self._lengths = None

    def _expand(self, pattern: str) -> Iterable[list[str]]:
        choices = [word.split("|") for word in pattern.split()]
        for combination in product(*choices):
            steps: list[str] = []
            for word in combination:
                steps.extend(["..."] if word == "..." else _pattern_words(word, pattern))
            if not steps or steps[0] == "..." or steps[-1] == "...":
                raise LexiconError(f"pattern {pattern!r}: '...' needs a word on both sides; write 'word ... word'")
            yield steps

    def _insert(self, steps: list[str], label: str, weight: float) -> None:
        node, gap = self._root, False
        for step in steps:
            if step == "...":
                gap = True
                continue
            branches = node.gapped if gap else node.direct
            node = branches.setdefault(self._atom(step), _Node())
            gap = False
        if (label, weight) not in node.ends:
            node.ends.append((label, weight))

    def _atom(self, step: str) -> int:
        core = step.strip("*")
        if step.startswith("*") and step.endswith("*") and len(step) > 2:
            table = self._infix
        elif step.startswith("*"):
            table = self._suffix
        elif step.endswith("*"):
            table = self._prefix
        else:
            table = self._exact
        if table is self._exact or table is self._prefix:
            core = self._fold(core)
        if core not in table:
            table[core] = self._atoms
            self._atoms += 1
        return table[core]

    def _atoms_of(self, word: str) -> tuple[int, ...]:
        if self._lengths is None:
            self._lengths = (_lengths(self._prefix), _lengths(self._suffix))
        found: set[int] = set()
        for form in self._forms(word) if self._forms else (word,):
            if form in self._exact:
                found.add(self._exact[form])
            size = len(form)
            for length in self._lengths[0]:
                if length <= size and (atom := self._prefix.get(form[:length])) is not None:
                    found.add(atom)
            for length in self._lengths[1]:
                if length <= size and (atom := self._suffix.get(form[-length:])) is not None:
                    found.add(atom)
            found.update(atom for core, atom in self._infix.items() if core in form)
        return tuple(sorted(found))

    def find(self, words: Sequence[str], bounds: Sequence[tuple[int, int]] | None = None) -> list[Found]:
        """All matches, in order. `bounds` are word ranges (sentences) that a match may not leave."""
        if len(self._known) > _MEMORY:
            self._known.clear()
        found: list[Found] = []
        for start, end in bounds if bounds is not None else ((0, len(words)),):
            self._find_between(words, start, end, found)
        return found

    def _find_between(self, words: Sequence[str], start: int, end: int, found: list[Found]) -> None:
        known, first_steps = self._known, self._root.direct
        atoms: list[tuple[int, ...]] = []
        for word in words[start:end]:
            hit = known.get(word)
            if hit is None:
                hit = known[word] = self._atoms_of(word)
            atoms.append(hit)
        for position, here in enumerate(atoms):
            for atom in here:
                node = first_steps.get(atom)
                if node is not None:
                    _follow(node, atoms, start, position, position, found)


def _follow(node: _Node, atoms: list[tuple[int, ...]], offset: int, first: int, last: int, found: list[Found]) -> None:
    """Walk on from a matched word; patterns are a few steps deep, so is the recursion. `offset`: position of
    atoms[0]."""
    for label, weight in node.ends:
        found.append(Found(offset + first, offset + last, label, weight))
    if node.direct and last + 1 < len(atoms):
        for atom in atoms[last + 1]:
            following = node.direct.get(atom)
            if following is not None:
                _follow(following, atoms, offset, first, last + 1, found)
    if node.gapped:
        for position in range(last + 1, min(len(atoms), last + 2 + GAP)):
            for atom in atoms[position]:
                following = node.gapped.get(atom)
                if following is not None:
                    _follow(following, atoms, offset, first, position, found)


def strongest(found: Iterable[Found]) -> list[Found]:
    """One match per label and place: of overlapping matches the heaviest, then the longest."""
    kept: list[Found] = []
    by_label: dict[str, list[Found]] = defaultdict(list)
    for match in found:
        by_label[match.label].append(match)
    for matches in by_label.values():
        if len(matches) == 1:
            kept.append(matches[0])
            continue
        taken: set[int] = set()
        for match in sorted(matches, key=lambda m: (-m.weight, m.first - m.last, m.first)):
            span = range(match.first, match.last + 1)
            if taken.isdisjoint(span):
                taken.update(span)
                kept.append(match)
    return sorted(kept)


def _pattern_words(word: str, pattern: str) -> list[str]:
    """A written pattern word in the folded words of a text: `non-refoulement*` is two words."""
    core = word.strip("*")
    folded = [fold(part) for part in words_of(core).folded]
    if not folded:
        raise LexiconError(f"pattern {pattern!r}: {word!r} holds no letter; leave it out")
    if word.startswith("*"):
        folded[0] = "*" + folded[0]
    if word.endswith("*"):
        folded[-1] += "*"
    return folded


def _lengths(table: dict[str, int]) -> tuple[int, ...]:
    return tuple(sorted({len(core) for core in table}))
