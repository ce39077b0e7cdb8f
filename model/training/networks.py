"""The networks, in Keras. Each takes (n, 28, 28) float32 pixels, 0 paper … 1 ink.

Outputs, by name: `digits`, (n, 10), probabilities that sum to 1; and, where a recipe learns to
refuse, `is_digit`, (n, 1), the probability that the glyph is a digit at all.
"""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from numpy.typing import NDArray

from model.recipes import Recipe
from model.training import moment_normalization

CPUINFO = Path("/proc/cpuinfo")
"""Where Linux says what its processors can do. Other systems run on none that have AMX."""


def build(recipe: Recipe) -> keras.Model:
    """Return the recipe's network, freshly initialised."""
    pixels = keras.Input((28, 28), name="pixels")
    hidden = moment_normalization.normalised(pixels) if recipe.moments_normalised else pixels
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
    outputs = {"digits": layers.Dense(10, activation="softmax", name="digits")(hidden)}
    if recipe.others:
        outputs["is_digit"] = layers.Dense(1, activation="sigmoid", name="is_digit")(hidden)
    return keras.Model(pixels, outputs, name=recipe.name.replace("-", "_"))


def computes_bfloat16(cpuinfo: Path = CPUINFO) -> bool:
    """Whether this machine is built to multiply in bfloat16, and so is faster in it.

    GPUs of compute capability 8.0 and above are, and processors with AMX. On others convolutions
    may take ten times as long as in float32 (`python -m tests.bench kernels`).
    """
    gpus = tf.config.list_physical_devices("GPU")
    if gpus:
        details = tf.config.experimental.get_device_details(gpus[0])
        return bool(details.get("compute_capability", (0, 0)) >= (8, 0))
    return cpuinfo.exists() and "amx_bf16" in cpuinfo.read_text()


def cast(network: keras.Model, *, bfloat16: bool) -> keras.Model:
    """Return a copy that computes its products in another precision.

    Args:
        network: with outputs by name.
        bfloat16: products in bfloat16, summed in float32; otherwise all in float32. Weights and
            outputs are float32 in any case.
    """

    def copied(layer: keras.Operation) -> keras.Operation:
        config = layer.get_config()
        if isinstance(layer, keras.Layer):  # not what it computes without weights, by `keras.ops`
            hidden = layer.name not in network.output_names
            config["dtype"] = "mixed_bfloat16" if bfloat16 and hidden else "float32"
        return type(layer).from_config(config)

    copy = keras.models.clone_model(network, clone_function=copied)
    copy.set_weights(network.get_weights())
    return copy


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


def outputs(network: keras.Model, glyphs: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
    """What the network says, by output name, each (n, …)."""
    answers: dict[str, NDArray[np.float32]] = network.predict(
        glyphs.astype(np.float32) / 255, batch_size=1000, verbose=0
    )
    return answers
