"""Taking in all captured answers: rows a second and the largest process. `python -m bench.replay REAL_FOLDER`."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def main() -> None:
    """Two passes over one packed archive: everything new, then nothing new."""
    real = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        packed, data = Path(folder) / "real.warc.gz", Path(folder) / "data"
        returnwatch(["archive", "pack", str(real / "MANIFEST.csv"), str(packed)], data)
        for label in ("first", "second"):
            start = time.perf_counter()
            said = returnwatch(["refresh", "--replay", str(packed), "--no-publish", "--json"], data)
            seconds = time.perf_counter() - start
            lines = json.loads(said)["sources"]
            rows = sum(line["new"] + line["changed"] + line["same"] for line in lines)
            new = sum(line["new"] + line["changed"] for line in lines)
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            print(
                f"{label}: {rows:,} rows of {len(lines)} sources, {new:,} new, {seconds:.1f} s, "
                f"{rows / seconds:,.0f} rows/s, largest process {peak:,.0f} MB"
            )


def returnwatch(arguments: list[str], data: Path) -> str:
    """Run the command line; its answer."""
    command = [sys.executable, "-m", "dashboard.cli", "--data-dir", str(data), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main()
