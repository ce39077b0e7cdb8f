"""From contrast to ink: where to draw the line between paper and pen."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

FAINTEST = 10
"""Contrast of 255 below which nothing counts as ink, however quiet the page."""

NOISE_FACTOR = 5.0
"""How many standard deviations of the page's noise a pixel must stand out."""


BROADEST = 0.05
"""Reach of the broadest pen, as a share of the page: there a dot is as large as a small digit."""


def ink_level(plane: NDArray[np.uint8]) -> tuple[float, float]:
    """How strong the ink of a page typically is, and how strong its noise may get.

    Only pixels over the noise are looked at, so that a small digit on a large sheet counts as
    much as a digit that fills the picture.

    Args:
        plane: (h, w), uint8, 0 paper … 255.

    Returns:
        the mean of the upper of two classes (Otsu), 0 if there is no ink; the noise floor.
    """
    floor = max(FAINTEST, NOISE_FACTOR * noise(plane))
    counts = cv2.calcHist([plane], [0], None, [256], [0, 256]).ravel().astype(np.float64)
    counts[: int(floor) + 1] = 0
    if counts.sum() < 12:
        return 0.0, floor
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
    """Standard deviation of what changes from pixel to pixel (Immerkær 1996), robust to ink."""
    step = max(1, plane.shape[0] // 100)
    rows = plane[step : plane.shape[0] - 1 : step]
    if rows.size == 0 or plane.shape[1] < 3:
        return 0.0
    kernel = np.array([[1, -2, 1]], np.float32)
    detail = np.abs(cv2.filter2D(rows, cv2.CV_16S, kernel))
    return float(quantile(detail, 0.5) / 0.6745 / np.sqrt(6.0))


def quantile(values: NDArray[np.generic], share: float) -> float:
    """The value that a share of values stays below; np.quantile takes ten times as long."""
    rank = int(share * (values.size - 1))
    return float(np.partition(values, rank, axis=None)[rank])


def broadened(plane: NDArray[np.uint8], low: float) -> NDArray[np.uint8]:
    """Draw every stroke or dot of a plane (h, w) so broad that it joins others beside it.

    Gaps of about twice the width of the strokes close. Without ink, or where the strokes are broad
    as they are, the plane comes back as it was given.
    """
    depth = cv2.distanceTransform(threshold(plane, low), cv2.DIST_L2, cv2.DIST_MASK_3)
    inked = depth[depth > 0]
    reach = 2.4 * quantile(inked, 0.9) if inked.size else np.inf
    if reach > BROADEST * max(plane.shape):
        return plane
    across = 2 * round(reach) + 1
    nib = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (across, across))
    return np.asarray(cv2.dilate(plane, nib), np.uint8)


def threshold(plane: NDArray[np.uint8], level: float) -> NDArray[np.uint8]:
    """Pixels threshold a level, (h, w), 0 or 1; NumPy would turn them all into float64 first."""
    return np.asarray(cv2.threshold(plane, level, 1, cv2.THRESH_BINARY)[1], np.uint8)


def hysteresis_threshold(plane: NDArray[np.uint8], low: float, high: float) -> NDArray[np.uint8]:
    """Pixels over `low` that hang together with one over `high`, (h, w), 0 or 1."""
    candidates = threshold(plane, low)
    if high <= low:
        return candidates
    count, labels = cv2.connectedComponents(candidates, connectivity=8)
    seeded = np.zeros(count, np.uint8)
    seeded[labels[threshold(plane, high).view(np.bool_)]] = 1
    seeded[0] = 0
    return np.asarray(seeded[labels])
