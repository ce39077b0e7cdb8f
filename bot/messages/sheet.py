"""A sheet of paper on which a picture of the chat is drawn, in pixels.

Glyphs and bars are painted into the array that becomes the background, and Matplotlib draws the
words on it. Its axes alone would take longer than the whole card. Nothing is added to a figure,
because a figure and what is added to it hold on to each other: about 3 MB a card would wait for a
full garbage collection. Several threads can draw at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import NamedTuple

import cv2
import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text
from numpy.typing import NDArray
from PIL import Image

from model.recognition.decoding.decode import DecodedPhoto
from model.recognition.palette import BOARD, CHALK, PAPER
from model.types import Box, Digit

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
        left, top, right, bottom = (max(round(value), 0) for value in place)
        self._pixels[top:bottom, left:right, :3] = _rgb(colour)

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
        self._pixels[: photo.height, left : left + width, :3] = photo.pixels
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
