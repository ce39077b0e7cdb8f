"""Where digits that touch are split."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from model.vision.splitting import find_seams, split_at


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
    assert np.array_equal(np.sum(split_at(ink, seams), axis=0), ink)
    assert all(piece.any() for piece in split_at(ink, seams))


def test_without_a_seam_all_stays_together() -> None:
    ink = _linked(0)
    (whole,) = split_at(ink, [])
    assert np.array_equal(whole, ink)


def test_one_digit_has_no_seam() -> None:
    assert find_seams(_linked(0)[:, :40]) == []


def test_a_blot_has_no_seam() -> None:
    assert find_seams(np.ones((60, 120), np.bool_)) == []


def _fewest_mistaken(slant: int) -> int:
    """Pixels of two strokes that the best seam gives to the wrong one."""
    first, second = _stroke(20, slant), _stroke(50, slant)
    ink = _linked(slant)
    pairs = [split_at(ink, [seam]) for seam in find_seams(ink)]
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
