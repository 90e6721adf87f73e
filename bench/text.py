"""Measure the text pipeline: `python -m bench.text [TEXTS] [--search N]`.

TEXTS (default ../shared/real/text): reports end to end (text -> claims -> stories) in documents a second, stage by
stage, hostile texts in seconds, and the theme figures of the shipped gate beside the bare lexicon. `--search N`: build
an index of N synthetic documents and time a mix of queries (one common word, one rare, two words, a phrase, a prefix,
with and without filters).
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from ingest.text.evaluate_themes import evaluate_themes
from ingest.text.language import identify
from ingest.text.pipeline import TextDocument, process_documents
from ingest.text.search import Filters
from ingest.text.search import search as look_up
from ingest.text.search_build import Item, build
from ingest.text.sentences import split_sentences
from ingest.text.themes import load_lexicon, match_themes, sentence_bounds, tag_themes
from ingest.text.tokens import words_of

DEFAULT = Path(__file__).resolve().parents[1] / "../shared/real/text"


def timed(run: Callable[[], Any]) -> tuple[float, Any]:
    """Processor seconds and the result: other people's load on the machine does not count."""
    began = time.process_time()
    result = run()
    return time.process_time() - began, result


def stages(texts: list[str]) -> dict[str, float]:
    """Documents a second of each stage alone, on one core."""
    lexicon = load_lexicon()
    identify(texts[0])
    found: dict[str, float] = {}
    seconds, _ = timed(lambda: [identify(text) for text in texts])
    found["language"] = len(texts) / seconds
    seconds, sentences = timed(lambda: [split_sentences(text) for text in texts])
    found["sentences"] = len(texts) / seconds
    seconds, words = timed(lambda: [words_of(text) for text in texts])
    found["words"] = len(texts) / seconds
    both = list(zip(words, sentences, strict=True))
    seconds, matches = timed(lambda: [match_themes(w, sentence_bounds(w, s), "en", lexicon) for w, s in both])
    found["theme_words"] = len(texts) / seconds
    triples = list(zip(texts, words, sentences, matches, strict=True))
    seconds, _ = timed(lambda: [tag_themes(t, w, s, language="en", year=2017, found=f) for t, w, s, f in triples])
    found["context"] = len(texts) / seconds
    return {name: round(value) for name, value in found.items()}


