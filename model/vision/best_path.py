"""Which candidates of a segmentation the calibrated classifier finds likeliest together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from model.types import Box
from model.vision.segmentation import MIN_BROAD_ASPECT, Candidate, Segmentation

NEUTRAL_CONFIDENCE = 0.7
"""Confidence from which a digit speaks for a segmentation rather than against it."""

MIN_RELATIVE_SIZE = 0.45
"""Size, as a share of the usual, below which something is not a digit of the same writing."""

MIN_ZERO_SIZE = 0.25
"""The same for a 0, which people write small, and which is easily told from specks and scraps."""

MIN_ZERO_CONFIDENCE = 0.9
"""Confidence from which such a small ring is a 0."""

MIN_PROBABILITY = 1e-3
"""Probability that the least likely digit counts as."""

CUT_FACTOR = 0.5
"""Probability that a cut was needed, relative to that it was not."""

MIN_CUT_CONFIDENCE = 0.6
"""Confidence from which what was cut off is a digit: pieces of letters often look like digits."""

MIN_SURE_CONFIDENCE = 0.9
"""Confidence from which something is surely a digit, though it was cut off what is no broader than
a letter."""

STROKE_DIGITS = (1, 7)
"""Digits that most pieces of letters look like: cut off something as narrow as a letter, they count
only in a line in which something else is a digit."""

WIDTH_PENALTY = 1.5
"""How much the logarithm of the probability of one digit falls with the ratio of width to height
from 1 on: of two digits in one box, some look like a broad digit, and real ones are seldom so."""


@dataclass(frozen=True, eq=False)
class Path:
    """The likeliest candidates of one segmentation, which share no ink.

    Attributes:
        segmentation: that they are chosen from.
        chosen: indices of its candidates, in reading order.
        confidences: (n,), float64, 0–1: how sure each chosen one is a digit, and which.
        areas: (n,), float64, ink of each in pixels of the photo.
    """

    segmentation: Segmentation
    chosen: tuple[int, ...]
    confidences: NDArray[np.float64]
    areas: NDArray[np.float64]

    @cached_property
    def candidates(self) -> tuple[Candidate, ...]:
        """The chosen candidates, in reading order."""
        return tuple(self.segmentation.candidates[index] for index in self.chosen)

    def part(self, which: Sequence[int]) -> Path:
        """Return the path through some of its candidates, by their positions."""
        places = np.array(which, np.intp)
        chosen = tuple(self.chosen[k] for k in which)
        return Path(self.segmentation, chosen, self.confidences[places], self.areas[places])

    @property
    def score(self) -> float:
        """How much ink this path explains as digits, less what it leaves unexplained."""
        surplus = log_odds(self.confidences) - log_odds(NEUTRAL_CONFIDENCE)
        return float((self.areas * surplus).sum())

    @property
    def clarity(self) -> float:
        """How steeply the ink of these digits rises from the paper, times how sure they are.

        The ink of a photo has its steepest edges: beside it, what light and shadow draw is blurred.
        """
        area = sum(candidate.area for candidate in self.candidates)
        steepness = sum(candidate.edge_energy for candidate in self.candidates) / max(area, 1)
        return float(np.sqrt(steepness) * log_odds(self.mean_confidence))

    @property
    def mean_confidence(self) -> float:
        """The mean of the confidences, 0–1, by area."""
        return float((self.areas * self.confidences).sum() / max(self.areas.sum(), 1e-9))


def log_odds(confidence: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Return the logarithm of p / (1 - p), of p between 0.003 and 0.997."""
    kept = np.clip(confidence, 0.003, 0.997)
    return np.asarray(np.log(kept / (1 - kept)), np.float64)


