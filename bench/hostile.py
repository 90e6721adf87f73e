"""Processor seconds for texts and markup made to be slow: `python -m bench.hostile`.

The tests judge only how these costs grow; the seconds themselves, which depend on the machine, are shown here.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from ingest.adapters._plain import text_of
from ingest.text.places import tag_places
from ingest.text.sentences import split_sentences
from tests.ingest.text.test_places import HOSTILE
from tests.memory import peak_megabytes

STEPS: dict[str, Callable[[str], object]] = {
    "places": tag_places,
    "markup": text_of,
    "sentences": split_sentences,
}


def main() -> None:
    """One line a text: seconds of each step on a million characters."""
    started = time.process_time()
    tag_places("Kabul")
    print(f"gazetteer read in {time.process_time() - started:.2f} s, peak {peak_megabytes():.0f} MB")
    print(f"{'text':16}" + "".join(f"{name:>12}" for name in STEPS))
    for name, text in HOSTILE.items():
        seconds = []
        for step in STEPS.values():
            started = time.process_time()
            step(text)
            seconds.append(time.process_time() - started)
        print(f"{name:16}" + "".join(f"{value:12.3f}" for value in seconds), flush=True)


if __name__ == "__main__":
    main()
