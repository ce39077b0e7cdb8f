"""The sheet or display in a photo."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from model.vision.surroundings.sheet import find_sheet

CORNERS = ((150, 100), (450, 120), (440, 330), (140, 310))


def test_a_light_sheet_on_a_dark_table_is_found_without_the_table() -> None:
    sheet = find_sheet(_photo(table=40, paper=220))
    assert sheet is not None
    x, y, width, height = sheet.box
    assert 130 <= x <= 160
    assert 90 <= y <= 120
    assert 275 <= width <= 320
    assert 190 <= height <= 240
    assert sheet.pixels.shape == (height, width, 3)
    assert sheet.pixels.min() > 150


def test_a_dark_display_in_a_light_case_is_found() -> None:
    sheet = find_sheet(_photo(table=230, paper=60))
    assert sheet is not None
    assert sheet.pixels.max() < 120


@pytest.mark.parametrize("radius", [40, 90])
def test_what_is_round_is_no_sheet(radius: int) -> None:
    pixels = np.full((400, 600, 3), 230, np.uint8)
    cv2.circle(pixels, (300, 200), radius, (60, 60, 60), -1)
    assert find_sheet(pixels) is None


def test_of_several_cells_none_is_taken() -> None:
    pixels = np.full((400, 600, 3), 230, np.uint8)
    for x in (50, 350):
        cv2.rectangle(pixels, (x, 100), (x + 200, 300), (40, 40, 40), -1)
    assert find_sheet(pixels) is None


def test_plain_paper_has_no_sheet_in_it() -> None:
    assert find_sheet(np.full((400, 600, 3), 230, np.uint8)) is None


def _photo(table: int, paper: int) -> NDArray[np.uint8]:
    """A sheet that lies askew on a table, (400, 600, 3)."""
    pixels = np.full((400, 600, 3), table, np.uint8)
    cv2.fillPoly(pixels, [np.array(CORNERS)], (paper,) * 3)
    return pixels
