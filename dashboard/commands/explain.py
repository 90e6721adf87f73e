"""`returnwatch explain REGION [--as-of DATE]`: from a score to the archived answer it rests on."""

from __future__ import annotations

import argparse
from typing import Any

from assessment.explain import NotAssessed, explain
from dashboard.commands import Context, UsageError, parse_day
from ingest.publish import NothingPublished, Snapshot
from ingest.refresh_tools import Folders

NAME = "explain"
HELP = "show what a region's scores rest on, down to the archived answer"
ORDER = 62


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("region", help="ISO 3166-2 code, e.g. AF-BAL")
    parser.add_argument("--as-of", metavar="DATE", help="an assessed past day (default: the newest assessment)")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Exit status 1 when the region or the day is not assessed."""
    as_of = parse_day(arguments.as_of) if arguments.as_of else None
    try:
        with Snapshot.open(Folders(context.data_dir).published) as snapshot, snapshot.cursor() as cursor:
            tree = explain(cursor, arguments.region, as_of)
    except (NothingPublished, NotAssessed) as error:
        raise UsageError(str(error)) from None
    context.answer(tree, "\n".join(_lines(tree)))
    return 0


def _lines(tree: dict[str, Any]) -> list[str]:
    region, run = tree["region"], tree["run"]
    lines = [
        f"{region['name_en']} ({region['region_id']}), as of {run['as_of']}, run {run['run_id']}, "
        f"framework {run['framework_version']}",
        "This is country information, not a judgement on a person.",
    ]
    for dimension in tree["dimensions"]:
        lines.append(
            f"\n{dimension['dimension']}: {dimension['state']}, level {dimension['level']}, "
            f"P20 {dimension['p20']:.0f} (P10 {dimension['p10']:.0f} to P90 {dimension['p90']:.0f}), "
            f"confidence {dimension['confidence']}, coverage {dimension['coverage']:.0%}"
        )
        if dimension["unknowns"]:
            lines.append(f"  not known: {', '.join(dimension['unknowns'])}")
        for pillar in dimension["pillars"]:
            lines.append(f"  pillar {pillar['pillar']}: {pillar['point']:.0f}")
        for reason in dimension["reasons"]:
            lines.append(f"  - {reason['text_en']} [{reason['contribution']:.1f} points]")
        for value in tree["indicators"]:
            if value["items"] and value["indicator_id"].startswith(dimension["dimension"][0].upper()):
                lines += _value(value)
    return lines


def _value(value: dict[str, Any]) -> list[str]:
    lines = [f"  {value['indicator_id']}: {value['score']:.0f} points, {value['origin']}"]
    for item in value["items"]:
        lines.append(
            f"    {item['raw_value']:.4g} from {item['source_id']} ({item['geography']}, {item['ref_end']}, "
            f"weight {item['weight']:.2f}{', lapsed' if item['lapsed'] else ''})"
        )
        for row in item["evidence"][:2]:
            record = f"{row['answer_url']}, {row['retrieved_at']:%Y-%m-%d}, {row['warc_file']}"
            lines.append(f"      {row['evidence_id']}: {record}")
    return lines
