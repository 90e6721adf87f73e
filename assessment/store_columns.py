"""The wide tables of a run as columns: one value per region and indicator is too much for a row at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from assessment.compute import Assessment
from assessment.framework import DIMENSIONS
from assessment.judged import ORIGINS
from assessment.score import unknown_score as unknown_points


def _days(values: NDArray[np.datetime64]) -> pa.Array:
    return pa.array(values.astype("datetime64[D]"))


def _numbers(values: NDArray[np.float64]) -> pa.Array:
    """NaN is no data."""
    return pa.array(values, mask=np.isnan(values))


def _words(names: Sequence[str], index: NDArray[np.signedinteger[Any]]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(index.astype(np.int32)), pa.array(list(names), pa.string()))


def indicator_values(result: Assessment) -> pa.Table:
    """assessment.indicator_value, indicator by indicator, regions in their order."""
    judged, names = result.judged, result.regions.region_id.tolist()
    r, k = judged.x.shape
    score = np.where(judged.at_best & (judged.x >= unknown_points(result.framework)), np.nan, judged.x)
    raw = np.full((r, k), np.nan)
    for column, indicator in enumerate(result.framework.indicators):
        best = result.heaviest[column]
        if (best >= 0).any():
            raw[best >= 0, column] = result.items[indicator.id].value[best[best >= 0]]
    raw[np.isnan(score)] = np.nan
    flat = {
        "score": _numbers(score.T.ravel()),
        "sd": _numbers(np.where(np.isnan(score), np.nan, judged.sd).T.ravel()),
        "raw_value": _numbers(raw.T.ravel()),
        "origin": _words(ORIGINS, judged.origin.T.ravel()),
        "newest": _days(judged.newest.T.ravel()),
        "age_half_lives": _numbers(judged.age.T.ravel()),
        "n_eff": pa.array(judged.n_eff.T.ravel()),
        "conflict": pa.array(judged.conflict.T.ravel()),
    }
    return pa.table(
        {
            "run_id": pa.array([result.run_id] * (r * k)),
            "region_id": _words(names, np.tile(np.arange(r), k)),
            "indicator_id": _words([i.id for i in result.framework.indicators], np.repeat(np.arange(k), r)),
            **flat,
        }
    )


def indicator_items(result: Assessment) -> list[pa.Table]:
    """assessment.indicator_item, one table per indicator that has any."""
    names = result.regions.region_id.tolist()
    found = []
    for column, indicator in enumerate(result.framework.indicators):
        rows, n = result.judged.items[column], len(result.judged.items[column].region)
        if not n:
            continue
        table = result.items[indicator.id]
        evidence = pa.array([list(ids) for ids in table.evidence_ids], pa.list_(pa.string()))
        columns: dict[str, Any] = {
            "run_id": pa.array([result.run_id] * n),
            "region_id": _words(names, rows.region),
            "indicator_id": pa.array([indicator.id] * n),
            "item_no": pa.array(rows.item.astype(np.int32)),
            "source_id": pa.array(table.source_id[rows.item].tolist()),
            "origin_family": pa.array([str(family) for family in result.judged.families[column]]),
            "kind": pa.array(table.kind[rows.item].tolist()),
            "raw_value": pa.array(table.value[rows.item]),
            "score": pa.array(rows.score),
            "weight": pa.array(rows.weight),
            "geography": pa.array(np.where(rows.national, "national", "own").tolist()),
            "ref_end": _days(table.ref_end[rows.item]),
            "lapsed": pa.array(rows.lapsed),
            "evidence_ids": evidence.take(pa.array(rows.item)),
        }
        found.append(pa.table(columns))
    return found


def pillar_scores(result: Assessment) -> pa.Table:
    """assessment.pillar_score."""
    names, r = result.regions.region_id.tolist(), len(result.regions.region_id)
    pillars = [(d, p.id, i) for d in DIMENSIONS for i, p in enumerate(result.framework.pillars_of(d))]
    at = np.repeat(np.arange(len(pillars)), r)
    return pa.table(
        {
            "run_id": pa.array([result.run_id] * (r * len(pillars))),
            "region_id": _words(names, np.tile(np.arange(r), len(pillars))),
            "dimension": _words([d for d, _, _ in pillars], at),
            "pillar": _words([name for _, name, _ in pillars], at),
            "point": pa.array(np.concatenate([result.scores[d].pillar_point[:, i] for d, _, i in pillars])),
            "p20": pa.array(np.concatenate([result.scores[d].pillar_p20[:, i] for d, _, i in pillars])),
        }
    )
