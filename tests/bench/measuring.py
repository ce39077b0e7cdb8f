"""How the benchmarks measure: times as medians, whole processes with their peak memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

MEBIBYTE = 1024**2

LAUNCHER = """
import resource, subprocess, sys
status = subprocess.run([sys.executable, *sys.argv[1:]]).returncode
print()
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(status)
"""
"""Small itself: to the kernel, a process begins as large as the one that starts it."""


class Cost(NamedTuple):
    """What one process took, from its start to its end."""

    seconds: float
    peak_mib: float
    output: str


def process(arguments: Sequence[str], **environment: str) -> Cost:
    """Run `python ARGUMENTS…` to its end, and take the kernel's word for its peak memory.

    What is given of the environment comes on top of ours.

    Standard output is kept; standard error goes where ours goes. A process that fails raises.
    """
    start = time.perf_counter()
    command = [sys.executable, "-c", LAUNCHER, *arguments]
    said = subprocess.run(
        command, stdout=subprocess.PIPE, text=True, check=True, env=os.environ | environment
    ).stdout
    took = time.perf_counter() - start
    output, _, peak = said.rstrip("\n").rpartition("\n")
    unit = 1 if sys.platform == "darwin" else 1024  # ru_maxrss: bytes there, KiB elsewhere
    return Cost(took, int(peak) * unit / MEBIBYTE, output)


def seconds(function: Callable[[], object], rounds: int = 5) -> float:
    """The median time of a call, after one that is not counted."""
    function()
    return statistics.median(_once(function) for _ in range(rounds))


def _once(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start
