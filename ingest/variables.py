"""The vocabulary of variables.toml: which kinds of event and which observed variables exist, and in what unit."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Variable:
    """One entry: `family` is "event" or "observation"."""

    id: str
    family: str
    unit: str
    meaning: str


@cache
def load() -> dict[str, Variable]:
    """All variables by id."""
    data = tomllib.loads((Path(__file__).parent / "variables.toml").read_text(encoding="utf-8"))
    return {
        key: Variable(key, family, entry["unit"], entry["meaning"])
        for family, table in data.items()
        for key, entry in table.items()
    }
