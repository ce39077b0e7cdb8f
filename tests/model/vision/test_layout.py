"""Which parts belong together, and in which order digits are read."""

from __future__ import annotations

import cv2
import numpy as np

from model.reading import Box
from model.vision.layout import group, lines, seams


def test_the_bar_of_a_five_joins_its_body() -> None:
    assert group([Box(10, 30, 40, 60), Box(35, 12, 35, 12)]) == [[0, 1]]


def test_neighbours_stay_apart() -> None:
    assert group([Box(0, 0, 40, 60), Box(46, 2, 30, 58)]) == [[0], [1]]


def test_lines_are_read_one_after_the_other() -> None:
    boxes = [Box(60, 100, 20, 30), Box(10, 5, 20, 30), Box(60, 0, 20, 30), Box(8, 104, 20, 30)]
    assert lines(boxes) == [[1, 2], [3, 0]]


def test_lines_may_climb() -> None:
    rising = [Box(40 * k, 200 - 15 * k, 20, 30) for k in range(8)]
    below = [Box(40 * k, 260 - 15 * k, 20, 30) for k in range(8)]
    assert lines(rising + below) == [list(range(8)), list(range(8, 16))]


def test_a_seam_runs_where_touching_digits_touch() -> None:
    ink = np.zeros((60, 100), np.uint8)
    cv2.ellipse(ink, (26, 30), (23, 26), 0, 0, 360, 1, 5)
    cv2.ellipse(ink, (74, 30), (23, 26), 0, 0, 360, 1, 5)
    # Others are offered too: the classifier says which pieces are digits.
    assert any(46 <= seam <= 54 for seam in seams(ink > 0))


def test_one_digit_has_no_seam() -> None:
    ink = np.zeros((60, 40), np.uint8)
    cv2.ellipse(ink, (20, 30), (16, 26), 0, 0, 360, 1, 5)
    assert seams(ink > 0) == []
