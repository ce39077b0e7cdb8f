"""Make a confidence mean what it says: of the digits read at 90 %, nine in ten are right.

A network that is trained until it makes no more errors is too sure of its answers, or not sure
enough where labels were smoothed. One number, the temperature, corrects most of that without
changing any answer: Guo, Pleiss, Sun & Weinberger, "On Calibration of Modern Neural Networks"
(2017), arXiv:1706.04599. Everything here is chosen on validation data, never on the test set.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

MIN_TEMPERATURE = 0.05
"""Lowest temperature that is tried. A fit that ends here means broken probabilities."""

MAX_TEMPERATURE = 20.0
"""Highest temperature that is tried. A fit that ends here means broken probabilities."""

MIN_TOGETHER = 0.003
"""Probability that all digits of a number are right, or that one is wrong, taken at least."""


class NumberScale(NamedTuple):
    """How the confidence of a whole number follows from what the network says of its digits.

    Attributes:
        slope: how fast its log-odds rise with those of all digits being right.
        offset: its log-odds where all digits, taken together, are as likely right as wrong.
        unread_penalty: log-odds that it loses where something stands beside its digits that could
            not be read.
    """

    slope: float
    offset: float
    unread_penalty: float


NUMBER_SCALE = NumberScale(slope=0.49, offset=1.08, unread_penalty=1.59)
"""As `python -m model score LABELS.csv --fit-confidence` printed it for the model that ships."""

NUMBER_SCALE_RIDGE = 0.5
"""Weight of the squares of slope and penalty in a fit: a few dozen answers may be told apart
without an error, for which there is no largest likelihood."""

MIN_PROBABILITY = float(np.finfo(np.float32).tiny)
"""Probability that 0 is taken as: a softmax in float32 underflows, and 0 has no logarithm."""


def apply_temperature(
    probabilities: NDArray[np.floating], temperature: float
) -> NDArray[np.float32]:
    """Compute softmax(logits / temperature) from the probabilities that the network gave.

    A softmax's logarithm is its logits, but for a constant that softmax does not see; so a
    network can keep its softmax and still be calibrated afterwards.

    Args:
        probabilities: (n, classes), 0–1, rows sum to 1.
        temperature: above 1 softens, below 1 sharpens, 1 changes nothing.

    Returns:
        (n, classes), float32, rows sum to 1, the most probable class unchanged.
    """
    scaled = _log(probabilities) / temperature
    scaled -= scaled.max(axis=-1, keepdims=True)
    powers: NDArray[np.float64] = np.exp(scaled)
    powers /= powers.sum(axis=-1, keepdims=True)
    return powers.astype(np.float32)


def fit_temperature(probabilities: NDArray[np.floating], labels: NDArray[np.integer]) -> float:
    """Find the temperature under which the labels are most likely.

    The likelihood is concave in 1 / temperature, so its slope crosses zero once: bisection
    finds it, with nothing to tune.

    Args:
        probabilities: (n, classes), as the network gave them for images it was not trained on.
        labels: (n,), what the images are.

    Returns:
        a number between `MIN_TEMPERATURE` and `MAX_TEMPERATURE`.
    """
    logits = _log(probabilities)
    true = np.take_along_axis(logits, labels[:, None].astype(np.intp), axis=1)[:, 0]  # (n,)
    low, high = math.log(MIN_TEMPERATURE), math.log(MAX_TEMPERATURE)
    for _ in range(40):  # halves the bracket each time: to 1e-11 of the logarithm
        middle = (low + high) / 2
        expected = (apply_temperature(probabilities, math.exp(middle)) * logits).sum(axis=1)  # (n,)
        if float((expected - true).mean()) > 0:  # more on the likely classes than came true
            low = middle
        else:
            high = middle
    return math.exp((low + high) / 2)


def negative_log_likelihood(
    probabilities: NDArray[np.floating], labels: NDArray[np.integer]
) -> float:
    """Return the loss of a classifier: the mean of -log(probability of the true class)."""
    true = np.take_along_axis(_log(probabilities), labels[:, None].astype(np.intp), axis=1)
    return float(-true.mean())


def digit_score(
    outputs: Mapping[str, NDArray[np.float32]], probabilities: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return how much like digits glyphs are to a network, with or without an output for that.

    Args:
        outputs: what the network said, by name, each (n, …).
        probabilities: (n, 10), calibrated, each row sums to 1.

    Returns:
        (n,), float32, 0–1.
    """
    if "is_digit" in outputs:
        return outputs["is_digit"][:, 0]
    return fallback_digit_score(probabilities)


