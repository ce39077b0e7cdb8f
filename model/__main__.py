"""The command line of the recogniser: `python -m model COMMAND --help`.

Exit status: 0 when all was read or done, 1 when something failed, 2 for wrong use. Messages and
progress go to standard error; with `--json`, standard output holds one JSON object a line.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from model.errors import InklingError

COMMANDS: tuple[str, ...] = ("predict", "score", "explain", "train", "recipes", "evaluate", "tune")
"""Modules under `model.commands`, in the order in which the help lists them."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status.

    Args:
        arguments: what follows `python -m model`; None takes it from the process.
    """
    parser = argparse.ArgumentParser(
        prog="python -m model", description="Reads handwritten digits."
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name in COMMANDS:
        module = importlib.import_module(f"model.commands.{name}")
        command = commands.add_parser(name, help=module.SUMMARY, description=module.__doc__)
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    options = parser.parse_args(arguments)
    try:
        return int(options.run(options))
    except InklingError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr, flush=True)
        sys.stdout.flush()
        # TensorFlow's threads may be in the middle of a step and call Python once more. When the
        # interpreter is taken down under them, the process dies of a segmentation fault.
        os._exit(1)
