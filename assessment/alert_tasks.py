"""Alerts that ask for work: reports to confirm, harm after return, old and silent sources, reviews, blackouts.

They rest on what is said or missing, not on a series of counts. Pure, as `assessment.alerts` is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from assessment.alert_texts import COUNTRIES
from assessment.alerts import Alert, alert
from assessment.framework import Framework


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A trigger word in a document: it suggests, a person confirms. place: region_id or iso3."""

    claim_id: str
    trigger: str
    place: str
    published: date


def qualitative(suggestions: Iterable[Suggestion]) -> list[Alert]:
    """One alert per place, trigger and day with all its claims; an unknown trigger is shown by its own name."""
    grouped: dict[tuple[str, str, date], list[str]] = {}
    for item in suggestions:
        grouped.setdefault((item.place, item.trigger, item.published), []).append(item.claim_id)
    return [
        alert("qualitative", place, "none", day, series=trigger, evidence_ids=sorted(set(ids)))
        for (place, trigger, day), ids in sorted(grouped.items())
    ]


def harm_reported(region_id: str, day: date, report_id: str, evidence_ids: Sequence[str]) -> Alert:
    """Our own monitoring reports harm to a returned person: same day, and gate G9; an alert for each report."""
    return alert("harm", region_id, "worse", day, series=report_id, evidence_ids=evidence_ids)


@dataclass(frozen=True, slots=True)
class Stale:
    """Core evidence that is too old, in one country. since: first day it was. age: in half-lives."""

    source_id: str
    iso3: str
    indicator: str
    age: float
    newest: date
    since: date
    evidence_ids: tuple[str, ...] = ()


def stale_sources(framework: Framework, found: Iterable[Stale], names: Mapping[str, Mapping[str, str]]) -> list[Alert]:
    """One alert per source, since a person asks a source for newer figures and not a country for its indicators.

    It opens on the day the last of its countries and indicators became too old: one more is another alert with its own
    deadline, one less is an alert that was told before. names: of countries, by iso3 and language.
    """
    by_source: dict[str, list[Stale]] = {}
    for item in found:
        by_source.setdefault(item.source_id, []).append(item)
    result = []
    for source, items in sorted(by_source.items()):
        lands, measures = sorted({i.iso3 for i in items}), list(dict.fromkeys(sorted(i.indicator for i in items)))
        newest = max(items, key=lambda i: (i.newest, i.iso3, i.indicator))
        words = {
            "what": {n: ", ".join(framework.by_id[m].names[n] for m in measures) for n in ("en", "nl")},
            "places": {n: _places(lands, names, n) for n in ("en", "nl")},
            "newest": newest.newest,
        }
        age, limit = max(i.age for i in items), float(framework.raw["confidence"]["core_half_lives"])
        words["times"], numbers = age / limit, (age, limit, None)
        opened = max(i.since for i in items)
        result.append(
            alert("staleness", source, "none", opened, series=source, numbers=numbers, words=words,
                  evidence_ids=newest.evidence_ids[:5])
        )  # fmt: skip
    return result


def _places(lands: Sequence[str], names: Mapping[str, Mapping[str, str]], language: str) -> str:
    """Up to four countries by name, more by number."""
    if len(lands) > 4:
        return f"{len(lands)} {COUNTRIES[language]}"
    return ", ".join(names.get(land, {}).get(language, land) for land in lands)


def review_due(region_id: str, due: date, as_of: date, advice_id: str) -> list[Alert]:
    """The review date of an advice has come."""
    if as_of < due:
        return []
    return [alert("review_due", region_id, "none", due, series="review", words={"due": due}, evidence_ids=(advice_id,))]


def silent_sources(
    framework: Framework, sources: Iterable[tuple[str, float, date | None]], as_of: date,
    publishers: Mapping[str, str],
) -> list[Alert]:  # fmt: skip
    """Sources that gave nothing for more than three cadences: (source_id, cadence in days, last good day).

    A source that never answered has no last day: that is an issue of the catalog, not silence. publishers: who stands
    behind a source, for the sentence.
    """
    cadences = int(framework.raw["alerts"]["silent_cadences"])
    found = []
    for source_id, cadence, last in sources:
        if last is not None and (as_of - last).days > cadences * cadence:
            opened = last + timedelta(days=int(cadences * cadence) + 1)
            numbers = (float((as_of - last).days), float(cadence), None)
            words = {"source": publishers.get(source_id, source_id)}
            found.append(alert("silence", source_id, "none", opened, series=source_id, numbers=numbers, words=words))
    return found


def blackouts(region_ids: Sequence[str], before: Sequence[bool], now: Sequence[bool], as_of: date) -> list[Alert]:
    """Regions whose reports fell silent since the last run; the flag is itself an alert."""
    return [
        alert("blackout", region, "worse", as_of, series="blackout")
        for region, was, silent in zip(region_ids, before, now, strict=True)
        if silent and not was
    ]