def best_path(
    segmentation: Segmentation,
    confidences: NDArray[np.float64],
    labels: NDArray[np.intp],
    scale: float,
) -> Path:
    """Cover each line with the candidates that are likeliest together.

    A candidate counts by the logarithm of its confidence, times its width: so one digit is
    compared fairly with two halves.

    Args:
        segmentation: one way to segment a picture.
        confidences: (n,), float64, 0–1, of each of its candidates.
        labels: (n,), the likeliest digit of each.
        scale: pixels of the photo per pixel of the segmentation.
    """
    chosen: list[int] = []
    lines: dict[int, list[int]] = {}
    for index, candidate in enumerate(segmentation.candidates):
        lines.setdefault(candidate.line, []).append(index)
    for line in lines.values():
        chosen += _best_cover(segmentation.candidates, line, confidences, labels)
    chosen = _of_usual_size(segmentation, chosen, confidences, labels)
    areas = np.array([segmentation.candidates[k].area for k in chosen], float) * scale**2
    return Path(segmentation, tuple(chosen), confidences[chosen], areas)


def weighted_median(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    """Return the value below which half of the weight lies.

    Args:
        values, weights: (n,), float64, n at least 1.
    """
    order = np.argsort(values)
    return float(values[order][np.searchsorted(weights[order].cumsum(), weights.sum() / 2)])


def _of_usual_size(
    segmentation: Segmentation,
    chosen: list[int],
    confidences: NDArray[np.float64],
    labels: NDArray[np.intp],
) -> list[int]:
    """Leave out what is much smaller than the digits that are sure: specks, scraps, commas."""
    if not chosen:
        return []
    sizes = np.array([max(segmentation.candidates[k].box[2:]) for k in chosen], float)
    usual = weighted_median(sizes, sizes * confidences[chosen])
    is_zero = (labels[chosen] == 0) & (confidences[chosen] >= MIN_ZERO_CONFIDENCE)
    smallest = np.where(is_zero, MIN_ZERO_SIZE, MIN_RELATIVE_SIZE) * usual
    return [k for k, kept in zip(chosen, sizes > smallest, strict=True) if kept]


def _best_cover(
    candidates: Sequence[Candidate],
    line: list[int],
    confidences: NDArray[np.float64],
    labels: NDArray[np.intp],
) -> list[int]:
    """Return indices of candidates that cover each segment of a line once, with the best sum.

    There are none where every cover would take something that was cut off and is hardly a digit.
    """
    end = max(candidates[k].last for k in line) + 1
    possible = _possible(candidates, line, confidences, labels)
    best = [0.0] + [-np.inf] * end
    covers: list[list[int]] = [[] for _ in range(end + 1)]
    for k in sorted(possible, key=lambda k: candidates[k].last):
        candidate = candidates[k]
        value = best[candidate.first] + _value(candidate, float(confidences[k]))
        if value > best[candidate.last + 1]:
            best[candidate.last + 1] = value
            covers[candidate.last + 1] = [*covers[candidate.first], k]
    return covers[end]


def _possible(
    candidates: Sequence[Candidate],
    line: list[int],
    confidences: NDArray[np.float64],
    labels: NDArray[np.intp],
) -> list[int]:
    """Return the candidates of a line without those that were cut off and are hardly digits."""
    is_sure = {k: confidences[k] >= MIN_SURE_CONFIDENCE for k in line}
    beside_digit = any(is_sure[k] and not candidates[k].cuts for k in line)
    return [
        k
        for k in line
        if not candidates[k].cuts
        or (is_sure[k] and (beside_digit or labels[k] not in STROKE_DIGITS))
        or (confidences[k] >= MIN_CUT_CONFIDENCE and _is_broad(candidates[k].hull))
    ]


def _is_broad(hull: Box) -> bool:
    """Judge whether ink is too broad to be a letter."""
    return hull.width >= MIN_BROAD_ASPECT * hull.height


def _value(candidate: Candidate, confidence: float) -> float:
    """Return what a candidate adds to the sum of its line."""
    segments = candidate.last - candidate.first + 1
    value = segments * float(np.log(max(confidence, MIN_PROBABILITY)))
    value += float(np.log(CUT_FACTOR)) * candidate.cuts
    return value - WIDTH_PENALTY * max(0.0, candidate.box.width / candidate.box.height - 1)
