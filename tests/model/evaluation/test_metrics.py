from __future__ import annotations

import subprocess
import sys
import time

import numpy as np
import pytest
from numpy.typing import NDArray

from model.artifact import DEFAULT_MODEL, ModelFolder
from model.datasets import mnist
from model.evaluation.metrics import Evaluation, measure, wilson
from model.recognition.classifier import Classifier, Evidence
from model.types import Examples


def _evaluation(labels: list[int], read: list[int], confidence: float = 0.91) -> Evaluation:
    probabilities = np.full((len(read), 10), (1 - confidence) / 9, np.float32)
    probabilities[np.arange(len(read)), read] = confidence
    return Evaluation(np.array(labels), probabilities, np.ones(len(read), np.float32))


def test_the_figures_follow_from_what_was_read() -> None:
    found = _evaluation([3, 3, 3, 5], [3, 3, 5, 5])
    assert (found.images, found.errors, found.accuracy) == (4, 1, 0.75)
    assert found.correct.tolist() == [True, True, False, True]
    assert found.confusion[3].tolist() == [0, 0, 0, 2, 0, 1, 0, 0, 0, 0]
    assert found.confusion.sum() == 4
    assert found.errors_by_digit.tolist() == [0, 0, 0, 1, 0, 0, 0, 0, 0, 0]
    assert found.loss == pytest.approx(-(3 * np.log(0.91) + np.log(0.01)) / 4, abs=1e-5)
    assert found.calibration_error == pytest.approx(0.91 - 0.75, abs=1e-6)


def test_the_interval_is_the_textbooks() -> None:
    # Newcombe (1998), doi:10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E, table I
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert wilson(1, 29) == pytest.approx((0.0061, 0.1718), abs=5e-5)


def test_a_perfect_score_is_no_certainty() -> None:
    low, high = wilson(100, 100)
    assert high == 1
    assert low == pytest.approx(0.963, abs=5e-4)
    assert wilson(0, 0) == (0, 1)


def test_it_measures_whatever_reads_glyphs() -> None:
    class ReadsBrightness:
        def classify(self, glyphs: NDArray[np.uint8]) -> Evidence:
            probabilities = np.eye(10, dtype=np.float32)[glyphs[:, 0, 0]]
            return Evidence(probabilities, probabilities.max(axis=1))

    glyphs = np.zeros((10, 28, 28), np.uint8)
    glyphs[:, 0, 0] = np.arange(10)
    found = measure(ReadsBrightness(), Examples(glyphs, np.arange(10)))
    assert found.accuracy == 1


def test_the_shipped_model_is_as_good_as_its_manifest_says_in_under_a_second() -> None:
    folder = ModelFolder.open(DEFAULT_MODEL)
    classifier = Classifier.load(folder)
    start = time.process_time()
    found = measure(classifier)
    figures = found.accuracy, found.loss, found.confusion
    seconds = time.process_time() - start
    assert figures[0] == pytest.approx(folder.manifest.test_accuracy, abs=1e-9)
    assert figures[1] == pytest.approx(folder.manifest.test_loss, abs=1e-4)
    assert figures[2].tolist() == [list(row) for row in folder.manifest.confusion]
    assert found.images == len(mnist.test_set().labels)
    assert seconds < 1.5  # 0.2 s where nothing else runs


def test_tensorflow_stays_out_of_it() -> None:
    code = (
        "import sys, model.evaluation.report, model.evaluation.report_plots\n"
        "import model.commands.evaluate\n"
        "print([name for name in ('tensorflow', 'keras', 'matplotlib.pyplot')"
        " if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert found.stdout == "[]\n"
