"""A sheet of paper on which a picture of the chat is drawn, in pixels.

Everything is painted into one array. Words are drawn by Matplotlib and remembered as masks,
because cards say the same few words again and again. They are drawn by its fonts alone: its
figures, with all that belongs to them, would take 13 MB and half a second of the bot's start.
Several threads can draw at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import cv2
import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.font_manager import findfont, get_font
from matplotlib.ft2font import LoadFlags
from numpy.typing import NDArray

from bot.messages.language import ngettext
from model.recognition.decoding.decode import DecodedPhoto
from model.recognition.palette import BOARD, CHALK, FAINT, PAPER
from model.types import Box, Glyph

CARD_WIDTH = 800
"""Pixels. A phone shows a photo about 320 points wide, so 32 pixels here are 13 points there,
which is as small as one reads without effort."""

CARD_DPI = 100
"""Dots per inch. It only turns sizes in pixels into the points that Matplotlib asks for."""

MAX_PHOTO_HEIGHT = 640
"""Pixels of the photo above the digits, so that both can be seen at once on a phone."""

PHOTO_PADDING = 0.8
"""Paper that is shown around the digits, as a share of the height of the highest."""

FRAME_WIDTH = 3
"""Pixels of the box around a digit in the photo."""

MIN_TAG_SIZE = 16
"""Pixels of the smallest digit that is written over a box."""

MAX_TAG_SIZE = 40
"""Pixels of the largest digit that is written over a box."""

MAX_REMEMBERED_WORDS = 512
"""Masks of words that are kept: 2 MB, with 4 kB for a percentage."""

HIGH_LETTER = "l"
"""The middle of all words of one size is half as high as this letter."""

HINTING = LoadFlags.FORCE_AUTOHINT
"""Fits letters to pixels, as Matplotlib does by default."""

MORE_HEIGHT = 48
"""Pixels of the line that counts what is not shown."""

Rectangle = tuple[float, float, float, float]
"""Left, top, right, bottom, in pixels from the top left."""


class Style(NamedTuple):
    """How words look: their height in pixels, colour, weight, and whether they end at the point."""

    size: int
    colour: str
    bold: bool = False
    right: bool = False


class BoxedPhoto(NamedTuple):
    """A photo as it is shown in the width of a card, cropped to what was found in it.

    Attributes:
        pixels: (h, w, 3), uint8, RGB.
        boxes: where the digits stand in it.
    """

    pixels: NDArray[np.uint8]
    boxes: tuple[Rectangle, ...]

    @property
    def height(self) -> int:
        """Its height in pixels."""
        return len(self.pixels)


def whole_photo(photo: DecodedPhoto) -> BoxedPhoto:
    """Fit a photo in which nothing was found into the width of a card."""
    return BoxedPhoto(_fitted(photo.pixels), ())


def boxed_photo(photo: DecodedPhoto, boxes: Sequence[Box]) -> BoxedPhoto:
    """Crop a photo to boxes with some paper around them, and fit it into the width of a card.

    Args:
        photo: upright.
        boxes: in pixels of the original photo, at least one.
    """
    height, width = photo.pixels.shape[:2]
    found = np.array([(x, y, x + w, y + h) for x, y, w, h in boxes]) / photo.scale
    pad = PHOTO_PADDING * float((found[:, 3] - found[:, 1]).max())
    left, top = np.floor(np.maximum(found[:, :2].min(axis=0) - pad, 0)).astype(int)
    right, bottom = np.ceil(np.minimum(found[:, 2:].max(axis=0) + pad, (width, height))).astype(int)
    part = photo.pixels[top : max(bottom, top + 1), left : max(right, left + 1)]
    pixels = _fitted(part)
    across, down = pixels.shape[1] / part.shape[1], pixels.shape[0] / part.shape[0]
    indent = (CARD_WIDTH - pixels.shape[1]) // 2
    places = (found - (left, top, left, top)) * (across, down, across, down)
    places += (indent, 0, indent, 0)
    # Tags stand over the boxes: there may be too little photo above them.
    missing = max(0, MAX_TAG_SIZE + 2 * FRAME_WIDTH - int(places[:, 1].min()))
    pixels = np.pad(pixels, ((missing, 0), (0, 0), (0, 0)), mode="edge")
    places += (0, missing, 0, missing)
    return BoxedPhoto(pixels, tuple((x, y, right, end) for x, y, right, end in places.tolist()))


def _fitted(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a picture (h, w, 3) as large as the width of a card and a screen's height allow."""
    height, width = pixels.shape[:2]
    factor = min(CARD_WIDTH / width, MAX_PHOTO_HEIGHT / height)
    size = max(1, round(width * factor)), max(1, round(height * factor))
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(pixels, size, interpolation=method), np.uint8)


