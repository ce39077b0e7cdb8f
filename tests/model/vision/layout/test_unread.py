"""What stands beside digits, is as large as they are, and was not read."""

from __future__ import annotations

import pytest

from model.types import Box
from model.vision.layout.unread import find_unread, stands_outside

DIGITS = [Box(50, 20, 30, 60), Box(130, 20, 30, 60)]
"""Two digits, with room for another one between them."""


@pytest.mark.parametrize("box", [Box(90, 18, 30, 64), Box(10, 0, 30, 80), Box(170, 24, 8, 50)])
def test_what_is_as_large_as_a_digit_is_told(box: Box) -> None:
    assert find_unread(DIGITS, [box]) == [box]


@pytest.mark.parametrize(
    "box",
    [
        Box(90, 60, 20, 20),  # a comma
        Box(90, 0, 8, 200),  # the line of a table
        Box(90, 20, 300, 60),  # an object
        Box(90, 120, 30, 60),  # in the line below
        Box(300, 20, 30, 60),  # far away
        Box(60, 10, 20, 70),  # over a digit
    ],
)
def test_what_is_no_digit_of_this_line_is_left_out(box: Box) -> None:
    assert find_unread(DIGITS, [box]) == []


def test_one_digit_alone_is_no_line() -> None:
    assert find_unread(DIGITS[:1], [Box(90, 20, 30, 60)]) == []


@pytest.mark.parametrize(
    ("box", "outside"),
    [
        (Box(40, -80, 30, 60), True),  # above the sheet
        (Box(210, 30, 30, 60), True),
        (Box(40, 30, 30, 60), False),
        (Box(40, -40, 30, 60), True),  # half above
        (Box(40, -80, 30, 200), False),  # an edge of the table
    ],
)
def test_what_is_as_tall_as_a_digit_outside_a_sheet_is_told(box: Box, *, outside: bool) -> None:
    assert stands_outside(box, (100, 200), usual=60) is outside
