"""The labelled texts the gate learns from, as examples; what their labels mean stands in labels.py."""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .labels import CASE2021, RELIEFWEB, TRAVEL_ADVICE, UPR, themes_of

HELD_OUT = 0.3
ADVICE = 0.1  # what a page of travel advice weighs there
ADVICE_PAGES = {"Safety and security": "insecurity", "Health": "health"}  # page -> theme
LAW = 0.05  # what a summary of a report on rights weighs there; more of it costs reports of the other dimensions
LONGEST_SUMMARY = 8000  # characters


@dataclass(frozen=True)
class Example:
    """A text with the themes it is about, among the themes `labelled` could have given it."""

    text: str
    themes: frozenset[str]
    labelled: frozenset[str]
    kind: str  # report | recommendation | event | law | advice | open
    weight: float = 1.0


def is_held_out(identifier: str, share: float = HELD_OUT) -> bool:
    """True for about `share` of all ids, for ever the same ones."""
    return hashlib.sha256(identifier.encode()).digest()[0] < 256 * share


def load_examples(folder: Path, *, hold_out: bool) -> list[Example]:
    """The labelled texts of a folder; with `hold_out` without the part kept for measuring."""
    examples = []
    for name, kind, key, mapping in (
        ("themes_reliefweb.jsonl", "report", "themes", RELIEFWEB),
        ("events_case2021.jsonl", "event", "subtype", CASE2021),
        ("themes_upr.jsonl", "recommendation", "issues", UPR),
    ):
        labelled = frozenset(mapping.values())
        for row in labelled_rows(folder / name):
            if hold_out and is_held_out(row["id"]):
                continue
            labels = [row[key]] if isinstance(row[key], str) else row[key]
            themes = frozenset(themes_of(labels, mapping))
            if themes or kind == "report":
                examples.append(Example(row["text"], themes, labelled, kind))
    return examples


def labelled_rows(path: Path) -> list[dict[str, Any]]:
    """The lines of a labelled file."""
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def load_open_examples(advice: Path, human_rights: Path) -> list[Example]:
    """Open texts: sections of travel advice labelled by heading; human rights summaries, labelled legal."""
    examples = []
    for page in sorted(advice.rglob("*.md")):
        for section in page.read_text(encoding="utf-8").split("\n## "):
            heading = section.split("\n", 1)[0].casefold()
            themes = frozenset(theme for part, theme in TRAVEL_ADVICE.items() if part in heading)
            if themes:
                examples.append(Example(section, themes, frozenset(TRAVEL_ADVICE.values()), "open"))
    return examples + [replace(example, kind="open", weight=0.1) for example in load_law_examples([human_rights])]


def load_law_examples(files: Sequence[Path]) -> list[Example]:
    """Summaries of reports on rights, country by country: legal texts as a whole."""
    about = frozenset({"human_rights"})
    return [
        Example(summary["summary"][:LONGEST_SUMMARY], about, about, "law", LAW)
        for file in files
        for summary in json.loads(file.read_text(encoding="utf-8")).values()
    ]


def load_advice_examples(folder: Path) -> list[Example]:
    """Pages of travel advice whose name says which dimension they are about, country by country."""
    return [
        Example(page.read_text(encoding="utf-8"), frozenset({theme}), frozenset({theme}), "advice", ADVICE)
        for page in sorted(folder.rglob("*.md"))
        for name, theme in ADVICE_PAGES.items()
        if page.stem == name
    ]


def load_side_examples(law: Sequence[Path], advice: Path | None) -> list[Example]:
    """Texts of another kind that teach the dimension a little: summaries on rights, travel advice."""
    return load_law_examples(law) + (load_advice_examples(advice) if advice else [])


def add_side_arguments(parser: argparse.ArgumentParser) -> None:
    """The options that name these texts."""
    parser.add_argument(
        "--law", nargs="+", type=Path, default=[], metavar="FILE", help="summaries of reports on rights"
    )
    parser.add_argument("--advice", type=Path, metavar="FOLDER", help="British travel advice, a folder a country")
