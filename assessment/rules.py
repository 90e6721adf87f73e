"""Rules are data: thresholds and review periods with versions in the ledger, over what framework.toml says."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from assessment.framework import Framework
from assessment.ledger import Entry, Ledger, LedgerError, Writer
from assessment.refusal import because
from assessment.roles import Actor, require

LIMITS: Mapping[str, tuple[float, float]] = {  # what a person may change, and how far: lowest and highest value
    **{f"band.{level}": (1.0, 99.0) for level in (1, 2, 3, 4)},  # lowest score of the band
    "missing.coverage_minimum": (0.3, 1.0),
    **{f"review.level_{level}": (7.0, 365.0) for level in (1, 2, 3, 4, 5)},
    "review.open_alert": (1.0, 60.0),
    "review.better_override_expires": (7.0, 90.0),  # the method's 90 days are the most, never the least
    "review.worse_override_check": (1.0, 5.0),
}


class RuleError(LedgerError):
    """This rule cannot be changed so; says what is possible."""


def settings(framework: Framework, entries: Iterable[Entry]) -> tuple[dict[str, float], int]:
    """Every changeable rule with its value now, and the sequence number of the last change (0: none yet)."""
    values = {f"band.{e['level']}": float(e["from"]) for e in framework.raw["bands"]["level"] if e["level"] < 5}
    values["missing.coverage_minimum"] = float(framework.raw["missing"]["coverage_minimum"])
    values |= {
        name: float(framework.raw["review"][name.split(".")[1]]) for name in LIMITS if name.startswith("review.")
    }
    seq = 0
    for entry in entries:
        if entry.kind == "rule_changed" and entry.object in values:
            values[entry.object], seq = float(entry.payload["value"]), entry.seq
    return values, seq


def applied(framework: Framework, entries: Iterable[Entry]) -> Framework:
    """The framework with the thresholds people changed, for an assessment; itself when they changed none.

    Another threshold is another digest, so its runs are others and history is assessed again with it, as with any
    change of the method. Review periods change no score and no digest.
    """
    values, _ = settings(framework, entries)
    shipped, _ = settings(framework, ())
    changed = {n: v for n, v in sorted(values.items()) if v != shipped[n] and not n.startswith("review.")}
    if not changed:
        return framework
    raw = copy.deepcopy(dict(framework.raw))
    for entry in raw["bands"]["level"]:
        entry["from"] = values.get(f"band.{entry['level']}", entry["from"])
    raw["missing"]["coverage_minimum"] = values["missing.coverage_minimum"]
    digest = hashlib.sha256(f"{framework.digest}{changed}".encode()).hexdigest()
    return replace(framework, raw=raw, digest=digest)


def check(values: Mapping[str, float], changes: Mapping[str, float]) -> dict[str, float]:
    """All values after the changes. Raises RuleError: unknown name, value out of bounds, bands out of order."""
    for name, value in changes.items():
        if name not in LIMITS:
            raise RuleError(f"{name!r} is no rule; use one of {', '.join(LIMITS)}")
        low, high = LIMITS[name]
        if not low <= value <= high:
            fault = RuleError(f"{name} must lie between {low:g} and {high:g}, not {value:g}")
            raise because("rule_limits", fault, low=low, high=high)
    after = {**values, **changes}
    bands = [after[f"band.{level}"] for level in (1, 2, 3, 4)]
    if bands != sorted(set(bands), reverse=True):
        fault = RuleError(f"the bands must fall from level 1 to 4, not {', '.join(f'{b:g}' for b in bands)}")
        raise because("rule_bands", fault)
    for level in (1, 2, 3, 4):
        if after[f"review.level_{level + 1}"] > after[f"review.level_{level}"]:
            fault = RuleError(f"a worse level cannot be reviewed later: level {level + 1} after level {level}")
            raise because("rule_periods", fault, level=level, worse=level + 1)
    return after


def change(
    ledger: Ledger, actor: Actor, framework: Framework, changes: Mapping[str, float], reason: str, now: datetime
) -> list[Entry]:
    """Save changed rules as new versions, all or none. Show `rules_dry_run.dry_run` to the person before."""
    require(actor, "change_rule", now)

    def work(writer: Writer) -> list[Entry]:
        values, _ = settings(framework, writer.entries())
        check(values, changes)
        return [
            writer.append(
                actor, "rule_changed", name, {"value": value, "previous": values[name], "reason": reason}, now
            )
            for name, value in sorted(changes.items())
        ]

    return ledger.transact(work)
