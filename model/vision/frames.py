"""Which connected components are drawn around others: boxes, circles, tables, combs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

MIN_FRAMED_INK = 0.15
"""Ink that a box or a circle encloses, as a share of its own: a speck in a 0 is less."""

MIN_SIDES = 3
"""Sides of what it encloses on which a frame has ink."""

MAX_FRAMES = 50
"""Components that may be frames, the largest: more take time."""

MAX_FRAMED = 20
"""Components in a frame that are looked at, the largest: more take time."""


def frames(
    labels: NDArray[np.int32],
    boxes: NDArray[np.int32],
    areas: NDArray[np.int32],
    min_area: int,
) -> NDArray[np.bool_]:
    """Judge which components are drawn around others: boxes, circles, tables, combs.

    A frame has ink on at least three sides of what stands in it: people leave circles open, and
    combs have no upper side.

    Args:
        labels: (h, w), int32, 0 paper, k + 1 the component of row k below.
        boxes: (n, 4), int32, x, y, width, height.
        areas: (n,), int32, pixels.
        min_area: pixels of ink of the smallest component that may be handwriting.

    Returns:
        (n,), bool.
    """
    x, y, width, height = boxes.T
    found = np.zeros(len(areas), bool)
    for outer in np.argsort(-width * height)[:MAX_FRAMES]:
        inner = (x > x[outer]) & (x + width < x[outer] + width[outer]) & (areas >= min_area)
        inner &= (y > y[outer]) & (y + height < y[outer] + height[outer])
        if areas[inner].sum() < MIN_FRAMED_INK * areas[outer]:
            continue
        around = np.s_[y[outer] : y[outer] + height[outer], x[outer] : x[outer] + width[outer]]
        own = labels[around] == outer + 1
        within = np.flatnonzero(inner)
        within = within[np.argsort(-areas[within])[:MAX_FRAMED]]
        columns, rows = (x + width // 2 - x[outer])[within], (y + height // 2 - y[outer])[within]
        framed = sum(
            areas[k]
            for k, column, row in zip(within, columns, rows, strict=True)
            if _sides_with_ink(own, column, row) >= MIN_SIDES
        )
        found[outer] = framed >= MIN_FRAMED_INK * areas[outer]
    return found


def _sides_with_ink(own: NDArray[np.bool_], column: int, row: int) -> int:
    """Count on how many sides of a place there is ink (h, w): left, right, above, below."""
    sides = own[row, :column], own[row, column:], own[:row, column], own[row:, column]
    return sum(bool(side.any()) for side in sides)
