"""The accept model: three small logistic models over hashed features, trained by gazetteer/train.py.

`first` judges names of the gazetteer by themselves, `second` judges them again knowing the rest of the text,
`unknown` judges
capitalised spans the gazetteer lacks. Weights only; no text is stored.
"""

from collections.abc import Iterable
from functools import lru_cache
from math import exp
from pathlib import Path
from zlib import crc32

import numpy as np

SLOTS = 1 << 17
SHIPPED = Path(__file__).parent / "gazetteer" / "accept.npz"
#: The same, fitted to the tuning part alone: what held-out figures are measured with (the shipped one has seen all
#: labelled texts).
TUNED = Path(__file__).parent / "gazetteer" / "accept_tuned.npz"
_REMEMBERED = 200_000  # features; about 20 MB
PASSES = ("first", "second", "unknown")


def slot(feature: str) -> int:
    """The slot of a feature in the weight table, the same on every machine."""
    return crc32(feature.encode("utf-8", "surrogatepass")) & (SLOTS - 1)


class AcceptModel:
    """Weights by pass and the probability from which a span is accepted."""

    def __init__(self, weights: dict[str, np.ndarray], thresholds: dict[str, float]) -> None:
        zero = 0.0  # one object for the many slots without weight
        self._weights = {
            name: [value or zero for value in table.astype(np.float32).tolist()] for name, table in weights.items()
        }
        self.thresholds = thresholds

    def points(self, stage: str, slots: Iterable[int]) -> float:
        """Sum of the weights of some features, in log-odds."""
        table = self._weights[stage]
        return sum([table[spot] for spot in slots])


class _Slots(dict[str, int]):
    """Slots computed before: most features of a text are those of the one before."""

    def __missing__(self, feature: str) -> int:
        if len(self) >= _REMEMBERED:
            self.clear()
        self[feature] = value = slot(feature)
        return value


_KNOWN = _Slots()


def slots_of(features: Iterable[str]) -> list[int]:
    """The slots of some features."""
    return [_KNOWN[feature] for feature in features]


def probability(points: float) -> float:
    """Log-odds as a probability (0-1)."""
    return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, points))))


def save_model(path: Path, weights: dict[str, np.ndarray], thresholds: dict[str, float]) -> None:
    """Writes the non-zero weights, half precision."""
    arrays: dict[str, np.ndarray] = {"thresholds": np.array([thresholds[name] for name in PASSES], dtype=np.float32)}
    for name in PASSES:
        spots = np.flatnonzero(weights[name])
        arrays[f"{name}_slots"] = spots.astype(np.uint32)
        arrays[f"{name}_weights"] = weights[name][spots].astype(np.float16)
    np.savez_compressed(path, allow_pickle=False, **arrays)


@lru_cache(maxsize=4)
def load_model(path: Path = SHIPPED) -> AcceptModel:
    """The committed weights, or those of another file of the same form."""
    with np.load(path, allow_pickle=False) as data:
        weights = {}
        for name in PASSES:
            table = np.zeros(SLOTS, dtype=np.float32)
            table[data[f"{name}_slots"]] = data[f"{name}_weights"]
            weights[name] = table
        thresholds = dict(zip(PASSES, data["thresholds"].tolist(), strict=True))
    return AcceptModel(weights, thresholds)
