"""Printed lines: squares and rules of paper, frames of forms, taken away from under the ink.

A line is told from a stroke by how far it runs straight, and what crosses it by how thick the ink
is there, as staff lines are removed from scores (Dalitz et al. 2008, "A comparative study of staff
removal algorithms"): where the ink is no thicker than the line it goes, where it is thicker a
stroke runs over it and stays.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from model.vision.binarization import threshold

RUN, SHORTEST = 0.06, 16
"""Length, as a share of the picture's longer side and in pixels at least, over which a line keeps
to its rows of pixels, give or take one: so a line of three pixels may be turned by 7°."""

SPAN = 0.6
"""Share of the picture's width (or height) that a line spans at least."""

EDGE, SEVERAL = 0.02, 3
"""How near the picture's frame, as a share of its width, a line begins or ends, and how many lines
need not, as on a sheet on a table."""

SLOPE = 0.12
"""Rise of a line by its length, at most: 7°."""

GAP = 0.25
"""Share of the picture's width (or height) over which a line is looked for behind what crosses."""

THICKEST = 0.09
"""Thickness of a line as a share of the picture's shorter side, at most."""

SAG = 0.02
"""How far a line may bend, as a share of its length: a sheet does, and so does a lens."""

CROSSED = 1.6
"""Thickness of the ink, in those of the line, from which a stroke crosses it."""


def may_be_ruled(boxes: NDArray[np.int32], shape: tuple[int, ...]) -> bool:
    """Whether one of the parts (n, 4), x, y, width, height, of a picture (h, w) is long enough."""
    return bool((boxes[:, 2:] >= SPAN * np.array(shape[1::-1])).any())


def without_rulings(plane: NDArray[np.uint8], low: float) -> NDArray[np.uint8]:
    """Take long straight lines out of a plane (h, w), uint8, 0 paper … 255.

    Args:
        plane: contrast.
        low: what is over it is ink or a line.

    Returns:
        (h, w), uint8; the plane as it was given where there is no line.
    """
    inked = threshold(plane, low)
    standing = _lines(np.ascontiguousarray(inked.T)).T
    lines = cv2.bitwise_or(_lines(inked), np.ascontiguousarray(standing))
    if not lines.any():
        return plane
    # With their soft edges, but for those of what stays.
    soft = cv2.dilate(lines, np.ones((3, 3), np.uint8))
    stays = cv2.subtract(inked, lines)
    return np.asarray(cv2.bitwise_and(plane, plane, mask=1 - cv2.subtract(soft, stays)), np.uint8)


def _lines(inked: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Pixels of a mask (h, w), 0 or 1, that are of lines from left to right and of no stroke."""
    height, width = inked.shape
    corridors = np.zeros_like(inked)
    # A pixel thicker above and below, so that a line that climbs keeps to its rows for longer.
    thick = cv2.dilate(inked, np.ones((3, 3), np.uint8))
    run = max(SHORTEST, round(RUN * max(height, width)))
    straight = np.asarray(cv2.morphologyEx(thick, cv2.MORPH_OPEN, _row(run)), np.uint8)
    if np.count_nonzero(straight.any(axis=0)) < SPAN * width:
        return corridors
    thickness = _thickness(straight)
    if thickness - 2 > THICKEST * min(height, width):
        return corridors
    straight = np.asarray(cv2.subtract(straight, _over(straight, thickness)), np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(
        cv2.morphologyEx(straight, cv2.MORPH_CLOSE, _row(round(GAP * width)))
    )
    courses = []
    for index in 1 + np.flatnonzero(stats[1:, cv2.CC_STAT_WIDTH] >= SPAN * width):
        x, y, across, down = map(int, stats[index, :4])
        within = np.s_[y : y + down, x : x + across]
        course = _course((labels[within] == index) & (straight[within] > 0))
        if len(course) and course[-1, 0] - course[0, 0] >= SPAN * width - 1:
            courses.append(course + np.array([x, y], np.int32))
    if len(courses) < SEVERAL:
        near = EDGE * width
        courses = [c for c in courses if c[0, 0] <= near or c[-1, 0] >= width - 1 - near]
    cv2.polylines(corridors, courses, False, 1, 2 * round(thickness / 2) + 3)
    crossing = _over(inked, max(1.0, thickness - 2))
    return np.asarray(cv2.subtract(cv2.bitwise_and(inked, corridors), crossing), np.uint8)


def _thickness(mask: NDArray[np.uint8]) -> float:
    """How thick lines are from top to bottom in a mask (h, w), 0 or 1, not empty.

    There are more columns of lines than of strokes in it, and strokes are mostly thicker.
    """
    changes = np.flatnonzero(np.diff(np.pad(mask.T, ((0, 0), (1, 1))).ravel()))
    return float(np.quantile(changes[1::2] - changes[::2], 0.3))


def _row(length: int) -> NDArray[np.uint8]:
    """A structuring element (1, length)."""
    return np.ones((1, length), np.uint8)


def _over(mask: NDArray[np.uint8], thickness: float) -> NDArray[np.uint8]:
    """Where a mask (h, w), 0 or 1, is thicker from top to bottom than a line of some thickness."""
    tall = np.ones((round(CROSSED * thickness) + 2, 1), np.uint8)
    return np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, tall), np.uint8)


def _course(part: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Points (n, 2) along the line in a mask (h, w), column and row; none if it is not straight."""
    none = np.empty((0, 2), np.int32)
    count = part.sum(axis=0)
    columns = np.flatnonzero(count)
    length = int(columns[-1] - columns[0])
    if len(columns) <= max(length / 2, 2):
        return none
    rows = (part * np.arange(len(part))[:, None]).sum(axis=0)[columns] / count[columns]
    ends = columns[0], columns[-1]
    for _ in range(3):  # strokes along the line pull at it
        bend, slope, start = np.polyfit(columns, rows, 2)
        off = np.abs(bend * columns**2 + slope * columns + start - rows)
        near = off <= max(1.5, 2 * float(np.median(off)))
        columns, rows = columns[near], rows[near]
    sag, slope_amid = abs(bend) * length / 4, abs(bend * sum(ends) + slope)
    if sag > SAG or slope_amid > SLOPE or len(columns) < length / 2:
        return none
    places = np.linspace(*ends, 12)
    course = np.stack([places, bend * places**2 + slope * places + start], axis=1)
    return np.asarray(np.rint(course), np.int32)
