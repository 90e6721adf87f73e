"""Sentences of our own with the places expected in them, and how many of those the tagger finds.

    python -m tests.ingest.text.place_cases

prints a line per language. Files places_<language>.txt: sentence | words=country or region:role; … Lines behind a
second comment were set aside: rules and word lists were made without looking at what becomes of them.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from ingest.text.places import Mention, tag_places

HERE = Path(__file__).parent
#: Files that hold a language under another code: Kurdish in Arabic letters.
LANGUAGE_OF = {"ckb": "ku"}


@dataclass(frozen=True)
class Case:
    """One place of a sentence; `place`: ISO alpha-3, ISO 3166-2 or alpha-2 (anywhere in the country); `role` may be
    empty."""

    language: str
    sentence: str
    name: str
    place: str
    role: str
    set_aside: bool


def cases(file: str) -> list[Case]:
    """The cases of places_<file>.txt."""
    found: list[Case] = []
    comments = 0
    for line in (HERE / f"places_{file}.txt").read_text(encoding="utf-8").splitlines():
        comments += line.startswith("#")
        if not line.strip() or line.startswith("#"):
            continue
        sentence, expected = line.split(" | ")
        for item in expected.split(";"):
            name, _, answer = item.strip().partition("=")
            place, _, role = answer.partition(":")
            found.append(Case(LANGUAGE_OF.get(file, file), sentence, name, place, role, comments > 1))
    return found


def mention_of(case: Case) -> Mention | None:
    """The mention that overlaps the words of the case."""
    start = case.sentence.index(case.name)
    mentions = tag_places(case.sentence, language=case.language)
    return next((m for m in mentions if m.start < start + len(case.name) and start < m.end), None)


def place_given(case: Case, mention: Mention) -> str:
    """Country or region of a mention, as exact as the case asks for."""
    if "-" in case.place:
        return mention.region_id or ""
    return (mention.iso3 or "") if len(case.place) == 3 else (mention.region_id or mention.iso3 or "")[:2]


def measured(listed: list[Case]) -> Counter[str]:
    """Numbers of cases: `named` places, those `found`, at the `right` country or region, with `roles` expected and
    `played`; and `beside`: mentions where none is expected."""
    counts: Counter[str] = Counter()
    for case in listed:
        mention = mention_of(case)
        counts["named"] += 1
        counts["roles"] += bool(case.role)
        if mention is not None:
            counts["found"] += 1
            counts["right"] += place_given(case, mention) == case.place
            counts["played"] += bool(case.role) and mention.role == case.role
    for language, sentence in {(case.language, case.sentence) for case in listed}:
        expected = [case for case in listed if case.sentence == sentence]
        counts["beside"] += len(tag_places(sentence, language=language)) - sum(bool(mention_of(c)) for c in expected)
    return counts


def main() -> None:
    for path in sorted(HERE.glob("places_*.txt")):
        listed = cases(path.stem.removeprefix("places_"))
        for part in (False, True):
            counts = measured([case for case in listed if case.set_aside == part])
            if counts:
                print(path.stem, "set aside" if part else "tuning", dict(counts))


if __name__ == "__main__":
    main()
