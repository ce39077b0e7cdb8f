"""In which order digits are read."""

from __future__ import annotations

from hypothesis import given, settings

from model.types import Box
from model.vision.layout.lines import lines
from tests.model.vision.layout.boxes import BOXES


def test_nothing_makes_no_line() -> None:
    assert lines([]) == []


def test_lines_are_read_one_after_the_other() -> None:
    boxes = [Box(60, 100, 20, 30), Box(10, 5, 20, 30), Box(60, 0, 20, 30), Box(8, 104, 20, 30)]
    assert lines(boxes) == [[1, 2], [3, 0]]


def test_lines_may_climb() -> None:
    rising = [Box(40 * k, 200 - 15 * k, 20, 30) for k in range(8)]
    below = [Box(40 * k, 260 - 15 * k, 20, 30) for k in range(8)]
    assert lines(rising + below) == [list(range(8)), list(range(8, 16))]


def test_a_comma_between_two_digits_does_not_break_their_line() -> None:
    comma = Box(85, 70, 8, 24)
    assert lines([Box(10, 20, 30, 60), Box(50, 20, 30, 60), comma, Box(100, 20, 30, 60)]) == [
        [0, 1, 2, 3]
    ]


def test_what_hangs_below_belongs_to_its_own_line() -> None:
    first = [Box(10, 20, 30, 60), Box(44, 74, 6, 18), Box(60, 20, 30, 60)]
    second = [Box(10, 110, 30, 60), Box(60, 110, 30, 60)]
    assert lines([*first, *second]) == [[0, 1, 2], [3, 4]]


def test_small_zeros_stand_among_large_digits() -> None:
    zeros = [Box(50 + 30 * k, 52, 22, 28) for k in range(4)]
    assert lines([Box(10, 20, 30, 60), *zeros, Box(175, 20, 30, 60)]) == [[0, 1, 2, 3, 4, 5]]


def test_a_division_sign_stands_between_its_numbers() -> None:
    sign = [Box(60, 48, 30, 5), Box(72, 36, 6, 6), Box(72, 60, 6, 6)]
    (line,) = lines([Box(10, 20, 30, 60), *sign, Box(110, 20, 30, 60)])
    assert line[0] == 0
    assert line[-1] == 4


def test_a_staircase_is_one_line() -> None:
    assert lines([Box(40 * k, 20 + 50 * k, 30, 60) for k in range(4)]) == [[0, 1, 2, 3]]


def test_digits_that_dance_are_one_line() -> None:
    tops = (30, 55, 12, 55, 20)
    boxes = [Box(40 * k, top, 30, 60) for k, top in enumerate(tops)]
    assert lines(boxes) == [[0, 1, 2, 3, 4]]


def test_two_words_of_two_lines_are_two_lines() -> None:
    first, second = [Box(40 * k, 10, 30, 60) for k in range(2)], [Box(200, 90, 30, 60)]
    assert lines([*first, *second]) == [[0, 1], [2]]


def test_lines_in_a_frame_stay_lines() -> None:
    digits = [Box(20 + 40 * k, 20 + 60 * row, 30, 45) for row in range(2) for k in range(3)]
    frame = Box(5, 5, 160, 125)
    found = [[k for k in line if k < 6] for line in lines([*digits, frame])]
    assert [line for line in found if line] == [[0, 1, 2], [3, 4, 5]]


@settings(deadline=None)  # NumPy is slow with few boxes on a busy machine
@given(BOXES)
def test_every_box_stands_in_one_line(boxes: list[Box]) -> None:
    found = [index for line in lines(boxes) for index in line]
    assert sorted(found) == list(range(len(boxes)))
