"""What changed between two dated versions of a policy text: paragraphs, and items of country chapters.

Versions are compared paragraph by paragraph in a form without markup, case, link targets and white space, so that a
format-only edit is no change.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from .policy import NUMBER, PolicyRow

_MARKUP = re.compile(r"[*_#>`|]+|\[([^\]]*)\]\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Change:
    """A paragraph that was added, removed or changed. `heading` is the last heading before it in its version."""

    kind: str  # added | removed | changed
    heading: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """A country's item that differs between two versions. `old` or `new` None: the item appeared or vanished."""

    country: str
    item: str
    heading: str
    old: PolicyRow | None
    new: PolicyRow | None


def plain(text: str) -> str:
    """A text without markup, link targets, case and runs of white space: what counts as its wording."""
    text = _MARKUP.sub(lambda match: match.group(1) or " ", text)
    text = text.replace("“", '"').replace("”", '"').replace("’", "'").replace("‘", "'").replace("\u00a0", " ")
    return " ".join(text.split()).casefold()


def compare_versions(old: str, new: str) -> list[Change]:
    """Paragraph changes between two versions of a text, in the order of the new one. Format-only edits are none."""
    before, after = _paragraphs(old), _paragraphs(new)
    matcher = SequenceMatcher(None, [p[2] for p in before], [p[2] for p in after], autojunk=False)
    changes: list[Change] = []
    for tag, low, high, new_low, new_high in matcher.get_opcodes():
        if tag == "equal":
            continue
        gone, come = before[low:high], after[new_low:new_high]
        for number in range(max(len(gone), len(come))):
            left = gone[number] if number < len(gone) else None
            right = come[number] if number < len(come) else None
            kind = "changed" if left and right else "added" if right else "removed"
            named = right or left
            changes.append(
                Change(kind, named[0] if named else "", left[1] if left else None, right[1] if right else None)
            )
    return changes


def _paragraphs(text: str) -> list[tuple[str, str, str]]:
    """(heading above, paragraph as written, its plain form); headings themselves are paragraphs too."""
    found, heading = [], ""
    apart = r"\n\s*\n|\n(?=#)" if "\n\n" in text else r"\n"  # a text without blank lines has a paragraph a line
    for block in re.split(apart, text):
        for piece in block.split("\n") if block.lstrip().startswith("#") else [block]:
            form = plain(piece)
            if not form or NUMBER.match(form.upper()):
                continue  # renumbering is not a change of policy
            if piece.lstrip().startswith("#"):
                heading = piece.strip("#* \t")
            found.append((heading, piece.strip(), form))
    return found


def changed_rows(old: Sequence[PolicyRow], new: Sequence[PolicyRow]) -> list[PolicyChange]:
    """Items whose wording differs; a format-only edit is none."""
    before, after = _by_key(old), _by_key(new)
    changes = []
    for key in [*after, *(key for key in before if key not in after)]:
        left, right = before.get(key), after.get(key)
        if left and right and plain(left.quote) == plain(right.quote):
            continue
        shown = right or left
        if shown:
            changes.append(PolicyChange(shown.country, shown.item, shown.heading, left, right))
    return changes


def merge_versions(versions: Iterable[Sequence[PolicyRow]]) -> list[PolicyRow]:
    """The rows of the newest version, each with the date from which its wording has stood unchanged. Oldest first."""
    known: Mapping[tuple[str, str, int], PolicyRow] = {}
    for rows in versions:
        current = _by_key(rows)
        for key, row in current.items():
            earlier = known.get(key)
            if earlier and plain(earlier.quote) == plain(row.quote):
                current[key] = replace(row, valid_from=earlier.valid_from)
        known = current
    return list(known.values())


def _by_key(rows: Sequence[PolicyRow]) -> dict[tuple[str, str, int], PolicyRow]:
    """Rows by country, heading and occurrence (a heading may stand twice in a chapter)."""
    found: dict[tuple[str, str, int], PolicyRow] = {}
    for row in rows:
        number = 0
        while (row.country, row.heading.casefold(), number) in found:
            number += 1
        found[row.country, row.heading.casefold(), number] = row
    return found
