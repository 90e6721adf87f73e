"""Measure the story rules on a file of labelled pairs: `evaluate_stories(path)`.

One JSON object a line: `a` and `b` (a text, or an object with `text` and perhaps `title`, `published`, `language`) and
`overall`, 1 = the same to 4 = different, a number or its digits. A pair counts as same up to 2. Pairs nobody judged
(`overall` missing, empty or NaN) are left out and counted.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .fingerprints import Fingerprint, fingerprint
from .language import identify
from .stories import is_copy, is_same_story, similarity

SAME_UP_TO = 2.0
PLACES_READ = 20_000  # characters of a text whose places are looked up
PlacesOf = Callable[[str, str], frozenset[str]]


def evaluate_stories(path: Path | str, places_of: PlacesOf | None = None) -> dict[str, Any]:
    """AUC of our similarity for `overall` <= 2, and the pairs above 2 that each threshold would have merged.

    Raises ValueError with the line when it is no pair or its `overall` is no number.
    """
    name = Path(path).name
    lines = Path(path).read_text(encoding="utf-8-sig").splitlines()
    numbered = [(number, _pair(name, number, line)) for number, line in enumerate(lines, 1) if line.strip()]
    judged = [(pair, overall) for number, pair in numbered if (overall := _overall(name, number, pair)) is not None]
    if not judged:
        raise ValueError(f"{name}: no line has 'a', 'b' and 'overall' (1 same to 4 different)")
    known: dict[tuple[Any, ...], Fingerprint] = {}
    prints = [(_print(pair["a"], known, places_of), _print(pair["b"], known, places_of)) for pair, _ in judged]
    same = np.array([overall <= SAME_UP_TO for _, overall in judged])
    values = np.array([similarity(a, b) for a, b in prints])
    copy = np.array([is_copy(a, b) for a, b in prints])
    story = copy | np.array([is_same_story(a, b) for a, b in prints])
    return {
        "pairs": len(judged),
        "left_out": len(numbered) - len(judged),
        "auc": auc(same, values),
        "false_merges": {"copy": int((copy & ~same).sum()), "story": int((story & ~same).sum())},
        "true_merges": {"copy": int((copy & same).sum()), "story": int((story & same).sum())},
        "same": int(same.sum()),
    }


def _pair(name: str, number: int, line: str) -> Mapping[str, Any]:
    try:
        pair = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"{name}: line {number} is no JSON object: {error}") from None
    if not isinstance(pair, dict) or not {"a", "b"} <= set(pair):
        raise ValueError(f"{name}: line {number} needs 'a', 'b' and 'overall' (1 same to 4 different)")
    return pair


def _overall(name: str, number: int, pair: Mapping[str, Any]) -> float | None:
    """The judgement; None: nobody judged."""
    said = pair.get("overall")
    if said is None or (isinstance(said, str) and not said.strip()):
        return None
    try:
        value = float(said.replace(",", ".") if isinstance(said, str) else said)
    except (TypeError, ValueError):
        raise ValueError(f"{name}: line {number}: overall {said!r} is no number from 1 to 4") from None
    return None if math.isnan(value) else value


def places_by_gazetteer(text: str, language: str) -> frozenset[str]:
    """The main countries and regions of a text, by the shipped gazetteer."""
    from .places import main_places, tag_places  # loads the gazetteer: only when measured with it

    main = main_places(tag_places(text, language=language), text)
    return frozenset(share.id for share in (*main.countries, *main.regions))


def _print(
    item: str | Mapping[str, Any] | None, known: dict[tuple[Any, ...], Fingerprint], places_of: PlacesOf | None
) -> Fingerprint:
    """The fingerprint of one side; a text that stands in many pairs is read once."""
    fields: Mapping[str, Any] = item if isinstance(item, Mapping) else {"text": item}
    title, body = str(fields.get("title") or ""), str(fields.get("text") or "")
    key = (title, body, fields.get("language"), fields.get("published"))
    if key not in known:
        whole = f"{title}\n\n{body}"[:PLACES_READ]
        language = str(fields.get("language") or identify(whole).language)
        name = f"text {len(known)}"
        known[key] = fingerprint(
            document_id=name,
            title=title,
            text=body,
            source_id=name,
            published=_moment(fields.get("published")),
            places=(places_of or places_by_gazetteer)(whole, language),
        )
    return known[key]


def _moment(said: Any) -> datetime | None:
    """A date as ISO 8601, without a zone; None where there is none or it cannot be read."""
    try:
        found = datetime.fromisoformat(str(said))
    except ValueError:
        return None
    return found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found


def auc(positive: NDArray[np.bool_], value: NDArray[np.float64]) -> float | None:
    """Chance that a same pair scores above a different one; ties count half. None when one kind is missing."""
    above, below = value[positive], value[~positive]
    if not len(above) or not len(below):
        return None
    wins = (above[:, None] > below[None, :]).sum() + 0.5 * (above[:, None] == below[None, :]).sum()
    return round(float(wins / (len(above) * len(below))), 4)
