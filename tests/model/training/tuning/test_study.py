"""A search for better settings of a recipe."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import optuna
import pytest
from optuna.trial import FrozenTrial, TrialState

from model.datasets import mnist
from model.recipes import BASELINE, RECIPES, Recipe
from model.training.training_set import Source, TrainingSet
from model.training.tuning import study as tuning
from model.training.tuning.storage import open_study
from model.training.tuning.study import (
    ReportAccuracy,
    TrainingObjective,
    search,
    search_space,
    varied,
)
from tests.model.training.learning_rates import RECIPE, SPACE, prefer_three_thousandths

# Keras causes this warning with NumPy 2.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.fixture
def study(tmp_path: Path) -> Iterator[optuna.Study]:
    with open_study(RECIPE, 3, SPACE, f"sqlite:///{tmp_path / 'new' / 'tuning.sqlite3'}") as opened:
        yield opened


def test_the_recipe_itself_is_tried_first_and_improved(study: optuna.Study) -> None:
    seen: list[FrozenTrial] = []
    best = search(RECIPE, study, prefer_three_thousandths, 8, seen.append)
    assert len(seen) == 8
    assert seen[0].params == {"learning_rate": 1}
    assert best.value is not None
    assert seen[0].value is not None
    assert best.value > seen[0].value
    found = tuning.settings(RECIPE, best)["learning_rate"]
    assert abs(math.log(found / 0.003)) < abs(math.log(0.001 / 0.003))


@pytest.mark.slow
def test_a_hopeless_trial_is_stopped(study: optuna.Study) -> None:
    ended: list[float] = []

    def worse_each_time(recipe: Recipe, report: ReportAccuracy) -> float:
        value = 0.9 - len(study.trials) / 100
        for epoch in (1, 2, 3):
            report(epoch, value)
        ended.append(value)
        return value

    search(RECIPE, study, worse_each_time, 10)
    assert sum(trial.state == TrialState.PRUNED for trial in study.trials) == 5
    assert len(ended) == len(tuning.finished(study)) == 5


def test_every_setting_of_the_search_space_can_be_varied() -> None:
    for recipe in RECIPES.values():
        names = search_space(recipe)
        assert "learning_rate" in names
        assert varied(recipe, dict.fromkeys(names, 1)) == recipe
        for name in names:
            assert varied(recipe, {name: 1.5}) != recipe


@pytest.mark.slow
def test_the_pictures_are_drawn(study: optuna.Study, tmp_path: Path) -> None:
    search(RECIPE, study, prefer_three_thousandths, 1)
    assert [path.name for path in tuning.save_plots(study, tmp_path)] == ["history.png"]
    search(RECIPE, study, prefer_three_thousandths, 5)
    paths = tuning.save_plots(study, tmp_path)
    assert [path.name for path in paths] == ["history.png", "importance.png"]
    assert all(path.stat().st_size > 5_000 for path in paths)


def _training_set(*, held_out: bool) -> TrainingSet:
    known = mnist.training_set()
    return TrainingSet(
        sources={"mnist": Source(known.part(slice(200)), 200)},
        held_out=known.part(slice(-100, None)) if held_out else None,
        synthetic_validation=None,
    )


@pytest.mark.slow
def test_a_trial_is_measured_on_the_images_held_out() -> None:
    reported: list[tuple[int, float]] = []
    objective = TrainingObjective(_training_set(held_out=True), epochs=2, seed=1)
    recipe = replace(BASELINE, hidden=(32,), learning_rate=0.01)
    value = objective(recipe, lambda epoch, accuracy: reported.append((epoch, accuracy)))
    assert [epoch for epoch, _ in reported] == [1, 2]
    assert value == pytest.approx(reported[-1][1], abs=1 / 100)
    assert 0.3 < value < 1
    assert np.isclose(value * 100, round(value * 100))


def test_a_trial_without_images_held_out_is_refused() -> None:
    objective = TrainingObjective(_training_set(held_out=False), epochs=1, seed=1)
    with pytest.raises(ValueError, match="held out"):
        objective(BASELINE, lambda epoch, accuracy: None)
