"""From pixels to ink: even out the light and decide what is ink and what is paper."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

THUMBNAIL = 240
"""Pixels of the longer side on which the paper is estimated; light varies slowly."""


def brightness(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(h, w, 3) RGB to (h, w) grey, both uint8."""
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)


def is_dark_ink(grey: NDArray[np.uint8]) -> bool:
    """Whether the ink is darker than the paper: the frame of a picture is mostly paper."""
    frame = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    level, _ = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return bool((frame > level).mean() >= 0.5)


def flatten(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """How much darker each pixel is than the paper around it.

    The paper is what remains when everything narrower than a third of the picture is filled
    with the brightness beside it, so shadows with hard edges go as well as slow gradients.

    Args:
        grey: (h, w), uint8, dark ink on lighter paper.

    Returns:
        (h, w), uint8, 0 paper … as bright as the ink is darker than its paper.
    """
    height, width = grey.shape
    shrink = max(1.0, max(height, width) / THUMBNAIL)
    size = (max(1, round(width / shrink)), max(1, round(height / shrink)))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    reach = max(3, min(size) // 3) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, kernel, borderType=cv2.BORDER_REPLICATE)
    paper = cv2.GaussianBlur(paper, (0, 0), reach / 8)
    paper = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.subtract(paper, grey), np.uint8)
