"""Contact sheets: many small pictures on one, each with a line or two of words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

SIDE = 112
"""Pixels of a tile: a glyph four times as large."""

LINE = 15
MARGIN = 10
PAPER, WORDS, EMPTY = "#f4f1ea", "#22303c", "#d8d2c4"


class Tile(NamedTuple):
    """One picture, (h, w) or (h, w, 3) uint8, and what is written under it."""

    picture: NDArray[np.uint8]
    words: Sequence[str]


def sheet(tiles: Sequence[Tile], columns: int = 10) -> Image.Image:
    """Lay tiles out in rows, small pictures enlarged without smoothing so that pixels show."""
    columns = max(1, min(columns, len(tiles)))
    rows = max(1, math.ceil(len(tiles) / columns))
    lines = max((len(tile.words) for tile in tiles), default=0)
    width, height = SIDE + MARGIN, SIDE + LINE * lines + MARGIN
    picture = Image.new("RGB", (columns * width + MARGIN, rows * height + MARGIN), PAPER)
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(12)
    for index, tile in enumerate(tiles):
        x = MARGIN + index % columns * width
        y = MARGIN + index // columns * height
        draw.rectangle((x, y, x + SIDE - 1, y + SIDE - 1), EMPTY)
        image = _fitted(tile.picture)
        picture.paste(image, (x + (SIDE - image.width) // 2, y + (SIDE - image.height) // 2))
        for number, words in enumerate(tile.words):
            draw.text((x, y + SIDE + LINE * number), words[:18], WORDS, font)
    return picture


def _fitted(pixels: NDArray[np.uint8]) -> Image.Image:
    image = Image.fromarray(pixels)
    scale = SIDE / max(image.size)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    how = Image.Resampling.NEAREST if scale > 1 else Image.Resampling.BOX
    return image.resize(size, how).convert("RGB")
