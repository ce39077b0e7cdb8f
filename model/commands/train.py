"""Train a recipe on MNIST and write a model folder."""

from __future__ import annotations

import json
import logging
import re
import shlex
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from model.commands import tensorflow_setup
from model.commands.options import EpochsOption, JsonOption, SeedOption, examples
from model.recipes import DEFAULT_RECIPE, FINE_TUNE, RECIPES, Recipe

if TYPE_CHECKING:
    from model.artifact import ModelFolder
    from model.recipes import Epoch

PHASE_SECONDS = 1.0
"""Between two lines about the same phase: steps take milliseconds."""

EXAMPLES = examples(
    "python -m model train --out my-model",
    "python -m model train --recipe cnn --seed 1 --out my-cnn",
    "python -m model train --from my-model --corrections corrections.npz --out better",
    "python -m model train --recipe fine-tune --prepare",
)


def complete_recipe(incomplete: str) -> list[str]:
    """List the recipes whose names begin so, for a shell."""
    return [name for name in RECIPES if name.startswith(incomplete)]


def check_recipe(name: str | None) -> str | None:
    """Accept the name of a recipe, or none.

    Raises:
        typer.BadParameter: there is no such recipe.
    """
    if name is not None and name not in RECIPES:
        raise typer.BadParameter(f"Expected one of {', '.join(RECIPES)}. Received {name}.")
    return name


