"""Which ink is cut apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from model.vision.pipeline import USUAL_BINARIZATIONS, segment_plane

PLANE = np.zeros((160, 240), np.uint8)
for _x in (60, 110):
    cv2.line(PLANE, (_x, 40), (_x, 120), 200, 8)
cv2.line(PLANE, (60, 80), (110, 80), 200, 8)


@pytest.mark.parametrize(
    ("whole", "ends", "is_cut"),
    [(0.1, 0.9, True), (0.95, 0.9, False), (0.1, 0.3, False)],
)
def test_ink_is_cut_that_is_no_digit_and_whose_ends_are(
    whole: float, ends: float, *, is_cut: bool
) -> None:
    assert max(_cuts(_says([whole], ends))) == is_cut


def test_nothing_is_cut_on_a_page_of_which_hardly_anything_is_a_digit() -> None:
    page = np.vstack([np.hstack([PLANE] * 3)] * 2)
    assert max(_cuts(_says([0.1], 0.9), page)) == 0
    assert max(_cuts(None, page)) == 1


def test_without_a_judge_all_that_is_wide_is_cut() -> None:
    assert max(_cuts(None)) == 1


def test_what_is_wide_is_offered_whole_too() -> None:
    assert 0 in _cuts(None)
    assert 0 in _cuts(_says([0.1], 0.9))


def _cuts(
    judge: Callable[[NDArray[np.uint8]], NDArray[np.float64]] | None,
    plane: NDArray[np.uint8] = PLANE,
) -> list[int]:
    """How often each candidate was cut, of two strokes that are joined by a bar."""
    found = segment_plane(plane, USUAL_BINARIZATIONS[0], judge=judge)
    assert found is not None
    return [candidate.cuts for candidate in found.candidates]


def _says(
    whole: Sequence[float], ends: float
) -> Callable[[NDArray[np.uint8]], NDArray[np.float64]]:
    """A judge that is asked about the whole first, and then about the pieces at both ends."""
    answers = list(whole)

    def judge(glyphs: NDArray[np.uint8]) -> NDArray[np.float64]:
        return np.full(len(glyphs), answers.pop() if answers else ends)

    return judge
