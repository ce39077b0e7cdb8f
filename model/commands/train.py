"""Train a recipe on MNIST and write a model folder."""

from __future__ import annotations

import argparse
import json
import logging
import re
import shlex
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from model.commands import tensorflow_setup
from model.recipes import DEFAULT_RECIPE, FINE_TUNE, RECIPES

if TYPE_CHECKING:
    from model.artifact import ModelFolder
    from model.recipes import Epoch

SUMMARY = "train a model"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument(
        "--recipe",
        choices=RECIPES,
        help=f"what to train, and how (default: {DEFAULT_RECIPE}, with --from {FINE_TUNE.name})",
    )
    parser.add_argument(
        "--from", dest="start", type=Path, metavar="DIR", help="go on from this model folder"
    )
    parser.add_argument(
        "--teacher",
        type=Path,
        metavar="DIR",
        help="learn from this model, where the recipe has a teacher (default: train one first)",
    )
    parser.add_argument("--epochs", type=_positive, metavar="N", help="instead of the recipe's")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="default: %(default)s")
    parser.add_argument(
        "--corrections",
        type=Path,
        metavar="FILE.npz",
        help="further examples: glyphs (n, 28, 28) uint8, labels (n,) with -1 for no digit",
    )
    parser.add_argument(
        "--validation",
        action="store_true",
        help="hold out 10,000 training images: to choose settings, not to ship",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where to write")
    parser.add_argument(
        "--replace", action="store_true", help="allow DIR to exist; it is swapped at the end"
    )
    parser.add_argument("--json", action="store_true", help="progress as JSON lines")


def run(args: argparse.Namespace) -> int:
    """Train, report each epoch, and close with the test accuracy."""
    if args.out.exists() and not args.replace:
        print(f"Expected --out to be a new folder. {args.out} exists.", file=sys.stderr)
        return 2
    recipe = RECIPES[args.recipe or (FINE_TUNE.name if args.start else DEFAULT_RECIPE)]
    if recipe.needs_base and not args.start:
        print(f"Expected --from DIR: {recipe.name} goes on from a trained model.", file=sys.stderr)
        return 2
    if args.teacher and not recipe.teacher:
        print(f"Expected no --teacher: {recipe.name} learns from labels.", file=sys.stderr)
        return 2
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    logging.getLogger("model").setLevel(logging.INFO)  # it says what we are waiting for
    signal.signal(signal.SIGTERM, _stop)
    # What can be wrong with the input is said before TensorFlow takes its seconds.
    from model import artifact  # noqa: PLC0415
    from model.datasets import mnist  # noqa: PLC0415
    from model.training import training_set  # noqa: PLC0415

    base = artifact.ModelFolder.open(args.start) if args.start else None
    teacher = artifact.ModelFolder.open(args.teacher) if args.teacher else None
    if teacher and args.validation and not teacher.manifest.held_out:
        print(
            "Expected a --teacher that was trained with --validation too, or it has seen the "
            f"images that are held out. Received version {teacher.manifest.version}.",
            file=sys.stderr,
        )
        return 2
    corrections = training_set.read_corrections(args.corrections) if args.corrections else None
    data = mnist.load()
    examples = training_set.build(data, recipe, corrections, validation=args.validation)

    tensorflow_setup.load()
    from model.training.train import TrainingOptions, train  # noqa: PLC0415

    with _json_lines() if args.json else _progress_bar() as on_epoch:
        model = train(
            recipe,
            examples,
            data.test,
            args.out,
            TrainingOptions(
                epochs=args.epochs,
                seed=args.seed,
                base=base,
                teacher=teacher,
                replace=args.replace,
                command=command(args, recipe.name, base, teacher),
                on_epoch=on_epoch,
            ),
        )
    accuracy, loss = model.manifest.test_accuracy, model.manifest.test_loss
    if args.json:
        done = {"event": "done", "model": str(args.out), "test_accuracy": accuracy}
        print(json.dumps(done | {"test_loss": loss, "version": model.manifest.version}), flush=True)
    else:
        print(f"{args.out}: {accuracy:.2%} of the test images right, loss {loss:.4f}.")
    return 0


@contextmanager
def _json_lines() -> Iterator[Callable[[Epoch], None]]:
    yield lambda epoch: print(json.dumps({"event": "epoch"} | asdict(epoch)), flush=True)


@contextmanager
def _progress_bar() -> Iterator[Callable[[Epoch], None]]:
    """A bar on a terminal, on standard error; a line an epoch where that is a file or a pipe."""
    console = Console(stderr=True, highlight=False)
    columns = (
        TextColumn("epoch {task.completed:.0f}/{task.total:.0f}"),
        BarColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("starting", total=None)

        def show(epoch: Epoch) -> None:
            said = (
                f"loss {epoch.loss:.4f}, accuracy {epoch.accuracy:.2%}, "
                f"validation {epoch.val_accuracy:.2%}"
            )
            progress.update(task, total=epoch.epochs, completed=epoch.epoch, description=said)
            if not console.is_terminal:
                console.print(f"epoch {epoch.epoch}/{epoch.epochs}: {said}")

        yield show


def command(
    args: argparse.Namespace, recipe: str, start: ModelFolder | None, teacher: ModelFolder | None
) -> str:
    """What to type to make this model again: a line for each model that led to it."""
    lines: list[str] = []
    words = ["python", "-m", "model", "train", "--recipe", recipe]
    for option, origin in (("--from", start), ("--teacher", teacher)):
        if origin:
            lines += _renumbered(origin.manifest.command, len(lines))
            words += [option, f"DIR{len(lines)}"]
    words += ["--epochs", str(args.epochs)] if args.epochs else []
    words += ["--corrections", "FILE.npz"] if args.corrections else []
    words += ["--validation"] if args.validation else []
    words += ["--seed", str(args.seed), "--out", f"DIR{len(lines) + 1}"]
    return "\n".join([*lines, shlex.join(words)])


def _renumbered(command: str, first: int) -> list[str]:
    """A command's lines, which count their folders from 1, after so many others."""
    return [
        re.sub(r"DIR(\d+)", lambda match: f"DIR{first + int(match[1])}", line)
        for line in command.splitlines()
    ]


def _stop(signum: int, frame: FrameType | None) -> None:
    """End on SIGTERM as on Ctrl-C, so that what was begun is cleared away."""
    raise KeyboardInterrupt


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected 1 or more, received {text}")
    return number
