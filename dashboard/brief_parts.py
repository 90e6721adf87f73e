"""Small parts of the brief: how much may be shown, outside text made harmless, sources numbered as they are named."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from dashboard.language import Words

Row = Mapping[str, Any]
Item = dict[str, Any]  # what `item` gives: one line of a section


@dataclass(frozen=True, slots=True)
class Budget:
    """How much of each list is shown, and how many characters of outside text. The rest is counted and named."""

    gates: int = 99
    gate_chars: int = 1200
    reasons: int = 9
    unknowns: int = 99
    legs: int = 99
    ways: int = 2
    decision_chars: int = 1200
    cards: int = 99
    card_chars: int = 1200
    questions: bool = True
    facts: int = 9
    fact_chars: int = 400
    contacts: int = 99
    contact_chars: int = 400
    addresses: bool = True


FULL = Budget()
CUT = " …"  # ends a text that was cut
# From generous to tight. The first page follows gates to legs, the second the rest; the tightest must always fit.
FIRST_PAGE = (
    {"gates": 8, "gate_chars": 420, "reasons": 3, "unknowns": 9, "legs": 12, "decision_chars": 280},
    {"gates": 6, "gate_chars": 300, "reasons": 3, "unknowns": 6, "legs": 10, "decision_chars": 280},
    {"gates": 5, "gate_chars": 220, "reasons": 2, "unknowns": 5, "legs": 8, "decision_chars": 200},
    {"gates": 4, "gate_chars": 160, "reasons": 2, "unknowns": 3, "legs": 6, "decision_chars": 140},
    {"gates": 3, "gate_chars": 110, "reasons": 1, "unknowns": 2, "legs": 4, "decision_chars": 100},
    {"gates": 2, "gate_chars": 90, "reasons": 1, "unknowns": 1, "legs": 3, "decision_chars": 60, "ways": 1},
)
SECOND_PAGE = (
    {"cards": 11, "card_chars": 300, "facts": 3, "fact_chars": 160, "contacts": 8, "contact_chars": 200},
    {"cards": 11, "card_chars": 200, "facts": 2, "fact_chars": 140, "contacts": 6, "contact_chars": 160},
    {"cards": 11, "card_chars": 140, "questions": False, "facts": 2, "fact_chars": 100, "contacts": 5,
     "contact_chars": 120},
    {"cards": 8, "card_chars": 100, "questions": False, "facts": 1, "fact_chars": 80, "contacts": 4,
     "contact_chars": 90},
    {"cards": 4, "card_chars": 60, "questions": False, "facts": 1, "fact_chars": 60, "contacts": 3,
     "contact_chars": 60, "addresses": False},
    {"cards": 0, "card_chars": 0, "questions": False, "facts": 1, "fact_chars": 40, "contacts": 2,
     "contact_chars": 40, "addresses": False},
)  # fmt: skip


def budget(first: int, second: int) -> Budget:
    """The budget of two steps, one per page."""
    return replace(FULL, **FIRST_PAGE[first], **SECOND_PAGE[second])  # type: ignore[arg-type]


def clip(text: object, most: int) -> str:
    """Outside text on one line, at most `most` characters, without marks that turn the text around them."""
    raw = str(text)
    begin = raw[: 4 * most]  # enough to fill the room; a text without end is not read to its end
    plain = "".join(c if unicodedata.category(c) not in ("Cc", "Cf") or c in "\u200c\u200d" else " " for c in begin)
    found = " ".join(plain.split())
    if len(found) <= most and len(begin) == len(raw):
        return found
    cut = found[: most - len(CUT)]
    return (cut.rsplit(" ", 1)[0] if " " in cut[most // 2 :] else cut) + CUT


def item(
    lead: str = "", text: str = "", note: str = "", refs: Sequence[int] = (), evidence_ids: Iterable[str] = (),
    tone: str = "", ask: str = "",
) -> Item:  # fmt: skip
    """One line of a section. refs: numbers of sources. tone: 1 … 5 or U, for a swatch. ask: for the client."""
    return {"lead": lead, "text": text, "note": note, "refs": list(refs), "evidence_ids": list(evidence_ids),
            "tone": tone, "ask": ask}  # fmt: skip


class Numbered:
    """Sources in the order in which the brief names them, each with the newest day its information speaks about."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = {row["source_id"]: row for row in rows}
        self.days: dict[str, date | None] = {}

    def ref(self, source_id: str | None, day: date | datetime | None) -> list[int]:
        """[number] of a source; [] when there is none to name."""
        if not source_id:
            return []
        named = day.date() if isinstance(day, datetime) else day
        known = self.days.get(source_id)
        self.days[source_id] = max(known, named) if known and named else known or named
        return [list(self.days).index(source_id) + 1]


def figure(words: Words, value: float) -> str:
    """Three digits that count, in the reader's form: 0,0842; 59,6; 1.234."""
    digits = 0 if value == 0 or abs(value) >= 100 else 2 - math.floor(math.log10(abs(value)))
    return words.number(value, max(0, min(digits, 6)))


def measured(words: Words, indicator_id: str, unit: str, value: float) -> str:
    """An indicator's value as a phrase; indicators without a phrase of their own show value and unit."""
    key = f"measure.{indicator_id}"
    if not words.has(key) and unit.startswith("code"):
        key = "measure.code"
    if words.has(key):
        return words(key, value=figure(words, value))
    return f"{figure(words, value)} ({unit})"


def of_indicator(words: Words, sources: Numbered, row: Row, stated: str = "") -> Item:
    """An indicator of a region as a line: name, value, where and when it holds. `stated`: what to say without rows."""
    heaviest = row["items"][0] if row["items"] else None
    if row["raw_value"] is None or heaviest is None:
        return item(words.of(row, "name"), stated, evidence_ids=row["evidence_ids"])
    return item(
        words.of(row, "name"),
        measured(words, row["indicator_id"], row["unit"], row["raw_value"]),
        f"{words('brief.origin.' + row['origin'])}, {words.day(heaviest['ref_end'])}",
        sources.ref(heaviest["source_id"], heaviest["ref_end"]),
        row["evidence_ids"],
    )


def section(
    name: str, words: Words, intro: Sequence[str] = (), items: Sequence[Item] = (), more: str = ""
) -> dict[str, Any]:
    """A section: heading, sentences, lines, and what was left out and where it stands."""
    return {"id": name, "title": words(f"brief.section.{name}"), "intro": list(intro), "items": list(items),
            "more": more}  # fmt: skip


def left_out(words: Words, name: str, count: int) -> str:
    """ "3 more; page Region"; "" when nothing was left out."""
    return words(f"brief.more.{name}", count=count) if count > 0 else ""
