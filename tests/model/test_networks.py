"""The networks, and the precision that they compute in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from model import mnist, networks
from model.publishing import outputs
from model.recipes import CNN, MLP, RECIPES, Recipe


@pytest.mark.parametrize("recipe", [r for r in RECIPES.values() if not r.needs_start])
def test_outputs_are_probabilities(recipe: Recipe) -> None:
    said = outputs(networks.build(recipe), mnist.training_set().glyphs[:3])
    assert said["digits"].shape == (3, 10)
    np.testing.assert_allclose(said["digits"].sum(axis=1), 1, rtol=1e-5)
    assert ("is_digit" in said) == bool(recipe.others)
    assert all(0 <= value.min() <= value.max() <= 1 for value in said.values())


@pytest.mark.parametrize("recipe", [MLP, CNN], ids=lambda recipe: recipe.name)
def test_a_cast_network_says_the_same_but_for_rounding(recipe: Recipe) -> None:
    glyphs = mnist.training_set().glyphs[:8]
    network = networks.build(replace(recipe, others=10))
    low = networks.cast(network, bfloat16=True)
    again = networks.cast(low, bfloat16=False)
    said, said_low, said_again = (outputs(some, glyphs) for some in (network, low, again))
    for name, expected in said.items():
        rounded = said_low[name]
        assert rounded.dtype == np.float32
        assert 0 < np.abs(rounded - expected).max() < 0.05
        np.testing.assert_array_equal(said_again[name], expected)
