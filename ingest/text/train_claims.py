"""Train the scorer of claims: `python -m ingest.text.train_claims TEXTS --out ingest/text/claims.npz`.

TEXTS: folder with the texts claims were labelled in: themes_reliefweb.jsonl and events_case2021.jsonl (one object a
line with `id` and `text`), either or both. The labels are ours (claim_labels.csv): `document`, `start` (offset of the
sentence), `theme`, `iso3`, `region_id`, `keep` (1 when a policy officer would keep the claim: one sentence that states
a condition or event there that matters to return, with the right theme and place) and `held` (1: for measuring only).
The weights hold hashed cells and numbers, no text.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .claim_scorer import Facts, Scorer, scorer_arrays
from .claim_scorer_fit import fit
from .claims import is_suggested
from .examples import labelled_rows
from .gate import load_gate
from .pipeline import process_documents
from .rows import TextDocument

LABELS = Path(__file__).with_name("claim_labels.csv")
_FILES = ("themes_reliefweb.jsonl", "events_case2021.jsonl")
Key = tuple[str, str, int, str, str, str | None]
Label = tuple[Key, bool, bool]  # claim, keep, held


@dataclass
class Recorder:
    """Lets every draft through and remembers what was known of it."""

    facts: list[Facts] = field(default_factory=list)

    def probability(self, facts: Facts) -> float:
        """Certain of everything."""
        self.facts.append(facts)
        return 1.0


def read_labels(path: Path) -> list[Label]:
    """Judged claims. Raises ValueError naming the line that cannot be read."""
    labels: list[Label] = []
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            try:
                key = (row["document"], "text", int(row["start"]), row["theme"], row["iso3"], row["region_id"] or None)
                labels.append((key, row["keep"] == "1", row["held"] == "1"))
            except (KeyError, ValueError) as error:
                raise ValueError(
                    f"{path.name}, label {len(labels) + 1}: {error}; see ingest/text/train_claims.py"
                ) from None
    return labels


def read_texts(folder: Path) -> list[dict[str, Any]]:
    """The texts that labels may belong to. Raises ValueError when the folder holds none."""
    files = [folder / name for name in _FILES if (folder / name).is_file()]
    if not files:
        raise ValueError(f"{folder} holds none of {', '.join(_FILES)}; give the folder of the labelled texts")
    return [row for file in files for row in labelled_rows(file)]


def drafts(texts: Sequence[dict[str, Any]]) -> dict[Key, Facts]:
    """Every claim drafted from labelled texts, before the scorer judges it, with what is known of it."""
    gate = load_gate()
    found: dict[Key, Facts] = {}
    for row in texts:
        recorder = Recorder()
        document = TextDocument(id=row["id"], title="", text=row["text"], source_id="", origin_family="", url="")
        process_documents([document], gate=replace(gate, claims=recorder))
        found.update({(row["id"], *facts.draft): facts for facts in recorder.facts if facts.draft})
    return found


def measure(scorer: Scorer, facts: Sequence[Facts], keep: NDArray[np.float64]) -> dict[str, float]:
    """Of judged drafts: precision of those suggested, share of the kept ones among them, and average precision."""
    scores = np.array([scorer.probability(one) for one in facts])
    order = np.argsort(-scores, kind="stable")
    precision = np.cumsum(keep[order]) / np.arange(1, len(keep) + 1)
    stays = np.array([is_suggested(score, one.dimension) for score, one in zip(scores, facts, strict=True)])
    return {
        "drafts": len(keep),
        "kept": float(keep.sum()),
        "suggested": float(stays.sum()),
        "precision": round(float(keep[stays].mean()), 3) if stays.any() else 0.0,
        "recall": round(float(keep[stays].sum() / max(keep.sum(), 1)), 3),
        "average_precision": round(float(precision[keep[order] > 0].mean()), 3),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line; prints what was measured on the held-out labels as JSON."""
    parser = argparse.ArgumentParser(prog="python -m ingest.text.train_claims", description="Train the claim scorer.")
    parser.add_argument("texts", type=Path, help="folder with the labelled texts (.jsonl)")
    parser.add_argument("--labels", type=Path, default=LABELS, help="judged claims (default: those shipped)")
    parser.add_argument("--out", type=Path, help="file to write, e.g. ingest/text/claims.npz")
    options = parser.parse_args(arguments)
    try:
        labels, texts = read_labels(options.labels), read_texts(options.texts)
    except ValueError as error:
        parser.error(str(error))
    wanted = {key[0] for key, _, _ in labels}
    known = drafts([row for row in texts if row["id"] in wanted])
    parts: dict[bool, list[tuple[Facts, float]]] = {True: [], False: []}
    for key, keep, held in labels:
        if key in known:
            parts[held].append((known[key], float(keep)))
    if not parts[False]:
        parser.error("no label belongs to a claim drafted from these texts; give the texts the labels were made on")
    facts, kept = _columns(parts[False])
    trained_on = "claims of ReliefWeb reports and CASE 2021 event snippets, judged one by one; hashed features only"
    scorer = fit(facts, kept, {"trained_on": trained_on, "drafts": len(kept)})
    if options.out:
        with options.out.open("wb") as file:
            np.savez_compressed(file, **scorer_arrays(scorer))  # type: ignore[arg-type]
    if parts[True]:
        print(json.dumps(measure(scorer, *_columns(parts[True]))))
    return 0


def _columns(judged: Sequence[tuple[Facts, float]]) -> tuple[list[Facts], NDArray[np.float64]]:
    return [facts for facts, _ in judged], np.array([keep for _, keep in judged])


if __name__ == "__main__":
    raise SystemExit(main())
