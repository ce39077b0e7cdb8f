"""What tests of training runs share: few test images, as all 10,000 take a second each time."""

from __future__ import annotations

import numpy as np
import pytest

from bot.training.gate import correct
from model.artifact import DEFAULT_MODEL, ModelFolder
from model.datasets import mnist
from model.recognition.classifier import Classifier
from model.types import Examples

TEST_IMAGES = 1_000


@pytest.fixture(scope="session")
def few_test_images() -> Examples:
    """1,000 of MNIST's, of which the shipped model reads the share that its manifest says."""
    shipped = ModelFolder.open(DEFAULT_MODEL)
    looked_at = mnist.test_set().part(slice(2 * TEST_IMAGES))
    right = correct(Classifier.load(shipped), looked_at)
    kept = round(shipped.manifest.test_accuracy * TEST_IMAGES)
    chosen = np.concatenate(
        [np.flatnonzero(right)[:kept], np.flatnonzero(~right)[: TEST_IMAGES - kept]]
    )
    assert len(chosen) == TEST_IMAGES, "too few wrong ones among those looked at"
    return looked_at.part(chosen)
