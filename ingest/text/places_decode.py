"""From candidates to accepted spans: two passes over names of the gazetteer, one over unknown names, then longer
spans."""

from dataclasses import dataclass, field

from ingest.text import places_words as w
from ingest.text.places_around import Surroundings
from ingest.text.places_candidates import name_candidates, sound_candidates, unknown_candidates
from ingest.text.places_features import name_features, second_look, unknown_features
from ingest.text.places_gazetteer import COUNTRY, CURATED, REGION, Gazetteer
from ingest.text.places_model import AcceptModel, probability, slots_of
from ingest.text.places_page import Page, main_countries, read_page, summarise
from ingest.text.places_resolve import best_place
from ingest.text.places_shapes import LOWER, TITLE, UNCASED, UPPER, Candidate
from ingest.text.places_tokens import read_words
from ingest.text.places_vocabulary import vocabulary

#: Candidates judged per text and pass. Ordinary text has 14 per 1,000 characters; a wall of names is cut off here.
MOST_CANDIDATES = 4_500


#: The model has learned from English, French and Spanish reports, mostly English: in other languages the words
#: around a name
#: tell it less, so that countries, regions, towns of 30,000 and more and names of several words are accepted from
#: this probability on.
OTHER_LANGUAGES = 0.12
#: Log-odds added there for a name after a word such as "kamp", "ville de" or "مدينة", which the training texts
#: hardly have.
DESIGNATED = 1.5
#: Log-odds added for a name that exists in a country the source declares: the training texts declare none.
DECLARED = 2.0
#: Zipf x 10 from which on a word belongs to running text (3: one in a million).
EVERYDAY = 30


_NAME_ARTICLES = w.words_of("al el an as ash at ar ad az del")


@dataclass(frozen=True, slots=True)
class Found:
    """An accepted span: words first..past-1 are the name, left..right-1 with its designators ("Kunduz province")."""

    first: int
    past: int
    left: int
    right: int
    postings: tuple[tuple[int, int], ...]
    probability: float
    rule: str


def accept_spans(
    text: str, declared: frozenset[int], gazetteer: Gazetteer, model: AcceptModel, language: str = "en"
) -> tuple[Page, list[Found]]:
    """The spans of a text that are places, in order, without overlaps."""
    page = read_page(read_words(text), gazetteer, language)
    around = Surroundings(declared=declared)
    candidates = sorted(name_candidates(page.words, page.shapes, gazetteer, language), key=lambda c: (c.first, c.past))[
        :MOST_CANDIDATES
    ]
    names = [_Name(c, best_place(c.postings, around, gazetteer)[0]) for c in candidates]
    for name in names:
        name.slots = slots_of(name_features(page, name.candidate, name.best, gazetteer))
    for name in names:
        name.bonus = DECLARED if gazetteer.country[name.best] in declared else 0.0
    scored = [
        (name.candidate, name.best, probability(model.points("first", name.slots) + name.bonus)) for name in names
    ]
    summarise(page, scored, gazetteer)
    others = other_spellings(page, [name.candidate for name in names], declared, gazetteer)
    bonus = DECLARED if declared else 0.0
    chosen = _choose(
        page, names + [_Name(c, c.postings[0][0], bonus) for c in others[:MOST_CANDIDATES]], gazetteer, model
    )
    taken = [False] * len(page.words)
    for candidate, _ in chosen:
        taken[candidate.first : candidate.past] = [True] * (candidate.past - candidate.first)
    for candidate in unknown_candidates(page.words, page.shapes, taken, language)[:MOST_CANDIDATES]:
        value = probability(model.points("unknown", slots_of(unknown_features(page, candidate, gazetteer))))
        if value >= model.thresholds["unknown"]:
            chosen.append((candidate, value))
    chosen.sort(key=lambda pair: pair[0].first)
    return page, _widen(page, _merge_parts(page, chosen, gazetteer))


def _merge_parts(
    page: Page, chosen: list[tuple[Candidate, float]], gazetteer: Gazetteer
) -> list[tuple[Candidate, float]]:
    """ "Khan" and the unknown "Touman" (or "al-Touman") right after it are one unknown name, not the village of
    Khan."""
    merged: list[tuple[Candidate, float]] = []
    for candidate, value in chosen:
        before = merged[-1][0] if merged else None
        if before and _follows(page, before.past, candidate.first) and not candidate.postings and before.postings:
            small = all(
                gazetteer.kind[p] not in (COUNTRY, REGION) and gazetteer.magnitude[p] < 5 for p, _ in before.postings
            )
            if small and candidate.past - before.first <= 5:
                merged[-1] = (Candidate(before.first, candidate.past, (), "unknown"), max(value, merged[-1][1]))
                continue
        merged.append((candidate, value))
    return merged


def _follows(page: Page, past: int, first: int) -> bool:
    """The name that begins at `first` goes on right where the one before ended, or after an article ("al", "del")."""
    between = page.words.folded[past:first]
    linked = not between or (len(between) == 1 and between[0] in _NAME_ARTICLES)
    return linked and all(_joined(page, i) for i in range(past, first + 1))


@dataclass(slots=True)
class _Name:
    """A candidate of the gazetteer, its likeliest place, log-odds to add and the slots of its features (when first
    needed)."""

    candidate: Candidate
    best: int
    bonus: float = 0.0
    slots: list[int] = field(default_factory=list)


