"""Where digits that touch may be split: along paths from top to bottom that cross least ink."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from model.types import Box
from model.vision.glyphs import padded, stroke_width

RESAMPLED_ROWS = 40
"""Rows that the ink is reduced to: two for each pixel of a digit in a glyph."""

SIDE_STEP_COST = 0.6
"""Cost of a step to the side, in rows of ink: digits lean, and so do the gaps between them."""

OFF_CENTRE_COST = 0.02
"""What a seam at either end costs more than one in the middle, as a share of the height."""

HOLE_COST = 0.75
"""Cost of a row of paper that ink encloses, in rows of ink: what encloses it is one digit rather
than two, unless they touch twice."""

MAX_SEAM_COST = 0.6
"""Cost of a seam, as a share of the height: more is a stroke that is cut lengthwise."""

MIN_SEAM_DISTANCE = 0.1
"""Distance of neighbouring seams, as a share of the height."""

MIN_PIECE_AREA = 0.04
"""Share of the ink that lies on each side of a seam at least."""

MIN_ASPECT = 0.4
"""Width, as a share of the height, from which ink may be several digits: two ones are narrow."""

MIN_WIDTH = 12
"""Width, in pixels, from which ink may be several digits."""

MAX_SEAMS = 15
"""Seams of one piece of ink, at most."""

OVERLAP = 0.5
"""How far a piece goes on beyond its seam, in widths of its strokes: digits that touch often share
a stroke, and each of them is whole only with it."""

END_MARGIN = 0.2
"""Distance of a seam from either end, as a share of the shorter side."""


def may_be_split(box: Box) -> bool:
    """Judge whether ink is wide enough to be several digits, by the box around it."""
    return box.width >= max(MIN_ASPECT * box.height, MIN_WIDTH)


def find_seams(ink: NDArray[np.bool_]) -> list[NDArray[np.intp]]:
    """Find seams along which touching digits may be split, from left to right.

    Of all paths from the top to the bottom that cross the middle row in one column, the one that
    crosses least ink is that column's; dynamic programming from both ends finds them all at once,
    and no two of them cross (as in seam carving, Avidan and Shamir 2007).

    Args:
        ink: (h, w), bool, one connected piece.

    Returns:
        for each seam, (h,), the first column to its right in each row; none where all paths lead
        through too much ink.
    """
    height, width = ink.shape
    columns = max(2, round(width * RESAMPLED_ROWS / height))
    costs = ink + np.float32(HOLE_COST) * _holes(ink)
    cost = np.asarray(
        cv2.resize(costs, (columns, RESAMPLED_ROWS), interpolation=cv2.INTER_AREA), np.float32
    )
    middle = RESAMPLED_ROWS // 2
    above, steps_above = _cheapest_paths(cost[: middle + 1])
    below, steps_below = _cheapest_paths(cost[middle:][::-1])
    through = above + below - cost[middle]
    # Where all are as good, as along a bar, rather in the middle.
    through += (
        OFF_CENTRE_COST * RESAMPLED_ROWS * np.abs(np.linspace(-1, 1, columns, dtype=np.float32))
    )
    rows = (np.arange(height) + 0.5) * RESAMPLED_ROWS / height - 0.5
    seams = []
    for column in _best_columns(through):
        path = [*_trace(steps_above, column)[::-1], *_trace(steps_below, column)[1:]]
        right = (np.interp(rows, np.arange(RESAMPLED_ROWS), path) + 0.5) * width / columns
        seams.append(np.rint(right).astype(np.intp))
    return _without_slivers(ink, seams)


def split_at(
    ink: NDArray[np.bool_], seams: Sequence[NDArray[np.intp]], *, overlap: float = OVERLAP
) -> list[NDArray[np.bool_]]:
    """Return the ink (h, w) between one seam and the next, each of the shape of the whole.

    Args:
        ink: one connected piece.
        seams: from left to right.
        overlap: what touching digits may share along a seam and is in both pieces, in widths of
            the strokes.
    """
    if not seams:
        return [ink]
    beyond = overlap * stroke_width(padded(ink.view(np.uint8), 1))
    pieces = []
    for left, right in pairwise((None, *seams, None)):
        start = 0 if left is None else max(0, int(left.min() - beyond))
        end = ink.shape[1] if right is None else int(right.max() + beyond) + 1
        columns = np.arange(ink.shape[1])[start:end]
        own = ink[:, start:end]
        piece = np.zeros_like(ink)
        piece[:, start:end] = _connected(
            own & _is_between(columns, left, right, beyond),
            own & _is_between(columns, left, right, 0.0),
        )
        pieces.append(piece)
    return pieces


def _holes(ink: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which paper is enclosed by ink (h, w)."""
    filled = padded(ink.view(np.uint8), 1)
    cv2.floodFill(filled, None, (0, 0), (1.0,))
    return np.asarray(filled[1:-1, 1:-1] == 0)