def fallback_digit_score(probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the square root of the top probability, for networks without an output `is_digit`.

    Half of such a network's doubt, in logarithms, is taken to be whether a glyph is a digit at
    all, and the other half which digit it is.

    Args:
        probabilities: (n, 10), calibrated, each row sums to 1.

    Returns:
        (n,), float32, 0–1.
    """
    return np.asarray(np.sqrt(probabilities.max(axis=1)), np.float32)


def digits_together(
    digit_scores: NDArray[np.floating], probabilities: NDArray[np.floating]
) -> float:
    """Return how probable it is that all digits of an answer are right, each for itself, 0–1.

    Args:
        digit_scores: (n,), 0–1, of the digits of an answer, n at least 1.
        probabilities: (n, 10), calibrated, each row sums to 1.
    """
    return float(np.prod(probabilities.max(axis=1).astype(np.float64) * digit_scores))


def number_confidence(
    together: NDArray[np.floating] | float,
    is_part_unread: NDArray[np.bool_] | bool,
    scale: NumberScale = NUMBER_SCALE,
) -> NDArray[np.float64]:
    """Return how probable it is that numbers of several digits are right as a whole, 0–1.

    Digits may be missing or too many, of which the digits that were read say nothing. So the
    product of their probabilities is too sure; a logistic function corrects that, as in Platt,
    "Probabilistic Outputs for Support Vector Machines" (1999).

    Args:
        together: (n,) or one, from `digits_together`.
        is_part_unread: (n,) or one, whether something beside the digits could not be read.
        scale: the function's three numbers.
    """
    log_odds = scale.slope * _log_odds(together) + scale.offset
    return np.asarray(1 / (1 + np.exp(scale.unread_penalty * is_part_unread - log_odds)))


def fit_number_scale(
    together: NDArray[np.floating],
    is_part_unread: NDArray[np.bool_],
    correct: NDArray[np.bool_],
) -> NumberScale:
    """Find the scale under which answers are likeliest: logistic regression by Newton's method.

    Args:
        together: (n,), 0–1, from `digits_together`, of answers of several digits; n at least 1.
        is_part_unread: (n,), whether something beside their digits could not be read.
        correct: (n,), which of them are right as a whole.
    """
    features = np.column_stack([_log_odds(together), -1.0 * is_part_unread, np.ones(len(together))])
    ridge = np.array([NUMBER_SCALE_RIDGE, NUMBER_SCALE_RIDGE, 1e-6])
    weights = np.zeros(3)
    for _ in range(50):  # converges in about ten
        expected = 1 / (1 + np.exp(-features @ weights))  # (n,)
        gradient = features.T @ (expected - correct) + ridge * weights
        curvature = (features.T * (expected * (1 - expected))) @ features + np.diag(ridge)
        weights -= np.linalg.solve(curvature, gradient)
    slope, unread_penalty, offset = weights.tolist()
    return NumberScale(slope, offset, unread_penalty)


def refusal_threshold(digit_scores: NDArray[np.floating], share: float = 0.01) -> float:
    """Return the highest threshold that refuses at most a share of true digits.

    What is below the threshold is refused; what equals it is accepted.

    Args:
        digit_scores: (n,), 0–1, of validation digits.
        share: how many of them may be lost, 0–1.
    """
    if not len(digit_scores):
        raise ValueError("Expected the score of at least one digit. Received none.")
    ordered = np.sort(digit_scores)
    return float(ordered[min(int(share * len(ordered)), len(ordered) - 1)])


def _log_odds(together: NDArray[np.floating] | float) -> NDArray[np.float64]:
    kept = np.clip(np.asarray(together, np.float64), MIN_TOGETHER, 1 - MIN_TOGETHER)
    return np.asarray(np.log(kept / (1 - kept)))


def _log(probabilities: NDArray[np.floating]) -> NDArray[np.float64]:
    return np.log(np.maximum(probabilities.astype(np.float64), MIN_PROBABILITY))
