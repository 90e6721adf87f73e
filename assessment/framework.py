"""Load and check framework.toml: every number of the method, refused when it contradicts itself."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

DIMENSIONS = ("legal", "physical", "material")
SCALES = ("linear", "log10", "code")
INHERIT = ("none", "practice", "law")
SHIPPED = Path(__file__).with_name("framework.toml")


class FrameworkError(Exception):
    """framework.toml contradicts itself; one message per fault, each with the table and what to write."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__("\n".join(messages))
        self.messages = messages


@dataclass(frozen=True, slots=True)
class Indicator:
    """One scored indicator. `anchors` are (raw value, score) in order of falling score; `codes` for ordinal scales."""

    id: str
    dimension: str
    pillar: str
    core: bool
    unit: str
    scale: str
    anchors: tuple[tuple[float, float], ...]
    codes: Mapping[int, float]
    half_life_days: float
    inherit: str
    weight: float
    names: Mapping[str, str]
    calibrate: bool
    cap_when_phase_5: float | None


@dataclass(frozen=True, slots=True)
class Pillar:
    """A topic inside a dimension; its indicators may compensate each other."""

    id: str
    dimension: str
    weight: float
    names: Mapping[str, str]


@dataclass(frozen=True)
class Framework:
    """The checked content of framework.toml; `raw` for the parts other modules read by name."""

    version: str
    reason: str
    previous: str
    digest: str  # of the file, hex
    raw: Mapping[str, Any]
    indicators: tuple[Indicator, ...]
    pillars: tuple[Pillar, ...]

    @cached_property
    def by_id(self) -> dict[str, Indicator]:
        """Scored indicators by id."""
        return {indicator.id: indicator for indicator in self.indicators}

    def indicators_of(self, dimension: str) -> tuple[Indicator, ...]:
        """Indicators of a dimension in file order."""
        return tuple(i for i in self.indicators if i.dimension == dimension)

    def pillars_of(self, dimension: str) -> tuple[Pillar, ...]:
        """Pillars of a dimension in file order."""
        return tuple(p for p in self.pillars if p.dimension == dimension)

    def main_pillar(self, dimension: str) -> str:
        """Pillar A: a missing core indicator here makes the dimension insufficient."""
        return str(self.raw["dimension"][dimension]["main_pillar"])

    def level_of(self, score: float) -> int:
        """Band level 1 (best) to 5 (worst) of a score 0-100; a score on the border belongs to the better band."""
        for entry in self.raw["bands"]["level"]:
            if score >= entry["from"]:
                return int(entry["level"])
        return 5

    def band_word(self, level: int | None, language: str) -> str:
        """The band in words; None is insufficient information."""
        if level is None:
            return str(self.raw["bands"]["unknown"][language])
        entry = next(e for e in self.raw["bands"]["level"] if e["level"] == level)
        return str(entry[language])


def load(path: Path | None = None) -> Framework:
    """Read and check a framework file (the shipped one by default). Raises FrameworkError with every fault."""
    path = path or SHIPPED
    try:
        body = path.read_bytes()
        raw = tomllib.loads(body.decode("utf-8"))
    except FileNotFoundError:
        raise FrameworkError([f"{path} does not exist; give the path of a framework file"]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FrameworkError([f"{path} is not TOML: {error}"]) from None
    faults = _faults(raw)
    if faults:
        raise FrameworkError([f"{path.name}: {fault}" for fault in faults])
    scored = [d for d in raw["dimension"] if raw["dimension"][d].get("scored", True)]
    pillars = tuple(
        Pillar(name, dimension, float(entry["weight"]), {"en": entry["en"], "nl": entry["nl"]})
        for dimension in scored
        for name, entry in raw["dimension"][dimension]["pillar"].items()
    )
    indicators = tuple(_indicator(i, e) for i, e in raw["indicator"].items() if e["dimension"] in scored)
    digest = hashlib.sha256(body).hexdigest()
    return Framework(raw["version"], raw["reason"], raw.get("previous", ""), digest, raw, indicators, pillars)


def _indicator(indicator_id: str, entry: Mapping[str, Any]) -> Indicator:
    return Indicator(
        id=indicator_id,
        dimension=entry["dimension"],
        pillar=entry["pillar"],
        core=entry["core"],
        unit=entry["unit"],
        scale=entry["scale"],
        anchors=tuple((float(v), float(s)) for v, s in entry.get("anchors", ())),
        codes={int(code): float(score) for code, score in entry.get("codes", {}).items()},
        half_life_days=float(entry["half_life_days"]),
        inherit=entry["inherit"],
        weight=float(entry["weight"]),
        names={"en": entry["en"], "nl": entry["nl"]},
        calibrate=bool(entry.get("cal", False)),
        cap_when_phase_5=entry.get("cap_when_phase_5"),
    )


def _faults(raw: Mapping[str, Any]) -> list[str]:
    faults = [
        f"{key} is missing" for key in ("version", "reason", "bands", "dimension", "indicator") if not raw.get(key)
    ]
    if faults:
        return faults
    faults += _translation_faults(raw, "")
    faults += _band_faults(raw["bands"])
    for dimension in DIMENSIONS:
        faults += _dimension_faults(dimension, raw)
    for indicator_id, entry in raw["indicator"].items():
        if raw["dimension"].get(entry.get("dimension"), {}).get("scored", True):
            faults += [f"[indicator.{indicator_id}] {fault}" for fault in _indicator_faults(entry, raw)]
    return faults


def _translation_faults(table: Mapping[str, Any], where: str) -> list[str]:
    """Every table that has an English word needs a Dutch one, and no band may be called safe."""
    faults = []
    if ("en" in table) != ("nl" in table):
        faults.append(f"[{where}] has a word in one language only; write both en and nl")
    for language in ("en", "nl"):
        word = str(table.get(language, "")).lower().split()
        if where.startswith("bands") and any(w.startswith(("safe", "veilig")) for w in word):
            faults.append(f"[{where}] {language}: no band is called safe; no score is a verdict of safety")
    for key, value in table.items():
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, Mapping):
                faults += _translation_faults(item, f"{where}.{key}".lstrip("."))
    return faults


