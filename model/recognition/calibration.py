"""Make a confidence mean what it says: of the digits read at 90 %, nine in ten are right.

A network that is trained until it makes no more errors is too sure of its answers, or not sure
enough where labels were smoothed. One number, the temperature, corrects most of that without
changing any answer: Guo, Pleiss, Sun & Weinberger, "On Calibration of Modern Neural Networks"
(2017), arXiv:1706.04599. Everything here is chosen on validation data, never on the test set.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

MIN_TEMPERATURE = 0.05
"""Lowest temperature that is tried. A fit that ends here means broken probabilities."""

MAX_TEMPERATURE = 20.0
"""Highest temperature that is tried. A fit that ends here means broken probabilities."""

MIN_TOGETHER = 0.003
"""Probability that all digits of a number are right, or that one is wrong, taken at least."""

NUMBER_SLOPE = 0.29
"""How fast the log-odds of a whole number rise with those of all its digits being right. This and
the two below were fitted by logistic regression to the numbers of one half of the authors of the
development photos."""

NUMBER_OFFSET = 1.07
"""Log-odds of a number whose digits, taken together, are as likely right as wrong."""

UNREAD_PENALTY = 2.2
"""Log-odds that a number loses where something stands beside its digits that could not be read."""

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


def number_confidence(
    digit_scores: NDArray[np.floating],
    probabilities: NDArray[np.floating],
    *,
    is_part_unread: bool = False,
) -> float:
    """Return how probable it is that a number is right as a whole, 0–1.

    Digits may be missing or too many, of which the digits that were read say nothing. So the
    product of their probabilities is too sure; a logistic function corrects that, as in Platt,
    "Probabilistic Outputs for Support Vector Machines" (1999). A single digit has the confidence
    that the network gives it.

    Args:
        digit_scores: (n,), 0–1, of the digits of an answer, n at least 1.
        probabilities: (n, 10), calibrated, each row sums to 1.
        is_part_unread: whether something beside the digits looks like one and could not be read.
    """
    likeliest = probabilities.max(axis=1).astype(np.float64)
    if len(likeliest) == 1:
        return float(likeliest[0])
    together = float(np.prod(likeliest * digit_scores))
    kept = min(max(together, MIN_TOGETHER), 1 - MIN_TOGETHER)
    log_odds = NUMBER_SLOPE * math.log(kept / (1 - kept)) + NUMBER_OFFSET
    return 1 / (1 + math.exp(UNREAD_PENALTY * is_part_unread - log_odds))


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


def _log(probabilities: NDArray[np.floating]) -> NDArray[np.float64]:
    return np.log(np.maximum(probabilities.astype(np.float64), MIN_PROBABILITY))
