"""How good a model is on labelled images, how sure it is, and what refusing would save.

>>> from model.evaluation import metrics
>>> evaluation = metrics.measure(classifier)
>>> evaluation.accuracy, evaluation.interval, evaluation.errors
(0.9952, (0.9936, 0.9964), 48)

Runs through LiteRT in well under a second, so that the process that answers photos can afford it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from model.datasets import mnist
from model.evaluation.significance import wilson
from model.recognition.calibration import negative_log_likelihood, refusal_threshold
from model.recognition.classifier import Evidence
from model.types import Examples

CALIBRATION_BINS = 15
"""Bins of equal width between 0 and 1, as in Guo and others (2017, arXiv:1706.04599), so that
figures can be compared."""

REFUSED_DIGITS_SHARE = 0.01
"""The share of true digits that may be refused when counting which other things are accepted."""


class ClassifiesGlyphs(Protocol):
    """What `measure` needs of a model: a `Classifier` has it."""

    def classify(self, glyphs: NDArray[np.uint8]) -> Evidence:
        """Return the evidence for (n, 28, 28) glyphs, uint8, 0 paper … 255 ink."""


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """A model's answers for labelled images, and the figures that follow from them.

    Attributes:
        labels: (n,), int64, 0–9, what the images are.
        probabilities: (n, 10), float32, calibrated, as the model answered.
        digit_score: (n,), float32, 0–1.
    """

    labels: NDArray[np.int64]
    probabilities: NDArray[np.float32]
    digit_score: NDArray[np.float32]

    @property
    def predictions(self) -> NDArray[np.int64]:
        """What each image was read as, (n,), 0–9."""
        most_probable: NDArray[np.int64] = self.probabilities.argmax(axis=1)
        return most_probable

    @property
    def confidence(self) -> NDArray[np.float32]:
        """The probability of each prediction, (n,), 0–1."""
        highest: NDArray[np.float32] = self.probabilities.max(axis=1)
        return highest

    @property
    def correct(self) -> NDArray[np.bool_]:
        """Which images were read correctly, (n,)."""
        correct: NDArray[np.bool_] = self.predictions == self.labels
        return correct

    @property
    def images(self) -> int:
        """The number of images."""
        return len(self.labels)

    @property
    def errors(self) -> int:
        """The number of images that were read wrongly."""
        return self.images - int(self.correct.sum())

    @property
    def accuracy(self) -> float:
        """The share of images that were read correctly, 0–1."""
        return 1 - self.errors / self.images

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the accuracy on other images of this kind."""
        return wilson(self.images - self.errors, self.images)

    @property
    def loss(self) -> float:
        """Cross-entropy of the calibrated probabilities, in nats."""
        return negative_log_likelihood(self.probabilities, self.labels)

    @property
    def calibration_error(self) -> float:
        """The expected calibration error, 0–1."""
        return expected_calibration_error(self.probabilities, self.labels)

    @property
    def confusion(self) -> NDArray[np.int64]:
        """How often each digit was read as each: (10, 10), rows the true digit."""
        counts = np.bincount(self.labels * 10 + self.predictions, minlength=100)
        return counts.reshape(10, 10).astype(np.int64)

    @property
    def errors_by_digit(self) -> NDArray[np.int64]:
        """The number of images of each digit that were read wrongly, (10,)."""
        return np.bincount(self.labels[~self.correct], minlength=10).astype(np.int64)


def measure(classifier: ClassifiesGlyphs, examples: Examples | None = None) -> Evaluation:
    """Let a model read labelled images.

    Args:
        classifier: the model.
        examples: MNIST's 10,000 test images, unless others are given.

    Raises:
        DatasetUnavailable: MNIST could not be fetched.
    """
    glyphs, labels = examples or mnist.test_set()
    return Evaluation(labels, *classifier.classify(glyphs))


class Reliability(NamedTuple):
    """How often answers were correct, by bins of confidence. Empty bins hold NaN.

    Attributes:
        edges: (bins + 1,), 0 … 1.
        counts: (bins,), the number of answers in each.
        confidence: (bins,), their mean confidence, 0–1.
        accuracy: (bins,), the share of them that was correct, 0–1.
    """

    edges: NDArray[np.float64]
    counts: NDArray[np.int64]
    confidence: NDArray[np.float64]
    accuracy: NDArray[np.float64]


def reliability(
    probabilities: NDArray[np.floating],
    labels: NDArray[np.integer],
    bins: int = CALIBRATION_BINS,
) -> Reliability:
    """Sort answers into bins of equal width by confidence, and measure the accuracy of each.

    Args:
        probabilities: (n, classes), 0–1.
        labels: (n,), what the images are.
        bins: the number of bins.
    """
    return reliability_of_answers(
        probabilities.max(axis=1), probabilities.argmax(axis=1) == labels, bins
    )


