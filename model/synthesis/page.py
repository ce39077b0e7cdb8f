"""A page of writing as ink alone: lines of digits by one person with one pen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from model.synthesis import camera
from model.synthesis.writer import Writer
from model.types import NOT_A_DIGIT, Box, Ink

CROWDED_PROBABILITY = 0.12
"""How often digits stand so close that they touch."""


class WrittenPage(NamedTuple):
    """The ink of a page, before it is drawn on paper or a board.

    Attributes:
        ink: (h, w), uint8, 0 paper … 255 ink.
        labels: what was written, in reading order; -1 is not a digit.
        boxes: where each stands on the page, in pixels.
        digit_height: the typical height of a digit in pixels.
    """

    ink: Ink
    labels: tuple[int, ...]
    boxes: tuple[Box, ...]
    digit_height: int


def write_page(writer: Writer, rng: np.random.Generator, are_digits: bool = True) -> WrittenPage:
    """Write digits line by line, by one person with one pen.

    Args:
        are_digits: False writes other characters, labelled -1.
    """
    height, width = camera.frame(rng)
    columns, rows = (
        (1, 1) if rng.random() < 0.2 else (int(rng.integers(2, 9)), int(rng.integers(1, 7)))
    )
    pitch = min(height / rows, width / columns)  # pixels that one digit has to itself
    min_share = 0.06 if rows * columns == 1 else 0.3  # one digit may be small on a large sheet
    digit = max(16, round(pitch * rng.uniform(min_share, 0.75)))
    style = int(rng.integers(2**32))
    characters = []
    for _ in range(rows * columns):
        label = int(rng.integers(10)) if are_digits else NOT_A_DIGIT
        size = max(12, round(digit * float(np.exp(rng.normal(0, 0.08)))))
        characters.append((label, write_character(writer, label, size, rng, style)))
    spacing = rng.uniform(0.62, 0.9) if rng.random() < CROWDED_PROBABILITY else 2.0
    return lay_out(characters, (height, width), columns, rng, spacing)


def lay_out(
    characters: Sequence[tuple[int, Ink]],
    shape: tuple[int, int],
    columns: int,
    rng: np.random.Generator,
    max_spacing: float = 2.0,
) -> WrittenPage:
    """Place characters in lines that are not quite straight.

    Args:
        characters: labels with ink, in reading order; what does not fit on the page is left out.
        shape: the height and width of the page in pixels.
        columns: how many characters stand in a line.
        max_spacing: the distance of two centres in a line, in heights of a digit, at most.
    """
    height, width = shape
    digit = round(float(np.median([drawn.shape[0] for _, drawn in characters])))
    canvas = np.zeros((height, width), np.uint8)
    rows = -(-len(characters) // columns)
    top = (height - rows * min(height / rows, digit * 2.2)) / 2
    between = np.array([min(height / rows, digit * 2.2), min(width / columns, digit * max_spacing)])
    left = rng.uniform(0, max(1, width - columns * between[1]))
    slope = rng.normal(0, 0.02)
    labels, boxes = [], []
    for number, (label, drawn) in enumerate(characters):
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


def write_character(
    writer: Writer, label: int, height: int, rng: np.random.Generator, style: int | None
) -> Ink:
    """Write a digit, or something else for the label -1; (h, w), uint8, ink 255."""
    if label == NOT_A_DIGIT:
        return writer.non_digit(height, rng, alone=True)
    return writer.digit(label, height, rng, style)
