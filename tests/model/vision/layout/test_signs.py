"""Brackets, slashes and operators beside digits."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from model.types import Box, Glyph
from model.vision.layout.signs import (
    encloses_more,
    find_letters,
    find_signs,
    has_point,
    stroke_of,
)

Points = list[tuple[int, int]]


def drawn(points: Points) -> Glyph:
    """Draw a line through points of a glyph."""
    glyph = np.zeros((28, 28), np.uint8)
    cv2.polylines(glyph, [np.array(points, np.int32)], isClosed=False, color=255, thickness=2)
    return glyph


OPENING = drawn([(17, 4), (13, 8), (12, 14), (13, 20), (17, 24)])
CLOSING = drawn([(11, 4), (15, 8), (16, 14), (15, 20), (11, 24)])
SLASH = drawn([(18, 4), (10, 24)])
ONE = drawn([(15, 4), (13, 24)])
SEVEN = drawn([(8, 4), (20, 4), (13, 24)])
ZERO = drawn([(14, 4), (20, 10), (20, 18), (14, 24), (8, 18), (8, 10), (14, 4)])
PLUS = drawn([(4, 14), (24, 14), (14, 14), (14, 4), (14, 24)])


def signs(*line: tuple[Glyph, int, int, int, int]) -> dict[int, str]:
    """Find the signs of a line of (glyph, label, top, bottom, width); label -1 is no digit."""
    boxes = [
        Box(50 * k, top, width, bottom - top) for k, (_, _, top, bottom, width) in enumerate(line)
    ]
    labels = np.array([label for _, label, *_ in line])
    return find_signs(boxes, [glyph for glyph, *_ in line], np.abs(labels), labels >= 0)


def zero(top: int = 20, bottom: int = 80) -> tuple[Glyph, int, int, int, int]:
    """Return a digit that is as tall as most."""
    return ZERO, 0, top, bottom, 36


def test_a_stroke_has_a_slant_and_a_curvature() -> None:
    for glyph, slant, curvature in ((OPENING, 0, 0.2), (CLOSING, 0, -0.2), (SLASH, 0.4, 0)):
        stroke = stroke_of(glyph)
        assert stroke is not None
        assert stroke.slant == pytest.approx(slant, abs=0.05)
        assert stroke.curvature == pytest.approx(curvature, abs=0.07)


@pytest.mark.parametrize("glyph", [ZERO, SEVEN, PLUS])
def test_what_has_a_broad_row_is_not_one_stroke(glyph: Glyph) -> None:
    assert stroke_of(glyph) is None


def test_brackets_are_found_as_a_pair() -> None:
    opening, closing = (OPENING, 1, 14, 86, 16), (CLOSING, 7, 14, 86, 16)
    assert signs(opening, zero(), zero(), closing) == {0: "(", 3: ")"}
    assert signs(opening, zero(), zero()) == {}
    assert signs(zero(), zero(), closing) == {}
    assert signs(closing, zero(), opening) == {}


def test_a_tall_straight_stroke_that_leans_is_a_slash() -> None:
    assert signs(zero(), (SLASH, 1, 14, 90, 30), zero()) == {1: "/"}


def test_a_one_stays_a_digit() -> None:
    assert signs(zero(), (ONE, 1, 10, 90, 8), zero()) == {}  # tall and upright
    assert signs(zero(), (SLASH, 1, 20, 80, 24), zero()) == {}  # slanted and no taller
    assert signs(zero(), (SLASH, 7, 10, 90, 30), zero()) == {}  # a 7 with hardly any bar


def test_operators_are_signs_where_digits_are_more() -> None:
    plus = (PLUS, -4, 35, 65, 30)
    assert signs(zero(), plus, zero()) == {1: ""}
    assert signs(zero(), plus, zero(), plus, zero()) == {1: "", 3: ""}
    assert signs(plus, zero(), plus) == {}


def test_a_minus_before_one_digit_is_a_sign() -> None:
    assert signs((PLUS, -4, 48, 54, 30), zero()) == {0: ""}


def test_a_digit_that_cannot_be_read_is_no_operator() -> None:
    assert signs(zero(), (ZERO, -6, 22, 80, 36), zero()) == {}
    assert signs(zero(), (ONE, -1, 40, 80, 6), zero()) == {}


def test_without_digits_there_are_no_signs() -> None:
    assert signs((OPENING, 1, 14, 86, 16), (CLOSING, 1, 14, 86, 16)) == {}


def letters(*line: tuple[int, int, int]) -> list[int]:
    """Find the letters of a line of (label, top, bottom); label -1 is no digit."""
    boxes = [Box(50 * k, top, 30, bottom - top) for k, (_, top, bottom) in enumerate(line)]
    labels = np.array([label for label, *_ in line])
    return find_letters(boxes, np.abs(labels), labels >= 0)


FIVE, NOUGHT, LETTER, NINE_BELOW = (5, 20, 80), (0, 20, 80), (-1, 20, 80), (9, 44, 104)


def test_a_currency_before_a_number_and_a_unit_after_it_are_letters() -> None:
    assert letters(LETTER, FIVE, NOUGHT) == [0]
    assert letters(FIVE, NOUGHT, LETTER) == [2]


def test_what_hangs_below_the_line_beside_a_letter_is_one() -> None:
    assert letters(FIVE, FIVE, LETTER, NINE_BELOW) == [2, 3]
    assert letters(FIVE, FIVE, NINE_BELOW) == []


def test_in_a_number_and_in_a_word_no_letter_is_left_out() -> None:
    assert letters(FIVE, LETTER, FIVE) == []
    assert letters(LETTER, FIVE, FIVE, LETTER) == []
    assert letters(FIVE, LETTER) == []
    assert letters(FIVE, FIVE) == []
    assert letters(LETTER, NOUGHT, NOUGHT) == []


POINT = Box(36, 88, 9, 10)


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ([POINT], True),  # ?
        ([Box(35, 2, 9, 9)], True),  # i
        ([], False),
        ([Box(36, 88, 30, 8)], False),  # underlining
        ([Box(60, 70, 9, 10)], False),  # a full stop
        ([POINT, Box(20, 90, 4, 4)], False),  # dust
        ([POINT._replace(y=120)], False),  # too far
    ],
)
def test_a_point_above_or_below_makes_a_sign(others: list[Box], *, expected: bool) -> None:
    box = Box(25, 20, 30, 60)
    ink = np.array([box, *others], np.int64)
    assert has_point(box, ink) is expected


@pytest.mark.parametrize(
    ("inside", "is_frame"),
    [
        ([Box(20, 20, 30, 40), Box(60, 20, 30, 40)], True),  # digits in a display
        ([Box(40, 40, 4, 4)], False),  # dust in a 0
        ([Box(20, 20, 30, 40), Box(90, 20, 30, 40)], False),  # a neighbour reaches over
    ],
)
def test_what_holds_more_ink_than_its_own_is_a_frame(inside: list[Box], *, is_frame: bool) -> None:
    outer = Box(10, 10, 100, 80)
    boxes = np.array([outer, *inside], np.int64)
    areas = np.array([900, *(box.width * box.height // 2 for box in inside)])
    assert encloses_more(outer, 900, boxes, areas) is is_frame