class Sheet:
    """A sheet of paper, `CARD_WIDTH` pixels wide, on which things are placed in pixels."""

    def __init__(self, height: int) -> None:
        self._texts: list[tuple[tuple[float, float], str, Style]] = []
        self._pixels = np.empty((height, CARD_WIDTH, 3), np.uint8)
        self.bar((0, 0, CARD_WIDTH, height), PAPER)

    def glyph(self, glyph: Glyph, corner: tuple[int, int], size: int) -> None:
        """Draw the 28×28 pixels that the model saw, each as a square, as chalk on a board."""
        left, top = corner
        squares = _blended(np.broadcast_to(_rgb(BOARD), (28, 28, 3)), _rgb(CHALK), glyph)
        place = self._pixels[top : top + size, left : left + size]
        cv2.resize(squares, (size, size), dst=place, interpolation=cv2.INTER_NEAREST)

    def bar(self, place: Rectangle, colour: str) -> None:
        """Fill a rectangle."""
        left, top, right, bottom = (max(round(value), 0) for value in place)
        if left < right and top < bottom:
            corners = (left, top), (right - 1, bottom - 1)
            cv2.rectangle(self._pixels, *corners, _rgb(colour).tolist(), cv2.FILLED)

    def frame(self, place: Rectangle, colour: str) -> None:
        """Draw the outline of a rectangle."""
        left, top, right, bottom = place
        w = FRAME_WIDTH
        for side in (
            (left - w, top - w, right + w, top),
            (left - w, bottom, right + w, bottom + w),
            (left - w, top, left, bottom),
            (right, top, right + w, bottom),
        ):
            self.bar(side, colour)

    def boxed_photo(self, photo: BoxedPhoto, words: Sequence[str], colours: Sequence[str]) -> None:
        """Draw a photo at the top, with a frame around each box and a word over it."""
        width = photo.pixels.shape[1]
        left = (CARD_WIDTH - width) // 2
        self._pixels[: photo.height, left : left + width] = photo.pixels
        for place, colour in zip(photo.boxes, colours, strict=True):
            self.frame(place, colour)
        for place, word, colour in zip(photo.boxes, words, colours, strict=True):
            self._tag(place, word, colour)

    def _tag(self, place: Rectangle, word: str, colour: str) -> None:
        """Write a word on a small patch over a box."""
        left, top, right, bottom = place
        size = int(np.clip(0.5 * (bottom - top), MIN_TAG_SIZE, MAX_TAG_SIZE))
        width, height = 0.68 * size * len(word) + 8, size + 4
        middle = (left + right) / 2
        above = max(top - FRAME_WIDTH - height, 0)
        self.bar((middle - width / 2, above, middle + width / 2, above + height), colour)
        style = Style(size, "#ffffff", bold=True)
        self.text((middle - width / 2 + 4, above + height / 2), word, style)

    def text(self, at: tuple[float, float], words: str, style: Style) -> None:
        """Place words at a point, centred in height, over everything else."""
        self._texts.append((at, words, style))

    def count_more(self, at: tuple[float, float], count: int, size: int) -> None:
        """Say how many are not shown, in a line of `MORE_HEIGHT` whose middle is at a point."""
        words = ngettext("and {count} more", "and {count} more", count)
        self.text(at, words, Style(size, FAINT))

    def column(
        self, place: Rectangle, parts: Sequence[tuple[str, Style]], line_height: float = 1.25
    ) -> None:
        """Write words below each other in the middle of a place; long ones take several lines.

        Args:
            place: its width is that of a line.
            parts: words, and how they look.
            line_height: from one line to the next, as a share of the words' height.
        """
        left, top, right, bottom = place
        lines = [
            (line, style) for words, style in parts for line in wrapped(words, style, right - left)
        ]
        heights = [line_height * style.size for _, style in lines]
        middle = (top + bottom - sum(heights)) / 2
        for (line, style), height in zip(lines, heights, strict=True):
            self.text((left, middle + height / 2), line, style)
            middle += height

    def png(self) -> bytes:
        """Draw the finished sheet as a PNG."""
        for at, words, style in self._texts:
            self._write(at, words, style)
        # Half the time of the usual filter, for a seventh to a third more bytes.
        how = (cv2.IMWRITE_PNG_COMPRESSION, 1, cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_NONE)
        _, file = cv2.imencode(".png", cv2.cvtColor(self._pixels, cv2.COLOR_RGB2BGR), how)
        return file.tobytes()

    def _write(self, at: tuple[float, float], words: str, style: Style) -> None:
        mask = _mask(words, style.size, style.bold)
        left = round(at[0] - (mask.width if style.right else 0)) - mask.left
        top = round(at[1]) - mask.middle
        height, width = mask.ink.shape
        # What does not fit is cut off.
        inside = self._pixels[max(top, 0) : top + height, max(left, 0) : left + width]
        ink = mask.ink[max(-top, 0) :, max(-left, 0) :][: inside.shape[0], : inside.shape[1]]
        inside[:] = _blended(inside, _rgb(style.colour), ink)


