"""Where digits that touch are split."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from model.types import Box
from model.vision.touching.seams import find_seams, may_be_split, split_at


def test_a_seam_runs_where_touching_digits_touch() -> None:
    # Others are offered too: the classifier says which pieces are digits.
    assert _fewest_mistaken(0) == 0


def test_a_seam_leans_where_digits_lean() -> None:
    first, second = _stroke(20, 36), _stroke(50, 36)
    assert (first.any(axis=0) & second.any(axis=0)).any()  # a column would cross either
    assert _fewest_mistaken(36) == 0


def test_pieces_are_all_of_the_ink_once() -> None:
    ink = _linked(10)
    seams = find_seams(ink)
    assert seams
    assert np.array_equal(np.sum(split_at(ink, seams, overlap=0), axis=0), ink)
    assert all(piece.any() for piece in split_at(ink, seams, overlap=0))


def test_without_a_seam_all_stays_together() -> None:
    ink = _linked(0)
    (whole,) = split_at(ink, [])
    assert np.array_equal(whole, ink)


@pytest.mark.parametrize(("width", "expected"), [(20, False), (30, True), (120, True)])
def test_a_stroke_is_not_split(width: int, *, expected: bool) -> None:
    assert may_be_split(Box(0, 0, width, 60)) is expected


def test_both_digits_get_the_stroke_that_they_share() -> None:
    ink = np.zeros((80, 140), np.uint8)
    for x in (40, 80):  # two rings with a side in common
        cv2.ellipse(ink, (x, 40), (20, 30), 0, 0, 360, 1, 5)
    whole = ink > 0
    rings = [
        _has_hole(left) and _has_hole(right)
        for seam in find_seams(whole)
        for left, right in [split_at(whole, [seam])]
    ]
    assert any(rings)


def test_a_seam_leads_between_two_rings_rather_than_through_them() -> None:
    first, second = np.zeros((2, 90, 90), np.uint8)
    cv2.ellipse(first, (25, 42), (20, 37), 0, 0, 360, 1, 5)
    cv2.ellipse(second, (61, 35), (16, 18), 0, 0, 360, 1, 5)
    cv2.line(second, (77, 30), (75, 84), 1, 5)  # a 9 that leans against a 0
    ink = (first | second) > 0
    mistaken = [
        int(np.count_nonzero((left & (second > first)) | (right & (first > second))))
        for seam in find_seams(ink)
        for left, right in [split_at(ink, [seam], overlap=0)]
    ]
    assert min(mistaken) < 0.05 * ink.sum()


def test_a_piece_has_nothing_of_a_neighbour_that_it_does_not_touch() -> None:
    ink = np.zeros((60, 100), np.bool_)
    ink[:, 30:40] = ink[:, 42:52] = True
    seam = np.full(60, 41)
    left, right = split_at(ink, [seam])
    assert not left[:, 41:].any()
    assert not right[:, :41].any()


def _has_hole(ink: NDArray[np.bool_]) -> bool:
    """Whether ink goes round a piece of paper."""
    outlines, _ = cv2.findContours(ink.view(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    return len(outlines) > 1


def test_a_blot_has_no_seam() -> None:
    assert find_seams(np.ones((60, 120), np.bool_)) == []


def _fewest_mistaken(slant: int) -> int:
    """Pixels of two strokes that the best seam gives to the wrong one."""
    first, second = _stroke(20, slant), _stroke(50, slant)
    ink = _linked(slant)
    pairs = [split_at(ink, [seam], overlap=0) for seam in find_seams(ink)]
    return min(int(np.count_nonzero((a & second) | (b & first))) for a, b in pairs)


def _linked(slant: int) -> NDArray[np.bool_]:
    """Two strokes, and a bar from one to the other."""
    ink = _stroke(20, slant) | _stroke(50, slant)
    ink[28:33, 20 + slant // 2 : 50 + slant // 2] = True
    return ink


def _stroke(x: int, slant: int) -> NDArray[np.bool_]:
    """A stroke that stands on a column and leans to the right, (60, 100)."""
    ink = np.zeros((60, 100), np.uint8)
    cv2.line(ink, (x, 59), (x + slant, 0), 1, 5)
    return np.asarray(ink > 0)
