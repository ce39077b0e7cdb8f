"""Which of the candidates of a line are taken together."""

from __future__ import annotations

import numpy as np
import pytest

from model.types import Box
from model.vision.best_path import best_path
from model.vision.components import Components
from model.vision.pipeline import USUAL_BINARIZATIONS
from model.vision.segmentation import Candidate, Segmentation


def test_a_blob_is_cut_where_both_pieces_are_surely_digits() -> None:
    assert _chosen(whole=0.2, pieces=0.95, width=66) == [1, 2]


def test_a_piece_that_is_hardly_a_digit_is_not_cut_off() -> None:
    assert _chosen(whole=0.05, pieces=0.55, width=66) == [0]


def test_a_digit_as_broad_as_two_is_rather_two() -> None:
    assert _chosen(whole=0.55, pieces=0.8, width=90) == [1, 2]
    assert _chosen(whole=0.55, pieces=0.8, width=60) == [0]


def test_pieces_that_are_hardly_digits_leave_nothing_to_choose_where_the_whole_is_missing() -> None:
    pieces = (
        _candidate(Box(0, 0, 33, 60), 0, 0, cuts=1),
        _candidate(Box(33, 0, 33, 60), 1, 1, cuts=1),
    )
    path = best_path(_segmentation(pieces, 66), np.array([0.3, 0.4]), np.array([1, 1]), 1.0)
    assert path.chosen == ()
    assert len(path.areas) == 0


@pytest.mark.parametrize(
    ("label", "width", "beside", "is_cut"),
    [
        (8, 54, 0.1, True),  # 88 that stands alone
        (1, 54, 0.1, False),  # m
        (1, 54, 0.99, True),  # 11 beside another digit
        (1, 95, 0.1, True),  # broader than a letter
    ],
)
def test_strokes_are_cut_off_ink_as_narrow_as_a_letter_only_beside_a_digit(
    label: int, width: int, beside: float, *, is_cut: bool
) -> None:
    chosen = _chosen(whole=0.01, pieces=0.99, width=width, beside=beside, label=label)
    assert chosen == ([1, 2] if is_cut else [0])


def test_ink_as_narrow_as_a_letter_is_cut_only_where_the_pieces_are_surely_digits() -> None:
    assert _chosen(whole=0.01, pieces=0.8, width=54, label=8) == [0]
    assert _chosen(whole=0.01, pieces=0.8, width=95, label=8) == [1, 2]


@pytest.mark.parametrize(
    ("label", "confidence", "is_kept"), [(0, 0.99, True), (1, 0.99, False), (0, 0.8, False)]
)
def test_nothing_but_a_sure_zero_is_much_smaller_than_other_digits(
    label: int, confidence: float, *, is_kept: bool
) -> None:
    candidates = (
        _candidate(Box(0, 0, 40, 60), 0, 0, cuts=0),
        _candidate(Box(50, 30, 20, 20), 1, 1, cuts=0),
    )
    segmentation = _segmentation(candidates, 80)
    path = best_path(segmentation, np.array([0.99, confidence]), np.array([7, label]), 1.0)
    assert path.chosen == ((0, 1) if is_kept else (0,))


def _chosen(
    whole: float, pieces: float, width: int, beside: float = 0.99, label: int = 1
) -> list[int]:
    """What is chosen of a blob, 60 pixels high, and its halves, beside something: 0, or 1 and 2."""
    half, hull = width // 2, Box(0, 0, width, 60)
    candidates = (
        _candidate(hull, 0, 1, cuts=0),
        _candidate(Box(0, 0, half, 60), 0, 0, cuts=1, hull=hull),
        _candidate(Box(half, 0, half, 60), 1, 1, cuts=1, hull=hull),
        _candidate(Box(width + 10, 0, 30, 60), 2, 2, cuts=0),
    )
    segmentation = _segmentation(candidates, width + 40)
    confidences = np.array([whole, pieces, pieces, beside])
    path = best_path(segmentation, confidences, np.full(4, label), 1.0)
    return [k for k in path.chosen if k < 3]


def _segmentation(candidates: tuple[Candidate, ...], width: int) -> Segmentation:
    """A segmentation of a plane, 60 pixels high, with some candidates."""
    components = Components(
        labels=np.zeros((60, width), np.int32),
        boxes=np.zeros((0, 4), np.int32),
        areas=np.zeros(0, np.int32),
        strengths=np.zeros(0),
        kept=np.zeros(0, np.bool_),
    )
    plane = np.zeros((60, width), np.uint8)
    return Segmentation(plane, plane, components, candidates, USUAL_BINARIZATIONS[0])


def _candidate(box: Box, first: int, last: int, *, cuts: int, hull: Box | None = None) -> Candidate:
    glyph = np.zeros((28, 28), np.uint8)
    return Candidate(glyph, box, 0, first, last, box.width * 20, cuts, 1.0, hull or box)
