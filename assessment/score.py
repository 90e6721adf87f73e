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
from assessment.items import COMPUTED, ItemTable, Regions, SourceFacts

Floats = NDArray[np.float64]

MISSING, OWN, ZONE, INHERITED, CARRIED = 0, 1, 2, 3, 4
ORIGINS = ("missing", "own", "zone", "inherited", "carried")


@dataclass(frozen=True, slots=True)
class Memory:
    """What the last published run saw: a value that is gone without newer evidence never improves a region.

    Arrays of shape (R, I) in the order of the regions and of `framework.indicators`, as in `Judged`.
    """

    x: Floats
    x_low: Floats
    x_high: Floats
    worst: Floats
    sd: Floats
    cap: Floats
    newest: NDArray[np.datetime64]
    p20: Mapping[str, Floats] = field(default_factory=dict)  # per dimension, length R
    level: Mapping[str, NDArray[np.int64]] = field(default_factory=dict)  # per dimension, length R, before gates

    @staticmethod
    def of(judged: Judged, p20: Mapping[str, Floats], level: Mapping[str, NDArray[np.int64]]) -> Memory:
        """What the next run remembers of this one."""
        return Memory(
            judged.x, judged.x_low, judged.x_high, judged.worst, judged.sd, judged.cap, judged.newest, p20, level
        )


@dataclass(frozen=True, slots=True)
class Flags:
    """What is known beside the items. Arrays over the regions (length R).

    blackout: reporting has fallen silent, events of this region are missing and not zero.
    not_controlled: the national authority does not govern here, its law counts for little.
    phase_5: some area of the region is in IPC/CH phase 5.
    unheard: reporting does not work well enough for zero events to mean zero: event series are missing. None: it does.
    """

    blackout: NDArray[np.bool_]
    not_controlled: NDArray[np.bool_]
    phase_5: NDArray[np.bool_]
    unheard: NDArray[np.bool_] | None = None

    @staticmethod
    def none(n: int) -> Flags:
        """No flag raised for any of n regions."""
        return Flags(np.zeros(n, bool), np.zeros(n, bool), np.zeros(n, bool))


@dataclass(slots=True)
class Judged:
    """One value per region and indicator; arrays of shape (R, I) unless stated.

    x: score points, NaN where never seen. x_low, x_high: the same with anchors times 0.85 and 1.15. worst: the
    lowest item that counts, at most x. sd: score points, without disagreement.
    cap: the highest score a draw may take. origin: index into ORIGINS. age: in half-lives of the indicator.
    newest: last day spoken about. conflict: a credible item disagreed. n_eff: effective number of origin families.
    at_best: something was heard that does not count as known (origin missing): the value is no better than unknown
    and no better than x, which is at most what unknown is worth on average.
    items: for every indicator, per region the (item row, weight, score) triples that entered, for `explain`.
    """

    x: Floats
    x_low: Floats
    x_high: Floats
    worst: Floats
    sd: Floats
    cap: Floats
    origin: NDArray[np.int8]
    age: Floats
    newest: NDArray[np.datetime64]
    newest_own: NDArray[np.datetime64]
    conflict: NDArray[np.bool_]
    n_eff: Floats
    at_best: NDArray[np.bool_]
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


NOTHING = ItemTable.empty()
_none, _numbers, _flags = np.array([], dtype=np.int64), np.array([], dtype=np.float64), np.array([], dtype=bool)
NO_ROWS = Expanded(_none, _none, _numbers, _numbers, _numbers, _numbers, _numbers, _numbers, _numbers, _flags, _flags)


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
        worst=np.full((r, k), np.nan),
        sd=np.full((r, k), np.nan),
        cap=np.full((r, k), 100.0),
        origin=np.zeros((r, k), np.int8),
        age=np.full((r, k), np.nan),
        newest=np.full((r, k), nat),
        newest_own=np.full((r, k), nat),
        conflict=np.zeros((r, k), bool),
        n_eff=np.zeros((r, k)),
        at_best=np.zeros((r, k), bool),
        families=[],
    )
    for column, indicator in enumerate(framework.indicators):
        table = items.get(indicator.id, NOTHING)
        if not len(table):
            out.items.append(NO_ROWS)
            out.families.append(np.array([], dtype=object))
            continue
        rows, family = expand(framework, indicator, table, regions, sources, flags, as_of)
        # What the run works out itself has no date of its own: its age is in the values it was made from.
        dated = table.source_id[rows.item] != COMPUTED
        near = dated & (~rows.national | _governed(indicator, flags, rows.region))
        _latest(out.newest, column, rows.region[dated], table.ref_end[rows.item][dated])
        _latest(out.newest_own, column, rows.region[near], table.ref_end[rows.item][near])
        out.at_best[rows.region[table.kind[rows.item] == "at_best"], column] = True
        chosen, optional = one_per_family(rows, family)
        rows, family = _take(rows, chosen), family[chosen]
        out.items.append(rows)
        out.families.append(family.astype(object))
        _settle(framework, indicator, rows, optional, column, out)
        if indicator.cap_when_phase_5 is not None:
            out.cap[flags.phase_5, column] = np.minimum(out.cap[flags.phase_5, column], indicator.cap_when_phase_5)
    if memory is not None:
        _remember(framework, memory, out, regions)
    place = np.array([_is_place(framework, indicator) for indicator in framework.indicators])
    out.at_best |= flags.blackout[:, None] & place[None, :]
    if flags.unheard is not None:
        events = place & np.array([indicator.inherit == "none" for indicator in framework.indicators])
        out.at_best |= flags.unheard[:, None] & events[None, :]
    for values in (out.x, out.x_low, out.x_high, out.worst):
        np.minimum(values, out.cap, out=values)  # NaN stays NaN
    _forget(framework, out)
    return out


