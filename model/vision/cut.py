"""From a digit's strokes to its glyph: cut out, bring to MNIST's softness and stroke width."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from model.glyph import to_glyph
from model.reading import Glyph

CANVAS = 80
"""Pixels of the longer side at which strokes are measured: four for each of the glyph's 20."""

MARGIN = 12
"""Pixels of paper around the canvas for strokes to grow into."""

THINNEST, THICKEST = 7.0, 16.0
"""Stroke widths on the canvas. In MNIST, 1 % are under 5.6 and 1 % over 20."""


def cut(strokes: NDArray[np.uint8]) -> Glyph:
    """One digit's ink to its glyph.

    Args:
        strokes: (h, w), uint8, 0 paper … 255 ink, nothing but this digit.
    """
    x, y, width, height = cv2.boundingRect(strokes)
    if width == 0:
        return to_glyph(strokes)
    scale = CANVAS / max(width, height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    ink = cv2.resize(strokes[y : y + height, x : x + width], size, interpolation=how)
    return to_glyph(_even(np.pad(np.asarray(ink, np.uint8), MARGIN)))


def stroke_width(ink: NDArray[np.uint8]) -> float:
    """Typical width of the strokes in ink (h, w), in pixels: area over half the outline."""
    mask = (ink > 96).astype(np.uint8)
    contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    outline = sum(cv2.arcLength(contour, True) for contour in contours)
    return 2 * float(mask.sum()) / outline + 1 if outline else 0.0


def _even(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Thicken hair lines and thin blots, so that neither is far from what MNIST holds."""
    width = stroke_width(ink)
    if THINNEST <= width <= THICKEST:
        return ink
    change = round(min(THINNEST - width, 8)) if width < THINNEST else round(THICKEST - width)
    change = max(change, -6)
    reach = abs(change) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    changed = cv2.dilate(ink, kernel) if change > 0 else cv2.erode(ink, kernel)
    return np.asarray(changed if changed.max() > 96 else ink, np.uint8)
