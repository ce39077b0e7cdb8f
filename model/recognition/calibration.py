"""Make a confidence mean what it says: of the digits read at 90 %, nine in ten are right.

A network that is trained until it errs no more is surer of itself (or, with smoothed labels, less
sure) than it deserves. One number, the temperature, puts most of that right without changing any
answer: Guo, Pleiss, Sun & Weinberger, "On Calibration of Modern Neural Networks" (2017),
arXiv:1706.04599. Everything here is chosen on validation data, never on the test set.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

COLDEST, HOTTEST = 0.05, 20.0
"""Where a temperature is looked for. A fit that ends at a border means broken probabilities."""

SMALLEST = float(np.finfo(np.float32).tiny)
"""A softmax in float32 underflows to 0, which has no logarithm: taken as this instead."""


def apply_temperature(
    probabilities: NDArray[np.floating], temperature: float
) -> NDArray[np.float32]:
    """Softmax(logits / temperature), from the probabilities that the network gave.

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
    """The temperature under which the labels are most likely.

    The likelihood is concave in 1 / temperature, so its slope crosses zero once: bisection
    finds it, with nothing to tune.

    Args:
        probabilities: (n, classes), as the network gave them for images it was not trained on.
        labels: (n,), what the images are.

    Returns:
        a number between `COLDEST` and `HOTTEST`.
    """
    logits = _log(probabilities)
    true = np.take_along_axis(logits, labels[:, None].astype(np.intp), axis=1)[:, 0]  # (n,)
    low, high = math.log(COLDEST), math.log(HOTTEST)
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
    """The loss a classifier is trained on: the mean of -log(probability of the true class)."""
    true = np.take_along_axis(_log(probabilities), labels[:, None].astype(np.intp), axis=1)
    return float(-true.mean())


def digit_score(
    outputs: Mapping[str, NDArray[np.float32]], probabilities: NDArray[np.float32]
) -> NDArray[np.float32]:
    """How much like digits glyphs are to a network, whether it has an output for that or not.

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
    """How much like digits glyphs are to a network that was never shown anything else.

    It can only be unsure. Half of its doubt, in logarithms, is taken to be whether a glyph is a
    digit at all, and the other half which.

    Args:
        probabilities: (n, 10), calibrated, each row sums to 1.

    Returns:
        (n,), float32, 0–1.
    """
    return np.asarray(np.sqrt(probabilities.max(axis=1)), np.float32)


def refusal_threshold(
    digit_likeness_of_true_digits: NDArray[np.floating], share: float = 0.01
) -> float:
    """The highest threshold that refuses at most this share of true digits.

    What is below the threshold is refused; what equals it is accepted.

    Args:
        digit_likeness_of_true_digits: (n,), 0–1, of validation digits.
        share: how many of them may be lost, 0–1.
    """
    if not len(digit_likeness_of_true_digits):
        raise ValueError("Expected the digit likeness of at least one digit. Received none.")
    ordered = np.sort(digit_likeness_of_true_digits)
    return float(ordered[min(int(share * len(ordered)), len(ordered) - 1)])


def _log(probabilities: NDArray[np.floating]) -> NDArray[np.float64]:
    return np.log(np.maximum(probabilities.astype(np.float64), SMALLEST))
