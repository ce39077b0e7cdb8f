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


class Cost(NamedTuple):
    """What one process took, from its start to its end."""

    seconds: float
    peak_mib: float
    output: str


def process(arguments: Sequence[str]) -> Cost:
    """Run `python ARGUMENTS…` to its end, and take the kernel's word for its peak memory.

    Standard output is kept; standard error goes where ours goes. A process that fails raises.
    """
    start = time.perf_counter()
    with subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        output = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, child.args, output)
    unit = 1 if sys.platform == "darwin" else 1024  # ru_maxrss: bytes there, KiB elsewhere
    return Cost(time.perf_counter() - start, usage.ru_maxrss * unit / MEBIBYTE, output)


def seconds(function: Callable[[], object], rounds: int = 5) -> float:
    """The median time of a call, after one that is not counted."""
    function()
    return statistics.median(_once(function) for _ in range(rounds))


def _once(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start
