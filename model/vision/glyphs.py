"""From the ink of one digit to the 28×28 glyph that the network sees, made as MNIST was made."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from model.types import Glyph

GLYPH_SIDE = 28
"""Pixels of each side of a glyph, as in MNIST."""

DIGIT_SIDE = 20
"""Pixels of the longer side of the digit in it: MNIST's digits fill a box of 20×20."""

MASS_CENTRE = GLYPH_SIDE // 2
"""Mean centre of mass of MNIST's training images, as a pixel index: 14.00 by 14.01, ± 0.29."""

MIN_CANVAS_SIDE = 100
"""Pixels of the longer side to which ink is enlarged before the width of its strokes is changed."""

MAX_CANVAS_SIDE = 300
"""Pixels of the longer side to which larger ink is reduced: more takes time and shows the same."""

MIN_STROKE_WIDTH = 2.0
"""Width, in pixels of the glyph, to which thinner strokes are thickened: 5 % of MNIST's are under
1.8."""

MAX_STROKE_WIDTH = 4.0
"""Width, in pixels of the glyph, to which broader strokes are thinned: 5 % of MNIST's are over
4.4."""

MIN_WIDTH_CHANGE = 0.1
"""Change on each side of a stroke, in pixels of the glyph, below which strokes stay as they are."""


def extract_glyph(ink: NDArray[np.uint8], *, normalize_strokes: bool = True) -> Glyph:
    """Turn the ink of one digit into its glyph.

    Args:
        ink: (h, w), uint8, 0 paper … 255 ink, the outline at 128; nothing but this digit.
        normalize_strokes: bring the strokes to a width as in MNIST.

    Returns:
        (28, 28), uint8, 0 paper … 255 ink; all 0 if there is no ink.
    """
    x, y, width, height = cv2.boundingRect((ink >= 128).view(np.uint8))
    if not width:
        return to_glyph(np.zeros((1, 1), np.uint8))
    ink = _resized(padded(ink, 1)[y : y + height + 2, x : x + width + 2], max(width, height))
    return to_glyph(normalize_stroke_width(ink) if normalize_strokes else ink)


def to_glyph(ink: NDArray[np.uint8]) -> Glyph:
    """Fit ink into a 20×20 box and put its centre of mass in the centre of 28×28.

    Args:
        ink: (h, w), uint8, 0 paper … 255 ink. Paper around the ink is cut away.

    Returns:
        (28, 28), uint8, brightest pixel 255; all 0 if there is no ink.
    """
    glyph = np.zeros((GLYPH_SIDE, GLYPH_SIDE), np.uint8)
    x, y, width, height = cv2.boundingRect(ink)
    if width == 0:
        return glyph
    ink = ink[y : y + height, x : x + width]
    scale = DIGIT_SIDE / max(width, height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    # Area weights are what MNIST's makers used; they only exist when an image shrinks.
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(ink, size, interpolation=how).astype(np.float32)  # (≤20, ≤20)
    small *= 255 / max(float(small.max()), 1)
    top = _start(small.sum(axis=1))
    left = _start(small.sum(axis=0))
    glyph[top : top + size[1], left : left + size[0]] = np.rint(small)
    return glyph


def normalize_stroke_width(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Thicken hair lines and thin broad strokes until neither is far from what MNIST holds.

    Args:
        ink: (h, w), uint8, 0 paper … 255 ink, the outline at 128.

    Returns:
        larger by a margin, uint8, 0 paper … 255 ink.
    """
    unit = max(ink.shape) / DIGIT_SIDE  # a pixel of the glyph
    inside = padded((ink >= 128).view(np.uint8), round(2 * unit))
    inward = _distance(inside)
    width = _stroke_width(inside, inward) / unit
    change = (min(max(width, MIN_STROKE_WIDTH), MAX_STROKE_WIDTH) - width) / 2 * unit
    if abs(change) < MIN_WIDTH_CHANGE * unit:
        return ink
    changed = (change + 0.5 - _distance(1 - inside) + inward).clip(0, 1) * 255
    return np.asarray(changed if changed.any() else inside * 255, np.uint8)


def padded(plane: NDArray[np.uint8], margin: int) -> NDArray[np.uint8]:
    """Return a plane (h, w) with paper around it; np.pad takes ten times as long."""
    sides = (margin,) * 4
    return np.asarray(cv2.copyMakeBorder(plane, *sides, cv2.BORDER_CONSTANT), np.uint8)


def stroke_width(inside: NDArray[np.uint8]) -> float:
    """Return the width of the strokes in a mask (h, w), uint8, 0 or 1, in pixels; 0 without ink.

    In a stroke of width w, the distance to the outline is w/4 on average.
    """
    return _stroke_width(inside, _distance(inside))


def _stroke_width(inside: NDArray[np.uint8], inward: NDArray[np.float32]) -> float:
    """Return the same where the distance (h, w) of each pixel to the outline is known."""
    count = np.count_nonzero(inside)
    return 4 * float(inward.sum()) / count - 1 if count else 0.0


def _distance(inside: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return how far each pixel of a mask, 0 or 1, lies from its outline: (h, w), in pixels."""
    return np.asarray(cv2.distanceTransform(inside, cv2.DIST_L2, cv2.DIST_MASK_5), np.float32)


def _resized(ink: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Bring ink (h, w), whose longer side without its margin is `side`, to a canvas's size."""
    if side < MIN_CANVAS_SIDE:
        scale = MIN_CANVAS_SIDE / side
        return np.asarray(
            cv2.resize(ink, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), np.uint8
        )
    if side <= MAX_CANVAS_SIDE:
        return ink
    scale = MAX_CANVAS_SIDE / side
    if scale < 0.6:  # a hair line would fade
        ink = np.asarray(cv2.dilate(ink, np.ones((round(1 / scale),) * 2, np.uint8)), np.uint8)
    return np.asarray(
        cv2.resize(ink, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8
    )


def _start(mass: NDArray[np.float32]) -> int:
    """Return where a profile (n,) begins in 28 pixels, its centre of mass on their centre."""
    centre = float((mass * np.arange(len(mass))).sum() / mass.sum())
    return min(max(round(MASS_CENTRE - centre), 0), GLYPH_SIDE - len(mass))
