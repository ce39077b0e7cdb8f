"""Signs as large as digits: brackets, slashes and operators, told by their form and neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.types import Box, Glyph
from model.vision.layout.marks import (
    MAX_DOT_SIZE,
    MIN_DOT_ASPECT,
    MIN_MARK_SIZE,
    Neighbourhood,
    is_dash,
    neighbourhood,
)

ONE = 1
"""The digit that most signs look like."""

SEVEN = 7
"""The digit that some closing brackets look like."""

STROKE_INK = 96
"""Value of a glyph's pixel from which it counts as ink: a little outside the outline."""

MIN_STROKE_ROWS = 17
"""Rows of ink in the glyph of something tall: its longer side has 20 pixels."""

MAX_STROKE_EXTENT = 8.5
"""Pixels from the first to the last of ink in a row of a glyph, up to which it is one stroke: a 7,
a 1 with a flag or a foot, and all other digits have a broader row."""

MIN_CURVATURE = 0.12
"""How far the middle of a bracket lies from the line between its ends, as a share of its height. A
1 has 0.08 at most."""

MIN_SLASH_LEAN = 0.36
"""How far the top of a slash lies to the right of its bottom, as a share of the height of the
digits beside it. A 1 that leans has 0.3 at most."""

MAX_SLASH_CURVATURE = 0.07
"""Curvature up to which a stroke is straight."""

MIN_SLASH_HEIGHT = 1.12
"""Height, as a share of the digits beside it, from which such a stroke is a slash: a 1 is about as
tall as its neighbours."""

MIN_BRACKET_HEIGHT = 1.04
"""The same share for an opening and a closing bracket with a digit between them."""

MAX_OPERATOR_HEIGHT = 0.78
"""Height of an operator such as + or ×, as a share of the digits beside it."""

MIN_OPERATOR_ASPECT = 0.6
"""Width of an operator, as a share of its own height."""

MAX_OPERATOR_WIDTH = 1.5
"""Width of an operator, as a share of the height of the digits beside it."""

MAX_OVERHANG = 0.12
"""How far an operator may reach below the digits beside it, as a share of their height."""

MIN_NUMBER_DIGITS = 2
"""Digits from which letters before or after them are a unit or a currency."""

LETTER_LIKE = frozenset({0, 1})
"""The digits that look like the letters o, l and i."""

MIN_LETTER_DROP = 0.25
"""How much lower than digits a letter such as g begins and ends, as a share of their height."""


MAX_POINT_GAP = 0.4
"""Gap between a sign and the point above or below it, as a share of the sign's height."""

MIN_POINT_SIZE = 0.08
"""Longer side of such a point, as the same share: less is dust."""


class Stroke(NamedTuple):
    """One thin stroke from top to bottom.

    Attributes:
        slant: pixels to the right for each pixel upwards.
        curvature: how far its middle lies to the left of the line between its ends, as a share of
            its height; negative: to the right.
    """

    slant: float
    curvature: float


def find_signs(
    boxes: Sequence[Box],
    glyphs: Sequence[Glyph],
    labels: NDArray[np.intp],
    is_digit: NDArray[np.bool_],
) -> dict[int, str]:
    """Find the signs of one line, by their form and the digits beside them.

    Args:
        boxes: of all that may be a digit in the line, from left to right.
        glyphs: of each of them, (28, 28), uint8, 0 paper … 255 ink.
        labels: (n,), the likeliest digit of each.
        is_digit: (n,), bool: the classifier takes it for a digit.

    Returns:
        the positions of signs, and what each is as it is typed, "" where that may be mistaken.
    """
    strokes = [
        stroke_of(glyph) if label in {ONE, SEVEN} or not digit else None
        for glyph, label, digit in zip(glyphs, labels, is_digit, strict=True)
    ]
    digits = [
        box
        for box, stroke, digit in zip(boxes, strokes, is_digit, strict=True)
        if digit and stroke is None
    ]
    if not digits:
        return {}
    beside = [neighbourhood(digits, box.x + box.width / 2) for box in boxes]
    tall = _brackets(boxes, strokes, beside) | _slashes(boxes, labels, strokes, beside)
    others = [k for k in range(len(boxes)) if not is_digit[k] and k not in tall]
    dashes = [k for k in others if is_dash(boxes[k], beside[k])]
    between = range(1, len(boxes) - 1)  # at an end of a line, it may be a digit that is unread
    operators = [
        k for k in others if k in between and k not in dashes and _is_operator(boxes[k], beside[k])
    ]
    if len(operators) >= int(is_digit.sum()) - sum(bool(is_digit[k]) for k in tall):
        operators = []  # letters: between two operators stands a digit
    return tall | dict.fromkeys(dashes + operators, "")


def has_point(box: Box, others: NDArray[np.int64]) -> bool:
    """Judge whether a point stands right above or below something, as in ?, !, i and j.

    Where more than that is around, it may be dust or the grain of paper.

    Args:
        box: of what may be a digit.
        others: (n, 4), x, y, width, height, of all other ink.
    """
    x, y, width, height = others.T
    middle_x, middle_y = x + width / 2 - box.x, y + height / 2 - box.y
    margin = (MAX_POINT_GAP + MAX_DOT_SIZE) * box.height
    near = (middle_x > -margin) & (middle_x < box.width + margin)
    near &= (middle_y > -margin) & (middle_y < box.height + margin)
    near &= (middle_y < 0) | (middle_y > box.height) | (middle_x < 0) | (middle_x > box.width)
    near &= np.maximum(width, height) >= MIN_MARK_SIZE * box.height
    if near.sum() != 1:
        return False
    (k,) = np.flatnonzero(near)
    long, short = max(width[k], height[k]), min(width[k], height[k])
    gap = max(y[k] - box.y - box.height, box.y - y[k] - height[k])
    return bool(
        MIN_POINT_SIZE * box.height <= long <= MAX_DOT_SIZE * box.height
        and short >= MIN_DOT_ASPECT * long
        and 0 < middle_x[k] < box.width
        and 0 <= gap <= MAX_POINT_GAP * box.height
    )


