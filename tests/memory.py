"""The most memory a process held, for tests and measurements that start a process of its own."""

from __future__ import annotations

import resource
import sys
from pathlib import Path


def peak_megabytes() -> float:
    """Peak of this process alone, in MB.

    `getrusage` inherits the high-water mark of the process that forked this one through exec on Linux, so a child of a
    large test run would look large; the kernel's own figure of the address space starts anew at exec.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(
            line for line in status.read_text(encoding="ascii", errors="replace").splitlines() if "VmHWM" in line
        )
        return int(line.split()[1]) / 1024
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
