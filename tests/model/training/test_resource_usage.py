"""What training takes, measured in processes that take a known amount."""

from __future__ import annotations

import subprocess
import sys

import pytest

from model.training.resource_usage import cpu_seconds, peak_memory_mb

LARGE_MB = 300

STARTS_A_SMALL_CHILD = f"""
import subprocess, sys
from model.training.resource_usage import peak_memory_mb
large = b"x" * ({LARGE_MB} << 20)
child = subprocess.Popen([sys.executable, "-c", "print(flush=True); input()"],
    stdin=subprocess.PIPE, stdout=subprocess.PIPE)
child.stdout.readline()
print(peak_memory_mb(child.pid), peak_memory_mb())
child.communicate(b"\\n")
"""


@pytest.fixture(scope="module")
def measured() -> list[float]:
    """What a large process says of its small child, and of itself."""
    command = [sys.executable, "-c", STARTS_A_SMALL_CHILD]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [float(word) for word in done.stdout.split()]


def test_a_child_does_not_count_the_memory_of_the_process_that_started_it(
    measured: list[float],
) -> None:
    assert 1 < measured[0] < LARGE_MB / 4


def test_a_process_counts_the_memory_that_it_had(measured: list[float]) -> None:
    assert LARGE_MB < measured[1] < LARGE_MB + 150


def test_a_peak_stays_when_the_memory_is_given_back() -> None:
    large = b"x" * (LARGE_MB << 20)
    peak = peak_memory_mb()
    del large
    assert peak_memory_mb() == pytest.approx(peak, rel=0.01)


def test_the_processor_time_grows_with_work() -> None:
    before = cpu_seconds()
    sum(number * number for number in range(2_000_000))
    assert 0.02 < cpu_seconds() - before < 20
