"""The networks, in Keras. Each takes (n, 28, 28) float32 pixels, 0 paper … 1 ink.

Outputs, by name: `digits`, (n, 10), probabilities that sum to 1; and, where a recipe learns to
refuse, `is_digit`, (n, 1), the probability that the glyph is a digit at all.
"""

from __future__ import annotations

import keras
from keras import layers

from model import moments
from model.recipes import Recipe


def build(recipe: Recipe, *, bfloat16: bool = False) -> keras.Model:
    """Return the recipe's network, freshly initialised.

    Args:
        recipe: names its layers.
        bfloat16: compute products in bfloat16. Weights and outputs are float32 all the same.
    """
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16" if bfloat16 else "float32")
    try:
        return _build(recipe)
    finally:
        keras.config.set_dtype_policy(policy)


def _build(recipe: Recipe) -> keras.Model:
    pixels = keras.Input((28, 28), name="pixels")
    hidden = moments.normalised(pixels) if recipe.moments_normalised else pixels
    if recipe.filters:
        hidden = layers.Reshape((28, 28, 1))(hidden)
    for stage, filters in enumerate(recipe.filters):
        hidden = _convolved(
            hidden, filters, size=3 if stage else 5, normalised=recipe.batch_normalised
        )
    hidden = layers.Flatten()(hidden)  # (n, 784) where there are no convolutions
    for width in recipe.hidden:
        hidden = layers.Dense(width, use_bias=not recipe.batch_normalised)(hidden)  # (n, width)
        hidden = _activated(hidden, normalised=recipe.batch_normalised)
    digits = layers.Dense(10, activation="softmax", name="digits", dtype="float32")
    outputs = {"digits": digits(hidden)}
    if recipe.others:
        is_digit = layers.Dense(1, activation="sigmoid", name="is_digit", dtype="float32")
        outputs["is_digit"] = is_digit(hidden)
    return keras.Model(pixels, outputs, name=recipe.name.replace("-", "_"))


def _convolved(
    hidden: keras.KerasTensor, filters: tuple[int, ...], *, size: int, normalised: bool
) -> keras.KerasTensor:
    """Some convolutions, then half the side: (n, side / 2, side / 2, filters)."""
    *inner, last = filters
    for count in inner:
        hidden = layers.Conv2D(count, size, padding="same", activation="relu")(hidden)
    hidden = layers.Conv2D(last, size, padding="same")(hidden)
    # Normalised where it is small: on a CPU, normalising takes as long as the convolutions.
    return _activated(layers.MaxPooling2D()(hidden), normalised=normalised)


def _activated(hidden: keras.KerasTensor, *, normalised: bool) -> keras.KerasTensor:
    if normalised:
        hidden = layers.BatchNormalization()(hidden)
    return layers.ReLU()(hidden)
