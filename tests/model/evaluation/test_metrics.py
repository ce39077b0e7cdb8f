"""The figures of one model on labelled images."""

from __future__ import annotations

import subprocess
import sys
import time

import numpy as np
import pytest
from numpy.typing import NDArray

from model.artifact import DEFAULT_MODEL, ModelFolder
from model.datasets import mnist
from model.evaluation.metrics import (
    Evaluation,
    acceptance,
    auroc,
    expected_calibration_error,
    measure,
    reliability,
    risk_coverage,
)
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


def test_anything_that_classifies_glyphs_can_be_measured() -> None:
    class ReadsBrightness:
        def classify(self, glyphs: NDArray[np.uint8]) -> Evidence:
            probabilities = np.eye(10, dtype=np.float32)[glyphs[:, 0, 0]]
            return Evidence(probabilities, probabilities.max(axis=1))

    glyphs = np.zeros((10, 28, 28), np.uint8)
    glyphs[:, 0, 0] = np.arange(10)
    found = measure(ReadsBrightness(), Examples(glyphs, np.arange(10)))
    assert found.accuracy == 1


def test_calibration_error_by_hand() -> None:
    # Four answers at 0.9, three of them right; two at 0.6, none right.
    first = np.full(6, 0.9, dtype=np.float32)
    first[4:] = 0.6
    probabilities = np.stack([first, 1 - first], axis=1)
    labels = np.array([0, 0, 0, 1, 1, 1])
    assert expected_calibration_error(probabilities, labels) == pytest.approx(
        (4 * 0.15 + 2 * 0.6) / 6, abs=1e-6
    )
    found = reliability(probabilities, labels)
    assert found.counts.sum() == 6
    assert np.isnan(found.accuracy[0])
    assert found.accuracy[found.counts > 0].tolist() == [0.0, 0.75]


def test_full_confidence_falls_into_the_last_bin() -> None:
    found = reliability(np.eye(2, dtype=np.float32), np.array([0, 1]), bins=4)
    assert found.counts.tolist() == [0, 0, 0, 2]


def test_withholding_unsure_answers_lowers_the_risk() -> None:
    curve = risk_coverage(np.array([0.9, 0.2, 0.8, 0.4]), np.array([True, False, True, True]))
    assert curve.coverage.tolist() == [0.25, 0.5, 0.75, 1]
    assert curve.risk.tolist() == [0, 0, 0, 0.25]
    assert curve.at(1) == 0.25
    assert curve.at(0.75) == 0


def test_the_area_under_the_curve_is_the_share_of_pairs_in_order() -> None:
    rng = np.random.default_rng(5)
    digits, negatives = rng.integers(0, 9, 60) / 9, rng.integers(0, 6, 40) / 9
    pairs = digits[:, None] - negatives[None, :]
    assert auroc(digits, negatives) == pytest.approx(((pairs > 0) + (pairs == 0) / 2).mean())
    assert auroc(np.array([0.6, 0.7]), np.array([0.1])) == 1
    assert auroc(np.ones(3), np.ones(4)) == 0.5


def test_what_is_accepted_when_one_digit_in_a_hundred_is_refused() -> None:
    digits = np.linspace(0.5, 1, 100)
    negatives = np.array([0.1, 0.2, 0.502, 0.9])  # the second digit stands at 0.505
    found = acceptance(digits, negatives, threshold=0.15)
    assert found.images == 4
    assert found.accepted == 0.25
    assert found.accepted_as_shipped == 0.75


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
        "import sys, model.evaluation.report, model.evaluation.plots\n"
        "import model.commands.evaluate\n"
        "print([name for name in ('tensorflow', 'keras', 'matplotlib.pyplot')"
        " if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert found.stdout == "[]\n"
