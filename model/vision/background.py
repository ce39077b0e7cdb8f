"""Whether what lies on both sides of a stroke is the same: paper is, the edge of a thing is not."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from model.types import Box
from model.vision.glyphs import padded, stroke_width

FAR = 6
"""Pixels beside a stroke that are looked at, at most."""

FAINT = 10.0
"""Difference between ink and paper, of 255 in red, green and blue together, taken at least."""


FEWEST, ENOUGH = 8, 500
"""Pixels of a digit's ink that say something, and so many that more would say no more."""


def background_difference(
    pixels: NDArray[np.uint8], ink: NDArray[np.bool_], boxes: Sequence[Box]
) -> float:
    """How much the grounds around strokes differ from place to place, against the ink's contrast.

    All that lies within a stroke's width of a pixel of ink, and is none, is compared there and
    then: shadows and slopes of light change the paper along a stroke, but seldom across it.

    Args:
        pixels: (h, w, 3), uint8, RGB.
        ink: (h, w), whatever was taken for ink.
        boxes: of the digits in it.

    Returns:
        the mean over digits, by area, of the median over a digit's ink: about 0.05 on plain paper,
        under 0.5 on nearly all; about 1 and more where a thing ends.
    """
    total = area = 0.0
    for box in boxes:
        top, left = max(box.y - 2 * FAR, 0), max(box.x - 2 * FAR, 0)
        around = np.s_[top : box.y + box.height + 2 * FAR, left : box.x + box.width + 2 * FAR]
        near = ink[around].astype(np.uint8)
        own = np.zeros_like(near)
        within = np.s_[box.y - top :, box.x - left :]
        own[within][: box.height, : box.width] = near[within][: box.height, : box.width]
        found = _unlike(pixels[around], near, own)
        if found is not None:
            total += found * int(own.sum())
            area += int(own.sum())
    return total / area if area else 0.0


def _unlike(
    pixels: NDArray[np.uint8], ink: NDArray[np.uint8], own: NDArray[np.uint8]
) -> float | None:
    """The same of one digit's ink (h, w), 0 or 1; None where there is too little beside it."""
    width = max(1.0, stroke_width(padded(own, 1)))
    near = round(0.15 * width) + 1  # past the soft edge
    far = near + min(max(2, round(0.3 * width)), FAR)
    beside = cv2.subtract(cv2.dilate(own, _square(far)), cv2.dilate(ink, _square(near)))
    # The lightest and the darkest ground within reach, colour by colour.
    reach = _square(round(width / 2) + far)
    light = cv2.dilate(cv2.bitwise_and(pixels, pixels, mask=beside), reach)
    shade = cv2.dilate(cv2.bitwise_not(pixels, mask=beside), reach)
    seen = np.flatnonzero(cv2.bitwise_and(own, cv2.dilate(beside, reach)).view(np.bool_))
    if len(seen) < FEWEST:
        return None
    seen = seen[:: 1 + len(seen) // ENOUGH]
    lightest = light.reshape(-1, 3)[seen].astype(np.float32)
    darkest = 255 - shade.reshape(-1, 3)[seen].astype(np.float32)
    spread = np.linalg.norm(lightest - darkest, axis=1)
    depth = np.linalg.norm((lightest + darkest) / 2 - pixels.reshape(-1, 3)[seen], axis=1)
    return float(np.median(spread)) / max(FAINT, float(np.median(depth)))


def _square(radius: int) -> NDArray[np.uint8]:
    """All within a radius, for dilation: OpenCV takes a square in two passes."""
    return np.ones((2 * radius + 1,) * 2, np.uint8)
