from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from model.datasets import mnist
from model.recipes import RECIPES
from model.training.training_set import Source, TrainingSet
from model.training.trials import TrainingScore

# Keras says so of numpy 2, and so to us.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def _corpus(*, held_out: bool) -> TrainingSet:
    known = mnist.training_set()
    return TrainingSet(
        parts={"mnist": Source(known.part(slice(1000)), 1000)},
        held_out=known.part(slice(-300, None)) if held_out else None,
        other_hands=None,
    )


def test_a_trial_is_measured_on_the_images_held_out() -> None:
    reported: list[tuple[int, float]] = []
    score = TrainingScore(_corpus(held_out=True), epochs=2, seed=1)
    recipe = replace(RECIPES["baseline"], hidden=(32,))
    value = score(recipe, lambda epoch, accuracy: reported.append((epoch, accuracy)))
    assert [epoch for epoch, _ in reported] == [1, 2]
    assert value == pytest.approx(reported[-1][1], abs=1 / 300)
    assert 0.5 < value < 1
    assert np.isclose(value * 300, round(value * 300))


def test_a_trial_without_images_held_out_is_refused() -> None:
    score = TrainingScore(_corpus(held_out=False), epochs=1, seed=1)
    with pytest.raises(ValueError, match="held out"):
        score(RECIPES["baseline"], lambda epoch, accuracy: None)