def _band_faults(bands: Mapping[str, Any]) -> list[str]:
    froms = [entry["from"] for entry in bands["level"]]
    levels = [entry["level"] for entry in bands["level"]]
    if levels != [1, 2, 3, 4, 5] or froms != sorted(froms, reverse=True) or froms[-1] != 0:
        return ["[bands] levels must be 1 to 5 with falling `from`, the last one 0"]
    if bands["unknown"]["treated_as"] < 4:
        return ["[bands.unknown] treated_as must be 4 or 5: no data is never safe"]
    return []


def _dimension_faults(dimension: str, raw: Mapping[str, Any]) -> list[str]:
    entry = raw["dimension"].get(dimension)
    if not entry:
        return [f"[dimension.{dimension}] is missing"]
    faults = []
    pillars = entry.get("pillar", {})
    total = sum(p["weight"] for p in pillars.values())
    if abs(total - 1) > 1e-6:
        faults.append(f"[dimension.{dimension}] pillar weights sum to {total:g}; they must sum to 1")
    if entry.get("main_pillar") not in pillars:
        faults.append(f"[dimension.{dimension}] main_pillar must be one of {', '.join(pillars)}")
    for pillar in pillars:
        weights = [
            i.get("weight", 0.0)
            for i in raw["indicator"].values()
            if i.get("dimension") == dimension and i.get("pillar") == pillar
        ]
        if abs(sum(weights) - 1) > 1e-6:
            faults.append(f"[dimension.{dimension}.pillar.{pillar}] indicator weights sum to {sum(weights):g}, not 1")
    return faults


def _indicator_faults(entry: Mapping[str, Any], raw: Mapping[str, Any]) -> list[str]:
    needed = ("pillar", "core", "en", "nl", "unit", "scale", "half_life_days", "inherit", "weight")
    faults = [f"{key} is missing" for key in needed if key not in entry]
    if faults:
        return faults
    if entry["pillar"] not in raw["dimension"].get(entry["dimension"], {}).get("pillar", {}):
        faults.append(f"pillar {entry['pillar']!r} is not a pillar of {entry['dimension']}")
    if entry["inherit"] not in INHERIT:
        faults.append(f"inherit must be one of {', '.join(INHERIT)}")
    if entry["half_life_days"] <= 0 or entry["weight"] <= 0:
        faults.append("half_life_days and weight must be above 0")
    if entry["scale"] == "code":
        scores = [entry.get("codes", {})[k] for k in sorted(entry.get("codes", {}), key=int)]
        if len(scores) < 2 or scores != sorted(scores, reverse=True):
            faults.append("codes must have at least two entries with falling scores")
        return faults
    if entry["scale"] not in SCALES:
        return [*faults, f"scale must be one of {', '.join(SCALES)}"]
    values = [a[0] for a in entry.get("anchors", [])]
    scores = [a[1] for a in entry.get("anchors", [])]
    ordered = values == sorted(values) or values == sorted(values, reverse=True)
    if len(values) < 2 or len(set(values)) != len(values) or not ordered or scores != sorted(scores, reverse=True):
        faults.append("anchors are out of order; write [[raw, 100], …, [raw, 0]] with raw values in one direction")
    if entry["scale"] == "log10" and values and min(values) <= 0:
        faults.append("a log10 scale needs anchors above 0")
    return faults
