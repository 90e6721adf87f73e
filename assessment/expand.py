"""Which item speaks for which region, with what weight and how many points; one item per origin family and region.

Method sections 5 and 7. A national value is discounted and capped, an old item lapses.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
from numpy.typing import NDArray

from assessment.framework import Framework, Indicator
from assessment.items import ItemTable, Regions, SourceFacts
from assessment.judged import Expanded, Flags, Floats


def normalise(indicator: Indicator, value: Floats, anchor_factor: float = 1.0) -> Floats:
    """Raw values -> score points, piecewise linear through fixed anchors, clipped to 0-100; unknown codes -> NaN."""
    if indicator.scale == "code":
        result = np.full(len(value), np.nan)
        codes = np.array(sorted(indicator.codes))
        scores = np.array([indicator.codes[int(c)] for c in codes])
        inside = (value >= codes[0]) & (value <= codes[-1])
        result[inside] = np.interp(value[inside], codes, scores)
        return result
    raw = np.array([a[0] for a in indicator.anchors]) * anchor_factor
    scores = np.array([a[1] for a in indicator.anchors])
    if indicator.scale == "log10":
        raw = np.log10(raw)
        value = np.log10(np.maximum(value, 1e-12))
    order = np.argsort(raw)
    return np.interp(value, raw[order], scores[order])


def _points(framework: Framework, indicator: Indicator, table: ItemTable, anchor_factor: float = 1.0) -> Floats:
    """`normalise`, but coded claims by the table for claims where the indicator itself counts in another unit."""
    score = normalise(indicator, table.value, anchor_factor)
    if indicator.scale != "code" and (table.kind == "claim").any():
        codes = {float(k): float(v) for k, v in framework.raw["evidence"]["claim_codes"].items()}
        coded = np.interp(table.value, sorted(codes), [codes[k] for k in sorted(codes)])
        score = np.where(table.kind == "claim", coded, score)
    return score


def expand(
    framework: Framework,
    indicator: Indicator,
    table: ItemTable,
    regions: Regions,
    sources: Mapping[str, SourceFacts],
    flags: Flags,
    as_of: date,
) -> tuple[Expanded, NDArray[np.str_]]:
    """Which item speaks for which region, with what weight; the origin family of every row beside it."""
    evidence = framework.raw["evidence"]
    region, item, national = _who_speaks_for_whom(indicator, table, regions)
    known = sorted(set(table.source_id.tolist()))
    position = {name: i for i, name in enumerate(known)}
    facts = [sources[name] for name in known]
    quality_of = np.array(
        [evidence["reliability"][f.reliability] * evidence["credibility"][str(f.credibility)] for f in facts]
    )
    family_of = np.array([f.origin_family for f in facts], dtype=np.str_)
    source = np.array([position[name] for name in table.source_id.tolist()], dtype=np.int64)[item]
    geography, geography_sd = _geography(evidence["geography"], indicator, national, flags.not_controlled[region])
    days = (np.datetime64(as_of, "D") - table.ref_end[item]).astype(np.float64)
    age = np.maximum(days, 0.0) / indicator.half_life_days
    lapse = evidence["rules"]["lapse_half_lives"]
    quality = quality_of[source] if len(facts) else np.zeros(0)
    weight = quality * geography * 0.5**age
    score, low, high = (_points(framework, indicator, table, f) for f in (1.0, 0.85, 1.15))
    rows = Expanded(
        region=region,
        item=item,
        weight=weight,
        score=score[item],
        score_low=np.minimum(low, high)[item],
        score_high=np.maximum(low, high)[item],
        variance=_measurement_variance(framework, indicator, table)[item]
        + geography_sd**2
        + (evidence["rules"]["age_sd"] * (1 - 0.5**age)) ** 2,
        quality=quality,
        age=age,
        national=national,
        lapsed=age > lapse,
    )
    if indicator.core and indicator.inherit == "practice":
        ceiling = np.where(national, evidence["rules"]["inherited_core_cap"], 100.0)
        rows = _with_scores(rows, *(np.minimum(s, ceiling) for s in (rows.score, rows.score_low, rows.score_high)))
    keep = (weight > 0) & ~np.isnan(rows.score)
    return take(rows, np.flatnonzero(keep)), (family_of[source] if len(facts) else family_of)[keep]


def _who_speaks_for_whom(
    indicator: Indicator, table: ItemTable, regions: Regions
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """(region index, item index, is national) of every pair, sorted by region then item."""
    order = np.argsort(regions.region_id)
    at = np.searchsorted(regions.region_id[order], table.place_id)
    at = np.minimum(at, max(len(order) - 1, 0))
    own = np.flatnonzero(regions.region_id[order][at] == table.place_id) if len(order) else np.array([], np.int64)
    pairs = [(order[at[own]], own, np.zeros(len(own), bool))]
    if indicator.inherit != "none":
        by_country = {c: np.flatnonzero(regions.iso3 == c) for c in set(regions.iso3.tolist())}
        for row in np.setdiff1d(np.arange(len(table)), own):
            inside = by_country.get(str(table.place_id[row]))
            if inside is not None:
                pairs.append((inside, np.full(len(inside), row), np.ones(len(inside), bool)))
    region = np.concatenate([p[0] for p in pairs]).astype(np.int64)
    item = np.concatenate([p[1] for p in pairs]).astype(np.int64)
    national = np.concatenate([p[2] for p in pairs])
    sort = np.lexsort((item, region))
    return region[sort], item[sort], national[sort]


def _geography(
    table: Mapping[str, Mapping[str, float]],
    indicator: Indicator,
    national: NDArray[np.bool_],
    foreign: NDArray[np.bool_],
) -> tuple[Floats, Floats]:
    """Weight and extra sd by how near the item is to the region."""
    if indicator.inherit == "law":
        far = np.where(foreign, "national_law_not_controlled", "national_law")
    else:
        far = np.full(len(national), "national_practice")
    name = np.where(national, far, "own")
    weight, sd = np.ones(len(name)), np.zeros(len(name))
    for key, entry in table.items():
        weight[name == key], sd[name == key] = entry["weight"], entry["sd"]
    return weight, sd


def _measurement_variance(framework: Framework, indicator: Indicator, table: ItemTable) -> Floats:
    """Score points squared: the item's own sd carried through the anchors, or the framework's default for its kind."""
    rules = framework.raw["evidence"]["rules"]
    default = np.where(table.kind == "claim", rules["measurement_sd_claim"], rules["measurement_sd_number"])
    given = ~np.isnan(table.sd)
    spread = np.where(given, table.sd, 0.0)
    up = normalise(indicator, table.value + spread)
    down = normalise(indicator, table.value - spread)
    return np.where(given, np.maximum(np.abs(up - down) / 2, 1.0), default) ** 2


def take(rows: Expanded, index: NDArray[np.int64]) -> Expanded:
    return Expanded(*(getattr(rows, name)[index] for name in Expanded.__dataclass_fields__))


def _with_scores(rows: Expanded, score: Floats, low: Floats, high: Floats) -> Expanded:
    values = {name: getattr(rows, name) for name in Expanded.__dataclass_fields__}
    return Expanded(**{**values, "score": score, "score_low": low, "score_high": high})


def one_per_family(rows: Expanded, family: NDArray[np.str_]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Rows that count: items of one origin family in one region collapse to the best graded (then newest, then worst).

    An NGO report quoted by three papers is one item. Where the best graded has lapsed and the family has a fresh item,
    that one comes along as optional: it may make the value worse but not better, for time alone never clears a place.
    Returns (indices sorted, which of them are optional).
    """
    best = _first_per_family(rows, family, np.zeros(len(family), bool))
    fresh = _first_per_family(rows, family, rows.lapsed)
    extra = fresh[rows.lapsed[best] & ~rows.lapsed[fresh]]
    chosen = np.concatenate([best, extra])
    optional = np.arange(len(chosen)) >= len(best)
    order = np.argsort(chosen)
    return chosen[order], optional[order]


def _first_per_family(rows: Expanded, family: NDArray[np.str_], last: NDArray[np.bool_]) -> NDArray[np.int64]:
    """One row per (region, family), those marked `last` only where there is no other; in the order of the pairs."""
    _, code = np.unique(family, return_inverse=True)
    quality = rows.quality * np.where(rows.national, 0.5, 1.0)
    order = np.lexsort((rows.score, rows.age, -quality, last, code, rows.region))
    first = np.ones(len(order), bool)
    first[1:] = (np.diff(rows.region[order]) != 0) | (np.diff(code[order]) != 0)
    return order[first]
