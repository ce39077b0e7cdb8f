"""A page of writing as ink alone: lines of digits by one person with one pen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.synthesis import camera, ink
from model.synthesis.shapes import clutter
from model.synthesis.writer import Writer
from model.types import NOT_A_DIGIT, Box, Ink

CROWDED_PROBABILITY = 0.12
"""How often digits stand so close that they touch."""

CELLS_PROBABILITY = 0.12
"""How often each character of a line stands in a cell of its own, as in a form or a table."""


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
    has_cells = rng.random() < CELLS_PROBABILITY
    if has_cells:
        spacing = rng.uniform(0.8, 1.6)
    return lay_out(characters, (height, width), columns, rng, spacing, has_cells=has_cells)


def lay_out(  # noqa: PLR0913 - the last by name
    characters: Sequence[tuple[int, Ink]],
    shape: tuple[int, int],
    columns: int,
    rng: np.random.Generator,
    max_spacing: float = 2.0,
    *,
    has_cells: bool = False,
) -> WrittenPage:
    """Place characters in lines that are not quite straight.

    Args:
        characters: labels with ink, in reading order; what does not fit on the page is left out.
        shape: the height and width of the page in pixels.
        columns: how many characters stand in a line.
        max_spacing: the distance of two centres in a line, in heights of a digit, at most.
        has_cells: draw a cell around each place for a character.
    """
    height, width = shape
    digit = round(float(np.median([drawn.shape[0] for _, drawn in characters])))
    canvas = np.zeros((height, width), np.uint8)
    rows = -(-len(characters) // columns)
    top = (height - rows * min(height / rows, digit * 2.2)) / 2
    between = np.array([min(height / rows, digit * 2.2), min(width / columns, digit * max_spacing)])
    left = rng.uniform(0, max(1, width - columns * between[1]))
    if has_cells:
        middles = top + (np.arange(rows) + 0.5) * between[0]
        edges = left + np.arange(columns + 1) * between[1]
        cell = min(between[0], digit * rng.uniform(1.05, 1.6))
        _draw_cells(canvas, middles, edges, cell, rng)
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


def _draw_cells(
    canvas: Ink,
    middles: NDArray[np.float64],
    edges: NDArray[np.float64],
    height: float,
    rng: np.random.Generator,
) -> None:
    """Draw a row of cells for each line of characters.

    Args:
        canvas: (h, w), is drawn on.
        middles: (rows,), where the middle of each row is, in pixels from the top.
        edges: (columns + 1,), where cells begin and the last one ends, in pixels from the left.
        height: of a cell, in pixels.
    """
    thick = max(1, round(height * rng.uniform(0.01, 0.05)))
    strength = rng.uniform(0.3, 1)
    edges = np.clip(edges, 1, canvas.shape[1] - 2)
    for middle in middles.tolist():
        row = canvas[round(max(middle - height / 2, 0)) : round(middle + height / 2)]
        if row.shape[0] > 4 * thick:
            clutter.rule_row(row, edges, thick, rng)
            row[:] = ink.to_ink(row * strength)


def write_character(
    writer: Writer, label: int, height: int, rng: np.random.Generator, style: int | None
) -> Ink:
    """Write a digit, or something else for the label -1; (h, w), uint8, ink 255."""
    if label == NOT_A_DIGIT:
        return writer.non_digit(height, rng, alone=True)
    return writer.digit(label, height, rng, style)
