"""`returnwatch evaluate places|regions|themes|stories FILE`: measure the text stages on labelled texts."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from dashboard.commands import Context, UsageError
from ingest.text.evaluate_places import evaluate_places, evaluate_regions
from ingest.text.evaluate_stories import evaluate_stories
from ingest.text.evaluate_themes import evaluate_themes

NAME = "evaluate"
HELP = "measure places, regions, themes or stories on a file of labelled texts (JSON lines)"
ORDER = 80
STAGES: dict[str, Callable[[Path], dict[str, Any]]] = {
    "places": evaluate_places,
    "regions": evaluate_regions,
    "themes": evaluate_themes,
    "stories": evaluate_stories,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("stage", choices=sorted(STAGES))
    parser.add_argument("file", type=Path, help="one JSON object a line")
    parser.add_argument("--corrections", type=Path, help="places only: wrong links of the file put right (CSV)")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Exit status 1 when the file is missing or has another form."""
    if not arguments.file.is_file():
        raise UsageError(f"{arguments.file} does not exist; give a file of labelled texts, one JSON object a line")
    if arguments.corrections and arguments.stage != "places":
        raise UsageError("--corrections is for places only; leave it out")
    if arguments.corrections and not arguments.corrections.is_file():
        raise UsageError(f"{arguments.corrections} does not exist; give a CSV of links put right, or leave it out")
    measure = STAGES[arguments.stage]
    if arguments.corrections:
        measure = partial(evaluate_places, corrections=arguments.corrections)
    try:
        found = measure(arguments.file)
    except (ValueError, KeyError) as error:
        raise UsageError(f"{arguments.file} cannot be measured as {arguments.stage}: {error}") from None
    context.answer(found, "\n".join(_lines(found)))
    return 0


def _lines(found: dict[str, Any], indent: str = "") -> list[str]:
    lines = []
    for name, value in found.items():
        if isinstance(value, dict):
            lines += [f"{indent}{name}", *_lines(value, indent + "  ")]
        else:
            shown = f"{value:.3f}" if isinstance(value, float) else value
            lines.append(f"{indent}{name:<24}{shown}")
    return lines
