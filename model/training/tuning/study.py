"""Search for better settings of a recipe, with Optuna.

A tree-structured Parzen estimator proposes settings as factors of the recipe's own. A trial trains
with them, and its value is the accuracy on images that are held out of the training set; the test
set is not read. Trials that are worse than the median of the others at the same epoch are stopped.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import keras
import matplotlib
import optuna
from matplotlib.axes import Axes
from optuna.exceptions import ExperimentalWarning
from optuna.trial import FrozenTrial, TrialState

from model.recipes import Recipe
from model.training.train import TrainingOptions, fit
from model.training.training_set import TrainingSet

RANGES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "learning_rate": (0.25, 4),
        "weight_decay": (0.1, 10),
        "augmentation.elastic": (0.4, 2),
        "augmentation.smoothness": (0.6, 1.6),
        "augmentation.rotation": (0.4, 2),
        "augmentation.scale": (0.4, 2),
        "augmentation.aspect": (0.4, 2),
        "augmentation.shear": (0.4, 2),
        "augmentation.shift": (0.4, 2.5),
        "augmentation.stroke": (0.4, 2),
    }
)
"""How far each setting is varied, as factors. A recipe that does not have one is left without."""

MIN_TRIALS_FOR_IMPORTANCES = 4
"""Finished trials from which the importance of settings is drawn."""

ReportAccuracy = Callable[[int, float], None]
"""Takes an epoch and its validation accuracy; raises if the trial is to be stopped."""

Objective = Callable[[Recipe, ReportAccuracy], float]
"""Trains a recipe and returns its validation accuracy, 0–1."""


@dataclass(frozen=True, slots=True)
class TrainingObjective:
    """An `Objective` that trains in this process.

    Attributes:
        training_set: with images held out, which are all that a trial is measured on.
        epochs: instead of the recipe's.
        seed: the same for every trial, so that trials differ in their settings only.
    """

    training_set: TrainingSet
    epochs: int
    seed: int

    def __call__(self, recipe: Recipe, report: ReportAccuracy) -> float:
        """Train, report each epoch's validation accuracy, and return the last.

        Raises:
            ValueError: no images are held out.
        """
        if self.training_set.held_out is None:
            raise ValueError("Expected a training set with images held out. Received none.")
        keras.backend.clear_session()  # or each trial would keep its network in memory
        options = TrainingOptions(
            epochs=self.epochs,
            seed=self.seed,
            on_epoch=lambda epoch: report(epoch.epoch, epoch.val_accuracy),
        )
        return fit(recipe, self.training_set, options).history[-1].val_accuracy


def search(
    recipe: Recipe,
    study: optuna.Study,
    objective: Objective,
    trials: int,
    on_trial: Callable[[FrozenTrial], None] = lambda trial: None,
) -> FrozenTrial:
    """Try further settings and return the best trial of the study.

    Args:
        recipe: what is varied.
        study: where trials are kept.
        objective: what they are judged by.
        trials: how many more; those of other machines do not count.
        on_trial: called after each.
    """

    space = search_space(recipe)

    def run(trial: optuna.Trial) -> float:
        factors = {name: trial.suggest_float(name, *ends, log=True) for name, ends in space.items()}

        def report(epoch: int, accuracy: float) -> None:
            trial.report(accuracy, epoch)
            if trial.should_prune():
                raise optuna.TrialPruned

        return objective(varied(recipe, factors), report)

    study.optimize(run, trials, callbacks=[lambda _, trial: on_trial(trial)])
    return study.best_trial


def search_space(recipe: Recipe) -> dict[str, tuple[float, float]]:
    """Return the part of `RANGES` that applies to a recipe."""
    return {name: ends for name, ends in RANGES.items() if _setting(recipe, name)}


def varied(recipe: Recipe, factors: Mapping[str, float]) -> Recipe:
    """Return a copy of a recipe with some settings multiplied."""
    for name, factor in factors.items():
        recipe = _multiplied(recipe, name.split("."), factor)
    return recipe


def settings(recipe: Recipe, trial: FrozenTrial) -> dict[str, Any]:
    """Return the values that a trial gave the recipe's settings, by name."""
    changed = varied(recipe, trial.params)
    return {name: _setting(changed, name) for name in trial.params}


def finished(study: optuna.Study) -> list[FrozenTrial]:
    """Return the trials that ran to their end, the best first."""
    done = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    return sorted(done, key=lambda trial: -(trial.value or 0.0))


def save_plots(study: optuna.Study, folder: Path) -> list[Path]:
    """Draw how the search went and, from several different trials, which settings matter.

    Args:
        study: with at least one finished trial.
        folder: made if it does not exist.

    Returns:
        the files.
    """
    matplotlib.use("agg")  # Optuna draws with pyplot, which would open a window
    from matplotlib import pyplot  # noqa: PLC0415
    from optuna.visualization import matplotlib as visualization  # noqa: PLC0415

    plots: dict[str, Callable[[optuna.Study], Axes]] = {
        "history": visualization.plot_optimization_history
    }
    trials = finished(study)
    if len(trials) >= MIN_TRIALS_FOR_IMPORTANCES and trials[0].value != trials[-1].value:
        plots["importance"] = visualization.plot_param_importances
    folder.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExperimentalWarning)
        for name, plot in plots.items():
            plot(study)
            pyplot.savefig(folder / f"{name}.png", bbox_inches="tight")
            pyplot.close()
    return [folder / f"{name}.png" for name in plots]


def _setting(recipe: Any, name: str) -> Any:
    """Return the value of a dotted name, or None if the recipe does not have it."""
    for part in name.split("."):
        recipe = getattr(recipe, part, None)
    return recipe


def _multiplied(recipe: Any, path: list[str], factor: float) -> Any:
    """Return a copy of a dataclass with one field, however deep, multiplied; pairs by both ends."""
    first, *rest = path
    value = getattr(recipe, first)
    if rest:
        value = _multiplied(value, rest, factor)
    elif isinstance(value, tuple):
        value = tuple(end * factor for end in value)
    else:
        value *= factor
    return replace(recipe, **{first: value})
