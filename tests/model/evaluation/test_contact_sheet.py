"""Small pictures on one sheet."""

from __future__ import annotations

import numpy as np
from PIL import ImageColor

from model.evaluation.contact_sheet import LINE_HEIGHT, TILE_MARGIN, TILE_SIDE, Tile, contact_sheet
from model.recognition.palette import BOARD, PAPER

WHITE = (255, 255, 255)


def glyph() -> np.ndarray:
    """Half of it ink, to tell where its pixels go."""
    pixels = np.zeros((28, 28), np.uint8)
    pixels[:14] = 255
    return pixels


def test_tiles_stand_in_rows_and_keep_their_pixels() -> None:
    sheet = contact_sheet([Tile(glyph(), ("one",))] * 5, columns=2)
    assert sheet.size == (
        2 * (TILE_SIDE + TILE_MARGIN) + TILE_MARGIN,
        3 * (TILE_SIDE + LINE_HEIGHT + TILE_MARGIN) + TILE_MARGIN,
    )
    assert sheet.getpixel((TILE_MARGIN, TILE_MARGIN)) == WHITE
    assert sheet.getpixel((TILE_MARGIN, TILE_MARGIN + TILE_SIDE // 2 - 1)) == WHITE
    assert sheet.getpixel((TILE_MARGIN, TILE_MARGIN + TILE_SIDE // 2)) == (0, 0, 0)
    empty_place = (sheet.width - 2 * TILE_MARGIN, sheet.height - 2 * TILE_MARGIN)
    assert sheet.getpixel(empty_place) == ImageColor.getrgb(PAPER)


def test_a_long_picture_is_in_the_middle_of_its_tile() -> None:
    sheet = contact_sheet([Tile(np.full((10, 40, 3), 255, np.uint8), ())])
    assert sheet.getpixel((TILE_MARGIN, TILE_MARGIN)) == ImageColor.getrgb(BOARD)
    assert sheet.getpixel((TILE_MARGIN, TILE_MARGIN + TILE_SIDE // 2)) == WHITE


def test_a_title_stands_above_and_no_tiles_are_a_sheet_too() -> None:
    plain, titled = contact_sheet([], columns=3), contact_sheet([], columns=3, title="Nothing")
    assert titled.height > plain.height
    assert np.asarray(titled).std() > 0
