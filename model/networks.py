"""The networks, in Keras. Each takes (n, 28, 28) float32 pixels, 0 paper … 1 ink.

Outputs, by name: `digits`, (n, 10), probabilities that sum to 1; and, where a recipe learns to
refuse, `is_digit`, (n, 1), the probability that the glyph is a digit at all.
"""

from __future__ import annotations

import keras
from keras import layers

from model.recipes import Recipe


def build(recipe: Recipe) -> keras.Model:
    """Return the recipe's network, freshly initialised."""
    pixels = keras.Input((28, 28), name="pixels")
    hidden = pixels
    if recipe.filters:
        hidden = layers.Reshape((28, 28, 1))(hidden)
    for filters in recipe.filters:
        hidden = layers.Conv2D(filters, 3, padding="same", use_bias=not recipe.normalised)(hidden)
        hidden = _activated(hidden, recipe)
        hidden = layers.MaxPooling2D()(hidden)  # (n, side / 2, side / 2, filters)
    hidden = layers.Flatten()(hidden)  # (n, 784) where there are no convolutions
    for width in recipe.hidden:
        hidden = layers.Dense(width, use_bias=not recipe.normalised)(hidden)  # (n, width)
        hidden = _activated(hidden, recipe)
    outputs = {"digits": layers.Dense(10, activation="softmax", name="digits")(hidden)}
    if recipe.others:
        outputs["is_digit"] = layers.Dense(1, activation="sigmoid", name="is_digit")(hidden)
    return keras.Model(pixels, outputs, name=recipe.name.replace("-", "_"))


def _activated(hidden: keras.KerasTensor, recipe: Recipe) -> keras.KerasTensor:
    if recipe.normalised:
        hidden = layers.BatchNormalization()(hidden)
    return layers.ReLU()(hidden)
