"""`returnwatch explain REGION [--as-of DATE] | --hash VERSION`: from a score to the archived answer it rests on."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from assessment import framework as frameworks
from assessment.explain import NotAssessed, explain
from dashboard.commands import Context, UsageError, parse_day
from dashboard.commands._opened import opened
from ingest.publish import NothingPublished, Snapshot
from ingest.refresh_tools import Folders

NAME = "explain"
HELP = "show what a region's scores rest on, down to the archived answer"
ORDER = 62
SHOWN = 2  # answers shown per item; --json has all


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("region", nargs="?", help="ISO 3166-2 code, e.g. AF-BAL")
    parser.add_argument("--hash", metavar="VERSION", help="open what the version at the foot of a brief stands for")
    parser.add_argument("--as-of", metavar="DATE", help="an assessed past day (default: the newest assessment)")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Exit status 1 when the region or the day is not assessed, or nothing here knows the brief."""
    if bool(arguments.region) == bool(arguments.hash):
        raise UsageError("give a region, or --hash with the version at the foot of a brief")
    if arguments.hash:
        tree = opened(arguments.hash, context)
        context.answer(tree, "\n".join([*tree["brief"]["said"], "", *_lines(tree)]))
        return 0
    as_of = parse_day(arguments.as_of) if arguments.as_of else None
    try:
        with Snapshot.open(Folders(context.data_dir).published) as snapshot, snapshot.cursor() as cursor:
            tree = explain(cursor, arguments.region, as_of)
    except (NothingPublished, NotAssessed) as error:
        raise UsageError(str(error)) from None
    context.answer(tree, "\n".join(_lines(tree)))
    return 0


def _lines(tree: dict[str, Any]) -> Iterator[str]:
    region, run, result, framework = tree["region"], tree["run"], tree["result"], frameworks.load()
    yield (
        f"{region['name_en']} ({region['region_id']}), as of {run['as_of']}, run {run['run_id']}, "
        f"framework {run['framework_version']}"
    )
    yield "This is country information, not a judgement on a person."
    category = result["suggested_category"]
    before = result["category_before_gates"]
    yield f"suggested: {category} {framework.raw['advice'][category]['en']}" + (
        f" (before gates: {before})" if before != category else ""
    )
    for gate in tree["gates"]:
        yield f"  gate {gate['gate_id']}: {gate['text_en']}" + (" (a note)" if gate["effect"] == "note" else "")
    for route in tree["routes"]:
        yield f"  way {route['rank']}: {_way(route)}"
    for dimension in tree["dimensions"]:
        yield ""
        yield from _dimension(framework, tree, dimension)


def _way(route: dict[str, Any]) -> str:
    arrival = f"{route['arrival_iata']} {route['arrival_name']}" if route["arrival_iata"] else "no arrival"
    worst = "unknown" if route["worst_score"] is None else f"{route['worst_score']:.0f} points"
    legs = " - ".join(route["legs"]) or "no way"
    return f"{arrival}: {legs}; {route['state']}; worst leg {route['worst_leg'] or 'none'} ({worst})"


def _dimension(framework: frameworks.Framework, tree: dict[str, Any], dimension: dict[str, Any]) -> Iterator[str]:
    level, state = dimension["level"], dimension["state"]
    if state == "insufficient":
        word = f"{framework.band_word(None, 'en')} (treated as level {level}); {_points(framework, dimension)}"
    else:
        word = f"level {level}, {framework.band_word(level, 'en')}" + (" (old evidence)" if state == "stale" else "")
    yield f"{framework.raw['dimension'][dimension['dimension']]['en']}: {word}"
    yield (
        f"  score P20 {dimension['p20']:.0f} (P10 {dimension['p10']:.0f} to P90 {dimension['p90']:.0f}), confidence "
        f"{framework.raw['confidence'][dimension['confidence']]['en']}, coverage {dimension['coverage']:.0%}"
    )
    if dimension["why_insufficient"]:
        yield f"  insufficient because of: {', '.join(dimension['why_insufficient'])}"
    if dimension["unknowns"]:
        yield f"  not known: {', '.join(dimension['unknowns'])}"
    for pillar in dimension["pillars"]:
        yield f"  pillar {pillar['pillar']}: {pillar['point']:.0f}"
    for reason in dimension["reasons"]:
        yield f"  - {reason['text_en']} [{reason['contribution']:.1f} points]"
    for value in tree["indicators"]:
        if value["items"] and framework.by_id[value["indicator_id"]].dimension == dimension["dimension"]:
            yield from _value(value)


def _points(framework: frameworks.Framework, dimension: dict[str, Any]) -> str:
    level = dimension["indicative_level"]
    if level is None:
        return "too little is known to point anywhere"
    return (
        f"what is known ({dimension['known_share']:.0%}) points to level {level}, {framework.band_word(level, 'en')} "
        f"(between {dimension['indicative_best']} and {dimension['indicative_worst']})"
    )


def _value(value: dict[str, Any]) -> Iterator[str]:
    score = "not counted" if value["score"] is None else f"{value['score']:.0f} points"
    yield f"  {value['indicator_id']}: {score}, {value['origin']}"
    for item in value["items"]:
        yield (
            f"    {item['raw_value']:.4g} from {item['source_id']} ({item['geography']}, {item['ref_end']}, "
            f"weight {item['weight']:.2f}{', lapsed' if item['lapsed'] else ''})"
        )
        for row in item["evidence"][:SHOWN]:
            yield f"      {row['evidence_id']}: {row['answer_url']}, {row['retrieved_at']:%Y-%m-%d}, {row['warc_file']}"
