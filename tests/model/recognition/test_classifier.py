"""Glyphs to probabilities."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from model.artifact import DEFAULT_MODEL, ModelFolder
from model.datasets import mnist
from model.errors import ModelError
from model.recognition.classifier import (
    BATCH_SIZE,
    Classifier,
    Evidence,
    RememberingClassifier,
)


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return Classifier.load(ModelFolder.open(DEFAULT_MODEL))


def test_the_shipped_model_reads_the_test_images_as_its_manifest_says(
    classifier: Classifier,
) -> None:
    test = mnist.test_set()
    evidence = classifier.classify(test.glyphs)
    right = (evidence.probabilities.argmax(axis=1) == test.labels).mean()
    assert right == pytest.approx(ModelFolder.open(DEFAULT_MODEL).manifest.test_accuracy)


@pytest.mark.parametrize("count", [0, 1, BATCH_SIZE + 1])
def test_any_number_of_glyphs_is_answered(classifier: Classifier, count: int) -> None:
    glyphs = mnist.test_set().glyphs[:count]
    evidence = classifier.classify(glyphs)
    assert evidence.probabilities.shape == (count, 10)
    assert evidence.digit_score.shape == (count,)
    assert evidence.probabilities.dtype == evidence.digit_score.dtype == np.float32


def test_other_arrays_are_refused(classifier: Classifier) -> None:
    with pytest.raises(ValueError, match=r"Received \(28, 28\) uint8"):
        classifier.classify(np.zeros((28, 28), np.uint8))
    with pytest.raises(ValueError, match="float64"):
        classifier.classify(np.zeros((1, 28, 28)))  # type: ignore[arg-type]


def test_threads_do_not_see_each_others_answers(classifier: Classifier) -> None:
    glyphs = mnist.test_set().glyphs[:200]
    alone = [classifier.classify(glyph[None]).probabilities for glyph in glyphs]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda g: classifier.classify(g[None]).probabilities, glyphs))
    np.testing.assert_array_equal(alone, together)


def test_a_file_that_is_no_network_is_a_model_error(tmp_path: Path) -> None:
    (tmp_path / "model.tflite").write_bytes(b"nothing of the kind")
    with pytest.raises(ModelError):
        Classifier.load(ModelFolder(tmp_path, ModelFolder.open(DEFAULT_MODEL).manifest))


def test_reading_digits_never_imports_tensorflow() -> None:
    program = (
        "import sys; import model.recognition.classifier; "
        "sys.exit(bool({'tensorflow', 'keras'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


class Counting:
    """Counts the glyphs that a classifier is asked about."""

    def __init__(self, classifier: Classifier) -> None:
        self._classifier = classifier
        self.count = 0

    def classify(self, glyphs: NDArray[np.uint8]) -> Evidence:
        self.count += len(glyphs)
        return self._classifier.classify(glyphs)


def test_a_glyph_that_comes_again_is_not_classified_again(classifier: Classifier) -> None:
    glyphs = mnist.test_set().glyphs[[0, 1, 0, 2]]
    counting = Counting(classifier)
    remembering = RememberingClassifier(counting)
    for _ in range(2):
        probabilities, scores = remembering.classify(glyphs)
        expected = classifier.classify(glyphs)
        np.testing.assert_allclose(probabilities, expected.probabilities, atol=1e-6)
        np.testing.assert_allclose(scores, expected.digit_score, atol=1e-6)
    assert counting.count == 3
