"""The networks, in Keras. Each takes (n, 28, 28) float32 pixels, 0 paper … 1 ink.

Outputs, by name: `digits`, (n, 10), probabilities that sum to 1; and, if a recipe learns to refuse,
`is_digit`, (n, 1), the probability that the glyph is a digit at all.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from numpy.typing import NDArray

from model.recipes import Recipe
from model.training.moment_normalization import normalize_moments

PREDICTION_BATCH_SIZE = 1_000
"""Glyphs that a network reads at once: more are no faster and take more memory."""

CPUINFO = Path("/proc/cpuinfo")
"""Where Linux lists what its processors can do. Other systems do not run on any with AMX."""


def build(recipe: Recipe) -> keras.Model:
    """Return the recipe's network with fresh weights."""
    pixels = keras.Input((28, 28), name="pixels")
    hidden = normalize_moments(pixels) if recipe.moment_normalization else pixels
    if recipe.filters:
        hidden = layers.Reshape((28, 28, 1))(hidden)
    for stage, filters in enumerate(recipe.filters):
        hidden = _convolutions(
            hidden, filters, size=3 if stage else 5, normalize=recipe.batch_normalization
        )
    hidden = layers.Flatten()(hidden)  # (n, 784) if there are no convolutions
    for width in recipe.hidden:
        hidden = layers.Dense(width, use_bias=not recipe.batch_normalization)(hidden)  # (n, width)
        hidden = _activation(hidden, normalize=recipe.batch_normalization)
    outputs = {"digits": layers.Dense(10, activation="softmax", name="digits")(hidden)}
    if recipe.negatives:
        outputs["is_digit"] = layers.Dense(1, activation="sigmoid", name="is_digit")(hidden)
    return keras.Model(pixels, outputs, name=recipe.name.replace("-", "_"))


def predict(network: keras.Model, glyphs: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
    """Return what a network says of glyphs.

    Args:
        network: with outputs by name.
        glyphs: (n, 28, 28), uint8, 0 paper … 255 ink, at least one.

    Returns:
        by output, each (n, …).
    """
    batches = [
        network.predict_on_batch(
            np.divide(glyphs[start : start + PREDICTION_BATCH_SIZE], 255, dtype=np.float32)
        )
        for start in range(0, len(glyphs), PREDICTION_BATCH_SIZE)
    ]
    return {name: np.concatenate([batch[name] for batch in batches]) for name in batches[0]}


def version(network: keras.Model) -> str:
    """Return a short name for the weights, the same wherever they are stored."""
    digest = hashlib.sha256()
    for weight in network.get_weights():
        digest.update(np.ascontiguousarray(weight).tobytes())
    return digest.hexdigest()[:10]


def computes_bfloat16(cpuinfo: Path = CPUINFO) -> bool:
    """Find out whether this machine is built to multiply in bfloat16, and so is faster in it.

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
            outputs are always float32.
    """

    def copy_layer(layer: keras.Operation) -> keras.Operation:
        config = layer.get_config()
        if isinstance(layer, keras.Layer):  # operations of `keras.ops` have no dtype of their own
            hidden = layer.name not in network.output_names
            config["dtype"] = "mixed_bfloat16" if bfloat16 and hidden else "float32"
        return type(layer).from_config(config)

    copy = keras.models.clone_model(network, clone_function=copy_layer)
    copy.set_weights(network.get_weights())
    return copy


def average(network: keras.Model, other: keras.Model, share: float) -> None:
    """Move the weights of a network towards those of another one, with the same layers.

    Args:
        network: is changed.
        other: is read.
        share: of the other's weights in the mean, 0–1.
    """
    pairs = zip(network.get_weights(), other.get_weights(), strict=True)
    network.set_weights([(1 - share) * mine + share * its for mine, its in pairs])


def _convolutions(
    hidden: keras.KerasTensor, filters: tuple[int, ...], *, size: int, normalize: bool
) -> keras.KerasTensor:
    """Add one stage of convolutions, which halves the side: (n, side / 2, side / 2, filters)."""
    *inner, last = filters
    for count in inner:
        hidden = layers.Conv2D(count, size, padding="same", activation="relu")(hidden)
    hidden = layers.Conv2D(last, size, padding="same")(hidden)
    # Normalised after pooling: on a CPU, normalising the large image takes as long as the
    # convolutions.
    return _activation(layers.MaxPooling2D()(hidden), normalize=normalize)


def _activation(hidden: keras.KerasTensor, *, normalize: bool) -> keras.KerasTensor:
    if normalize:
        hidden = layers.BatchNormalization()(hidden)
    return layers.ReLU()(hidden)
