"""Judge: pieces of evidence -> one value per region and indicator. Pure NumPy, no I/O.

Method sections 5, 7 and 8. Scores are 0-100, higher is better. The rules that keep doubt from ever helping:
a national value is discounted and capped, an old item lapses, what was seen and is gone is carried at 50 at best,
a credible item that is much worse pulls the value down and no better item pulls it up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from assessment.framework import Framework, Indicator
from assessment.items import ItemTable, Regions, SourceFacts

Floats = NDArray[np.float64]

MISSING, OWN, ZONE, INHERITED, CARRIED = 0, 1, 2, 3, 4
ORIGINS = ("missing", "own", "zone", "inherited", "carried")


@dataclass(frozen=True, slots=True)
class Memory:
    """What the last published run saw: a value that is gone without newer evidence never improves a region.

    Arrays of shape (R, I) in the order of the regions and of `framework.indicators`; NaN / NaT where never seen.
    """

    x: Floats
    newest: NDArray[np.datetime64]


@dataclass(frozen=True, slots=True)
class Flags:
    """What is known beside the items. Arrays over the regions (length R).

    blackout: reporting has fallen silent, events of this region are missing and not zero.
    not_controlled: the national authority does not govern here, its law counts for little.
    phase_5: some area of the region is in IPC/CH phase 5.
    """

    blackout: NDArray[np.bool_]
    not_controlled: NDArray[np.bool_]
    phase_5: NDArray[np.bool_]

    @staticmethod
    def none(n: int) -> Flags:
        """No flag raised for any of n regions."""
        return Flags(np.zeros(n, bool), np.zeros(n, bool), np.zeros(n, bool))


@dataclass(slots=True)
class Judged:
    """One value per region and indicator; arrays of shape (R, I) unless stated.

    x: score points, NaN where never seen. x_low, x_high: the same with anchors times 0.85 and 1.15. sd: score points.
    cap: the highest score a draw may take. origin: index into ORIGINS. age: in half-lives of the indicator.
    newest: last day spoken about. conflict: a credible item disagreed. n_eff: effective number of origin families.
    items: for every indicator, per region the (item row, weight, score) triples that entered, for `explain`.
    """

    x: Floats
    x_low: Floats
    x_high: Floats
    sd: Floats
    cap: Floats
    origin: NDArray[np.int8]
    age: Floats
    newest: NDArray[np.datetime64]
    newest_own: NDArray[np.datetime64]
    conflict: NDArray[np.bool_]
    n_eff: Floats
    families: list[NDArray[np.object_]]
    items: list[Expanded] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Expanded:
    """Items of one indicator, one row per (region, item) that enters. Arrays of length M, sorted by region."""

    region: NDArray[np.int64]  # index into Regions
    item: NDArray[np.int64]  # index into the ItemTable
    weight: Floats
    score: Floats
    score_low: Floats
    score_high: Floats
    variance: Floats  # score points squared, without disagreement
    quality: Floats
    age: Floats  # half-lives
    national: NDArray[np.bool_]
    lapsed: NDArray[np.bool_]


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
    # A lapsed item keeps the weight it had when it lapsed: a worse one is retired by a person, not by time.
    weight = quality * geography * 0.5 ** np.minimum(age, lapse)
    score, low, high = (normalise(indicator, table.value, f) for f in (1.0, 0.85, 1.15))
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
    return _take(rows, np.flatnonzero(keep)), (family_of[source] if len(facts) else family_of)[keep]


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


def _take(rows: Expanded, index: NDArray[np.int64]) -> Expanded:
    return Expanded(*(getattr(rows, name)[index] for name in Expanded.__dataclass_fields__))


def _with_scores(rows: Expanded, score: Floats, low: Floats, high: Floats) -> Expanded:
    values = {name: getattr(rows, name) for name in Expanded.__dataclass_fields__}
    return Expanded(**{**values, "score": score, "score_low": low, "score_high": high})


def one_per_family(rows: Expanded, family: NDArray[np.str_]) -> NDArray[np.int64]:
    """Rows that count: items of one origin family in one region collapse to the best graded (then newest, then worst).

    An NGO report quoted by three papers is one item. Lapsed and unlapsed items of a family collapse alike.
    """
    _, code = np.unique(family, return_inverse=True)
    order = np.lexsort(
        (rows.score, rows.age, -rows.quality * np.where(rows.national, 0.5, 1.0), rows.lapsed, code, rows.region)
    )
    first = np.ones(len(order), bool)
    first[1:] = (np.diff(rows.region[order]) != 0) | (np.diff(code[order]) != 0)
    return np.sort(order[first])


def judge(
    framework: Framework,
    items: Mapping[str, ItemTable],
    regions: Regions,
    sources: Mapping[str, SourceFacts],
    as_of: date,
    flags: Flags | None = None,
    memory: Memory | None = None,
) -> Judged:
    """All indicators for all regions; an indicator without a table is missing everywhere."""
    r, k = len(regions.region_id), len(framework.indicators)
    flags = flags or Flags.none(r)
    nat = np.datetime64("NaT", "D")
    out = Judged(
        x=np.full((r, k), np.nan),
        x_low=np.full((r, k), np.nan),
        x_high=np.full((r, k), np.nan),
        sd=np.full((r, k), np.nan),
        cap=np.full((r, k), 100.0),
        origin=np.zeros((r, k), np.int8),
        age=np.full((r, k), np.nan),
        newest=np.full((r, k), nat),
        newest_own=np.full((r, k), nat),
        conflict=np.zeros((r, k), bool),
        n_eff=np.zeros((r, k)),
        families=[],
    )
    for column, indicator in enumerate(framework.indicators):
        table = items.get(indicator.id, ItemTable.empty())
        rows, family = expand(framework, indicator, table, regions, sources, flags, as_of)
        if indicator.dimension == "physical" and indicator.pillar == framework.main_pillar("physical"):
            heard = ~flags.blackout[rows.region]
            rows, family = _take(rows, np.flatnonzero(heard)), family[heard]
        chosen = one_per_family(rows, family)
        rows, family = _take(rows, chosen), family[chosen]
        out.items.append(rows)
        out.families.append(family.astype(object))
        _settle(framework, indicator, rows, table, column, out)
        if indicator.cap_when_phase_5 is not None:
            out.cap[flags.phase_5, column] = np.minimum(out.cap[flags.phase_5, column], indicator.cap_when_phase_5)
    if memory is not None:
        _remember(framework, memory, out)
    for values in (out.x, out.x_low, out.x_high):
        np.minimum(values, out.cap, out=values)  # NaN stays NaN
    return out


def _settle(
    framework: Framework, indicator: Indicator, rows: Expanded, table: ItemTable, column: int, out: Judged
) -> None:
    """Weighted mean, disagreement, carry-forward and spread of one indicator, for every region that has rows."""
    if not len(rows.region):
        return
    rules = framework.raw["evidence"]["rules"]
    r = out.x.shape[0]
    total = np.bincount(rows.region, rows.weight, r)
    seen = total > 0
    fresh = np.bincount(rows.region, ~rows.lapsed, r) > 0

    def mean(values: Floats, weight: Floats = rows.weight) -> Floats:
        bottom = np.bincount(rows.region, weight, r)
        return np.bincount(rows.region, weight * values, r) / np.where(bottom > 0, bottom, np.nan)

    # Lapsed items stay in the mean only where they are worse than what is fresh: time alone never clears a place.
    fresh_mean = mean(rows.score, rows.weight * ~rows.lapsed)
    counts = ~rows.lapsed | ~fresh[rows.region] | (rows.score < fresh_mean[rows.region])
    weight = rows.weight * counts
    x, low, high = (mean(s, weight) for s in (rows.score, rows.score_low, rows.score_high))
    spread = np.sqrt(np.maximum(mean((rows.score - x[rows.region]) ** 2, weight), 0.0))
    credible = (rows.quality >= rules["disagreement_quality"]) & (rows.age <= 1.0) & ~rows.lapsed
    worst = np.full(r, np.inf)
    np.minimum.at(worst, rows.region[credible], rows.score[credible])
    gap = np.where(np.isfinite(worst), x - worst, 0.0)
    conflict = gap >= rules["disagreement_gap"]
    shift = np.where(conflict, gap / 2, 0.0)
    x, low, high = x - shift, low - shift, high - shift
    variance = mean(rows.variance, weight) + spread**2 + np.where(conflict, (gap / 4) ** 2, 0.0)
    squares = np.bincount(rows.region, weight**2, r)
    age = mean(rows.age, weight)
    own = np.bincount(rows.region, weight * ~rows.national, r) > 0
    origin = np.where(fresh, np.where(own, OWN, INHERITED), CARRIED)
    carried = seen & ~fresh
    cap = np.where(carried, rules["carried_cap"], 100.0)
    if indicator.core and indicator.inherit == "practice":
        cap = np.where(~own, np.minimum(cap, rules["inherited_core_cap"]), cap)
    out.x[seen, column] = x[seen]
    out.x_low[seen, column], out.x_high[seen, column] = np.maximum(low, 0)[seen], np.maximum(high, 0)[seen]
    out.sd[seen, column] = (np.sqrt(variance) + np.where(carried, rules["carried_sd"], 0.0))[seen]
    out.cap[seen, column] = cap[seen]
    out.origin[seen, column] = origin[seen]
    out.age[seen, column] = age[seen]
    out.conflict[seen, column] = conflict[seen]
    out.n_eff[seen, column] = (np.bincount(rows.region, weight, r) ** 2 / np.where(squares > 0, squares, 1))[seen]
    _latest(out.newest, column, rows.region, table.ref_end[rows.item])
    _latest(out.newest_own, column, rows.region[~rows.national], table.ref_end[rows.item][~rows.national])


def _latest(
    target: NDArray[np.datetime64], column: int, region: NDArray[np.int64], day: NDArray[np.datetime64]
) -> None:
    """Write the latest day per region into one column of `target`."""
    order = np.argsort(day, kind="stable")
    target[region[order], column] = day[order]


def _remember(framework: Framework, memory: Memory, out: Judged) -> None:
    """What the last run saw and is gone, or got better without newer evidence, is carried at 50 at best."""
    rules = framework.raw["evidence"]["rules"]
    had = ~np.isnan(memory.x)
    gone = had & np.isnan(out.x)
    older = had & ~np.isnan(out.x) & (out.newest < memory.newest)
    lost = gone | older
    value = np.minimum(memory.x, rules["carried_cap"])
    value = np.where(older, np.fmin(value, out.x), value)
    for target in (out.x, out.x_low, out.x_high):
        target[lost] = value[lost]
    base = np.where(np.isnan(out.sd), rules["measurement_sd_claim"], out.sd)
    out.sd[lost] = base[lost] + rules["carried_sd"]
    out.cap[lost] = np.minimum(out.cap, rules["carried_cap"])[lost]
    out.origin[lost] = CARRIED
    out.newest[lost] = memory.newest[lost]
    out.age[gone] = np.where(np.isnan(out.age), framework.raw["evidence"]["rules"]["lapse_half_lives"], out.age)[gone]
