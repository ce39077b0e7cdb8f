"""Components that may be handwriting, and components that cannot be."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from model.vision.components import connected_components


def kept(mask: NDArray[np.uint8], *, leave_out_border: bool = False) -> int:
    """Count the components kept, all as dark."""
    plane = np.asarray(mask * 200, np.uint8)
    return int(connected_components(mask, plane, leave_out_border=leave_out_border).kept.sum())


def digit() -> NDArray[np.uint8]:
    """A ring on a sheet, (300, 400), 0 or 1."""
    mask = np.zeros((300, 400), np.uint8)
    cv2.ellipse(mask, (200, 150), (30, 50), 0, 0, 360, 1, 6)
    return mask


def test_specks_and_solid_pieces_are_left_out() -> None:
    mask = digit()
    assert kept(mask) == 1
    mask[20:24, 20:24] = 1
    mask[220:280, 40:100] = 1
    assert kept(mask) == 1


def test_what_the_sheet_lies_on_is_left_out() -> None:
    mask = digit()
    mask[:30] = 1
    mask[:, :20] = 1
    assert kept(mask) == 1


def test_the_edge_of_a_sheet_is_left_out_but_a_tight_crop_is_kept() -> None:
    mask = digit()
    mask[:, 390:] = 1
    assert kept(mask) == 1
    tight = np.zeros((100, 30), np.uint8)
    tight[:, 10:18] = 1
    assert kept(tight) == 1


def test_what_lies_along_the_border_is_left_out_and_a_stroke_that_only_reaches_it_is_not() -> None:
    mask = digit()
    mask[100:180, :4] = 1  # the dark edge of the table
    assert kept(mask) == 1
    mask[100:180, :4] = 0
    cv2.line(mask, (3, 100), (12, 200), 1, 6)
    assert kept(mask) == 2


def test_the_inner_edge_of_a_display_is_left_out_and_a_digit_as_tall_as_the_others_is_not() -> None:
    display = np.zeros((100, 400), np.uint8)
    for x in (60, 160, 260):
        cv2.ellipse(display, (x, 50), (25, 38), 0, 0, 360, 1, 6)
    display[3:97, 370:380] = 1

    assert kept(display, leave_out_border=True) == 3
    assert kept(display) == 4  # what is no display has no such edge
    one = display.copy()
    one[:, 370:380] = 0
    one[12:88, 370:380] = 1
    assert kept(one, leave_out_border=True) == 4
    strip = display.copy()
    cv2.ellipse(strip, (320, 50), (25, 42), 0, 0, 360, 1, 6)
    assert kept(strip, leave_out_border=True) == 5


def test_a_digit_that_fills_the_picture_is_kept_where_it_is_all_there_is() -> None:
    five = np.zeros((112, 156), np.uint8)
    points = np.array([[150, 6], [85, 10], [55, 45], [120, 60], [100, 95], [5, 105]])
    cv2.polylines(five, [points], False, 1, 16)
    five[:14, 85:] = 1
    five[-14:, :60] = 1
    assert kept(five) == 1
    cat = np.asarray(cv2.dilate(five, np.ones((45, 45), np.uint8)), np.uint8)
    cat[:45, 60:75] = 0
    assert kept(cat) == 0
    table = digit()
    table[:60] = table[-60:] = 1
    table[:, :60] = table[:, -60:] = 1
    assert kept(table) == 1


def test_what_is_much_fainter_than_the_pen_is_left_out() -> None:
    mask = digit()
    mask[100:200, 320:326] = 1
    plane = mask * 200
    plane[100:200, 320:326] = 40
    assert connected_components(mask, np.asarray(plane, np.uint8)).kept.sum() == 1


def test_components_know_where_they_are() -> None:
    mask = np.zeros((60, 80), np.uint8)
    mask[20:40, 30:33] = 1
    mask[25:45, 50:54] = 1
    found = connected_components(mask, np.asarray(mask * 200, np.uint8))
    assert found.boxes.tolist() == [[30, 20, 3, 20], [50, 25, 4, 20]]
    assert np.array_equal(found.labels > 0, mask > 0)
    assert found.labels[30, 31] == 1
    assert found.labels[30, 51] == 2


def test_a_page_without_ink_has_no_components() -> None:
    empty = np.zeros((60, 80), np.uint8)
    found = connected_components(empty, empty)
    assert len(found.kept) == 0
    assert not found.labels.any()


def test_what_is_drawn_around_a_digit_is_left_out_also_where_it_is_open() -> None:
    mask = digit()
    cv2.ellipse(mask, (200, 150), (90, 100), 0, 20, 350, 1, 5)
    components = connected_components(mask, np.asarray(mask * 200, np.uint8))
    assert components.boxes[components.kept][:, 3].tolist() == [107]


def test_a_speck_in_a_zero_does_not_make_it_a_frame() -> None:
    mask = digit()
    mask[145:155, 195:203] = 1
    components = connected_components(mask, np.asarray(mask * 200, np.uint8))
    assert 107 in components.boxes[components.kept][:, 3]


def test_digits_as_tall_as_a_strip_are_kept_and_the_edge_of_a_sheet_is_not() -> None:
    strip = np.zeros((80, 400), np.uint8)
    for x in (40, 200, 330):
        cv2.line(strip, (x, 0), (x + 30, 79), 1, 5)
    cv2.line(strip, (120, 10), (121, 79), 1, 5)
    cv2.ellipse(strip, (270, 40), (20, 32), 0, 0, 360, 1, 5)
    assert kept(strip) == 5
    photo = digit()
    cv2.line(photo, (30, 0), (60, 299), 1, 5)
    assert kept(photo) == 1
