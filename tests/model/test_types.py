"""The values that a reading is made of."""

from __future__ import annotations

import numpy as np

from model.types import Box, Digit, Reading, Refusal, Sign

NOWHERE = Box(0, 0, 1, 1)


def digit(label: int, line: int = 0) -> Digit:
    """Make a digit without ink that is sure to be `label`."""
    return Digit(np.zeros((28, 28), np.uint8), np.eye(10, dtype=np.float32)[label], NOWHERE, line)


def test_the_digits_of_each_line_are_one_string() -> None:
    reading = Reading((digit(1), digit(5), digit(7), digit(2, 3), digit(0, 3)))
    assert reading.text == "15720"
    assert reading.lines == ("157", "20")
    assert reading.written == "157\n20"


def test_signs_are_written_where_they_stand() -> None:
    digits = (digit(3), digit(1), digit(4), digit(4, 1), digit(2, 1))
    signs = (
        Sign("-", 0, 0, NOWHERE),
        Sign(".", 0, 1, NOWHERE),
        Sign("(", 1, 0, NOWHERE),
        Sign(")", 1, 2, NOWHERE),
    )
    reading = Reading(digits, signs=signs)
    assert reading.written == "-3.14\n(42)"
    assert reading.text == "31442"
    assert reading.lines == ("314", "42")


def test_signs_side_by_side_keep_their_order() -> None:
    signs = (Sign("(", 0, 0, NOWHERE), Sign("-", 0, 0, NOWHERE), Sign(")", 0, 1, NOWHERE))
    assert Reading((digit(5),), signs=signs).written == "(-5)"


def test_a_refused_photo_has_no_lines() -> None:
    refused = Reading((), Refusal.NO_INK)
    assert (refused.text, refused.written, refused.lines, refused.unread) == ("", "", (), ())
