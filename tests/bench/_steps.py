"""What a step of training costs: `python -m tests.bench._steps RECIPE float32|bfloat16`.

Prints the images a second as one JSON object, as seen over a few steps on noise.
"""

from __future__ import annotations

import json
import sys

import numpy as np

from model.commands import tensorflow_setup
from model.recipes import RECIPES
from tests.bench.measuring import seconds

BATCHES = 4
"""A round: enough to outweigh what `fit` does around them."""


def main(name: str, precision: str) -> None:
    """Train, and print what came of it."""
    tensorflow_setup.load()
    import keras  # noqa: PLC0415 - after its backend

    from model.training import networks  # noqa: PLC0415

    recipe = RECIPES[name]
    generator = np.random.default_rng(0)
    count = BATCHES * recipe.batch_size
    pixels = generator.random((count, 28, 28), np.float32)
    labels = generator.integers(0, 10, count)
    network = networks.cast(networks.build(recipe), bfloat16=precision == "bfloat16")
    network = keras.Model(network.inputs, {"digits": network.output["digits"]})
    network.compile(
        keras.optimizers.AdamW(1e-3),
        {"digits": "sparse_categorical_crossentropy"},
        jit_compile=False,
    )
    took = seconds(
        lambda: network.fit(
            pixels, {"digits": labels}, batch_size=recipe.batch_size, shuffle=False, verbose=0
        )
    )
    print(json.dumps({"images_per_second": count / took}))


if __name__ == "__main__":
    main(*sys.argv[1:])
