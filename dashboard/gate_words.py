"""What a gate says, for paper and for pages: its sentence without the address, and whose document it cites."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.language import Words


def sentence(words: Words, gate: Mapping[str, Any]) -> str:
    """The sentence of a gate without the address at its end, which pages show as a link and paper as a host."""
    said = words.of(gate, "text")
    return said.removesuffix(f" ({gate['url']})") if gate["url"] else said


def authority(words: Words, name: str) -> str:
    """Whose position it is (a code of `positions.AUTHORITIES`), as a reader knows it; another one as it stands."""
    return words(f"authority.{name}") if words.has(f"authority.{name}") else name
