"""What the gate makes of texts unlike those it learned from: per cent given the dimension one would expect.

`python -m ingest.text.evaluate_other_texts TEXTS --law FILE FILE --advice FOLDER --facts FOLDER` prints JSON.

Travel advice and summaries on rights teach the gate a little, so each half of them (every other text) is judged by a
gate that has seen the other half only. War news (region_fakes.jsonl), recommendations of the UPR and hand-written facts
(FOLDER/nl.txt and so on: `[fact]`, then `theme | sentence`) are judged by the shipped gate, whose dimension head has
seen none of them.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from .examples import Example, add_side_arguments, labelled_rows, load_examples, load_side_examples
from .gate import DIMENSIONS, Gate, load_gate
from .labels import UPR, dimensions_of, themes_of
from .themes import Lexicon, load_lexicon
from .train_gate import read, train

EVERY = 40  # one recommendation in so many is read


def per_cent(gate: Gate, texts: Sequence[tuple[str, str, str]], lexicon: Lexicon) -> list[bool]:
    """For each (text, language, dimension): is that the dimension the gate gives it?"""
    scores = gate.score([read(text, lexicon, language) for text, language, _ in texts]).dimension
    return [DIMENSIONS[n] == dimension for n, (_, _, dimension) in zip(scores.argmax(1), texts, strict=True)]


def read_facts(folder: Path, lexicon: Lexicon) -> dict[str, list[tuple[str, str, str]]]:
    """Hand-written facts by language."""
    facts: dict[str, list[tuple[str, str, str]]] = {}
    for path in sorted(folder.glob("*.txt")):
        kind = ""
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("["):
                kind = line.strip("[]")
            elif kind == "fact" and "|" in line:
                theme, sentence = (part.strip() for part in line.split("|", 1))
                facts.setdefault(path.stem, []).append((sentence, path.stem, lexicon.themes[theme].dimension))
    return facts


def seen_by_neither(told: Sequence[Example], side: Sequence[Example], lexicon: Lexicon) -> dict[str, list[bool]]:
    """Texts that teach a little, each judged by a gate that has seen every other of them."""
    right: dict[str, list[bool]] = {}
    for half in (0, 1):
        gate = train([*told, *side[1 - half :: 2]], lexicon, {})
        own = list(side[half::2])
        named = [f"{example.kind}: {min(example.themes)}" for example in own]
        texts = [(example.text, "en", min(dimensions_of(example.themes, lexicon))) for example in own]
        for name, hit in zip(named, per_cent(gate, texts, lexicon), strict=True):
            right.setdefault(name, []).append(hit)
    return right


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(
        prog="python -m ingest.text.evaluate_other_texts", description="The gate on other texts."
    )
    parser.add_argument("texts", type=Path, help="folder with the labelled texts (.jsonl)")
    add_side_arguments(parser)
    parser.add_argument("--facts", type=Path, metavar="FOLDER", help="hand-written facts, a file a language")
    options = parser.parse_args(arguments)
    lexicon, gate = load_lexicon(), load_gate()
    told = [example for example in load_examples(options.texts, hold_out=False) if example.kind == "report"]
    side = [part for file in options.law for part in load_side_examples([file], None)]
    right = seen_by_neither(told, side, lexicon) if side else {}
    if options.advice:
        pages = load_side_examples([], options.advice)
        # pages of a country stand together, so every other page of one subject is taken
        for theme in sorted({min(page.themes) for page in pages}):
            right |= seen_by_neither(told, [page for page in pages if theme in page.themes], lexicon)
    news = [(row["text"], "en", "physical") for row in labelled_rows(options.texts / "region_fakes.jsonl")]
    law = [row for row in labelled_rows(options.texts / "themes_upr.jsonl") if themes_of(row["issues"], UPR)]
    right["war news"] = per_cent(gate, news, lexicon)
    right["recommendations"] = per_cent(gate, [(row["text"], "en", "legal") for row in law[::EVERY]], lexicon)
    for language, facts in (read_facts(options.facts, lexicon) if options.facts else {}).items():
        right[f"facts {language}"] = per_cent(gate, facts, lexicon)
    print(json.dumps({name: [round(100 * float(np.mean(hits))), len(hits)] for name, hits in right.items()}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