def end_to_end(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """All reports through the pipeline after one warm-up document (tables are read once per process)."""
    documents = [
        TextDocument(
            row["id"],
            "reports",
            "reports",
            f"https://reports.example/{row['id']}",
            "",
            row["text"],
            datetime(2017, 12, 20),
        )
        for row in rows
    ]
    load, _ = timed(lambda: process_documents(documents[:1]))
    seconds, result = timed(lambda: process_documents(documents))
    return {
        "documents": len(documents),
        "seconds": round(seconds, 2),
        "documents_per_second": round(len(documents) / seconds, 1),
        "load_seconds": round(load, 2),
        "claims": len(result.claims),
        "stories": len(result.stories),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


HOSTILE = {
    "one word": "a" * 1_000_000,
    "no line": "Fighting in Homs killed 12 people, " * 28_600,
    "full stops": ". " * 500_000,
    "combining marks": "e\u0301\u0327" * 333_000,
    "bidi overrides": "\u202eAleppo\u202c " * 111_000,
    "zero width": "Ho\u200bms \u200d" * 142_000,
    "markup": "<div><p>Homs</p>" * 62_500,
    "Arabic": "قصف في حلب " * 90_000,
    "numbers": "1,234,567.89 " * 77_000,
}


def hostile() -> dict[str, float]:
    """Processor seconds of the whole pipeline for texts of a million characters made to be slow."""
    seconds = {}
    for name, text in HOSTILE.items():
        document = TextDocument(name, "s", "s", "", "", text, datetime(2026, 1, 1))
        seconds[name] = round(timed(lambda d=document: process_documents([d]))[0], 2)  # type: ignore[misc]
    return seconds


def synthetic(count: int, seed: int = 7) -> Iterator[Item]:
    """Documents of 60 to 200 words drawn from a vocabulary of 60,000 with natural frequencies."""
    generator = random.Random(seed)
    vocabulary = [
        "".join(generator.choice("bcdfglmnprstvz") + generator.choice("aeiou") for _ in range(generator.randint(2, 5)))
        for _ in range(60_000)
    ]
    weights = [1 / (rank + 3) for rank in range(len(vocabulary))]
    pool = generator.choices(vocabulary, weights, k=2_000_000)
    for number in range(count):
        start, length = generator.randrange(len(pool) - 300), generator.randint(60, 200)
        country = f"C{number % 40:02d}"
        yield Item(
            f"d{number}",
            "document",
            " ".join(pool[start : start + 8]),
            " ".join(pool[start + 8 : start + 8 + length]),
            source_id=f"s{number % 60}",
            language=("en", "ar", "nl", "fr")[number % 4],
            day=date(2020, 1, 1) + timedelta(days=number % 2400),
            countries=(country,),
            regions=(f"{country}-{number % 17}",),
            themes=(f"t{number % 45}",),
        )


def search(count: int, repeats: int = 60) -> dict[str, Any]:
    """Build and query times in milliseconds; p50 and p95 over all queries, and the slowest kind."""
    items = list(synthetic(count))
    generator = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "search.sqlite"
        seconds, _ = timed(lambda: build(items, path))
        kinds: dict[str, list[float]] = {}
        for _ in range(repeats):
            item = generator.choice(items)
            words = item.body.split()
            spot = generator.randrange(len(words) - 3)
            for kind, text, filters in (
                ("one word", words[spot], Filters()),
                ("common word", max(words, key=lambda w: items[0].body.count(w)), Filters()),
                ("two words", f"{words[spot]} {words[-1]}", Filters()),
                ("phrase", f'"{words[spot]} {words[spot + 1]}"', Filters()),
                ("prefix", words[spot][:4] + "*", Filters()),
                ("word and country", words[spot], Filters(countries=item.countries)),
                (
                    "word, region, theme, days",
                    words[spot],
                    Filters(regions=item.regions, themes=item.themes, since=date(2023, 1, 1)),
                ),
                ("filters alone", "", Filters(countries=item.countries, languages=("en",))),
            ):
                began = time.perf_counter()
                look_up(path, text, filters)
                kinds.setdefault(kind, []).append((time.perf_counter() - began) * 1000)
        times = sorted(value for values in kinds.values() for value in values)
        return {
            "documents": count,
            "build_seconds": round(seconds, 1),
            "megabytes": round(path.stat().st_size / 1e6),
            "p50_ms": round(statistics.median(times), 2),
            "p95_ms": round(times[int(len(times) * 0.95)], 2),
            "p95_ms_by_kind": {
                kind: round(sorted(values)[int(len(values) * 0.95)], 2) for kind, values in kinds.items()
            },
        }


def main() -> int:
    """Print one JSON object a measurement."""
    parser = argparse.ArgumentParser(description="Measure the text pipeline.")
    parser.add_argument("texts", type=Path, nargs="?", default=DEFAULT)
    parser.add_argument("--search", type=int, metavar="N", help="also index and query N synthetic documents")
    options = parser.parse_args()
    reports = options.texts / "themes_reliefweb.jsonl"
    if reports.exists():
        rows = [json.loads(line) for line in reports.read_text(encoding="utf-8").splitlines()]
        print(json.dumps({"documents_per_second": stages([row["text"] for row in rows])}))
        print(json.dumps({"end_to_end": end_to_end(rows)}))
        print(json.dumps({"hostile_seconds": hostile()}))
        for name in ("themes_reliefweb.jsonl", "events_case2021.jsonl"):
            print(
                json.dumps(
                    {name: evaluate_themes(options.texts / name), "note": "the shipped gate was trained on these"}
                )
            )
    else:
        print(
            f"{reports.name} not found under {options.texts}; give the folder with the labelled texts", file=sys.stderr
        )
    if options.search:
        print(json.dumps({"search": search(options.search)}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
