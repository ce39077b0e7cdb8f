"""From a digit's strokes to its glyph: cut out, bring to MNIST's stroke width, fit to 28×28."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from model.types import Glyph
from model.vision.mnist_glyph import BOX, to_glyph

CANVAS = 100
"""Pixels of the longer side at least, at which strokes are measured."""

THINNEST, THICKEST = 2.0, 4.0
"""Stroke widths in pixels of the glyph's 20. In MNIST 5 % are under 1.8 and 5 % over 4.4."""


def extract_glyph(ink: NDArray[np.uint8], *, even_strokes: bool = True) -> Glyph:
    """One digit's ink to its glyph.

    Args:
        ink: (h, w), uint8, 0 paper … 255 ink, the outline at 128; nothing but this digit.
        even_strokes: bring them to a width as in MNIST.
    """
    x, y, width, height = cv2.boundingRect((ink >= 128).view(np.uint8))
    if not width:
        return to_glyph(np.zeros((1, 1), np.uint8))
    ink = padded(ink, 1)[y : y + height + 2, x : x + width + 2]
    side = max(width, height)
    if side < CANVAS:
        scale = CANVAS / side
        ink = np.asarray(cv2.resize(ink, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC))
    elif side > 3 * CANVAS:
        scale = 3 * CANVAS / side
        if scale < 0.6:  # a hair line would fade
            ink = np.asarray(cv2.dilate(ink, np.ones((round(1 / scale),) * 2, np.uint8)))
        ink = np.asarray(cv2.resize(ink, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
    ink = np.asarray(ink, np.uint8)
    return to_glyph(normalize_stroke_width(ink) if even_strokes else ink)


def normalize_stroke_width(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Thicken hair lines and thin blots until neither is far from what MNIST holds.

    Args:
        ink: (h, w), uint8, the outline at 128.

    Returns:
        larger by a margin, uint8, 0 paper … 255 ink.
    """
    unit = max(ink.shape) / BOX  # a pixel of the glyph
    inside = padded((ink >= 128).view(np.uint8), round(2 * unit))
    width = stroke_width(inside) / unit
    change = (min(max(width, THINNEST), THICKEST) - width) / 2 * unit
    if abs(change) < 0.1 * unit:
        return ink
    outward = cv2.distanceTransform(1 - inside, cv2.DIST_L2, cv2.DIST_MASK_5)
    inward = cv2.distanceTransform(inside, cv2.DIST_L2, cv2.DIST_MASK_5)
    changed = (change + 0.5 - outward + inward).clip(0, 1) * 255
    return np.asarray(changed if changed.any() else inside * 255, np.uint8)


def padded(plane: NDArray[np.uint8], margin: int) -> NDArray[np.uint8]:
    """A plane (h, w) with paper around it; np.pad takes ten times as long."""
    sides = (margin,) * 4
    return np.asarray(cv2.copyMakeBorder(plane, *sides, cv2.BORDER_CONSTANT), np.uint8)


def stroke_width(inside: NDArray[np.uint8]) -> float:
    """Width of the strokes in a mask (h, w), 0 or 1, in pixels.

    In a stroke as wide as w, the distance to the outline is w/4 on average.
    """
    distance = cv2.distanceTransform(inside, cv2.DIST_L2, cv2.DIST_MASK_5)
    count = int(inside.sum())
    return 4 * float(distance.sum()) / count - 1 if count else 0.0