def encloses_more(
    box: Box, area: int, others: NDArray[np.int64], areas: NDArray[np.integer]
) -> bool:
    """Judge whether something holds more ink than its own, as the frame of a display does.

    Args:
        box: of what may be a digit.
        area: of its ink.
        others: (n, 4), x, y, width, height, of all ink, its own included.
        areas: (n,), of that ink.
    """
    x, y, width, height = others.T
    inside = (x >= box.x) & (x + width <= box.x + box.width)
    inside &= (y >= box.y) & (y + height <= box.y + box.height)
    return bool(areas[inside].sum() > 2 * area)


def find_letters(
    boxes: Sequence[Box], labels: NDArray[np.intp], is_digit: NDArray[np.bool_]
) -> list[int]:
    """Find the letters before or after the number of a line: its currency, or its unit.

    A letter that hangs below the line, next to another letter, may look like a 9.

    Args:
        boxes: of all that may be a digit in the line, from left to right, without signs.
        labels: (n,), the likeliest digit of each.
        is_digit: (n,), bool: the classifier takes it for a digit.

    Returns:
        their positions; none where the line may be a word, in which some letters look like digits.
    """
    is_letter = ~is_digit
    for k in range(1, len(boxes)):
        upright = [boxes[i] for i in np.flatnonzero(~is_letter).tolist() if i != k]
        if is_letter[k - 1] and upright and _hangs(boxes[k], upright):
            is_letter[k] = True
    digits, letters = np.flatnonzero(~is_letter).tolist(), np.flatnonzero(is_letter).tolist()
    if len(digits) < max(MIN_NUMBER_DIGITS, len(letters)) or not letters:
        return []
    before, after = letters[-1] < digits[0], letters[0] > digits[-1]
    is_number = not LETTER_LIKE.issuperset(labels[digits].tolist())
    return letters if is_number and (before or after) else []


def stroke_of(glyph: Glyph) -> Stroke | None:
    """Describe a glyph (28, 28) that is one thin stroke from top to bottom; None if it is not."""
    ink = glyph >= STROKE_INK
    rows = np.flatnonzero(ink.any(axis=1))
    if len(rows) < MIN_STROKE_ROWS:
        return None
    left = ink[rows].argmax(axis=1)
    right = ink.shape[1] - ink[rows, ::-1].argmax(axis=1)
    if (right - left).max() > MAX_STROKE_EXTENT:
        return None
    middle = (left + right) / 2
    height = float(rows[-1] - rows[0])
    along = 2 * (rows - rows[0]) / height - 1  # from -1 at the top to 1 at the bottom
    bow, slope, _ = np.polyfit(along, middle, 2)
    return Stroke(float(-2 * slope / height), float(bow / height))


def _brackets(
    boxes: Sequence[Box], strokes: Sequence[Stroke | None], beside: Sequence[Neighbourhood]
) -> dict[int, str]:
    """Return the positions and the text of brackets: one opens, and after a digit one closes."""
    found: dict[int, str] = {}
    opened: list[int] = []
    for k, stroke in enumerate(strokes):
        if stroke is None or boxes[k].height < MIN_BRACKET_HEIGHT * beside[k].height:
            continue
        if stroke.curvature >= MIN_CURVATURE:
            opened.append(k)
        elif stroke.curvature <= -MIN_CURVATURE and opened and k - opened[-1] > 1:
            found |= {opened.pop(): "(", k: ")"}
    return found


def _slashes(
    boxes: Sequence[Box],
    labels: NDArray[np.intp],
    strokes: Sequence[Stroke | None],
    beside: Sequence[Neighbourhood],
) -> dict[int, str]:
    """Return the positions and the text of straight strokes that lean and are taller than digits.

    A 7 whose bar is short looks the same, so that what is taken for a 7 is none.
    """
    return {
        k: "/" if 0 < k < len(boxes) - 1 else ""
        for k, stroke in enumerate(strokes)
        if stroke is not None
        and labels[k] != SEVEN
        and abs(stroke.curvature) <= MAX_SLASH_CURVATURE
        and stroke.slant * boxes[k].height >= MIN_SLASH_LEAN * beside[k].height
        and boxes[k].height >= MIN_SLASH_HEIGHT * beside[k].height
    }


def _hangs(box: Box, digits: Sequence[Box]) -> bool:
    """Judge whether a box begins and ends lower than the digits beside it."""
    beside = neighbourhood(digits, box.x + box.width / 2)
    drop = MIN_LETTER_DROP * beside.height
    return box.y >= beside.top + drop and box.y + box.height >= beside.bottom + drop


def _is_operator(box: Box, beside: Neighbourhood) -> bool:
    """Judge by its size and place whether something that is no digit may be an operator."""
    return (
        box.height <= MAX_OPERATOR_HEIGHT * beside.height
        and box.width >= MIN_OPERATOR_ASPECT * box.height
        and box.width <= MAX_OPERATOR_WIDTH * beside.height
        and box.y + box.height <= beside.bottom + MAX_OVERHANG * beside.height
    )
