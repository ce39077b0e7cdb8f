"""Test images beyond MNIST's: synthetic digits in other handwriting, and images of other things.

Nothing of it was trained on: it comes from other fonts, other images and other random numbers than
the training data (split "validation" of `synthesis.dataset`), and from Fashion-MNIST's clothing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.datasets import fashion_mnist
from model.synthesis import dataset
from model.types import NOT_A_DIGIT, Examples

IMAGES_PER_KIND = 4_000
"""Enough to tell 1 % from 2 %, and half a minute of work the first time."""

SEED = 1
"""Training chooses its refusal threshold on glyphs of seed 0: these are others."""


class OutOfDistribution(NamedTuple):
    """Glyphs from beyond MNIST.

    Attributes:
        digits: synthetic digits in other handwriting and with other pens.
        negatives: (n, 28, 28), uint8, 0 paper … 255 ink, by kind: what must be refused.
    """

    digits: Examples
    negatives: dict[str, NDArray[np.uint8]]


def load(count: int = IMAGES_PER_KIND) -> OutOfDistribution:
    """Make this many images of each kind, or take them from the cache.

    Raises:
        DatasetUnavailable: fonts or clothing could not be fetched; says what was tried.
    """
    glyphs, labels = dataset.load("validation", digits=count, negatives=count, seed=SEED)
    are_digits = labels != NOT_A_DIGIT
    return OutOfDistribution(
        Examples(glyphs[are_digits], labels[are_digits]),
        {
            "letters, scribbles, touching pairs, …": glyphs[~are_digits],
            "clothing": fashion_mnist.images()[-count:],
        },
    )
