"""Training as Keras's guide shows it: augmentation layers and `Model.fit`.

`python -m tests.bench._plain_fit RECIPE` trains that recipe's network for a while, with rotation,
zoom, shear and translation in a `tf.data` pipeline, and prints the images a second as one JSON
object. `RandomElasticTransform` is left out, which favours Keras: image by image it takes more than
100 s for 1,024 glyphs, and it deforms all images of a batch of unknown size alike.
"""

from __future__ import annotations

import json
import sys
import time

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from model.datasets import mnist
from model.recipes import RECIPES
from model.training import networks

BATCHES = 60
"""Batches that are measured, after as many that are not, in which Keras compiles and reads."""


def main(name: str) -> None:
    """Measure, and print the result."""
    recipe = RECIPES[name]
    augment = keras.Sequential(
        [
            layers.RandomRotation(15 / 360, fill_mode="constant", fill_value=0.0),
            layers.RandomZoom(0.12, 0.12, fill_mode="constant", fill_value=0.0),
            layers.RandomShear(0.2, 0.2, fill_mode="constant", fill_value=0.0),
            layers.RandomTranslation(0.05, 0.05, fill_mode="constant", fill_value=0.0),
        ]
    )

    def deform(glyphs: tf.Tensor, labels: tf.Tensor) -> tuple[tf.Tensor, dict[str, tf.Tensor]]:
        return augment(glyphs, training=True)[..., 0], {"digits": labels}

    glyphs, labels = mnist.training_set()
    pixels = glyphs[..., None].astype(np.float32) / 255
    data = (
        tf.data.Dataset.from_tensor_slices((pixels, labels))
        .shuffle(10_000)
        .repeat()
        .batch(recipe.batch_size)
        .map(deform, num_parallel_calls=tf.data.AUTOTUNE)
        .prefetch(tf.data.AUTOTUNE)
    )
    network = networks.build(recipe)
    network = keras.Model(network.inputs, {"digits": network.output["digits"]})
    network.compile(keras.optimizers.AdamW(1e-3), {"digits": "sparse_categorical_crossentropy"})
    network.fit(data, steps_per_epoch=BATCHES, shuffle=False, verbose=0)
    start = time.perf_counter()
    network.fit(data, steps_per_epoch=BATCHES, shuffle=False, verbose=0)
    seconds = time.perf_counter() - start
    print(json.dumps({"images_per_second": BATCHES * recipe.batch_size / seconds}))


if __name__ == "__main__":
    main(sys.argv[1])
