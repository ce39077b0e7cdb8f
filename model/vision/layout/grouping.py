"""From components to digits: which components surely make one digit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from model.types import Box

MIN_SHARED_AREA = 0.3
"""Overlap of two boxes, as a share of the lower one, from which they are one digit."""

MAX_DETACHED_HEIGHT = 0.5
"""Height of a bar or a dot, as a share of the rest of its digit. Neighbours are about as tall."""

MAX_DETACHED_GAP = 0.12
"""Distance of such a bar or dot from the rest, as a share of the rest's longer side."""

MAX_BAR_HEIGHT = 0.4
"""Height of the bar of a 5 or a 7, as a share of the bar's own width."""

MAX_BAR_GAP = 0.3
"""Distance of that bar from the rest, as a share of the rest's longer side: people set it apart."""

MIN_SHARED_WIDTH = 0.5
"""Overlap from left to right, as a share of the narrower one, of pieces one above the other."""

MAX_HALVES_GAP = 0.1
"""Distance of an upper and a lower half, as a share of the taller one's longer side."""

MAX_HALVES_HEIGHT = 3.0
"""Height of two halves together, as a multiple of the wider one: more is two lines of writing."""

MAX_HALF_HEIGHT = 0.7
"""Height of the lower half, as a share of the wider one's width: more is a digit of its own."""

MAX_BOXES = 1000
"""More components than this are a pattern, print or noise. Nothing is joined in them: it would take
seconds, even in a small picture."""


def union(boxes: Sequence[Box]) -> Box:
    """Return the box around several boxes."""
    if len(boxes) == 1:  # as nearly always
        return boxes[0]
    x, y = min(box.x for box in boxes), min(box.y for box in boxes)
    right = max(box.x + box.width for box in boxes)
    bottom = max(box.y + box.height for box in boxes)
    return Box(x, y, right - x, bottom - y)


def group(boxes: Sequence[Box]) -> list[list[int]]:
    """Join components that surely make one digit: pieces that overlap or nearly touch.

    The first pair that belongs together is joined, and the box around both takes the place of the
    first, until no pair is left. A join changes only the pairs of that one box, so that the time
    grows with the square of the number of boxes. Of more than `MAX_BOXES`, none are joined.

    Returns:
        indices of `boxes`, by digit.
    """
    groups = [[index] for index in range(len(boxes))]
    if not 2 <= len(boxes) <= MAX_BOXES:
        return groups
    hulls = np.array(boxes, np.int64)  # (n, 4)
    pairs = np.triu(belong_together(hulls[:, None], hulls[None]), 1)  # (n, n), first before second
    left = np.ones(len(boxes), np.bool_)
    while pairs.any():
        first, second = divmod(int(pairs.argmax()), len(boxes))
        groups[first] += groups[second]
        hulls[first] = union([Box(*hulls[first].tolist()), Box(*hulls[second].tolist())])
        left[second] = pairs[second] = pairs[:, second] = False
        is_before = np.arange(len(boxes))[:, None] < first
        earlier = np.where(is_before, hulls, hulls[first])
        later = np.where(is_before, hulls[first], hulls)
        joined = left & belong_together(earlier, later)
        pairs[:first, first], pairs[first, first + 1 :] = joined[:first], joined[first + 1 :]
    return [members for members, is_left in zip(groups, left, strict=True) if is_left]


def beside_taller(boxes: Sequence[Box]) -> NDArray[np.bool_]:
    """Return which boxes would be joined to a taller one on their left or right, and to no other.

    Such a box may be a piece of a broken digit, or a small digit of its own.

    Returns:
        (n,), bool.
    """
    x, y, width, height = np.array(boxes, np.int64).reshape(-1, 4).T
    apart = np.maximum.outer(x, x) - np.minimum.outer(x + width, x + width)
    shared = np.minimum.outer(y + height, y + height) - np.maximum.outer(y, y)
    is_lower = height[:, None] < MAX_DETACHED_HEIGHT * height
    size = np.maximum(width, height)
    beside = is_lower & (apart >= 0) & (apart < MAX_DETACHED_GAP * size)
    beside &= shared == height[:, None]
    above = (apart < 0) & (-shared < MAX_BAR_GAP * size)
    np.fill_diagonal(above, False)
    return np.asarray(beside.any(axis=1) & ~above.any(axis=1))


def belong_together(first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which pairs of boxes are pieces of one digit, by their places and sizes alone.

    Args:
        first, second: (…, 4), x, y, width, height; they are broadcast against each other.

    Returns:
        (…), bool.
    """
    ax, ay, aw, ah = (first[..., k] for k in range(4))
    bx, by, bw, bh = (second[..., k] for k in range(4))
    across = np.minimum(ax + aw, bx + bw) - np.maximum(ax, bx)  # overlap; negative: a gap
    down = np.minimum(ay + ah, by + bh) - np.maximum(ay, by)
    is_lower = ah <= bh
    low_width, low_height = np.where(is_lower, aw, bw), np.minimum(ah, bh)
    tall_height = np.maximum(ah, bh)
    size = np.maximum(np.where(is_lower, bw, aw), tall_height)
    widest = np.maximum(aw, bw)
    overlap = (across > 0) & (down > 0)
    overlap &= across * down > MIN_SHARED_AREA * low_width * low_height
    detached = low_height < MAX_DETACHED_HEIGHT * tall_height
    detached &= np.maximum(-across, -down) < MAX_DETACHED_GAP * size
    bar = low_height < MAX_BAR_HEIGHT * low_width
    bar &= (across > MIN_SHARED_WIDTH * low_width) & (-down < MAX_BAR_GAP * size)
    halves = across > MIN_SHARED_WIDTH * np.minimum(aw, bw)
    halves &= -down < MAX_HALVES_GAP * size
    both = np.maximum(ay + ah, by + bh) - np.minimum(ay, by)
    halves &= (both < MAX_HALVES_HEIGHT * widest) & (low_height < MAX_HALF_HEIGHT * widest)
    return np.asarray(overlap | detached | bar | halves)
