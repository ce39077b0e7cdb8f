"""How good a model is on digits that it never saw, and how sure we can be of the figure.

>>> from model import evaluation
>>> found = evaluation.measure(classifier)
>>> found.accuracy, found.interval, found.errors
(0.9952, (0.9936, 0.9964), 48)

Runs through LiteRT in well under a second, so the process that answers photos can afford it.
What takes longer stands in `robustness` and `refusal`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from model.datasets import mnist
from model.recognition.calibration import expected_calibration_error, negative_log_likelihood
from model.recognition.classifier import Evidence
from model.types import Examples

Z = 1.959964
"""Standard errors on each side that hold 95 % of a normal distribution."""


class ClassifiesGlyphs(Protocol):
    """Whatever reads glyphs: a `Classifier`."""

    def classify(self, glyphs: NDArray[np.uint8]) -> Evidence:
        """Return the evidence for (n, 28, 28) glyphs, uint8, 0 paper … 255 ink."""


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """What a model made of images whose labels are known; the figures follow from that.

    Attributes:
        labels: (n,), int64, 0–9, what the images are.
        probabilities: (n, 10), float32, calibrated, as the model answered.
        digit_score: (n,), float32, 0–1.
    """

    labels: NDArray[np.int64]
    probabilities: NDArray[np.float32]
    digit_score: NDArray[np.float32]

    @property
    def read(self) -> NDArray[np.int64]:
        """What each image was read as, (n,), 0–9."""
        likeliest: NDArray[np.int64] = self.probabilities.argmax(axis=1)
        return likeliest

    @property
    def confidence(self) -> NDArray[np.float32]:
        """The probability of what was read, (n,), 0–1."""
        highest: NDArray[np.float32] = self.probabilities.max(axis=1)
        return highest

    @property
    def correct(self) -> NDArray[np.bool_]:
        """Which images were read right, (n,)."""
        right: NDArray[np.bool_] = self.read == self.labels
        return right

    @property
    def images(self) -> int:
        """How many there were."""
        return len(self.labels)

    @property
    def errors(self) -> int:
        """How many were read wrong."""
        return self.images - int(self.correct.sum())

    @property
    def accuracy(self) -> float:
        """The share read right, 0–1."""
        return 1 - self.errors / self.images

    @property
    def interval(self) -> tuple[float, float]:
        """Where the accuracy on other such images lies with 95 % probability."""
        return wilson(self.images - self.errors, self.images)

    @property
    def loss(self) -> float:
        """Cross-entropy of the calibrated probabilities, in nats."""
        return negative_log_likelihood(self.probabilities, self.labels)

    @property
    def calibration_error(self) -> float:
        """How far confidence is from accuracy, 0–1."""
        return expected_calibration_error(self.probabilities, self.labels)

    @property
    def confusion(self) -> NDArray[np.int64]:
        """How often each digit was read as each: (10, 10), rows the true digit."""
        counts = np.bincount(self.labels * 10 + self.read, minlength=100)
        return counts.reshape(10, 10).astype(np.int64)

    @property
    def errors_by_digit(self) -> NDArray[np.int64]:
        """How many images of each digit were read wrong, (10,)."""
        return np.bincount(self.labels[~self.correct], minlength=10).astype(np.int64)


def measure(reader: ClassifiesGlyphs, examples: Examples | None = None) -> Evaluation:
    """Let a model read images whose labels are known.

    Args:
        reader: a `Classifier`.
        examples: MNIST's 10,000 test images, unless others are given.

    Raises:
        DatasetUnavailable: MNIST could not be had.
    """
    glyphs, labels = examples or mnist.test_set()
    return Evaluation(labels, *reader.classify(glyphs))


def wilson(right: int, images: int) -> tuple[float, float]:
    """The 95 % interval of a share: Wilson's score interval.

    Unlike the textbook's p ± z·√(p(1-p)/n) it keeps its promise close to 0 and 1, where good
    models are: E. B. Wilson (1927), doi:10.1080/01621459.1927.10502953; recommended by Brown, Cai
    & DasGupta (2001), doi:10.1214/ss/1009213286.

    Args:
        right: how many of them.
        images: how many there were.

    Returns:
        the lower and the upper end, 0–1; of no images all there is.
    """
    if not images:
        return 0.0, 1.0
    share = right / images
    centre = share + Z**2 / (2 * images)
    reach = Z * math.sqrt(share * (1 - share) / images + Z**2 / (4 * images**2))
    scale = 1 + Z**2 / images
    return max((centre - reach) / scale, 0.0), min((centre + reach) / scale, 1.0)
