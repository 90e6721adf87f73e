"""The score against a straightforward pandas version of the same formulas, in one run. `python -m bench.score`.

Prints how many times faster ours is, and how the time grows when the regions double. Both compute the draws, pillars,
dimensions and percentiles of the same judged values; the pandas version does it region by region, as one would write
it first.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd

from assessment import framework as frameworks
from assessment.framework import DIMENSIONS, Framework
from assessment.items import ItemTable, Regions, SourceFacts
from assessment.judged import Judged
from assessment.score import judge
from assessment.uncertainty import simulate

AS_OF = date(2024, 6, 30)
SOURCES = {name: SourceFacts(name, name, "A", 2, name == "b") for name in ("a", "b")}


def scene(framework: Framework, regions: int) -> tuple[Regions, dict[str, ItemTable]]:
    """Random evidence for every indicator of every region."""
    random = np.random.default_rng(1)
    names = np.array([f"C{i // 25:03d}-{i:05d}" for i in range(regions)])
    place = Regions(names, np.array([n[:4] for n in names]), np.full(regions, 1e6))
    items = {}
    for indicator in framework.indicators:
        raw = list(indicator.codes) if indicator.scale == "code" else [a[0] for a in indicator.anchors]
        value = (
            random.choice(raw, regions) if indicator.scale == "code" else random.uniform(min(raw), max(raw), regions)
        )
        sources = random.choice(["a", "b"], regions)
        items[indicator.id] = ItemTable.of(names, value, ["2024-01-01"] * regions, sources, [("e",)] * regions)
    return place, items


def plainly(framework: Framework, judged: Judged, regions: Regions, draws: int) -> pd.DataFrame:
    """The same draws, sums and percentiles in pandas, one region after the other."""
    rows = []
    for row, region in enumerate(regions.region_id):
        random = np.random.default_rng(row)
        values = pd.DataFrame(
            {
                c.id: (judged.x[row, i] + judged.sd[row, i] * pd.Series(random.standard_normal(draws))).clip(0, 100)
                for i, c in enumerate(framework.indicators)
            }
        )
        for dimension in DIMENSIONS:
            logs, shares = pd.Series(0.0, index=values.index), []
            for pillar in framework.pillars_of(dimension):
                inside = [c for c in framework.indicators_of(dimension) if c.pillar == pillar.id]
                weights = pd.DataFrame(
                    random.dirichlet([30 * c.weight for c in inside], draws), columns=[c.id for c in inside]
                )
                score = (values[[c.id for c in inside]] * weights).sum(axis=1) / weights.sum(axis=1)
                logs += pillar.weight * np.log(score.clip(lower=5))
                shares.append(pillar.weight)
            result = np.exp(logs / sum(shares))
            rows.append({"region": region, "dimension": dimension, **result.quantile([0.1, 0.2, 0.5, 0.9]).to_dict()})
    return pd.DataFrame(rows)


def seconds(framework: Framework, regions: int, run: Callable[[Judged, Regions], object]) -> float:
    """Processor seconds of judging and `run`: the least of three, so that other work on the machine counts little."""
    place, items = scene(framework, regions)
    taken = []
    for _ in range(3):
        start = time.process_time()
        run(judge(framework, items, place, SOURCES, AS_OF), place)
        taken.append(time.process_time() - start)
    return min(taken)


def main() -> None:
    """Ours on 1,000 and 2,000 regions, pandas on 60 of them, per region."""
    framework = frameworks.load()
    draws = int(framework.raw["uncertainty"]["draws"])

    def ours(judged: Judged, place: Regions) -> object:
        return simulate(framework, judged, place, 1)

    seconds(framework, 100, ours)  # warm up
    once, twice = (seconds(framework, regions, ours) for regions in (1000, 2000))
    pandas = seconds(framework, 60, lambda judged, place: plainly(framework, judged, place, draws)) / 60 * 1000
    print(f"1,000 regions x 3 dimensions x {draws} draws: {once:.2f} s of processor time")
    print(f"twice the regions: {twice / once:.2f} times the time")
    print(f"pandas, region by region: {pandas:.1f} s for 1,000 regions, {pandas / once:.1f} times ours")


if __name__ == "__main__":
    main()
