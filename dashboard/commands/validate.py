"""`returnwatch validate`: the method tested on the data in hand; a report page, and figures for the Method page."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any

from assessment import framework as frameworks
from assessment.validation.panel import PanelError
from assessment.validation.report import LANGUAGES, plain_words, render_html, render_text
from assessment.validation.validate import validate
from dashboard.commands import Context, UsageError, parse_day, plain, shipped, utc_now
from dashboard.pipeline import monitored
from ingest.publish import NothingPublished, Snapshot
from ingest.refresh_tools import Folders

NAME = "validate"
HELP = "test the method on the data in hand by limits written down before; writes a report page, good and bad"
ORDER = 71


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="report page here, figures beside it as .json"
    )
    parser.add_argument("--quick", action="store_true", help="fewer questions, dates and draws: about a minute")
    parser.add_argument("--language", choices=LANGUAGES, default="en", help="of the report page (default en)")
    parser.add_argument("--as-of", metavar="DATE", help="what was known on a past day (default: today)")
    parser.add_argument("--train-to", metavar="DATE", help="a day in the last month of the fit, e.g. 2019-12-31")
    parser.add_argument("--panel", type=Path, help="CSV panel for --against: country, unit, month, n_events, deaths …")
    parser.add_argument("--against", type=Path, nargs="+", default=[], help="published predictions on that panel")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Exit status 0 when it ran, whatever the verdicts; 1 when there is nothing published or too little history."""
    if bool(arguments.panel) != bool(arguments.against):
        raise UsageError("--panel and --against go together: predictions are scored on the panel they were made for")
    for wanted in [*([arguments.panel] if arguments.panel else []), *arguments.against]:
        if not wanted.exists():
            raise UsageError(f"{wanted} does not exist; give a file or a folder")
    now = utc_now()
    as_of = parse_day(arguments.as_of) if arguments.as_of else now.date()
    train_to = str(parse_day(arguments.train_to))[:7] if arguments.train_to else None
    folders = Folders(context.data_dir)
    try:
        with Snapshot.open(folders.published) as snapshot, snapshot.cursor() as cursor:
            result = validate(
                cursor, frameworks.load(), monitored(shipped("reference")), as_of, panel_file=arguments.panel,
                against=arguments.against, train_to=train_to, quick=arguments.quick, say=context.say,
            )  # fmt: skip
    except (NothingPublished, PanelError) as error:
        raise UsageError(str(error)) from None
    result["basis"]["made"] = now.isoformat(timespec="minutes")
    page = arguments.output or folders.published / "validation.html"
    figures = page.with_suffix(".json")
    _write(page, render_html(result, arguments.language))
    _write(figures, json.dumps(for_page(result), ensure_ascii=False, indent=1) + "\n")
    context.say(f"report: {page}\nfigures: {figures}")
    context.answer(for_page(result), render_text(result, arguments.language))
    return 0


def for_page(result: dict[str, Any]) -> dict[str, Any]:
    """What the Method page and other programs read: everything but the drawings, with the half page in words."""
    tests = [{key: value for key, value in test.items() if key != "plots"} for test in result["tests"]]
    summary = {language: plain_words(result, language) for language in LANGUAGES}
    found: dict[str, Any] = plain({**result, "tests": tests, "summary": summary})
    return found


def _write(path: Path, text: str) -> None:
    """Whole or not at all: a page being read is never half a page."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".part")
    beside.write_text(text, encoding="utf-8")
    os.replace(beside, path)
