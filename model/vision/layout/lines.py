"""From digits to lines: which digits follow one another, and in which order lines are read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from model.types import Box

MIN_SHARED_HEIGHT = 0.4
"""Overlap from top to bottom, as a share of the lower one, of neighbours in a line."""

MIN_STEP_OVERLAP = 0.1
"""The same share for neighbours that are close: people write numbers as staircases, too."""

MAX_STEP_GAP = 0.6
"""Gap between such close neighbours, as a share of the lower one."""

MAX_SMALL_HEIGHT = 0.5
"""Height of a small box, as a share of the large one that it stands beside: a comma, a dot, a dash,
a scrap of a broken digit."""

MIN_CONTAINED_HEIGHT = 0.3
"""Height, as a share of the box around it, from which something inside is no part of it: a number
in a frame."""

MAX_LARGE_HEIGHT = 2.0
"""Height of a box that small ones belong to, as a share of the usual: more is no writing."""

MAX_SMALL_DISTANCE = 1.0
"""Distance of a small box from the large one that it belongs to, as a share of the large height."""

MAX_HANGING = 0.4
"""How far below a large box the middle of a small one is, as a share of the large height: commas
hang below their line."""


MAX_LINE_SPREAD = 1.8
"""Height of all boxes together, as a share of the middle one, up to which boxes none of which
stands above another are one line, however they dance: two lines take more."""


def lines(boxes: Sequence[Box]) -> list[list[int]]:
    """Return the indices of boxes by line, from top to bottom, each from left to right.

    Every large box is linked to its nearest neighbour to the right that stands at about its height,
    so that lines may climb or sink, as they do on a sheet photographed at an angle. Then each small
    box is placed in the line of the large box beside it: a comma hangs below its line, and would
    break it if it were linked like a digit.
    """
    if not boxes:
        return []
    owners = _owners(boxes)
    large = np.flatnonzero(owners < 0).tolist()
    found = [[large[k] for k in line] for line in _chains([boxes[k] for k in large])]
    found.sort(key=lambda line: float(np.mean([boxes[k].y + boxes[k].height / 2 for k in line])))
    line_of = {index: line for line in found for index in line}
    for index in np.flatnonzero(owners >= 0).tolist():
        owner = int(owners[index])
        while owners[owner] >= 0:  # a dot beside a comma beside a digit; owners are ever larger
            owner = int(owners[owner])
        line_of[owner].append(index)
    return [sorted(line, key=lambda k: 2 * boxes[k].x + boxes[k].width) for line in found]


def _owners(boxes: Sequence[Box]) -> NDArray[np.intp]:
    """Return, for each small box, the index of the large box beside it; -1 for all others."""
    x, y, width, height = np.array(boxes, np.int64).T
    order = np.argsort(height)
    usual = height[order][np.searchsorted(height[order].cumsum(), height.sum() / 2)]
    gap = np.maximum(
        x[None] - (x + width)[:, None], x[:, None] - (x + width)[None]
    )  # (small, large)
    middle = (y + height / 2)[:, None]
    above, below = y[None] - middle, middle - (y + height)[None]
    near = (gap <= MAX_SMALL_DISTANCE * height) & (above <= 0) & (below <= MAX_HANGING * height)
    inside = (x[:, None] > x) & ((x + width)[:, None] < x + width)
    inside &= (y[:, None] > y) & ((y + height)[:, None] < y + height)
    inside &= height[:, None] >= MIN_CONTAINED_HEIGHT * height
    owned = near & ~inside & (height[:, None] < MAX_SMALL_HEIGHT * height)
    owned &= height <= MAX_LARGE_HEIGHT * usual
    distance = np.where(owned, np.maximum(gap, 0) + np.maximum(below, 0), np.inf)
    return np.where(owned.any(axis=1), distance.argmin(axis=1), -1)


def _is_one_line(boxes: Sequence[Box]) -> bool:
    """Judge whether boxes are one line that dances: none stands above another, and all are near."""
    x, y, width, height = np.array(boxes, np.int64).T
    order = np.argsort(x)
    apart = (x + width)[order][:-1] <= (x + width / 2)[order][1:]
    spread = (y + height).max() - y.min()
    return bool(apart.all() and spread <= MAX_LINE_SPREAD * np.median(height))


def _chains(boxes: Sequence[Box]) -> list[list[int]]:
    """Return the indices of boxes by chains of neighbours, each from left to right."""
    if _is_one_line(boxes):
        return [list(range(len(boxes)))]
    after: dict[int, int] = {}
    before: dict[int, int] = {}
    for i, j in _neighbours(boxes):
        if i not in after and j not in before:
            after[i], before[j] = j, i
    found = []
    for first in (index for index in range(len(boxes)) if index not in before):
        line = [first]
        while line[-1] in after:
            line.append(after[line[-1]])
        found.append(line)
    return found


def _neighbours(boxes: Sequence[Box]) -> list[tuple[int, int]]:
    """Return pairs of boxes the second of which may follow the first in a line, the likely first.

    The nearest pairs at about the same height come first, then steps of a staircase.
    """
    x, y, width, height = np.array(boxes, np.int64).T
    middle = 2 * x + width
    lower = np.minimum.outer(height, height)
    overlap = np.minimum.outer(y + height, y + height) - np.maximum.outer(y, y)
    level = overlap > MIN_SHARED_HEIGHT * lower
    step = (overlap > MIN_STEP_OVERLAP * lower) & (
        x[None] - (x + width)[:, None] < MAX_STEP_GAP * lower
    )
    follows = (middle[None] > middle[:, None]) & (level | step)
    first, second = np.nonzero(follows)
    order = np.lexsort((second, first, x[second] - x[first], ~level[first, second]))
    return list(zip(first[order].tolist(), second[order].tolist(), strict=True))
