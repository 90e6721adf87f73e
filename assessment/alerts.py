"""Alerts: what changed, by which rule, on what ground, and by when a person must look. Method section 13.

Pure: tables of this run and of what was published go in, alerts come out. An alert never changes a score or a level;
gate G6 freezes a region while a sharp rise in deaths is open. The same change found again by a later run keeps its
alert_id (for levels through `carry_on`), so that a queue never shows it twice; a sharp rise that grew has a new one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from assessment import saying
from assessment.alert_stats import NEW, NONE, RAISED, Drift, Flags, Rhythm, Scan, drift, lasting_rises, scan_history
from assessment.alert_texts import ARRIVAL, NO_ARRIVAL, PERIOD, SERIES, TEXTS, WAY_UNKNOWN
from assessment.days import working_day
from assessment.framework import Framework
from assessment.route import Route

# Working days until a person must have looked; "better" waits for the next review. Public holidays are not counted.
DEADLINE = {
    "sharp_rise": 2, "record": 2, "regime_change": 2, "level_worse": 2, "arrival": 0, "qualitative": 3, "harm": 0,
    "staleness": 10, "review_due": 10, "silence": 10, "blackout": 2,
}  # fmt: skip
RULE_IN_TABLE = {
    "harm": "qualitative",
    "review_due": "staleness",
    "record": "sharp_rise",
}  # words of their own, rule of the table
STATE_ORDER = ("open", "unknown", "none", "closed")


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert. region_id: or iso3 for a country, or a source_id for a silent source. raised: newest day it grew."""

    alert_id: str
    region_id: str
    rule: str
    direction: str  # worse | better | none
    series: str | None
    statistic: float | None
    baseline: float | None
    p_value: float | None
    opened: date
    deadline: date
    text_en: str
    text_nl: str
    evidence_ids: tuple[str, ...]
    raised: date | None = None

    def row(self, run_id: str) -> dict[str, Any]:
        """As a row of assessment.alert."""
        names = [n for n in self.__dataclass_fields__ if n not in ("raised", "evidence_ids")]
        return {"run_id": run_id, **{n: getattr(self, n) for n in names}, "evidence_ids": list(self.evidence_ids)}


def alert(
    kind: str, region_id: str, direction: str, opened: date, *, series: str | None = None,
    numbers: tuple[float | None, float | None, float | None] = (None, None, None),
    words: Mapping[str, Any] | None = None, evidence_ids: Sequence[str] = (),
    deadline: date | None = None, raised: date | None = None,
) -> Alert:  # fmt: skip
    """One alert of a kind of `alert_texts.TEXTS`. numbers: statistic, baseline, p. words: what else the text needs.

    A word given as {"en": …, "nl": …} is put in by language. An alert that grew has another id: what a person decided
    about the smaller one is no answer to it.
    """
    rule = RULE_IN_TABLE.get(kind, kind)
    named = SERIES.get(series or "", (series or "").replace("_", " "))
    given: dict[str, Any] = {"series": named, **dict(words or {})}
    given |= dict(zip(("statistic", "baseline", "p"), numbers, strict=True))
    text = {language: saying.filled(TEXTS[kind][language], language, given) for language in ("en", "nl")}
    told = f"{kind}|{region_id}|{series}|{opened}" + (f"|{raised}" if raised else "")
    name = hashlib.sha256(told.encode()).hexdigest()[:16]
    due = deadline or working_day(raised or opened, DEADLINE[kind])
    return Alert(
        name, region_id, rule, direction, series, *numbers, opened, due, text["en"], text["nl"],
        tuple(evidence_ids), raised,
    )  # fmt: skip


def scan(
    framework: Framework, region_ids: Sequence[str], series: str, counts: Any, ends: Sequence[date], *,
    since: date, monthly: bool, evidence: Mapping[str, Sequence[str]] | None = None,
) -> list[Alert]:  # fmt: skip
    """Sharp rises and, from them apart, changes of regime in one series; those that opened or grew on or after `since`.

    counts: (regions, periods), NaN where no data, ending at `ends` (last day of each period, known by then). With
    `since` the first day it is the whole history.
    """
    rules = framework.raw["alerts"]
    rhythm = Rhythm.months(rules) if monthly else Rhythm.weeks(rules)
    counts = np.asarray(counts, dtype=np.float64)
    ids = evidence or {}
    scanned = scan_history(counts, rules, rhythm, rules.get("record", {}).get(series))
    found = sharp_rises(region_ids, series, scanned, ends, since, ids)
    # A rate can only have become worse lately where something happened lately: the others need no change point.
    first = max(sum(end < since for end in ends) - rhythm.drift_run, 0)
    lively = np.flatnonzero(np.nansum(counts[:, first:], axis=1) > 0)
    names = [region_ids[row] for row in lively.tolist()]
    changed = drift(counts[lively], rhythm)
    told = lasting_rises(changed, scanned.of(lively), rules, rhythm)
    return found + regime_changes(names, series, changed, told, ends, since, ids, monthly=monthly)


def sharp_rises(
    region_ids: Sequence[str], series: str, found: Scan, ends: Sequence[date], since: date,
    evidence: Mapping[str, Sequence[str]],
) -> list[Alert]:  # fmt: skip
    """Alerts of the tail and the record rule. A step upwards inside the mute raises the open alert: new figures and
    deadline; it keeps the words of the rule that opened it."""
    result: dict[tuple[str, date], Alert] = {}
    for row in np.flatnonzero((found.outcome != NONE).any(axis=1)).tolist():
        opened, kind = ends[0], "sharp_rise"
        for at in np.flatnonzero(np.isin(found.outcome[row], (NEW, RAISED))).tolist():
            grown = found.outcome[row, at] == RAISED
            if not grown:
                opened, kind = ends[at], "record" if found.record[row, at] else "sharp_rise"
            if ends[at] < since:
                continue
            region = region_ids[row]
            item = alert(
                kind, region, "worse", opened, series=series, evidence_ids=evidence.get(region, ()),
                numbers=(float(found.total[row, at]), float(found.mean[row, at]), float(found.p[row, at])),
                raised=ends[at] if grown else None,
            )  # fmt: skip
            result[region, opened] = item  # a step upwards takes the place of what it grew from
    return list(result.values())


