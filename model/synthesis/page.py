"""Writing on a page, before it lies on anything: lines of digits by one person with one pen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from model.synthesis import camera
from model.synthesis.writer import Writer
from model.types import NOT_A_DIGIT, Box, Ink

CROWDED = 0.12
"""How often people leave so little room that digits touch."""


class WrittenPage(NamedTuple):
    """Writing before it lies on anything.

    Attributes:
        ink: (h, w), uint8, 0 nothing … 255 ink.
        labels, boxes: as in `Photo`.
        digit: typical height of a digit in pixels.
    """

    ink: Ink
    labels: tuple[int, ...]
    boxes: tuple[Box, ...]
    digit: int


def a_page(writer: Writer, rng: np.random.Generator, are_digits: bool = True) -> WrittenPage:
    """Write digits line by line on a sheet, by one person with one pen."""
    height, width = camera.frame(rng)
    columns, rows = (
        (1, 1) if rng.random() < 0.2 else (int(rng.integers(2, 9)), int(rng.integers(1, 7)))
    )
    pitch = min(height / rows, width / columns)  # pixels that one digit has to itself
    least = 0.06 if rows * columns == 1 else 0.3  # one digit may be lost on a large sheet
    digit = max(16, round(pitch * rng.uniform(least, 0.75)))
    style = int(rng.integers(2**32))
    signs = []
    for _ in range(rows * columns):
        label = int(rng.integers(10)) if are_digits else NOT_A_DIGIT
        size = max(12, round(digit * float(np.exp(rng.normal(0, 0.08)))))
        signs.append((label, write(writer, label, size, rng, style)))
    apart = rng.uniform(0.62, 0.9) if rng.random() < CROWDED else 2.0
    return lay_out(signs, (height, width), columns, rng, apart)


def lay_out(
    signs: Sequence[tuple[int, Ink]],
    shape: tuple[int, int],
    columns: int,
    rng: np.random.Generator,
    apart: float = 2.0,
) -> WrittenPage:
    """Set signs in lines of so many columns, none of them quite straight.

    Args:
        signs: labels with ink, in reading order; what does not fit on the page is left out.
        shape: height and width of the page.
        apart: from one digit's middle to the next's in a line, at most, by the height of a digit.
    """
    height, width = shape
    digit = round(float(np.median([drawn.shape[0] for _, drawn in signs])))
    canvas = np.zeros((height, width), np.uint8)
    rows = -(-len(signs) // columns)
    top = (height - rows * min(height / rows, digit * 2.2)) / 2
    between = np.array([min(height / rows, digit * 2.2), min(width / columns, digit * apart)])
    left = rng.uniform(0, max(1, width - columns * between[1]))
    slope = rng.normal(0, 0.02)
    labels, boxes = [], []
    for number, (label, drawn) in enumerate(signs):
        row, column = divmod(number, columns)
        h, w = drawn.shape
        if h >= height or w >= width:
            continue
        x = left + (column + 0.5) * between[1] - w / 2 + rng.normal(0, 0.04) * digit
        y = top + (row + 0.5) * between[0] - h / 2 + rng.normal(0, 0.05) * digit + slope * x
        x, y = round(np.clip(x, 0, width - w)), round(np.clip(y, 0, height - h))
        place = canvas[y : y + h, x : x + w]
        np.maximum(place, drawn, out=place)
        labels.append(label)
        boxes.append(Box(x, y, w, h))
    return WrittenPage(canvas, tuple(labels), tuple(boxes), digit)


def write(
    writer: Writer, label: int, height: int, rng: np.random.Generator, style: int | None
) -> Ink:
    if label == NOT_A_DIGIT:
        return writer.non_digit(height, rng, alone=True)
    return writer.digit(label, height, rng, style)
