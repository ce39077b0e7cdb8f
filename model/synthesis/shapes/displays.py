"""Digits as displays show them: seven segments, and a matrix of dots.

Each function returns ink: (h, w), uint8, 0 ground … 255 lit.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from model.synthesis import ink
from model.types import Ink

SEGMENTS = {
    0: "abcdef",
    1: "bc",
    2: "abged",
    3: "abgcd",
    4: "fgbc",
    5: "afgcd",
    6: "afgedc",
    7: "abc",
    8: "abcdefg",
    9: "abcdfg",
}
"""The segments of each digit: a at the top, then clockwise to f, and g in the middle."""

OTHER_SEGMENTS = {6: "fgedc", 7: "fabc", 9: "abcfg"}
"""The segments that some displays use for these digits."""

OTHER_SEGMENTS_PROBABILITY = 0.3
"""How often a display uses them."""

POINT_PROBABILITY = 0.2
"""How often a decimal point stands so close to a digit that both are one piece of ink."""

SEGMENT_ENDS = {
    "a": ((0, 0), (1, 0)),
    "b": ((1, 0), (1, 1)),
    "c": ((1, 1), (1, 2)),
    "d": ((0, 2), (1, 2)),
    "e": ((0, 1), (0, 2)),
    "f": ((0, 0), (0, 1)),
    "g": ((0, 1), (1, 1)),
}
"""Both ends of each segment, in widths and half heights of the digit."""

DOTS = (
    ".###. #...# #..## #.#.# ##..# #...# .###.",
    "..#.. .##.. ..#.. ..#.. ..#.. ..#.. .###.",
    ".###. #...# ....# ...#. ..#.. .#... #####",
    "##### ...#. ..#.. ...#. ....# #...# .###.",
    "...#. ..##. .#.#. #..#. ##### ...#. ...#.",
    "##### #.... ####. ....# ....# #...# .###.",
    "..##. .#... #.... ####. #...# #...# .###.",
    "##### ....# ...#. ..#.. .#... .#... .#...",
    ".###. #...# #...# .###. #...# #...# .###.",
    ".###. #...# #...# .#### ....# ...#. .##..",
)
"""Rows of 5 × 7 dots for 0, 1 … 9, as they are common in displays and printers."""


def seven_segment(digit: int, height: int, rng: np.random.Generator) -> Ink:
    """Show a digit with seven segments, lit or as on an LCD, upright or slanted."""
    thick = max(1.0, height * rng.uniform(0.07, 0.2))
    width = height * rng.uniform(0.4, 0.65)
    gap = float(rng.choice([0.0, rng.uniform(0.02, 0.15), rng.uniform(0.15, 0.35)])) * thick
    pointed = rng.random() < 0.6
    segments = SEGMENTS[digit]
    if rng.random() < OTHER_SEGMENTS_PROBABILITY:
        segments = OTHER_SEGMENTS.get(digit, segments)
    canvas = np.zeros((round(height + 4), round(width + 4)), np.uint8)
    size = np.array([width - thick, (height - thick) / 2])
    for segment in segments:
        ends = np.array(SEGMENT_ENDS[segment]) * size + thick / 2 + 2
        _segment(canvas, ends, thick, gap, pointed=pointed)
    if rng.random() < POINT_PROBABILITY:
        canvas = _with_point(canvas, thick, rng)
    slant = rng.uniform(0, 0.2) if rng.random() < 0.5 else 0.0
    return ink.trim(ink.lean(canvas, slant=slant, stretch=1.0, turn=float(rng.normal(0, 0.02))))


def _with_point(canvas: Ink, thick: float, rng: np.random.Generator) -> Ink:
    """Draw a decimal point to the right of a digit, at its foot: (h, w), uint8."""
    side = thick * rng.uniform(0.8, 1.4)
    height, width = canvas.shape
    wide = np.pad(canvas, ((0, 0), (0, math.ceil(2 * side))))
    left = width - 2 + thick * rng.uniform(-0.2, 0.2)
    low = np.round([left, height - 2 - side]).astype(int)
    high = np.round([left + side, height - 3]).astype(int)
    cv2.rectangle(wide, low.tolist(), np.maximum(high, low).tolist(), 255, -1)
    return wide


def _segment(
    canvas: Ink, ends: NDArray[np.float64], thick: float, gap: float, *, pointed: bool
) -> None:
    """Draw one bar from end to end, shortened by the gap, with pointed or square ends."""
    along = (ends[1] - ends[0]) / np.hypot(*(ends[1] - ends[0]))
    across = np.array([-along[1], along[0]]) * thick / 2
    start, end = ends[0] + along * gap, ends[1] - along * gap
    tip = along * thick / 2
    if pointed:
        corners = [start, start + tip + across, end - tip + across, end]
        corners += [end - tip - across, start + tip - across]
    else:
        reach = tip if gap == 0 else -tip * 0.9
        start, end = start - reach, end + reach
        corners = [start + across, end + across, end - across, start - across]
    cv2.fillPoly(canvas, [np.round(np.array(corners) * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)


def dot_matrix(digit: int, height: int, rng: np.random.Generator) -> Ink:
    """Show a digit with 5 × 7 dots, round or square, which touch or stand apart."""
    pitch = height / 7
    squeeze = rng.uniform(0.75, 1.1)
    side = pitch * rng.uniform(0.7, 1.05)  # of a dot
    rounded = rng.random() < 0.6
    canvas = np.zeros((round(height + 4), round(pitch * 5 * squeeze + 4)), np.uint8)
    for row, dots in enumerate(DOTS[digit].split()):
        for column in [number for number, dot in enumerate(dots) if dot == "#"]:
            middle = np.array([(column + 0.5) * pitch * squeeze, (row + 0.5) * pitch]) + 2
            if rounded:
                at = np.round(middle * 16).astype(int).tolist()
                cv2.circle(canvas, at, round(side * 8), 255, -1, cv2.LINE_AA, 4)
            else:
                low, high = middle - side / 2, middle + side / 2
                low, high = np.round(low).astype(int), np.round(high - 1).astype(int)
                cv2.rectangle(canvas, low.tolist(), np.maximum(high, low).tolist(), 255, -1)
    return ink.trim(canvas)
