from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from model.evaluation.corruptions import CORRUPTIONS
from model.evaluation.robustness import Robustness, robustness
from model.recognition.classifier import Evidence
from model.types import Examples


class SeesTheSide:
    """Reads 1 where the right half is the brighter one, else 0."""

    def classify(self, glyphs: NDArray[np.uint8]) -> Evidence:
        right = glyphs[:, :, 14:].mean(axis=(1, 2)) > glyphs[:, :, :14].mean(axis=(1, 2))
        probabilities = np.eye(10, dtype=np.float32)[right.astype(int)]
        return Evidence(probabilities, probabilities.max(axis=1))


def test_every_corruption_is_measured_at_every_severity() -> None:
    labels = np.arange(40) % 2
    glyphs = np.zeros((40, 28, 28), np.uint8)
    glyphs[labels == 0, 8:20, 8:13] = 255
    glyphs[labels == 1, 8:20, 15:20] = 255
    seen: list[str] = []
    found = robustness(SeesTheSide(), Examples(glyphs, labels), seen.append)
    assert seen == [each.name for each in CORRUPTIONS]
    assert {name: tuple(by) for name, by in found.accuracy.items()} == {
        each.name: each.severities for each in CORRUPTIONS
    }
    assert found.accuracy["shot noise"][5] == 1
    assert found.accuracy["scale"][5] == 1
    assert 0.5 < found.mean <= 1


def test_the_means_are_taken_over_corruptions() -> None:
    found = Robustness({"a": {1: 0.9, 2: 0.5}, "b": {0: 0.8}}, {"a": 2, "b": 0})
    assert found.mean == pytest.approx(0.65)
    assert found.mean_of_all == pytest.approx(0.75)