def wrapped(words: str, style: Style, width: float) -> list[str]:
    """Break words into lines of at most so many pixels; a single word is never broken."""
    lines: list[str] = []
    for word in words.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _mask(longer, style.size, style.bold).width <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


class _Mask(NamedTuple):
    """Words, drawn.

    Attributes:
        ink: (h, w), uint8, 0 nothing … 255 ink.
        left: column in which the words begin.
        middle: row of their middle.
        width: how wide they are, in pixels.
    """

    ink: NDArray[np.uint8]
    left: int
    middle: int
    width: float


@lru_cache(MAX_REMEMBERED_WORDS)
def _mask(words: str, size: int, bold: bool) -> _Mask:
    # Matplotlib keeps a font of its own for each thread. Its lengths are in 64ths of a pixel.
    font = get_font(findfont(f"DejaVu Sans:{'bold' if bold else 'normal'}"))
    font.set_size(size * 72 / CARD_DPI, CARD_DPI)
    font.set_text(HIGH_LETTER, flags=HINTING)
    ascent = font.get_width_height()[1] - font.get_descent()
    font.set_text(words, flags=HINTING)
    font.draw_glyphs_to_bitmap()
    ink = font.get_image().copy()
    # There is a free row below. The middle is half-way from the line on which letters stand to the
    # top of a high one, so that words of one size beside each other stand on one line.
    middle = len(ink) - 1 - (font.get_descent() + ascent / 2) / 64
    left = -font.get_bitmap_offset()[0] / 64
    return _Mask(ink, round(left), round(middle), font.get_width_height()[0] / 64)


def _blended(
    ground: NDArray[np.uint8], colour: NDArray[np.uint8], share: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """Return (h, w, 3): a colour, to a share of (h, w) of 255, on a ground of (h, w, 3)."""
    share = share[..., np.newaxis].astype(np.uint16)
    mixed = ground * (255 - share) + colour * share + 127
    return (mixed // 255).astype(np.uint8)


@lru_cache
def _rgb(colour: str) -> NDArray[np.uint8]:
    return np.array([round(255 * part) for part in to_rgb(colour)], np.uint8)
