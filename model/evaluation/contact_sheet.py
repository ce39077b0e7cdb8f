"""Contact sheets: many small pictures on one, each with a line or two of words under it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from model.recognition.palette import BOARD, PAPER, TEXT

TILE_SIDE = 112
"""Pixels of the side of a tile: a glyph four times as large."""

LINE_HEIGHT = 15
"""Pixels from one line of words to the next."""

TILE_MARGIN = 10
"""Pixels between tiles, and around all of them."""

MAX_LINE_LENGTH = 18
"""Characters of a line; more would run under the next tile."""

FONT_SIZE = 12
"""Pixels of the words under a tile."""

TITLE_HEIGHT = 28
"""Pixels above the tiles where there is a title."""


class Tile(NamedTuple):
    """One picture, (h, w) or (h, w, 3) uint8, and the lines of words under it."""

    picture: NDArray[np.uint8]
    lines: Sequence[str]


def contact_sheet(tiles: Sequence[Tile], columns: int = 10, title: str = "") -> Image.Image:
    """Lay tiles out in rows, small pictures enlarged without smoothing so that pixels show.

    Args:
        tiles: in reading order.
        columns: tiles in a row, at most.
        title: words above all of them.
    """
    if not title:  # which needs the full width
        columns = max(1, min(columns, len(tiles)))
    rows = max(1, math.ceil(len(tiles) / columns))
    lines = max((len(tile.lines) for tile in tiles), default=0)
    width, height = TILE_SIDE + TILE_MARGIN, TILE_SIDE + LINE_HEIGHT * lines + TILE_MARGIN
    top = TILE_MARGIN + (TITLE_HEIGHT if title else 0)
    sheet = Image.new("RGB", (columns * width + TILE_MARGIN, top + rows * height), PAPER)
    draw = ImageDraw.Draw(sheet)
    draw.text((TILE_MARGIN, TILE_MARGIN), title, TEXT, ImageFont.load_default(1.3 * FONT_SIZE))
    font = ImageFont.load_default(FONT_SIZE)
    for index, tile in enumerate(tiles):
        x, y = TILE_MARGIN + index % columns * width, top + index // columns * height
        _paste(sheet, tile.picture, (x, y))
        for number, line in enumerate(tile.lines):
            place = (x, y + TILE_SIDE + LINE_HEIGHT * number)
            draw.text(place, line[:MAX_LINE_LENGTH], TEXT, font)
    return sheet


def _paste(sheet: Image.Image, picture: NDArray[np.uint8], corner: tuple[int, int]) -> None:
    """Put a picture in the middle of its place."""
    left, top = corner
    image = _fit(picture)
    sheet.paste(BOARD, (left, top, left + TILE_SIDE, top + TILE_SIDE))
    sheet.paste(
        image, (left + (TILE_SIDE - image.width) // 2, top + (TILE_SIDE - image.height) // 2)
    )


def _fit(pixels: NDArray[np.uint8]) -> Image.Image:
    """Scale a picture so that its longer side is a tile's."""
    image = Image.fromarray(pixels)
    scale = TILE_SIDE / max(image.size)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    filter_ = Image.Resampling.NEAREST if scale > 1 else Image.Resampling.BOX
    return image.resize(size, filter_).convert("RGB")
