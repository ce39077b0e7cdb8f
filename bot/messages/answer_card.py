"""The answer card: what the model saw beside what it thinks of it.

Drawn with Matplotlib's objects, without pyplot and its state, so several threads can draw at once.
Everything is placed in pixels: glyphs and bars are painted into the array that becomes the
background, and only words are Matplotlib's. Its axes alone would take longer than the whole card.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from io import BytesIO
from typing import NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from numpy.typing import NDArray

from bot.messages.palette import BAD, BAR, BOARD, CHALK, FAINT, GOOD, PAPER, TEXT, TRACK
from bot.messages.texts import SURE_CONFIDENCE, percent, second_choice
from model.types import Digit, Reading

WIDTH = 800
"""Pixels. A phone shows a photo about 320 points wide, so 32 pixels here are 13 points there,
which is as small as one reads without effort."""

MARGIN = 36
DPI = 100

CARD_DIGITS = 48
"""Digits that a card shows, eight rows of six; what follows is counted in words."""

GAP = 12
"""Between a glyph and its bars."""

LEAST = 2.0
"""Pixels of a bar whose probability is next to nothing."""

Rectangle = tuple[float, float, float, float]
"""Left, top, right, bottom, in pixels from the top left."""


def answer_card(reading: Reading) -> bytes:
    """Draw the card of a reading that has digits.

    Returns:
        A PNG file.
    """
    if not reading.digits:
        raise ValueError("Expected a reading with digits. Received a refusal.")
    if len(reading.digits) == 1:
        return _card_of_one(reading.digits[0])
    return _card_of_several(reading.digits)


def _card_of_one(digit: Digit) -> bytes:
    tile, row = 336, 42
    sheet = _Sheet(2 * MARGIN + 10 * row)
    sheet.glyph(digit, (MARGIN, MARGIN), tile)
    sheet.text((MARGIN, MARGIN + tile + 50), "what I saw", Style(30, FAINT))
    left, right = MARGIN + tile + 84, WIDTH - MARGIN - 96
    for label, probability in enumerate(digit.probabilities.tolist()):
        middle = MARGIN + (label + 0.5) * row
        top, bottom = middle - 13, middle + 13
        chosen = label == digit.label
        name = Style(32, TEXT if chosen else FAINT, bold=chosen)
        value = Style(30, _shade(digit) if chosen else FAINT, bold=chosen)
        sheet.text((left - 40, middle), str(label), name)
        sheet.bar((left, top, right, bottom), TRACK)
        end = left + max(probability * (right - left), LEAST)
        sheet.bar((left, top, end, bottom), _shade(digit) if chosen else BAR)
        if chosen or probability >= 0.01:
            sheet.text((right + 12, middle), percent(probability), value)
    return sheet.png()


def _card_of_several(digits: Sequence[Digit]) -> bytes:
    shown = digits[:CARD_DIGITS]
    columns = min(len(shown), 4 if len(shown) <= 8 else 6)
    gap = 32
    tile = (WIDTH - 2 * MARGIN - (max(columns, 3) - 1) * gap) // max(columns, 3)
    doubtful = any(digit.confidence < SURE_CONFIDENCE for digit in shown)
    height = tile + GAP + tile // 3 + (110 if doubtful else 74)
    rows = math.ceil(len(shown) / columns)
    more = len(digits) - len(shown)
    sheet = _Sheet(2 * MARGIN + rows * height - 16 + (44 if more else 0))
    indent = (WIDTH - columns * tile - (columns - 1) * gap) // 2
    for place, digit in enumerate(shown):
        row, column = divmod(place, columns)
        _cell(sheet, digit, (indent + column * (tile + gap), MARGIN + row * height), tile)
    if more:
        sheet.text((MARGIN, sheet.height - MARGIN), f"and {more} more", Style(30, FAINT))
    return sheet.png()


def _cell(sheet: _Sheet, digit: Digit, corner: tuple[int, int], tile: int) -> None:
    """A glyph; under it its ten probabilities, what it is, and what it might be instead."""
    left, top = corner
    sheet.glyph(digit, corner, tile)
    step, height = tile / 10, tile // 3
    base = top + tile + GAP + height
    for label, probability in enumerate(digit.probabilities.tolist()):
        start, end = left + label * step + 1, left + (label + 1) * step - 1
        sheet.bar((start, base - height, end, base), TRACK)
        filled = max(probability * height, LEAST)
        colour = _shade(digit) if label == digit.label else BAR
        sheet.bar((start, base - filled, end, base), colour)
    sure = Style(27, _shade(digit), right=True)
    sheet.text((left, base + 30), str(digit.label), Style(40, TEXT, bold=True))
    sheet.text((left + tile, base + 30), percent(digit.confidence), sure)
    if digit.confidence < SURE_CONFIDENCE:
        instead = f"or {second_choice(digit)}"
        sheet.text((left, base + 68), instead, Style(27, _shade(digit)))


def _shade(digit: Digit) -> str:
    return GOOD if digit.confidence >= SURE_CONFIDENCE else BAD


class Style(NamedTuple):
    """How words look: their size in pixels, colour, weight, and side of the point they are at."""

    size: int
    colour: str
    bold: bool = False
    right: bool = False


class _Sheet:
    """A sheet of paper, `WIDTH` pixels wide, on which things are placed in pixels."""

    def __init__(self, height: int) -> None:
        self.height = height
        self._figure = Figure(figsize=(WIDTH / DPI, height / DPI), dpi=DPI)
        self._pixels = np.full((height, WIDTH, 4), 255, np.uint8)
        self._pixels[..., :3] = _rgb(PAPER)

    def glyph(self, digit: Digit, corner: tuple[int, int], size: int) -> None:
        """The 28×28 pixels that the model saw, each as a square, as chalk on a board."""
        left, top = corner
        places = np.arange(size) * 28 // size
        ink = digit.glyph[np.ix_(places, places)][..., np.newaxis] / 255
        board, chalk = _rgb(BOARD), _rgb(CHALK)
        self._pixels[top : top + size, left : left + size, :3] = board + ink * (chalk - board)

    def bar(self, place: Rectangle, colour: str) -> None:
        """A filled rectangle."""
        left, top, right, bottom = (round(value) for value in place)
        self._pixels[top:bottom, left:right, :3] = _rgb(colour)

    def text(self, at: tuple[float, float], words: str, style: Style) -> None:
        """Words at a point, centred in height."""
        self._figure.text(
            at[0] / WIDTH,
            1 - at[1] / self.height,
            words,
            fontsize=style.size * 72 / DPI,
            color=style.colour,
            weight="bold" if style.bold else "normal",
            va="center_baseline",
            ha="right" if style.right else "left",
        )

    def png(self) -> bytes:
        """The finished sheet."""
        self._figure.add_artist(_Pixels(self._pixels))
        file = BytesIO()
        # A tenth faster than the usual level, for a quarter more bytes.
        self._figure.savefig(file, format="png", pil_kwargs={"compress_level": 1})
        return file.getvalue()


class _Pixels(Artist):
    """Pixels as they are: `Figure.figimage` resamples them first, which takes half of the time.

    Args:
        pixels: (h, w, 4), uint8, red, green, blue and alpha, from the top left.
    """

    def __init__(self, pixels: NDArray[np.uint8]) -> None:
        super().__init__()
        self._pixels = pixels

    def draw(self, renderer: RendererBase) -> None:
        """Put them in the bottom left corner."""
        renderer.draw_image(renderer.new_gc(), 0, 0, self._pixels[::-1])


def _rgb(colour: str) -> NDArray[np.float64]:
    return np.array(to_rgb(colour)) * 255
