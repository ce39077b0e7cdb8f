"""Which parts belong together, and in which order digits are read."""

from __future__ import annotations

from model.types import Box
from model.vision.layout import group, lines


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
