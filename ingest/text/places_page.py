"""One text prepared for the accept model: what holds for the whole text, and what the first pass found in it."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from ingest.text import places_words as w
from ingest.text.places_gazetteer import Gazetteer
from ingest.text.places_shapes import LOWER, TITLE, UPPER, Candidate, shape_of
from ingest.text.places_tokens import Words


@dataclass(slots=True)
class Page:
    """One text prepared for features: words, shapes, word facts, and what the first pass found."""

    words: Words
    shapes: list[int]
    common: list[int]
    person: list[int]
    counts: Counter[str]
    lower: set[str]
    newline_before: list[bool]
    separator: list[str]  # what stands before word i: "" blank, else the first telling character
    upper_share: float
    title_share: float
    persons: set[str]  # words that somewhere in the text follow a first name or a title
    language: str = "en"  # ISO 639-1
    share: Mapping[int, float] = field(
        default_factory=dict
    )  # country index -> share of the text's places (second pass)
    accepted: Mapping[int, float] = field(default_factory=dict)  # word -> probability of the first pass
    by_key: Mapping[str, float] = field(default_factory=dict)  # folded name -> mean probability of the first pass
    leading: list[int] = field(default_factory=list)  # see `main_countries`
    density: float = 0.0  # probability of the first pass per word


def read_page(words: Words, gazetteer: Gazetteer, language: str = "en") -> Page:
    """Everything about a text that does not depend on a candidate."""
    shapes = [shape_of(word) for word in words.raw]
    common, person = gazetteer.word_facts(words)
    lower = {word for word, shape in zip(words.folded, shapes, strict=True) if shape == LOWER}
    separators: list[str] = []
    newlines: list[bool] = []
    position = 0
    for start, end in zip(words.starts, words.ends, strict=True):
        between = words.text[position:start]
        position = end
        if between == " " and separators:  # the most frequent case by far
            newlines.append(False)
            separators.append("")
            continue
        newlines.append("\n" in between[-200:] or not separators)
        stripped = between.strip(" \t\r\u00a0")
        separators.append(
            "" if not stripped else "\n" if stripped[0] == "\n" else stripped[0] if len(stripped) == 1 else stripped[:2]
        )
    cased = max(1, sum(shape in (UPPER, TITLE, LOWER) for shape in shapes))
    return Page(
        words, shapes, common.tolist(), person.tolist(), Counter(words.folded), lower, newlines, separators,
        sum(shape == UPPER for shape in shapes) / cased, sum(shape == TITLE for shape in shapes) / cased,
        _person_words(words, shapes, common, person), language,
    )  # fmt: skip


def _person_words(words: Words, shapes: list[int], common: np.ndarray, person: np.ndarray) -> set[str]:
    """Words used as a surname: right after a capitalised first name or a title, no comma between."""
    found = set()
    for i in range(1, len(words)):
        if shapes[i] != TITLE or not words.glued[i - 1] or words.folded[i] in w.DESIGNATORS:
            continue
        before = words.folded[i - 1]
        first_name = shapes[i - 1] == TITLE and person[i - 1] & 1 and common[i - 1] < 55
        if first_name or before in w.PERSON_TITLES:
            found.add(words.folded[i])
    return found


def summarise(page: Page, scored: list[tuple[Candidate, int, float]], gazetteer: Gazetteer) -> None:
    """Fills the page with what the first pass found: countries, accepted words, mean probability by name."""
    weight: dict[int, float] = defaultdict(float)
    accepted: dict[int, float] = {}
    names: dict[str, list[float]] = defaultdict(list)
    for candidate, best, probability in scored:
        names[" ".join(page.words.folded[candidate.first : candidate.past])].append(probability)
        for i in range(candidate.first, candidate.past):
            accepted[i] = max(accepted.get(i, 0.0), probability)
        if probability > 0.5:
            weight[int(gazetteer.country[best])] += probability
    total = sum(weight.values()) or 1.0
    page.share = {country: value / total for country, value in weight.items()}
    ranked = sorted(
        ((share, -country) for country, share in page.share.items() if country and share >= 0.34), reverse=True
    )
    page.leading = [-country for _, country in ranked]
    page.accepted = accepted
    page.density = sum(accepted.values()) / max(1, len(page.words))
    page.by_key = {name: float(np.mean(values)) for name, values in names.items()}


def main_countries(page: Page) -> list[int]:
    """Countries (indexes) with a third and more of the text's places, largest first; known after the first pass."""
    return page.leading
