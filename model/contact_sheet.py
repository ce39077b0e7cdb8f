"""Contact sheets: many small pictures on one, each with a line or two of words under it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

TILE_SIDE = 112
"""Pixels of the side of a tile: a glyph four times as large."""

LINE_HEIGHT = 15
"""Pixels from one line of words to the next."""

MARGIN = 10
"""Pixels between tiles, and around all of them."""

MAX_LINE_LENGTH = 18
"""Characters of a line; more would run under the next tile."""

PAPER = "#f4f1ea"
"""The ground of the sheet."""

TEXT = "#22303c"
"""The words."""

EMPTY = "#d8d2c4"
"""What a picture that is not square leaves of its tile."""


class Tile(NamedTuple):
    """One picture, (h, w) or (h, w, 3) uint8, and the lines of words under it."""

    picture: NDArray[np.uint8]
    lines: Sequence[str]


def contact_sheet(tiles: Sequence[Tile], columns: int = 10) -> Image.Image:
    """Lay tiles out in rows, small pictures enlarged without smoothing so that pixels show."""
    columns = max(1, min(columns, len(tiles)))
    rows = max(1, math.ceil(len(tiles) / columns))
    lines = max((len(tile.lines) for tile in tiles), default=0)
    width, height = TILE_SIDE + MARGIN, TILE_SIDE + LINE_HEIGHT * lines + MARGIN
    sheet = Image.new("RGB", (columns * width + MARGIN, rows * height + MARGIN), PAPER)
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(12)
    for index, tile in enumerate(tiles):
        x = MARGIN + index % columns * width
        y = MARGIN + index // columns * height
        draw.rectangle((x, y, x + TILE_SIDE - 1, y + TILE_SIDE - 1), EMPTY)
        image = _fit(tile.picture)
        sheet.paste(
            image, (x + (TILE_SIDE - image.width) // 2, y + (TILE_SIDE - image.height) // 2)
        )
        for number, line in enumerate(tile.lines):
            place = (x, y + TILE_SIDE + LINE_HEIGHT * number)
            draw.text(place, line[:MAX_LINE_LENGTH], TEXT, font)
    return sheet


def _fit(pixels: NDArray[np.uint8]) -> Image.Image:
    """Scale a picture so that its longer side is a tile's."""
    image = Image.fromarray(pixels)
    scale = TILE_SIDE / max(image.size)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    filter_ = Image.Resampling.NEAREST if scale > 1 else Image.Resampling.BOX
    return image.resize(size, filter_).convert("RGB")
