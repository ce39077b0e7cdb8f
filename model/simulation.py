"""Simulated photos: writing on paper or a board under a lamp, through a phone, into a file.

>>> from model.simulation import a_photo
>>> from model.writing import Writer
>>> photo = a_photo(Writer.load("train"), numpy.random.default_rng(7))
>>> photo.labels, photo.data[:3]
((3, 9, 0, 3), b'\\xff\\xd8\\xff')

The same seed gives the same bytes. What is written comes from `writing.py`, what it is written on
from `paper.py`, and what happens to it then from `camera.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from model import camera, ink, paper, pen
from model.paper import Surface
from model.pen import Ink
from model.reading import Box
from model.writing import Writer, a_nib

NOT_A_DIGIT = -1

KINDS = {"photo": 0.72, "drawing": 0.2, "scan": 0.08}
"""What people send."""

# Chats deliver photos of at most 1280 pixels; most of a page's digits is as well seen at half.
LONG_SIDES = (360, 1000)

INKS = {
    "black": (0.06, 0.06, 0.07),
    "blue": (0.10, 0.13, 0.45),
    "faded blue": (0.35, 0.38, 0.66),
    "red": (0.62, 0.08, 0.10),
    "green": (0.05, 0.35, 0.18),
    "pencil": (0.28, 0.28, 0.29),
}


class Photo(NamedTuple):
    """A file, and what it shows.

    Attributes:
        data: JPEG or PNG.
        labels: what was written, in reading order; -1 is not a digit.
        boxes: where each stands, in pixels of the picture.
    """

    data: bytes
    labels: tuple[int, ...]
    boxes: tuple[Box, ...]


class Page(NamedTuple):
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


def a_photo(writer: Writer, rng: np.random.Generator, *, are_digits: bool = True) -> Photo:
    """Make any picture that people might send, of one digit or several.

    Args:
        are_digits: whether digits are written, or other signs throughout, labelled -1.
    """
    match str(rng.choice(list(KINDS), p=list(KINDS.values()))):
        case "photo":
            return photograph(a_page(writer, rng, are_digits), rng)
        case "drawing":
            return drawing(writer, rng, are_digits)
        case _:
            return scan(writer, rng, are_digits)


def a_page(writer: Writer, rng: np.random.Generator, are_digits: bool = True) -> Page:
    """Write digits line by line on a sheet, by one person with one pen."""
    long = round(float(np.exp(rng.uniform(*np.log(LONG_SIDES)))))
    short = round(long * float(rng.choice([0.5625, 0.75, 1.0], p=[0.3, 0.55, 0.15])))
    height, width = (long, short) if rng.random() < 0.5 else (short, long)
    columns, rows = (
        (1, 1) if rng.random() < 0.2 else (int(rng.integers(2, 9)), int(rng.integers(1, 7)))
    )
    pitch = min(height / rows, width / columns)  # pixels that one digit has to itself
    digit = max(16, round(pitch * rng.uniform(0.3, 0.75)))
    style = int(rng.integers(2**32))
    signs = []
    for _ in range(rows * columns):
        label = int(rng.integers(10)) if are_digits else NOT_A_DIGIT
        size = max(12, round(digit * float(np.exp(rng.normal(0, 0.08)))))
        signs.append((label, _write(writer, label, size, rng, style)))
    return lay_out(signs, (height, width), columns, rng)


def lay_out(
    signs: Sequence[tuple[int, Ink]],
    shape: tuple[int, int],
    columns: int,
    rng: np.random.Generator,
) -> Page:
    """Set signs in lines of so many columns, none of them quite straight.

    Args:
        signs: labels with ink, in reading order; what does not fit on the page is left out.
        shape: height and width of the page.
    """
    height, width = shape
    digit = round(float(np.median([drawn.shape[0] for _, drawn in signs])))
    canvas = np.zeros((height, width), np.uint8)
    rows = -(-len(signs) // columns)
    top = (height - rows * min(height / rows, digit * 2.2)) / 2
    between = np.array([min(height / rows, digit * 2.2), min(width / columns, digit * 2.0)])
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
    return Page(canvas, tuple(labels), tuple(boxes), digit)


def photograph(page: Page, rng: np.random.Generator) -> Photo:
    """Lay the writing on a surface, light it, aim, blur, develop and save."""
    height, width = page.ink.shape
    surface = written_on(page, rng)
    surface *= camera.light(height, width, rng)
    shot = camera.aim(surface, _corners(page.boxes), rng)
    blurred = camera.blur(shot.picture, page.digit * 0.05, rng)
    pixels = camera.develop(blurred, rng)
    return Photo(
        camera.encode(pixels, rng), page.labels, tuple(_moved(b, shot.matrix) for b in page.boxes)
    )


def written_on(page: Page, rng: np.random.Generator) -> Surface:
    """Put the ink on paper, or chalk on a board: (h, w, 3), float32."""
    height, width = page.ink.shape
    cover = page.ink
    if rng.random() < 0.1:
        surface = paper.board(height, width, rng)
        colour = np.array([0.85, 0.85, 0.82]) if rng.random() < 0.7 else rng.uniform(0.5, 0.95, 3)
        cover = ink.wear(cover, float(rng.uniform(0.1, 0.6)), max(1, page.digit // 60), rng)
        opacity = rng.uniform(0.5, 0.95)
    else:
        surface = paper.sheet(height, width, page.digit * rng.uniform(0.4, 1.6), rng)
        name = str(rng.choice(list(INKS), p=[0.35, 0.22, 0.1, 0.07, 0.06, 0.2]))
        colour = np.array(INKS[name]) + rng.normal(0, 0.03, 3)
        opacity = rng.uniform(0.75, 1.0)
        if name == "pencil":
            cover = ink.wear(cover, float(rng.uniform(0, 0.6)), int(rng.integers(1, 3)), rng)
            opacity = rng.uniform(0.3, 0.9)
        if rng.random() < 0.02:  # as bright as the paper, only of another colour
            colour *= float(surface[0, 0].mean() / max(colour.mean(), 0.01))
    alpha = cover.astype(np.float32)[..., None] * np.float32(opacity / 255)
    shade = np.clip(colour, 0.01, 1).astype(np.float32)
    return np.asarray(surface * (1 - alpha) + alpha * shade, np.float32)


def drawing(writer: Writer, rng: np.random.Generator, are_digits: bool = True) -> Photo:
    """Draw in a paint program: flat colours, often tiny, often without antialiasing."""
    tiny = rng.random() < 0.5
    side = int(rng.integers(24, 40)) if tiny else int(rng.integers(60, 500))
    label = int(rng.integers(10)) if are_digits else NOT_A_DIGIT
    size = max(10, round(side * rng.uniform(0.45, 0.95)) - 4)
    if are_digits and rng.random() < 0.5:
        nib = replace(
            a_nib(rng),
            smooth=bool(rng.random() < 0.5),
            width=float(rng.choice([0.001, 0.05, 0.12])),
        )
        drawn = pen.write_digit(label, nib, size, rng)
    else:
        drawn = _write(writer, label, size, rng, None)
    drawn = ink.trim(drawn)
    h, w = drawn.shape
    border = max(2, side - max(h, w))
    left, top = int(rng.integers(1, border)), int(rng.integers(1, border))
    canvas = np.zeros((max(side, h + top + 1), max(side, w + left + 1)), np.uint8)
    canvas[top : top + h, left : left + w] = drawn
    if rng.random() < 0.15:
        canvas = ink.to_ink(cv2.GaussianBlur(canvas, (0, 0), 0.8))
    grounds = [((255, 255, 255), (0, 0, 0)), ((0, 0, 0), (255, 255, 255))]
    ground, colour = grounds[int(rng.random() < 0.5)]
    if rng.random() < 0.15:
        colour = tuple(rng.integers(0, 256, 3).tolist())
    alpha = canvas[..., None].astype(np.float32) / 255
    pixels = np.rint(np.array(ground) * (1 - alpha) + np.array(colour) * alpha).astype(np.uint8)
    if rng.random() < 0.08:  # nothing behind the ink
        flat = np.broadcast_to(np.array(colour, np.uint8), pixels.shape)
        pixels = np.dstack([flat, canvas])
    return Photo(camera.encode(pixels, rng), (label,), (Box(left, top, w, h),))


def scan(writer: Writer, rng: np.random.Generator, are_digits: bool = True) -> Photo:
    """Scan one cell of a form at 300 dpi: grey, sharp, bits of the cell's frame left over."""
    height, width = int(rng.integers(80, 160)), int(rng.integers(60, 140))
    label = int(rng.integers(10)) if are_digits else NOT_A_DIGIT
    drawn = ink.trim(_write(writer, label, int(height * rng.uniform(0.45, 0.75)), rng, None))
    drawn = drawn[: height - 8, : width - 8]
    page = lay_out([(label, drawn)], (height, width), 1, rng)
    brightness = float(rng.uniform(0.85, 1.0))
    picture = np.full((height, width), brightness, np.float32)
    if rng.random() < 0.3:
        edge = int(rng.integers(0, 3))
        cv2.rectangle(picture, (edge, edge), (width - 1 - edge, height - 1 - edge), 0.3, 1)
    alpha = page.ink.astype(np.float32) / 255
    inked = picture * (1 - alpha) + alpha * np.float32(rng.uniform(0.05, 0.5))
    picture = np.asarray(cv2.GaussianBlur(inked, (0, 0), rng.uniform(0.3, 1.2)), np.float32)
    picture += rng.standard_normal(picture.shape, np.float32) * np.float32(rng.uniform(0, 0.03))
    return Photo(camera.encode(ink.to_ink(picture * 255), rng), page.labels, page.boxes)


def _write(
    writer: Writer, label: int, height: int, rng: np.random.Generator, style: int | None
) -> Ink:
    if label == NOT_A_DIGIT:
        return writer.non_digit(height, rng, alone=True)
    return writer.digit(label, height, rng, style)


def _corners(boxes: Sequence[Box]) -> NDArray[np.float64]:
    """The four corners of each box: (4 n, 2)."""
    return np.array(
        [
            (box.x + dx * box.width, box.y + dy * box.height)
            for box in boxes
            for dx, dy in ((0, 0), (1, 0), (0, 1), (1, 1))
        ],
        float,
    ).reshape(-1, 2)


def _moved(box: Box, matrix: camera.Matrix) -> Box:
    """Where a box lands in the picture."""
    moved = camera.moved_by(matrix, _corners([box]))
    low, high = moved.min(axis=0), moved.max(axis=0)
    return Box(*np.round(low).astype(int).tolist(), *np.round(high - low).astype(int).tolist())
