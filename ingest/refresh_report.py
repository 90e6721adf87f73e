"""What a refresh did, per source, in the form people and programs read; and what state that leaves each source in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ingest.crawl_outcome import GOOD, Outcome

FAILED = frozenset({"failed", "offline"})


@dataclass(slots=True)
class SourceReport:
    """One line of the table. Rows are counted once per answer; `same` includes rows of unchanged answers."""

    source: str
    state: str  # ok | unchanged | empty | partial | below_minimum | failed | offline | disabled
    new: int = 0
    changed: int = 0
    same: int = 0
    issues: int = 0
    seconds: float = 0.0
    message: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "source": self.source,
            "state": self.state,
            "new": self.new,
            "changed": self.changed,
            "same": self.same,
            "issues": self.issues,
            "seconds": round(self.seconds, 3),
            "message": self.message,
        }


@dataclass(slots=True)
class RefreshReport:
    """What one refresh did. `messages` are about the whole of it, e.g. that there is no network."""

    run_id: str
    kind: str
    sources: list[SourceReport] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    nothing_due: bool = False
    unpublished: bool = False  # the snapshot lacks rows (an earlier run was killed before publishing) or is old

    @property
    def changed_anything(self) -> bool:
        """True when there is something to assess and publish."""
        return self.unpublished or any(line.new or line.changed for line in self.sources)

    @property
    def offline(self) -> bool:
        """True when every source that was asked found no network."""
        asked = [line for line in self.sources if line.state != "disabled"]
        return bool(asked) and all(line.state == "offline" for line in asked)

    def to_json(self) -> dict[str, Any]:
        """The form of `refresh --json`."""
        return {
            "run_id": self.run_id,
            "kind": self.kind,
            "sources": [line.to_json() for line in self.sources],
            "messages": self.messages,
        }

    def exit_code(self) -> int:
        """0 all well, 2 nothing could be refreshed, 3 some sources failed and the rest were refreshed."""
        if self.nothing_due:
            return 0
        asked = [line for line in self.sources if line.state != "disabled"]
        failed = [line for line in asked if line.state in FAILED]
        if len(failed) == len(asked):
            return 2
        return 3 if failed or any(line.state == "partial" for line in asked) else 0


def state_of(outcomes: Sequence[Outcome], answer_states: Iterable[str]) -> str:
    """The state of a source in a run, from how its requests ended and what its answers gave."""
    states = set(answer_states)
    bad = [outcome for outcome in outcomes if outcome.kind not in GOOD]
    well = states - {"rejected"} or any(outcome.kind == "unchanged" for outcome in outcomes)
    if not well and (bad or "rejected" in states):
        return "offline" if bad and all(outcome.kind == "offline" for outcome in bad) else "failed"
    if "withheld" in states:
        return "below_minimum"
    if bad or "rejected" in states:
        return "partial"
    if "good" in states:
        return "ok"
    if states == {"empty"}:
        return "empty"
    return "unchanged" if states or outcomes else "empty"


def message_of(outcomes: Sequence[Outcome], rejected: Sequence[str], shortfall: str | None) -> str | None:
    """One sentence on what is wrong with a source in this run; None when all is well."""
    bad = [outcome for outcome in outcomes if outcome.kind not in GOOD]
    parts = [shortfall] if shortfall else []
    if bad:
        first = f"{bad[0].url}: {bad[0].message or bad[0].kind}"
        parts.append(first if len(bad) == 1 else f"{len(bad)} of {len(outcomes)} addresses failed; first {first}")
    if rejected:
        parts.append(rejected[0] if len(rejected) == 1 else f"{len(rejected)} answers not usable; first: {rejected[0]}")
    return "; ".join(parts) or None