def _is_place(framework: Framework, indicator: Indicator) -> bool:
    return indicator.dimension == "physical" and indicator.pillar == framework.main_pillar("physical")


def _governed(indicator: Indicator, flags: Flags, region: NDArray[np.int64]) -> NDArray[np.bool_]:
    """National law speaks about every region under that law as if it were the region's own (method section 7)."""
    return np.full(len(region), indicator.inherit == "law") & ~flags.not_controlled[region]


def _forget(framework: Framework, out: Judged) -> None:
    """Values that are "at best" so: missing, and where they are worse than unknown is taken to be, that stays.

    Silence makes events missing and not zero; it must not make a place that was hit look better than one unheard of.
    """
    out.at_best &= ~np.isnan(out.x)
    for values in (out.x, out.x_low, out.x_high, out.worst):
        values[out.at_best] = np.minimum(values, unknown_score(framework))[out.at_best]
    out.origin[out.at_best] = MISSING


def unknown_score(framework: Framework) -> float:
    """Points a never-seen value is worth on average: the middle of its range."""
    missing = framework.raw["missing"]
    return float(missing["never_seen_low"] + missing["never_seen_high"]) / 2


def _settle(
    framework: Framework, indicator: Indicator, rows: Expanded, optional: NDArray[np.bool_], column: int, out: Judged
) -> None:
    """Weighted mean, disagreement, carry-forward and spread of one indicator, for every region that has rows."""
    if not len(rows.region):
        return
    rules = framework.raw["evidence"]["rules"]
    r = out.x.shape[0]
    total = np.bincount(rows.region, rows.weight, r)
    seen = total > 0
    fresh = np.bincount(rows.region, ~rows.lapsed & ~optional, r) > 0
    youngest = np.full(r, np.inf)
    np.minimum.at(youngest, rows.region[~optional], rows.age[~optional])

    def mean(values: Floats, weight: Floats = rows.weight) -> Floats:
        bottom = np.bincount(rows.region, weight, r)
        return np.bincount(rows.region, weight * values, r) / np.where(bottom > 0, bottom, np.nan)

    leading = ~optional & (~rows.lapsed | (~fresh[rows.region] & (rows.age == youngest[rows.region])))
    # Within a half-life of the newest item: measured against today, time alone would end a disagreement.
    recent = ~optional & (rows.age - youngest[rows.region] <= 1.0 + 1e-9)
    credible = (rows.quality >= rules["disagreement_quality"]) & recent
    x, mixed, conflict = _value(rows, rows.score, leading, credible, r, rules["disagreement_gap"])
    low, high = (
        _value(rows, s, leading, credible, r, rules["disagreement_gap"])[0] for s in (rows.score_low, rows.score_high)
    )
    counts = leading | (rows.score < mixed[rows.region])
    weight = rows.weight * counts
    lowest = np.full(r, np.inf)
    np.minimum.at(lowest, rows.region[counts], rows.score[counts])
    # Spread and reach come from the leading items alone: which others count depends on the values themselves.
    variance = mean(rows.variance, rows.weight * leading)
    own = np.bincount(rows.region, rows.weight * (leading & ~rows.national), r) > 0
    squares = np.bincount(rows.region, weight**2, r)
    age = mean(rows.age, weight)
    origin = np.where(fresh, np.where(own, OWN, INHERITED), CARRIED)
    carried = seen & ~fresh
    cap = np.where(carried, rules["carried_cap"], 100.0)
    if indicator.core and indicator.inherit == "practice":
        cap = np.where(~own, np.minimum(cap, rules["inherited_core_cap"]), cap)
    out.x[seen, column] = x[seen]
    out.worst[seen, column] = np.minimum(lowest, x)[seen]
    out.x_low[seen, column], out.x_high[seen, column] = np.maximum(low, 0)[seen], np.maximum(high, 0)[seen]
    out.sd[seen, column] = (np.sqrt(variance) + np.where(carried, rules["carried_sd"], 0.0))[seen]
    out.cap[seen, column] = cap[seen]
    out.origin[seen, column] = origin[seen]
    out.age[seen, column] = age[seen]
    out.conflict[seen, column] = conflict[seen]
    out.n_eff[seen, column] = (np.bincount(rows.region, weight, r) ** 2 / np.where(squares > 0, squares, 1))[seen]


