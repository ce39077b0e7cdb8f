"""Search for better settings of a recipe; a search that was stopped goes on where it was.

Judged by 10,000 training images that are held out; the test set is not read. Machines that are
given the same database search together. With --json: an object a trial, then one with the best.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from model.commands import tensorflow_setup
from model.recipes import DEFAULT_RECIPE, RECIPES

if TYPE_CHECKING:
    from optuna import Study
    from optuna.trial import FrozenTrial

    from model.recipes import Recipe

SUMMARY = "search for better settings of a recipe"

PLOTS = Path("data") / "tuning"
SHOWN = 10
"""Trials in the table; a difference that matters shows within these."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument(
        "--recipe",
        choices=[name for name, recipe in RECIPES.items() if not recipe.needs_base],
        default=DEFAULT_RECIPE,
        help="default: %(default)s",
    )
    parser.add_argument(
        "--trials", type=int, default=20, metavar="N", help="how many more (default: %(default)s)"
    )
    parser.add_argument("--epochs", type=int, metavar="N", help="of each trial, for the recipe's")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of the training")
    parser.add_argument(
        "--storage",
        metavar="URL",
        help="sqlite:///FILE or postgres://… (default: DATABASE_URL if that is PostgreSQL, "
        "else data/tuning.sqlite3)",
    )
    parser.add_argument(
        "--plots", type=Path, metavar="DIR", help="default: data/tuning/STUDY; with --json: none"
    )
    parser.add_argument("--json", action="store_true", help="JSON objects on standard output")


def run(args: argparse.Namespace) -> int:
    """Search, then say and draw what was found."""
    tensorflow_setup.load()
    import optuna  # noqa: PLC0415

    from model.datasets import mnist  # noqa: PLC0415
    from model.training import training_set, tuning, tuning_storage  # noqa: PLC0415

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    console = Console(stderr=True, highlight=False)
    recipe = RECIPES[args.recipe]
    epochs = args.epochs or recipe.epochs
    database = os.environ.get("DATABASE_URL", "")
    address = args.storage or (database if database.startswith("postgres") else "")
    objective = tuning.TrainingObjective(
        training_set.build(mnist.load(), recipe, validation=True), epochs=epochs, seed=args.seed
    )
    space = tuning.search_space(recipe)
    with tuning_storage.open_study(recipe, epochs, space, address) as study:
        console.print(f"Study {study.study_name}, {len(tuning.finished(study))} trials so far.")
        say = _say if args.json else lambda trial, _: console.print(_line(trial))
        best = tuning.search(
            recipe, study, objective, args.trials, lambda trial: say(trial, recipe)
        )
        if args.json:
            _say(best, recipe, event="done", study=study.study_name)
        else:
            Console(highlight=False).print(_table(study, recipe))
        if folder := args.plots or (None if args.json else PLOTS / study.study_name):
            files = tuning.save_plots(study, folder)
            console.print(f"Drawn in {folder}: {', '.join(file.name for file in files)}")
    return 0


def _say(
    trial: FrozenTrial, recipe: Recipe, event: str = "trial", study: str | None = None
) -> None:
    from model.training.tuning import settings  # noqa: PLC0415

    line = {
        "event": event,
        **({"study": study} if study else {}),
        "trial": trial.number,
        "accuracy": trial.value,
        "pruned": trial.state.name == "PRUNED",
        "settings": settings(recipe, trial),
        "seconds": trial.duration.total_seconds() if trial.duration else None,
    }
    print(json.dumps(line), flush=True)


def _line(trial: FrozenTrial) -> str:
    if trial.value is None:
        return f"trial {trial.number}: {trial.state.name.lower()}"
    given_up = ", given up" if trial.state.name == "PRUNED" else ""
    return f"trial {trial.number}: {trial.value:.2%}{given_up}"


def _table(study: Study, recipe: Recipe) -> Table:
    from model.training.tuning import finished, settings  # noqa: PLC0415

    table = Table(box=None, header_style="bold", pad_edge=False)
    trials = finished(study)[:SHOWN]
    names = sorted({name for trial in trials for name in trial.params})
    for heading in ("trial", "accuracy", *names):
        table.add_column(heading, justify="right")
    for trial in trials:
        changed = settings(recipe, trial)
        cells = [_short(changed.get(name)) for name in names]
        table.add_row(str(trial.number), f"{trial.value:.2%}", *cells)
    return table


def _short(value: Any) -> str:
    if isinstance(value, tuple):
        return "–".join(f"{end:.3g}" for end in value)
    return "" if value is None else f"{value:.3g}"
