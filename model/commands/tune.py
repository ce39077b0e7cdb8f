"""Search for better settings of a recipe; a search that was stopped goes on where it was.

Judged by 10,000 training images that are held out; the test set is not read. Machines that are
given the same database search together. With --json: an object a trial, then one with the best.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from model.commands import tensorflow_setup
from model.commands.options import EpochsOption, JsonOption, SeedOption, examples
from model.commands.train import check_recipe, complete_recipe
from model.recipes import DEFAULT_RECIPE, RECIPES

if TYPE_CHECKING:
    from optuna import Study
    from optuna.trial import FrozenTrial
    from rich.table import Table

    from model.recipes import Recipe

EXAMPLES = examples(
    "python -m model tune --trials 50",
    "python -m model tune --recipe cnn --storage postgres://…",
)

PLOTS_FOLDER = Path("data") / "tuning"
"""The plots of each study have a folder of their own in this one."""

MAX_TRIALS_SHOWN = 10
"""Trials in the table; a difference that matters shows within these."""


def check_tunable(name: str) -> str:
    """Accept the name of a recipe that trains from the beginning.

    Raises:
        typer.BadParameter: there is no such recipe, or it goes on from a trained model.
    """
    check_recipe(name)
    if RECIPES[name].needs_base:
        raise typer.BadParameter(f"Expected another recipe. {name} goes on from a model.")
    return name


def tune(  # noqa: PLR0913 - one argument an option
    *,
    recipe: Annotated[
        str,
        typer.Option(
            "--recipe",
            metavar="NAME",
            help="The recipe whose settings are varied.",
            callback=check_tunable,
            autocompletion=complete_recipe,
        ),
    ] = DEFAULT_RECIPE,
    trials: Annotated[
        int, typer.Option("--trials", min=1, metavar="N", help="Carry out N more trials.")
    ] = 20,
    epochs: EpochsOption = None,
    seed: SeedOption = 0,
    storage: Annotated[
        str | None,
        typer.Option(
            "--storage",
            metavar="URL",
            help="Keep the trials in sqlite:///FILE or postgres://…. By default in DATABASE_URL "
            "if that is PostgreSQL, otherwise in data/tuning.sqlite3.",
        ),
    ] = None,
    plots: Annotated[
        Path | None,
        typer.Option(
            "--plots",
            metavar="DIR",
            help="Where to draw. By default data/tuning/STUDY; with --json, nowhere.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Search for better settings of a recipe, and go on with a search that was stopped."""
    tensorflow_setup.load()
    import optuna
    from rich.console import Console

    from model.datasets import mnist
    from model.training import training_set
    from model.training.tuning import storage as tuning_storage
    from model.training.tuning import study as tuning

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    console = Console(stderr=True, highlight=False)
    varied = RECIPES[recipe]
    epochs = epochs or varied.epochs
    glyphs = training_set.build(mnist.load(), varied, validation=True)
    objective = tuning.TrainingObjective(glyphs, epochs=epochs, seed=seed)
    space = tuning.search_space(varied)

    def report(trial: FrozenTrial) -> None:
        if as_json:
            _print_object(trial, varied)
        else:
            console.print(_as_text(trial))

    with tuning_storage.open_study(varied, epochs, space, storage or _shared_database()) as study:
        console.print(f"Study {study.study_name}, {len(tuning.finished(study))} trials so far.")
        best = tuning.search(varied, study, objective, trials, report)
        if as_json:
            _print_object(best, varied, event="done", study=study.study_name)
        else:
            Console(highlight=False).print(_table(study, varied))
            plots = plots or PLOTS_FOLDER / study.study_name
        if plots:
            files = tuning.save_plots(study, plots)
            console.print(f"Drawn in {plots}: {', '.join(file.name for file in files)}")


def _shared_database() -> str:
    """Return the address of the bot's database if other machines can reach it, else ""."""
    database = os.environ.get("DATABASE_URL", "")
    return database if database.startswith("postgres") else ""


def _print_object(
    trial: FrozenTrial, recipe: Recipe, event: str = "trial", study: str | None = None
) -> None:
    from model.training.tuning.study import settings

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


def _as_text(trial: FrozenTrial) -> str:
    if trial.value is None:
        return f"trial {trial.number}: {trial.state.name.lower()}"
    given_up = ", given up" if trial.state.name == "PRUNED" else ""
    return f"trial {trial.number}: {trial.value:.2%}{given_up}"


def _table(study: Study, recipe: Recipe) -> Table:
    from rich.table import Table

    from model.training.tuning.study import finished, settings

    table = Table(box=None, header_style="bold", pad_edge=False)
    trials = finished(study)[:MAX_TRIALS_SHOWN]
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
