"""Simulated photos: writing on paper or a board, lit, taken with a phone, and saved as a file.

>>> from model.synthesis.photo import simulate_photo
>>> from model.synthesis.writer import Writer
>>> photo = simulate_photo(Writer.load("train"), numpy.random.default_rng(7))
>>> photo.labels, photo.data[:3]
((3, 9, 0, 3), b'\\xff\\xd8\\xff')

The same seed gives the same bytes. `writer.py` and `page.py` make the writing, `paper.py` what it
is written on, `objects.py` scenes without writing, and `camera.py` the light and the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from model.synthesis import camera, ink, objects, paper, pen
from model.synthesis.page import WrittenPage, lay_out, write_character, write_page
from model.synthesis.paper import Surface
from model.synthesis.writer import Writer, random_nib
from model.types import NOT_A_DIGIT, Box

KIND_SHARES = {"photo": 0.72, "drawing": 0.2, "scan": 0.08}
"""How often each kind of picture is sent."""

OBJECT_PHOTO_FRACTION = 0.4
"""The share of photos without digits that show objects and no writing at all."""

CLOSE_CROP_PROBABILITY = 0.06
"""How often a picture is cropped closely around the writing, or into it."""

INK_COLOURS = {
    "black": (0.06, 0.06, 0.07),
    "blue": (0.10, 0.13, 0.45),
    "faded blue": (0.35, 0.38, 0.66),
    "red": (0.62, 0.08, 0.10),
    "green": (0.05, 0.35, 0.18),
    "pencil": (0.28, 0.28, 0.29),
}
"""RGB, 0 … 1, before it varies from photo to photo."""

INK_SHARES = {
    "black": 0.35,
    "blue": 0.22,
    "faded blue": 0.1,
    "red": 0.07,
    "green": 0.06,
    "pencil": 0.2,
}
"""How often each ink is used."""


class SimulatedPhoto(NamedTuple):
    """An image file with what is written in it.

    Attributes:
        data: the bytes of a JPEG or PNG file.
        labels: what was written, in reading order; -1 is not a digit. Empty without writing.
        boxes: where each stands in the picture, in pixels.
    """

    data: bytes
    labels: tuple[int, ...]
    boxes: tuple[Box, ...]


def simulate_photo(
    writer: Writer, rng: np.random.Generator, *, are_digits: bool = True
) -> SimulatedPhoto:
    """Make a picture as people send them, of one digit or several.

    Args:
        are_digits: False makes pictures of other characters, labelled -1, or of objects.
    """
    if not are_digits and rng.random() < OBJECT_PHOTO_FRACTION:
        return photograph_objects(rng)
    match str(rng.choice(list(KIND_SHARES), p=list(KIND_SHARES.values()))):
        case "photo":
            return photograph(write_page(writer, rng, are_digits), rng)
        case "drawing":
            return drawing(writer, rng, are_digits)
        case _:
            return scan(writer, rng, are_digits)


def photograph(page: WrittenPage, rng: np.random.Generator) -> SimulatedPhoto:
    """Put the writing on a surface, light it, aim, blur, develop and encode it."""
    height, width = page.ink.shape
    surface = put_on_surface(page, rng)
    surface *= camera.light(height, width, rng)
    shot = camera.aim(surface, _corners(page.boxes), rng)
    blurred = camera.blur(shot.picture, page.digit_height * 0.05, rng)
    pixels = camera.develop(blurred, rng)
    boxes = [_moved(box, shot.matrix) for box in page.boxes]
    if boxes and rng.random() < CLOSE_CROP_PROBABILITY:
        pixels, boxes = _cropped(pixels, boxes, rng)
    return SimulatedPhoto(camera.encode(pixels, rng), page.labels, tuple(boxes))


def photograph_objects(rng: np.random.Generator) -> SimulatedPhoto:
    """Photograph a scene of objects, without any writing."""
    height, width = camera.frame(rng)
    surface = objects.scene(height, width, rng)
    surface *= camera.light(height, width, rng)
    blurred = camera.blur(surface, max(height, width) * 0.005, rng)
    return SimulatedPhoto(camera.encode(camera.develop(blurred, rng), rng), (), ())


def put_on_surface(page: WrittenPage, rng: np.random.Generator) -> Surface:
    """Draw the writing in ink on paper, or in chalk on a board: (h, w, 3), float32, 0 … 1."""
    height, width = page.ink.shape
    cover = page.ink
    if rng.random() < 0.1:
        surface = paper.board(height, width, rng)
        colour = np.array([0.85, 0.85, 0.82]) if rng.random() < 0.7 else rng.uniform(0.5, 0.95, 3)
        cover = ink.wear(cover, float(rng.uniform(0.1, 0.6)), max(1, page.digit_height // 60), rng)
        opacity = rng.uniform(0.5, 0.95)
    else:
        surface = paper.sheet(height, width, page.digit_height * rng.uniform(0.4, 1.6), rng)
        name = str(rng.choice(list(INK_SHARES), p=list(INK_SHARES.values())))
        colour = np.array(INK_COLOURS[name]) + rng.normal(0, 0.03, 3)
        opacity = rng.uniform(0.75, 1.0)
        if name == "pencil":
            cover = ink.wear(cover, float(rng.uniform(0, 0.6)), int(rng.integers(1, 3)), rng)
            opacity = rng.uniform(0.3, 0.9)
        if rng.random() < 0.04:  # as bright as the paper, in another colour
            colour *= float(surface[0, 0].mean() / max(colour.mean(), 0.01))
    alpha = cover.astype(np.float32)[..., None] * np.float32(opacity / 255)
    shade = np.clip(colour, 0.01, 1).astype(np.float32)
    return np.asarray(surface * (1 - alpha) + alpha * shade, np.float32)


def drawing(writer: Writer, rng: np.random.Generator, are_digits: bool = True) -> SimulatedPhoto:
    """Draw one character as in a paint program: flat, often tiny, often not antialiased."""
    tiny = rng.random() < 0.5
    side = int(rng.integers(24, 40)) if tiny else int(rng.integers(60, 500))
    label = int(rng.integers(10)) if are_digits else NOT_A_DIGIT
    size = max(10, round(side * rng.uniform(0.45, 0.95)) - 4)
    if are_digits and rng.random() < 0.5:
        nib = replace(
            random_nib(rng),
            smooth=bool(rng.random() < 0.5),
            width=float(rng.choice([0.001, 0.05, 0.12])),
        )
        drawn = pen.write_digit(label, nib, size, rng)
    else:
        drawn = write_character(writer, label, size, rng, None)
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
    if rng.random() < 0.08:  # a transparent ground
        flat = np.broadcast_to(np.array(colour, np.uint8), pixels.shape)
        pixels = np.dstack([flat, canvas])
    return SimulatedPhoto(camera.encode(pixels, rng), (label,), (Box(left, top, w, h),))


def scan(writer: Writer, rng: np.random.Generator, are_digits: bool = True) -> SimulatedPhoto:
    """Scan one cell of a form at 300 dpi: grey and sharp, with remains of the cell's frame."""
    height, width = int(rng.integers(80, 160)), int(rng.integers(60, 140))
    label = int(rng.integers(10)) if are_digits else NOT_A_DIGIT
    drawn = ink.trim(
        write_character(writer, label, int(height * rng.uniform(0.45, 0.75)), rng, None)
    )
    drawn = drawn[: height - 8, : width - 8]
    page = lay_out([(label, drawn)], (height, width), 1, rng)
    brightness = float(rng.uniform(0.85, 1.0))
    picture = np.full((height, width), brightness, np.float32)
    if rng.random() < 0.6:
        _frame(picture, rng)
    alpha = page.ink.astype(np.float32) / 255
    inked = picture * (1 - alpha) + alpha * np.float32(rng.uniform(0.05, 0.5))
    picture = np.asarray(cv2.GaussianBlur(inked, (0, 0), rng.uniform(0.3, 1.2)), np.float32)
    picture += rng.standard_normal(picture.shape, np.float32) * np.float32(rng.uniform(0, 0.03))
    return SimulatedPhoto(camera.encode(ink.to_ink(picture * 255), rng), page.labels, page.boxes)