def _value(
    rows: Expanded, score: Floats, leading: NDArray[np.bool_], credible: NDArray[np.bool_], r: int, gap_rule: float
) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """(value, weighted mean before the disagreement rule, conflict) per region; never rises when any score falls."""
    mixed = _lowest_mean(rows, score, leading, r)
    worst = np.full(r, np.inf)
    np.minimum.at(worst, rows.region[credible], score[credible])
    gap, both = np.zeros(r), np.isfinite(worst) & np.isfinite(mixed)
    gap[both] = mixed[both] - worst[both]
    conflict = gap >= gap_rule
    # Midpoint from the gap upwards; below it the mean is held at half the gap above the credible item, so that a mean
    # that gets worse can never end higher by leaving the rule (the bare rule would jump up by half the gap).
    shift = np.where(conflict, gap / 2, np.clip(gap - gap_rule / 2, 0.0, gap_rule / 2))
    return mixed - shift, mixed, conflict


def _lowest_mean(rows: Expanded, score: Floats, leading: NDArray[np.bool_], r: int) -> Floats:
    """Lowest weighted mean of the leading items with any of the others (lapsed or optional), per region.

    A lapsed item stays only where it makes the value worse: a worse one is retired by a person, not by time. The
    lowest mean over all choices takes the others from the worst upwards for as long as each is below the mean.
    """
    order = np.lexsort((score, ~leading, rows.region))
    region, last = rows.region[order], ~leading[order]
    starts = np.flatnonzero(np.diff(region, prepend=-1))
    weight, product = rows.weight[order], (rows.weight * score)[order]
    begin = np.repeat(starts, np.diff(np.append(starts, len(region))))
    running_weight, running_product = np.cumsum(weight), np.cumsum(product)
    before_weight = (running_weight - weight)[begin]
    before_product = (running_product - product)[begin]
    means = (running_product - before_product) / np.maximum(running_weight - before_weight, 1e-300)
    complete = last | np.append(last[1:] | (np.diff(region) != 0), True)  # all leading items are in from here on
    lowest = np.full(r, np.inf)
    np.minimum.at(lowest, region[complete], means[complete])
    return lowest


def _latest(
    target: NDArray[np.datetime64], column: int, region: NDArray[np.int64], day: NDArray[np.datetime64]
) -> None:
    """Write the latest day per region into one column of `target`."""
    order = np.argsort(day, kind="stable")
    target[region[order], column] = day[order]


def _remember(framework: Framework, memory: Memory, out: Judged, regions: Regions) -> None:
    """Without newer evidence nothing improves: not the value, not the doubt; what is gone is carried at 50 at best.

    A value the run works out itself (no date of its own) has news when anything of its country has.
    """
    rules = framework.raw["evidence"]["rules"]
    had = ~np.isnan(memory.x)
    gone = had & np.isnan(out.x)
    news = (out.newest > memory.newest) | (np.isnat(memory.newest) & ~np.isnat(out.newest))
    _, country = np.unique(regions.iso3, return_inverse=True)
    elsewhere = np.bincount(country, news.any(axis=1)) > 0 if len(country) else np.zeros(0, bool)
    undated = np.isnat(out.newest) & np.isnat(memory.newest)
    no_news = had & ~gone & np.where(undated, ~elsewhere[country][:, None], ~news)
    better = no_news & (out.x > memory.x)
    for target in (out.x, out.x_low, out.x_high, out.worst):
        target[gone] = np.minimum(memory.x, rules["carried_cap"])[gone]
    for name in ("x", "x_low", "x_high", "worst"):
        target, remembered = getattr(out, name), getattr(memory, name)
        target[no_news] = np.minimum(target, remembered)[no_news]
    out.sd[gone] = memory.sd[gone] + rules["carried_sd"]
    out.sd[no_news] = np.maximum(out.sd, memory.sd)[no_news]
    out.cap[gone] = np.minimum(out.cap, rules["carried_cap"])[gone]
    out.cap[no_news] = np.minimum(out.cap, memory.cap)[no_news]
    lost = gone | better
    out.origin[lost] = CARRIED
    out.newest[lost] = memory.newest[lost]
    out.age[gone] = rules["lapse_half_lives"]
