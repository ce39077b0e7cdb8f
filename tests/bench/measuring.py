"""What the benchmarks measure with: medians of times, and processes with their peak memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import psutil

MEBIBYTE = 1024**2
"""Bytes in a MiB, in which memory is shown."""

LAUNCHER = """
import resource, subprocess, sys
status = subprocess.run([sys.executable, *sys.argv[1:]]).returncode
print()
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(status)
"""
"""A small process between us and the one that is measured: the kernel counts a new process as large
as the one that starts it."""


class Cost(NamedTuple):
    """What one process took, from its start to its end.

    Attributes:
        seconds: wall-clock time.
        peak_mib: the most memory that was resident, in MiB.
        output: what it wrote to standard output.
    """

    seconds: float
    peak_mib: float
    output: str


def process(arguments: Sequence[str], **environment: str) -> Cost:
    """Run `python ARGUMENTS…` to its end, and ask the kernel for its peak memory.

    Standard output is kept, and standard error goes where ours goes.

    Args:
        arguments: what follows `python`.
        environment: variables that are set on top of ours.

    Raises:
        subprocess.CalledProcessError: the process failed.
    """
    start = time.perf_counter()
    command = [sys.executable, "-c", LAUNCHER, *arguments]
    written = subprocess.run(
        command, stdout=subprocess.PIPE, text=True, check=True, env=os.environ | environment
    ).stdout
    elapsed = time.perf_counter() - start
    output, _, peak = written.rstrip("\n").rpartition("\n")
    unit = 1 if sys.platform == "darwin" else 1024  # ru_maxrss is in bytes on macOS, else in KiB
    return Cost(elapsed, int(peak) * unit / MEBIBYTE, output)


def held_mib(*processes: psutil.Process) -> float:
    """Return the memory that processes hold together, in MiB, as a container counts it.

    Each page counts once, however many of them have it (PSS). Only Linux tells that; elsewhere it
    is what they do not share.
    """
    found = [process.memory_full_info() for process in processes]
    return float(sum(getattr(each, "pss", each.uss) for each in found)) / MEBIBYTE


def family(process: int) -> list[psutil.Process]:
    """Return a process and all that it has started, directly or not."""
    found = psutil.Process(process)
    return [found, *found.children(recursive=True)]


def cpu_seconds(*processes: psutil.Process) -> float:
    """Return the processor time that processes have taken together."""
    times = [process.cpu_times() for process in processes]
    return float(sum(each.user + each.system for each in times))


def seconds(function: Callable[[], object], rounds: int = 5) -> float:
    """Return the median time of a call, after one call that is not counted."""
    function()
    return statistics.median(_once(function) for _ in range(rounds))


def _once(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start
