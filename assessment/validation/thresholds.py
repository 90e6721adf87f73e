"""The thresholds written down before running, and the verdict of a figure against them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

FILE = Path(__file__).with_name("thresholds.toml")
PASS, FAIL, NOT_ENOUGH = "pass", "fail", "not_enough_data"
SIGNS = {"at_least": "≥", "at_most": "≤", "above": ">", "between": "", "equals": "="}


@dataclass(frozen=True, slots=True)
class Check:
    """One written limit. needs: fewest cases for a verdict (0: any)."""

    check_id: str
    texts: Mapping[str, str]
    rule: str
    limit: float | tuple[float, float]
    needs: int

    def holds(self, value: float) -> bool:
        """Whether a figure passes. Figures carry rounding, so a limit is met within a billionth."""
        if isinstance(self.limit, tuple):
            return self.limit[0] - 1e-9 <= value <= self.limit[1] + 1e-9
        gap = value - self.limit
        return {"at_least": gap >= -1e-9, "at_most": gap <= 1e-9, "above": gap > 1e-9, "equals": abs(gap) <= 1e-9}[
            self.rule
        ]

    @property
    def words(self) -> str:
        """The limit as shown: `≥ 0.81`, `0.75-0.85`."""
        if isinstance(self.limit, tuple):
            return f"{self.limit[0]:g}-{self.limit[1]:g}"
        return f"{SIGNS[self.rule]} {self.limit:g}"


@cache
def written() -> tuple[Mapping[str, Any], Mapping[str, tuple[Check, ...]]]:
    """The file as it stands, and the checks of each test in order."""
    raw = tomllib.loads(FILE.read_text(encoding="utf-8"))
    checks = {
        test: tuple(
            Check(
                one["id"], {"en": one["en"], "nl": one["nl"]}, one["rule"],
                tuple(one["limit"]) if isinstance(one["limit"], list) else float(one["limit"]), one.get("needs", 0),
            )
            for one in entry["check"]
        )
        for test, entry in raw.items()
        if isinstance(entry, dict)
    }  # fmt: skip
    return raw, checks


@dataclass(frozen=True, slots=True)
class Figure:
    """What a test measured for one check: value (None: could not be computed), 95 % interval, number of cases.

    why: said in place of a verdict when there is no value (English and Dutch).
    """

    value: float | None
    cases: int
    interval: tuple[float, float] | None = None
    why: Mapping[str, str] | None = None


def judged(test: str, figures: Mapping[str, Figure], **parts: Any) -> dict[str, Any]:
    """A test as the report shows it: title, a line per written check, the verdict, and tables and plots given.

    fail when one check fails; not enough data when none could be judged; otherwise pass. Raises KeyError for a figure
    no check was written for, so that nothing can be measured first and judged later.
    """
    raw, checks = written()
    unknown = set(figures) - {check.check_id for check in checks[test]}
    if unknown:
        raise KeyError(f"no threshold was written for {test} {', '.join(sorted(unknown))}; add it to {FILE.name} first")
    lines = [_line(check, figures.get(check.check_id)) for check in checks[test]]
    verdicts = {line["verdict"] for line in lines}
    verdict = FAIL if FAIL in verdicts else PASS if PASS in verdicts else NOT_ENOUGH
    title = {"en": raw[test]["en"], "nl": raw[test]["nl"]}
    return {"test": test, "title": title, "verdict": verdict, "checks": lines, "tables": [], "plots": [], **parts}


def _line(check: Check, figure: Figure | None) -> dict[str, Any]:
    figure = figure or Figure(None, 0)
    enough = figure.value is not None and np.isfinite(figure.value) and figure.cases >= check.needs
    verdict = NOT_ENOUGH
    if enough and figure.value is not None:
        verdict = PASS if check.holds(figure.value) else FAIL
    known = figure.value is not None and np.isfinite(figure.value)
    return {
        "check": check.check_id, "text": dict(check.texts), "limit": check.words, "needs": check.needs,
        "value": round(float(figure.value), 4) if known and figure.value is not None else None,
        "interval": None if figure.interval is None else [round(float(end), 4) for end in figure.interval],
        "cases": int(figure.cases), "verdict": verdict, "why": dict(figure.why) if figure.why else None,
    }  # fmt: skip
