"""Digits that are freed from the lines around them."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from model.vision.rules.erasing import erase_rules


def sheet() -> NDArray[np.uint8]:
    """Return a sheet without ink, (300, 400), 0 or 1."""
    return np.zeros((300, 400), np.uint8)


def zero(mask: NDArray[np.uint8], x: int) -> NDArray[np.uint8]:
    """Write a round 0 around a column, and return it alone."""
    alone = np.zeros_like(mask)
    cv2.ellipse(alone, (x, 150), (20, 32), 0, 0, 360, 1, 5)
    mask |= alone
    return alone


def kept_share(digit: NDArray[np.uint8], mask: NDArray[np.uint8]) -> float:
    """Return how much of a digit's ink is still in a mask."""
    return float((digit & mask).sum() / digit.sum())


def without_rules(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return what is left of ink without its rules, whether or not they touch something."""
    left = erase_rules(mask, mask * 200)
    return left.certain if left.unruled is None else left.unruled


def test_a_line_under_a_number_goes_and_the_number_that_touches_it_stays() -> None:
    mask = sheet()
    digits = zero(mask, 150) | zero(mask, 220)
    line = sheet()
    cv2.line(line, (100, 182), (280, 188), 1, 4)
    mask |= line
    left = without_rules(mask)
    assert kept_share(digits, left) > 0.75
    assert kept_share(line & ~digits, left) < 0.2


def test_a_comb_goes_with_its_short_upright_lines() -> None:
    mask = sheet()
    digits = zero(mask, 80) | zero(mask, 140) | zero(mask, 200)
    cv2.line(mask, (50, 200), (230, 200), 1, 3)
    for x in (50, 110, 170, 230):
        cv2.line(mask, (x, 200), (x, 165), 1, 3)
    left = without_rules(mask)
    assert kept_share(digits, left) == 1
    assert left.sum() - digits.sum() < 20


def test_digits_that_stand_on_a_line_are_no_comb() -> None:
    mask = sheet()
    digits = sheet()
    for x in (80, 140, 200, 260):  # ones with a flag, and a line that rises
        foot = 200 - (x - 80) // 15
        cv2.polylines(digits, [np.array([(x - 14, 155), (x, 140), (x, foot)])], False, 1, 3)
    cv2.line(mask, (0, 205), (399, 178), 1, 3)
    mask |= digits
    assert kept_share(digits, without_rules(mask)) > 0.9


def test_the_foot_of_a_digit_that_lies_on_a_fainter_line_stays() -> None:
    line = sheet()
    cv2.line(line, (0, 182), (399, 182), 1, 3)
    digit = zero(sheet(), 150)
    plane = np.maximum(digit * 200, line * 140).astype(np.uint8)
    unruled = erase_rules(digit | line, plane).unruled
    assert unruled is not None
    assert kept_share(digit & line, unruled) > 0.9


def test_a_stroke_along_a_line_stays_where_it_stands_out_from_it() -> None:
    mask = sheet()
    cv2.line(mask, (0, 206), (399, 200), 1, 3)
    two = sheet()
    cv2.polylines(two, [np.array([(150, 150), (180, 150), (150, 200), (190, 200)])], False, 1, 4)
    foot = two.copy()
    foot[:196] = 0
    mask |= two
    assert kept_share(foot, without_rules(mask)) > 0.5


def test_a_digit_of_a_thick_pen_is_freed_from_a_line() -> None:
    line = sheet()
    cv2.line(line, (0, 186), (399, 186), 1, 3)
    digit = sheet()
    cv2.ellipse(digit, (150, 150), (20, 32), 0, 0, 360, 1, 12)
    left = without_rules(digit | line)
    assert kept_share(digit, left) > 0.9
    assert kept_share(line & ~digit, left) < 0.1


def test_a_line_that_is_drawn_in_two_strengths_goes_as_a_whole() -> None:
    mask = sheet()
    digit = zero(mask, 74)  # touches the box
    strong = sheet()
    cv2.rectangle(mask, (50, 80), (350, 220), 1, 4)
    cv2.line(mask, (200, 80), (200, 220), 1, 4)
    cv2.line(strong, (200, 150), (200, 220), 1, 4)
    plane = np.where((strong | digit) == 1, 200, mask * 140).astype(np.uint8)
    unruled = erase_rules(mask, plane).unruled
    assert unruled is not None
    assert kept_share(digit, unruled) > 0.9
    assert not (unruled & strong).any()


def test_an_edge_that_leaves_the_picture_at_a_corner_is_no_rule() -> None:
    mask = sheet()
    cv2.polylines(mask, [np.array([(90, 299), (90, 230), (110, 210), (399, 212)])], False, 1, 4)
    assert np.array_equal(without_rules(mask), mask)


def test_a_box_goes_and_the_digit_that_touches_it_stays() -> None:
    mask = sheet()
    digit = zero(mask, 150)
    cv2.rectangle(mask, (115, 100), (172, 200), 1, 4)  # touches the digit on its right
    left = without_rules(mask)
    assert kept_share(digit, left) > 0.8
    assert (left & ~digit).sum() < 0.1 * (mask & ~digit).sum()


def test_digits_on_squared_paper_stay_in_one_piece() -> None:
    mask = sheet()
    digit = zero(mask, 150)
    mask[20::40] = mask[21::40] = 1
    mask[:, 10::40] = mask[:, 11::40] = 1
    freed = without_rules(mask)
    count, _, stats, _ = cv2.connectedComponentsWithStats(freed & digit)
    assert stats[1:, cv2.CC_STAT_HEIGHT].max() > 60, count
    assert kept_share(digit, freed) > 0.85


def test_what_is_crossed_out_goes_and_what_stands_beside_it_stays() -> None:
    mask = sheet()
    wrong = zero(mask, 80) | zero(mask, 140)
    right = zero(mask, 280)
    cv2.line(mask, (45, 152), (175, 148), 1, 4)
    left = erase_rules(mask, mask * 200).certain
    assert not (left & wrong).any()
    assert kept_share(right, left) == 1


def test_the_strokes_of_digits_are_no_rules() -> None:
    for points in (
        [(120, 100), (180, 100), (140, 200)],  # 7
        [(120, 100), (180, 100), (120, 200), (180, 200)],  # Z-shaped 2
        [(160, 200), (160, 100), (110, 170), (190, 170)],  # 4
        [(150, 90), (150, 210)],  # 1
    ):
        mask = sheet()
        cv2.polylines(mask, [np.array(points)], False, 1, 4)
        assert np.array_equal(without_rules(mask), mask)


def test_a_minus_and_the_bar_of_a_five_are_no_underlining() -> None:
    mask = sheet()
    zero(mask, 200)
    cv2.line(mask, (110, 150), (150, 150), 1, 4)
    assert np.array_equal(erase_rules(mask, mask * 200).certain, mask)


def test_a_line_on_an_object_is_not_erased() -> None:
    mask = sheet()
    cv2.ellipse(mask, (200, 150), (60, 40), 0, 0, 360, 1, -1)
    mask[150:154, 100:320] = 1
    assert np.array_equal(without_rules(mask), mask)


def test_an_object_that_the_picture_cuts_off_is_no_box() -> None:
    mask = sheet()
    cv2.rectangle(mask, (300, 200), (360, 320), 1, 4)
    mask[-4:, 300:360] = 1
    assert np.array_equal(without_rules(mask), mask)
