"""Which of the candidates of a line are taken together."""

from __future__ import annotations

import numpy as np

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
    path = best_path(_segmentation(pieces, 66), np.array([0.3, 0.4]), 1.0)
    assert path.chosen == ()
    assert len(path.areas) == 0


def _chosen(whole: float, pieces: float, width: int) -> list[int]:
    """What is chosen of a blob, 60 pixels high, and its two halves: 0, or 1 and 2."""
    half = width // 2
    candidates = (
        _candidate(Box(0, 0, width, 60), 0, 1, cuts=0),
        _candidate(Box(0, 0, half, 60), 0, 0, cuts=1),
        _candidate(Box(half, 0, half, 60), 1, 1, cuts=1),
    )
    segmentation = _segmentation(candidates, width)
    return list(best_path(segmentation, np.array([whole, pieces, pieces]), 1.0).chosen)


def _segmentation(candidates: tuple[Candidate, ...], width: int) -> Segmentation:
    """A segmentation of a plane, 60 pixels high, with some candidates."""
    components = Components(
        labels=np.zeros((60, width), np.int32),
        boxes=np.zeros((0, 4), np.int32),
        areas=np.zeros(0, np.int32),
        kept=np.zeros(0, np.bool_),
    )
    plane = np.zeros((60, width), np.uint8)
    return Segmentation(plane, plane, components, candidates, USUAL_BINARIZATIONS[0])


def _candidate(box: Box, first: int, last: int, *, cuts: int) -> Candidate:
    glyph = np.zeros((28, 28), np.uint8)
    return Candidate(glyph, box, 0, first, last, box.width * 20, cuts, 1.0)
