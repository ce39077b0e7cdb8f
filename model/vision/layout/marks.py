"""Marks between digits: points, commas, colons and dashes, told by size and place alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import fmean, median
from typing import NamedTuple

import numpy as np

from model.types import Box
from model.vision.layout.grouping import union

MAX_DOT_SIZE = 0.28
"""Longer side of a dot, as a share of the height of the digits beside it."""

MIN_DOT_ASPECT = 0.4
"""Shorter side of a dot, as a share of its longer side."""

MAX_COMMA_HEIGHT = 0.5
"""Height of a comma, as a share of the height of the digits beside it."""

MIN_COMMA_ASPECT = 1.2
"""Height of a comma, as a share of its width."""

MAX_COMMA_RISE = 0.3
"""How far above the baseline a comma begins, as a share of the height of the digits beside it."""

MIN_COMMA_DROP = 0.06
"""How far below the baseline a comma ends at least, as the same share."""

MAX_DOT_RISE = 0.25
"""How far above the baseline the middle of a full stop lies, as the same share."""

MIN_DASH_WIDTH = 0.2
"""Width of a dash, as the same share."""

MAX_DASH_WIDTH = 1.5
"""The same share, at most."""

MAX_DASH_ASPECT = 0.45
"""Height of a dash, as a share of its own width."""

DASH_LEVELS = (0.3, 0.72)
"""Where the middle of a dash lies between the top (0) and the bottom (1) of digits beside it."""

MAX_MARK_GAP = 3.0
"""Gap between two digits, as a share of their height, in which a mark belongs to one number."""

MAX_LEADING_GAP = 1.2
"""Distance of a minus from the first digit, as the same share."""

MIN_MARK_SIZE = 0.04
"""Longer side of the smallest mark, as the same share: less is dust."""


class Neighbourhood(NamedTuple):
    """The digits beside a place in a line: their upper and lower end and height, in pixels."""

    top: float
    bottom: float
    height: float


class Mark(NamedTuple):
    """A mark among digits.

    Attributes:
        text: one character, as it is typed.
        box: where it stands.
        digits_before: how many digits of the line stand to the left of it.
    """

    text: str
    box: Box
    digits_before: int


def neighbourhood(boxes: Sequence[Box], x: float) -> Neighbourhood:
    """Describe the digits nearest to a place in a line.

    Args:
        boxes: of digits in the line, at least one.
        x: the place, in pixels from the left.
    """
    near = sorted(boxes, key=lambda box: abs(box.x + box.width / 2 - x))[:3]
    return Neighbourhood(
        fmean(box.y for box in near[:2]),
        fmean(box.y + box.height for box in near[:2]),
        float(median(box.height for box in near)),
    )


def without_marks(lines: Sequence[Sequence[int]], boxes: Sequence[Box]) -> list[list[int]]:
    """Leave out of each line the boxes that are a comma or a dash, clear of any digit.

    Otherwise they would be read as a piece of the digit beside them.

    Args:
        lines: indices of boxes, by line.
        boxes: of all that may be a digit or a piece of one.
    """
    return [[k for k in line if not _stands_clear(k, line, boxes)] for line in lines]


def find_marks(digits: Sequence[Box], others: Sequence[Box]) -> Iterator[Mark]:
    """Find the marks that stand alone between two digits of a line, or before the first.

    Where anything else stands in the same gap, nothing is unmistakable.

    Args:
        digits: of one line, from left to right.
        others: all else that has ink.
    """
    places = np.array(others, np.int64).reshape(-1, 4)
    middle = places[:, :2] + places[:, 2:] / 2
    for before, (left, right) in enumerate(pairwise([None, *digits])):
        if right is None:
            continue
        end = left.x + left.width if left else right.x
        near = neighbourhood(digits, (end + right.x) / 2)
        start = end if left else right.x - MAX_LEADING_GAP * near.height
        if right.x - start > MAX_MARK_GAP * near.height:
            continue
        margin = MAX_DOT_RISE / 2 * near.height
        within = (middle[:, 0] > start - margin) & (middle[:, 0] < right.x + margin)
        within &= middle[:, 1] > near.top
        within &= middle[:, 1] < near.bottom + MAX_COMMA_HEIGHT * near.height
        within &= places[:, 2:].max(axis=1) >= MIN_MARK_SIZE * near.height
        found = [Box(*place) for place in places[within].tolist()]
        text = _mark(found, near, leads=left is None)
        if text:
            yield Mark(text, union(found), before)


def is_dash(box: Box, near: Neighbourhood) -> bool:
    """Judge whether a box is flat and in the middle between the top and the bottom of digits."""
    level = (box.y + box.height / 2 - near.top) / near.height
    return (
        MIN_DASH_WIDTH * near.height <= box.width <= MAX_DASH_WIDTH * near.height
        and box.height <= MAX_DASH_ASPECT * box.width
        and DASH_LEVELS[0] <= level <= DASH_LEVELS[1]
    )


def _stands_clear(index: int, line: Sequence[int], boxes: Sequence[Box]) -> bool:
    """Judge whether a box of a line is a comma or a dash that no digit reaches over."""
    box = boxes[index]
    large = [boxes[k] for k in line if boxes[k].height > 2 * box.height]
    if not large or any(_share_columns(box, other) for other in large):
        return False
    near = neighbourhood(large, box.x + box.width / 2)
    return is_dash(box, near) or _is_comma(box, near)


def _share_columns(first: Box, second: Box) -> bool:
    return first.x < second.x + second.width and second.x < first.x + first.width


def _mark(found: Sequence[Box], near: Neighbourhood, *, leads: bool) -> str:
    """Return the mark that some boxes are together, "" if they are none."""
    if len(found) == 1:
        (box,) = found
        if is_dash(box, near):
            return "-"
        if leads:
            return ""
        if _is_comma(box, near):
            return ","
        return "." if _is_dot(box, near) and abs(_rise(box, near)) <= MAX_DOT_RISE else ""
    return ":" if not leads and _are_colon(found, near) else ""


def _are_colon(found: Sequence[Box], near: Neighbourhood) -> bool:
    """Judge whether boxes are two dots, one above the other, the lower one near the baseline."""
    if len(found) != len(":.") or not all(_is_dot(box, near) for box in found):
        return False
    low, high = sorted(found, key=lambda box: _rise(box, near))
    return (
        _share_columns(low, high)
        and _rise(high, near) - _rise(low, near) > MAX_DOT_SIZE
        and abs(_rise(low, near)) <= MAX_DOT_RISE
    )


def _rise(box: Box, near: Neighbourhood) -> float:
    """Return how far above the baseline the middle of a box lies, as a share of the height."""
    return (near.bottom - box.y - box.height / 2) / near.height


def _is_dot(box: Box, near: Neighbourhood) -> bool:
    long, short = max(box[2:]), min(box[2:])
    return long <= MAX_DOT_SIZE * near.height and short >= MIN_DOT_ASPECT * long


def _is_comma(box: Box, near: Neighbourhood) -> bool:
    return (
        box.height <= MAX_COMMA_HEIGHT * near.height
        and box.height >= MIN_COMMA_ASPECT * box.width
        and box.y >= near.bottom - MAX_COMMA_RISE * near.height
        and box.y + box.height >= near.bottom + MIN_COMMA_DROP * near.height
    )
