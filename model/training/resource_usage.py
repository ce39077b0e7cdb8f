"""What training takes: memory, and processor time."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

import psutil


def peak_memory_mb(process: int | None = None) -> float:
    """Return the most memory that a process has had in MB (2**20 bytes) since its program began.

    On Linux this is `VmHWM`. `ru_maxrss` is not used there, because it counts from before `exec`:
    a worker would have the peak of the large process that started it.

    Args:
        process: its number; this process without one.
    """
    if sys.platform == "darwin":
        return _peak_on_macos(process)
    status = Path(f"/proc/{process or 'self'}/status").read_text()
    lines = dict(line.split(":", 1) for line in status.splitlines())
    return int(lines["VmHWM"].removesuffix("kB")) / 1024


def cpu_seconds() -> float:
    """Return the processor time of this process and of its children that have ended."""
    used = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def _peak_on_macos(process: int | None) -> float:
    """Return the peak of this process; of another one, what it has now, which is all macOS says."""
    if process is None:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return float(psutil.Process(process).memory_info().rss / 2**20)
