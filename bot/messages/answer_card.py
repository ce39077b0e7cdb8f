"""The answer card: what the model saw beside what it thinks of it.

Everything is placed in pixels: glyphs and bars are painted into the array that becomes the
background, and Matplotlib draws the words on it. Its axes alone would take longer than the whole
card. Nothing is added to a figure, because a figure and what is added to it hold on to each other:
about 3 MB a card would wait for a full garbage collection. Several threads can draw at once.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from io import BytesIO
from typing import NamedTuple

import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text
from numpy.typing import NDArray
from PIL import Image

from bot.messages.language import gettext, language_in_pictures, ngettext, speaking
from bot.messages.palette import BAR, TRACK
from bot.messages.texts import SURE_CONFIDENCE, percent, second_choice
from model.recognition.palette import BAD, BOARD, CHALK, FAINT, GOOD, PAPER, TEXT
from model.types import Digit, Reading

CARD_WIDTH = 800
"""Pixels. A phone shows a photo about 320 points wide, so 32 pixels here are 13 points there,
which is as small as one reads without effort."""

CARD_MARGIN = 36
"""Pixels of paper around everything: about as much as the smallest words are tall."""

CARD_DPI = 100
"""Dots per inch. It only turns sizes in pixels into the points that Matplotlib asks for."""

MAX_SHOWN_DIGITS = 40
"""Digits that a card shows, eight rows of five, as many as one can correct; what follows is counted
in words."""

GLYPH_GAP = 12
"""Pixels between a glyph and its bars."""

MIN_BAR_LENGTH = 2.0
"""Pixels of a bar whose probability is next to nothing, so that one sees that there is a bar."""

Rectangle = tuple[float, float, float, float]
"""Left, top, right, bottom, in pixels from the top left."""


def answer_card(reading: Reading) -> bytes:
    """Draw the card of a reading that has digits.

    Returns:
        A PNG file.

    Raises:
        ValueError: the reading has no digits.
    """
    if not reading.digits:
        raise ValueError("Expected a reading with digits. Received a refusal.")
    with speaking(language_in_pictures()):
        if len(reading.digits) == 1:
            return _card_of_one(reading.digits[0])
        return _card_of_several(reading.digits)


def _card_of_one(digit: Digit) -> bytes:
    tile, row = 336, 42
    sheet = _Sheet(2 * CARD_MARGIN + 10 * row)
    sheet.glyph(digit, (CARD_MARGIN, CARD_MARGIN), tile)
    sheet.text((CARD_MARGIN, CARD_MARGIN + tile + 50), gettext("what I saw"), Style(30, FAINT))
    left, right = CARD_MARGIN + tile + 84, CARD_WIDTH - CARD_MARGIN - 96
    for label, probability in enumerate(digit.probabilities.tolist()):
        middle = CARD_MARGIN + (label + 0.5) * row
        top, bottom = middle - 13, middle + 13
        chosen = label == digit.label
        name = Style(32, TEXT if chosen else FAINT, bold=chosen)
        value = Style(30, _shade(digit) if chosen else FAINT, bold=chosen)
        sheet.text((left - 40, middle), str(label), name)
        sheet.bar((left, top, right, bottom), TRACK)
        end = left + max(probability * (right - left), MIN_BAR_LENGTH)
        sheet.bar((left, top, end, bottom), _shade(digit) if chosen else BAR)
        if chosen or probability >= 0.01:
            sheet.text((right + 12, middle), percent(probability), value)
    return sheet.png()


def _card_of_several(digits: Sequence[Digit]) -> bytes:
    shown = digits[:MAX_SHOWN_DIGITS]
    # In six columns, a digit and its percentage would not have room beside each other.
    columns = min(len(shown), 4 if len(shown) <= 8 else 5)
    gap = 32 if columns <= 4 else 24
    tile = (CARD_WIDTH - 2 * CARD_MARGIN - (max(columns, 3) - 1) * gap) // max(columns, 3)
    doubtful = any(digit.confidence < SURE_CONFIDENCE for digit in shown)
    height = tile + GLYPH_GAP + tile // 3 + (110 if doubtful else 74)
    rows = math.ceil(len(shown) / columns)
    more = len(digits) - len(shown)
    sheet = _Sheet(2 * CARD_MARGIN + rows * height - 16 + (44 if more else 0))
    indent = (CARD_WIDTH - columns * tile - (columns - 1) * gap) // 2
    for place, digit in enumerate(shown):
        row, column = divmod(place, columns)
        _cell(sheet, digit, (indent + column * (tile + gap), CARD_MARGIN + row * height), tile)
    if more:
        words = ngettext("and {count} more", "and {count} more", more)
        sheet.text((CARD_MARGIN, sheet.height - CARD_MARGIN), words, Style(30, FAINT))
    return sheet.png()


def _cell(sheet: _Sheet, digit: Digit, corner: tuple[int, int], tile: int) -> None:
    """Draw a glyph; under it its ten probabilities, what it is, and what it might be instead."""
    left, top = corner
    sheet.glyph(digit, corner, tile)
    step, height = tile / 10, tile // 3
    base = top + tile + GLYPH_GAP + height
    for label, probability in enumerate(digit.probabilities.tolist()):
        start, end = left + label * step + 1, left + (label + 1) * step - 1
        sheet.bar((start, base - height, end, base), TRACK)
        filled = max(probability * height, MIN_BAR_LENGTH)
        colour = _shade(digit) if label == digit.label else BAR
        sheet.bar((start, base - filled, end, base), colour)
    sure = Style(27, _shade(digit), right=True)
    sheet.text((left, base + 30), str(digit.label), Style(40, TEXT, bold=True))
    sheet.text((left + tile, base + 30), percent(digit.confidence), sure)
    if digit.confidence < SURE_CONFIDENCE:
        instead = gettext("or {digit}", digit=second_choice(digit))
        sheet.text((left, base + 68), instead, Style(27, _shade(digit)))


def _shade(digit: Digit) -> str:
    return GOOD if digit.confidence >= SURE_CONFIDENCE else BAD


class Style(NamedTuple):
    """How words look: their height in pixels, colour, weight, and whether they end at the point."""

    size: int
    colour: str
    bold: bool = False
    right: bool = False


class _Sheet:
    """A sheet of paper, `CARD_WIDTH` pixels wide, on which things are placed in pixels."""

    def __init__(self, height: int) -> None:
        self.height = height
        # Tells each text the resolution, and holds none of them.
        self._figure = Figure(dpi=CARD_DPI)
        self._texts: list[Text] = []
        self._pixels = np.full((height, CARD_WIDTH, 4), 255, np.uint8)
        self._pixels[..., :3] = _rgb(PAPER)

    def glyph(self, digit: Digit, corner: tuple[int, int], size: int) -> None:
        """Draw the 28×28 pixels that the model saw, each as a square, as chalk on a board."""
        left, top = corner
        places = np.arange(size) * 28 // size
        ink = digit.glyph[np.ix_(places, places)][..., np.newaxis] / 255
        board, chalk = _rgb(BOARD), _rgb(CHALK)
        self._pixels[top : top + size, left : left + size, :3] = board + ink * (chalk - board)

    def bar(self, place: Rectangle, colour: str) -> None:
        """Fill a rectangle."""
        left, top, right, bottom = (round(value) for value in place)
        self._pixels[top:bottom, left:right, :3] = _rgb(colour)

    def text(self, at: tuple[float, float], words: str, style: Style) -> None:
        """Place words at a point, centred in height."""
        text = Text(
            at[0],
            self.height - at[1],
            words,
            fontsize=style.size * 72 / CARD_DPI,
            color=style.colour,
            fontweight="bold" if style.bold else "normal",
            verticalalignment="center_baseline",
            horizontalalignment="right" if style.right else "left",
        )
        text.set_figure(self._figure)
        self._texts.append(text)

    def png(self) -> bytes:
        """Draw the finished sheet as a PNG."""
        renderer = RendererAgg(CARD_WIDTH, self.height, CARD_DPI)  # type: ignore[no-untyped-call]
        renderer.draw_image(renderer.new_gc(), 0, 0, self._pixels[::-1])
        for text in self._texts:
            text.draw(renderer)
        drawn = np.asarray(renderer.buffer_rgba())[..., :3]  # type: ignore[no-untyped-call]
        file = BytesIO()
        # A tenth faster than the usual level, for a quarter more bytes.
        Image.fromarray(drawn).save(file, "PNG", compress_level=1)
        return file.getvalue()


def _rgb(colour: str) -> NDArray[np.float64]:
    return np.array(to_rgb(colour)) * 255
