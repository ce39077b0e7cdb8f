"""From pixels to contrast: one grey plane, light evened out, ink bright on paper that is 0."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

THUMBNAIL = 240
"""Pixels of the longer side on which the paper is estimated; light varies slowly."""

DARKEST = 48
"""Paper darker than this, of 255, counts as this dark, so that noise in deep shadow stays small."""

COLOUR_SHARE = 0.35
"""Share of the difference between ink and paper that is brightness, below which colour decides."""

EITHER = 0.12
"""Share of the energy of dark on light that light on dark must have to be tried too, and the
other way round. In drawings and on even paper the wrong one has less than 0.05; in half-shaded
photos up to five times as much as the right one."""

_BRIGHTNESS = np.array([0.299, 0.587, 0.114], np.float32)


def contrast(grey: NDArray[np.uint8], reach: float) -> NDArray[np.uint8]:
    """How much of the paper's light each pixel takes away.

    The paper is what remains when everything narrower than `reach` is filled with the light
    beside it (a morphological closing), so shadows go, with hard edges or soft. Dividing by it
    makes a stroke in the shadow as strong as one in the light.

    Args:
        grey: (h, w), uint8, dark ink on lighter paper.
        reach: share of the longer side: wider than a stroke, narrower than a shadow.

    Returns:
        (h, w), uint8, 0 paper … 255 ink that takes all light.
    """
    height, width = grey.shape
    shrink = max(1.0, max(height, width) / THUMBNAIL)
    size = (max(1, round(width / shrink)), max(1, round(height / shrink)))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    across = max(3, round(reach * max(size))) | 1
    # A square, which OpenCV does in two passes: a disc gives the same and takes 20 times as long.
    kernel = np.ones((across, across), np.uint8)
    paper = cv2.morphologyEx(cv2.medianBlur(small, 3), cv2.MORPH_CLOSE, kernel)
    paper = cv2.blur(paper, (across // 2 | 1, across // 2 | 1))
    paper = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    paper = np.maximum(paper, DARKEST)
    return np.asarray(cv2.divide(cv2.subtract(paper, grey), paper, scale=255), np.uint8)


def plain(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The same without evening out the light: darker than the lightest, (h, w), uint8."""
    return np.asarray(grey.max() - grey, np.uint8)


def planes(pixels: NDArray[np.uint8]) -> list[tuple[NDArray[np.uint8], bool]]:
    """Grey planes, (h, w) uint8, in which ink may be dark on lighter paper; the likeliest first.

    What differs from the middle brightness of a wide neighbourhood is ink, whichever side it is
    on. Where light and shadow differ about as much, both polarities are given.

    Args:
        pixels: (h, w, 3), uint8, RGB.

    Returns:
        each plane, and whether the ink is dark in the photo too.
    """
    shrink = max(1.0, max(pixels.shape[:2]) / (THUMBNAIL / 2))
    size = (max(1, round(pixels.shape[1] / shrink)), max(1, round(pixels.shape[0] / shrink)))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    across = max(3, round(0.75 * max(size))) | 1
    edge = across // 2
    wide = cv2.copyMakeBorder(small, edge, edge, edge, edge, cv2.BORDER_REPLICATE)
    paper = cv2.medianBlur(wide, across)[edge:-edge, edge:-edge].astype(np.float32)
    difference = paper - small  # (h, w, 3), positive where darker than the paper
    ways = [_weigh(np.maximum(sign * difference, 0)) for sign in (1, -1)]
    (dark, dark_colour), (light, light_colour) = ways
    found = []
    if dark > EITHER * light:
        found.append((_projected(pixels, dark_colour), True))
    if light > EITHER * dark:
        inverted = cv2.bitwise_not(_projected(pixels, light_colour))
        found.append((np.asarray(inverted, np.uint8), False))
    if light > dark:
        found.reverse()
    return found


def _weigh(taken: NDArray[np.float32]) -> tuple[float, NDArray[np.float32]]:
    """The energy of a difference (h, w, 3), and the mean colour of its strongest pixels, (3,)."""
    strongest = taken.max(axis=2)
    few = strongest >= max(float(np.percentile(strongest, 99)), 1.0)
    colour = taken[few].mean(axis=0) if few.any() else _BRIGHTNESS
    return float((strongest**2).sum()) + 1e-6, np.asarray(colour, np.float32)


def _projected(pixels: NDArray[np.uint8], colour: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Brightness, or where ink and paper are equally bright, the channels that differ most."""
    length = float(np.linalg.norm(colour))
    share = float(colour @ _BRIGHTNESS) / length if length else 1.0
    if share > COLOUR_SHARE:
        return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    weights = (colour / colour.sum()).reshape(1, 3)
    return np.asarray(cv2.transform(pixels, weights), np.uint8)
