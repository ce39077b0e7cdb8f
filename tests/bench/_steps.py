"""The speed of training steps: `python -m tests.bench._steps RECIPE float32|bfloat16`.

Takes a few steps on noise and prints the images a second as one JSON object.
"""

from __future__ import annotations

import json
import sys

import numpy as np

from model.commands import tensorflow_setup
from model.recipes import RECIPES
from tests.bench.measuring import seconds

BATCHES = 4
"""Steps of one call of `fit`: enough that what it does around them does not count."""


def main(name: str, precision: str) -> None:
    """Measure, and print the result."""
    tensorflow_setup.load()
    import keras  # noqa: PLC0415 - after its backend

    from model.training import networks  # noqa: PLC0415

    recipe = RECIPES[name]
    rng = np.random.default_rng(0)
    count = BATCHES * recipe.batch_size
    pixels = rng.random((count, 28, 28), np.float32)
    labels = rng.integers(0, 10, count)
    network = networks.cast(networks.build(recipe), bfloat16=precision == "bfloat16")
    network = keras.Model(network.inputs, {"digits": network.output["digits"]})
    network.compile(
        keras.optimizers.AdamW(1e-3),
        {"digits": "sparse_categorical_crossentropy"},
        jit_compile=False,
    )
    duration = seconds(
        lambda: network.fit(
            pixels, {"digits": labels}, batch_size=recipe.batch_size, shuffle=False, verbose=0
        )
    )
    print(json.dumps({"images_per_second": count / duration}))


if __name__ == "__main__":
    main(*sys.argv[1:])
