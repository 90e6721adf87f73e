"""What a gate says, for paper and for pages: its sentence, the address at its end, whose document it is."""

from __future__ import annotations

import re

_ADDRESS = re.compile(r"\s*\((https?://[^\s()]+)\)\s*$")
_AUTHORITY = re.compile(r"([^.,]{1,40}), (?:in force since|van kracht sinds) ")  # as assessment.gate_texts writes it


def without_address(text: str) -> tuple[str, str]:
    """A sentence and the address in brackets at its end, "" when there is none."""
    found = _ADDRESS.search(text)
    return (text[: found.start()], found[1]) if found else (text, "")


def authority(said: str) -> str:
    """Whose position the sentence cites: UNHCR, EUAA, NL, a court; "" when it cites none."""
    found = _AUTHORITY.search(said)
    return found[1].strip() if found else ""