def reliability_of_answers(
    confidence: NDArray[np.floating], correct: NDArray[np.bool_], bins: int = CALIBRATION_BINS
) -> Reliability:
    """Sort answers of any kind into bins of equal width by confidence, and measure each.

    Args:
        confidence: (n,), 0–1.
        correct: (n,), which answers are correct.
        bins: the number of bins.
    """
    edges = np.linspace(0, 1, bins + 1)
    indices = np.clip(np.digitize(confidence, edges[1:-1], right=True), 0, bins - 1)
    counts = np.bincount(indices, minlength=bins)
    with np.errstate(invalid="ignore"):  # 0 / 0 in an empty bin is the NaN that we promise
        return Reliability(
            edges,
            counts,
            np.bincount(indices, weights=confidence, minlength=bins) / counts,
            np.bincount(indices, weights=correct, minlength=bins) / counts,
        )


def expected_calibration_error(
    probabilities: NDArray[np.floating],
    labels: NDArray[np.integer],
    bins: int = CALIBRATION_BINS,
) -> float:
    """Return how far confidence is from accuracy, 0–1: the mean gap, weighted by answers.

    Equation:
        sum over bins of count / n * |accuracy - confidence|

    Args:
        probabilities: (n, classes), 0–1.
        labels: (n,), what the images are.
        bins: the number of bins.
    """
    return calibration_gap(reliability(probabilities, labels, bins))


def calibration_gap(found: Reliability) -> float:
    """Return the mean gap between the confidence and the accuracy of bins, weighted by answers."""
    gaps = np.nan_to_num(np.abs(found.accuracy - found.confidence))
    return float((found.counts * gaps).sum() / found.counts.sum())


class RiskCoverage(NamedTuple):
    """The errors that are left when the least confident answers are withheld.

    Attributes:
        coverage: (n,), the share of digits that is answered, 1/n … 1.
        risk: (n,), the share of these answers that is wrong, 0–1.
    """

    coverage: NDArray[np.float64]
    risk: NDArray[np.float64]

    def at(self, coverage: float) -> float:
        """Return the risk when this share of digits is answered."""
        index = max(round(coverage * len(self.risk)), 1) - 1
        return float(self.risk[index])


def risk_coverage(score: NDArray[np.floating], correct: NDArray[np.bool_]) -> RiskCoverage:
    """Withhold the answers with the lowest score, one after the other.

    El-Yaniv & Wiener (2010), jmlr.org/papers/v11/el-yaniv10a.html.

    Args:
        score: (n,), how sure the model is of each answer.
        correct: (n,), which answers are correct.
    """
    order = np.argsort(-score, kind="stable")
    answered = np.arange(1, len(score) + 1)
    return RiskCoverage(answered / len(score), np.cumsum(~correct[order]) / answered)


class Acceptance(NamedTuple):
    """How well the digit score tells digits from one kind of negatives.

    Attributes:
        images: the number of negatives.
        auroc: the probability that a digit has a higher score than a negative, 0–1.
        accepted: the share of the negatives above the threshold that refuses 1 % of the digits.
        accepted_as_shipped: their share above the threshold that the model is used with.
    """

    images: int
    auroc: float
    accepted: float
    accepted_as_shipped: float


def acceptance(
    digits: NDArray[np.floating], negatives: NDArray[np.floating], threshold: float
) -> Acceptance:
    """Compare the digit scores of digits with those of images that are not digits.

    Args:
        digits: (n,), 0–1, scores of true digits.
        negatives: (m,), 0–1, scores of images that are not digits.
        threshold: the one that the model is used with.
    """
    return Acceptance(
        images=len(negatives),
        auroc=auroc(digits, negatives),
        accepted=float((negatives >= refusal_threshold(digits, REFUSED_DIGITS_SHARE)).mean()),
        accepted_as_shipped=float((negatives >= threshold).mean()),
    )


def auroc(positives: NDArray[np.floating], negatives: NDArray[np.floating]) -> float:
    """Return the probability that a positive scores above a negative; ties count half.

    That is the area under the ROC curve, and Mann & Whitney's U over its maximum: Hanley & McNeil
    (1982), doi:10.1148/radiology.143.1.7063747.

    Args:
        positives: (n,), scores.
        negatives: (m,), scores.
    """
    ordered = np.sort(negatives)
    below = np.searchsorted(ordered, positives, side="left")
    tied = np.searchsorted(ordered, positives, side="right") - below
    return float((below + tied / 2).mean() / len(negatives))
