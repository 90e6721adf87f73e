"""Judge: pieces of evidence -> one value per region and indicator. Pure NumPy, no I/O.

Method sections 5, 7 and 8. Scores are 0-100, higher is better. The rules that keep doubt from ever helping:
a national value is discounted and capped, an old item lapses (`expand`), what was seen and is gone is carried at 50 at
best, a credible item that is much worse pulls the value down and no better item pulls it up (`settle`), and without
newer evidence nothing improves on the run that is remembered (here).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
from numpy.typing import NDArray

from assessment.expand import expand, one_per_family, take
from assessment.framework import Framework, Indicator
from assessment.items import COMPUTED, ItemTable, Regions, SourceFacts
from assessment.judged import CARRIED, MISSING, NO_ROWS, Flags, Floats, Judged, Memory
from assessment.settle import latest, settle

NOTHING = ItemTable.empty()


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
        latest(out.newest, column, rows.region[dated], table.ref_end[rows.item][dated])
        latest(out.newest_own, column, rows.region[near], table.ref_end[rows.item][near])
        out.at_best[rows.region[table.kind[rows.item] == "at_best"], column] = True
        chosen, optional = one_per_family(rows, family)
        rows, family = take(rows, chosen), family[chosen]
        out.items.append(rows)
        out.families.append(family.astype(object))
        settle(framework, indicator, rows, optional, column, out)
        if indicator.cap_when_phase_5 is not None:
            out.cap[flags.phase_5, column] = np.minimum(out.cap[flags.phase_5, column], indicator.cap_when_phase_5)
    if memory is not None:
        _remember(framework, memory, out, regions)
    place = np.array([_is_place(framework, indicator) for indicator in framework.indicators])
    out.at_best |= flags.blackout[:, None] & place[None, :]
    if flags.unheard is not None:
        events = place & np.array([indicator.inherit == "none" for indicator in framework.indicators])
        out.at_best |= flags.unheard[:, None] & events[None, :]
    _lower(out, out.cap)
    _forget(framework, out)
    return out


def _lower(out: Judged, limit: Floats) -> None:
    """Values to a limit at most (NaN stays NaN). The distance to the worse goalpost stays as it was: cut off with the
    value it would leave less doubt, and a draw far down could come out higher than without the limit.
    """
    out.x_low -= np.nan_to_num(np.maximum(out.x - limit, 0.0))
    for values in (out.x, out.x_low, out.x_high, out.worst):
        np.minimum(values, limit, out=values)


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
    _lower(out, np.where(out.at_best, unknown_score(framework), np.inf))
    out.origin[out.at_best] = MISSING


def unknown_score(framework: Framework) -> float:
    """Points a never-seen value is worth on average: the middle of its range."""
    missing = framework.raw["missing"]
    return float(missing["never_seen_low"] + missing["never_seen_high"]) / 2


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
    for name in ("x", "x_low", "x_high", "worst"):
        target, remembered = getattr(out, name), getattr(memory, name)
        target[gone] = remembered[gone]  # the cap below holds it at 50 at best
        target[no_news] = np.minimum(target, remembered)[no_news]
    out.sd[gone] = memory.sd[gone] + rules["carried_sd"]
    out.sd[no_news] = np.maximum(out.sd, memory.sd)[no_news]
    out.cap[gone] = np.minimum(out.cap, rules["carried_cap"])[gone]
    out.cap[no_news] = np.minimum(out.cap, memory.cap)[no_news]
    lost = gone | better
    out.origin[lost] = CARRIED
    out.newest[lost] = memory.newest[lost]
    out.age[gone] = rules["lapse_half_lives"]
