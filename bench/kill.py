"""Kill a replay with SIGKILL at random moments and start it again: `python -m bench.kill KILLS FILE.warc.gz…`.

Uses the catalog and the reference of the checkout. Each round kills three times, lets the replay end, and compares the
ordered hash of every table of the warehouse and of the snapshot with an undisturbed run, while a reader polls the
snapshot. Prints JSON; exit status 1 when anything differs or the reader saw an error or a half-done refresh.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path

from tests.ingest import kill_kit

ROOT = Path(__file__).resolve().parents[1]
PER_ROUND = 3


def main(kills: int, files: list[Path]) -> dict[str, object]:
    """Do it; how many rounds were the same and what the reader saw."""
    reference_dir, sources = ROOT / "data" / "reference", str(ROOT / "sources.toml")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        undisturbed = folder / "undisturbed"
        undisturbed.mkdir()
        seconds = kill_kit.run(undisturbed, reference_dir, files, None, None, sources)
        expected = kill_kit.content(undisturbed)
        final = kill_kit.Reader(undisturbed / "published").state()
        differing: list[str] = list(expected["faults"])
        reads = 0
        moments = kill_kit.moments(kills, seconds, seed=kills)
        for number in range(0, kills, PER_ROUND):
            data = folder / f"killed-{number}"
            data.mkdir()
            with kill_kit.Reader(data / "published", may_be_empty=True) as reader:
                for moment in [*moments[number : number + PER_ROUND], None]:
                    kill_kit.run(data, reference_dir, files, None, moment, sources)
            found = kill_kit.content(data)
            differing += [f"round {number}: {what}" for what in kill_kit.differences(found, expected)]
            differing += reader.errors + [f"saw {state}" for state in reader.seen if state != final]
            reads += sum(reader.seen.values())
            shutil.rmtree(data)
    return {"kills": kills, "undisturbed_seconds": round(seconds, 1), "reads": reads, "differing": differing}


if __name__ == "__main__":
    result = main(int(sys.argv[1]), [Path(argument) for argument in sys.argv[2:]])
    print(json.dumps(result))
    sys.exit(1 if result["differing"] else 0)
