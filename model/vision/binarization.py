"""From contrast to ink: where to draw the line between paper and pen."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from model.vision.glyphs import padded, stroke_width

MIN_CONTRAST = 10
"""Contrast, of 255, below which nothing counts as ink, however quiet the page."""

NOISE_FACTOR = 5.0
"""How many standard deviations of the page's noise a pixel must stand out."""

MIN_INK_PIXELS = 12
"""Pixels over the noise below which a plane holds no ink."""


MAX_GAP = 0.5
"""Gap in a broken stroke that is closed, as a share of the width of the strokes."""

MIN_PIECE_SIZE = 0.15
"""Longer side of a piece of ink that counts, as a share of the largest."""

MAX_PIECES = 100
"""Pieces over which ink is texture."""

MAX_PIECES_LEFT = 0.6
"""Pieces that are left when gaps are closed, as a share, from which strokes are not broken."""


class Binarization(NamedTuple):
    """One way to tell ink from paper.

    Attributes:
        reach: within which the paper is looked for, see `illumination.normalize_illumination`.
        low, high: thresholds, as shares of the ink's strength: ink is what is over the first and
            hangs together with something over the second.
    """

    reach: float
    low: float
    high: float


class BinaryPlane(NamedTuple):
    """A plane of which each pixel is ink or paper.

    Attributes:
        plane: (h, w), uint8, contrast, 0 paper … 255 ink.
        mask: (h, w), uint8, 0 paper, 1 ink.
        threshold: contrast over which a pixel may be ink.
    """

    plane: NDArray[np.uint8]
    mask: NDArray[np.uint8]
    threshold: float


def binarize(plane: NDArray[np.uint8], binarization: Binarization) -> BinaryPlane | None:
    """Tell ink from paper; None if there is no ink.

    Args:
        plane: (h, w), uint8, contrast, 0 paper … 255 ink.
        binarization: its thresholds.
    """
    level, floor = ink_level(plane)
    if level == 0:
        return None
    low, high = (max(share * level, floor) for share in (binarization.low, binarization.high))
    return BinaryPlane(plane, hysteresis_threshold(plane, low, high), low)


def close_gaps(
    mask: NDArray[np.uint8], labels: NDArray[np.int32], boxes: NDArray[np.int32]
) -> NDArray[np.uint8] | None:
    """Close the gaps in broken strokes, such as those between the segments of a display.

    What touches the picture's border stays as it is: the frame of a display is close to its digits.

    Args:
        mask: (h, w), uint8, 0 paper, 1 ink.
        labels: (h, w), int32, 0 paper, k + 1 the connected piece of row k below.
        boxes: (n, 4), int32, x, y, width, height of each piece.

    Returns:
        (h, w), uint8, 0 paper, 1 ink; None where there are hardly any gaps, or all becomes one
        piece: those of one digit are joined without it.
    """
    x, y, width, height = boxes.T
    at_border = (x == 0) | (y == 0) | (x + width == mask.shape[1]) | (y + height == mask.shape[0])
    pieces = _count_large(boxes[~at_border])
    if not 1 < pieces <= MAX_PIECES:
        return None
    inner = mask.copy()
    inner[np.append(False, at_border)[labels]] = 0
    reach = max(2, round(MAX_GAP * stroke_width(padded(inner, 1))))
    square = np.ones((reach + 1, reach + 1), np.uint8)
    closed = cv2.morphologyEx(padded(inner, reach), cv2.MORPH_CLOSE, square)
    joined = np.ascontiguousarray(closed[reach:-reach, reach:-reach], np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStatsWithAlgorithm(
        joined, 8, cv2.CV_32S, cv2.CCL_GRANA
    )
    left = _count_large(np.asarray(stats[1:], np.int32))
    return mask | joined if 1 < left <= MAX_PIECES_LEFT * pieces else None


def _count_large(boxes: NDArray[np.int32]) -> int:
    """Count boxes (n, 4 or more), x, y, width, height, …, without those that are much smaller."""
    sizes = boxes[:, 2:4].max(axis=1, initial=0)
    return int((sizes >= MIN_PIECE_SIZE * sizes.max(initial=0)).sum())


def ink_level(plane: NDArray[np.uint8]) -> tuple[float, float]:
    """Measure how strong the ink of a plane typically is, and how strong its noise may get.

    Only pixels over the noise are looked at, so that a small digit on a large sheet counts as
    much as a digit that fills the picture.

    Args:
        plane: (h, w), uint8, 0 paper … 255.

    Returns:
        the mean of the upper of two classes (Otsu), 0 if there is no ink; the noise floor.
    """
    floor = max(MIN_CONTRAST, NOISE_FACTOR * noise(plane))
    inked = plane[plane > int(floor)]
    if len(inked) < MIN_INK_PIXELS:
        return 0.0, floor
    counts = np.bincount(inked, minlength=256).astype(np.float64)
    levels = np.arange(256)
    below, moment = counts.cumsum(), (counts * levels).cumsum()
    above = below[-1] - below
    split = -1
    if (valid := (below > 0) & (above > 0)).any():
        spread = np.zeros(256)
        spread[valid] = (moment[-1] * below - moment * below[-1])[valid] ** 2
        spread[valid] /= (below * above)[valid]
        split = int(spread.argmax())
    upper = counts[split + 1 :]
    return float((upper * levels[split + 1 :]).sum() / upper.sum()), floor


def noise(plane: NDArray[np.uint8]) -> float:
    """Estimate the standard deviation of a plane's noise, (h, w), uint8, whatever ink is on it.

    From second differences along rows (Immerkær 1996, "Fast noise variance estimation"), by their
    median.
    """
    step = max(1, plane.shape[0] // 100)
    rows = plane[step : plane.shape[0] - 1 : step]
    if rows.size == 0 or plane.shape[1] < 3:
        return 0.0
    kernel = np.array([[1, -2, 1]], np.float32)
    detail = np.abs(cv2.filter2D(rows, cv2.CV_16S, kernel))
    return float(quantile(detail, 0.5) / 0.6745 / np.sqrt(6.0))


def quantile(values: NDArray[np.integer], share: float) -> float:
    """Return the value below which a share of an array lies; np.quantile takes a hundred times as
    long.

    Args:
        values: of any shape, not empty, not negative, and not much over a thousand.
        share: 0–1.
    """
    counts = np.bincount(values.ravel())
    return float(counts.cumsum().searchsorted(int(share * (values.size - 1)), side="right"))


def threshold(plane: NDArray[np.uint8], level: float) -> NDArray[np.uint8]:
    """Return which pixels of a plane (h, w), uint8, are over a level: (h, w), uint8, 0 or 1."""
    # NumPy would turn all pixels into float64 first.
    return np.asarray(cv2.threshold(plane, level, 1, cv2.THRESH_BINARY)[1], np.uint8)


def hysteresis_threshold(plane: NDArray[np.uint8], low: float, high: float) -> NDArray[np.uint8]:
    """Return which pixels over `low` hang together with one over `high`: (h, w), uint8, 0 or 1.

    Args:
        plane: (h, w), uint8.
    """
    candidates = threshold(plane, low)
    if high <= low:
        return candidates
    count, labels = cv2.connectedComponents(candidates, connectivity=8)
    seeded = np.zeros(count, np.uint8)
    seeded[labels[threshold(plane, high).view(np.bool_)]] = 1
    seeded[0] = 0
    return np.asarray(seeded[labels])
