"""Points, commas, colons and dashes between digits."""

from __future__ import annotations

import pytest

from model.types import Box
from model.vision.layout.marks import find_marks, without_marks

DIGITS = [Box(10, 20, 30, 60), Box(70, 20, 30, 60), Box(110, 20, 30, 60)]
"""Three digits: the gap between the first and the second is wide."""

DOT, COMMA, DASH = Box(52, 74, 6, 6), Box(50, 70, 7, 20), Box(46, 48, 18, 4)


def written(*others: Box) -> list[tuple[str, int]]:
    """Return the text of each mark, and how many digits stand before it."""
    return [(mark.text, mark.digits_before) for mark in find_marks(DIGITS, others)]


@pytest.mark.parametrize(("box", "text"), [(DOT, "."), (COMMA, ","), (DASH, "-")])
def test_a_mark_alone_in_a_gap_is_found(box: Box, text: str) -> None:
    assert written(box) == [(text, 1)]


def test_two_dots_one_above_the_other_are_a_colon() -> None:
    assert written(Box(52, 68, 6, 6), Box(53, 40, 6, 6)) == [(":", 1)]


def test_a_dash_before_the_first_digit_is_a_minus() -> None:
    digits = [Box(60, 20, 30, 60), Box(100, 20, 30, 60)]
    (minus,) = find_marks(digits, [Box(30, 47, 20, 5)])
    assert (minus.text, minus.digits_before) == ("-", 0)


@pytest.mark.parametrize(
    "others",
    [
        (Box(46, 44, 18, 4), Box(46, 54, 18, 4)),  # an equals sign
        (DASH, Box(52, 36, 6, 6), Box(52, 60, 6, 6)),  # a division sign
        (DOT, Box(60, 30, 5, 5)),  # dust
        (Box(52, 24, 6, 6),),  # high above the baseline
        (Box(2, 74, 6, 6),),  # before the number
        (Box(52, 78, 1, 1),),  # too small
    ],
)
def test_what_may_be_something_else_is_not_written(others: tuple[Box, ...]) -> None:
    assert written(*others) == []


def test_numbers_far_apart_are_not_one_number() -> None:
    assert list(find_marks([Box(10, 20, 30, 60), Box(400, 20, 30, 60)], [DOT])) == []


def test_a_comma_and_a_dash_clear_of_digits_are_not_read_as_their_pieces() -> None:
    for mark in (COMMA, DASH):
        assert without_marks([[0, 3, 1, 2]], [*DIGITS, mark]) == [[0, 1, 2]]


def test_a_piece_under_or_over_its_digit_stays() -> None:
    bar = Box(80, 48, 30, 4)
    assert without_marks([[0, 1, 3, 2]], [*DIGITS, bar]) == [[0, 1, 3, 2]]
