"""IPC API: `population` (analyses with their areas and figures) and `areas` (shapes with figures, no period)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingest.adapters import _scope
from ingest.adapters._ipc_area import CURRENT, FIRST, SECOND, Area, classified, people
from ingest.adapters._numbers import month_of, months_between, number
from ingest.model import Answer, Observation, Problem

KINDS = (  # suffix of the fields, kind of period, field with its months
    ("", CURRENT, "current_period_dates"),
    ("_projected", FIRST, "projected_period_dates"),
    ("_second_projected", SECOND, "second_projected_period_dates"),
)
ABOUT = {"id", "title", "country", "condition", "analysis_date", "groups", "areas", "name", *(k[2] for k in KINDS)}
FIGURES = ("estimated_population", "p3plus", *(f"phase{n}_population" for n in range(1, 6)), "overall_phase")
USED = ABOUT | {figure + suffix for figure in FIGURES for suffix, _, _ in KINDS}
IGNORED = {
    "period", "view_level", "population", "population_percentage", "metadata", "aag_id", "link", "year",
    *(f"p3plus_percentage{suffix}" for suffix, _, _ in KINDS),
    *(f"phase{n}_percentage{suffix}" for suffix, _, _ in KINDS for n in range(1, 6)),
    *(f"phases_comments{suffix}" for suffix, _, _ in KINDS),
}  # fmt: skip


def of_population(analyses: list[dict[str, Any]], answer: Answer) -> Iterator[Observation | Problem]:
    """Figures of every analysis, its groups and areas. An analysis without a single figure is a shell: no rows."""
    asked = _scope.iso3_of(_scope.query_of(answer).get("country", ""))
    for part in _parts(analyses):
        _scope.rows_in(answer, [part])
    found = {_scope.iso3_of(str(analysis.get("country"))) or str(analysis.get("country")) for analysis in analyses}
    _scope.assert_countries(answer, {asked} if asked else set(), found)
    yield from _scope.unused_fields(sorted({name for part in _parts(analyses) for name in part}), USED, IGNORED)
    for analysis in analyses:
        if not any(_has_figures(part) for part in _parts([analysis])):
            continue
        where = f"{analysis.get('country')} {analysis.get('analysis_date')} {analysis.get('id')}"
        try:
            if analysis.get("condition") not in ("A", None):
                raise ValueError(f"condition {analysis['condition']!r}: only acute analyses are taken in")
            yield from _analysis(analysis)
        except (ValueError, KeyError, TypeError) as error:
            yield Problem(
                "bad_row", f"{type(error).__name__}: {error}", where, "compare with the analysis on ipcinfo.org"
            )


def _parts(analyses: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for part in analyses:
        yield part
        if isinstance(part, dict):
            yield from _parts([*(part.get("groups") or []), *(part.get("areas") or [])])


def _has_figures(part: dict[str, Any]) -> bool:
    return any(part.get(f"estimated_population{suffix}") for suffix, _, _ in KINDS)


def _analysis(analysis: dict[str, Any]) -> Iterator[Observation | Problem]:
    iso3 = _scope.iso3_of(str(analysis["country"]))
    if iso3 is None:
        raise ValueError(f"{analysis['country']!r} is no country code")
    month = month_of(analysis["analysis_date"])[0]
    for suffix, kind, dates in KINDS:
        if not str(analysis.get(dates) or "").strip():
            continue
        start, end = months_between(analysis[dates])
        for level1, name, part in _named_parts(analysis):
            area = Area(iso3, month, level1, name, kind, start, end)
            try:
                yield from list(_figures(part, area, suffix))  # the whole area or none of it
            except ValueError as error:
                where = f"{iso3} {analysis['analysis_date']} {level1} {name} {kind}"
                yield Problem("bad_row", str(error), where, "compare with the analysis on ipcinfo.org")


def _named_parts(analysis: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(Level 1, area, figures) of the whole, its groups and its areas, as the long files name them."""
    yield "", "", analysis
    for group in analysis.get("groups") or []:
        level1 = str(group["name"]).strip()
        yield level1, "", group
        for area in group.get("areas") or []:
            yield level1, str(area["name"]).strip(), area
    for area in analysis.get("areas") or []:
        yield "", str(area["name"]).strip(), area


def _figures(part: dict[str, Any], area: Area, suffix: str) -> Iterator[Observation]:
    analysed = number(part.get(f"estimated_population{suffix}"))
    if not analysed:
        return  # zero people analysed is their word for "no such period"
    phases = [("all", analysed), ("3+", number(part.get(f"p3plus{suffix}")))]
    phases += [(str(n), number(part.get(f"phase{n}_population{suffix}"))) for n in range(1, 6)]
    yield from people(area, phases, analysed)
    overall = number(part.get(f"overall_phase{suffix}"))
    yield from classified(area, overall or None)


def of_areas(features: list[dict[str, Any]]) -> Iterator[Problem]:
    """Shapes with figures but without months: nothing can be dated from them, so each area is a Problem."""
    for feature in features:
        facts = feature.get("properties") or {}
        yield Problem(
            "no_period",
            f"areas of analysis {facts.get('anl_id')} (period {facts.get('ipc_period')}) carry no months",
            f"analysis {facts.get('anl_id')}",
            "nothing to do: the same figures come dated with the population answer or the file on HDX",
        )
