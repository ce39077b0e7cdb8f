"""Run every benchmark, or those that are named: `python -m tests.bench [NAME…]`.

Each benchmark runs in a process of its own, so that its memory and start-up time do not include
what another one imported.
"""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import subprocess
import sys
from collections.abc import Sequence
from types import ModuleType

from rich.console import Console

from tests import bench
from tests.bench.development import NoPhotos

QUIET_ENVIRONMENT = {"TF_CPP_MIN_LOG_LEVEL": "3"}
"""Keeps TensorFlow's messages out of the tables."""


def benchmarks() -> dict[str, ModuleType]:
    """Return the modules of this package that are benchmarks, by name, in alphabetical order."""
    names = sorted(found.name for found in pkgutil.iter_modules(bench.__path__))
    modules = {
        name: importlib.import_module(f"tests.bench.{name}")
        for name in names
        if not name.startswith(("_", "test_"))
    }
    return {name: module for name, module in modules.items() if hasattr(module, "run")}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmarks, and return 0 when all were measured, 1 when one failed."""
    known = benchmarks()
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(known))
    chosen = parser.parse_args(arguments).names or list(known)
    if unknown := [name for name in chosen if name not in known]:
        parser.error(f"Expected {', '.join(known)}. Received {', '.join(unknown)}.")
    if len(chosen) == 1:
        console = Console()
        console.rule(f"[bold]{known[chosen[0]].TITLE}", align="left")
        with console.status("measuring"):
            try:
                result = known[chosen[0]].run()
            except NoPhotos as reason:
                result = f"Skipped: {reason}."
        console.print(result, "")
        return 0
    environment = QUIET_ENVIRONMENT | os.environ
    results = [
        subprocess.run([sys.executable, "-m", "tests.bench", name], check=False, env=environment)
        for name in chosen
    ]
    return int(any(result.returncode for result in results))


if __name__ == "__main__":
    sys.exit(main())
