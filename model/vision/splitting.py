"""Where digits that touch may be parted: along the ways from top to bottom that cross least ink."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

ROWS = 40
"""Rows that the ink is reduced to: two for each pixel of a glyph, and a way has as many steps."""

SIDEWAYS = 0.6
"""What a step to the side costs, in rows of ink: digits lean, and so do the gaps between them."""

THICKEST = 0.6
"""Share of the height that may be ink along a seam: more is a stroke that was slit."""

APART = 0.2
"""Distance of neighbouring seams, as a share of the height."""

SLIVER = 0.04
"""Share of the ink that is left on each side of a seam at least."""

WIDE, NARROWEST = 1.1, 12
"""Width, as a share of the height and in pixels, from which ink may be several digits. From 0.8 on
more pairs are read, but letters and single digits are cut up too."""

MOST = 7
"""Seams at most; with five or three, the right one is often left out."""

MARGIN = 0.2
"""Distance of a seam from either end, as a share of the shorter side."""

AMID = 0.02
"""What a seam at either end costs more than in the middle, as a share of the height."""


def find_seams(ink: NDArray[np.bool_]) -> list[NDArray[np.intp]]:
    """Seams along which touching digits may be parted, from left to right.

    Of all ways from the top to the bottom that cross the middle row in one column, the one that
    crosses least ink is that column's; dynamic programming from both ends finds them all at once,
    and no two of them cross (as in seam carving, Avidan and Shamir 2007).

    Args:
        ink: (h, w), bool, of all that hangs together.

    Returns:
        for each seam, (h,), the first column to its right in each row; none where ink is not wide
        enough, or all ways lead through too much of it.
    """
    height, width = ink.shape
    if width < max(WIDE * height, NARROWEST):
        return []
    columns = max(2, round(width * ROWS / height))
    small = cv2.resize(ink.astype(np.float32), (columns, ROWS), interpolation=cv2.INTER_AREA)
    cost = np.asarray(small, np.float32)
    middle = ROWS // 2
    above, from_above = _cheapest(cost[: middle + 1])
    below, from_below = _cheapest(cost[middle:][::-1])
    through = above + below - cost[middle]
    # Where all are as good, as along a bar, rather in the middle.
    through += AMID * ROWS * np.abs(np.linspace(-1, 1, columns, dtype=np.float32))
    margin = max(2, round(MARGIN * min(ROWS, columns)))
    inner = np.arange(margin, columns - margin)
    found: list[int] = []
    for column in inner[np.argsort(through[inner], kind="stable")].tolist():
        if len(found) == MOST or through[column] > THICKEST * ROWS:
            break
        if all(abs(column - other) > APART * ROWS for other in found):
            found.append(column)
    rows = (np.arange(height) + 0.5) * ROWS / height - 0.5
    ways = []
    for column in sorted(found):
        way = [*_trace(from_above, column)[::-1], *_trace(from_below, column)[1:]]
        at = (np.interp(rows, np.arange(ROWS), way) + 0.5) * width / columns
        ways.append(np.rint(at).astype(np.intp))
    return _parting(ink, ways)


def split_at(ink: NDArray[np.bool_], ways: Sequence[NDArray[np.intp]]) -> list[NDArray[np.bool_]]:
    """The ink (h, w) between one seam and the next, all of one shape."""
    side = sum((np.arange(ink.shape[1]) >= way[:, None] for way in ways), np.zeros(ink.shape, int))
    return [ink & (side == number) for number in range(len(ways) + 1)]


def _parting(ink: NDArray[np.bool_], ways: list[NDArray[np.intp]]) -> list[NDArray[np.intp]]:
    """Leave out seams that part next to nothing."""
    least = SLIVER * np.count_nonzero(ink)
    kept: list[NDArray[np.intp]] = []
    for way in ways:
        *_, left, right = split_at(ink, [*kept, way])
        if min(np.count_nonzero(left), np.count_nonzero(right)) > least:
            kept.append(way)
    return kept


def _cheapest(cost: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.int8]]:
    """The cost (w,) of the best way down to each column of the last row, and the steps (h, w)."""
    total = cost[0]
    steps = np.zeros(cost.shape, np.int8)
    for row in range(1, len(cost)):
        wide = np.pad(total, 1, constant_values=np.inf)
        before = np.stack([wide[:-2] + SIDEWAYS, wide[1:-1], wide[2:] + SIDEWAYS])
        # Straight on where that is as good: the order in which argmin looks.
        order = before[[1, 0, 2]].argmin(axis=0)
        steps[row] = np.array([0, -1, 1], np.int8)[order]
        total = before.min(axis=0) + cost[row]
    return np.asarray(total, np.float32), steps


def _trace(steps: NDArray[np.int8], column: int) -> list[int]:
    """The columns of the best way, from the last row to the first."""
    way = [column]
    for step in steps[:0:-1]:
        way.append(way[-1] + int(step[way[-1]]))
    return way