def _frame(picture: NDArray[np.float32], rng: np.random.Generator) -> None:
    """Draw what a crop along a cell's edges leaves of its frame, not quite straight."""
    height, width = picture.shape
    inset = 0.1 * min(height, width)
    ink_left, thick = float(rng.uniform(0.1, 0.75)), int(rng.integers(1, 4))
    for side in np.flatnonzero(rng.random(4) < 0.6):
        near, far = np.round(rng.uniform(-1, inset) + rng.normal(0, 1, 2)).astype(int).tolist()
        ends = np.array([[(0, near), (width, far)], [(near, 0), (far, height)]][side % 2])
        start, end = (ends if side < 2 else [width - 1, height - 1] - ends).tolist()
        cv2.line(picture, start, end, ink_left, thick, cv2.LINE_AA)


def _corners(boxes: Sequence[Box]) -> NDArray[np.float64]:
    """Return the four corners of each box: (4 n, 2), float64."""
    return np.array(
        [
            (box.x + dx * box.width, box.y + dy * box.height)
            for box in boxes
            for dx, dy in ((0, 0), (1, 0), (0, 1), (1, 1))
        ],
        float,
    ).reshape(-1, 2)


def _cropped(
    pixels: NDArray[np.uint8], boxes: Sequence[Box], rng: np.random.Generator
) -> tuple[NDArray[np.uint8], list[Box]]:
    """Crop closely around all boxes, at most a few hundredths of their size into them."""
    corners = _corners(boxes)
    size = min(min(box.width, box.height) for box in boxes)
    margins = np.round(rng.uniform(-0.06, 0.1, (2, 2)) * size).astype(int)
    low = np.maximum(corners.min(axis=0).astype(int) - margins[0], 0)
    high = np.minimum(corners.max(axis=0).astype(int) + margins[1], pixels.shape[1::-1])
    left, top = low.tolist()
    kept = np.ascontiguousarray(pixels[top : high[1], left : high[0]])
    moved = []
    for box in boxes:
        near = np.maximum([box.x, box.y], low) - low
        far = np.minimum([box.x + box.width, box.y + box.height], high) - low
        moved.append(Box(*near.tolist(), *(far - near).tolist()))
    return kept, moved


def _moved(box: Box, matrix: camera.Matrix) -> Box:
    """Map a box of the page to the picture."""
    moved = camera.moved_by(matrix, _corners([box]))
    low, high = moved.min(axis=0), moved.max(axis=0)
    return Box(*np.round(low).astype(int).tolist(), *np.round(high - low).astype(int).tolist())
