"""Places in a line where something looks like a digit and was left out before it could be read."""

from __future__ import annotations

from collections.abc import Sequence

from model.types import Box
from model.vision.layout.marks import Neighbourhood, neighbourhood

MIN_DIGITS = 2
"""Digits of a line from which a place beside them may hold another one."""

MIN_UNREAD_HEIGHT = 0.6
"""Height of something unread, as a share of the digits beside it: most signs are lower."""

MAX_UNREAD_HEIGHT = 1.6
"""Height, as the same share, over which it is an object or a printed line."""

MAX_UNREAD_WIDTH = 1.3
"""Width, as a share of the height of the digits beside it, over which it is no digit."""

MAX_UNREAD_DISTANCE = 1.5
"""Gap between it and the nearest digit of the line, as the same share."""


def find_unread(digits: Sequence[Box], others: Sequence[Box]) -> list[Box]:
    """Find what stands in a line of digits, is as large as they are, and was not read.

    A digit that touches the picture's edge, or that is fainter than the others, is not cut out. A
    number without it would be wrong, and nobody would know.

    Args:
        digits: that were read in one line.
        others: all else that has ink.
    """
    if len(digits) < MIN_DIGITS:
        return []
    found = []
    for box in others:
        beside = neighbourhood(digits, box.x + box.width / 2)
        gap = min(max(each.x - box.x - box.width, box.x - each.x - each.width) for each in digits)
        if 0 <= gap <= MAX_UNREAD_DISTANCE * beside.height and is_digit_sized(box, beside):
            found.append(box)
    return found


def is_digit_sized(box: Box, beside: Neighbourhood) -> bool:
    """Judge whether a box is about as large as the digits beside it, and at their height."""
    return (
        MIN_UNREAD_HEIGHT * beside.height <= box.height <= MAX_UNREAD_HEIGHT * beside.height
        and box.width <= MAX_UNREAD_WIDTH * beside.height
        and beside.top <= box.y + box.height / 2 <= beside.bottom
    )


def stands_outside(box: Box, shape: Sequence[int], usual: float) -> bool:
    """Judge whether the middle of a box lies outside a plane, and it is about as tall as digits.

    Args:
        box: relative to the plane.
        shape: height and width of the plane.
        usual: height of the digits on it.
    """
    height, width = shape
    x, y = box.x + box.width / 2, box.y + box.height / 2
    is_tall = MIN_UNREAD_HEIGHT * usual <= box.height <= MAX_UNREAD_HEIGHT * usual
    return is_tall and not (0 <= x < width and 0 <= y < height)
