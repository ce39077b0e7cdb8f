"""Tell strokes on paper from the edges of objects: paper is the same on both sides of a stroke."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from model.types import Box
from model.vision.glyphs import padded, stroke_width

MAX_DISTANCE = 6
"""Pixels beside a stroke that are compared, at most."""

MIN_CONTRAST = 10.0
"""Difference between ink and paper, of 255 in red, green and blue together, taken at least."""

MIN_PIXELS = 8
"""Pixels of a digit's ink below which nothing can be said of what lies beside it."""

MAX_PIXELS = 500
"""Pixels of a digit's ink that are compared: more take time and say no more."""


def background_difference(
    pixels: NDArray[np.uint8], ink: NDArray[np.bool_], boxes: Sequence[Box]
) -> float:
    """Measure how much the paper beside strokes differs from side to side, relative to the ink.

    What lies within a stroke's width of a pixel of ink is compared there: shadows and slopes of
    light change the paper along a stroke, but seldom across it.

    Args:
        pixels: (h, w, 3), uint8, RGB.
        ink: (h, w), bool, whatever was taken for ink.
        boxes: of the digits in it.

    Returns:
        the mean over digits, by area, of the median over a digit's ink: about 0.05 on plain paper,
        under 0.5 on nearly all paper; about 1 and more where an object ends.
    """
    total = area = 0.0
    margin = 2 * MAX_DISTANCE
    for box in boxes:
        top, left = max(box.y - margin, 0), max(box.x - margin, 0)
        around = np.s_[top : box.y + box.height + margin, left : box.x + box.width + margin]
        near = ink[around].astype(np.uint8)
        own = np.zeros_like(near)
        within = np.s_[box.y - top :, box.x - left :]
        own[within][: box.height, : box.width] = near[within][: box.height, : box.width]
        difference = _difference(pixels[around], near, own)
        if difference is not None:
            total += difference * int(own.sum())
            area += int(own.sum())
    return total / area if area else 0.0


def _difference(
    pixels: NDArray[np.uint8], ink: NDArray[np.uint8], own: NDArray[np.uint8]
) -> float | None:
    """Return the difference for one digit's own ink (h, w), 0 or 1; None if too little is seen."""
    width = max(1.0, stroke_width(padded(own, 1)))
    near = round(0.15 * width) + 1  # past the soft edge
    far = near + min(max(2, round(0.3 * width)), MAX_DISTANCE)
    beside = cv2.subtract(cv2.dilate(own, _square(far)), cv2.dilate(ink, _square(near)))
    # The lightest and the darkest paper within reach, colour by colour.
    reach = _square(round(width / 2) + far)
    light = cv2.dilate(cv2.bitwise_and(pixels, pixels, mask=beside), reach)
    shade = cv2.dilate(cv2.bitwise_not(pixels, mask=beside), reach)
    seen = np.flatnonzero(cv2.bitwise_and(own, cv2.dilate(beside, reach)).view(np.bool_))
    if len(seen) < MIN_PIXELS:
        return None
    seen = seen[:: 1 + len(seen) // MAX_PIXELS]
    lightest = light.reshape(-1, 3)[seen].astype(np.float32)
    darkest = 255 - shade.reshape(-1, 3)[seen].astype(np.float32)
    spread = np.linalg.norm(lightest - darkest, axis=1)
    depth = np.linalg.norm((lightest + darkest) / 2 - pixels.reshape(-1, 3)[seen], axis=1)
    return float(np.median(spread)) / max(MIN_CONTRAST, float(np.median(depth)))


def _square(radius: int) -> NDArray[np.uint8]:
    """Return a square to dilate by, which OpenCV does in two passes."""
    return np.ones((2 * radius + 1,) * 2, np.uint8)
