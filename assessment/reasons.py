"""Why a dimension stands where it stands: contributions of indicators, in words with number, unit, date and source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from assessment import saying
from assessment.compute import Assessment
from assessment.items import COMPUTED
from assessment.judged import MISSING, ORIGINS
from assessment.score import unknown_score
from assessment.uncertainty import Floats, point_scores

LANGUAGES = ("en", "nl")
MOST = 3


@dataclass(frozen=True, slots=True)
class Reason:
    """One indicator's part in a dimension's distance from 100, and the sentence that says so."""

    indicator_id: str
    contribution: float
    text: Mapping[str, str]
    evidence_ids: tuple[str, ...]


def contributions(result: Assessment, dimension: str) -> Floats:
    """(R, I) points of the dimension's point score below 100 that each indicator explains; rows sum to 100 - score.

    The geometric mean has no unique split: an indicator's part is the mean of what raising it alone to 100 gains and
    what lowering it alone from 100 loses, scaled so that the parts of a region add up.
    """
    framework, x = result.framework, result.judged.x
    columns = [i for i, c in enumerate(framework.indicators) if c.dimension == dimension]
    score, _ = point_scores(framework, dimension, x)
    perfect = np.full_like(x, 100.0)
    parts = np.zeros_like(x)
    missing = framework.raw["missing"]
    middle = (missing["never_seen_low"] + missing["never_seen_high"]) / 2
    for column in columns:
        raised, lowered = x.copy(), perfect.copy()
        raised[:, column] = 100.0
        lowered[:, column] = np.where(np.isnan(x[:, column]), middle, x[:, column])
        gain = point_scores(framework, dimension, raised)[0] - score
        loss = 100.0 - point_scores(framework, dimension, lowered)[0]
        parts[:, column] = (gain + loss) / 2
    total = parts.sum(axis=1)
    return parts * np.where(total > 0, (100.0 - score) / np.where(total > 0, total, 1.0), 0.0)[:, None]


def reasons(result: Assessment, dimension: str, parts: Floats, row: int, most: int = MOST) -> list[Reason]:
    """The strongest known indicators of one region; what is not known is listed apart, as unknowns."""
    known = [i for i in np.argsort(-parts[row], kind="stable") if parts[row, i] > 0 and _heard(result, row, i)]
    inside = [i for i in known if result.framework.indicators[i].dimension == dimension]
    return [_reason(result, int(column), row, float(parts[row, column])) for column in inside[:most]]


def _heard(result: Assessment, row: int, column: int) -> bool:
    """Known, or not known but heard to be worse than unknown is taken to be."""
    judged = result.judged
    if judged.at_best[row, column]:
        return bool(judged.x[row, column] < unknown_score(result.framework))
    return not np.isnan(judged.x[row, column])


def unknowns(result: Assessment, dimension: str, row: int) -> list[str]:
    """Ids of the dimension's indicators without any data for the region."""
    return [
        c.id
        for i, c in enumerate(result.framework.indicators)
        if c.dimension == dimension and result.judged.origin[row, i] == MISSING
    ]


def heaviest(result: Assessment, column: int, row: int) -> dict[str, Any] | None:
    """The item with the most weight behind one indicator value: raw value, day, source, kind and evidence."""
    item = int(result.heaviest[column][row])
    if item < 0:
        return None
    table = result.items[result.framework.indicators[column].id]
    return {
        "value": float(table.value[item]),
        "ref_end": table.ref_end[item].astype(object),
        "source_id": str(table.source_id[item]),
        "kind": str(table.kind[item]),
        "evidence_ids": tuple(table.evidence_ids[item]),
    }


def _reason(result: Assessment, column: int, row: int, part: float) -> Reason:
    indicator = result.framework.indicators[column]
    item = heaviest(result, column, row)
    if item is None:
        said = {"en": "known earlier, no newer evidence", "nl": "eerder bekend, geen nieuwer bewijs"}
        return Reason(indicator.id, part, {k: f"{indicator.names[k]}: {v}" for k, v in said.items()}, ())
    origin = ORIGINS[result.judged.origin[row, column]]
    reach = {
        "own": {"en": "for this region", "nl": "voor deze regio"},
        "inherited": {"en": "national value", "nl": "landelijke waarde"},
        "carried": {"en": "old value, carried on", "nl": "oude waarde, aangehouden"},
        "missing": {"en": "at least this; reports are too few to know", "nl": "minstens dit; te weinig berichten"},
    }.get(origin, {"en": origin, "nl": origin})
    unit = {language: saying.unit(indicator.unit, language) for language in LANGUAGES}
    if item["kind"] == "claim" and indicator.scale != "code":
        unit = {"en": "confirmed report, 0 nothing - 4 severe", "nl": "bevestigd bericht, 0 niets - 4 ernstig"}
    text = {}
    for language in LANGUAGES:
        number, day = saying.number(item["value"], language), saying.day(item["ref_end"], language)
        told = "; ".join((unit[language], reach[language], day, _source(result, item["source_id"], language)))
        text[language] = f"{indicator.names[language]}: {number} ({told})"
    return Reason(indicator.id, part, text, item["evidence_ids"])


def _source(result: Assessment, source_id: str, language: str) -> str:
    """Who says so, as a reader knows them; what the run worked out itself says that."""
    if source_id == COMPUTED:
        return {"en": "worked out by ReturnWatch", "nl": "berekend door ReturnWatch"}[language]
    facts = result.sources.get(source_id)
    return saying.publisher(facts.publisher) if facts and facts.publisher else source_id
