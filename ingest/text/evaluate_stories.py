"""Measure the story rules on a file of labelled pairs: `evaluate_stories(path)`.

One JSON object a line: `a` and `b` (a text, or an object with `text` and perhaps `title`, `published`, `language`) and
`overall`, 1 = the same to 4 = different. A pair counts as same up to 2.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .fingerprints import Fingerprint, fingerprint, story_weights
from .gate import load_gate
from .language import identify
from .stories import is_copy, is_same_story, similarity

SAME_UP_TO = 2.0
PlacesOf = Callable[[str, str], frozenset[str]]


def evaluate_stories(path: Path | str, places_of: PlacesOf | None = None) -> dict[str, Any]:
    """AUC of our similarity for `overall` <= 2, and the pairs above 2 that each threshold would have merged."""
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    pairs = [json.loads(line) for line in lines if line.strip()]
    missing = [number for number, pair in enumerate(pairs, 1) if not {"a", "b", "overall"} <= set(pair)]
    if not pairs or missing:
        raise ValueError(
            f"{Path(path).name}: line {missing[0] if missing else 1} needs 'a', 'b' and 'overall' (1 same to "
            f"4 different)"
        )
    prints = [
        (_print(pair["a"], f"{n}a", places_of), _print(pair["b"], f"{n}b", places_of)) for n, pair in enumerate(pairs)
    ]
    same = np.array([float(pair["overall"]) <= SAME_UP_TO for pair in pairs])
    values = np.array([similarity(a, b) for a, b in prints])
    copy = np.array([is_copy(a, b) for a, b in prints])
    story = copy | np.array([is_same_story(a, b) for a, b in prints])
    return {
        "pairs": len(pairs),
        "auc": auc(same, values),
        "false_merges": {"copy": int((copy & ~same).sum()), "story": int((story & ~same).sum())},
        "true_merges": {"copy": int((copy & same).sum()), "story": int((story & same).sum())},
        "same": int(same.sum()),
    }


def places_by_gazetteer(text: str, language: str) -> frozenset[str]:
    """The main countries and regions of a text, by the shipped gazetteer."""
    from .places import main_places, tag_places  # loads the gazetteer: only when measured with it

    main = main_places(tag_places(text, language=language), text)
    return frozenset(share.id for share in (*main.countries, *main.regions))


def _print(item: str | Mapping[str, Any], name: str, places_of: PlacesOf | None) -> Fingerprint:
    fields: Mapping[str, Any] = {"text": item} if isinstance(item, str) else item
    title, body = str(fields.get("title") or ""), str(fields.get("text") or "")
    language = str(fields.get("language") or identify(f"{title} {body}").language)
    published = fields.get("published")
    return fingerprint(
        document_id=name,
        title=title,
        text=body,
        source_id=name,
        published=datetime.fromisoformat(str(published)[:19]) if published else None,
        places=(places_of or places_by_gazetteer)(f"{title}\n\n{body}", language),
        word_weights=story_weights(load_gate().idf),
    )


def auc(positive: NDArray[np.bool_], value: NDArray[np.float64]) -> float | None:
    """Chance that a same pair scores above a different one; ties count half. None when one kind is missing."""
    above, below = value[positive], value[~positive]
    if not len(above) or not len(below):
        return None
    wins = (above[:, None] > below[None, :]).sum() + 0.5 * (above[:, None] == below[None, :]).sum()
    return round(float(wins / (len(above) * len(below))), 4)
