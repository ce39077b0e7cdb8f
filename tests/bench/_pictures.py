"""How the pictures of `conditions` are written, photographed and saved."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from numpy.typing import NDArray

from model.synthesis import ink, paper, pen
from model.synthesis.page import WrittenPage, lay_out
from model.synthesis.paper import WHITE_PAPER, Surface
from model.synthesis.pen import Nib
from model.synthesis.photo import INK_COLOURS
from model.synthesis.writer import Writer
from model.types import Ink

BLUE = INK_COLOURS["blue"]
"""The ink of an ordinary pen."""


class Picture(NamedTuple):
    """A file, and the digits in it."""

    data: bytes
    label: str


class Hand(NamedTuple):
    """The person who writes, and what chance decides.

    Attributes:
        writer: the hands of the validation split.
        digit: the first digit to be written.
        rng: of this picture.
    """

    writer: Writer
    digit: int
    rng: np.random.Generator

    def ink(self, height: int, digit: int | None = None) -> Ink:
        """Write a digit, without margin: (height or a little more, w), uint8, ink 255."""
        glyphs = self.writer.images[self.digit if digit is None else digit]
        return enlarged(glyphs[self.rng.integers(len(glyphs))], height)

    def page(self, height: int, shape: tuple[int, int] = (480, 360)) -> WrittenPage:
        """Write one digit on a page."""
        return lay_out([(self.digit, self.ink(height))], shape, 1, self.rng)

    def number(self, height: int, shape: tuple[int, int], columns: int, rows: int) -> WrittenPage:
        """Write several digits on a page, line by line."""
        more = self.rng.integers(10, size=columns * rows - 1).tolist()
        signs = [(digit, self.ink(height, digit)) for digit in (self.digit, *more)]
        return lay_out(signs, shape, columns, self.rng)


def enlarged(glyph: NDArray[np.uint8], height: int) -> Ink:
    """Enlarge a glyph as if it had never been small: no margin, the longer side `height` pixels."""
    large = ink.trim(ink.enlarge(glyph, round(height * 1.5)))
    scale = height / max(large.shape)
    size = (max(1, round(large.shape[1] * scale)), max(1, round(large.shape[0] * scale)))
    return np.asarray(cv2.resize(large, size, interpolation=cv2.INTER_AREA), np.uint8)


def taken(
    hand: Hand,
    page: WrittenPage,
    *,
    sheet: Surface | None = None,
    colour: npt.ArrayLike = BLUE,
    opacity: float = 0.85,
    light: NDArray[np.float32] | None = None,
    matrix: NDArray[np.float64] | None = None,
    blur: float = 0.8,
    quality: int = 85,
) -> Picture:
    """Photograph a page in an ordinary way, but for what is given: sheet, ink, light, lens, file.

    Args:
        light: (h, w), how much falls on each pixel.
        matrix: (3, 3), where a pixel of the sheet is in the picture.
    """
    shape = page.ink.shape
    surface = np.array(sheet if sheet is not None else plain(shape, hand.rng))
    alpha = page.ink[..., None].astype(np.float32) * np.float32(opacity / 255)
    surface = surface * (1 - alpha) + alpha * np.asarray(colour, np.float32)
    surface = surface * (light if light is not None else window(shape, hand.rng))[..., None]
    if matrix is not None:
        table = (0.25, 0.2, 0.15)
        surface = np.asarray(
            cv2.warpPerspective(surface, matrix, shape[::-1], borderValue=table), np.float32
        )
    seen = np.asarray(cv2.GaussianBlur(surface, (0, 0), blur), np.float32)
    pixels = seen * 225 + hand.rng.normal(0, 2.5, surface.shape)
    return Picture(jpeg(pixels, quality), "".join(map(str, page.labels)))


def jpeg(pixels: NDArray[np.generic], quality: int) -> bytes:
    """Save (h, w, 3), RGB, 0 … 255, as a JPEG file."""
    bgr = np.rint(pixels[..., ::-1]).clip(0, 255).astype(np.uint8)
    return cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def png(pixels: NDArray[np.uint8]) -> bytes:
    """Save (h, w) grey or (h, w, 4) BGRA, uint8, as a PNG file."""
    return cv2.imencode(".png", pixels)[1].tobytes()


def plain(
    shape: tuple[int, ...], rng: np.random.Generator, colour: npt.ArrayLike = WHITE_PAPER
) -> Surface:
    """Make a sheet without ruling."""
    height, width = shape
    return np.asarray(
        paper.fibre(height, width, rng)[..., None] * np.asarray(colour, np.float32), np.float32
    )


def ruled(page: WrittenPage, ruling: str, rng: np.random.Generator) -> Surface:
    """Make a sheet whose lines stand closer than its digits are high."""
    height, width = page.ink.shape
    printed = paper.rule(height, width, ruling, page.digit_height * rng.uniform(0.4, 1.1), rng)
    tint = np.array([0.5, 0.4, 0.25], np.float32)
    strength = np.float32(rng.uniform(0.4, 0.9))
    return plain((height, width), rng) * (1 - strength * printed[..., None] * tint)


def window(shape: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.float32]:
    """Make light from one side: (h, w)."""
    return np.broadcast_to(np.linspace(1, rng.uniform(0.7, 1), shape[1], dtype=np.float32), shape)


def drawn_with(hand: Hand, nib: Nib, height: int, margin: float = 0.3) -> Ink:
    """Draw a digit with one nib, in the middle of a page that is larger by a margin."""
    drawn = ink.trim(pen.write_digit(hand.digit, nib, height, hand.rng))
    return np.pad(drawn, round(margin * height))


def joined(left: Ink, right: Ink) -> Ink:
    """Move two pieces of writing together until they touch."""
    tall = max(left.shape[0], right.shape[0])
    a, b = (np.pad(side, ((0, tall - side.shape[0]), (0, 0))) > 127 for side in (left, right))
    free = a[:, ::-1].argmax(axis=1) + b.argmax(axis=1)  # (tall,)
    gap = int(free[a.any(axis=1) & b.any(axis=1)].min(initial=max(a.shape[1], b.shape[1])))
    return ink.beside(left, right, -gap - 2)
