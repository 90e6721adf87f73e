"""`returnwatch diff A B [REGION]`: what changed between two assessments, by contributions that sum to the change."""

from __future__ import annotations

import argparse
from typing import Any

from assessment.framework import DIMENSIONS
from assessment.read import NotFound, Reader, ReadError
from dashboard.commands import Context, UsageError, table
from ingest.refresh_tools import Folders

NAME = "diff"
HELP = "what changed between two assessments (run ids or days), and which indicators it came from"
ORDER = 64
COLUMNS = ["region_id", "dimension", "direction", "before", "after", "reason"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("before", help="run id, or the day of an assessment, e.g. 2023-06-30")
    parser.add_argument("after", help="run id or day")
    parser.add_argument("region", nargs="?", help="ISO 3166-2 code (default: every region whose level changed)")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Exit status 1 when a run or region is not there."""
    try:
        with Reader.open(Folders(context.data_dir).published) as reader:
            pair = [_run_id(reader, name) for name in (arguments.before, arguments.after)]
            if arguments.region:
                answer: Any = reader.diff(pair[0], pair[1], arguments.region)
                text = "\n".join(_lines(answer))
            else:
                answer = reader.changes_between(pair[0], pair[1])
                text = table([_row(r) for r in answer], COLUMNS) if answer else "no level changed"
    except ReadError as error:
        raise UsageError(str(error)) from None
    context.answer(answer, text)
    return 0


def _row(change: dict[str, Any]) -> dict[str, Any]:
    row = {key: change[key] for key in ("region_id", "dimension", "direction")}
    reason = (change["reason"] or {}).get("text_en")
    return {**row, "before": _state(change["before"]), "after": _state(change["after"]), "reason": reason}


def _run_id(reader: Reader, name: str) -> str:
    """A run id as it is; a day stands for its newest run."""
    found = [run for run in reader.runs() if name in (run["run_id"], run["as_of"].isoformat())]
    if not found:
        raise NotFound("run or day", name, "`returnwatch diff` takes the days and ids that `runs` of the API lists")
    return str(found[0]["run_id"])


def _lines(answer: dict[str, Any]) -> list[str]:
    first, second = answer["run_a"], answer["run_b"]
    lines = [f"{answer['region_id']}: {first['as_of']} ({first['run_id']}) to {second['as_of']} ({second['run_id']})"]
    for dimension in DIMENSIONS:
        part = answer["dimensions"][dimension]
        before, after = part["before"], part["after"]
        lines.append(
            f"\n{dimension}: {_state(before)} to {_state(after)}, score {before['point']:.1f} to {after['point']:.1f} "
            f"({part['change']:+.2f})"
        )
        for row in part["parts"]:
            name = row["indicator_id"] or "framework and rules"
            lines.append(f"  {row['contribution']:+8.2f}  {name}: {_value(row['before'])} -> {_value(row['after'])}")
    return lines


def _state(side: dict[str, Any]) -> str:
    return f"level {side['level']}" + (" (insufficient information)" if side["state"] == "insufficient" else "")


def _value(side: dict[str, Any] | None) -> str:
    if side is None or side["score"] is None:
        return "no data"
    raw = "" if side["raw_value"] is None else f"{side['raw_value']:.4g}, "
    return f"{raw}{side['score']:.1f} points ({side['origin']})"
