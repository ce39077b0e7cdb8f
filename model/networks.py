"""The networks, in Keras. Each takes (n, 28, 28) float32 pixels, 0 paper … 1 ink.

Outputs, by name: `digits`, (n, 10), probabilities that sum to 1.
"""

from __future__ import annotations

import keras

from model.recipes import Recipe


def build(recipe: Recipe) -> keras.Model:
    """Return the recipe's network, freshly initialised and compiled."""
    pixels = keras.Input((28, 28), name="pixels")
    hidden = keras.layers.Flatten()(pixels)  # (n, 784)
    for width in recipe.hidden:
        hidden = keras.layers.Dense(width, activation="relu")(hidden)  # (n, width)
    digits = keras.layers.Dense(10, activation="softmax", name="digits")(hidden)  # (n, 10)
    return keras.Model(pixels, {"digits": digits}, name=recipe.name.replace("-", "_"))
