"""The command line of the recogniser: `python -m model COMMAND --help`.

Exit status: 0 when all was read or done, 1 when something failed, 2 for wrong use. Messages and
progress go to standard error; with `--json`, standard output holds one JSON object a line.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from model import __version__
from model.commands import evaluate, explain, predict, recipes, score, train, tune
from model.commands.options import examples, print_error
from model.errors import InklingError

EXAMPLES = examples(
    "python -m model predict seven.jpg",
    "python -m model predict scans/ --json > readings.jsonl",
    "python -m model train --out my-model",
)


class Commands(TyperGroup):
    """Runs a command, and ends with one sentence where Inkling foresaw what went wrong."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()  # so that a reader who left is noticed here and not at exit
        except InklingError as error:
            print_error(str(error))
            raise typer.Exit(1) from None
        except KeyboardInterrupt:
            print_error("Stopped.")
            sys.stdout.flush()
            if "tensorflow" in sys.modules:
                # Its threads may be in the middle of a step and call Python once more. When the
                # interpreter is taken down under them, the process dies of a segmentation fault.
                os._exit(1)
            raise typer.Exit(1) from None
        return result


def print_version(wanted: bool) -> None:
    """Print the version, and end."""
    if wanted:
        print(f"Inkling {__version__}")
        raise typer.Exit


def start(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=print_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Read handwritten digits in photos, and train and measure the models that do."""
    # Pillow warns of whatever is odd in a file. If it cannot be read, we say so in a sentence.
    warnings.filterwarnings("ignore", module=r"PIL\.")


app = typer.Typer(
    cls=Commands,
    callback=start,
    epilog=EXAMPLES,
    context_settings={"help_option_names": ["-h", "--help"]},
    # Plain text: Rich's panels break JSON and commands over lines, and cost time to import.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command(epilog=predict.EXAMPLES)(predict.predict)
app.command(epilog=score.EXAMPLES)(score.score)
app.command(epilog=explain.EXAMPLES)(explain.explain)
app.command(epilog=train.EXAMPLES)(train.train)
app.command(epilog=recipes.EXAMPLES)(recipes.recipes)
app.command(epilog=evaluate.EXAMPLES)(evaluate.evaluate)
app.command(epilog=tune.EXAMPLES)(tune.tune)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status.

    Args:
        arguments: what follows `python -m model`; None takes it from the process.
    """
    try:
        app(arguments)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