def train(  # noqa: PLR0913 - one argument an option
    *,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="The folder to write.")
    ] = None,
    recipe: Annotated[
        str | None,
        typer.Option(
            "--recipe",
            metavar="NAME",
            help=f"One of {', '.join(RECIPES)}. By default {DEFAULT_RECIPE}; "
            f"with --from, {FINE_TUNE.name}.",
            callback=check_recipe,
            autocompletion=complete_recipe,
        ),
    ] = None,
    start: Annotated[
        Path | None,
        typer.Option("--from", metavar="DIR", help="Go on training this model."),
    ] = None,
    teacher: Annotated[
        Path | None,
        typer.Option(
            "--teacher",
            metavar="DIR",
            help="Learn from this model, if the recipe has a teacher. By default one is trained.",
        ),
    ] = None,
    epochs: EpochsOption = None,
    seed: SeedOption = 0,
    corrections: Annotated[
        Path | None,
        typer.Option(
            "--corrections",
            metavar="FILE.npz",
            help="Further examples: glyphs (n, 28, 28) uint8, labels (n,), -1 for not a digit.",
        ),
    ] = None,
    validation: Annotated[
        bool,
        typer.Option(
            "--validation",
            help="Hold out 10,000 training images: to choose settings, not to ship the model.",
        ),
    ] = False,
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Allow DIR to exist; it is swapped when all is done."),
    ] = False,
    prepare: Annotated[
        bool,
        typer.Option(
            "--prepare",
            help="Only fetch and make what the recipe learns from, so that it is there later.",
        ),
    ] = False,
    phases: Annotated[
        bool,
        typer.Option("--phases", help="With --json: say between the epochs what is done now."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Train a model on MNIST, and measure it."""
    on_phase = _PhaseLines() if as_json and phases else _say_nothing
    if prepare:
        _configure_process()
        _prepare(RECIPES[recipe or DEFAULT_RECIPE], on_phase, as_json=as_json)
        return
    if out is None:
        raise typer.BadParameter("Expected --out DIR, the folder to write.")
    if out.exists() and not replace:
        raise typer.BadParameter(f"Expected --out to be a new folder. {out} exists.")
    chosen = _choose_recipe(recipe, start, teacher)
    _configure_process()
    # Wrong input is reported before TensorFlow takes its seconds.
    from model.datasets import mnist
    from model.training import training_set

    base, instructor = _open(start), _open(teacher)
    _check_held_out(instructor, validation)
    corrected = training_set.read_corrections(corrections) if corrections else None
    data = mnist.load(lambda done, of: on_phase("data", done, of))
    test = data.test
    # In a list, from which training takes it, so that it can be freed before the export.
    learned_from = [
        training_set.build(
            data,
            chosen,
            corrected,
            validation=validation,
            on_progress=lambda done, of: on_phase("handwriting", done, of),
        )
    ]
    del data
    words = ["--epochs", str(epochs)] if epochs else []
    words += ["--corrections", "FILE.npz"] if corrections else []
    words += ["--validation"] if validation else []
    words += ["--seed", str(seed)]

    on_phase("tensorflow", 0, 0)
    tensorflow_setup.load(convolutions=_has_convolutions(chosen, base))
    from model.training.train import TrainingOptions
    from model.training.train import train as train_recipe

    with _json_lines() if as_json else _progress_bar() as on_epoch:
        folder = train_recipe(
            chosen,
            learned_from.pop(),
            test,
            out,
            TrainingOptions(
                epochs=epochs,
                seed=seed,
                base=base,
                teacher=instructor,
                replace=replace,
                command=commands_to_repeat(chosen.name, base, instructor, words),
                on_epoch=on_epoch,
                on_phase=on_phase,
            ),
        )
    _print_result(folder, out, as_json)


def _has_convolutions(recipe: Recipe, base: ModelFolder | None) -> bool:
    """Tell whether a network to be trained has any: its own, its teacher's or its base's."""
    names = (recipe.name, recipe.teacher, base.manifest.recipe if base else "")
    return any(RECIPES[name].filters for name in names if name in RECIPES)


def _prepare(recipe: Recipe, on_phase: Callable[[str, int, int], None], *, as_json: bool) -> None:
    """Fill the cache with what a recipe learns from; TensorFlow is not needed for it."""
    from model.datasets import mnist
    from model.training import training_set

    training_set.build(
        mnist.load(lambda done, of: on_phase("data", done, of)),
        recipe,
        on_progress=lambda done, of: on_phase("handwriting", done, of),
    )
    if as_json:
        print(json.dumps({"event": "done"}), flush=True)


class _PhaseLines:
    """Prints what is done now as lines of JSON, at most one a second for each phase."""

    def __init__(self) -> None:
        self._phase = ""
        self._printed = 0.0

    def __call__(self, phase: str, done: int, of: int) -> None:
        now = time.monotonic()
        if phase == self._phase and now - self._printed < PHASE_SECONDS:
            return
        self._phase, self._printed = phase, now
        print(json.dumps({"event": "phase", "phase": phase, "done": done, "of": of}), flush=True)


def _say_nothing(phase: str, done: int, of: int) -> None:
    """Leave phases to the bar of the epochs."""


def _choose_recipe(name: str | None, start: Path | None, teacher: Path | None) -> Recipe:
    recipe = RECIPES[name or (FINE_TUNE.name if start else DEFAULT_RECIPE)]
    if recipe.needs_base and not start:
        raise typer.BadParameter(f"Expected --from DIR: {recipe.name} goes on from a model.")
    if teacher and not recipe.teacher:
        raise typer.BadParameter(f"Expected no --teacher: {recipe.name} learns from labels.")
    return recipe


def _configure_process() -> None:
    """Print what the library waits for, and end on SIGTERM as on Ctrl-C, clearing up."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    logging.getLogger("model").setLevel(logging.INFO)
    signal.signal(signal.SIGTERM, _interrupt)


def _interrupt(signum: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _open(path: Path | None) -> ModelFolder | None:
    from model.artifact import ModelFolder

    return ModelFolder.open(path) if path else None


def _check_held_out(teacher: ModelFolder | None, validation: bool) -> None:
    if teacher and validation and not teacher.manifest.held_out:
        raise typer.BadParameter(
            "Expected a --teacher that was trained with --validation too, or it has seen the "
            f"images that are held out. Received version {teacher.manifest.version}."
        )


@contextmanager
def _json_lines() -> Iterator[Callable[[Epoch], None]]:
    yield lambda epoch: print(json.dumps({"event": "epoch"} | asdict(epoch)), flush=True)


@contextmanager
def _progress_bar() -> Iterator[Callable[[Epoch], None]]:
    """Show a bar on a terminal, on standard error; print a line an epoch to a file or a pipe."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

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
            figures = (
                f"loss {epoch.loss:.4f}, accuracy {epoch.accuracy:.2%}, "
                f"validation {epoch.val_accuracy:.2%}"
            )
            progress.update(task, total=epoch.epochs, completed=epoch.epoch, description=figures)
            if not console.is_terminal:
                console.print(f"epoch {epoch.epoch}/{epoch.epochs}: {figures}")

        yield show


def _print_result(folder: ModelFolder, out: Path, as_json: bool) -> None:
    manifest = folder.manifest
    if as_json:
        done = {
            "event": "done",
            "model": str(out),
            "test_accuracy": manifest.test_accuracy,
            "test_loss": manifest.test_loss,
            "version": manifest.version,
        }
        print(json.dumps(done), flush=True)
    else:
        right, loss = manifest.test_accuracy, manifest.test_loss
        print(f"{out}: {right:.2%} of the test images right, loss {loss:.4f}.", flush=True)


def commands_to_repeat(
    recipe: str, base: ModelFolder | None, teacher: ModelFolder | None, options: list[str]
) -> str:
    """Return what to type to make a model again: a line for each model that led to it.

    Args:
        recipe: its recipe's name.
        base: the model that training went on from.
        teacher: the model that it learnt from.
        options: the options that were given, but for the folders.
    """
    lines: list[str] = []
    words = ["python", "-m", "model", "train", "--recipe", recipe]
    for option, origin in (("--from", base), ("--teacher", teacher)):
        if origin:
            lines += _renumber(origin.manifest.command, len(lines))
            words += [option, f"DIR{len(lines)}"]
    words += [*options, "--out", f"DIR{len(lines) + 1}"]
    return "\n".join([*lines, shlex.join(words)])


def _renumber(command: str, lines_before: int) -> list[str]:
    """Return a command's lines, which count their folders from 1, to come after other lines."""
    return [
        re.sub(r"DIR(\d+)", lambda match: f"DIR{lines_before + int(match[1])}", line)
        for line in command.splitlines()
    ]