def regime_changes(
    region_ids: Sequence[str], series: str, found: Drift, told: Flags, ends: Sequence[date], since: date,
    evidence: Mapping[str, Sequence[str]], *, monthly: bool,
) -> list[Alert]:  # fmt: skip
    """The rate rose lately and stayed up; one alert per change, not one per period that still shows it."""
    result = []
    for row, at in np.argwhere(told).tolist():
        if ends[at] >= since:
            rate, before = float(found.rate[row, at]), float(found.before[row, at])
            words = {"period": PERIOD[monthly], "chance": float(found.recent[row, at])}
            result.append(
                alert("regime_change", region_ids[row], "worse", ends[at], series=series, words=words,
                      numbers=(rate, before, None), evidence_ids=evidence.get(region_ids[row], ()))
            )  # fmt: skip
    return result


def level_changes(
    framework: Framework, region_id: str, dimension: str, published: int, runs: Sequence[Sequence[float]], as_of: date,
    review_due: date, evidence_ids: Sequence[str] = (),
) -> list[Alert]:  # fmt: skip
    """Level worse (one run) or better (three monthly runs in a row). runs: band probabilities, level 1-5, newest last.

    Better is due at the next review and changes nothing by itself.
    """
    rules = framework.raw["alerts"]
    name = {language: framework.raw["dimension"][dimension][language] for language in ("en", "nl")}
    if not runs:
        return []
    words = {"series": name, "level": _level(framework, published), "runs": rules["better_runs"]}
    worse = float(sum(runs[-1][published:]))
    if worse >= rules["worse_probability"] - 1e-9:
        numbers = (worse, float(published), None)
        return [
            alert("level_worse", region_id, "worse", as_of, series=dimension, numbers=numbers, words=words,
                  evidence_ids=evidence_ids)
        ]  # fmt: skip
    last = runs[-rules["better_runs"] :]
    better = min(float(sum(run[: published - 1])) for run in last)
    if len(last) == rules["better_runs"] and better >= rules["better_probability"] - 1e-9:
        numbers = (better, float(published), None)
        return [
            alert("level_better", region_id, "better", as_of, series=dimension, numbers=numbers, words=words,
                  evidence_ids=evidence_ids, deadline=max(review_due, as_of))
        ]  # fmt: skip
    return []


def _level(framework: Framework, level: int) -> dict[str, str]:
    """4 (severe), 4 (zeer ernstig)."""
    names = next(entry for entry in framework.raw["bands"]["level"] if entry["level"] == level)
    return {language: f"{level} ({names[language].lower()})" for language in ("en", "nl")}


def carry_on(found: Iterable[Alert], still_open: Iterable[Alert], as_of: date) -> list[Alert]:
    """Level alerts of a new run that are already open keep their id, opening day and deadline, with the new figures.

    A higher probability than before raises the open alert (raised = as_of, new deadline): it is shown again.
    """
    known = {(a.rule, a.region_id, a.series, a.direction, a.baseline): a for a in still_open}
    result = []
    for item in found:
        old = known.get((item.rule, item.region_id, item.series, item.direction, item.baseline))
        if old is not None and item.rule in ("level_worse", "level_better"):
            grown = (item.statistic or 0.0) > (old.statistic or 0.0)
            deadline, raised = (item.deadline, as_of) if grown else (old.deadline, old.raised)
            item = replace(item, alert_id=old.alert_id, opened=old.opened, deadline=deadline, raised=raised)
        result.append(item)
    return result


def arrival_changes(before: Iterable[Route], after: Iterable[Route], as_of: date) -> list[Alert]:
    """The best route's state, arrival code or reported arrival point changed since the last run; same day.

    Between arrivals nobody reported on the route may switch with every score: that is no news of an arrival.
    """
    old = {route.region_id: route for route in before if route.rank == 1}
    found = []
    for route in after:
        was = old.get(route.region_id)
        if route.rank != 1 or was is None or _standing(was) == _standing(route):
            continue
        rank = [(STATE_ORDER.index(r.state), r.arrival_code or 0, -(r.worst_score or 0.0)) for r in (was, route)]
        direction = "worse" if rank[1] > rank[0] else "better" if rank[1] < rank[0] else "none"
        if direction == "better" and route.arrival_code is None:
            direction = "none"  # that nobody reports on it any more is no better news
        words = {"before": _described(was), "after": _described(route)}
        found.append(alert("arrival", route.region_id, direction, as_of, words=words, evidence_ids=route.evidence_ids))
    return found


def _standing(route: Route) -> tuple[Any, ...]:
    reported = route.arrival.iata if route.arrival and route.arrival_code is not None else None
    return route.state, route.arrival_code, reported


def _described(route: Route) -> dict[str, str]:
    """The arrival point by name and what is known of it."""
    if route.arrival is None:
        return NO_ARRIVAL["closed" if route.state == "closed" else "none"]
    name, code = f"{route.arrival.name} ({route.arrival.iata})", route.arrival_code
    unknown = route.state == "unknown" and code is not None  # then it is the way, not the arrival point
    return {
        language: f"{name}, {ARRIVAL[code][language]}" + (f", {WAY_UNKNOWN[language]}" if unknown else "")
        for language in ("en", "nl")
    }
