"""Why a write was refused, as a code with values beside the sentence, so that a page can say it in any language.

The sentence of the exception is for the API and the terminal, the code for `words/*.toml` under [refused].
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

Fault = TypeVar("Fault", bound=Exception)


@dataclass(frozen=True, slots=True)
class Refusal:
    """values: dates, numbers, names and tuples of these; whoever shows them gives them the reader's form."""

    code: str
    values: Mapping[str, Any]


def because(code: str, error: Fault, **values: Any) -> Fault:
    """The exception with its code: `raise because("author", AdviceError("the author cannot …", region_id))`."""
    error.refusal = Refusal(code, values)  # type: ignore[attr-defined]
    return error


def refusal(error: BaseException) -> Refusal | None:
    """What `because` put on an exception; None for one without a code."""
    found = getattr(error, "refusal", None)
    return found if isinstance(found, Refusal) else None
