"""From the ink of one digit to the 28×28 image that the network sees, made as MNIST was made."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from model.types import Glyph

PREPROCESSING = "box20-mass14"
"""Names what `to_glyph` does. A model stands for one preprocessing and is refused for another."""

SIDE = 28
BOX = 20
"""MNIST's digits fill a box of 20×20 pixels inside the 28×28."""

CENTRE = SIDE // 2
"""Mean centre of mass of MNIST's training images, as a pixel index: 14.00 by 14.01, ± 0.29."""


def to_glyph(ink: NDArray[np.uint8]) -> Glyph:
    """Fit ink into a 20×20 box and put its centre of mass in the centre of 28×28.

    Args:
        ink: (h, w), uint8, 0 paper … 255 ink. Paper around the ink is cut away.

    Returns:
        (28, 28), uint8, brightest pixel 255; all 0 if there is no ink.
    """
    glyph = np.zeros((SIDE, SIDE), np.uint8)
    x, y, width, height = cv2.boundingRect(ink)
    if width == 0:
        return glyph
    ink = ink[y : y + height, x : x + width]
    scale = BOX / max(width, height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    # Area weights are what MNIST's makers used; they only exist when an image shrinks.
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(ink, size, interpolation=how).astype(np.float32)  # (≤20, ≤20)
    small *= 255 / max(float(small.max()), 1)
    top = _start(small.sum(axis=1))
    left = _start(small.sum(axis=0))
    glyph[top : top + size[1], left : left + size[0]] = np.rint(small)
    return glyph


def _start(mass: NDArray[np.float32]) -> int:
    """Where a profile (n,) begins in 28 pixels so that its centre of mass falls on the centre."""
    centre = float((mass * np.arange(len(mass))).sum() / mass.sum())
    return int(np.clip(round(CENTRE - centre), 0, SIDE - len(mass)))
