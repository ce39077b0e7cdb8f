"""Try many inputs on each target, or on those that are named: `python -m tests.chaos.fuzz`."""

from __future__ import annotations

import argparse
import secrets
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from rich.console import Console
from rich.table import Table

from tests.chaos.fuzz.targets import TARGETS, Check, Target

DEFAULT_INPUTS = 10_000
"""Inputs for each target: together tens of thousands, in about half an hour on two cores."""


def fuzz(target: Target, inputs: int, number: int | None = None) -> None:
    """Try that many inputs.

    Args:
        target: what to try.
        inputs: how many.
        number: chooses the inputs; None for the same ones each time.

    Raises:
        Exception: what the smallest input raised that was found to fail.
    """

    def run(check: Check) -> None:
        @settings(
            max_examples=inputs,
            deadline=None,
            database=None,
            derandomize=number is None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        )
        @given(target.inputs)
        def try_one(value: Any) -> None:
            try:
                check(value)
            except Exception as error:
                error.add_note(f"The input is in {_saved(value)}.")
                raise

        (try_one if number is None else seed(number)(try_one))()

    with target.checking() as check:
        run(check)


def _saved(value: Any) -> Path:
    file = Path(tempfile.gettempdir(), "inkling-fuzz-failure")
    file.write_bytes(value if isinstance(value, bytes) else repr(value).encode())
    return file


def main() -> int:
    """Print a table, and return 1 if a target failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.fuzz", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(TARGETS))
    parser.add_argument("--inputs", type=int, default=DEFAULT_INPUTS, metavar="N")
    parser.add_argument("--seed", type=int, default=secrets.randbits(32), metavar="N")
    chosen = parser.parse_args()
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("target", "inputs", "seconds", "result"):
        table.add_column(heading, justify="left" if heading in ("target", "result") else "right")
    failed = False
    for name in chosen.names or TARGETS:
        began, result = time.monotonic(), "held"
        try:
            fuzz(TARGETS[name], chosen.inputs, chosen.seed)
        except Exception as error:
            failed = True
            traceback.print_exception(error)
            result = f"failed: {type(error).__name__}"
        table.add_row(name, f"{chosen.inputs:,}", f"{time.monotonic() - began:.0f}", result)
    Console().print(table, f"\nSeed {chosen.seed}: --seed takes the same inputs again.")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
