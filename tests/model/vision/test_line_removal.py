"""Lines of the paper go, strokes that cross them stay."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from model.vision.line_removal import may_be_ruled, without_rulings

INK = 200


def empty() -> NDArray[np.uint8]:
    return np.zeros((300, 400), np.uint8)


def squares(plane: NDArray[np.uint8], turn: float = 0.0) -> NDArray[np.uint8]:
    """Lines 40 pixels apart over a plane, turned by some degrees."""
    lines = np.zeros((700, 800), np.uint8)
    lines[20::40] = lines[21::40] = lines[22::40] = INK
    lines[:, 20::40] = lines[:, 21::40] = lines[:, 22::40] = INK
    matrix = cv2.getRotationMatrix2D((400, 350), turn, 1)
    matrix[:, 2] -= 200
    return np.maximum(plane, cv2.warpAffine(lines, matrix, (400, 300)))


def ring() -> NDArray[np.uint8]:
    """A 0 that several lines cross."""
    plane = empty()
    cv2.ellipse(plane, (200, 150), (45, 70), 0, 0, 360, INK, 9)
    return plane


def share(plane: NDArray[np.uint8], of: NDArray[np.uint8]) -> float:
    """How much of some ink is left on a plane."""
    return float((plane[of > 0] > 0).mean())


def test_squares_go_and_what_crosses_them_stays() -> None:
    for turn in (0, 1, 4, -3):
        cleared = without_rulings(squares(ring(), turn), 100)
        paper = cv2.dilate(ring(), np.ones((7, 7), np.uint8)) == 0
        lines = np.asarray(squares(empty(), turn) * paper, np.uint8)
        assert share(cleared, ring()) > 0.97, turn
        assert share(cleared, lines) < 0.1, turn


def test_the_frame_of_a_cell_goes() -> None:
    cell = np.zeros((130, 100), np.uint8)
    cv2.line(cell, (6, 0), (9, 129), INK, 5)
    cv2.line(cell, (0, 120), (99, 118), INK, 5)
    frame = cell.copy()
    cv2.putText(cell, "5", (35, 95), cv2.FONT_HERSHEY_SIMPLEX, 3, INK, 6)
    five = np.asarray(cell * (frame == 0), np.uint8)

    cleared = without_rulings(cell, 100)
    assert share(cleared, frame) < 0.2
    assert share(cleared, five) > 0.97


def test_strokes_are_no_lines() -> None:
    for plane in (ring(), empty()):
        assert without_rulings(plane, 100) is plane
    beta = empty()  # a stem that is long, but ends within the picture
    cv2.line(beta, (150, 270), (170, 30), INK, 7)
    cv2.ellipse(beta, (180, 90), (50, 50), 0, -90, 90, INK, 7)
    assert without_rulings(beta, 100) is beta
    arc = empty()
    cv2.ellipse(arc, (200, 290), (200, 90), 0, 180, 360, INK, 5)
    assert without_rulings(arc, 100) is arc


def test_only_a_picture_with_something_long_may_be_ruled() -> None:
    boxes = np.array([[10, 10, 30, 60], [0, 100, 400, 4]], np.int32)
    assert may_be_ruled(boxes, (300, 400))
    assert not may_be_ruled(boxes[:1], (300, 400))
    assert not may_be_ruled(boxes[:0], (300, 400))
