"""Find the sheet, note or display that fills a part of a photo, so that it can be read alone.

What lies around it has edges of its own, is often darker or lighter than all ink, and would decide
what counts as paper. Seen alone, it is a picture like any other.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from model.types import Box
from model.vision.illumination import thumbnail

THUMBNAIL_SIDE = 160
"""Pixels of the longer side on which a sheet is looked for."""

LEVELS = 16
"""Thresholds of brightness that are tried, from the darkest to the lightest."""

MIN_SHARE = 0.05
"""Share of the picture that a sheet covers at least."""

MAX_SHARE = 0.8
"""Share of the picture that it covers at most: more is the picture itself."""

MIN_RECTANGULARITY = 0.88
"""Share of the smallest rectangle around a sheet, however turned, that it fills."""

MAX_OTHER_SHARE = 0.5
"""Size of another rectangle beside a sheet, as a share of it, from which none is taken: digits in
several cells are one number."""


class Sheet(NamedTuple):
    """A part of a picture.

    Attributes:
        pixels: (h, w, 3), uint8, RGB: within its box, with its own colour continued over the rest.
        box: where it stands in the picture.
    """

    pixels: NDArray[np.uint8]
    box: Box


class _Rectangle(NamedTuple):
    """A rectangle on the thumbnail.

    Attributes:
        mask: (h, w), uint8, 0 or 1.
        area: in pixels.
        steepness: of its edge, the median of the slope of brightness along it.
    """

    mask: NDArray[np.uint8]
    area: int
    steepness: float


def find_sheet(pixels: NDArray[np.uint8]) -> Sheet | None:
    """Find the one sheet in a picture (h, w, 3), uint8, RGB; None if there is none, or several.

    Of all rectangles that some threshold of brightness separates from what is around them, the one
    with the steepest edge is the sheet.
    """
    small = np.asarray(cv2.medianBlur(thumbnail(pixels, THUMBNAIL_SIDE), 3), np.uint8)
    found = list(_rectangles(np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)))
    if not found:
        return None
    best = max(found, key=lambda each: each.steepness)
    if any(
        each.area >= MAX_OTHER_SHARE * best.area and not (each.mask & best.mask).any()
        for each in found
    ):
        return None
    return _cut_out(pixels, small, best.mask)


def _rectangles(grey: NDArray[np.uint8]) -> Iterator[_Rectangle]:
    """Find the lighter and the darker rectangles in a thumbnail (h, w), uint8."""
    slopes = [cv2.Sobel(grey, cv2.CV_32F, *order) for order in ((1, 0), (0, 1))]
    steepness = cv2.magnitude(*slopes)
    for level in np.linspace(grey.min(), grey.max(), LEVELS + 2)[1:-1].tolist():
        for kind in (cv2.THRESH_BINARY, cv2.THRESH_BINARY_INV):
            side = cv2.threshold(grey, level, 1, kind)[1]
            # Without what is thin and hangs on it.
            side = cv2.morphologyEx(side, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
            for outline in cv2.findContours(side, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0]:
                area = cv2.contourArea(outline)
                if not MIN_SHARE * grey.size < area < MAX_SHARE * grey.size:
                    continue
                across, down = cv2.minAreaRect(outline)[1]
                if area < MIN_RECTANGULARITY * across * down:
                    continue
                mask = np.zeros_like(grey)
                cv2.drawContours(mask, [outline], -1, 1, cv2.FILLED)
                columns, rows = outline[:, 0].T
                yield _Rectangle(mask, int(area), float(np.median(steepness[rows, columns])))


def _cut_out(pixels: NDArray[np.uint8], small: NDArray[np.uint8], mask: NDArray[np.uint8]) -> Sheet:
    """Cut a sheet out of a picture.

    Args:
        pixels: (h, w, 3), uint8, RGB.
        small: the same, reduced.
        mask: (h, w), uint8, 0 or 1, which pixels of that are the sheet.
    """
    # The outermost pixels are half what lies around it; the picture's own border is not.
    edged = cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    inner = cv2.erode(edged, np.ones((5, 5), np.uint8))[1:-1, 1:-1]
    _, nearest = cv2.distanceTransformWithLabels(
        1 - inner, cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    colours = np.zeros((int(nearest.max()) + 1, 3), np.uint8)
    colours[nearest[inner == 1]] = small[inner == 1]
    height, width = pixels.shape[:2]
    size = (width, height)
    beyond = cv2.resize(colours[nearest], size, interpolation=cv2.INTER_LINEAR)
    is_sheet = cv2.resize(inner, size, interpolation=cv2.INTER_NEAREST)
    box = Box(*cv2.boundingRect(is_sheet))
    within = np.s_[box.y : box.y + box.height, box.x : box.x + box.width]
    cut = np.where(is_sheet[within][..., None] == 1, pixels[within], beyond[within])
    return Sheet(np.ascontiguousarray(cut, np.uint8), box)