def other_spellings(
    page: Page, names: list[Candidate], declared: frozenset[int], gazetteer: Gazetteer
) -> list[Candidate]:
    """Transliterations of places in the declared, else the main countries of the text (known after the first pass)."""
    countries = sorted(declared) or main_countries(page)
    known = {(candidate.first, candidate.past) for candidate in names}
    everyday = [common >= EVERYDAY or person > 0 for common, person in zip(page.common, page.person, strict=True)]
    return sound_candidates(page.words, page.shapes, everyday, countries, known, gazetteer)


def _choose(page: Page, names: list[_Name], gazetteer: Gazetteer, model: AcceptModel) -> list[tuple[Candidate, float]]:
    """The accepted names: from left to right, the longest accepted one at each spot."""
    chosen: list[tuple[Candidate, float]] = []
    english, unlearned = page.language == "en", bool(vocabulary(page.language).guiding)
    reached = 0
    longer: _Name | None = None
    for name in sorted(names, key=lambda name: (name.candidate.first, -name.candidate.past)):
        candidate = name.candidate
        if candidate.first < reached:
            continue
        slots = name.slots or slots_of(name_features(page, candidate, name.best, gazetteer))
        slots = slots + slots_of(second_look(page, candidate, name.best, gazetteer))
        designated = 0.0 if english or not _is_designated(page, candidate) else DESIGNATED
        value = probability(model.points("second", slots) + name.bonus + designated)
        large = gazetteer.kind[name.best] in (COUNTRY, REGION) or gazetteer.magnitude[name.best] >= 4.5
        by_hand = unlearned and any(flag == CURATED for place, flag in candidate.postings if place == name.best)
        well_known = large or by_hand or (candidate.past - candidate.first > 1 and candidate.rule == "exact")
        if value >= (model.thresholds["second"] if english or not well_known else OTHER_LANGUAGES):
            if chosen and _is_direction_of(page, chosen[-1][0], candidate):
                chosen.pop()
            if longer and longer.candidate.first == candidate.first and _same_country(longer, name, gazetteer):
                candidate = longer.candidate
            chosen.append((candidate, value))
            reached = candidate.past
        elif _ends_small(page, candidate):
            longer = name
    return chosen


def _ends_small(page: Page, candidate: Candidate) -> bool:
    """A name of the gazetteer that ends in a small word ("Damascus countryside"), which the model takes for less."""
    first, past = candidate.first, candidate.past
    return past - first > 1 and page.shapes[past - 1] == LOWER and page.shapes[first] != LOWER


def _same_country(longer: _Name, name: _Name, gazetteer: Gazetteer) -> bool:
    """Both names lie in one country: then the longer one says more exactly where."""
    return gazetteer.country[longer.best] == gazetteer.country[name.best]


def _is_designated(page: Page, candidate: Candidate) -> bool:
    """A word such as "kamp", "ville (de)", "habitants (de)" or "مدينة" stands right before the name, or in a language
    the model has not learned a preposition does; or it is a people in small letters."""
    first, folded = candidate.first, page.words.folded
    if page.shapes[first] == LOWER and len(folded[first]) > 5:
        return True
    if first and folded[first - 1] in vocabulary(page.language).guiding:
        return True
    if first and folded[first - 1] in ("de", "van", "du", "d", "l"):
        first -= 1
    return first > 0 and folded[first - 1] in w.PLACE_WORDS | w.REGION_WORDS | w.DISTRICT_WORDS | w.INHABITANTS


def _is_direction_of(page: Page, before: Candidate, candidate: Candidate) -> bool:
    """ "Northeast" right before "Nigeria" is part of that name, not the Haitian department."""
    only = all(word in w.DIRECTIONS for word in page.words.folded[before.first : before.past])
    return only and before.past == candidate.first and _joined(page, candidate.first)


def _widen(page: Page, chosen: list[tuple[Candidate, float]]) -> list[Found]:
    """Adds "province", "city of", "northern" to the spans they belong to."""
    found: list[Found] = []
    for n, (candidate, value) in enumerate(chosen):
        floor = found[-1].right if found else 0
        ceiling = chosen[n + 1][0].first if n + 1 < len(chosen) else len(page.words)
        left, right = _left_edge(page, candidate, floor), _right_edge(page, candidate, ceiling)
        found.append(Found(candidate.first, candidate.past, left, right, candidate.postings, value, candidate.rule))
    return found


def _joined(page: Page, i: int) -> bool:
    """Words i-1 and i stand on one line with only a blank or hyphen between."""
    return page.separator[i] in ("", "-", "‑") and not page.newline_before[i]


def _right_edge(page: Page, candidate: Candidate, ceiling: int) -> int:
    past, folded = candidate.past, page.words.folded
    if past < ceiling and _joined(page, past) and folded[past] in w.REGION_WORDS | w.DISTRICT_WORDS | w.PLACE_WORDS:
        upper_text = page.shapes[past] in (LOWER, TITLE, UPPER)
        if upper_text and not (
            folded[past] in ("state", "states")
            and page.shapes[past] == LOWER
            and past + 1 < len(folded)
            and folded[past + 1] in ("of", "that")
        ):
            return past + 1
    return past


def _left_edge(page: Page, candidate: Candidate, floor: int) -> int:
    first, folded = candidate.first, page.words.folded
    i = first
    while i - 1 >= floor and _joined(page, i) and folded[i - 1] in w.DIRECTIONS and page.shapes[i - 1] != UNCASED:
        i -= 1
    if i != first:
        return i
    j = first - 1
    if (
        j - 1 >= floor
        and _joined(page, first)
        and _joined(page, j)
        and folded[j] in ("of", "de", "van", "du", "d")
        and folded[j - 1] in w.DESIGNATORS
    ):
        return j - 1
    return first
