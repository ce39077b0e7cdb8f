"""A sheet on a table, photographed from the side: find its four corners, and see it from above.

As document scanners do: the largest bright region of a thumbnail, its outline reduced to a polygon
(Douglas & Peucker 1973), and if that has four corners a homography onto a rectangle.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from model.vision.illumination import thumbnail

THUMBNAIL = 160
"""Pixels of the longer side on which the sheet is looked for: its ink nearly vanishes."""

PEN = 5
"""Pixels of the thumbnail up to which dark strokes on the sheet are filled."""

LEAST, MOST = 0.2, 0.95
"""Share of the picture that a sheet takes: more and there is nothing beside it to be rid of."""

BEND = 0.02
"""How far the outline may leave the four sides, as a share of its length."""

FILLS = 0.94
"""Share that region and quadrilateral have in common, of both together."""

BRIGHTER = 25
"""Levels, of 255, by which the sheet is brighter along each of its sides than what lies beside."""

BESIDE = 4
"""Pixels of the thumbnail from a side over which that is seen."""

SIDES = 3
"""Sides, of four, that are in the picture rather than cut off by its frame. Where light and
shadow meet there is one, or two."""

INSET = 0.012
"""Share of the sheet that is cut off on every side: its edge is no stroke."""


class Flat(NamedTuple):
    """A sheet seen from above.

    Attributes:
        pixels: (h, w, 3), uint8, RGB.
        matrix: (3, 3), where a pixel of it is in the picture, in homogeneous coordinates.
    """

    pixels: NDArray[np.uint8]
    matrix: NDArray[np.float64]


def flattened(pixels: NDArray[np.uint8]) -> Flat | None:
    """The sheet that lies in a picture (h, w, 3), uint8, RGB; None if there is not clearly one."""
    corners = find_corners(pixels)
    if corners is None:
        return None
    centre = corners.mean(axis=0)
    corners = (centre + (corners - centre) * (1 - 2 * INSET)).astype(np.float32)
    sides = np.linalg.norm(corners - np.roll(corners, -1, axis=0), axis=1)
    width, height = (max(2, round(float(max(sides[k], sides[k + 2])))) for k in (0, 1))
    square = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(square, corners)
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    flat = cv2.warpPerspective(
        pixels, matrix, (width, height), flags=how, borderMode=cv2.BORDER_REPLICATE
    )
    return Flat(np.asarray(flat, np.uint8), np.asarray(matrix, np.float64))


def find_corners(pixels: NDArray[np.uint8]) -> NDArray[np.float32] | None:
    """The corners of the sheet in a picture (h, w, 3), uint8, RGB.

    Returns:
        (4, 2), x and y: top left, top right, bottom right, bottom left; or None.
    """
    small = thumbnail(pixels, THUMBNAIL)
    height, width = small.shape[:2]
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    pen = np.ones((PEN, PEN), np.uint8)
    filled = np.asarray(cv2.morphologyEx(grey, cv2.MORPH_CLOSE, pen), np.uint8)
    _, split = cv2.threshold(filled, 0, 1, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    mask = np.asarray(split, np.uint8)
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not outlines:
        return None
    hull = cv2.convexHull(max(outlines, key=cv2.contourArea))
    share = cv2.contourArea(hull) / (height * width)
    if not LEAST <= share <= MOST:
        return None
    quad = np.asarray(
        cv2.approxPolyDP(hull, BEND * cv2.arcLength(hull, True), True)[:, 0], np.int32
    )
    if len(quad) != 4 or not _is_sheet(quad, mask, filled):
        return None
    # The frame's corners are those of pixels, whose middles the outline runs through.
    scale = np.array(pixels.shape[1::-1]) / (width, height)
    corners = (quad + 0.5) * scale - 0.5
    return _ordered(corners.astype(np.float32))


def _is_sheet(quad: NDArray[np.int32], mask: NDArray[np.uint8], grey: NDArray[np.uint8]) -> bool:
    """Whether what is in a quadrilateral (4, 2) is all of a mask (h, w), 0 or 1, and stands out."""
    inside = np.asarray(cv2.fillConvexPoly(np.zeros_like(mask), quad, 1), np.uint8)
    if np.count_nonzero(inside & mask) < FILLS * np.count_nonzero(inside | mask):
        return False
    within = 0
    for start, end in zip(quad, np.roll(quad, -1, axis=0), strict=True):
        if _on_frame(start, end, mask.shape):
            continue
        within += 1
        near = np.zeros_like(mask)
        cv2.line(near, start.tolist(), end.tolist(), 1, 2 * BESIDE + 1)
        inner, outer = grey[(near & inside) > 0], grey[near > inside]
        if not len(outer) or np.median(inner) < np.median(outer) + BRIGHTER:
            return False
    return within >= SIDES


def _on_frame(start: NDArray[np.int32], end: NDArray[np.int32], shape: tuple[int, ...]) -> bool:
    """Whether a side, from x, y to x, y, is where the frame (h, w) cuts a sheet off."""
    low, high = np.minimum(start, end), np.maximum(start, end)
    return bool((high <= 1).any() or (low >= np.array(shape[1::-1]) - 2).any())


def _ordered(corners: NDArray[np.float32]) -> NDArray[np.float32]:
    """Corners (4, 2) clockwise from the top left, turned by less than 45°."""
    centred = corners - corners.mean(axis=0)
    clockwise = corners[np.argsort(np.arctan2(centred[:, 1], centred[:, 0]))]
    return np.roll(clockwise, -int(clockwise.sum(axis=1).argmin()), axis=0)
