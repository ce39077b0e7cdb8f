"""The networks, and the precision that they compute in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from model.datasets import mnist
from model.recipes import CNN, MLP, RECIPES, Recipe
from model.training import networks
from model.training.networks import predict


@pytest.mark.parametrize("recipe", [r for r in RECIPES.values() if not r.needs_base])
def test_outputs_are_probabilities(recipe: Recipe) -> None:
    answers = predict(networks.build(recipe), mnist.training_set().glyphs[:3])
    assert answers["digits"].shape == (3, 10)
    np.testing.assert_allclose(answers["digits"].sum(axis=1), 1, rtol=1e-5)
    assert ("is_digit" in answers) == bool(recipe.negatives)
    assert all(0 <= value.min() <= value.max() <= 1 for value in answers.values())


@pytest.mark.parametrize(
    "recipe",
    [
        pytest.param(replace(MLP, hidden=(32,)), id="mlp"),
        pytest.param(
            replace(CNN, filters=((4,), (8,)), hidden=(16,)), id="cnn", marks=pytest.mark.slow
        ),
    ],
)
def test_a_cast_network_answers_the_same_but_for_rounding(recipe: Recipe) -> None:
    glyphs = mnist.training_set().glyphs[:8]
    network = networks.build(replace(recipe, negatives=10))
    low = networks.cast(network, bfloat16=True)
    again = networks.cast(low, bfloat16=False)
    answers, low_answers, answers_again = (predict(some, glyphs) for some in (network, low, again))
    for name, expected in answers.items():
        rounded = low_answers[name]
        assert rounded.dtype == np.float32
        assert 0 < np.abs(rounded - expected).max() < 0.05
        np.testing.assert_array_equal(answers_again[name], expected)


@pytest.mark.parametrize(
    ("flags", "native"),
    [("fma avx2 avx512_bf16 amx_bf16 amx_tile", True), ("fma avx2 avx512_bf16", False)],
)
def test_bfloat16_is_for_processors_with_amx(tmp_path: Path, flags: str, native: bool) -> None:
    if tf.config.list_physical_devices("GPU"):
        pytest.skip("the GPU decides here, whatever the processor can do")
    described = tmp_path / "cpuinfo"
    described.write_text(f"processor\t: 0\nflags\t\t: {flags}\n")
    assert networks.computes_bfloat16(described) is native
    assert not networks.computes_bfloat16(tmp_path / "elsewhere")
