"""Accuracy on damaged digits: the fifteen corruptions of MNIST-C, at each severity.

The digits are given to the network as they are, without the cleaning that `vision` does before it:
what is measured is the network, so that figures can be compared with published ones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from model.datasets import mnist
from model.evaluation.corruptions import CORRUPTIONS, corrupted
from model.evaluation.metrics import ClassifiesGlyphs, measure
from model.types import Examples


@dataclass(frozen=True, slots=True)
class Robustness:
    """What is left of the accuracy when images are damaged.

    Attributes:
        accuracy: by corruption and by severity, 0–1; severity 0 where there is but one.
        published: the severity of each corruption in the images that MNIST-C publishes.
    """

    accuracy: dict[str, dict[int, float]]
    published: dict[str, int]

    @property
    def mean(self) -> float:
        """The mean over the corruptions, each at the severity that MNIST-C publishes, 0–1."""
        kept = [found[self.published[name]] for name, found in self.accuracy.items()]
        return sum(kept) / len(kept)

    @property
    def mean_of_all(self) -> float:
        """The mean over the corruptions of their means over the severities, 0–1."""
        means = [sum(found.values()) / len(found) for found in self.accuracy.values()]
        return sum(means) / len(means)


def robustness(
    reader: ClassifiesGlyphs,
    examples: Examples | None = None,
    progress: Callable[[str], None] = lambda name: None,
) -> Robustness:
    """Damage images in every way and read them. Takes about a minute for 10,000 images.

    Args:
        reader: a `Classifier`.
        examples: MNIST's 10,000 test images, unless others are given.
        progress: called with each corruption's name before it is measured.
    """
    glyphs, labels = examples or mnist.test_set()
    accuracy: dict[str, dict[int, float]] = {}
    for corruption in CORRUPTIONS:
        progress(corruption.name)
        accuracy[corruption.name] = {
            severity: measure(
                reader, Examples(corrupted(glyphs, corruption, severity), labels)
            ).accuracy
            for severity in corruption.severities
        }
    return Robustness(accuracy, {each.name: each.published for each in CORRUPTIONS})
