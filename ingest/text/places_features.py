"""What the accept model looks at for each candidate: its writing, its neighbours, the gazetteer, the rest of the text.

A feature is a short string hashed to a slot of a weight table (`places_model`); no word of a text can be read from
the table.
Names of single settlements are never features: only names of countries, peoples and areas, which recur everywhere.
"""

from bisect import bisect_right
from functools import cache

from ingest.text import places_words as w
from ingest.text.places_gazetteer import (
    AREA,
    COUNTRY,
    DEMONYM,
    DISTRICT,
    PLACE,
    PRIMARY,
    REGION,
    RELIEF,
    SHORTENED,
    WATER,
    Gazetteer,
)
from ingest.text.places_page import Page, main_countries
from ingest.text.places_shapes import DIGITS, TITLE, UNCASED, UPPER, Candidate
from ingest.text.places_vocabulary import vocabulary

_SHARED_CLASSES = (
    ("TITLE", w.PERSON_TITLES), ("SAY", w.PERSON_VERBS),
    ("REG", w.REGION_WORDS), ("DIS", w.DISTRICT_WORDS), ("PLA", w.PLACE_WORDS), ("FAC", w.FACILITY_WORDS),
    ("NAT", w.NATURE_WORDS), ("DIR", w.DIRECTIONS), ("ART", w.ARTICLES), ("MON", w.MONTHS_DAYS),
)  # fmt: skip


@cache
def _class_of(language: str) -> dict[str, str]:
    """Word -> class; a word of several classes is in the first one."""
    words = vocabulary(language)
    places = (("IN", words.in_words | words.either), ("FROM", words.from_words), ("TO", words.to_words))
    others = (("MOV", words.motion), ("LNK", w.LINK_WORDS), ("AND", words.and_words))
    ordered = (*places, *_SHARED_CLASSES, *others)
    return {word: name for name, members in reversed(ordered) for word in members}


def _class(page: Page, i: int) -> str:
    """Class of a neighbouring word, or its shape when it is in none."""
    if not 0 <= i < len(page.words):
        return "END"
    word, shape = page.words.folded[i], page.shapes[i]
    found = _class_of(page.language).get(word)
    if found:
        return found if shape not in (TITLE, UPPER) else "^" + found
    if shape in (TITLE, UPPER):
        if page.person[i] and page.common[i] < 52:
            return "^NAME" if page.person[i] != 2 else "^SURNAME"
        return "^COMMON" if word in page.lower or page.common[i] > 50 else "^CAP"
    return "9" if shape == DIGITS else "AR" if shape == UNCASED else "x"


def _bucket(value: float, edges: tuple[float, ...]) -> int:
    return bisect_right(edges, value)


def _context(page: Page, first: int, past: int) -> list[str]:
    """Words and classes around a span."""
    folded, count = page.words.folded, len(page.words)
    before = folded[first - 1] if first else "^"
    after = folded[past] if past < count else "$"
    before2 = folded[first - 2] if first > 1 else "^"
    after2 = folded[past + 1] if past + 1 < count else "$"
    gap_before = page.separator[first]
    gap_after = page.separator[past] if past < count else "$"
    c1, c2 = _class(page, first - 1) + gap_before, _class(page, first - 2)
    d1, d2 = _class(page, past) + gap_after, _class(page, past + 1)
    return [
        f"b1 {before}{gap_before}", f"a1 {after}{gap_after}", f"b2 {before2} {before}", f"a2 {after} {after2}",
        f"B1 {c1}", f"A1 {d1}", f"B2 {c2} {c1}", f"A2 {d1} {d2}", f"BA {c1} {d1}", f"bA {before} {d1}",
        f"Ba {c1} {after}",
        f"w2 {before2}", f"w3 {after2}",
    ]  # fmt: skip


def _writing(page: Page, first: int, past: int) -> tuple[list[str], str]:
    """Shape of the span and of the text around it."""
    shapes = page.shapes[first:past]
    shape = "".join(map(str, shapes[:3])) + ("+" if len(shapes) > 3 else "")
    text_upper = _bucket(page.upper_share, (0.1, 0.3))
    start = page.newline_before[first] or page.separator[first][:1] in {".", "!", "?", "•", "-", "–", ":", "*", "\n"}
    left = first > 0 and page.words.glued[first - 1] and page.shapes[first - 1] in (TITLE, UPPER)
    right = past < len(page.words) and page.words.glued[past - 1] and page.shapes[past] in (TITLE, UPPER)
    run = ("L" if left else "") + ("R" if right else "")
    features = [f"sh {shape} {text_upper}", f"st {start} {shape[:1]}", f"run {run}", f"n {past - first} {run}"]
    if left:
        features.append(f"runL {_class(page, first - 1)} {_class(page, first - 2)}")
    if right:
        features.append(f"runR {_class(page, past)} {_class(page, past + 1)}")
    return features, ("S" if start else "") + run


def _facts(page: Page, first: int, past: int) -> tuple[list[str], int, int]:
    """How common the words are, whether they are names of persons, how often and how they stand in the text."""
    common = min((page.common[i] for i in range(first, past)), default=0)
    person = page.person[first] if past - first == 1 else 4 + (page.person[first] & 1) + (page.person[past - 1] & 2)
    in_lower = sum(page.words.folded[i] in page.lower for i in range(first, past)) == past - first
    level = _bucket(common, (25, 35, 40, 45, 50, 55, 60))
    times = _bucket(page.counts[page.words.folded[first]], (2, 4, 8))
    surname = page.words.folded[past - 1] in page.persons
    return (
        [
            f"zipf {level}",
            f"per {person}",
            f"low {in_lower} {level}",
            f"times {times}",
            f"sur {surname} {past - first}",
        ],
        level,
        person,
    )


