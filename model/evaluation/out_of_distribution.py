"""What MNIST's test set does not have: digits in other hands, and things that are no digits.

Nothing of it was trained on: other fonts, other images and other random numbers (`handwriting`,
split "validation"), and clothing as Fashion-MNIST has it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.datasets import fashion_mnist
from model.synthesis import dataset
from model.types import NOT_A_DIGIT, Examples

COUNT = 4_000
"""Of each kind: enough to tell 1 % from 2 %, and half a minute to make the first time."""

SEED = 1
"""Training chooses its refusal threshold on glyphs of seed 0: these are others."""


class OutOfDistribution(NamedTuple):
    """Glyphs from beyond MNIST.

    Attributes:
        digits: in other hands and with other pens.
        things: (n, 28, 28), uint8, 0 paper … 255 ink, by kind: what must be refused.
    """

    digits: Examples
    things: dict[str, NDArray[np.uint8]]


def load(count: int = COUNT) -> OutOfDistribution:
    """Make, or take from the cache, so many of each kind.

    Raises:
        DatasetUnavailable: fonts or clothing could not be had; says what was tried.
    """
    glyphs, labels = dataset.load("validation", digits=count, others=count, seed=SEED)
    are_digits = labels != NOT_A_DIGIT
    return OutOfDistribution(
        Examples(glyphs[are_digits], labels[are_digits]),
        {
            "letters, scribbles, touching pairs, …": glyphs[~are_digits],
            "clothing": fashion_mnist.images()[-count:],
        },
    )
