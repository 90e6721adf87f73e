"""`python -m bench [NAME …] [--real FOLDER]`: run the measurements one after another."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

REAL = Path(__file__).resolve().parents[2] / "shared" / "real"
ALWAYS = {"score": [], "hostile": [], "publish": [], "claims": [], "feeds": [], "api": []}
WITH_REAL = {
    "text": [str(REAL / "text"), "--search", "200000"],
    "replay": [str(REAL)],
    "forecast": [str(REAL)],
    "places": [str(REAL)],
}


def main() -> int:
    """Exit status 1 when one of them failed; the others are run all the same."""
    options = argparse.ArgumentParser(description="run the measurements")
    options.add_argument("name", nargs="*", help="only these")
    chosen = options.parse_args().name
    benches = {**ALWAYS, **(WITH_REAL if REAL.is_dir() else {})}
    failed = []
    for name, arguments in benches.items():
        if (chosen and name not in chosen) or not (Path(__file__).parent / f"{name}.py").exists():
            continue
        print(f"== {name}", flush=True)
        if subprocess.run([sys.executable, "-m", f"bench.{name}", *arguments], check=False).returncode:
            failed.append(name)
    if not REAL.is_dir():
        print("captured real answers are not here: replay, forecast and places were left out")
    if failed:
        print(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
