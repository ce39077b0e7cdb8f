"""The networks, and the precision that they compute in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from model import mnist, networks
from model.recipes import CNN, MLP, RECIPES, Recipe


@pytest.mark.parametrize("recipe", [r for r in RECIPES.values() if not r.needs_start])
def test_outputs_are_probabilities(recipe: Recipe) -> None:
    pixels = np.divide(mnist.training_set().glyphs[:3], 255, dtype=np.float32)
    said = networks.build(recipe).predict(pixels, verbose=0)
    assert said["digits"].shape == (3, 10)
    np.testing.assert_allclose(said["digits"].sum(axis=1), 1, rtol=1e-5)
    assert ("is_digit" in said) == bool(recipe.others)
    assert all(0 <= value.min() <= value.max() <= 1 for value in said.values())


@pytest.mark.parametrize("recipe", [MLP, CNN], ids=lambda recipe: recipe.name)
def test_a_cast_network_says_the_same_but_for_rounding(recipe: Recipe) -> None:
    pixels = np.divide(mnist.training_set().glyphs[:8], 255, dtype=np.float32)
    network = networks.build(replace(recipe, others=10))
    low = networks.cast(network, bfloat16=True)
    again = networks.cast(low, bfloat16=False)
    for name, expected in network.predict(pixels, verbose=0).items():
        rounded = low.predict(pixels, verbose=0)[name]
        assert rounded.dtype == np.float32
        assert 0 < np.abs(rounded - expected).max() < 0.05
        np.testing.assert_array_equal(again.predict(pixels, verbose=0)[name], expected)