def name_features(page: Page, candidate: Candidate, best: int, gazetteer: Gazetteer) -> list[str]:
    """Features of a span that the gazetteer knows; `best` is its likeliest place."""
    first, past = candidate.first, candidate.past
    flag = min(f for p, f in candidate.postings if p == best)
    kind, magnitude = int(gazetteer.kind[best]), float(gazetteer.magnitude[best])
    size = _bucket(magnitude, (1, 3, 3.5, 4, 4.5, 5, 5.5, 6))
    sort = f"{kind}{'d' if flag == DEMONYM else 's' if flag == SHORTENED else 'p' if flag == PRIMARY else 'a'}"
    writing, place = _writing(page, first, past)
    facts, level, person = _facts(page, first, past)
    group = (
        sort
        if kind in (COUNTRY, AREA, WATER, RELIEF)
        else ("R" if kind == REGION else "D" if kind == DISTRICT else "P")
    )
    context = _context(page, first, past)
    homonyms = _bucket(len(candidate.postings), (2, 3, 5, 10, 20))
    features = [
        "bias", f"kind {sort}", f"size {group} {size}", f"post {homonyms} {group}",
        f"zs {level} {size} {group}", f"zp {person} {size} {group}",
        f"surz {page.words.folded[past - 1] in page.persons} {size} {group}", f"zl {level} {past - first} {group}",
        f"ps {place} {sort}",
        f"pz {place} {level} {group}", *writing, *facts, *context, f"gB {group} {context[4]}",
        f"gA {group} {context[5]}",
        f"gBA {group} {context[8]}", f"rule {candidate.rule}",
        f"upper {group} {page.shapes[first]} {_bucket(page.upper_share, (0.1, 0.3))}",
        f"doc {group} {_bucket(page.title_share, (0.1, 0.2, 0.3))}",
    ]  # fmt: skip
    if kind in (COUNTRY, AREA, WATER, RELIEF):
        name = " ".join(page.words.folded[first:past])
        features += [f"id {name}", f"id {name} {context[5]}"]
    return features


def second_look(page: Page, candidate: Candidate, best: int, gazetteer: Gazetteer) -> list[str]:
    """What the first pass says about the countries of the text, the neighbours and the same name elsewhere.

    The second pass judges by `name_features` and these together.
    """
    first, past = candidate.first, candidate.past
    kind = gazetteer.kind[best]
    group = "R" if kind == REGION else "D" if kind == DISTRICT else "P" if kind == PLACE else f"{kind}"
    share = page.share.get(int(gazetteer.country[best]), 0.0)
    own = page.by_key.get(" ".join(page.words.folded[first:past]), 0.0)
    left = max((page.accepted.get(i, 0.0) for i in range(first - 3, first)), default=0.0)
    right = max((page.accepted.get(i, 0.0) for i in range(past, past + 3)), default=0.0)
    near = f"{_bucket(left, (0.3, 0.8))}{_bucket(right, (0.3, 0.8))}"
    part = _bucket(share, (0.01, 0.05, 0.2, 0.5))
    mean = _bucket(own, (0.05, 0.15, 0.3, 0.5, 0.7, 0.85, 0.95))
    gap = page.separator[first][:1] + "_" + (page.separator[past][:1] if past < len(page.words) else "")
    return [
        f"share {part} {group}",
        f"own {mean}",
        f"own {mean} {group}",
        f"near {near} {gap}",
        f"sn {part} {near}",
        f"so {part} {mean}",
        f"on {mean} {near}",
    ]


def unknown_features(page: Page, candidate: Candidate, gazetteer: Gazetteer) -> list[str]:
    """Features of a capitalised span that no gazetteer knows (needs the first pass)."""
    first, past = candidate.first, candidate.past
    writing, place = _writing(page, first, past)
    facts, level, person = _facts(page, first, past)
    context = _context(page, first, past)
    words = page.words.folded
    left = max((page.accepted.get(i, 0.0) for i in range(first - 3, first)), default=0.0)
    right = max((page.accepted.get(i, 0.0) for i in range(past, past + 3)), default=0.0)
    near = f"{_bucket(left, (0.3, 0.8))}{_bucket(right, (0.3, 0.8))}"
    gap = page.separator[first][:1] + "_" + (page.separator[past][:1] if past < len(page.words) else "")
    classes = _class_of(page.language)
    last = classes.get(words[past - 1], "-") if past - first > 1 else "-"
    head = classes.get(words[first], "-") if past - first > 1 else "-"
    countries = main_countries(page)
    sounds = bool(countries) and gazetteer.by_sound(" ".join(filter(None, words[first:past])), countries) is not None
    upper = _bucket(page.upper_share, (0.1, 0.3))
    density = _bucket(page.density, (0.01, 0.03, 0.06, 0.1))
    return [
        "bias", *writing, *facts, *context, f"last {last}", f"head {head}",
        f"lastword {words[past - 1] if last != '-' else ''}",
        f"near {near} {gap}", f"nl {near} {level}", f"near {near} {place}", f"dens {density}",
        f"dz {density} {level} {person}",
        f"zl {level} {past - first}", f"zp {person} {level}",
        f"digits {any(s == DIGITS for s in page.shapes[first:past])}",
        f"len {min(len(words[first]), 6)} {level}", f"up {page.shapes[first]} {upper} {past - first}",
        f"suffix {words[past - 1][-3:]}" if level == 0 else "suffix -",
        f"prefix {words[first][:2]}" if level == 0 else "prefix -",
        f"dn {density} {near} {context[4]}", f"sound {sounds} {level}", f"sound {sounds} {near}",
    ]  # fmt: skip