def _connected(ink: NDArray[np.bool_], piece: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return what of some ink (h, w) hangs together with a piece of it."""
    count, labels = cv2.connectedComponents(ink.view(np.uint8), connectivity=8)
    hangs = np.zeros(count, np.bool_)
    hangs[labels[piece]] = True
    return np.asarray(hangs[labels])


def _is_between(
    columns: NDArray[np.intp],
    left: NDArray[np.intp] | None,
    right: NDArray[np.intp] | None,
    beyond: float,
) -> NDArray[np.bool_]:
    """Return which pixels lie between two seams, and a number of columns beyond both.

    Args:
        columns: (w,), of the pixels.
        left, right: (h,), the first column to the right of a seam; None where there is none.
        beyond: columns.

    Returns:
        (h, w), bool, or (1, w) without seams.
    """
    between = np.ones((1, len(columns)), np.bool_)
    if left is not None:
        between = between & (columns >= left[:, None] - beyond)
    if right is not None:
        between = between & (columns < right[:, None] + beyond)
    return between


def _best_columns(cost: NDArray[np.float32]) -> list[int]:
    """Return the columns with the cheapest seams, not too near one another, from left to right.

    Args:
        cost: (w,), of the best seam through each column, in rows of ink.
    """
    margin = max(2, round(END_MARGIN * min(RESAMPLED_ROWS, len(cost))))
    inner = np.arange(margin, len(cost) - margin)
    found: list[int] = []
    for column in inner[np.argsort(cost[inner], kind="stable")].tolist():
        if len(found) == MAX_SEAMS or cost[column] > MAX_SEAM_COST * RESAMPLED_ROWS:
            break
        if all(abs(column - other) > MIN_SEAM_DISTANCE * RESAMPLED_ROWS for other in found):
            found.append(column)
    return sorted(found)


def _without_slivers(
    ink: NDArray[np.bool_], seams: list[NDArray[np.intp]]
) -> list[NDArray[np.intp]]:
    """Leave out seams that cut off next to nothing."""
    columns = np.arange(ink.shape[1])
    total = int(np.count_nonzero(ink))
    min_area = MIN_PIECE_AREA * total
    kept: list[NDArray[np.intp]] = []
    before = 0
    for seam in seams:  # no two of them cross
        left = int(np.count_nonzero(ink & (columns < seam[:, None])))
        if min(left - before, total - left) > min_area:
            kept.append(seam)
            before = left
    return kept


def _cheapest_paths(cost: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.int8]]:
    """Return the cost (w,) of the best path down to each column of the last row, and its steps.

    Args:
        cost: (h, w), of each cell.

    Returns:
        (w,), float32, and (h, w), int8: -1, 0 or 1, where the step into a cell came from.
    """
    total = cost[0]
    steps = np.zeros(cost.shape, np.int8)
    # Straight on, from the left, from the right: argmin takes the first of several as good.
    before = np.full((3, cost.shape[1]), np.inf, np.float32)
    moves = np.array([0, -1, 1], np.int8)
    for row in range(1, len(cost)):
        before[0] = total
        before[1, 1:] = total[:-1] + SIDE_STEP_COST
        before[2, :-1] = total[1:] + SIDE_STEP_COST
        steps[row] = moves[before.argmin(axis=0)]
        total = before.min(axis=0) + cost[row]
    return np.asarray(total, np.float32), steps


def _trace(steps: NDArray[np.int8], column: int) -> list[int]:
    """Return the columns of the best path, from the last row to the first."""
    path = [column]
    for step in steps[:0:-1]:
        path.append(path[-1] + int(step[path[-1]]))
    return path
