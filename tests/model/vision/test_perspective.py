"""A sheet on a table is found and seen from above; what is no sheet is left as it is."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from model.vision.perspective import find_corners, flattened

CORNERS = np.array([[150, 60], [510, 80], [590, 430], [60, 400]], np.float32)


def table(level: int = 60) -> NDArray[np.uint8]:
    return np.full((480, 640, 3), level, np.uint8)


def on_table() -> NDArray[np.uint8]:
    """A white sheet with a dark dot a quarter from the left and half from the top."""
    sheet = np.full((300, 400, 3), 220, np.uint8)
    cv2.circle(sheet, (100, 150), 12, (30, 30, 30), -1)
    square = np.array([[0, 0], [400, 0], [400, 300], [0, 300]], np.float32)
    matrix = cv2.getPerspectiveTransform(square, CORNERS)
    picture = cv2.warpPerspective(sheet, matrix, (640, 480), borderValue=(60, 60, 60))
    return np.asarray(picture, np.uint8)


def test_the_corners_of_a_sheet_are_found_in_order() -> None:
    corners = find_corners(on_table())
    assert corners is not None
    assert np.abs(corners - CORNERS).max() < 8


def test_seen_from_above_the_table_is_gone_and_the_writing_is_where_it_was_written() -> None:
    flat = flattened(on_table())
    assert flat is not None
    height, width = flat.pixels.shape[:2]
    dark = flat.pixels[..., 0] < 120
    rows, columns = np.nonzero(dark)
    assert abs(columns.mean() / width - 0.25) < 0.02
    assert abs(rows.mean() / height - 0.5) < 0.02
    assert 0.001 < dark.mean() < 0.02

    there = cv2.perspectiveTransform(np.array([[[columns.mean(), rows.mean()]]]), flat.matrix)
    rows, columns = np.nonzero(on_table()[..., 0] < 45)
    assert np.abs(there[0, 0] - [columns.mean(), rows.mean()]).max() < 3


def test_what_is_no_sheet_is_left() -> None:
    bare, disc, half, small = table(200), table(), table(), table()
    cv2.circle(disc, (320, 240), 220, (220, 220, 220), -1)
    cv2.fillPoly(half, [np.array([[0, 0], [400, 0], [250, 479], [0, 479]])], (220, 220, 220))
    cv2.rectangle(small, (300, 200), (400, 280), (220, 220, 220), -1)
    dark = 255 - on_table()
    for picture in (bare, disc, half, small, dark):
        assert find_corners(picture) is None
        assert flattened(picture) is None
