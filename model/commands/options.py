"""Options and messages that several commands have in common."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

ModelOption = Annotated[
    Path | None,
    typer.Option(
        "--model", metavar="DIR", help="The model folder. By default the one that is shipped."
    ),
]

JsonOption = Annotated[
    bool,
    typer.Option("--json", help="Print JSON, one object a line, instead of text for people."),
]

EpochsOption = Annotated[
    int | None,
    typer.Option("--epochs", min=1, metavar="N", help="Train N epochs, not the recipe's."),
]

SeedOption = Annotated[
    int, typer.Option("--seed", metavar="N", help="What random numbers are drawn from.")
]


def examples(*lines: str) -> str:
    """Return the end of a command's help, in which each line stays a line."""
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines)])


def print_error(message: str) -> None:
    """Print a message for people on standard error."""
    print(message, file=sys.stderr, flush=True)
